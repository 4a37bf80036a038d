//! A call of a room of H.323: the machines of both ends with nothing between them. What they settle
//! is what the engine is told.

use crate::leg;
use crate::load::{H323_PAYLOAD_TYPE, LOCAL};
use causeway_base::{Codec, SizeClass, VideoCodec};
use causeway_plan::{Direction, Encryption, LegMedia, OfferPolicy, VideoPolicy};
use causeway_proto::h323::address;
use causeway_proto::h323::call::Placing;
use causeway_proto::h323::session::{Command, Config, Event, Input, Output, Session, Terms};
use causeway_proto::offer_answer::LocalMedia;
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// What settles at all does so within it, by the call's own clock.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a room would hear: nobody speaks.
const UNHEARD: SocketAddr = SocketAddr::new(LOCAL, 9);

/// One end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Room,
    Bridge,
}

/// One call.
pub(crate) struct Call {
    room: Session,
    bridge: Session,
    /// The time of both, which passes where they wait.
    now: Instant,
    /// What is on its way, to whom.
    wire: VecDeque<(Side, Vec<u8>)>,
    media: Option<LegMedia>,
    /// The room is to send a full picture.
    wanted: bool,
}

impl Call {
    /// A room whose pictures come from and go to `remote` calls, and is answered: pictures of at
    /// most a size, at its rate.
    pub(crate) fn settle(
        sound: SocketAddr,
        video: SocketAddr,
        remote: SocketAddr,
        size: SizeClass,
    ) -> io::Result<Self> {
        let session = |seed| Session::new(Config::new("Bench", "1", true, PATIENCE, [seed; 32]));
        let (room, bridge) = (session(1), session(2));
        let (now, wire) = (Instant::now(), VecDeque::new());
        let mut call = Self { room, bridge, now, wire, media: None, wanted: false };
        let placing = Placing {
            call_reference: 1,
            call_identifier: [1; 16],
            conference: [2; 16],
            from: vec![address::alias("bench")],
            display: "bench".to_owned(),
            to: vec![address::alias("1001")],
            destination: None,
            source: None,
            fast_start: vec![],
            overlap: false,
        };
        let (placing, ours) = (Box::new(placing), Box::new(terms(sound, video, size)));
        let theirs = Box::new(terms(UNHEARD, remote, size));
        call.tell(Side::Room, Command::Place { placing, terms: theirs, fast: false });
        call.tell(Side::Bridge, Command::Answer { terms: ours, control: None });
        let end = call.now + PATIENCE;
        while call.pictures().is_none() && call.now < end {
            let next = Side::BOTH.into_iter().filter_map(|side| call.drain(side)).min();
            call.now = next.unwrap_or(end).min(end);
            for side in Side::BOTH {
                let now = call.now;
                call.session(side).handle_timeout(now);
            }
            call.carry();
        }
        let taken = call.pictures().ok_or_else(|| io::Error::other("a room without pictures"))?;
        let agreed = (taken == H323_PAYLOAD_TYPE).then_some(call);
        agreed.ok_or_else(|| io::Error::other(format!("pictures of rooms come as {taken}")))
    }

    /// The payload type under which pictures come, once both ways are settled.
    fn pictures(&self) -> Option<u8> {
        let line = self.media.as_ref()?.video.first()?;
        let whole = line.direction.sends() && line.direction.receives();
        line.receive.first().filter(|_| whole).map(|format| format.payload_type)
    }

    /// The leg of a room that sends only.
    pub(crate) fn source(&self) -> LegMedia {
        self.leg(Direction::ReceiveOnly)
    }

    /// That of one that looks only.
    pub(crate) fn screen(&self) -> LegMedia {
        self.leg(Direction::SendOnly)
    }

    fn leg(&self, direction: Direction) -> LegMedia {
        let mut media = self.media.clone().expect("settled");
        media.direction = Direction::Inactive;
        media.video.iter_mut().for_each(|line| line.direction = direction);
        media
    }

    /// Asks the room for a full picture, by H.245. Whether it heard so.
    pub(crate) fn asks(&mut self) -> bool {
        self.tell(Side::Bridge, Command::RequestKeyframe);
        std::mem::take(&mut self.wanted)
    }

    fn tell(&mut self, side: Side, command: Command) {
        let now = self.now;
        self.session(side).handle_input(now, Input::Command(command));
        self.carry();
    }

    /// Has all arrive that is said.
    fn carry(&mut self) {
        let now = self.now;
        for side in Side::BOTH {
            self.drain(side);
        }
        while let Some((to, packet)) = self.wire.pop_front() {
            self.session(to).handle_input(now, Input::Signalling(&packet));
            self.drain(to);
        }
    }

    fn session(&mut self, side: Side) -> &mut Session {
        match side {
            Side::Room => &mut self.room,
            Side::Bridge => &mut self.bridge,
        }
    }

    fn drain(&mut self, side: Side) -> Option<Instant> {
        loop {
            match self.session(side).poll_output() {
                Output::Signalling(packet) => self.wire.push_back((side.other(), packet)),
                Output::Event(Event::MediaReady(media)) if side == Side::Bridge => {
                    self.media = Some(*media);
                }
                Output::Event(Event::KeyframeNeeded) if side == Side::Room => self.wanted = true,
                Output::Event(_) | Output::Close => {}
                // Both speak H.245 within call signalling.
                Output::Control(_) | Output::ConnectControl(_) => {}
                Output::Timeout(deadline) => return deadline,
            }
        }
    }
}

impl Side {
    const BOTH: [Self; 2] = [Self::Room, Self::Bridge];

    const fn other(self) -> Self {
        match self {
            Self::Room => Self::Bridge,
            Self::Bridge => Self::Room,
        }
    }
}

/// What an end may agree to.
fn terms(sound: SocketAddr, video: SocketAddr, largest: SizeClass) -> Terms {
    let local = |at: SocketAddr| LocalMedia {
        advertised: at.ip(),
        rtp_port: at.port(),
        rtcp_port: at.port().wrapping_add(1),
    };
    let policy = OfferPolicy {
        codecs: vec![Codec::Pcma],
        telephone_events: false,
        encryption: Encryption::Off,
        video: VideoPolicy {
            codecs: vec![VideoCodec::H264],
            largest,
            max_bitrate: leg::rate(largest),
            ..VideoPolicy::default()
        },
        ..OfferPolicy::default()
    };
    Terms { policy, audio: local(sound), video: Some(local(video)), signalling_source: LOCAL }
}
