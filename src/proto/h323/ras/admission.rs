//! Calls and what the gatekeeper says to them.

use super::outbox::Outbox;
use super::pending::{Fired, Pending};
use super::request::{self, Report};
use super::words::{Admission, CallKey, Config, Endpoint, Event};
use crate::h323::address;
use causeway_asn1::h225::{
    AdmissionConfirm, AdmissionReject, AdmissionRejectReason, BandRejectReason, InfoRequest,
    InfoRequestResponseStatus, RasMessage,
};
use causeway_base::EndCause;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Calls of one gatekeeper at a time: what one node takes.
const MAX_CALLS: usize = 4_000;

/// Calls that one report names: what fits a datagram.
const MAX_REPORTED: usize = 8;

/// The shortest interval of reports that is followed: a gatekeeper that wants them more often
/// would have us send for nothing else.
const MIN_REPORT_INTERVAL: Duration = Duration::from_secs(10);

/// What a call cannot do without, in 100 bit/s: G.711 both ways (H.225.0 counts no headers). Less
/// is refused rather than promised and not kept.
pub(super) const MIN_BANDWIDTH: u32 = 1_280;

/// A call as a message names it: its identifier, its call reference, whether we are called.
/// Old gatekeepers say the reference alone.
pub(super) type Named = (Option<[u8; 16]>, u16, Option<bool>);

/// Where a call stands.
#[derive(Debug)]
enum State {
    Asking(Pending),
    Admitted(Option<Reports>),
    Leaving(Pending),
}

/// The gatekeeper wants to hear of a call from time to time.
#[derive(Clone, Copy, Debug)]
struct Reports {
    interval: Duration,
    next: Instant,
}

#[derive(Debug)]
struct Call {
    /// With what it may use now.
    admission: Admission,
    /// What was asked for it.
    wanted: u32,
    state: State,
}

impl Call {
    fn pending(&mut self) -> Option<&mut Pending> {
        match &mut self.state {
            State::Asking(pending) | State::Leaving(pending) => Some(pending),
            State::Admitted(_) => None,
        }
    }

    fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Asking(pending) | State::Leaving(pending) => Some(pending.deadline()),
            State::Admitted(reports) => reports.map(|reports| reports.next),
        }
    }

    fn is(&self, (identifier, reference, answer): Named) -> bool {
        let Admission { key, call_reference, .. } = &self.admission;
        let named = match identifier {
            // All zeros is what stacks send that know of none.
            Some(identifier) if identifier != [0; 16] => key.identifier == identifier,
            _ => *call_reference == reference,
        };
        named && answer.is_none_or(|answer| answer == key.answer)
    }
}

/// All calls.
#[derive(Debug, Default)]
pub(super) struct Admissions {
    calls: BTreeMap<CallKey, Call>,
}

impl Admissions {
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.calls.values().filter_map(Call::deadline).min()
    }

    pub(super) fn forget(&mut self) {
        self.calls.clear();
    }

    pub(super) fn admit(
        &mut self,
        now: Instant,
        endpoint: Endpoint,
        admission: Admission,
        out: &mut Outbox,
    ) {
        let key = admission.key;
        if self.calls.len() >= MAX_CALLS || self.calls.contains_key(&key) {
            return out.event(Event::Refused(key, EndCause::CapacityReached));
        }
        let sequence = out.number();
        let message = request::admission(sequence, &endpoint, &admission);
        let pending = out.request(now, endpoint.gatekeeper, sequence, message);
        let wanted = admission.bandwidth;
        self.calls.insert(key, Call { admission, wanted, state: State::Asking(pending) });
    }

    pub(super) fn disengage(
        &mut self,
        now: Instant,
        endpoint: Option<Endpoint>,
        key: CallKey,
        out: &mut Outbox,
    ) {
        let Some(call) = self.calls.get_mut(&key) else { return };
        match (&call.state, endpoint) {
            (State::Leaving(_), _) => {}
            (State::Admitted(_) | State::Asking(_), Some(endpoint)) => {
                let sequence = out.number();
                let message = request::disengagement(sequence, &endpoint, &call.admission);
                let pending = out.request(now, endpoint.gatekeeper, sequence, message);
                call.state = State::Leaving(pending);
            }
            (_, None) => {
                self.calls.remove(&key);
            }
        }
    }

    /// The call whose admission the request of this number asked for.
    fn asking(&mut self, sequence: u16) -> Option<&mut Call> {
        self.calls.values_mut().find(
            |call| matches!(&call.state, State::Asking(pending) if pending.sequence == sequence),
        )
    }

    pub(super) fn confirmed(&mut self, now: Instant, confirm: &AdmissionConfirm, out: &mut Outbox) {
        let Some(call) = self.asking(confirm.request_seq_num) else { return };
        let reports = confirm.irr_frequency.map(|seconds| {
            let interval = Duration::from_secs(seconds.into()).max(MIN_REPORT_INTERVAL);
            Reports { interval, next: now + interval }
        });
        call.state = State::Admitted(reports);
        // 0 is what gatekeepers say that do not count.
        let allowed = Some(confirm.band_width).filter(|rate| *rate > 0).unwrap_or(call.wanted);
        call.admission.bandwidth = call.wanted.min(allowed);
        let names = confirm.destination_info.iter().flatten().take(address::MAX_ALIASES);
        out.event(Event::Admitted {
            call: call.admission.key,
            address: address::socket(&confirm.dest_call_signal_address),
            to: names.filter_map(address::text).collect(),
            bandwidth: call.admission.bandwidth,
        });
    }

    /// A call is refused. Whether it is since the gatekeeper does not know us any more.
    pub(super) fn rejected(&mut self, reject: &AdmissionReject, out: &mut Outbox) -> bool {
        let Some(call) = self.asking(reject.request_seq_num) else { return false };
        let key = call.admission.key;
        self.calls.remove(&key);
        out.event(Event::Refused(key, cause(&reject.reject_reason)));
        matches!(
            reject.reject_reason,
            AdmissionRejectReason::CallerNotRegistered
                | AdmissionRejectReason::InvalidEndpointIdentifier
        )
    }

    /// The gatekeeper knows that a call is over, or never knew of it.
    pub(super) fn disengaged(&mut self, sequence: u16) {
        self.calls.retain(|_, call| {
            !matches!(&call.state, State::Leaving(pending) if pending.sequence == sequence)
        });
    }

    /// The gatekeeper ends calls.
    pub(super) fn dropped(&mut self, named: Named, out: &mut Outbox) {
        self.calls.retain(|key, call| {
            let dropped = call.is(named);
            if dropped {
                out.event(Event::DropAsked(*key));
            }
            !dropped
        });
    }

    /// The gatekeeper changes what admitted calls may use, in 100 bit/s: less than now, or more up
    /// to what was asked for. Gives what it is then, the most of several of one call reference.
    ///
    /// # Errors
    /// Why it stays as it is, and what a call needs.
    pub(super) fn bandwidth(
        &mut self,
        named: Named,
        allowed: u32,
        out: &mut Outbox,
    ) -> Result<u32, (BandRejectReason, u32)> {
        let admitted = |call: &&mut Call| matches!(call.state, State::Admitted(_));
        let calls = self.calls.values_mut().filter(|call| call.is(named)).filter(admitted);
        let mut calls: Vec<&mut Call> = calls.collect();
        let needed = calls.iter().map(|call| call.admission.bandwidth.min(MIN_BANDWIDTH)).max();
        let needed = needed.ok_or((BandRejectReason::InvalidConferenceId, 0))?;
        if allowed < needed {
            return Err((BandRejectReason::InsufficientResources, needed));
        }
        let mut granted = 0;
        for call in &mut calls {
            let rate = allowed.min(call.wanted);
            if rate != call.admission.bandwidth {
                call.admission.bandwidth = rate;
                out.event(Event::Bandwidth(call.admission.key, rate));
            }
            granted = granted.max(rate);
        }
        Ok(granted)
    }

    /// How calls stand, as the gatekeeper asks (H.225.0 section 7.15): of more than one report
    /// holds it gets a part, and asks for the next.
    pub(super) fn report(
        &self,
        config: &Config,
        endpoint: &Endpoint,
        request: &InfoRequest,
    ) -> RasMessage {
        let identifier = request.call_identifier.as_ref().map(|one| one.guid);
        let named = (identifier, request.call_reference_value, None);
        // Without an identifier, 0 asks for all calls.
        let all = identifier.is_none_or(|one| one == [0; 16]) && request.call_reference_value == 0;
        let calls = self.calls.values().filter(|call| all || call.is(named));
        let calls: Vec<&Admission> = calls.map(|call| &call.admission).collect();
        let part = request.next_segment_requested.unwrap_or(0);
        let from = (usize::from(part) * MAX_REPORTED).min(calls.len());
        let to = (from + MAX_REPORTED).min(calls.len());
        let status = if calls.is_empty() && request.call_reference_value != 0 {
            InfoRequestResponseStatus::InvalidCall
        } else if to == calls.len() {
            InfoRequestResponseStatus::Complete
        } else if request.segmented_response_supported.is_some() {
            InfoRequestResponseStatus::Segment(part)
        } else {
            InfoRequestResponseStatus::Incomplete
        };
        let calls = calls.get(from..to).unwrap_or_default();
        let sequence = request.request_seq_num;
        request::report(config, endpoint, Report { sequence, calls, status, unsolicited: false })
    }

    pub(super) fn in_progress(&mut self, sequence: u16, until: Instant) {
        for call in self.calls.values_mut() {
            if let Some(pending) = call.pending() {
                pending.in_progress(sequence, until);
            }
        }
    }

    pub(super) fn timeout(
        &mut self,
        now: Instant,
        config: &Config,
        endpoint: Option<Endpoint>,
        out: &mut Outbox,
    ) {
        self.calls.retain(|key, call| match call.pending().map(|pending| pending.timeout(now)) {
            None | Some(Fired::Waits) => true,
            Some(Fired::Again(to, data)) => {
                out.transmit(to, data);
                true
            }
            Some(Fired::Unanswered) => {
                if let State::Asking(_) = call.state {
                    out.event(Event::Refused(*key, EndCause::SignallingTimeout));
                }
                false
            }
        });
        for call in self.calls.values_mut() {
            let State::Admitted(Some(reports)) = &mut call.state else { continue };
            if reports.next > now {
                continue;
            }
            reports.next = now + reports.interval;
            let Some(endpoint) = &endpoint else { continue };
            let (sequence, calls) = (out.number(), &[&call.admission][..]);
            let status = InfoRequestResponseStatus::Complete;
            let report = Report { sequence, calls, status, unsolicited: true };
            out.send(now, endpoint.gatekeeper, request::report(config, endpoint, report));
        }
    }
}

fn cause(reason: &AdmissionRejectReason) -> EndCause {
    match reason {
        AdmissionRejectReason::CalledPartyNotRegistered
        | AdmissionRejectReason::UnallocatedNumber => EndCause::NotFound,
        AdmissionRejectReason::NoRouteToDestination
        | AdmissionRejectReason::CallerNotRegistered => EndCause::Unreachable,
        AdmissionRejectReason::ResourceUnavailable | AdmissionRejectReason::ExceedsCallCapacity => {
            EndCause::CapacityReached
        }
        AdmissionRejectReason::IncompleteAddress => EndCause::BadAddress,
        AdmissionRejectReason::SecurityDenial | AdmissionRejectReason::SecurityError(_) => {
            EndCause::Unauthorized
        }
        _ => EndCause::Forbidden,
    }
}
