//! `POST <prefix>/api/v1/look`: what a participant sees at this moment, for hosts of its meeting.
//! The page proves its seat; the answer is a picture as PNG, or a problem.

use super::door::Door;
use super::trouble::Trouble;
use crate::api::source::Source;
use crate::store::NewAudit;
use axum::Json;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use causeway_adapter::webrtc::message::LookQuestion;
use causeway_base::{Lang, ParticipantId};
use causeway_conference::{ConferenceView, Role, Who};
use causeway_dial::{RateLimit, RateRule};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// The longest question: a seat, a number and a language.
const MAX_BODY: usize = 4 << 10;

/// Looks of one source: some hosts behind one address, each every two seconds.
const RULE: RateRule = RateRule { per_second: 10, burst: 40, exempt: Vec::new() };

/// How long a look waits for those before it: who waits longer asks again.
const LONGEST: Duration = Duration::from_secs(5);

/// Who looks how often.
#[derive(Debug)]
pub(super) struct Pace(Mutex<RateLimit>);

impl Default for Pace {
    fn default() -> Self {
        Self(Mutex::new(RateLimit::new(RULE)))
    }
}

impl Pace {
    fn take(&self, source: IpAddr) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now(), source)
    }
}

pub(super) async fn look(State(door): State<Arc<Door>>, request: Request) -> Response {
    if !door.looking.take(Source::of(&request).0) {
        return refused(Trouble::Busy, Lang::En);
    }
    let Ok(body) = to_bytes(request.into_body(), MAX_BODY).await else {
        return refused(Trouble::BadWord, Lang::En);
    };
    let Ok(question) = serde_json::from_slice::<LookQuestion>(&body) else {
        return refused(Trouble::BadWord, Lang::En);
    };
    let lang = Lang::from_tag(&question.lang).unwrap_or(Lang::En);
    match seen(&door, &question).await {
        Ok(picture) => {
            let headers =
                [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")];
            (headers, picture).into_response()
        }
        Err(trouble) => refused(trouble, lang),
    }
}

async fn seen(door: &Door, question: &LookQuestion) -> Result<Vec<u8>, Trouble> {
    let whom = ParticipantId(question.participant);
    let who = door.seats.holder(&question.seat).ok_or(Trouble::SeatLost)?;
    let view = door.live.view_of(who.conference).await.ok_or(Trouble::SeatLost)?;
    let picture = through(door, &view.conference, who, whom).await;
    // A look lasts, and is asked for again and again.
    let (is_news, result) = match &picture {
        Ok(_) => (door.seats.saw(&question.seat, whom, Instant::now()), "ok"),
        Err(trouble) => (door.seats.was_refused(&question.seat, Instant::now()), trouble.code()),
    };
    if is_news {
        let by = who.participant.to_string();
        let audited = NewAudit::new(&by, "participant.picture", &view.key, result);
        door.journal.audit(audited.with("seen", &whom.to_string()));
    }
    picture
}

async fn through(
    door: &Door,
    view: &ConferenceView,
    who: Who,
    whom: ParticipantId,
) -> Result<Vec<u8>, Trouble> {
    let of = |id: ParticipantId| view.participants.iter().find(|one| one.id == id);
    let me = of(who.participant).ok_or(Trouble::SeatLost)?;
    if me.role != Role::Host || !me.admitted {
        return Err(Trouble::NotAllowed);
    }
    let one = of(whom).ok_or(Trouble::PersonGone)?;
    let picture = timeout(LONGEST, door.looks.through(one)).await;
    picture.map_err(|_| Trouble::Busy)?.ok_or(Trouble::NothingSeen)
}

fn refused(trouble: Trouble, lang: Lang) -> Response {
    let status = match trouble {
        Trouble::Busy => StatusCode::TOO_MANY_REQUESTS,
        Trouble::BadWord => StatusCode::BAD_REQUEST,
        Trouble::PersonGone | Trouble::NothingSeen => StatusCode::NOT_FOUND,
        _ => StatusCode::FORBIDDEN,
    };
    (status, Json(trouble.problem(lang))).into_response()
}
