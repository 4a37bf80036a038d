//! Meetings: what is scheduled, and how it stands now.

use super::picture::NamedLayout;
use super::text::{Language, MeetingId, Name, Secret, Time, present};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Who waits until a host lets them in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Lobby {
    /// Nobody.
    Off,
    /// Who was not proved to be one of ours.
    #[default]
    ForUntrusted,
    /// Every guest.
    On,
}

impl From<Lobby> for causeway_conference::Lobby {
    fn from(lobby: Lobby) -> Self {
        match lobby {
            Lobby::Off => causeway_conference::Lobby::Off,
            Lobby::ForUntrusted => causeway_conference::Lobby::ForUntrusted,
            Lobby::On => causeway_conference::Lobby::On,
        }
    }
}

impl From<causeway_conference::Lobby> for Lobby {
    fn from(lobby: causeway_conference::Lobby) -> Self {
        match lobby {
            causeway_conference::Lobby::Off => Lobby::Off,
            causeway_conference::Lobby::ForUntrusted => Lobby::ForUntrusted,
            causeway_conference::Lobby::On => Lobby::On,
        }
    }
}

/// A meeting to make. Whatever is left out is chosen: a number that is free and that nobody
/// guesses, a PIN for hosts, from now on, for a day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MeetingDraft {
    /// The name that people see.
    pub name: Name,
    /// The number or alias to dial; must be free and routed to meetings.
    #[schema(min_length = 1, max_length = 64)]
    pub alias: Option<String>,
    /// Nobody but hosts comes in before this moment.
    pub starts_at: Option<Time>,
    /// Link, alias and codes die at this moment.
    pub ends_at: Option<Time>,
    /// Whom the lobby holds back.
    pub lobby: Lobby,
    /// Guests wait until a host is there.
    pub wait_for_host: bool,
    /// Guests start muted.
    pub mute_on_entry: bool,
    /// Guests may have their telephone called, as far as the bridge calls out.
    pub guests_call_me: bool,
    /// The layout that it begins with; the bridge's when nothing is said.
    pub layout: Option<NamedLayout>,
    /// The PIN of hosts, 4 to 10 digits.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{4,10}$")]
    pub host_pin: Option<Secret>,
    /// The PIN of guests, 4 to 10 digits.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{4,10}$")]
    pub guest_pin: Option<Secret>,
    /// It can be entered at any time until it is ended; has no times.
    pub permanent: bool,
    /// At most so many participants, those who wait included.
    #[schema(minimum = 1, maximum = 1000)]
    pub max_participants: Option<u32>,
    /// The language in which guests are spoken to.
    pub language: Option<Language>,
    /// So many minutes before its start callers may come to wait for it; never under twelve
    /// hours, so that only larger numbers change anything.
    #[schema(maximum = 1440)]
    pub early_entry_min: Option<u32>,
}

/// What changes of a meeting. What is left out stays; `null` clears the times, the layout and the
/// PIN of guests, and leaves the rest as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MeetingChange {
    /// The name that people see.
    pub name: Option<Name>,
    /// Nobody but hosts comes in before this moment.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Time>)]
    pub starts_at: Option<Option<Time>>,
    /// Link, alias and codes die at this moment.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<Time>)]
    pub ends_at: Option<Option<Time>>,
    /// Whom the lobby holds back.
    pub lobby: Option<Lobby>,
    /// Guests wait until a host is there.
    pub wait_for_host: Option<bool>,
    /// Guests start muted.
    pub mute_on_entry: Option<bool>,
    /// Guests may have their telephone called, as far as the bridge calls out.
    pub guests_call_me: Option<bool>,
    /// The layout that it begins with, and while it runs the one that it has from now on; `null`:
    /// the bridge's, from the next time on.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<NamedLayout>)]
    pub layout: Option<Option<NamedLayout>>,
    /// The PIN of hosts, 4 to 10 digits.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{4,10}$")]
    pub host_pin: Option<Secret>,
    /// The PIN of guests, 4 to 10 digits; `null`: guests need none.
    #[serde(deserialize_with = "present")]
    #[schema(value_type = Option<String>, pattern = "^[0-9]{4,10}$")]
    pub guest_pin: Option<Option<Secret>>,
    /// At most so many participants, those who wait included.
    #[schema(minimum = 1, maximum = 1000)]
    pub max_participants: Option<u32>,
    /// So many minutes before its start callers may come to wait for it; never under twelve
    /// hours.
    #[schema(maximum = 1440)]
    pub early_entry_min: Option<u32>,
}

/// How a meeting stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MeetingState {
    /// It has not begun.
    Scheduled,
    /// Somebody is there.
    Running,
    /// Its time has come, nobody is there.
    Idle,
    /// It is over: link, alias and codes are dead.
    Ended,
}

/// The secrets of a meeting: for those who may hand them on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeetingSecrets {
    /// The PIN of hosts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub host_pin: Option<Secret>,
    /// The PIN of guests, where they need one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub guest_pin: Option<Secret>,
    /// The web page for guests, which lets in whoever has the link.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub link: Option<Secret>,
    /// The web page for hosts: whoever has the link is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub host_link: Option<Secret>,
    /// The printable guide for guests; whoever has the link sees theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub guide: Option<Secret>,
    /// One tap from a mobile: number, code and PIN.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub tel: Option<Secret>,
}

/// Where a meeting is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeetingAddresses {
    /// SIP URIs, the best first.
    pub sip: Vec<String>,
    /// `IP##number` for rooms that type no URI.
    pub ip_number: Vec<String>,
    /// Telephone numbers, the best first.
    pub phone: Vec<String>,
    /// One tap from a mobile: number and code, without a PIN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tel: Option<String>,
}

/// How a running meeting stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct MeetingLive {
    /// Who is in.
    pub participants: u32,
    /// Who waits.
    pub waiting: u32,
    /// It takes nobody but hosts.
    pub locked: bool,
    /// Guests may unmute themselves.
    pub unmute_allowed: bool,
}

/// A meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Meeting {
    /// Which.
    pub id: MeetingId,
    /// The name that people see.
    pub name: Name,
    /// The number to dial.
    pub alias: String,
    /// How it stands.
    pub state: MeetingState,
    /// Nobody but hosts comes in before this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<Time>,
    /// Link, alias and codes die at this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Time>,
    /// When it was made; absent for those of the configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Time>,
    /// Whom the lobby holds back.
    pub lobby: Lobby,
    /// Guests wait until a host is there.
    pub wait_for_host: bool,
    /// Guests start muted.
    pub mute_on_entry: bool,
    /// Guests may have their telephone called, as far as the bridge calls out.
    pub guests_call_me: bool,
    /// The layout that it begins with; absent: the bridge's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layout: Option<NamedLayout>,
    /// At most so many participants.
    pub max_participants: u32,
    /// So many minutes before its start callers may come to wait for it; twelve hours where this
    /// is less.
    pub early_entry_min: u32,
    /// Where it is reached.
    pub addresses: MeetingAddresses,
    /// Who is there, while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<MeetingLive>,
    /// The PINs; absent for tokens that only read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets: Option<MeetingSecrets>,
}

/// Which meetings are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MeetingQuery {
    /// At most so many entries, 1 to 200; 50 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u16>,
    /// Where to go on: `next` of the page before.
    #[param(value_type = Option<String>)]
    pub cursor: Option<super::text::Cursor>,
    /// Only those that stand so.
    pub state: Option<MeetingState>,
}

/// The form of an invitation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum InviteFormat {
    /// Plain text.
    #[default]
    Text,
    /// A page.
    Html,
    /// iCalendar (RFC 5545).
    Ics,
}

impl InviteFormat {
    /// The media type; a calendar's method is not yet known here.
    pub const fn media_type(self) -> &'static str {
        match self {
            InviteFormat::Text => "text/plain; charset=utf-8",
            InviteFormat::Html => "text/html; charset=utf-8",
            InviteFormat::Ics => "text/calendar; charset=utf-8",
        }
    }
}

/// For whom an invitation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// For who is invited.
    #[default]
    Guest,
    /// For the organizer: also the link of hosts, and the guide to print.
    Host,
}

/// What the reader of an invitation may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Everything but the PIN of hosts.
    Host,
    /// The PIN and the link of guests.
    Guest,
    /// What lets nobody in.
    Stranger,
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// The text.
    pub text: String,
    /// Its media type.
    pub media_type: String,
}

/// Which invitation is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InviteQuery {
    /// The form; text when nothing is said.
    pub format: Option<InviteFormat>,
    /// The language; that of `Accept-Language` when nothing is said.
    pub lang: Option<Language>,
    /// For whom it is; guests when nothing is said.
    pub audience: Option<Audience>,
}
