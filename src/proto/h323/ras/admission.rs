//! Calls and what the gatekeeper says to them.

use super::Outbox;
use super::pending::{Fired, Pending};
use super::request;
use super::words::{Admission, Endpoint, Event};
use crate::h323::address;
use causeway_asn1::h225::{AdmissionConfirm, AdmissionReject, AdmissionRejectReason};
use causeway_base::EndCause;
use std::collections::BTreeMap;
use std::time::Instant;

/// Calls of one gatekeeper at a time: what one node takes.
const MAX_CALLS: usize = 4_000;

/// Where a call stands.
#[derive(Debug)]
enum State {
    Asking(Pending),
    Admitted,
    Leaving(Pending),
}

#[derive(Debug)]
struct Call {
    admission: Admission,
    state: State,
}

impl Call {
    fn pending(&mut self) -> Option<&mut Pending> {
        match &mut self.state {
            State::Asking(pending) | State::Leaving(pending) => Some(pending),
            State::Admitted => None,
        }
    }

    fn deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Asking(pending) | State::Leaving(pending) => Some(pending.deadline()),
            State::Admitted => None,
        }
    }
}

/// All calls, by their call references.
#[derive(Debug, Default)]
pub(super) struct Admissions {
    calls: BTreeMap<u16, Call>,
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
        let call_reference = admission.call_reference;
        if self.calls.len() >= MAX_CALLS || self.calls.contains_key(&call_reference) {
            return out.event(Event::Refused(call_reference, EndCause::CapacityReached));
        }
        let sequence = out.number();
        let message = request::admission(sequence, &endpoint, &admission);
        let pending = Pending::send(now, endpoint.gatekeeper, sequence, message, out);
        self.calls.insert(call_reference, Call { admission, state: State::Asking(pending) });
    }

    pub(super) fn disengage(
        &mut self,
        now: Instant,
        endpoint: Option<Endpoint>,
        call_reference: u16,
        out: &mut Outbox,
    ) {
        let Some(call) = self.calls.get_mut(&call_reference) else { return };
        match (&call.state, endpoint) {
            (State::Leaving(_), _) => {}
            (State::Admitted | State::Asking(_), Some(endpoint)) => {
                let sequence = out.number();
                let message = request::disengagement(sequence, &endpoint, &call.admission);
                let pending = Pending::send(now, endpoint.gatekeeper, sequence, message, out);
                call.state = State::Leaving(pending);
            }
            (_, None) => {
                self.calls.remove(&call_reference);
            }
        }
    }

    /// The call whose admission the request of this number asked for.
    fn asking(&mut self, sequence: u16) -> Option<&mut Call> {
        self.calls.values_mut().find(
            |call| matches!(&call.state, State::Asking(pending) if pending.sequence == sequence),
        )
    }

    pub(super) fn confirmed(&mut self, confirm: &AdmissionConfirm, out: &mut Outbox) {
        let Some(call) = self.asking(confirm.request_seq_num) else { return };
        call.state = State::Admitted;
        let address = address::socket(&confirm.dest_call_signal_address);
        out.event(Event::Admitted(call.admission.call_reference, address));
    }

    /// A call is refused. Whether it is since the gatekeeper does not know us any more.
    pub(super) fn rejected(&mut self, reject: &AdmissionReject, out: &mut Outbox) -> bool {
        let Some(call) = self.asking(reject.request_seq_num) else { return false };
        let call_reference = call.admission.call_reference;
        self.calls.remove(&call_reference);
        out.event(Event::Refused(call_reference, cause(&reject.reject_reason)));
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

    /// The gatekeeper ends a call.
    pub(super) fn dropped(&mut self, call_reference: u16, out: &mut Outbox) {
        if self.calls.remove(&call_reference).is_some() {
            out.event(Event::DropAsked(call_reference));
        }
    }

    /// The calls that a question is about: 0 is all.
    pub(super) fn about(&self, call_reference: u16) -> impl Iterator<Item = &Admission> {
        let all = self.calls.values().map(|call| &call.admission);
        all.filter(move |call| call_reference == 0 || call.call_reference == call_reference)
    }

    pub(super) fn in_progress(&mut self, sequence: u16, until: Instant) {
        for call in self.calls.values_mut() {
            if let Some(pending) = call.pending() {
                pending.in_progress(sequence, until);
            }
        }
    }

    pub(super) fn timeout(&mut self, now: Instant, out: &mut Outbox) {
        self.calls.retain(|call_reference, call| {
            let fired = call.pending().map(|pending| pending.timeout(now, out));
            if fired != Some(Fired::Unanswered) {
                return true;
            }
            if let State::Asking(_) = call.state {
                out.event(Event::Refused(*call_reference, EndCause::SignallingTimeout));
            }
            false
        });
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
