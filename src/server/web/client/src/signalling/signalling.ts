// The WebSocket: opened, watched, and opened again while the seat is kept.

import { SUBPROTOCOL, type ClientMessage, type ServerMessage } from '../protocol';
import { GIVE_UP_MS, pause } from './backoff';
import { read } from './frame';

export type Hello = Extract<ClientMessage, { type: 'hello' }>;

/** Why there is no connection. */
export type Loss = 'not_opened' | 'silent' | 'closed' | 'given_up';

export interface Listener {
  message(message: ServerMessage): void;
  /** The first connection or a further one stands, and the bridge said welcome. */
  up(): void;
  lost(since: number, attempt: number): void;
  gone(loss: Loss): void;
  /** After `finish`: the bridge closed what still stood. */
  over(): void;
}

const OPEN_MS = 8_000;
const WELCOME_MS = 10_000;
const PING_MS = 5_000;
const PONG_MS = 5_000;
/** After a change of network a connection that is alive answers well within this. */
const CHECK_MS = 1_500;

type State =
  | { is: 'idle' }
  | { is: 'opening'; socket: WebSocket }
  | { is: 'greeting'; socket: WebSocket }
  /** A PIN is asked for; the bridge may close meanwhile. */
  | { is: 'refused'; socket: WebSocket }
  | { is: 'up'; socket: WebSocket }
  | { is: 'pausing' };

export class Signalling {
  private state: State = { is: 'idle' };
  private lostSince: number | null = null;
  private attempt = 0;
  private welcomed = false;
  private finished = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private pinging: ReturnType<typeof setInterval> | undefined;
  private pong: ReturnType<typeof setTimeout> | undefined;
  private ping = 0;

  constructor(
    private readonly address: string,
    private readonly hello: () => Hello,
    private readonly listener: Listener,
  ) {}

  /** `taken`: a seat is taken back, so that a failure is tried again. */
  open(taken = false): void {
    this.finished = false;
    this.welcomed = taken;
    this.lostSince = taken ? Date.now() : null;
    this.attempt = taken ? 1 : 0;
    this.connect();
  }

  /** Says hello again, with a PIN; on this connection where it still stands. */
  again(): void {
    if (this.state.is === 'refused') {
      const { socket } = this.state;
      this.state = { is: 'greeting', socket };
      this.greet(socket);
    } else this.open();
  }

  /** Whether the message was given to the connection. */
  send(message: ClientMessage): boolean {
    if (this.state.is !== 'up' || this.state.socket.readyState !== WebSocket.OPEN) return false;
    this.state.socket.send(JSON.stringify(message));
    return true;
  }

  get isUp(): boolean {
    return this.state.is === 'up' && this.state.socket.readyState === WebSocket.OPEN;
  }

  /** No more attempts; what stands may stay until the bridge closes it. It is asked on, so that no
   *  proxy takes it for dead while somebody thinks about a mark. */
  finish(): void {
    this.finished = true;
    clearTimeout(this.timer);
  }

  close(): void {
    this.finish();
    this.drop();
    this.state = { is: 'idle' };
  }

  /** The network changed: is the connection still alive? */
  check(): void {
    if (this.state.is === 'up') this.ask(CHECK_MS);
    if (this.state.is === 'pausing') {
      clearTimeout(this.timer);
      this.connect();
    }
  }

  private connect(): void {
    clearTimeout(this.timer);
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.address, SUBPROTOCOL);
    } catch {
      this.broke('not_opened');
      return;
    }
    this.state = { is: 'opening', socket };
    this.timer = setTimeout(() => this.broke('not_opened'), OPEN_MS);
    socket.onopen = () => {
      this.state = { is: 'greeting', socket };
      this.greet(socket);
    };
    socket.onmessage = (event) => this.frame(socket, event.data);
    socket.onclose = () => this.closed(socket);
  }

  private greet(socket: WebSocket): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.broke('silent'), WELCOME_MS);
    socket.send(JSON.stringify(this.hello()));
  }

  private frame(socket: WebSocket, data: unknown): void {
    const message = read(data);
    if (!message || !('socket' in this.state) || this.state.socket !== socket) return;
    if (message.type === 'pong') {
      if (message.id === this.ping) clearTimeout(this.pong);
      return;
    }
    if (message.type === 'welcome') {
      clearTimeout(this.timer);
      this.state = { is: 'up', socket };
      this.welcomed = true;
      this.lostSince = null;
      this.attempt = 0;
      this.pinging = setInterval(() => this.ask(PONG_MS), PING_MS);
      this.listener.message(message);
      this.listener.up();
      return;
    }
    if (message.type === 'refused') {
      if (message.pin_needed) clearTimeout(this.timer);
      else this.finish();
      this.state = { is: 'refused', socket };
    }
    this.listener.message(message);
  }

  private ask(within: number): void {
    this.ping += 1;
    clearTimeout(this.pong);
    this.pong = setTimeout(() => this.broke('silent'), within);
    this.send({ type: 'ping', id: this.ping });
  }

  private closed(socket: WebSocket): void {
    if (!('socket' in this.state) || this.state.socket !== socket) return;
    if (this.state.is === 'refused') {
      this.state = { is: 'idle' };
      return;
    }
    this.broke(this.state.is === 'opening' ? 'not_opened' : 'closed');
  }

  private broke(loss: Loss): void {
    this.drop();
    if (this.finished) {
      this.state = { is: 'idle' };
      this.listener.over();
      return;
    }
    if (!this.welcomed) {
      this.state = { is: 'idle' };
      this.listener.gone(loss);
      return;
    }
    this.lostSince ??= Date.now();
    if (Date.now() - this.lostSince >= GIVE_UP_MS) {
      this.finish();
      this.state = { is: 'idle' };
      this.listener.gone('given_up');
      return;
    }
    this.attempt += 1;
    this.state = { is: 'pausing' };
    this.listener.lost(this.lostSince, this.attempt);
    this.timer = setTimeout(() => this.connect(), pause(this.attempt, Math.random()));
  }

  private drop(): void {
    clearTimeout(this.timer);
    clearInterval(this.pinging);
    clearTimeout(this.pong);
    if (!('socket' in this.state)) return;
    const { socket } = this.state;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}
