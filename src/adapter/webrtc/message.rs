//! The words between a browser and the bridge: JSON over one WebSocket, one message a frame.
//!
//! Version 1. The browser opens `…/api/v1/signal` with the subprotocol `causeway.v1`, says
//! [`ClientMessage::Hello`] within ten seconds, and hears [`ServerMessage::Welcome`] or
//! [`ServerMessage::Refused`]. Unknown fields are refused, so that a slip is found at once; a
//! client must pass over messages of a `type` that it does not know. Who sent a message the
//! bridge stamps: nothing that a client says of others is believed.
//!
//! A frame of a client holds at most [`MAX_FRAME`] bytes; a client that does not read is closed.

use serde::{Deserialize, Serialize};

/// The longest frame of a client: an offer of a browser with every codec has some 20 kB.
pub const MAX_FRAME: usize = 64 * 1024;

/// The longest invitation that is read, in bytes: as JSON it still fits into a frame.
pub const MAX_INVITATION: usize = 30_000;

/// The longest message of chat, in characters.
pub const MAX_CHAT: usize = 2_000;

/// The version of these words.
pub const VERSION: u16 = 1;

/// The subprotocol of version 1.
pub const SUBPROTOCOL: &str = "causeway.v1";

/// What a browser says.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClientMessage {
    /// The first word: who comes, by which link.
    Hello {
        /// The version of these words; 1.
        version: u16,
        /// The token of the link, from the fragment of its address.
        token: String,
        /// The name to show. The bridge makes it safe.
        name: String,
        /// The language of texts: `zh-CN` or `en`.
        lang: String,
        /// A PIN, where the meeting asks for one.
        #[serde(default)]
        #[cfg_attr(test, ts(optional = nullable))]
        pin: Option<String>,
        /// The seat to take back, after a break of the connection.
        #[serde(default)]
        #[cfg_attr(test, ts(optional = nullable))]
        seat: Option<Seat>,
        /// What the test before joining found.
        #[serde(default)]
        #[cfg_attr(test, ts(optional = nullable))]
        test: Option<NetworkTest>,
    },
    /// The language of texts from now on.
    Lang {
        /// `zh-CN` or `en`.
        lang: String,
    },
    /// An offer (RFC 3264), the first one or a restart of ICE. The bridge answers.
    Offer {
        /// The description, with or without candidates.
        sdp: String,
    },
    /// A further candidate of the browser (RFC 8838).
    Candidate {
        /// The value of `a=candidate`, without the name; empty at the end.
        candidate: String,
    },
    /// Mute or unmute myself.
    Mute {
        /// Muted from now on.
        muted: bool,
    },
    /// My hand.
    Hand {
        /// Up.
        raised: bool,
    },
    /// To everybody who was let in.
    Chat {
        /// The text.
        text: String,
    },
    /// What I want to see: all of my choice, so that it can be said again.
    View {
        /// A layout of my own; none for the meeting's. Never `custom`, which only the API sets.
        #[serde(default)]
        #[cfg_attr(test, ts(optional = nullable))]
        layout: Option<Layout>,
        /// Whom I want large, whoever speaks.
        #[serde(default)]
        #[cfg_attr(test, ts(optional = nullable))]
        pinned: Option<u64>,
        /// The page, from 0, where there are several; beyond the last it is the last.
        #[serde(default)]
        page: u32,
    },
    /// Have my telephone called: it joins as me.
    CallMe {
        /// The number.
        number: String,
    },
    /// What only hosts may do.
    Host {
        /// What.
        action: HostAction,
    },
    /// I leave.
    Leave {},
    /// How it was, 1 (bad) to 5, while leaving or after.
    Feedback {
        /// 1 to 5.
        score: u8,
    },
    /// Are you there? Answered by [`ServerMessage::Pong`] with the same number.
    Ping {
        /// Any number.
        id: u32,
    },
}

/// What hosts may do.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum HostAction {
    /// Let in who waits.
    Admit {
        /// Whom.
        participant: u64,
    },
    /// Let in all who wait.
    AdmitAll {},
    /// Send away who waits.
    Deny {
        /// Whom.
        participant: u64,
    },
    /// Mute or unmute one.
    MuteParticipant {
        /// Whom.
        participant: u64,
        /// Muted from now on.
        muted: bool,
    },
    /// Mute every guest.
    MuteAll {},
    /// Whether guests may unmute themselves, whoever muted them.
    AllowUnmute {
        /// Allowed from now on.
        allowed: bool,
    },
    /// Whether guests may have their telephone called.
    AllowCallMe {
        /// Allowed from now on.
        allowed: bool,
    },
    /// Lower somebody's hand.
    LowerHand {
        /// Whose.
        participant: u64,
    },
    /// Take nobody in any more, or again.
    Lock {
        /// Locked from now on.
        locked: bool,
    },
    /// The layout of all who chose none of their own; never `custom`.
    SetLayout {
        /// Which.
        layout: Layout,
    },
    /// Somebody large for all, whoever speaks; nobody: who speaks.
    Spotlight {
        /// Whom.
        #[serde(default)]
        #[cfg_attr(test, ts(optional = nullable))]
        participant: Option<u64>,
    },
    /// Make somebody else the host.
    HandOver {
        /// Whom.
        participant: u64,
    },
    /// Send somebody away.
    Remove {
        /// Whom.
        participant: u64,
    },
    /// End it for everybody.
    EndForAll {},
    /// Call somebody in.
    CallOut {
        /// A number or a SIP address.
        target: String,
        /// The name to show until the callee states one.
        #[serde(default)]
        name: String,
        /// What is pressed after the answer; a comma is a pause. Nothing: whoever answers is meant.
        #[serde(default)]
        digits: String,
    },
    /// Read an invitation that somebody pasted; answered by [`ServerMessage::Invitation`].
    ReadInvitation {
        /// The text, HTML or iCalendar, at most [`MAX_INVITATION`] bytes.
        text: String,
    },
}

/// A seat that was given: kept for thirty seconds when the connection breaks.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// The participant.
    pub participant: u64,
    /// Proves that it is mine.
    pub secret: String,
}

/// What the test before joining found. Kept with the participant; nothing is decided by it. What
/// was not measured is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct NetworkTest {
    /// Media by UDP works.
    pub udp: Option<bool>,
    /// Media by TCP works.
    pub tcp: Option<bool>,
    /// Media by TURN over TLS works, where it is offered.
    pub tls: Option<bool>,
    /// Kilobit a second to the bridge.
    pub up_kbps: Option<u32>,
    /// Kilobit a second from the bridge.
    pub down_kbps: Option<u32>,
    /// Lost packets, thousandths.
    pub loss_permille: Option<u16>,
    /// Round trip in milliseconds.
    pub round_trip_ms: Option<u32>,
}

/// What the bridge says.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Come in: now offer. Said once for a connection.
    Welcome {
        /// The version of these words.
        version: u16,
        /// The meeting.
        meeting: Meeting,
        /// My participant and its secret.
        seat: Seat,
        /// `host` or `guest`.
        role: Role,
        /// Servers for ICE, as `RTCIceServer`.
        ice_servers: Vec<IceServer>,
        /// The telephone that leads here, where there is one.
        phone: Option<Phone>,
    },
    /// Not now: why, and what helps.
    Refused(Problem),
    /// I wait.
    Waiting {
        /// My place, from 1.
        place: u32,
        /// For whom.
        reason: WaitReason,
    },
    /// I am in.
    Admitted {
        /// As.
        role: Role,
        /// I was muted by the rules.
        muted: bool,
    },
    /// The answer to my offer.
    Answer {
        /// The description, with the candidates of the bridge.
        sdp: String,
    },
    /// Everybody of whom I may know; replaces what was said before. Guests who wait see
    /// nobody.
    Roster {
        /// In the order of their arrival.
        participants: Vec<Participant>,
    },
    /// Somebody came, or is different.
    Participant {
        /// As it is now.
        participant: Participant,
    },
    /// Somebody is gone.
    Gone {
        /// Who.
        participant: u64,
    },
    /// Who speaks now, loudest first.
    Speaking {
        /// Who.
        participants: Vec<u64>,
    },
    /// How the meeting is now.
    State {
        /// Nobody comes in any more.
        locked: bool,
        /// Guests may unmute themselves; to a guest: I may.
        may_unmute: bool,
        /// I may have my telephone called.
        may_call_me: bool,
        /// Hosts may call out.
        may_call_out: bool,
        /// Guests may have their telephone called.
        guests_call_me: bool,
        /// The bridge stops when the meetings that go on are over: nobody comes in any more.
        draining: bool,
    },
    /// How pictures are composed in this meeting.
    Picture {
        /// The layout of all who chose none of their own.
        layout: Layout,
        /// Who is large for all.
        spotlight: Option<u64>,
        /// What the bridge has time for.
        strain: Strain,
    },
    /// What I see, and whether I am seen.
    View {
        /// The layout that I get.
        layout: Layout,
        /// The one that I chose; none: the meeting's.
        chosen: Option<Layout>,
        /// Whom I want large.
        pinned: Option<u64>,
        /// The page that I get, from 0.
        page: u32,
        /// How many there are, at least 1.
        pages: u32,
        /// People with a camera who found no place in it, where that is told.
        more: u32,
        /// Somebody is shown my camera. While nobody is, let it send little: the smallest size, a
        /// picture a second. Never nothing: a camera that sends nothing is off, and who has none
        /// gets no place in which to be seen.
        camera_seen: bool,
    },
    /// People as tiles of their own, where I am to put them together by myself.
    Tiles {
        /// So many lines that only take video I should have, beside that of the picture: where I
        /// have fewer, I add them, and offer. 0: none.
        lines: u32,
        /// They are what I get, and the picture rests; otherwise the picture is what I get.
        shown: bool,
        /// The tiles, the later ones over the earlier.
        tiles: Vec<Tile>,
    },
    /// What was written before I came, oldest first, then what is written.
    Chat {
        /// The messages.
        messages: Vec<ChatMessage>,
    },
    /// A word of mine was not carried out.
    Failed {
        /// The `type` of that word.
        of: String,
        /// Why.
        problem: Problem,
    },
    /// What becomes of a call that was asked for.
    Call {
        /// The number called, as it was asked.
        target: String,
        /// `ringing`, `answered` or `failed`.
        state: CallState,
        /// Why it failed.
        problem: Option<Problem>,
    },
    /// What the invitation says that was pasted.
    Invitation {
        /// Every way into its meeting, the best first.
        ways: Vec<InvitedWay>,
        /// Hosts that were made to look like a service's: what they offered is left out.
        look_alikes: Vec<String>,
    },
    /// It is over for me. The connection stays two minutes for [`ClientMessage::Feedback`].
    Ended(Problem),
    /// I am here.
    Pong {
        /// The number of the question.
        id: u32,
    },
}

/// What a participant may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May let in, mute, remove.
    Host,
    /// Everybody else.
    Guest,
}

/// By what a participant takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A browser.
    Browser,
    /// A room system.
    Room,
    /// A telephone.
    Phone,
    /// Another meeting.
    Bridge,
}

/// For whom somebody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// A host lets in.
    Lobby,
    /// No host is there yet.
    NoHost,
    /// The meeting is locked.
    Locked,
}

/// How a picture is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Layout {
    /// Who speaks, alone.
    Single,
    /// Who speaks, and a strip of others below.
    Speaker,
    /// Everybody alike, in pages.
    Equal,
    /// Content, and people beside it.
    SideBySide,
    /// Places of somebody's own.
    Custom,
}

/// What is left of pictures where the bridge has too little time for them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Strain {
    /// All of them.
    #[default]
    None,
    /// Fewer a second.
    FewerPictures,
    /// Small ones.
    Smaller,
    /// None: audio only.
    AudioOnly,
}

/// How somebody's camera stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Camera {
    /// How its pictures come.
    pub state: CameraState,
    /// What they look like, as far as somebody sees them.
    pub sight: Sight,
}

/// How the pictures of a camera come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CameraState {
    /// They come.
    Coming,
    /// They cannot be shown: the last good one stays.
    Frozen,
}

/// What pictures look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// Nothing is wrong, or nothing is known.
    #[default]
    Fine,
    /// Black: a covered lens.
    Black,
    /// Always the same, though pictures come.
    Frozen,
    /// Too dark to know a face.
    LowLight,
}

/// What is amiss with somebody's sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum FaultySound {
    /// No audible moment came: a dead microphone, or the wrong one.
    Silent,
    /// What they are sent comes back from them.
    Echoing,
}

/// A way into a meeting of another service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct InvitedWay {
    /// Whose meeting it is: `zoom`, `teams`, `tencent` …
    pub service: String,
    /// The number of the meeting.
    pub meeting: Option<String>,
    /// `sip`, `h323`, `tel` or `web`.
    pub protocol: String,
    /// What is dialled, as people read it.
    pub address: String,
    /// What [`HostAction::CallOut`] calls; none: the bridge cannot call it.
    pub target: Option<String>,
    /// What is pressed after the answer.
    pub digits: String,
    /// Why it stands where it stands, and why it may not be called.
    pub why: String,
    /// The operator's rules let it be called.
    pub allowed: bool,
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// It rings.
    Ringing,
    /// Somebody answered.
    Answered,
    /// It came to nothing.
    Failed,
}

/// The meeting, as everybody may know it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Meeting {
    /// Its name.
    pub name: String,
    /// Since when I am asked to wait or am in, RFC 3339.
    pub now: String,
}

/// Somebody in the meeting.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Participant {
    /// Who.
    pub id: u64,
    /// The name to show; may be empty.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// By what.
    pub kind: Kind,
    /// They wait to be let in.
    pub waiting: bool,
    /// They muted themselves.
    pub muted_by_self: bool,
    /// A host muted them.
    pub muted_by_host: bool,
    /// Nothing arrives from them.
    pub nothing_heard: bool,
    /// What is amiss with the sound that arrives; absent where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub sound: Option<FaultySound>,
    /// Their hand is up.
    pub hand: bool,
    /// 0 (bad) to 4; none where nothing is known.
    pub quality: Option<u8>,
    /// Their camera; absent while no picture comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub camera: Option<Camera>,
    /// What their device is; absent where nothing is known, and of browsers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub device: Option<DeviceTitle>,
    /// What it looks like, where it was configured as another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub looks_like: Option<DeviceTitle>,
}

/// What people call a kind of device.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct DeviceTitle {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// A place in a picture of my own, in ten thousandths of its width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Tile {
    /// Whose.
    pub participant: u64,
    /// By which of my lines for tiles, from 1 in their order; none for myself.
    pub line: Option<u32>,
    /// The left edge.
    pub left: u16,
    /// The upper edge.
    pub top: u16,
    /// Its width.
    pub width: u16,
    /// Its height.
    pub height: u16,
}

/// A message of chat.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ChatMessage {
    /// Counts up.
    pub id: u64,
    /// Who wrote it, as the bridge knows.
    pub from: u64,
    /// The name at that time.
    pub name: String,
    /// The text.
    pub text: String,
    /// When, RFC 3339.
    pub at: String,
}

/// Why not, and what helps.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Problem {
    /// Stable: `CW-…`.
    pub code: String,
    /// In the client's language, with the next step.
    pub text: String,
    /// A PIN is asked for: say hello again with one.
    #[serde(default)]
    pub pin_needed: bool,
}

/// A server for ICE, as `RTCIceServer`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct IceServer {
    /// `stun:`, `turn:` and `turns:` addresses.
    pub urls: Vec<String>,
    /// For TURN.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub username: Option<String>,
    /// For TURN.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub credential: Option<String>,
}

/// The telephone that leads into the meeting.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Phone {
    /// The number to dial.
    pub number: String,
    /// The meeting's code.
    pub code: String,
    /// A code of my own: whoever enters it joins as me.
    pub personal_code: Option<String>,
}

/// `POST …/api/v1/look`: what a participant sees at this moment, as PNG. For hosts; a page asks
/// again while its dialog is open. Where there is no picture, the answer is a [`Problem`].
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct LookQuestion {
    /// My seat.
    pub seat: Seat,
    /// Whose eyes.
    pub participant: u64,
    /// The language of texts: `zh-CN` or `en`.
    pub lang: String,
}

/// `POST …/api/v1/link`: what a link is worth, before it is used. Asking uses nothing up. A link
/// that is worth nothing is answered by status 403 or 410 and a [`Problem`].
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct LinkQuestion {
    /// The token of the link.
    pub token: String,
    /// The language of texts: `zh-CN` or `en`.
    pub lang: String,
}

/// The answer to a [`LinkQuestion`].
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LinkAnswer {
    /// The meeting.
    pub meeting: Meeting,
    /// The telephone that leads here: shown also where the WebSocket is blocked.
    pub phone: Option<Phone>,
    /// A PIN will be asked for.
    pub pin_needed: bool,
    /// What the test before joining asks of the network, in kilobit a second each way.
    pub wanted_kbps: u32,
}

/// `POST …/api/v1/probe/rtc`: a peer connection for the test before joining. It echoes what
/// arrives on its data channels, and is closed after thirty seconds.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ProbeOffer {
    /// The description, with its candidates.
    pub sdp: String,
}

/// The answer to a [`ProbeOffer`].
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ProbeAnswer {
    /// The description, with the candidates of the bridge by UDP and by TCP.
    pub sdp: String,
    /// Servers for ICE, to test the way by TURN over TLS.
    pub ice_servers: Vec<IceServer>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_word_is_named_by_its_type_and_an_unknown_field_is_refused() {
        let read = |value: serde_json::Value| serde_json::from_value::<ClientMessage>(value);
        let hello =
            json!({ "type": "hello", "version": 1, "token": "t", "name": "Ann", "lang": "en" });
        let Ok(ClientMessage::Hello { version: 1, pin: None, seat: None, .. }) = read(hello) else {
            panic!("what may be left out was left out")
        };
        let admit = json!({ "type": "host", "action": { "do": "admit", "participant": 7 } });
        let Ok(ClientMessage::Host { action: HostAction::Admit { participant: 7 } }) = read(admit)
        else {
            panic!("an action stands within a word")
        };
        let view = json!({ "type": "view", "layout": "side_by_side" });
        let Ok(ClientMessage::View { layout: Some(Layout::SideBySide), pinned: None, page: 0 }) =
            read(view)
        else {
            panic!("a choice holds what was chosen")
        };
        for wrong in [
            json!({ "type": "leave", "now": true }),
            json!({ "type": "view", "layout": "cinema" }),
            json!({ "type": "view", "page": -1 }),
            json!({ "type": "host", "action": { "do": "admit_all", "participant": 7 } }),
            json!({ "type": "dance" }),
            json!({ "type": "feedback", "score": 300 }),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_a_page_reads_has_the_names_that_it_knows() {
        let problem = Problem { code: "CW-X".into(), text: "why".into(), pin_needed: false };
        let said = serde_json::to_value(ServerMessage::Refused(problem)).expect("JSON");
        let expected =
            json!({ "type": "refused", "code": "CW-X", "text": "why", "pin_needed": false });
        assert_eq!(said, expected);
        let waiting = ServerMessage::Waiting { place: 2, reason: WaitReason::NoHost };
        let said = serde_json::to_value(waiting).expect("JSON");
        assert_eq!(said, json!({ "type": "waiting", "place": 2, "reason": "no_host" }));
    }
}
