//! From an offer to a session.

use super::sessions::{Id, Token};
use super::{Whip, answer};
use crate::api::Fault;
use crate::api::source::Source;
use crate::api::speech::Speech;
use crate::front_desk::Refusal as AtTheDesk;
use crate::web::entrance::Request as Entering;
use crate::web::refusal::{Refusal, bearer};
use crate::web::turn;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use causeway_adapter::webrtc::{Door, Peer, PeerEvent, whip};
use causeway_base::{EndCause, Lang};
use jiff::Timestamp;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use zeroize::Zeroizing;

/// How long the engine may take until an offer is answered: it binds nothing and only computes.
const PATIENCE: Duration = Duration::from_secs(10);

/// One of the two doors.
#[derive(Clone, Debug)]
pub(super) struct At {
    pub(super) whip: Arc<Whip>,
    pub(super) door: Door,
}

impl At {
    /// Where a session is.
    fn location(&self, id: &Id) -> String {
        let prefix = &self.whip.site.web.prefix;
        format!("{prefix}/api/v1/{}/{id}", self.name())
    }

    const fn name(&self) -> &'static str {
        match self.door {
            Door::Whep => "whep",
            Door::Page | Door::Whip => "whip",
        }
    }
}

/// What comes with a request besides its body.
struct Caller {
    source: Source,
    headers: HeaderMap,
    lang: Lang,
}

impl Caller {
    fn of(request: &Request) -> Self {
        let headers = request.headers().clone();
        Self { source: Source::of(request), lang: Speech::of(&headers).lang, headers }
    }

    fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// `OPTIONS`. A program that shows its token learns the servers for ICE before it offers.
pub(super) async fn options(State(at): State<At>, request: Request) -> Response {
    let mut response = answer::options(whip::ENDPOINT_METHODS, false);
    let caller = Caller::of(&request);
    let (token, _) = credentials(&caller.headers);
    if !token.is_empty() && at.whip.site.questions.take(caller.source.0) {
        let now = Timestamp::now();
        if let Ok(grant) = at.whip.site.links.check(token, now).await {
            name_servers(&at, response.headers_mut(), &grant.link);
        }
    }
    response
}

/// `POST`: an offer.
pub(super) async fn publish(State(at): State<At>, request: Request) -> Response {
    let caller = Caller::of(&request);
    if !whip::is_type(caller.header(header::CONTENT_TYPE), whip::SDP) {
        return answer::other_type(false);
    }
    if bearer(&caller.headers).is_empty() {
        return answer::no_token();
    }
    let Ok(body) = to_bytes(request.into_body(), whip::MAX_BODY).await else {
        return Refusal::from(Fault::BodyTooLarge).answer(caller.lang);
    };
    let offer = String::from_utf8_lossy(&body).into_owned();
    match open(&at, &caller, offer).await {
        Ok(response) | Err(response) => response,
    }
}

async fn open(at: &At, caller: &Caller, offer: String) -> Result<Response, Response> {
    let Caller { source, lang, .. } = *caller;
    let whip = &at.whip;
    if !whip.site.questions.take(source.0) {
        return Err(Refusal::from(Fault::TooManyAttempts).answer(lang));
    }
    whip::try_offer(at.door, &offer).map_err(|refusal| answer::bad(&refusal, lang))?;
    let (token, pin) = credentials(&caller.headers);
    let grant = whip.site.links.check(token, Timestamp::now()).await;
    let grant = grant.map_err(|problem| answer::not_admitted(AtTheDesk::Link(problem), lang))?;
    let link = Arc::clone(&grant.link);
    let entered = whip.entrance.enter(Entering {
        grant,
        pin: pin.map(|pin| Zeroizing::new(pin.to_owned())),
        name: at.name().to_uppercase(),
        lang,
        source: SocketAddr::new(source.0, 0),
        local: whip.local,
        // In clear only this machine and our proxies are answered.
        secure: true,
        user_agent: caller.header(header::USER_AGENT).map(str::to_owned),
        test: None,
        door: at.door,
    });
    let entered = entered.await.map_err(|refusal| answer::not_admitted(refusal, lang))?;
    let mut peer = entered.peer;
    let sdp = answered(&mut peer, offer, lang).await?;
    let token = Token::of(bearer(&caller.headers));
    let (id, tag) = whip.sessions.keep((peer, entered.place), at.door, token);
    let mut response = (StatusCode::CREATED, sdp).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(whip::SDP));
    let own = [(header::LOCATION, at.location(&id)), (header::ETAG, tag)];
    for (name, value) in own {
        // Hexadecimal digits below a prefix that was checked.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    name_servers(at, headers, &link);
    Ok(response)
}

/// The answer to the offer. The leg is gone with its peer where there is none.
async fn answered(peer: &mut Peer, offer: String, lang: Lang) -> Result<String, Response> {
    let overloaded = || answer::over(EndCause::CapacityReached, lang);
    peer.try_offer(offer).map_err(|_| overloaded())?;
    match timeout(PATIENCE, peer.events.recv()).await {
        Ok(Some(PeerEvent::Answer { sdp })) => Ok(sdp),
        Ok(Some(PeerEvent::Refused { cause, .. } | PeerEvent::Ended { cause })) => {
            Err(answer::over(cause, lang))
        }
        Ok(None) => Err(answer::over(EndCause::Internal, lang)),
        Err(_) => Err(overloaded()),
    }
}

/// The token of a link, and the PIN that may follow it.
fn credentials(headers: &HeaderMap) -> (&str, Option<&str>) {
    let bearer = bearer(headers);
    bearer.split_once('~').map_or((bearer, None), |(token, pin)| (token, Some(pin)))
}

fn name_servers(at: &At, headers: &mut HeaderMap, link: &str) {
    let servers = turn::servers(&at.whip.site.turn, link, Timestamp::now());
    for value in whip::links(&servers) {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.append(header::LINK, value);
        }
    }
}
