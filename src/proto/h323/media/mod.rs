//! What an H.323 call agrees of media: capability sets and channels of H.245 <->
//! [`LegMedia`](causeway_plan::LegMedia), as [`offer_answer`](crate::offer_answer) does it with
//! descriptions.
//!
//! [`Channels`] belongs to one call. It hears the events of [`h245`], says its commands, and knows
//! what is agreed; when that is told is the session's affair.
//!
//! # Rules
//!
//! * We take G.711, G.722 and H.264, as policy allows, and RFC 2833 events. H.245 has no word for
//!   Opus. H.261, H.263, G.722.1, data and cameras' control are declined; so is a second picture
//!   (H.239), which we do not say we take: a room without it shows its slides in its one picture.
//! * Each side chooses what it sends: of what the other side takes we send what
//!   [`OfferPolicy::codecs`](causeway_plan::OfferPolicy::codecs) names first, and the largest
//!   picture in the narrowest profile. Both directions may differ, and either may change.
//! * Channels open once it is settled who is master and both have said what they take: sound in
//!   session 1, the picture in session 2. A channel that is refused is tried with the next codec;
//!   where the other side sees a conflict, with what it sends itself.
//! * By fast start sound alone is proposed and taken; pictures follow.
//! * What it takes anew closes, replaces or opens our channels; an empty set closes all of them
//!   (H.323 section 8.4.6), and so do we hold. After it H.245 begins anew.
//! * What a gatekeeper admits bounds the pictures of both sides; sound has its share of it first.
//! * We send under the payload type that our channel names, or the one that its acknowledgement
//!   names; we take under that of the other side's channel.
//! * Where both sides share a secret (H.235.6), channels are encrypted: those that the other side
//!   takes so first, those in the clear only after them, and never where encryption is required.
//!   Who is master makes the keys, both ways.
//! * Pictures are cut in pieces only where the other side says that it takes them so (H.241
//!   section 7.1).

pub(super) mod address;
mod capability;
mod channel;
mod fast_start;
mod format;
pub(super) mod fuzz;
mod leg;
mod line;
mod secrecy;
#[cfg(test)]
mod tests;

use crate::h323::h235::Keys;
use crate::h323::h245::{self, Command, Direction, Event, Opening};
use crate::h323::traversal;
use crate::offer_answer::LocalMedia;
use capability::Theirs;
use causeway_asn1::h245::{
    EncryptionSync, OpenLogicalChannel, OpenLogicalChannelRejectCause as Cause,
};
use causeway_base::Bitrate;
use causeway_plan::{H235Way, OfferPolicy};
use format::{Coding, Kind};
use line::{Line, MAX_RECEIVING, Receiving, Sending, Sent, Why};
use secrecy::Choice;
use std::net::IpAddr;

/// The unit of rates in H.245, in bits a second.
const RATE_UNIT: u64 = 100;

/// What sound takes of a limit of all channels together: G.711 and G.722.
const SOUND_RATE: Bitrate = Bitrate::kbps(64);

/// A picture of less is none: the smallest size needs as much.
pub const LEAST_PICTURE: Bitrate = Bitrate::kbps(64);

/// What sound leaves of a limit of all channels together.
fn beside_sound(all: Bitrate) -> Bitrate {
    Bitrate::bps(all.as_bps().saturating_sub(SOUND_RATE.as_bps()))
}

/// A rate as H.245 counts it. `None`, no limit, where that has no number for it.
fn in_units(rate: Bitrate) -> Option<u32> {
    u32::try_from(rate.as_bps() / RATE_UNIT).ok()
}

/// What the leg may agree to, and where its media is awaited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What is allowed.
    pub policy: OfferPolicy,
    /// Where sound is awaited.
    pub audio: LocalMedia,
    /// Where pictures are awaited. Without it there are none.
    pub video: Option<LocalMedia>,
    /// Where the signalling comes from.
    pub signalling_source: IpAddr,
}

/// Who is master, as far as it is settled: channels wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exchange {
    /// Neither is through.
    Begun,
    /// One of both: who is master, or what we take.
    Mastered,
    Told,
    /// Both. Channels may open.
    Done,
}

impl Exchange {
    const fn mastered(self) -> Self {
        match self {
            Exchange::Begun | Exchange::Mastered => Exchange::Mastered,
            Exchange::Told | Exchange::Done => Exchange::Done,
        }
    }

    const fn told(self) -> Self {
        match self {
            Exchange::Begun | Exchange::Told => Exchange::Told,
            Exchange::Mastered | Exchange::Done => Exchange::Done,
        }
    }
}

/// What the other side says that it takes.
#[derive(Debug)]
enum Takes {
    /// It said nothing yet.
    Unsaid,
    /// Nothing. `again`: it did before.
    Nothing {
        again: bool,
    },
    These(Theirs),
}

/// The media of one call.
#[derive(Debug)]
pub struct Channels {
    terms: Terms,
    exchange: Exchange,
    /// We said what we take.
    begun: bool,
    /// We decide, and make the keys.
    master: bool,
    /// The secret that both sides share, where they do.
    keys: Option<Keys>,
    takes: Takes,
    /// We hold.
    held: bool,
    sound: Line,
    picture: Line,
    /// The most that we are to send on all channels together.
    total: Option<Bitrate>,
    /// What a gatekeeper lets either side send on all channels together.
    admitted: Option<Bitrate>,
    /// The most of a picture that policy allows, whatever is admitted.
    allowed: Bitrate,
    /// The last number of a channel of ours.
    number: u16,
    /// The other side is behind a firewall.
    inside: bool,
    commands: Vec<Command>,
}

impl Channels {
    /// Those of a call that may agree to `terms`.
    pub fn new(terms: Terms) -> Self {
        Self {
            allowed: terms.policy.video.max_bitrate,
            admitted: None,
            terms,
            exchange: Exchange::Begun,
            begun: false,
            master: false,
            keys: None,
            takes: Takes::Unsaid,
            held: false,
            sound: Line::new(Kind::Sound),
            picture: Line::new(Kind::Picture),
            total: None,
            number: 0,
            inside: false,
            commands: vec![],
        }
    }

    /// The other side is behind a firewall: it is told to keep the way open of all that we send.
    /// Where that goes is learnt of its packets.
    pub fn peer_is_inside(&mut self) {
        self.inside = true;
    }

    /// What is to be said by H.245 now.
    pub fn take_commands(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.commands)
    }

    /// What the other side takes. `None`: nothing, now or yet.
    const fn theirs(&self) -> Option<&Theirs> {
        match &self.takes {
            Takes::These(theirs) => Some(theirs),
            Takes::Unsaid | Takes::Nothing { .. } => None,
        }
    }

    /// H.245 may begin, or begins anew.
    pub fn begin(&mut self) {
        self.begun = true;
        self.commands.push(Command::DetermineMaster);
        self.say_capabilities();
    }

    fn say_capabilities(&mut self) {
        let set = if self.held {
            capability::nothing()
        } else {
            capability::ours(&self.terms, self.is_secured())
        };
        self.commands.push(Command::SendCapabilities(Box::new(set)));
    }

    /// Nothing is to flow either way, or is to flow again.
    pub fn hold(&mut self, held: bool) {
        if self.held == held {
            return;
        }
        self.held = held;
        self.say_capabilities();
        if held {
            self.stop();
        }
        self.advance();
    }

    /// A gatekeeper lets either side send `most` on all channels together, from now on: our
    /// pictures are bounded by it, and the other side is told what it leaves for its own. Sound
    /// needs what it needs. Pictures for which it leaves less than [`LEAST_PICTURE`] end.
    pub fn admit(&mut self, most: Bitrate) {
        if self.admitted == Some(most) {
            return;
        }
        self.admitted = Some(most);
        let picture = self.allowed.min(beside_sound(most));
        let took = capability::takes_pictures(&self.terms);
        self.terms.policy.video.max_bitrate = picture;
        if self.begun && took != capability::takes_pictures(&self.terms) {
            self.say_capabilities();
        }
        for receiving in &self.picture.receiving {
            let (channel, limit) = (Some(receiving.number), in_units(picture));
            self.commands.push(Command::LimitFlow { channel, limit });
        }
        self.advance();
    }

    /// The other side may send its picture anew.
    pub fn request_keyframe(&mut self) {
        // Where one takes the place of another, nobody knows which of them flows.
        let numbers = self.picture.receiving.iter().map(|receiving| receiving.number);
        self.commands.extend(numbers.map(Command::AskFastUpdate));
    }

    /// The call is answered.
    pub fn answered(&mut self) {
        self.sound.forget_unanswered();
        self.picture.forget_unanswered();
        self.advance();
    }

    /// Whether the other side takes keys one by one; else as text.
    pub fn takes_signals(&self) -> bool {
        self.theirs().is_some_and(|theirs| theirs.signals)
    }

    /// Whether we send a picture.
    pub fn sends_picture(&self) -> bool {
        self.picture.carrier().is_some()
    }

    /// Whether a channel for a picture of ours waits for its answer.
    pub fn opens_picture(&self) -> bool {
        self.picture.is_opening()
    }

    /// Whether a channel of ours waits for its answer: what is agreed may change at once.
    pub fn is_opening(&self) -> bool {
        self.sound.is_opening() || self.picture.is_opening()
    }

    /// Whether sound flows both ways, or is not to.
    pub fn is_whole(&self) -> bool {
        self.held || (self.sound.carrier().is_some() && !self.sound.receiving.is_empty())
    }

    /// Takes what H.245 tells of channels and capabilities; what is none of ours is passed over.
    pub fn heard(&mut self, event: &Event) {
        match event {
            // Who cannot settle it goes on as slave: the worst that follows is a refused channel.
            Event::Master(_) | Event::MasterUndetermined => {
                self.master = *event == Event::Master(true);
                self.exchange = self.exchange.mastered();
            }
            Event::CapabilitiesAccepted
            | Event::CapabilitiesRefused(_)
            | Event::CapabilitiesUnanswered => self.exchange = self.exchange.told(),
            Event::CapabilitiesAsked => self.say_capabilities(),
            Event::Capabilities(capabilities) => self.takes(capabilities),
            Event::Opened(ack) => self.opened(ack),
            Event::NotOpened(number, cause) => {
                let why = Why::of(cause);
                let old = [&mut self.sound, &mut self.picture]
                    .into_iter()
                    .find_map(|line| line.refused(*number, why));
                self.commands.extend(old.map(Command::Close));
            }
            Event::Offered(open) => self.offered(open),
            Event::Miscellaneous(command) => self.ordered(command),
            Event::Closed(Direction::Outgoing, number, _) => {
                self.sound.closed(*number);
                self.picture.closed(*number);
            }
            Event::Closed(Direction::Incoming, number, _) => {
                for line in [&mut self.sound, &mut self.picture] {
                    line.receiving.retain(|receiving| receiving.number != *number);
                }
            }
            Event::FlowLimited { channel, limit } => self.limited(*channel, *limit),
            _ => return,
        }
        self.advance();
    }

    /// The other side says what it takes from now on.
    fn takes(&mut self, capabilities: &h245::Capabilities) {
        self.sound.forget_tries();
        self.picture.forget_tries();
        let stopped = matches!(self.takes, Takes::Nothing { again: true });
        if capabilities.is_empty() {
            self.takes = Takes::Nothing { again: stopped || self.theirs().is_some() };
            return self.stop();
        }
        self.takes = Takes::These(Theirs::read(capabilities));
        if stopped && self.begun {
            // It may be another room now: all is settled anew.
            self.exchange = Exchange::Begun;
            self.begin();
        }
    }

    /// Closes what we send.
    fn stop(&mut self) {
        for line in [&mut self.picture, &mut self.sound] {
            self.commands.extend(line.stop().into_iter().map(Command::Close));
        }
    }

    /// We are to send no more than `limit`, in 100 bit/s, on one channel or on all together.
    fn limited(&mut self, channel: Option<u16>, limit: Option<u32>) {
        let limit = limit.map(|limit| Bitrate::bps(u64::from(limit) * RATE_UNIT));
        let is = |line: &Line| channel.is_some_and(|number| line.has(number));
        if channel.is_none() {
            self.total = limit;
        } else if is(&self.picture) {
            self.picture.limit = limit;
        } else if is(&self.sound) {
            self.sound.limit = limit;
        }
    }

    /// The most that we are to send on a line.
    fn limit(&self, line: &Line) -> Option<Bitrate> {
        let rest = |all: Bitrate| match line.kind {
            Kind::Sound => all,
            Kind::Picture => beside_sound(all),
        };
        // A gatekeeper counts what sound may take at most, and stops none.
        let admitted = self.admitted.filter(|_| line.kind == Kind::Picture);
        line.limit.into_iter().chain([self.total, admitted].into_iter().flatten().map(rest)).min()
    }

    /// Whether no sound ever flowed, and neither side wants it so.
    pub fn is_silent(&self) -> bool {
        let stopped = matches!(self.takes, Takes::Nothing { .. });
        !stopped && !self.held && !self.sound.was_used()
    }

    /// Whether the other side never said what it takes.
    pub const fn is_mute(&self) -> bool {
        matches!(self.takes, Takes::Unsaid)
    }

    /// Opens, replaces and closes channels of ours until they are what both sides want.
    fn advance(&mut self) {
        if self.exchange != Exchange::Done || self.held {
            return;
        }
        let Some(theirs) = self.theirs() else { return };
        let candidates = Kind::ALL.map(|kind| (kind, self.choices(theirs, kind)));
        for (kind, candidates) in candidates {
            self.advance_line(kind, &candidates);
        }
    }

    /// What we may send, the best first: encrypted before what is in the clear, where that may be.
    fn choices(&self, theirs: &Theirs, kind: Kind) -> Vec<Choice> {
        let of = |secret| theirs.candidates(kind, &self.terms, secret);
        let encrypted = if self.is_secured() { of(true) } else { vec![] };
        let clear = if self.is_strict() { vec![] } else { of(false) };
        encrypted.into_iter().chain(clear).collect()
    }

    fn advance_line(&mut self, kind: Kind, candidates: &[Choice]) {
        let line = self.line(kind);
        let old = match line.sending {
            Sending::Opening { .. } => return,
            Sending::Off => None,
            Sending::Open(sent) if self.serves(&sent, candidates) => return,
            Sending::Open(sent) => Some(sent),
        };
        match line.next(candidates) {
            Some(choice) => self.open(choice, old),
            None if old.is_some() => {
                let numbers = self.line_mut(kind).stop();
                self.commands.extend(numbers.into_iter().map(Command::Close));
            }
            None => {}
        }
    }

    /// Whether a channel of ours may go on: what it carries is taken, and nothing else would be
    /// encrypted where it is not.
    fn serves(&self, sent: &Sent, candidates: &[Choice]) -> bool {
        let choice = sent.choice();
        let better = || {
            let next = self.line(sent.coding.kind()).next(candidates);
            next.is_some_and(|next| next.secret && !choice.secret)
        };
        candidates.iter().any(|candidate| candidate.is_like(&choice)) && !better()
    }

    fn open(&mut self, choice: Choice, old: Option<Sent>) {
        let coding = choice.coding;
        let Some(data_type) = format::say(&coding, capability::rate(&self.terms)) else { return };
        let Some(at) = self.local(coding.kind()) else { return };
        let payload_type = channel::payload_type(&choice);
        let (data_type, (secrecy, sync)) = if choice.secret {
            let Some(data_type) = secrecy::say(data_type) else { return };
            let Some(keyed) = self.keyed(payload_type) else { return };
            (data_type, keyed)
        } else {
            (data_type, (H235Way::Clear, None))
        };
        let number = self.next_number();
        self.commands.push(Command::Open(Box::new(Opening {
            number,
            data_type,
            parameters: channel::parameters(&coding, payload_type, at),
            encryption: sync.map(Box::new),
            replaces: old.map(|old| old.number),
            generic: self.inside.then(|| traversal::parameters(at)).flatten(),
            // Whatever either side sends, the other may send something else.
            exclusive: false,
        })));
        let new = Sent { number, coding, payload_type, secrecy, rtp: None, rtcp: None };
        let line = self.line_mut(coding.kind());
        if old.is_none() {
            line.limit = None;
        }
        line.sending = Sending::Opening { new, old };
    }

    fn next_number(&mut self) -> u16 {
        self.number = self.number.checked_add(1).unwrap_or(1);
        self.number
    }

    /// The other side wants to send.
    fn offered(&mut self, open: &OpenLogicalChannel) {
        let number = open.forward_logical_channel_number;
        match self.judge(open).and_then(|receiving| self.unlock(open, receiving)) {
            Ok((receiving, sync)) => {
                let kind = receiving.coding.kind();
                let Some(at) = self.local(kind) else { return };
                let mut ack = channel::ack(open, kind, at);
                ack.encryption_sync = sync.map(Box::new);
                self.commands.push(Command::Accept(Box::new(ack)));
                let most = capability::rate(&self.terms);
                if let Coding::Picture(format) = receiving.coding
                    && format.limits.max_bitrate > most
                {
                    let limit = in_units(most);
                    self.commands.push(Command::LimitFlow { channel: Some(number), limit });
                }
                self.line_mut(kind).receive(receiving);
            }
            Err(cause) => self.commands.push(Command::Reject(number, cause)),
        }
    }

    /// An offered channel with its key, where it is encrypted, and what our answer says of that.
    fn unlock(
        &mut self,
        open: &OpenLogicalChannel,
        receiving: Receiving,
    ) -> Result<(Receiving, Option<EncryptionSync>), Cause> {
        if !receiving.secrecy.is_secret() {
            return if self.is_strict() {
                Err(Cause::SecurityDenied)
            } else {
                Ok((receiving, None))
            };
        }
        let (key, sync) = self.key_of(open, receiving.payload_type)?;
        let (secrecy, payload_type) = (H235Way::Keyed(key), key.payload_type);
        Ok((Receiving { secrecy, payload_type, ..receiving }, sync))
    }

    /// What an offered channel comes to.
    fn judge(&self, open: &OpenLogicalChannel) -> Result<Receiving, Cause> {
        let receiving = channel::incoming(open)?;
        let kind = receiving.coding.kind();
        if !self.allows(&receiving.coding) {
            return Err(Cause::DataTypeNotSupported);
        }
        if self.held {
            return Err(Cause::DataTypeNotAvailable);
        }
        let line = self.line(kind);
        let session = channel::session(open);
        if session != 0 && session != kind.session() && !line.receiving.is_empty() {
            return Err(Cause::InvalidSessionId);
        }
        if line.receiving.len() >= MAX_RECEIVING {
            return Err(Cause::Unspecified);
        }
        Ok(receiving)
    }

    /// Whether policy allows it, and there are ports for it.
    fn allows(&self, coding: &Coding) -> bool {
        match coding {
            Coding::Sound(codec, _) => self.terms.policy.codecs.contains(codec),
            Coding::Picture(_) => capability::takes_pictures(&self.terms),
        }
    }

    /// Where media of `kind` is awaited.
    const fn local(&self, kind: Kind) -> Option<LocalMedia> {
        match kind {
            Kind::Sound => Some(self.terms.audio),
            Kind::Picture => self.terms.video,
        }
    }

    const fn line(&self, kind: Kind) -> &Line {
        match kind {
            Kind::Sound => &self.sound,
            Kind::Picture => &self.picture,
        }
    }

    const fn line_mut(&mut self, kind: Kind) -> &mut Line {
        match kind {
            Kind::Sound => &mut self.sound,
            Kind::Picture => &mut self.picture,
        }
    }
}
