//! Where an actor's orders go: the adapter that has the leg, the engine, the journal.

use crate::actor::Order;
use crate::directory::Directory;
use crate::journal::Journal;
use crate::look::Snapshots;
use causeway_adapter::h323::H323Handle;
use causeway_adapter::h323::ras::RasHandle;
use causeway_adapter::sip::{SipError, SipHandle};
use causeway_adapter::webrtc::WebRtcHandle;
use causeway_base::LegId;
use causeway_conference::{LegCommand, Protocol};
use causeway_engine::{Engine, VideoCounts};
use causeway_media::prompt::Pack;
use causeway_plan::MediaCommand;
use std::fmt;
use std::sync::Arc;

/// Carries orders out. Never blocks.
pub(crate) trait Outlet: fmt::Debug + Send + Sync + 'static {
    /// Gives an order to whom it concerns.
    ///
    /// # Errors
    /// [`Busy`]: try the same order again a little later.
    fn carry_out(&self, order: Order) -> Result<(), Busy>;

    /// What reaches a user of ours: H.323 where only a room of that registered for it.
    fn reaches(&self, _user: &str) -> Protocol {
        Protocol::Sip
    }
}

impl Snapshots for Drivers {
    fn of(&self, leg: LegId) -> Option<Vec<u8>> {
        self.engine.snapshot(leg)
    }

    fn counts(&self) -> Option<VideoCounts> {
        self.engine.video_counts()
    }
}

/// The receiver's queue is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Busy;

/// The real ones.
#[derive(Debug)]
pub(crate) struct Drivers {
    /// Knows what each leg speaks.
    pub(crate) directory: Arc<Directory>,
    pub(crate) sip: SipHandle,
    pub(crate) h323: H323Handle,
    /// Knows which rooms are registered.
    pub(crate) ras: Option<RasHandle>,
    pub(crate) webrtc: WebRtcHandle,
    pub(crate) engine: Engine,
    pub(crate) pack: Arc<Pack>,
    pub(crate) journal: Arc<Journal>,
}

impl Drivers {
    fn tell_adapter(&self, command: LegCommand) -> Result<(), Busy> {
        // A leg that ended, or that was never seated, is a call that was refused, or nothing to
        // either.
        match self.directory.protocol_of(command.leg()).unwrap_or(Protocol::Sip) {
            Protocol::Sip => match self.sip.try_command(command) {
                Err(SipError::Overloaded) => Err(Busy),
                // A stopped adapter has hung up every leg.
                _ => Ok(()),
            },
            Protocol::H323 => self.h323.try_command(command).map_err(|_| Busy),
            Protocol::WebRtc => self.webrtc.try_command(command).map_err(|_| Busy),
        }
    }
}

impl Outlet for Drivers {
    fn reaches(&self, user: &str) -> Protocol {
        let is_room = self.ras.as_ref().is_some_and(|ras| ras.room(user).is_some());
        if is_room && !self.sip.registrations().iter().any(|device| *device.user == *user) {
            Protocol::H323
        } else {
            Protocol::Sip
        }
    }

    fn carry_out(&self, order: Order) -> Result<(), Busy> {
        match order {
            Order::Leg(command) => self.tell_adapter(command),
            Order::Media(command) => self.engine.send(command).map_err(|_| Busy),
            Order::Say { leg, play, phrase, lang } => {
                let clips = phrase.prompts.iter().map(|prompt| self.pack.clip(*prompt, lang));
                let clips = clips.collect();
                let command = MediaCommand::Play { leg, play, clips, loops: phrase.loops };
                self.engine.send(command).map_err(|_| Busy)
            }
            Order::Record(draft) => {
                self.journal.record(draft);
                Ok(())
            }
            Order::Audit(audited) => {
                self.journal.audit(audited);
                Ok(())
            }
        }
    }
}
