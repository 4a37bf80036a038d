//! From the request for a WebSocket and the first word of a page to its seat.

use super::callback::Guest;
use super::door::Door;
use super::look;
use super::seat::Return;
use super::session::Session;
use super::trouble::{self, Trouble};
use super::turn::Turn;
use super::wire::{Heard, Wire, close};
use crate::api::source::Source;
use crate::web::entrance::Request as Entering;
use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use causeway_adapter::webrtc as adapter;
use causeway_adapter::webrtc::message::{
    ClientMessage, MAX_FRAME, NetworkTest, Problem, SUBPROTOCOL, Seat, ServerMessage, VERSION,
};
use causeway_base::Lang;
use jiff::Timestamp;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;
use tracing::debug;
use zeroize::Zeroizing;

/// Bytes read of a page at a time: most words are shorter.
const READ_BUFFER: usize = 4096;

/// The WebSocket of pages, and looks of their hosts. A request may carry its source as an extension.
pub(crate) fn routes(door: Arc<Door>) -> Router {
    Router::new()
        .route("/api/v1/signal", any(upgrade))
        .route("/api/v1/look", post(look::look))
        .with_state(door)
}

/// Who connects.
#[derive(Debug)]
struct Visitor {
    source: IpAddr,
    user_agent: Option<String>,
}

async fn upgrade(
    State(door): State<Arc<Door>>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
    request: Request,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade.protocols([SUBPROTOCOL]),
        Err(rejection) => return rejection.into_response(),
    };
    // Who speaks other words would be understood by nobody.
    if upgrade.selected_protocol().is_none() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let visitor = Visitor { source: Source::of(&request).0, user_agent: agent(request.headers()) };
    let Some(place) = door.places.take(visitor.source) else {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    };
    // The library's own buffers are 128 kB each way for every page; words are short.
    let upgrade = upgrade.read_buffer_size(READ_BUFFER).write_buffer_size(0);
    upgrade.max_message_size(MAX_FRAME).max_frame_size(MAX_FRAME).on_upgrade(async move |socket| {
        greet(door, visitor, Wire::new(socket, place)).await;
    })
}

fn agent(headers: &HeaderMap) -> Option<String> {
    headers.get(header::USER_AGENT)?.to_str().ok().map(str::to_owned)
}

/// What a page says first. `Debug` is not derived: it holds secrets.
struct Hello {
    version: u16,
    token: Zeroizing<String>,
    name: String,
    lang: Lang,
    pin: Option<Zeroizing<String>>,
    seat: Option<Seat>,
    test: Option<NetworkTest>,
}

/// Takes the first words, until somebody has a seat or none.
async fn greet(door: Arc<Door>, visitor: Visitor, mut wire: Wire) {
    let mut patience = door.patience.hello;
    loop {
        let until = Instant::now() + patience;
        let hello = tokio::select! {
            hello = first_word(&mut wire) => hello,
            () = tokio::time::sleep_until(until.into()) => Err(close::POLICY),
            () = door.closing() => Err(close::AWAY),
        };
        let hello = match hello {
            Ok(hello) => hello,
            Err(code) => return wire.close(code).await,
        };
        let problem = match hello.seat.clone() {
            Some(seat) => match take_back(&door, &seat, wire, hello.lang).await {
                None => return,
                Some(same) => {
                    wire = same;
                    Trouble::SeatLost.problem(hello.lang)
                }
            },
            None => match come_in(&door, &visitor, hello).await {
                Ok(session) => return Box::pin(session.run(wire)).await,
                Err(problem) => problem,
            },
        };
        debug!(code = problem.code, "a page is refused");
        let asked = problem.pin_needed;
        if wire.say(&ServerMessage::Refused(problem)).await.is_err() || !asked {
            return wire.close(close::NORMAL).await;
        }
        patience = door.patience.pin;
    }
}

/// The first word, or the code by which the connection is closed.
async fn first_word(wire: &mut Wire) -> Result<Hello, u16> {
    loop {
        let word = match wire.next().await {
            Heard::Word(word) => word,
            Heard::Bad(_) => {
                let problem = Trouble::BadWord.problem(Lang::En);
                let _ = wire.say(&ServerMessage::Refused(problem)).await;
                return Err(close::POLICY);
            }
            Heard::Over(code) => return Err(code),
        };
        match word {
            ClientMessage::Hello { version, token, name, lang, pin, seat, test } => {
                let lang = Lang::from_tag(&lang).unwrap_or(Lang::En);
                let (token, pin) = (Zeroizing::new(token), pin.map(Zeroizing::new));
                return Ok(Hello { version, token, name, lang, pin, seat, test });
            }
            ClientMessage::Ping { id } => {
                wire.say(&ServerMessage::Pong { id }).await.map_err(|_| close::NORMAL)?;
            }
            _ => {
                let problem = Trouble::OutOfTurn.problem(Lang::En);
                let _ = wire.say(&ServerMessage::Refused(problem)).await;
                return Err(close::POLICY);
            }
        }
    }
}

/// Hands the connection to the seat that it proves to be its own. The link is not asked: it may be
/// used up, or over, while its meeting goes on. Gives the connection back where there is no such seat.
async fn take_back(door: &Door, claim: &Seat, wire: Wire, lang: Lang) -> Option<Wire> {
    let Some(seat) = door.seats.find(claim) else { return Some(wire) };
    let back = seat.send(Return { wire, lang }).await;
    back.err().map(|error| error.0.wire)
}

async fn come_in(door: &Arc<Door>, visitor: &Visitor, hello: Hello) -> Result<Session, Problem> {
    let Hello { version, token, name, lang, pin, test, .. } = hello;
    if version != VERSION {
        return Err(Trouble::Version.problem(lang));
    }
    let checked = door.links.check(&token, Timestamp::now()).await;
    let refused = |problem| trouble::of_refusal(crate::front_desk::Refusal::Link(problem), lang);
    let grant = checked.map_err(refused)?;
    let key = Arc::clone(&grant.meeting);
    let turn = Turn::of(&grant);
    let meeting = door.desk.settings(&key).name;
    let guest = Guest::new(&key, &grant.link, visitor.source);
    let request = Entering {
        grant,
        pin,
        name,
        lang,
        source: SocketAddr::new(visitor.source, 0),
        local: door.local,
        // In clear only this machine and our proxies are answered.
        secure: true,
        user_agent: visitor.user_agent.clone(),
        test,
        door: adapter::Door::Page,
    };
    let entered = door.entrance.enter(request).await;
    let entered = entered.map_err(|refusal| trouble::of_refusal(refusal, lang))?;
    let session = Session::new(Arc::clone(door), key, meeting, lang, guest, entered, turn);
    session.ok_or_else(|| trouble::of_cause(causeway_base::EndCause::Internal, lang))
}
