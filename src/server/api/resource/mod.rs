//! What the API speaks of, in the shapes of its JSON. Requests refuse unknown keys; answers hold
//! no key whose value is absent.

pub mod audit;
pub mod call;
pub mod event;
pub mod health;
pub mod line;
pub mod link;
pub mod meeting;
pub mod page;
pub mod participant;
pub mod pasted;
pub mod picture;
pub mod text;
pub mod token;

pub use audit::{AuditEntry, AuditVerdict};
pub use call::{
    Call, CallDirection, CallOut, CallQuery, CallStarted, Ending, Explanation, Question,
    RoomAddress, RoomAddressDraft, TestCall,
};
pub use event::{ApiEvent, EventQuery, Happening};
pub use health::{Complaint, Liveness, Readiness};
pub use line::{Registration, Trunk, TrunkProxy, TrunkState};
pub use link::{Link, LinkDraft};
pub use meeting::{
    Audience, Invitation, InviteFormat, InviteQuery, Lobby, Meeting, MeetingAddresses,
    MeetingChange, MeetingDraft, MeetingLive, MeetingQuery, MeetingSecrets, MeetingState, Reader,
};
pub use page::{Page, PageQuery, Window};
pub use participant::{
    AllowUnmute, DeviceProfile, Hand, HandOver, LobbyChange, Lock, Mute, Order, Participant, Presence, Role,
    RoleChange, Sound, Successors,
};
pub use pasted::{PastedInvitation, PastedKind, ReadInvitation, ReadInvitations, ReadWay};
pub use picture::{
    FreezeCause, Layout, LayoutName, NamedLayout, PictureChoice, Pictures, Place, Sight, Size,
    Spotlight, Strain, Video, VideoState, View,
};
pub use text::{
    CallId, Cursor, Language, LinkId, MeetingId, Name, ParticipantId, Secret, Time, TokenId,
};
pub use token::{IssuedToken, Scope, SessionRequest, Token, TokenDraft};
