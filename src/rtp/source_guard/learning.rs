//! How the source of one port is learnt.

use super::{UNPROVEN_AUDIO, Verdict};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// A source that was learnt by its host only gives way, for this long, to one that the SDP names
/// better: whoever shares the peer's address may have been quicker.
const PRECEDENCE: Duration = Duration::from_millis(500);

/// After a re-offer that names another address, the former source is still heard for this long
/// unless the new one comes first: packets under way, and peers that switch after the answer.
const HANDOVER: Duration = Duration::from_secs(2);

/// What signalling says of one port's peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SpecAddress {
    /// The address that the SDP names, unless it says nowhere.
    pub(super) named: Option<SocketAddr>,
    /// The host that signals.
    pub(super) signalling: IpAddr,
}

/// By which word a source is trusted, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    SignallingHost,
    SdpHost,
    SdpAddress,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Nothing came yet. `former` is the source before a re-offer, with the end of its time.
    Open { former: Option<(SocketAddr, Instant)> },
    /// The source is learnt.
    Latched { source: SocketAddr, rank: Rank, since: Instant },
    /// The source proved itself by SRTP.
    Proven { source: SocketAddr },
}

/// The learning of one port.
#[derive(Debug)]
pub(super) struct Learning {
    spec: SpecAddress,
    /// The last address that an SDP named: a hold in between (`c=0.0.0.0`) does not forget it.
    last_named: Option<SocketAddr>,
    state: State,
    /// When sending to the unproven address began.
    sending_since: Option<Instant>,
}

impl Learning {
    pub(super) fn new(spec: SpecAddress) -> Self {
        let spec = canonical_spec(spec);
        Self {
            spec,
            last_named: spec.named,
            state: State::Open { former: None },
            sending_since: None,
        }
    }

    /// True where the learning is open again.
    pub(super) fn reoffer(&mut self, now: Instant, spec: SpecAddress) -> bool {
        self.spec = canonical_spec(spec);
        let Some(named) = self.spec.named else { return false };
        if self.last_named == Some(named) {
            return false;
        }
        let another_host = self.last_named.is_none_or(|former| former.ip() != named.ip());
        self.last_named = Some(named);
        if self.latched() == Some(named) {
            return false;
        }
        self.state = State::Open { former: self.latched().map(|source| (source, now + HANDOVER)) };
        // Another port of the same unproven host gets no new time.
        if another_host {
            self.sending_since = None;
        }
        true
    }

    fn rank(&self, source: SocketAddr) -> Option<Rank> {
        match self.last_named {
            Some(named) if named == source => Some(Rank::SdpAddress),
            Some(named) if named.ip() == source.ip() => Some(Rank::SdpHost),
            _ if self.spec.signalling == source.ip() => Some(Rank::SignallingHost),
            _ => None,
        }
    }

    /// Judges a packet in the clear; learns from it.
    pub(super) fn check(&mut self, now: Instant, source: SocketAddr) -> Verdict {
        let source = canonical(source);
        match self.state {
            State::Latched { source: known, .. } | State::Proven { source: known }
                if known == source =>
            {
                Verdict::Accept
            }
            State::Proven { .. } => Verdict::Refuse,
            State::Latched { rank, since, .. } => {
                let stronger = now.saturating_duration_since(since) < PRECEDENCE
                    && self.rank(source).is_some_and(|new| new > rank);
                if stronger { self.latch(now, source) } else { Verdict::Refuse }
            }
            State::Open { former } => match former {
                _ if self.rank(source).is_some() => self.latch(now, source),
                Some((former, until)) if former == source && now < until => Verdict::Accept,
                _ => Verdict::Refuse,
            },
        }
    }

    fn latch(&mut self, now: Instant, source: SocketAddr) -> Verdict {
        let Some(rank) = self.rank(source) else { return Verdict::Refuse };
        self.state = State::Latched { source, rank, since: now };
        Verdict::Latched
    }

    /// Judges a packet in the clear that must not teach anything (RTCP on RTP's port).
    pub(super) fn check_without_learning(&self, now: Instant, source: SocketAddr) -> Verdict {
        let source = canonical(source);
        let takes = match self.state {
            State::Latched { source: known, .. } | State::Proven { source: known } => {
                known == source
            }
            State::Open { former } => {
                self.rank(source).is_some()
                    || former.is_some_and(|(former, until)| former == source && now < until)
            }
        };
        if takes { Verdict::Accept } else { Verdict::Refuse }
    }

    /// Judges a packet that SRTP will open: any source may prove itself.
    pub(super) fn check_protected(&self, source: SocketAddr) -> Verdict {
        match self.state {
            State::Proven { source: known } if known == canonical(source) => Verdict::Accept,
            _ => Verdict::Prove,
        }
    }

    /// True where the source was learnt.
    pub(super) fn learn_authentic(&mut self, source: SocketAddr) -> bool {
        let source = canonical(source);
        let known = matches!(self.state, State::Proven { source: known } if known == source);
        self.state = State::Proven { source };
        !known
    }

    pub(super) const fn latched(&self) -> Option<SocketAddr> {
        match self.state {
            State::Open { .. } => None,
            State::Latched { source, .. } | State::Proven { source } => Some(source),
        }
    }

    /// Where anything may be sent without a limit of time.
    pub(super) fn proven(&self) -> Option<SocketAddr> {
        let named = self.spec.named?;
        match self.latched() {
            Some(source) => Some(source),
            None => (named.ip() == self.spec.signalling).then_some(named),
        }
    }

    /// The address that the SDP names, if it is at one of these hosts.
    pub(super) fn named_at(&self, hosts: &[Option<IpAddr>]) -> Option<SocketAddr> {
        self.spec.named.filter(|named| hosts.contains(&Some(named.ip())))
    }

    /// Where audio may be sent now. Nowhere while the SDP says nowhere.
    pub(super) fn may_send(&mut self, now: Instant) -> Option<SocketAddr> {
        if let Some(proven) = self.proven() {
            return Some(proven);
        }
        let named = self.spec.named?;
        let since = *self.sending_since.get_or_insert(now);
        (now.saturating_duration_since(since) < UNPROVEN_AUDIO).then_some(named)
    }
}

/// A socket of both families shows IPv4 peers as mapped addresses (RFC 4291 section 2.5.5.2).
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

fn canonical_spec(spec: SpecAddress) -> SpecAddress {
    SpecAddress { named: spec.named.map(canonical), signalling: spec.signalling.to_canonical() }
}
