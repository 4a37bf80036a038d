// Holds the parts together: what the person does, what the bridge says, what the devices do.

import { computed, effect, signal } from '@preact/signals';
import { environmentOf, surroundings } from './environment/browser';
import { has, wayIn } from './environment/way_in';
import { lang } from './i18n';
import { checkLink } from './ladder/link';
import { nothingSeen, type Observation } from './ladder/ladder';
import { reach } from './ladder/reach';
import { browserStore, keepChoice, keptChoice } from './media/choice';
import { Hardware } from './media/hardware';
import { Peer } from './media/peer';
import { routeOf, type Route } from './media/route';
import { Screen } from './media/screen';
import { Speaker } from './media/speaker';
import { signalAddress, type Place } from './place';
import { Probe } from './probe/probe';
import { forBridge, WANTED_KBPS } from './probe/verdict';
import { VERSION, type ClientMessage, type HostAction, type Layout, type ServerMessage } from './protocol';
import { keepSeat, takeSeat, tabStore, type KeptSeat } from './session/seat';
import { mayBeHeard, mayBeSeen, me, mayUnmute, seated, start, voice, type Session } from './session/state';
import { reduce, type Event } from './session/reduce';
import { Signalling, type Hello } from './signalling/signalling';

/** Media that broke is mended for as long as the bridge keeps the seat. */
const MEND_MS = 30_000;

export type Feedback = 'open' | 'sent' | 'closed';

export class Client {
  readonly session = signal<Session>(start);
  readonly name = signal('');
  readonly pin = signal('');
  readonly wantedKbps = signal(WANTED_KBPS);
  /** What is being written: it stays until the bridge has it. */
  readonly draft = signal('');
  readonly feedback = signal<Feedback>('closed');
  readonly online = signal(navigator.onLine);
  readonly environment = environmentOf(surroundings());
  readonly wayIn = wayIn(this.environment, has());
  readonly hardware = new Hardware();
  readonly speaker = new Speaker(this.hardware.speaker);
  readonly screen = new Screen();
  readonly probe = new Probe();
  /** What is sent of the camera, and whether anybody sees it. */
  private readonly shown = computed(() => (mayBeSeen(this.session.value) ? this.hardware.camera.track : null));
  private readonly seen = computed(() => this.session.value.view.camera_seen);
  private readonly tileLines = computed(() => this.session.value.wall.lines);
  private signalling: Signalling | null = null;
  private peer: Peer | null = null;
  private peerWasUp = false;
  private brokenSince: number | null = null;
  private lastWritten = '';

  constructor(readonly place: Place) {
    effect(() => { this.hardware.live = mayBeHeard(this.session.value); });
    effect(() => {
      const track = this.shown.value;
      this.peer?.show(track);
    });
    effect(() => {
      const seen = this.seen.value;
      this.peer?.see(seen);
    });
    effect(() => {
      const lines = this.tileLines.value;
      if (this.peer?.widen(lines)) this.peer.offer();
    });
    effect(() => { this.speak(lang.value); });
    this.hardware.changed = (track) => this.useTrack(track);
    this.watchNetwork();
    window.addEventListener('pagehide', () => this.keep());
  }

  dispatch(event: Event): void {
    this.session.value = reduce(this.session.value, event);
  }

  /** The page was loaded: takes a kept seat back, or asks what the link is worth. */
  async begin(): Promise<void> {
    const kept = takeSeat(tabStore(), this.place.meeting, Date.now());
    if (kept) {
      this.resume(kept);
      return;
    }
    if (!this.place.token) {
      this.dispatch({ type: 'failed', seen: { ...nothingSeen, token: false } });
      return;
    }
    const checked = await checkLink(this.place, lang.value);
    if (checked.is === 'refused') {
      this.fail({ socket: null, reached: 'answered', problem: checked.problem });
      return;
    }
    if (checked.is === 'good') this.wantedKbps.value = checked.link.wanted_kbps || WANTED_KBPS;
    this.prejoin(checked.is === 'good' ? { type: 'checked', link: checked.link } : { type: 'checked', link: null });
  }

  private prejoin(event: Event): void {
    this.dispatch(event);
    if (this.wayIn === 'talk') void this.preview();
    // Who pays by the byte starts the test by hand.
    const saving = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
    if (this.wayIn !== 'elsewhere' && !saving) void this.probe.run(this.place);
  }

  /** One question of the browser after the other. Who refused the first is not asked again. */
  private async preview(): Promise<void> {
    await this.hardware.open();
    await this.hardware.list();
    // Who went on meanwhile has not seen a preview, and is not to be seen before they do.
    if (this.session.value.phase.at !== 'prejoin') return;
    const microphone = this.hardware.microphone.value;
    const refused = microphone.is === 'problem' && microphone.problem !== 'missing' && microphone.problem !== 'in_use';
    const choice = keptChoice(browserStore()) ?? { on: true, device: '' };
    if (choice.on && this.hardware.cameraThere && !refused && microphone.is !== 'closed') await this.hardware.camera.on(choice.device);
  }

  private resume(kept: KeptSeat): void {
    this.name.value = kept.name;
    this.session.value = { ...this.session.value, seat: kept.seat, phone: kept.phone };
    this.dispatch({ type: 'join', listenOnly: kept.listenOnly, muted: kept.muted, pin: false, back: kept.admitted });
    // The seat first: the browser may ask for the microphone again, and wait for an answer.
    this.connect(true);
    void this.reopen(kept);
  }

  private async reopen(kept: KeptSeat): Promise<void> {
    if (!kept.listenOnly) await this.hardware.open(kept.microphone);
    const choice = keptChoice(browserStore());
    // The seat may be lost by the time the browser's question is answered: nobody is looked at then.
    const seated = ['joining', 'lobby', 'meeting'].includes(this.session.value.phase.at);
    if (kept.camera && seated) await this.hardware.camera.on(choice?.device ?? '');
    await this.hardware.list();
  }

  join(options: { listenOnly: boolean; muted: boolean }): void {
    const asked = this.session.value.phase;
    this.probe.stop();
    this.speaker.prepare();
    // Who saw that there is no camera, or has not answered yet, and joins, joins without.
    const lens = this.hardware.camera.lens.value.is;
    if (lens === 'problem' || lens === 'asking') this.hardware.camera.off();
    this.dispatch({ type: 'join', ...options, pin: asked.at === 'prejoin' && asked.pin !== 'none' });
    if (this.signalling) this.signalling.again();
    else this.connect(false);
  }

  private connect(taken: boolean): void {
    this.signalling = new Signalling(signalAddress(this.place), () => this.hello(), {
      message: (message) => this.heard(message),
      up: () => this.dispatch({ type: 'wire', wire: { is: 'up' } }),
      lost: (since, attempt) => this.dispatch({ type: 'wire', wire: { is: 'lost', since, attempt } }),
      gone: () => void this.gone(),
      over: () => { if (this.feedback.value === 'open') this.feedback.value = 'closed'; },
    });
    this.signalling.open(taken);
  }

  private hello(): Hello {
    const { seat } = this.session.value;
    const probed = this.probe.state.value;
    return {
      type: 'hello',
      version: VERSION,
      token: this.place.token,
      name: this.name.value.trim(),
      lang: lang.value,
      pin: this.pin.value || null,
      seat,
      test: probed.is === 'done' ? forBridge(probed.found) : null,
    };
  }

  private heard(message: ServerMessage): void {
    const before = this.session.value;
    this.dispatch({ type: 'server', message });
    switch (message.type) {
      case 'welcome':
        this.welcomed(before);
        break;
      case 'answer':
        void this.answered(message.sdp);
        break;
      case 'refused':
        if (!message.pin_needed) this.fail({ reached: 'answered', socket: true, problem: message });
        break;
      case 'admitted':
        this.tellWishes(message.muted);
        break;
      case 'participant':
      case 'roster':
        this.keepMuted(before);
        break;
      case 'chat':
        this.written(before);
        break;
      case 'ended':
        this.ended(before);
        break;
      default:
    }
  }

  /** What I wrote is with the bridge: the field is free, unless it was changed meanwhile. */
  private written(before: Session): void {
    const arrived = before.writing !== 'idle' && this.session.value.writing === 'idle';
    if (arrived && this.draft.value.trim() === this.lastWritten) this.draft.value = '';
  }

  /** How it was, is asked of those who were in. */
  private ended(before: Session): void {
    this.hangUp();
    const { at } = this.session.value.phase;
    if (at === 'failed') this.drop();
    else if (before.phase.at !== 'ended') this.feedback.value = 'open';
  }

  private drop(): void {
    this.signalling?.close();
    this.signalling = null;
  }

  /** Texts of the bridge come in the language of the page. */
  private speak(is: string): void {
    if (this.signalling?.isUp) this.send({ type: 'lang', lang: is });
  }

  private welcomed(before: Session): void {
    if (!this.peer) this.newPeer();
    else this.peer.restart();
    // What was pressed while there was no connection.
    if (seated(before)) this.tellWishes(false);
  }

  /** What I chose before the bridge could hear it. */
  private tellWishes(mutedAlready: boolean): void {
    const { mute, listenOnly } = this.session.value;
    if (mute.wish && !mutedAlready && !listenOnly) this.send({ type: 'mute', muted: true });
  }

  /** Where a host lifts a mute, I stay muted by myself, and the bridge must know. */
  private keepMuted(before: Session): void {
    const mine = me(this.session.value);
    const lifted = me(before)?.muted_by_host && mine && !mine.muted_by_host;
    if (lifted && this.session.value.mute.wish && !mine.muted_by_self) this.send({ type: 'mute', muted: true });
  }

  /** Another microphone; or the first one, of somebody who joined to listen: muted, until asked. */
  private useTrack(track: MediaStreamTrack | null): void {
    if (track && this.session.value.listenOnly && seated(this.session.value)) {
      this.dispatch({ type: 'may_talk' });
      this.send({ type: 'mute', muted: true });
      this.newPeer();
    } else void this.peer?.use(track);
  }

  private newPeer(): void {
    this.peer?.close();
    this.peerWasUp = false;
    const { iceServers, listenOnly } = this.session.value;
    this.screen.clear();
    const sources = { microphone: this.hardware.track, camera: this.shown.value, listenOnly };
    this.peer = new Peer(iceServers, sources, {
      send: (message) => void this.send(message),
      heard: (stream) => this.speaker.hear(stream),
      shown: (stream) => this.screen.show(stream),
      tile: (line, stream) => this.screen.tile(line, stream),
      lines: (lines) => {
        this.dispatch({ type: 'lines', lines });
        // A bridge that takes no pictures leaves no switch for the camera: it looks at nobody.
        if (!lines.camera) this.hardware.camera.off();
      },
      spoilt: () => this.newPeer(),
      state: (state) => void this.mediaIs(state),
    });
    this.peer.see(this.seen.value);
    this.peer.widen(this.tileLines.peek());
    this.dispatch({ type: 'media', media: { is: 'connecting' } });
    this.peer.offer();
  }

  private async answered(sdp: string): Promise<void> {
    const fits = await this.peer?.answer(sdp);
    // The bridge lost the media of this seat: a new connection finds it again.
    if (fits === false) this.newPeer();
  }

  private async mediaIs(state: 'connecting' | 'up' | 'broken' | 'failed'): Promise<void> {
    if (state === 'up') {
      this.peerWasUp = true;
      this.brokenSince = null;
      this.dispatch({ type: 'media', media: { is: 'up' } });
      return;
    }
    this.brokenSince ??= Date.now();
    const mend = this.peerWasUp && Date.now() - this.brokenSince < MEND_MS;
    if (state === 'broken' || mend) {
      this.dispatch({ type: 'media', media: { is: 'broken' } });
      if (state === 'failed' && this.signalling?.isUp) this.peer?.restart();
      return;
    }
    this.brokenSince = null;
    const relays = this.session.value.iceServers.some((one) => one.urls.some((url) => url.startsWith('turn')));
    const detourOffered = relays || this.peer?.offersTcp === true;
    const admitted = this.session.value.phase.at === 'meeting';
    const seen: Observation = { ...nothingSeen, reached: 'answered', socket: true, udp: false, detour: false, detourOffered, admitted };
    this.dispatch({ type: 'media', media: { is: 'failed', seen } });
  }

  async route(): Promise<Route | null> {
    const stats = await this.stats();
    return stats && routeOf(stats);
  }

  /** What the browser counts of the connection. */
  async stats(): Promise<RTCStatsReport | null> {
    return (await this.peer?.stats()) ?? null;
  }


  retryMedia(): void {
    this.newPeer();
  }

  /** The first connection failed, or the seat is lost. */
  private async gone(): Promise<void> {
    this.hangUp();
    if (this.session.value.phase.at === 'ended') return;
    const reached = navigator.onLine ? await reach(this.place) : null;
    this.fail({ reached, socket: false });
  }

  private fail(seen: Partial<Observation>): void {
    this.hangUp();
    this.drop();
    const seatLost = this.session.value.seat !== null;
    this.dispatch({
      type: 'failed',
      seen: { ...nothingSeen, seatLost, online: navigator.onLine, secure: window.isSecureContext, ...seen },
    });
  }

  private hangUp(): void {
    this.signalling?.finish();
    this.peer?.close();
    this.peer = null;
    this.hardware.close();
    this.speaker.silence();
    this.screen.clear();
  }

  leave(): void {
    const wasIn = this.session.value.phase.at === 'meeting';
    const asked = this.send({ type: 'leave' }) && wasIn;
    this.feedback.value = asked ? 'open' : 'closed';
    this.dispatch({ type: 'left' });
    this.hangUp();
    if (!asked) this.drop();
  }

  /** From the last page back to the first. */
  async again(): Promise<void> {
    this.drop();
    this.pin.value = '';
    this.dispatch({ type: 'again' });
    const checked = await checkLink(this.place, lang.value);
    if (checked.is === 'refused') this.fail({ reached: 'answered', problem: checked.problem });
    else this.prejoin({ type: 'checked', link: checked.is === 'good' ? checked.link : null });
  }

  send(message: ClientMessage): boolean {
    return this.signalling?.send(message) ?? false;
  }

  /** The same, and who asked for it hears when it did not. */
  private order(message: ClientMessage): boolean {
    const told = this.send(message);
    if (!told) this.dispatch({ type: 'unsent' });
    return told;
  }

  host(action: HostAction): void {
    this.order({ type: 'host', action });
  }

  /** Sends what is in the draft; it is cleared when the bridge says it again. */
  write(): void {
    this.lastWritten = this.draft.value.trim();
    this.dispatch({ type: 'wrote', told: this.send({ type: 'chat', text: this.lastWritten }) });
  }

  setMuted(muted: boolean): void {
    const { value } = this.session;
    if (value.listenOnly || (!muted && !mayUnmute(value)) || (muted && voice(value) === 'self')) return;
    // To be muted is mine alone, and told when I am back; to be heard is not.
    if (!muted && !this.order({ type: 'mute', muted })) return;
    this.dispatch({ type: 'mute', muted });
    if (muted) this.send({ type: 'mute', muted });
  }

  /** `device`: another camera; the one before otherwise. */
  async setCamera(on: boolean, device = this.hardware.camera.chosen.value): Promise<void> {
    const { camera } = this.hardware;
    if (on) await camera.on(device);
    else camera.off();
    // A camera that did not open is no choice against it.
    if (on && !camera.track) return;
    keepChoice(browserStore(), { on, device: camera.chosen.value });
    if (this.session.value.phase.at === 'meeting') this.dispatch({ type: 'camera', on });
  }

  /** A layout of my own; none: the meeting's. Where all are alike nobody can be pinned. */
  choose(layout: Layout | null): void {
    const { pinned } = this.session.value.view;
    this.order({ type: 'view', layout, pinned: layout === 'equal' ? null : pinned, page: 0 });
  }

  /** Large for me, whoever speaks; nobody: who speaks. */
  keepLarge(pinned: number | null): void {
    const { chosen, page } = this.session.value.view;
    this.order({ type: 'view', layout: chosen, pinned, page });
  }

  turn(page: number): void {
    const { chosen, pinned } = this.session.value.view;
    this.order({ type: 'view', layout: chosen, pinned, page });
  }

  setHand(raised: boolean): void {
    if (this.order({ type: 'hand', raised })) this.dispatch({ type: 'hand', raised });
  }

  callMe(number: string): void {
    if (this.order({ type: 'call_me', number })) this.dispatch({ type: 'call', target: number });
  }

  callOut(target: string, name: string, digits = ''): void {
    if (this.order({ type: 'host', action: { do: 'call_out', target, name, digits } })) this.dispatch({ type: 'call', target });
  }

  readInvitation(text: string): void {
    this.host({ do: 'read_invitation', text });
  }

  rate(score: number): void {
    this.feedback.value = this.send({ type: 'feedback', score }) ? 'sent' : 'closed';
    this.signalling?.close();
  }

  private keep(): void {
    const { value } = this.session;
    if (!seated(value) || !value.seat) return;
    keepSeat(tabStore(), {
      meeting: this.place.meeting, seat: value.seat, name: this.name.value, muted: value.mute.wish,
      listenOnly: value.listenOnly, microphone: this.hardware.chosen.value, left: Date.now(),
      camera: this.hardware.camera.track !== null, phone: value.phone, admitted: value.phase.at === 'meeting',
    });
  }

  private watchNetwork(): void {
    const changed = (): void => {
      this.online.value = navigator.onLine;
      if (!navigator.onLine || !seated(this.session.value)) return;
      this.signalling?.check();
      if (this.signalling?.isUp) this.peer?.offer(true);
    };
    window.addEventListener('online', changed);
    window.addEventListener('offline', changed);
    watchConnection(changed);
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') this.signalling?.check();
    });
  }
}

/** Another kind of network. Chrome tells also of every new estimate of the round trip. */
function watchConnection(changed: () => void): void {
  const { connection } = navigator as { connection?: EventTarget & { type?: string } };
  let type = connection?.type;
  connection?.addEventListener?.('change', () => {
    if (connection.type === type) return;
    type = connection.type;
    changed();
  });
}
