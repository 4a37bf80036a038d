//! Endpoints that come and go.

use super::reply;
use super::table::{Registration, Taken};
use super::usage;
use super::user::Verdict;
use super::words::{Event, Identity, Reach, Registrant};
use super::{About, Asker, Gatekeeper, some};
use crate::h323::address::{self, MAX_ALIASES};
use crate::h323::ras::Key;
use crate::h323::ras::security::{Proof, Token};
use crate::h323::traversal;
use causeway_asn1::BmpString;
use causeway_asn1::h225::{
    RegistrationRejectReason, RegistrationRequest, SecurityErrors, TransportAddress,
    UnregistrationRequest, VendorIdentifier,
};
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

/// The shortest registration that is granted, whatever is asked for.
const MIN_TIME_TO_LIVE: Duration = Duration::from_secs(60);

/// Characters of what an endpoint is called: 66 random bits. Few, since an answer must not be
/// longer than its question.
const IDENTIFIER: usize = 11;

/// The characters of it.
const CHARACTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Bytes of a product's name that are shown.
const MAX_PRODUCT: usize = 256;

/// What an endpoint asks for.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    registrant: Registrant,
    key: Option<Key>,
    time_to_live: Duration,
    accounts: bool,
}

impl Gatekeeper {
    pub(super) fn registration(
        &mut self,
        now: Instant,
        mut asker: Asker,
        request: RegistrationRequest,
        token: Option<&Token>,
        data: &[u8],
    ) {
        asker.sequence = request.request_seq_num;
        let asked = request.time_to_live.map(|seconds| Duration::from_secs(seconds.into()));
        let reach = match self.table.get(asker.from) {
            // That it is still there is said without its features.
            Some(known) if request.keep_alive == Some(true) => known.registrant.reach,
            _ => traversal::reach(request.feature_set.as_ref()),
        };
        let longest = self.config.time_to_live.max(MIN_TIME_TO_LIVE);
        let (longest, shortest) = traversal::lasts(reach, longest, MIN_TIME_TO_LIVE);
        let time_to_live = asked.unwrap_or(longest).clamp(shortest, longest);
        if request.keep_alive == Some(true) {
            let identifier = request.endpoint_identifier.as_ref();
            return self.keep_alive(now, asker, identifier, time_to_live, token, data);
        }
        let aliases = request.terminal_alias.as_deref().map(some).unwrap_or_default();
        let time = self.signer.time(now);
        let (identity, key) = match self.users.verdict(&aliases, token, data, time) {
            Verdict::Known(identity, key) => (identity, key),
            Verdict::Several => {
                return self.reject(now, &asker, RegistrationRejectReason::InvalidAlias);
            }
            Verdict::NotNow(proof) => return self.reject(now, &asker, not_now(proof)),
        };
        let held = self.table.get(asker.from).map(|one| &one.registrant.identity);
        if matches!(held, Some(Identity::Proved(_))) && !matches!(identity, Identity::Proved(_)) {
            // Else a forged address would put somebody without a password in its place.
            return self.reject(now, &asker, RegistrationRejectReason::SecurityDenial);
        }
        let bound = identity == Identity::Anybody;
        let call = match reach {
            Reach::Direct => address_of(&request.call_signal_address, asker.from.ip(), bound),
            // Nobody connects to it, wherever it says it is.
            Reach::Indicated => Some(asker.from),
        };
        let Some(call) = call else {
            return self.reject(now, &asker, RegistrationRejectReason::InvalidCallSignalAddress);
        };
        let product = product(&request.endpoint_vendor);
        let registrant = Registrant { ras: asker.from, call, reach, aliases, identity, product };
        let accounts = usage::is_reported(request.usage_reporting_capability.as_ref());
        let wanted = Wanted { registrant: registrant.clone(), key, time_to_live, accounts };
        if let Some(id) = self.ask(now, asker, About::Registration(Box::new(wanted))) {
            self.event(Event::Registering(id, Box::new(registrant)));
        }
    }

    fn reject(&mut self, now: Instant, asker: &Asker, reason: RegistrationRejectReason) {
        self.answer(now, asker, reply::not_registered(asker.sequence, reason));
    }

    /// Says no more than that the endpoint is still there (H.225.0 section 7.9.1).
    fn keep_alive(
        &mut self,
        now: Instant,
        asker: Asker,
        identifier: Option<&BmpString>,
        time_to_live: Duration,
        token: Option<&Token>,
        data: &[u8],
    ) {
        if !identifier.is_some_and(|identifier| self.is_of(asker.from, identifier)) {
            let reason = RegistrationRejectReason::FullRegistrationRequired;
            return self.reject(now, &asker, reason);
        }
        if !self.is_proved(now, asker.from, token, data) {
            return self.reject(now, &asker, RegistrationRejectReason::SecurityDenial);
        }
        let Some(registration) = self.table.get_mut(asker.from) else { return };
        registration.until = now + time_to_live;
        let (registrant, until) = (registration.registrant.clone(), registration.until);
        let identifier = registration.identifier.clone();
        let confirm = reply::Registered {
            sequence: asker.sequence,
            gatekeeper: Some(&self.identifier),
            call: Some(asker.local.call),
            endpoint: &identifier,
            time_to_live,
            features: traversal::confirmed(registrant.reach),
        };
        let confirm = confirm.message();
        self.answer(now, &asker, confirm);
        self.event(Event::Registered(Box::new(registrant), until));
    }

    /// The application takes an endpoint.
    pub(super) fn register(&mut self, now: Instant, asker: Asker, wanted: Wanted) {
        let Wanted { registrant, key, time_to_live, accounts } = wanted;
        if matches!(registrant.identity, Identity::Unproved(_)) {
            return self.reject(now, &asker, RegistrationRejectReason::SecurityDenial);
        }
        if !self.table.has_place(asker.from) {
            return self.reject(now, &asker, RegistrationRejectReason::ResourceUnavailable);
        }
        let own = match self.table.taken(&registrant) {
            Taken::ByAnother => {
                let reason = RegistrationRejectReason::DuplicateAlias(vec![]);
                return self.reject(now, &asker, reason);
            }
            Taken::ByItself(own) => own,
            Taken::No => vec![],
        };
        // Who registers again keeps what it is called.
        let known = self.table.get(asker.from).map(|one| one.identifier.clone());
        let endpoint = known.unwrap_or_else(|| self.identifier_of_endpoint());
        let whole = reply::Registered {
            sequence: asker.sequence,
            gatekeeper: Some(&self.identifier),
            call: Some(asker.local.call),
            endpoint: &endpoint,
            time_to_live,
            features: traversal::confirmed(registrant.reach),
        };
        // Nothing is known yet of who has no password: its address may be somebody else's.
        let believed = key.is_some() || self.table.get(asker.from).is_some();
        let confirm = if believed { Some(whole.message()) } else { whole.within(asker.length) };
        let Some(confirm) = confirm else { return };
        own.into_iter().for_each(|ras| self.forget(ras));
        let until = now + time_to_live;
        let mut registration = Registration::new(endpoint, registrant.clone(), key, until);
        registration.accounts = accounts;
        self.table.insert(registration);
        self.wake(until);
        self.answer(now, &asker, confirm);
        self.event(Event::Registered(Box::new(registrant), until));
    }

    /// What an endpoint is called from now on.
    fn identifier_of_endpoint(&mut self) -> BmpString {
        let bits = self.random.wide();
        let character = |place: usize| CHARACTERS[(bits >> (6 * place)) as usize & 63];
        BmpString((0..IDENTIFIER).map(|place| character(place).into()).collect())
    }

    /// An endpoint unregisters.
    pub(super) fn leave(&mut self, now: Instant, asker: Asker, request: &UnregistrationRequest) {
        let identifier = request.endpoint_identifier.as_ref();
        let known = identifier.is_some_and(|identifier| self.is_of(asker.from, identifier));
        self.answer(now, &asker, reply::unregistered(request.request_seq_num, known));
        if known {
            self.forget(asker.from);
        }
    }
}

fn not_now(proof: Proof) -> RegistrationRejectReason {
    RegistrationRejectReason::SecurityError(match proof {
        Proof::OutOfTime => SecurityErrors::SecurityWrongSyncTime,
        _ => SecurityErrors::SecurityReplay,
    })
}

/// The first address where calls to an endpoint may go. Of one without a password, which is
/// `bound`, it is its own, so that nobody has us call a third party. One with a password may be
/// behind a router; our own machine and groups are not where it is.
fn address_of(addresses: &[TransportAddress], source: IpAddr, bound: bool) -> Option<SocketAddr> {
    let source = source.to_canonical();
    let may_be = |call: &SocketAddr| {
        let ip = call.ip().to_canonical();
        let elsewhere = !ip.is_unspecified()
            && !ip.is_multicast()
            && (!ip.is_loopback() || source.is_loopback());
        ip == source || !bound && elsewhere
    };
    addresses.iter().take(MAX_ALIASES).filter_map(address::socket).find(may_be)
}

/// A product and its version, as text.
fn product(vendor: &VendorIdentifier) -> Option<String> {
    let text = |bytes: &Option<Vec<u8>>| {
        let bytes = bytes.as_deref().unwrap_or_default();
        let text = String::from_utf8_lossy(bytes.get(..MAX_PRODUCT / 2).unwrap_or(bytes));
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        text.trim().to_owned()
    };
    let both = [text(&vendor.product_id), text(&vendor.version_id)];
    let both: Vec<&str> = both.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    (!both.is_empty()).then(|| both.join(" "))
}
