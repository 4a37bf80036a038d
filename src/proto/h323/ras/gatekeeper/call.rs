//! Calls of endpoints.

use super::reply;
use super::table::{Call, MAX_CALLS};
use super::words::{AskedCall, Event, Usage};
use super::{About, Asker, Gatekeeper, some};
use crate::h323::address;
use crate::h323::ras::CallKey;
use causeway_asn1::h225::{
    AdmissionRejectReason, AdmissionRequest, BandRejectReason, BandwidthRequest, CallModel,
    DisengageRequest, InfoRequestResponse,
};
use std::net::SocketAddr;
use std::time::Instant;

/// What an endpoint asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    key: CallKey,
    reference: u16,
    bandwidth: u32,
}

impl Gatekeeper {
    pub(super) fn admission(&mut self, now: Instant, mut asker: Asker, request: AdmissionRequest) {
        asker.sequence = request.request_seq_num;
        if !self.is_of(asker.from, &request.endpoint_identifier) {
            let refused = AdmissionRejectReason::CallerNotRegistered;
            self.answer(now, &asker, reply::admission_reject(asker.sequence, refused));
            return;
        }
        let Some(registration) = self.table.get(asker.from) else { return };
        let identifier = request.call_identifier.map(|identifier| identifier.guid);
        let identifier = identifier.filter(|identifier| *identifier != [0; 16]);
        let key = CallKey {
            // Endpoints of the first edition name calls by their conference alone.
            identifier: identifier.unwrap_or(request.conference_id),
            answer: request.answer_call,
        };
        if registration.calls.len() >= MAX_CALLS && !registration.calls.contains_key(&key) {
            let refused = AdmissionRejectReason::ExceedsCallCapacity;
            self.answer(now, &asker, reply::admission_reject(asker.sequence, refused));
            return;
        }
        let bandwidth = request.band_width.min(self.config.bandwidth);
        let wanted = Wanted { key, reference: request.call_reference_value, bandwidth };
        let by = registration.registrant.clone();
        if request.answer_call {
            // It was called: by us, or by somebody whom it took already.
            return self.admit(now, &asker, wanted, by.call);
        }
        let call = AskedCall {
            key,
            to: request.destination_info.as_deref().map(some).unwrap_or_default(),
            destination: request.dest_call_signal_address.as_ref().and_then(address::socket),
            from: some(&request.src_info),
            bandwidth,
        };
        let here = asker.local.call;
        if let Some(question) = self.ask(now, asker, About::Admission(Box::new(wanted))) {
            let (by, call) = (Box::new(by), Box::new(call));
            self.event(Event::Admission { question, by, call, here });
        }
    }

    /// An endpoint may make or take a call.
    pub(super) fn admit(
        &mut self,
        now: Instant,
        asker: &Asker,
        wanted: Wanted,
        address: SocketAddr,
    ) {
        let Wanted { key, reference, bandwidth } = wanted;
        let Some(registration) = self.table.get_mut(asker.from) else { return };
        let accounts = registration.accounts;
        registration.calls.insert(key, Call { reference, heard: now, usage: Usage::default() });
        if let Some(due) = registration.question_due() {
            self.wake(due);
        }
        let by_us = key.answer || address == asker.local.call;
        let model = if self.config.routed && by_us {
            CallModel::GatekeeperRouted
        } else {
            CallModel::Direct
        };
        let way = (model, address);
        self.answer(now, asker, reply::admitted(asker.sequence, bandwidth, way, accounts));
    }

    /// The call that a message names, of the endpoint that it says to be of.
    fn call_of(
        &self,
        from: SocketAddr,
        identifier: Option<[u8; 16]>,
        reference: u16,
        answer: Option<bool>,
    ) -> Option<CallKey> {
        self.table.get(from)?.call_named(identifier, reference, answer)
    }

    pub(super) fn disengage(&mut self, now: Instant, asker: Asker, request: &DisengageRequest) {
        let from = asker.from;
        let known = self.is_of(from, &request.endpoint_identifier);
        self.answer(now, &asker, reply::disengaged(request.request_seq_num, known));
        let identifier = request.call_identifier.as_ref().map(|one| one.guid);
        let (reference, answer) = (request.call_reference_value, request.answered_call);
        let call = self.call_of(from, identifier, reference, answer).filter(|_| known);
        if let Some(call) = call {
            let (usage, cause) = (&request.usage_information, &request.termination_cause);
            if let Some(known) = self.call_mut(from, &call) {
                known.usage.hear(usage.as_ref(), cause.as_ref());
            }
            self.left(from, call);
        }
    }

    /// A call of an endpoint is over.
    pub(super) fn left(&mut self, by: SocketAddr, call: CallKey) {
        let calls = self.table.get_mut(by).map(|registration| &mut registration.calls);
        if let Some(Call { usage, .. }) = calls.and_then(|calls| calls.remove(&call)) {
            self.event(Event::Left { by, call, usage });
        }
    }

    fn call_mut(&mut self, by: SocketAddr, call: &CallKey) -> Option<&mut Call> {
        self.table.get_mut(by)?.calls.get_mut(call)
    }

    pub(super) fn bandwidth(&mut self, now: Instant, asker: Asker, request: &BandwidthRequest) {
        let identifier = request.call_identifier.as_ref().map(|one| one.guid);
        let (reference, answer) = (request.call_reference_value, request.answered_call);
        let by = asker.from;
        let granted = if !self.is_of(by, &request.endpoint_identifier) {
            Err(BandRejectReason::NotBound)
        } else {
            let call = self.call_of(by, identifier, reference, answer);
            let bandwidth = request.band_width.min(self.config.bandwidth);
            call.map(|call| (call, bandwidth)).ok_or(BandRejectReason::InvalidConferenceId)
        };
        if let Ok((call, bandwidth)) = granted {
            self.event(Event::Bandwidth { by, call, bandwidth });
        }
        let granted = granted.map(|(_, bandwidth)| bandwidth);
        self.answer(now, &asker, reply::bandwidth(request.request_seq_num, granted));
    }

    /// An endpoint says how its calls stand, asked or not.
    pub(super) fn report(&mut self, now: Instant, asker: Asker, report: &InfoRequestResponse) {
        let from = asker.from;
        if !self.is_of(from, &report.endpoint_identifier) {
            return;
        }
        for told in report.per_call_info.iter().flatten().take(MAX_CALLS) {
            let identifier = told.call_identifier.as_ref().map(|one| one.guid);
            let answer = told.originator.map(|originator| !originator);
            let key = self.call_of(from, identifier, told.call_reference_value, answer);
            if let Some(call) = key.and_then(|key| self.call_mut(from, &key)) {
                call.heard = now;
                call.usage.hear(told.usage_information.as_ref(), None);
            }
        }
        self.reported(now, from, report);
        if report.need_response == Some(true) {
            self.answer(now, &asker, reply::heard(report.request_seq_num));
        }
    }
}
