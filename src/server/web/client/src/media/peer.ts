// The peer connection of the meeting. This side always offers; the bridge answers.

import type { ClientMessage, IceServer } from '../protocol';
import { fitted, offered } from './encodings';

/** Which lines of video the bridge took. What it refused is refused for this connection. */
export interface Lines {
  camera: boolean;
  picture: boolean;
}

/** What goes out from the beginning. */
export interface Sources {
  microphone: MediaStreamTrack | null;
  camera: MediaStreamTrack | null;
  listenOnly: boolean;
}

export interface PeerListener {
  send(message: ClientMessage): void;
  heard(stream: MediaStream): void;
  /** The picture of the meeting. */
  shown(stream: MediaStream): void;
  /** Somebody as a tile, by the line of this number, from 1. */
  tile(line: number, stream: MediaStream): void;
  lines(lines: Lines): void;
  /** The browser makes no further offer of this connection: another is needed. */
  spoilt(): void;
  state(state: 'connecting' | 'up' | 'broken' | 'failed'): void;
}

/** From the offer to media: longer than ICE needs for every pair by TCP and TURN. */
const CONNECT_MS = 15_000;
/** A short gap heals alone; after this ICE starts again. */
const HEAL_MS = 2_000;

export class Peer {
  private readonly connection: RTCPeerConnection;
  private readonly microphone: RTCRtpSender;
  private readonly camera: RTCRtpTransceiver;
  private readonly picture: RTCRtpTransceiver;
  /** Lines that only take people, one each. */
  private readonly tiles: RTCRtpTransceiver[] = [];
  /** Somebody sees the camera. */
  private seen = true;
  private changing: Promise<void> = Promise.resolve();
  private offering = false;
  private again: 'no' | 'offer' | 'restart' = 'no';
  private closed = false;
  private deadline: ReturnType<typeof setTimeout> | undefined;
  private healing: ReturnType<typeof setTimeout> | undefined;

  /** All lines are in the first offer: a browser never uses again what it was refused, and some agree
   *  on several sizes of a camera only at first. So the camera sends from the beginning, if nothing. */
  constructor(iceServers: IceServer[], { microphone, camera, listenOnly }: Sources, private readonly listener: PeerListener) {
    this.connection = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    this.microphone = this.connection.addTransceiver('audio', { direction: listenOnly ? 'recvonly' : 'sendrecv' }).sender;
    this.camera = this.connection.addTransceiver('video', { direction: 'sendonly', sendEncodings: offered() });
    this.picture = this.connection.addTransceiver('video', { direction: 'recvonly' });
    if (microphone && !listenOnly) void this.microphone.replaceTrack(microphone);
    if (camera) void this.camera.sender.replaceTrack(camera);
    this.connection.ontrack = ({ streams, track, transceiver }) => {
      const tile = this.tiles.indexOf(transceiver);
      if (track.kind === 'audio') listener.heard(streams[0] ?? new MediaStream([track]));
      else if (tile >= 0) listener.tile(tile + 1, new MediaStream([track]));
      else listener.shown(new MediaStream([track]));
    };
    this.connection.onicecandidate = ({ candidate }) => {
      const line = candidate?.candidate ?? '';
      listener.send({ type: 'candidate', candidate: line.replace(/^candidate:/, '') });
    };
    this.connection.onconnectionstatechange = () => this.changed();
  }

  /** Has this many lines for tiles at least. They are added when they are needed: each makes all
   *  descriptions longer. True where there are more than before, which an offer must tell. */
  widen(lines: number): boolean {
    if (this.closed || lines <= this.tiles.length) return false;
    while (this.tiles.length < lines) {
      const tile = this.connection.addTransceiver('video', { direction: 'recvonly' });
      narrow(tile);
      this.tiles.push(tile);
    }
    return true;
  }

  /** The first offer, a restart of ICE, or another use of a line. One offer is under way at a time. */
  offer(restart = false): void {
    if (this.closed) return;
    if (this.offering) {
      if (this.again !== 'restart') this.again = restart ? 'restart' : 'offer';
      return;
    }
    this.offering = true;
    clearTimeout(this.deadline);
    this.deadline = setTimeout(() => this.tell(this.connected ? 'up' : 'failed'), CONNECT_MS);
    if (restart) this.connection.restartIce();
    void this.makeOffer();
  }

  private async makeOffer(): Promise<void> {
    try {
      await this.connection.setLocalDescription();
      const sdp = this.connection.localDescription?.sdp;
      if (sdp) this.listener.send({ type: 'offer', sdp });
    } catch {
      if (this.closed) return;
      if (this.connection.remoteDescription) this.listener.spoilt();
      else this.tell('failed');
    }
  }

  /** False where the answer does not fit: then a new connection is needed. */
  async answer(sdp: string): Promise<boolean> {
    this.offering = false;
    try {
      await this.connection.setRemoteDescription({ type: 'answer', sdp });
    } catch {
      return this.closed;
    }
    this.listener.lines({ camera: this.has(this.camera), picture: this.has(this.picture) });
    this.fit();
    if (this.again !== 'no') {
      const restart = this.again === 'restart';
      this.again = 'no';
      this.offer(restart);
    } else if (this.connected) {
      // A restart over a way that never went away changes no state.
      clearTimeout(this.deadline);
      this.tell('up');
    }
    return true;
  }

  private get connected(): boolean {
    return this.connection.connectionState === 'connected';
  }

  /** The offer under way was lost with its WebSocket. */
  restart(): void {
    this.offering = false;
    if (this.connection.signalingState === 'have-local-offer') {
      void this.connection.setLocalDescription({ type: 'rollback' }).catch(() => undefined).then(() => this.offer(true));
    } else this.offer(true);
  }

  private has(line: RTCRtpTransceiver): boolean {
    return this.connection.getTransceivers().includes(line) && line.currentDirection !== 'stopped';
  }

  async use(track: MediaStreamTrack | null): Promise<void> {
    await this.microphone.replaceTrack(track);
  }

  /** Another camera, or none. That it is off is agreed, so that nobody is left with its last picture. */
  show(track: MediaStreamTrack | null): void {
    this.next(async () => {
      const { camera } = this;
      if (camera.sender.track === track || !this.has(camera)) return;
      await camera.sender.replaceTrack(track);
      const direction = track ? 'sendonly' : 'inactive';
      if (this.closed || camera.direction === direction) return;
      camera.direction = direction;
      this.offer();
    });
  }

  /** Whether anybody sees the camera. Where nobody does, next to nothing is sent. */
  see(seen: boolean): void {
    this.seen = seen;
    this.fit();
  }

  private fit(): void {
    this.next(async () => {
      const { sender } = this.camera;
      const parameters = sender.getParameters();
      const encodings = fitted(parameters.encodings ?? [], this.seen);
      if (encodings === parameters.encodings) return;
      await sender.setParameters({ ...parameters, encodings: [...encodings] });
    });
  }

  /** One change of the camera at a time, each from what the last one left. A browser that refuses one
   *  sends as it did. */
  private next(change: () => Promise<void>): void {
    this.changing = this.changing.then(() => (this.closed ? undefined : change())).catch(() => undefined);
  }

  /** The bridge has a door for media by TCP. */
  get offersTcp(): boolean {
    return /^a=candidate:\S+ \d+ tcp /im.test(this.connection.remoteDescription?.sdp ?? '');
  }

  async stats(): Promise<RTCStatsReport | null> {
    return this.closed ? null : this.connection.getStats();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.deadline);
    clearTimeout(this.healing);
    this.connection.onconnectionstatechange = this.connection.onicecandidate = this.connection.ontrack = null;
    this.connection.close();
  }

  private changed(): void {
    clearTimeout(this.healing);
    switch (this.connection.connectionState) {
      case 'connected':
        clearTimeout(this.deadline);
        this.tell('up');
        break;
      case 'disconnected':
        this.tell('broken');
        this.healing = setTimeout(() => this.offer(true), HEAL_MS);
        break;
      case 'failed':
        this.tell('failed');
        break;
      default:
    }
  }

  private tell(state: 'up' | 'broken' | 'failed'): void {
    if (!this.closed) this.listener.state(state);
  }
}

/** Only the codecs that the bridge passes on: with all of them each line takes five kilobytes. */
function narrow(line: RTCRtpTransceiver): void {
  const codecs = RTCRtpReceiver.getCapabilities?.('video')?.codecs ?? [];
  const useful = codecs.filter(({ mimeType }) => /^video\/(h264|vp8|rtx)$/i.test(mimeType));
  try {
    if (useful.length > 0) line.setCodecPreferences(useful);
  } catch {
    // All of them then.
  }
}
