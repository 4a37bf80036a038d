// The peer connection of the meeting. This side always offers; the bridge answers.

import type { ClientMessage, IceServer } from '../protocol';
import { routeOf, type Route } from './route';

export interface PeerListener {
  send(message: ClientMessage): void;
  heard(stream: MediaStream): void;
  state(state: 'connecting' | 'up' | 'broken' | 'failed'): void;
}

/** From the offer to media: longer than ICE needs for every pair by TCP and TURN. */
const CONNECT_MS = 15_000;
/** A short gap heals alone; after this ICE starts again. */
const HEAL_MS = 2_000;

export class Peer {
  private readonly connection: RTCPeerConnection;
  private readonly sender: RTCRtpSender;
  private offering = false;
  private again = false;
  private closed = false;
  private deadline: ReturnType<typeof setTimeout> | undefined;
  private healing: ReturnType<typeof setTimeout> | undefined;

  constructor(iceServers: IceServer[], track: MediaStreamTrack | null, listenOnly: boolean, private readonly listener: PeerListener) {
    this.connection = new RTCPeerConnection({ iceServers, bundlePolicy: 'max-bundle' });
    const transceiver = this.connection.addTransceiver('audio', {
      direction: listenOnly ? 'recvonly' : 'sendrecv',
    });
    this.sender = transceiver.sender;
    if (track && !listenOnly) void this.sender.replaceTrack(track);
    this.connection.ontrack = ({ streams, track: heard }) => listener.heard(streams[0] ?? new MediaStream([heard]));
    this.connection.onicecandidate = ({ candidate }) => {
      const line = candidate?.candidate ?? '';
      listener.send({ type: 'candidate', candidate: line.replace(/^candidate:/, '') });
    };
    this.connection.onconnectionstatechange = () => this.changed();
  }

  /** The first offer, or a restart of ICE. One offer is under way at a time. */
  offer(restart = false): void {
    if (this.closed) return;
    if (this.offering) {
      this.again = true;
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
      this.tell('failed');
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
    if (this.again) {
      this.again = false;
      this.offer(true);
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

  async use(track: MediaStreamTrack | null): Promise<void> {
    await this.sender.replaceTrack(track);
  }

  /** The bridge has a door for media by TCP. */
  get offersTcp(): boolean {
    return /^a=candidate:\S+ \d+ tcp /im.test(this.connection.remoteDescription?.sdp ?? '');
  }

  async route(): Promise<Route | null> {
    return this.closed ? null : routeOf(await this.connection.getStats());
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
