//! What a worker is told.

use crate::leg::Leg;
use crate::play::Play;
use crate::port::PortPair;
use crate::video::room::Look;
use causeway_base::{ConferenceId, LegId};
use causeway_plan::{IceCandidate, IceCredentials, LegMedia, MediaPlan};
use std::sync::mpsc::SyncSender;

/// Orders that wait for one worker. Ten a call, a thousand calls at once; more is an overload
/// that the caller is told.
pub(crate) const MAX_ORDERS: usize = 16_384;

/// Orders carried out on one tick, so that a burst of calls does not delay the media of others.
pub(crate) const MAX_ORDERS_PER_TICK: usize = 64;

/// One order. Those of one leg are carried out as they were given.
#[derive(Debug)]
pub(crate) enum Order {
    /// A conference begins.
    OpenConference(ConferenceId),
    /// A conference ends.
    CloseConference(ConferenceId),
    /// A conference's new plan.
    Apply(ConferenceId, Box<MediaPlan>),
    /// A new leg; a browser's with the credentials by which this worker's door knows it. One
    /// order, so that a full queue takes both or neither.
    Adopt(Box<Leg>, Option<IceCredentials>),
    /// Ports for the main video line of a leg.
    AdoptVideo(LegId, Box<PortPair>),
    /// A leg's media, for the first time or anew.
    Configure(LegId, Box<LegMedia>),
    /// A leg of this worker enters a conference of this worker.
    Enter(LegId, ConferenceId),
    /// A leg will arrive from another worker; keep what is said to it.
    Expect(LegId),
    /// A leg of this worker goes to a conference of another.
    Depart(LegId, ConferenceId, SyncSender<Order>),
    /// An expected leg arrives.
    Arrive(Box<Leg>, ConferenceId),
    /// An expected leg was released before it could depart.
    Gone(LegId),
    /// A further candidate of a browser's leg.
    AddCandidate(LegId, IceCandidate),
    /// A leg of this worker's door is known by these credentials, whichever worker has it.
    Enrol(LegId, IceCredentials),
    /// A leg of this worker's door is at the worker of this number from now on.
    Follow(LegId, usize),
    /// A leg of this worker's door ended.
    Forget(LegId),
    /// A leg's peer asks by signalling for a full picture.
    RefreshPicture(LegId),
    /// Digits for a leg to send.
    SendDigits(LegId, String),
    /// What a leg is played from now on.
    Play(LegId, Box<Play>),
    /// A leg is played nothing any more.
    StopPlaying(LegId),
    /// What is heard of a leg is told, or no longer.
    Listen(LegId, bool),
    /// The picture that a leg is shown is wanted.
    Look(LegId, SyncSender<Option<Look>>),
    /// A leg's counters are wanted.
    ReportStats(LegId),
    /// A leg ends.
    Release(LegId),
    /// The worker ends.
    Stop,
}

/// What an order is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Leg(LegId),
    Conference(ConferenceId),
}

impl Order {
    /// The leg that an order is for, where it is for one that this worker should have.
    pub(crate) fn leg(&self) -> Option<LegId> {
        match self {
            Order::Configure(leg, _)
            | Order::AdoptVideo(leg, _)
            | Order::Enter(leg, _)
            | Order::Depart(leg, ..)
            | Order::AddCandidate(leg, _)
            | Order::RefreshPicture(leg)
            | Order::SendDigits(leg, _)
            | Order::Play(leg, _)
            | Order::StopPlaying(leg)
            | Order::Listen(leg, _)
            | Order::Look(leg, _)
            | Order::ReportStats(leg)
            | Order::Release(leg) => Some(*leg),
            _ => None,
        }
    }

    /// What is to end where carrying it out comes to a fault of ours.
    pub(crate) fn subject(&self) -> Option<Subject> {
        match self {
            Order::OpenConference(conference)
            | Order::CloseConference(conference)
            | Order::Apply(conference, _) => Some(Subject::Conference(*conference)),
            Order::Adopt(leg, _) | Order::Arrive(leg, _) => Some(Subject::Leg(leg.id)),
            _ => self.leg().map(Subject::Leg),
        }
    }
}
