// The words between a browser and the bridge: JSON over one WebSocket, one message a frame.
// Mirrors `src/adapter/webrtc/message.rs`; the shape here is the shape that serde writes there.

export const VERSION = 1;
export const SUBPROTOCOL = 'causeway.v1';
/** The longest frame of a client, in bytes. */
export const MAX_FRAME = 64 * 1024;
/** The longest message of chat, in characters. */
export const MAX_CHAT = 2000;

export type Role = 'host' | 'guest';
export type Kind = 'browser' | 'room' | 'phone' | 'bridge';
export type WaitReason = 'lobby' | 'no_host' | 'locked';
export type CallState = 'ringing' | 'answered' | 'failed';

export interface Seat {
  participant: number;
  secret: string;
}

export interface NetworkTest {
  udp: boolean;
  tcp: boolean;
  tls: boolean;
  up_kbps: number;
  down_kbps: number;
  loss_permille: number;
  round_trip_ms: number;
}

export type HostAction =
  | { do: 'admit'; participant: number }
  | { do: 'admit_all' }
  | { do: 'deny'; participant: number }
  | { do: 'mute_participant'; participant: number; muted: boolean }
  | { do: 'mute_all' }
  | { do: 'allow_unmute'; allowed: boolean }
  | { do: 'lower_hand'; participant: number }
  | { do: 'lock'; locked: boolean }
  | { do: 'hand_over'; participant: number }
  | { do: 'remove'; participant: number }
  | { do: 'end_for_all' }
  | { do: 'call_out'; target: string; name: string };

export interface Hello {
  type: 'hello';
  version: number;
  token: string;
  name: string;
  lang: string;
  pin?: string | null;
  seat?: Seat | null;
  test?: NetworkTest | null;
  listen_only: boolean;
}

export type ClientMessage =
  | Hello
  | { type: 'offer'; sdp: string }
  | { type: 'candidate'; candidate: string }
  | { type: 'mute'; muted: boolean }
  | { type: 'hand'; raised: boolean }
  | { type: 'chat'; text: string }
  | { type: 'call_me'; number: string }
  | { type: 'host'; action: HostAction }
  | { type: 'leave' }
  | { type: 'feedback'; score: number }
  | { type: 'ping'; id: number };

export interface Meeting {
  name: string;
  now: string;
}

export interface Participant {
  id: number;
  name: string;
  role: Role;
  kind: Kind;
  waiting: boolean;
  muted_by_self: boolean;
  muted_by_host: boolean;
  nothing_heard: boolean;
  hand: boolean;
  quality: number | null;
}

export interface ChatMessage {
  id: number;
  from: number;
  name: string;
  text: string;
  at: string;
}

export interface Problem {
  code: string;
  text: string;
  pin_needed?: boolean;
}

export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

export interface Phone {
  number: string;
  code: string;
  personal_code: string | null;
}

export type ServerMessage =
  | {
      type: 'welcome';
      version: number;
      meeting: Meeting;
      seat: Seat;
      role: Role;
      ice_servers: IceServer[];
      phone: Phone | null;
    }
  | ({ type: 'refused' } & Problem)
  | { type: 'waiting'; place: number; reason: WaitReason }
  | { type: 'admitted'; role: Role; muted: boolean }
  | { type: 'answer'; sdp: string }
  | { type: 'roster'; participants: Participant[] }
  | { type: 'participant'; participant: Participant }
  | { type: 'gone'; participant: number }
  | { type: 'speaking'; participants: number[] }
  | { type: 'state'; locked: boolean; may_unmute: boolean; may_call_me: boolean; may_call_out: boolean }
  | { type: 'chat'; messages: ChatMessage[] }
  | { type: 'failed'; of: string; problem: Problem }
  | { type: 'call'; target: string; state: CallState; problem: Problem | null }
  | ({ type: 'ended' } & Problem)
  | { type: 'pong'; id: number };

// What is asked by HTTP before the WebSocket opens.

/** `POST api/v1/link`: what a link is worth, without using it up. */
export interface LinkQuestion {
  token: string;
  lang: string;
}

export interface LinkAnswer {
  meeting: Meeting;
  phone: Phone | null;
  pin_needed: boolean;
  /** What the test before joining asks of the network, each way. */
  wanted_kbps: number;
}

/** `POST api/v1/probe/rtc`: a peer connection that echoes a data channel and is gone after 30 s. */
export interface ProbeOffer {
  sdp: string;
}

export interface ProbeAnswer {
  sdp: string;
  ice_servers: IceServer[];
}
