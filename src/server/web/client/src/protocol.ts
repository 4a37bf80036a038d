// The words between a browser and the bridge: JSON over one WebSocket, one message a frame.
// Written from `src/adapter/webrtc/message.rs`, which says what each field means; do not
// edit it: the test `the_page_has_the_words_of_the_bridge` says how it is written anew.

export const VERSION = 1;
export const SUBPROTOCOL = 'causeway.v1';
/** The longest frame of a client, in bytes. */
export const MAX_FRAME = 65536;
/** The longest message of chat, in characters. */
export const MAX_CHAT = 2000;

/**
 * What a browser says.
 */
export type ClientMessage = { "type": "hello", version: number, token: string, name: string, lang: string, pin?: string | null, seat?: Seat | null, test?: NetworkTest | null, }
  | { "type": "lang", lang: string, }
  | { "type": "offer", sdp: string, }
  | { "type": "candidate", candidate: string, }
  | { "type": "mute", muted: boolean, }
  | { "type": "hand", raised: boolean, }
  | { "type": "chat", text: string, }
  | { "type": "view", layout?: Layout | null, pinned?: number | null, page: number, }
  | { "type": "call_me", number: string, }
  | { "type": "host", action: HostAction, }
  | { "type": "leave", }
  | { "type": "feedback", score: number, }
  | { "type": "ping", id: number, };

/**
 * What hosts may do.
 */
export type HostAction = { "do": "admit", participant: number, }
  | { "do": "admit_all", }
  | { "do": "deny", participant: number, }
  | { "do": "mute_participant", participant: number, muted: boolean, }
  | { "do": "mute_all", }
  | { "do": "allow_unmute", allowed: boolean, }
  | { "do": "allow_call_me", allowed: boolean, }
  | { "do": "lower_hand", participant: number, }
  | { "do": "lock", locked: boolean, }
  | { "do": "set_layout", layout: Layout, }
  | { "do": "spotlight", participant?: number | null, }
  | { "do": "hand_over", participant: number, }
  | { "do": "remove", participant: number, }
  | { "do": "end_for_all", }
  | { "do": "call_out", target: string, name: string, digits: string, }
  | { "do": "read_invitation", text: string, };

/**
 * What the bridge says.
 */
export type ServerMessage = { "type": "welcome", version: number, meeting: Meeting, seat: Seat, role: Role, ice_servers: Array<IceServer>, phone: Phone | null, }
  | { "type": "refused" } & Problem
  | { "type": "waiting", place: number, reason: WaitReason, }
  | { "type": "admitted", role: Role, muted: boolean, }
  | { "type": "answer", sdp: string, }
  | { "type": "roster", participants: Array<Participant>, }
  | { "type": "participant", participant: Participant, }
  | { "type": "gone", participant: number, }
  | { "type": "speaking", participants: Array<number>, }
  | { "type": "state", locked: boolean, may_unmute: boolean, may_call_me: boolean, may_call_out: boolean, guests_call_me: boolean, draining: boolean, }
  | { "type": "picture", layout: Layout, spotlight: number | null, strain: Strain, }
  | { "type": "view", layout: Layout, chosen: Layout | null, pinned: number | null, page: number, pages: number, more: number, camera_seen: boolean, }
  | { "type": "tiles", lines: number, shown: boolean, tiles: Array<Tile>, }
  | { "type": "chat", messages: Array<ChatMessage>, }
  | { "type": "failed", of: string, problem: Problem, }
  | { "type": "call", target: string, state: CallState, problem: Problem | null, }
  | { "type": "invitation", ways: Array<InvitedWay>, look_alikes: Array<string>, }
  | { "type": "ended" } & Problem
  | { "type": "pong", id: number, };

/**
 * A seat that was given: kept for thirty seconds when the connection breaks.
 */
export type Seat = { participant: number, secret: string, };

/**
 * What the test before joining found. Kept with the participant; nothing is decided by it. What
 * was not measured is absent.
 */
export type NetworkTest = { udp: boolean | null, tcp: boolean | null, tls: boolean | null, up_kbps: number | null, down_kbps: number | null, loss_permille: number | null, round_trip_ms: number | null, };

/**
 * What a participant may do.
 */
export type Role = "host" | "guest";

/**
 * By what a participant takes part.
 */
export type Kind = "browser" | "room" | "phone" | "bridge";

/**
 * For whom somebody waits.
 */
export type WaitReason = "lobby" | "no_host" | "locked";

/**
 * How a picture is divided.
 */
export type Layout = "single" | "speaker" | "equal" | "side_by_side" | "custom";

/**
 * What is left of pictures where the bridge has too little time for them.
 */
export type Strain = "none" | "fewer_pictures" | "smaller" | "audio_only";

/**
 * How somebody's camera stands.
 */
export type Camera = { state: CameraState, sight: Sight, };

/**
 * How the pictures of a camera come.
 */
export type CameraState = "coming" | "frozen";

/**
 * What pictures look like.
 */
export type Sight = "fine" | "black" | "frozen" | "low_light";

/**
 * What is amiss with somebody's sound.
 */
export type FaultySound = "silent" | "echoing";

/**
 * A way into a meeting of another service.
 */
export type InvitedWay = { service: string, meeting: string | null, protocol: string, address: string, target: string | null, digits: string, why: string, allowed: boolean, };

/**
 * Where a call stands.
 */
export type CallState = "ringing" | "answered" | "failed";

/**
 * The meeting, as everybody may know it.
 */
export type Meeting = { name: string, now: string, };

/**
 * Somebody in the meeting.
 */
export type Participant = { id: number, name: string, role: Role, kind: Kind, waiting: boolean, muted_by_self: boolean, muted_by_host: boolean, nothing_heard: boolean, sound?: FaultySound, hand: boolean, quality: number | null, camera?: Camera, device?: DeviceTitle, looks_like?: DeviceTitle, };

/**
 * What people call a kind of device.
 */
export type DeviceTitle = { zh: string, en: string, };

/**
 * A place in a picture of my own, in ten thousandths of its width and height.
 */
export type Tile = { participant: number, line: number | null, left: number, top: number, width: number, height: number, };

/**
 * A message of chat.
 */
export type ChatMessage = { id: number, from: number, name: string, text: string, at: string, };

/**
 * Why not, and what helps.
 */
export type Problem = { code: string, text: string, pin_needed: boolean, };

/**
 * A server for ICE, as `RTCIceServer`.
 */
export type IceServer = { urls: Array<string>, username?: string, credential?: string, };

/**
 * The telephone that leads into the meeting.
 */
export type Phone = { number: string, code: string, personal_code: string | null, };

/**
 * `POST …/api/v1/look`: what a participant sees at this moment, as PNG. For hosts; a page asks
 * again while its dialog is open. Where there is no picture, the answer is a [`Problem`].
 */
export type LookQuestion = { seat: Seat, participant: number, lang: string, };

/**
 * `POST …/api/v1/link`: what a link is worth, before it is used. Asking uses nothing up. A link
 * that is worth nothing is answered by status 403 or 410 and a [`Problem`].
 */
export type LinkQuestion = { token: string, lang: string, };

/**
 * The answer to a [`LinkQuestion`].
 */
export type LinkAnswer = { meeting: Meeting, phone: Phone | null, pin_needed: boolean, wanted_kbps: number, };

/**
 * `POST …/api/v1/probe/rtc`: a peer connection for the test before joining. It echoes what
 * arrives on its data channels, and is closed after thirty seconds.
 */
export type ProbeOffer = { sdp: string, };

/**
 * The answer to a [`ProbeOffer`].
 */
export type ProbeAnswer = { sdp: string, ice_servers: Array<IceServer>, };
