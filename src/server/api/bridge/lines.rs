//! Registered devices, trunks, and where a call would go.

use super::super::fault::Problem;
use super::super::resource::*;
use super::{BridgeBackend, page};
use crate::dial_command::{dialled, to_json, to_text};
use causeway_adapter::h323::ras::RasHandle;
use causeway_adapter::sip::view::{ProxyView, TrunkHealth, TrunkRegistration, TrunkView};
use causeway_base::{Alias, Lang};
use causeway_dial::IncomingCall;
use causeway_dial::invite::parse;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::time::SystemTime;

fn time(at: SystemTime) -> Time {
    Time(Timestamp::try_from(at).unwrap_or(Timestamp::MAX))
}

impl BridgeBackend {
    pub(super) fn list_registrations(&self, window: &Window) -> Page<Registration> {
        let shown = self.sip.registrations().into_iter().map(|device| Registration {
            user: device.user.to_string(),
            contact: device.contact,
            transport: format!("{:?}", device.carrier).to_lowercase(),
            user_agent: device.user_agent.map(|agent| Name::new(&agent).as_str().to_owned()),
            expires_at: time(device.until),
        });
        let rooms = self.ras.iter().flat_map(RasHandle::registrations).map(|room| Registration {
            user: room
                .user
                .as_deref()
                .map(str::to_owned)
                .unwrap_or_else(|| room.aliases.join(", ")),
            contact: room.call.to_string(),
            transport: "h323".to_owned(),
            user_agent: room.product.map(|product| Name::new(&product).as_str().to_owned()),
            expires_at: time(room.until),
        });
        page(shown.chain(rooms).collect(), window, place)
    }

    pub(super) fn list_trunks(&self) -> Vec<Trunk> {
        self.sip.trunks().iter().map(trunk).collect()
    }

    pub(super) fn invitations_of(&self, pasted: &PastedInvitation, lang: Lang) -> ReadInvitations {
        let read = parse(&pasted.pasted(), &self.desk.outgoing().for_invitations());
        let told = read.into_iter().map(|invitation| ReadInvitation::of(invitation, lang));
        ReadInvitations { invitations: told.collect() }
    }

    pub(super) fn explained(
        &self,
        question: &Question,
        lang: Lang,
    ) -> Result<Explanation, Problem> {
        let read = |text: &str, field| dialled(text, self.local).map_err(|_| Problem::value(field));
        let called = read(&question.alias, "alias")?;
        let nobody = Alias::sip("", "anonymous.invalid");
        let calling = question.from.as_deref().map_or(Ok(nobody), |from| read(from, "from"))?;
        let trunk = question.trunk.as_deref();
        let call = IncomingCall { called: &called, calling: &calling, trunk, local: self.local };
        let (_, explanation) = self.desk.destination(&call);
        let (outgoing, is_proved) = (self.desk.outgoing(), trunk.is_some());
        let text = to_text(&explanation, outgoing, is_proved, lang);
        Ok(Explanation { plan: to_json(&explanation, outgoing, is_proved), text: Some(text) })
    }
}

/// By the user's name, then in no order that anybody reads. Hexadecimal keeps the order of what it
/// writes, and may be a cursor.
fn place(device: &Registration) -> String {
    const SHOWN: usize = 20;
    let user: Vec<u8> = device.user.bytes().take(SHOWN).collect();
    let digest = Sha256::digest(format!("{} {} {}", device.user, device.contact, device.transport));
    let digest: Vec<u8> = digest.iter().take(8).copied().collect();
    format!("{}-{}", hex::encode(user), hex::encode(digest))
}

fn trunk(view: &TrunkView) -> Trunk {
    let down = match view.health {
        TrunkHealth::Down(cause) => Some(cause),
        TrunkHealth::Unknown | TrunkHealth::Up => None,
    };
    let (registered_until, refused) = match view.registration {
        TrunkRegistration::Registered { until } => (Some(time(until)), None),
        TrunkRegistration::Failed(cause) => (None, Some(cause)),
        TrunkRegistration::NotWanted | TrunkRegistration::Trying => (None, None),
    };
    Trunk {
        name: view.name.to_string(),
        state: state(view.health),
        code: down.or(refused).map(|cause| cause.code().to_owned()),
        registered_until,
        calls: view.calls as u64,
        max_calls: view.max_calls as u64,
        proxies: view.proxies.iter().map(proxy).collect(),
        asked_at: view.asked_at.map(time),
    }
}

fn proxy(view: &ProxyView) -> TrunkProxy {
    TrunkProxy {
        host: view.host.clone(),
        state: state(view.health),
        answered_at: view.answered_at.map(time),
    }
}

const fn state(health: TrunkHealth) -> TrunkState {
    match health {
        TrunkHealth::Unknown => TrunkState::Unknown,
        TrunkHealth::Up => TrunkState::Up,
        TrunkHealth::Down(_) => TrunkState::Down,
    }
}
