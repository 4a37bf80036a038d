// What the page knows. Changed only by `reduce`.

import type {
  ChatMessage, CallState, IceServer, Layout, Meeting, Participant, Phone, Problem, Role, Seat, ServerMessage, Strain, WaitReason,
} from '../protocol';
import type { Observation } from '../ladder/ladder';
import type { Lines } from '../media/peer';

/** Where the person stands: one at a time. */
export type Phase =
  | { at: 'checking' }
  | { at: 'prejoin'; pin: 'none' | 'asked' | 'wrong' }
  /** `back`: after a reload, to a meeting that I was in. */
  | { at: 'joining'; pin: boolean; back: boolean }
  | { at: 'lobby'; place: number; reason: WaitReason }
  | { at: 'meeting' }
  | { at: 'failed'; seen: Observation }
  | { at: 'ended'; why: Ending };

export type Ending = { is: 'left' } | { is: 'told'; problem: Problem };

/** The WebSocket. */
export type Wire =
  | { is: 'none' }
  | { is: 'up' }
  | { is: 'lost'; since: number; attempt: number };

/** The peer connection. */
export type Media =
  | { is: 'none' }
  | { is: 'connecting' }
  | { is: 'up' }
  | { is: 'broken' }
  | { is: 'failed'; seen: Observation };

/** Whether the others may hear me, and whose doing it is. */
export type Voice = 'open' | 'self' | 'host';

/** My wish to be muted, and whether the bridge has heard of it. */
export interface Mute {
  wish: boolean;
  asked: boolean | null;
}

export interface Rules {
  locked: boolean;
  may_unmute: boolean;
  may_call_me: boolean;
  may_call_out: boolean;
  guests_call_me: boolean;
  draining: boolean;
}

/** How pictures are composed for everybody. */
export interface Scene {
  layout: Layout;
  spotlight: number | null;
  strain: Strain;
}

/** What I see, and whether I am seen. */
export type View = Omit<Extract<ServerMessage, { type: 'view' }>, 'type'>;

/** What I put together by myself, where I get people as they send themselves. */
export type Wall = Omit<Extract<ServerMessage, { type: 'tiles' }>, 'type'>;

/** What I wrote last: with the bridge, or not told to it. */
export type Writing = 'idle' | 'sent' | 'unsent';

/** What a pasted invitation says. */
export type Invitation = Omit<Extract<ServerMessage, { type: 'invitation' }>, 'type'>;

export interface Call {
  target: string;
  state: CallState | 'asked';
  problem: Problem | null;
}

/** What is needed to call somebody by a name. */
export type Named = Pick<Participant, 'id' | 'name' | 'kind'>;

/** What is said aloud to a screen reader, and shown for a while. */
export type Notice =
  | { is: 'came' | 'went' | 'hand' | 'waits'; who: Named }
  | { is: 'chat'; name: string; text: string }
  | { is: 'admitted' | 'muted_at_entry' | 'muted_by_host' | 'may_speak' | 'now_host' | 'muted' | 'unmuted' }
  | { is: 'locked' | 'unlocked' | 'back' | 'unsent' | 'camera_on' | 'camera_off' }
  | { is: 'strain'; strain: Strain }
  | { is: 'spotlight'; who: Named | null }
  | { is: 'failed'; problem: Problem };

export interface NumberedNotice {
  id: number;
  notice: Notice;
}

export interface Session {
  phase: Phase;
  wire: Wire;
  media: Media;
  meeting: Meeting | null;
  phone: Phone | null;
  seat: Seat | null;
  role: Role;
  iceServers: IceServer[];
  rules: Rules;
  /** In the order of arrival, I among them. */
  people: Participant[];
  speaking: number[];
  mute: Mute;
  hand: boolean;
  listenOnly: boolean;
  /** The lines of video that the bridge took. */
  lines: Lines;
  scene: Scene;
  view: View;
  wall: Wall;
  chat: ChatMessage[];
  writing: Writing;
  chatOpen: boolean;
  unread: number;
  calls: Call[];
  /** What was pasted last; none: nothing yet. */
  invitation: Invitation | null;
  notices: NumberedNotice[];
  nextNotice: number;
}

/** Kept of the chat: a page of 1,000 lines is longer than anybody scrolls. */
export const MAX_CHAT_KEPT = 1000;
/** Kept notices: more at once are not read. */
export const MAX_NOTICES = 4;
/** Kept calls. */
export const MAX_CALLS = 20;

/** Before the bridge says otherwise. */
export const plainScene: Scene = { layout: 'speaker', spotlight: null, strain: 'none' };
export const plainView: View = { layout: 'speaker', chosen: null, pinned: null, page: 0, pages: 1, more: 0, camera_seen: true };

export const noWall: Wall = { lines: 0, shown: false, tiles: [] };

export const start: Session = {
  phase: { at: 'checking' },
  wire: { is: 'none' },
  media: { is: 'none' },
  meeting: null,
  phone: null,
  seat: null,
  role: 'guest',
  iceServers: [],
  rules: { locked: false, may_unmute: true, may_call_me: false, may_call_out: false, guests_call_me: false, draining: false },
  people: [],
  speaking: [],
  mute: { wish: false, asked: null },
  hand: false,
  listenOnly: false,
  lines: { camera: false, picture: false },
  scene: plainScene,
  view: plainView,
  wall: noWall,
  chat: [],
  writing: 'idle',
  chatOpen: false,
  unread: 0,
  calls: [],
  invitation: null,
  notices: [],
  nextNotice: 1,
};

export function me(session: Session): Participant | undefined {
  return session.people.find((one) => one.id === session.seat?.participant);
}

export function voice(session: Session): Voice {
  if (me(session)?.muted_by_host) return 'host';
  return session.mute.wish ? 'self' : 'open';
}

/** Whether the microphone may be sent: in the meeting, and not muted by anybody. */
export function mayBeHeard(session: Session): boolean {
  return session.phase.at === 'meeting' && !session.listenOnly && voice(session) === 'open';
}

export function mayUnmute(session: Session): boolean {
  return voice(session) === 'open' || session.rules.may_unmute || session.role === 'host';
}

/** Whether the camera may be sent. Who waits is seen by nobody. */
export function mayBeSeen(session: Session): boolean {
  return session.phase.at === 'meeting';
}

/** Whether there is a picture of anybody else: without one, names tell more. */
export function seesSomebody(session: Session): boolean {
  const { lines, scene, seat, people, wall } = session;
  return lines.picture && (wall.shown || scene.strain !== 'audio_only') && people.some((one) => one.camera && one.id !== seat?.participant);
}

export function present(session: Session): Participant[] {
  return session.people.filter((one) => !one.waiting);
}

export function waiting(session: Session): Participant[] {
  return session.people.filter((one) => one.waiting);
}

/** Whether the person has a seat that a break of the connection must keep. */
export function seated(session: Session): boolean {
  return session.phase.at === 'lobby' || session.phase.at === 'meeting';
}
