//! Devices that register.

use super::Driver;
use super::admit::{Asked, Checked};
use crate::sip::view::{RegistrationView, wall};
use causeway_proto::sip::registrar::{self, Target};
use causeway_proto::sip::{Command, Flow};
use causeway_wire::stun::BindingRequest;
use sip_codec::Headers;
use sip_codec::header::To;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long after its timer a keep-alive of a device may come (RFC 5626 section 4.4.1 leaves some
/// seconds for the network).
const FLOW_GRACE: Duration = Duration::from_secs(15);

impl Driver {
    /// A REGISTER: nothing is kept before its sender has proved who it is.
    pub(super) fn registers(&mut self, asked: Asked) {
        match self.check(&asked) {
            Checked::Known(user) => self.register(asked, &user),
            Checked::Challenge { stale } => self.challenge(asked, stale),
            Checked::Exhausted => self.answer_register(asked, 403, Headers::new()),
        }
    }

    fn register(&mut self, asked: Asked, user: &Arc<str>) {
        // It may register its own name and its numbers, nothing else.
        let to = asked.request.headers.get::<To>().and_then(Result::ok);
        let called = to.and_then(|to| registrar::user_of(&to.0.uri)).unwrap_or_default();
        let own = self.accounts.user_called(&called).is_some_and(|owner| owner.name == *user);
        let owner = if own { called.as_str() } else { user };
        let answer = self.registrar.register(Instant::now(), &asked.request, asked.flow, owner);
        if let Some(timer) = answer.flow_timer {
            self.transports.expect(asked.flow, timer + FLOW_GRACE);
        }
        self.answer_register(asked, answer.status, answer.headers);
        self.show_contacts(user);
    }

    fn answer_register(&mut self, asked: Asked, status: u16, headers: Headers) {
        let Asked { flow, request, size } = asked;
        self.command(Command::AnswerRegister { flow, request, size, status, headers });
    }

    /// After time passed or a connection closed: shows who is gone.
    pub(super) fn registrar_news(&mut self) {
        while let Some(event) = self.registrar.poll_event() {
            let (registrar::Event::Registered { aor, .. }
            | registrar::Event::Unregistered { aor, .. }) = event;
            let user = self.accounts.user_called(&aor).map(|user| Arc::clone(&user.name));
            if let Some(user) = user {
                self.show_contacts(&user);
            }
        }
    }

    /// Where a user is, by its name and by its numbers, best first.
    pub(super) fn contacts_of(&self, user: &str) -> Vec<Target> {
        let Some(user) = self.accounts.user(user) else { return Vec::new() };
        let now = Instant::now();
        let names = std::iter::once(&user.name).chain(&user.aliases);
        names.flat_map(|name| self.registrar.lookup(now, name)).collect()
    }

    /// Shows a registered device that it can be reached, and by which address (RFC 5626 section 8).
    /// Nobody else is answered: the answer is longer than the question.
    pub(super) fn answer_keep_alive(&mut self, flow: Flow, request: BindingRequest) {
        if self.registrar.is_used(flow) {
            // Lost like any datagram.
            let _ = self.transports.send(flow, request.response(flow.remote).into());
        }
    }

    fn show_contacts(&self, user: &Arc<str>) {
        let contacts = self.contacts_of(user);
        let view = |contact: &Target| RegistrationView {
            user: Arc::clone(user),
            contact: contact.flow.remote.to_string(),
            carrier: contact.flow.carrier,
            until: wall(contact.until),
            user_agent: Some(contact.user_agent.to_string()).filter(|agent| !agent.is_empty()),
        };
        self.views.set_registrations(user, contacts.iter().map(view).collect());
    }
}
