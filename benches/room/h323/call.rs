//! The signalling of one room: slow start, H.245 within call signalling.

use causeway_base::{Codec, EndCause};
use causeway_plan::{Encryption, LegMedia, OfferPolicy};
use causeway_proto::h323::address;
use causeway_proto::h323::call::Placing;
use causeway_proto::h323::session::{Command, Config, Event, Input, Output, Session, Terms};
use causeway_proto::offer_answer::LocalMedia;
use causeway_wire::tpkt::{self, TpktStream};
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// How long a call may take to come up, or to end.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Call {
    stream: TcpStream,
    packets: TpktStream,
    session: Session,
    media: Option<Box<LegMedia>>,
    deadline: Option<Instant>,
    ended: Option<EndCause>,
}

impl Call {
    /// Calls conference 1001, to hear at `local`.
    pub(crate) fn place(at: SocketAddr, local: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(at)?;
        stream.set_nodelay(true)?;
        let config = Config::new("Bench", "1", true, PATIENCE, rand::random());
        let (session, packets) = (Session::new(config), TpktStream::default());
        let mut call = Self { stream, packets, session, media: None, deadline: None, ended: None };
        let policy = OfferPolicy {
            codecs: vec![Codec::Pcma],
            telephone_events: false,
            // Its load is in the clear, as that of the other rows.
            encryption: Encryption::Off,
            ..OfferPolicy::default()
        };
        let (rtp_port, rtcp_port) = (local.port(), local.port() + 1);
        let terms = Terms {
            policy,
            audio: LocalMedia { advertised: local.ip(), rtp_port, rtcp_port },
            video: None,
            signalling_source: at.ip(),
        };
        let placing = Placing {
            call_reference: 1,
            call_identifier: rand::random(),
            conference: rand::random(),
            from: vec![address::alias("bench")],
            display: "bench".to_owned(),
            to: vec![address::alias("1001")],
            destination: Some(at),
            source: None,
            fast_start: vec![],
            overlap: false,
        };
        let (placing, terms) = (Box::new(placing), Box::new(terms));
        call.command(Command::Place { placing, terms, fast: false })?;
        Ok(call)
    }

    /// Waits until sound flows both ways: to where, and under which payload type.
    pub(crate) fn talks(&mut self) -> io::Result<(SocketAddr, u8)> {
        self.stream.set_read_timeout(Some(Duration::from_millis(20)))?;
        let until = Instant::now() + PATIENCE;
        loop {
            self.turn()?;
            let media = self
                .media
                .as_ref()
                .filter(|media| media.direction.sends() && media.direction.receives());
            let found = media.and_then(|media| {
                Some((media.transport.rtp()?.remote_rtp?, media.audio.send.payload_type))
            });
            match (found, self.ended) {
                (Some(found), _) => {
                    self.stream.set_nonblocking(true)?;
                    return Ok(found);
                }
                (None, Some(cause)) => return Err(io::Error::other(format!("ended: {cause:?}"))),
                (None, None) if Instant::now() > until => return Err(ErrorKind::TimedOut.into()),
                (None, None) => {}
            }
        }
    }

    /// Reads what is there, and fires what is due.
    pub(crate) fn turn(&mut self) -> io::Result<()> {
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer) {
            Ok(0) => self.session.handle_input(Instant::now(), Input::SignallingLost),
            Ok(read) => {
                self.packets.push(&buffer[..read]).map_err(io::Error::other)?;
                while let Some(packet) = self.packets.take().map_err(io::Error::other)? {
                    let packet = packet.to_vec();
                    self.session.handle_input(Instant::now(), Input::Signalling(&packet));
                }
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            self.session.handle_timeout(Instant::now());
        }
        self.drain()
    }

    pub(crate) fn hang_up(mut self) -> io::Result<()> {
        self.stream.set_nonblocking(false)?;
        self.command(Command::End(EndCause::Normal))
    }

    fn command(&mut self, command: Command) -> io::Result<()> {
        self.session.handle_input(Instant::now(), Input::Command(command));
        self.drain()
    }

    fn drain(&mut self) -> io::Result<()> {
        loop {
            match self.session.poll_output() {
                Output::Signalling(packet) => {
                    let framed = tpkt::frame(&packet).ok_or(ErrorKind::InvalidData)?;
                    self.stream.write_all(&framed)?;
                }
                Output::Event(Event::MediaReady(media)) => self.media = Some(media),
                Output::Event(Event::Ended(cause)) => self.ended = Some(cause),
                Output::Event(_) | Output::Close => {}
                Output::Control(_) | Output::ConnectControl(_) => {
                    return Err(io::Error::other("the server does not tunnel H.245"));
                }
                Output::Timeout(deadline) => {
                    self.deadline = deadline;
                    return Ok(());
                }
            }
        }
    }
}
