//! `POST <prefix>/api/v1/link`: what a link is worth, before it is used. Asking uses nothing up.

use super::Site;
use super::refusal::Refusal;
use crate::api::Fault;
use crate::api::source::Source;
use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use causeway_adapter::webrtc::message::{LinkAnswer, LinkQuestion, Meeting, Phone};
use causeway_base::Lang;
use causeway_dial::{RateLimit, RateRule};
use jiff::Timestamp;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// The longest question: a token and a language.
const MAX_BODY: usize = 4 << 10;

/// Questions of one source: an office that joins on the hour, behind one address.
const RULE: RateRule = RateRule { per_second: 20, burst: 400, exempt: Vec::new() };

/// Who asks how often.
#[derive(Debug)]
pub(super) struct Questions(Mutex<RateLimit>);

impl Default for Questions {
    fn default() -> Self {
        Self(Mutex::new(RateLimit::new(RULE)))
    }
}

impl Questions {
    pub(super) fn take(&self, source: IpAddr) -> bool {
        let mut limit = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        limit.take(Instant::now(), source)
    }
}

pub(super) async fn ask(State(site): State<Site>, request: Request) -> Response {
    let source = Source::of(&request).0;
    if !site.questions.take(source) {
        return Refusal::from(Fault::TooManyAttempts).answer(Lang::En);
    }
    let Ok(body) = to_bytes(request.into_body(), MAX_BODY).await else {
        return Refusal::from(Fault::BodyTooLarge).answer(Lang::En);
    };
    let Ok(question) = serde_json::from_slice::<LinkQuestion>(&body) else {
        return Refusal::from(Fault::BadBody).answer(Lang::En);
    };
    let lang = Lang::from_tag(&question.lang).unwrap_or(Lang::En);
    match worth(&site, &question.token).await {
        Ok(answer) => Json(answer).into_response(),
        Err(refusal) => refusal.answer(lang),
    }
}

async fn worth(site: &Site, token: &str) -> Result<LinkAnswer, Refusal> {
    let now = Timestamp::now();
    let grant = site.links.check(token, now).await?;
    let settings = site.meetings.settings(&grant.meeting, now);
    let phone = site.cards.phone(&grant.meeting);
    Ok(LinkAnswer {
        meeting: Meeting {
            name: settings.map(|settings| settings.name).unwrap_or_default(),
            now: now.to_string(),
        },
        phone: phone.map(|(number, code)| Phone { number, code, personal_code: None }),
        pin_needed: site.links.pin_needed(&grant, now),
        wanted_kbps: site.web.wanted_kbps,
    })
}
