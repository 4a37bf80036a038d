//! What the API needs from the rest of the server, in one trait. `tests::fake` is a second
//! implementation.

use super::event_log::EventLog;
use super::fault::Problem;
use super::resource::{
    AuditEntry, AuditVerdict, Call, CallId, CallOut, CallQuery, CallStarted, Explanation,
    Invitation, InviteFormat, IssuedToken, Language, Link, LinkDraft, LinkId, Meeting,
    MeetingChange, MeetingDraft, MeetingId, MeetingState, Order, Page, Participant, ParticipantId,
    PastedInvitation, Pictures, Question, ReadInvitations, Reader, Readiness, Registration,
    RoomAddress, RoomAddressDraft, Scope, Secret, TestCall, Token, TokenDraft, TokenId, Trunk,
    Window,
};
use causeway_engine::VideoCounts;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

/// What comes back, once it is there.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Problem>> + Send + 'a>>;

/// What a token grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which token.
    pub token: TokenId,
    /// What it may do.
    pub scope: Scope,
}

/// In whose name a request comes: for the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The token and its scope.
    pub grant: Grant,
    /// From where, a proxy of ours left out.
    pub source: IpAddr,
}

/// Pictures that are amiss now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FaultyPictures {
    /// Black ones.
    pub black: u64,
    /// Those that are too dark.
    pub dark: u64,
    /// Those that stand still, or cannot be shown.
    pub frozen: u64,
}

/// What counts at the moment, for `/metrics`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gauges {
    /// Legs that exist.
    pub calls: u64,
    /// Conferences that run.
    pub conferences: u64,
    /// Participants who are in.
    pub participants: u64,
    /// Participants who wait.
    pub waiting: u64,
    /// Participants whose microphone seems dead.
    pub silent: u64,
    /// Participants from whom comes back what they are sent.
    pub echoing: u64,
    /// Pictures of participants that are amiss.
    pub faulty_pictures: FaultyPictures,
    /// Legs that are shown a picture which is composed for them.
    pub composed_screens: u64,
    /// Legs that are shown people as they send themselves.
    pub forwarded_screens: u64,
    /// Bindings of registered devices.
    pub registrations: u64,
    /// Trunks with their names of the configuration: up or not.
    pub trunks: Vec<(String, bool)>,
    /// Ticks of the media workers since the start.
    pub ticks: u64,
    /// Those that came late.
    pub late_ticks: u64,
    /// What pictures cost and gave since the start; `None` without pictures.
    pub pictures: Option<VideoCounts>,
    /// Records that wait for the store.
    pub store_queue: u64,
}

/// The rest of the server. Nothing here may block; what takes long is awaited.
///
/// Every change is told in the name of an [`Actor`] and belongs into the audit log.
pub trait Backend: Send + Sync + 'static {
    /// Who has this token; `None` for nobody. Takes as long for one that is there as for one
    /// that is not.
    fn authenticate<'a>(&'a self, token: &'a Secret) -> Answer<'a, Option<Grant>>;

    /// Takes the one-time code of the first start for the first admin token; `None` when it is
    /// wrong or was used.
    fn exchange_code<'a>(
        &'a self,
        code: &'a Secret,
        source: IpAddr,
    ) -> Answer<'a, Option<IssuedToken>>;

    /// Makes a token.
    fn create_token<'a>(&'a self, by: &'a Actor, draft: TokenDraft) -> Answer<'a, IssuedToken>;

    /// The tokens, oldest first.
    fn tokens(&self, window: Window) -> Answer<'_, Page<Token>>;

    /// Makes a token worthless at once.
    fn revoke_token<'a>(&'a self, by: &'a Actor, token: &'a TokenId) -> Answer<'a, ()>;

    /// Makes a meeting. PINs and bounds were checked; alias and dial plan were not.
    fn create_meeting<'a>(&'a self, by: &'a Actor, draft: MeetingDraft) -> Answer<'a, Meeting>;

    /// The meetings, newest first, without [`Meeting::secrets`].
    fn meetings(&self, state: Option<MeetingState>, window: Window) -> Answer<'_, Page<Meeting>>;

    /// One meeting, with its secrets.
    fn meeting<'a>(&'a self, id: &'a MeetingId) -> Answer<'a, Meeting>;

    /// Changes a meeting.
    fn change_meeting<'a>(
        &'a self,
        by: &'a Actor,
        id: &'a MeetingId,
        change: MeetingChange,
    ) -> Answer<'a, Meeting>;

    /// Ends a meeting for good: everybody is sent away; link, alias and codes die together.
    fn end_meeting<'a>(&'a self, by: &'a Actor, id: &'a MeetingId) -> Answer<'a, ()>;

    /// Who is in a meeting and who waits; nobody when it does not run.
    fn participants<'a>(&'a self, id: &'a MeetingId) -> Answer<'a, Vec<Participant>>;

    /// How the pictures of a running meeting are composed.
    fn pictures<'a>(&'a self, id: &'a MeetingId) -> Answer<'a, Pictures>;

    /// What a participant sees, as PNG.
    fn picture<'a>(
        &'a self,
        by: &'a Actor,
        id: &'a MeetingId,
        who: ParticipantId,
    ) -> Answer<'a, Vec<u8>>;

    /// Tells a running meeting something, and waits until it did it or refused.
    fn order<'a>(&'a self, by: &'a Actor, id: &'a MeetingId, order: Order) -> Answer<'a, ()>;

    /// Calls somebody into a meeting, as far as the rules of calling out allow.
    fn call_out<'a>(
        &'a self,
        by: &'a Actor,
        id: &'a MeetingId,
        call: CallOut,
    ) -> Answer<'a, CallStarted>;

    /// Issues an address for one call into a meeting.
    fn issue_room_address<'a>(
        &'a self,
        by: &'a Actor,
        id: &'a MeetingId,
        draft: RoomAddressDraft,
    ) -> Answer<'a, RoomAddress>;

    /// An invitation to a meeting, with what its reader may know.
    fn invite<'a>(
        &'a self,
        id: &'a MeetingId,
        format: InviteFormat,
        language: Language,
        reader: Reader,
    ) -> Answer<'a, Invitation>;

    /// The links of a meeting that were made, oldest first.
    fn links<'a>(&'a self, id: &'a MeetingId, window: Window) -> Answer<'a, Page<Link>>;

    /// Makes a link into a meeting.
    fn create_link<'a>(
        &'a self,
        by: &'a Actor,
        id: &'a MeetingId,
        draft: LinkDraft,
    ) -> Answer<'a, Link>;

    /// Makes a link worthless at once.
    fn revoke_link<'a>(
        &'a self,
        by: &'a Actor,
        id: &'a MeetingId,
        link: &'a LinkId,
    ) -> Answer<'a, ()>;

    /// Makes every link of a meeting worthless at once.
    fn revoke_all_links<'a>(&'a self, by: &'a Actor, id: &'a MeetingId) -> Answer<'a, ()>;

    /// The records of calls, newest first, without [`Call::explanation`].
    fn calls(&self, query: CallQuery, window: Window, language: Language)
    -> Answer<'_, Page<Call>>;

    /// The record of one call.
    fn call<'a>(&'a self, id: &'a CallId, language: Language) -> Answer<'a, Call>;

    /// The devices that have registered.
    fn registrations(&self, window: Window) -> Answer<'_, Page<Registration>>;

    /// The trunks.
    fn trunks(&self) -> Answer<'_, Vec<Trunk>>;

    /// What a pasted invitation says, and whether the rules of calling out have its addresses.
    fn read_invitation(
        &self,
        pasted: PastedInvitation,
        language: Language,
    ) -> Answer<'_, ReadInvitations>;

    /// Where a call would go, and why.
    fn explain(&self, question: Question, language: Language) -> Answer<'_, Explanation>;

    /// What test calls found, newest first.
    fn test_calls(&self, window: Window) -> Answer<'_, Page<TestCall>>;

    /// The audit log, oldest first: the chain as it was written.
    fn audit(&self, window: Window) -> Answer<'_, Page<AuditEntry>>;

    /// Checks the chain of the audit log.
    fn verify_audit(&self) -> Answer<'_, AuditVerdict>;

    /// Whether the bridge takes calls.
    fn readiness(&self) -> Answer<'_, Readiness>;

    /// What counts at the moment.
    fn gauges(&self) -> Answer<'_, Gauges>;

    /// What happens.
    fn events(&self) -> &EventLog;
}
