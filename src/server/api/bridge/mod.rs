//! The API's backend over a running bridge.
//!
//! * `meetings`: what is scheduled. * `running`: what runs, and orders to it.
//! * `links`: what lets browsers in.
//! * `records`: calls, test calls, the audit log. * `lines`: devices, trunks, explanations.
//! * `news`: from the bridge's news to the API's events. * `state`: health and figures.

mod lines;
mod links;
mod meetings;
mod news;
mod records;
mod running;
mod state;

use super::backend::{Actor, Answer, Backend, Gauges, Grant};
use super::event_log::EventLog;
use super::fault::{Fault, Problem};
use super::resource::*;
use crate::bridge::Bridge;
use crate::front_desk::FrontDesk;
use crate::invite::Cards;
use crate::link::Links;
use crate::live::Live;
use crate::look::Looks;
use crate::meeting::Meetings;
use crate::store::{self, NewAudit, Store, StoreError, Tokens};
use causeway_adapter::h323::ras::RasHandle;
use causeway_adapter::sip::SipHandle;
use causeway_engine::TickMetrics;
use jiff::Timestamp;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What the API reaches of a running bridge.
pub struct BridgeBackend {
    live: Live,
    meetings: Arc<Meetings>,
    cards: Arc<Cards>,
    links: Arc<Links>,
    store: Store,
    tokens: Tokens,
    sip: SipHandle,
    ras: Option<RasHandle>,
    desk: Arc<FrontDesk>,
    local: IpAddr,
    ticks: Vec<Arc<TickMetrics>>,
    realtime: bool,
    draining: AtomicBool,
    events: Arc<EventLog>,
    looks: Arc<Looks>,
}

impl fmt::Debug for BridgeBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BridgeBackend").finish_non_exhaustive()
    }
}

impl BridgeBackend {
    /// Of a running bridge, with its cards. News become events from now on.
    pub fn new(bridge: &Bridge, tokens: Tokens, cards: Arc<Cards>) -> Self {
        let run = u32::try_from(Timestamp::now().as_second() & i64::from(u32::MAX)).unwrap_or(0);
        let events = Arc::new(EventLog::new(run));
        news::follow(bridge, Arc::clone(&events));
        Self {
            live: bridge.live().clone(),
            meetings: Arc::clone(bridge.meetings()),
            cards,
            links: Arc::clone(bridge.links()),
            store: bridge.store().clone(),
            tokens,
            sip: bridge.sip().clone(),
            ras: bridge.ras().cloned(),
            desk: Arc::clone(bridge.desk()),
            local: bridge.local(),
            ticks: bridge.ticks().to_vec(),
            realtime: bridge.realtime(),
            draining: AtomicBool::new(false),
            events,
            looks: Arc::clone(bridge.looks()),
        }
    }

    /// No new calls are taken from now on: `/readyz` says so.
    pub fn drains(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    fn audited<T>(&self, by: &Actor, action: &str, object: &str, done: &Result<T, Problem>) {
        self.store.audit(audit(by, action, object, done), Timestamp::now());
    }
}

fn audit<T>(by: &Actor, action: &str, object: &str, done: &Result<T, Problem>) -> NewAudit {
    let result = done.as_ref().map_or_else(|problem| problem.fault.code(), |_| "ok");
    let entry = NewAudit::new(by.grant.token.as_str(), action, object, result);
    entry.with("source", &by.source.to_string())
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Problem::from(match error {
            StoreError::Unavailable | StoreError::Full => Fault::StoreUnavailable,
            StoreError::Conflict => Fault::Conflict,
            StoreError::NotFound => Fault::NotFound,
            StoreError::Corrupt => Fault::Internal,
            StoreError::Rejected => Fault::BadValue,
        })
    }
}

/// One page of a list in memory, in the order of its entries' places. A place is a text that may be
/// a cursor; a page goes on behind one whether its entry is still there or not.
fn page<T>(mut all: Vec<T>, window: &Window, place: impl Fn(&T) -> String) -> Page<T> {
    all.sort_by_cached_key(&place);
    let seen = window.cursor.as_ref().map_or("", Cursor::as_str);
    let begin = all.partition_point(|entry| place(entry).as_str() <= seen);
    let mut items = all.split_off(begin);
    let more = items.len() > usize::from(window.limit);
    items.truncate(usize::from(window.limit));
    let last = items.last().filter(|_| more).map(place);
    Page { next: last.and_then(|place| place.parse().ok()), items }
}

fn scope_of(scope: &Scope) -> store::Scope {
    match scope {
        Scope::Admin => store::Scope::Admin,
        Scope::Operator => store::Scope::Operator,
        Scope::Read => store::Scope::Read,
        Scope::Meeting(id) => store::Scope::Meeting(id.as_str().into()),
    }
}

fn scope_shown(scope: &store::Scope) -> Result<Scope, Problem> {
    scope.to_string().parse().map_err(|_| Fault::Internal.into())
}

fn id_shown<T: std::str::FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Fault::Internal.into())
}

fn issued(token: &str, access: &store::Access) -> Result<IssuedToken, Problem> {
    Ok(IssuedToken {
        id: id_shown(&access.id)?,
        scope: scope_shown(&access.scope)?,
        token: Secret::new(token.to_owned()),
    })
}

/// The name of the token that the code of the first start gives.
const FIRST: &str = "first";

impl Backend for BridgeBackend {
    fn authenticate<'a>(&'a self, token: &'a Secret) -> Answer<'a, Option<Grant>> {
        Box::pin(async move {
            let Some(access) = self.tokens.verify(token.reveal(), Timestamp::now()) else {
                return Ok(None);
            };
            let (token, scope) = (id_shown(&access.id)?, scope_shown(&access.scope)?);
            Ok(Some(Grant { token, scope }))
        })
    }

    fn exchange_code<'a>(
        &'a self,
        code: &'a Secret,
        source: IpAddr,
    ) -> Answer<'a, Option<IssuedToken>> {
        Box::pin(async move {
            let now = Timestamp::now();
            let redeemed = self.tokens.redeem(code.reveal(), FIRST, now).await;
            let result = redeemed.as_ref().map_or_else(|error| error.code(), |_| "ok");
            let entry = NewAudit::new("caller", "session.open", "", result);
            self.store.audit(entry.with("source", &source.to_string()), now);
            match redeemed {
                Ok((token, access)) => issued(&token, &access).map(Some),
                Err(StoreError::NotFound) => Ok(None),
                Err(error) => Err(error.into()),
            }
        })
    }

    fn create_token<'a>(&'a self, by: &'a Actor, draft: TokenDraft) -> Answer<'a, IssuedToken> {
        Box::pin(async move {
            let expires = draft.expires_at.map(|time| time.0);
            let scope = scope_of(&draft.scope);
            let now = Timestamp::now();
            let made = self.tokens.create(draft.name.as_str(), scope, expires, now).await;
            let made = made.map_err(Problem::from);
            let made = made.and_then(|(token, access)| issued(&token, &access));
            let object = made.as_ref().map_or("", |made| made.id.as_str());
            self.audited(by, "token.create", object, &made);
            made
        })
    }

    fn tokens(&self, window: Window) -> Answer<'_, Page<Token>> {
        Box::pin(async move {
            let shown = |access: &Arc<store::Access>| {
                Ok(Token {
                    id: id_shown(&access.id)?,
                    name: Name::new(&access.name),
                    scope: scope_shown(&access.scope)?,
                    created_at: Time(access.created),
                    expires_at: access.expires.map(Time),
                })
            };
            let all: Result<Vec<_>, Problem> = self.tokens.list().iter().map(shown).collect();
            let place =
                |token: &Token| format!("{:020}-{}", token.created_at.0.as_microsecond(), token.id);
            Ok(page(all?, &window, place))
        })
    }

    fn revoke_token<'a>(&'a self, by: &'a Actor, token: &'a TokenId) -> Answer<'a, ()> {
        Box::pin(async move {
            let done = self.tokens.revoke(token.as_str()).await.map_err(Problem::from);
            self.audited(by, "token.revoke", token.as_str(), &done);
            done
        })
    }

    fn create_meeting<'a>(&'a self, by: &'a Actor, draft: MeetingDraft) -> Answer<'a, Meeting> {
        Box::pin(self.make_meeting(by, draft))
    }

    fn meetings(&self, state: Option<MeetingState>, window: Window) -> Answer<'_, Page<Meeting>> {
        Box::pin(async move { self.list_meetings(state, &window).await })
    }

    fn meeting<'a>(&'a self, id: &'a MeetingId) -> Answer<'a, Meeting> {
        Box::pin(self.show_meeting(id))
    }

    fn change_meeting<'a>(
        &'a self,
        by: &'a Actor,
        id: &'a MeetingId,
        change: MeetingChange,
    ) -> Answer<'a, Meeting> {
        Box::pin(self.alter_meeting(by, id, change))
    }

    fn end_meeting<'a>(&'a self, by: &'a Actor, id: &'a MeetingId) -> Answer<'a, ()> {
        Box::pin(self.finish_meeting(by, id))
    }

    fn participants<'a>(&'a self, id: &'a MeetingId) -> Answer<'a, Vec<Participant>> {
        Box::pin(self.roster(id))
    }

    fn pictures<'a>(&'a self, id: &'a MeetingId) -> Answer<'a, Pictures> {
        Box::pin(self.composed(id))
    }

    fn picture<'a>(
        &'a self,
        by: &'a Actor,
        id: &'a MeetingId,
        who: ParticipantId,
    ) -> Answer<'a, Vec<u8>> {
        Box::pin(self.look(by, id, who))
    }

    fn order<'a>(&'a self, by: &'a Actor, id: &'a MeetingId, order: Order) -> Answer<'a, ()> {
        Box::pin(self.carry_out(by, id, order))
    }

    fn call_out<'a>(
        &'a self,
        by: &'a Actor,
        id: &'a MeetingId,
        call: CallOut,
    ) -> Answer<'a, CallStarted> {
        Box::pin(self.begin_call(by, id, call))
    }

    fn issue_room_address<'a>(
        &'a self,
        by: &'a Actor,
        id: &'a MeetingId,
        draft: RoomAddressDraft,
    ) -> Answer<'a, RoomAddress> {
        Box::pin(async move { self.room_address(by, id, &draft) })
    }

    fn invite<'a>(
        &'a self,
        id: &'a MeetingId,
        format: InviteFormat,
        language: Language,
        reader: Reader,
    ) -> Answer<'a, Invitation> {
        Box::pin(async move { self.invitation(id, format, language.into(), reader) })
    }

    fn links<'a>(&'a self, id: &'a MeetingId, window: Window) -> Answer<'a, Page<Link>> {
        Box::pin(async move { self.list_links(id, &window).await })
    }

    fn create_link<'a>(
        &'a self,
        by: &'a Actor,
        id: &'a MeetingId,
        draft: LinkDraft,
    ) -> Answer<'a, Link> {
        Box::pin(self.make_link(by, id, draft))
    }

    fn revoke_link<'a>(
        &'a self,
        by: &'a Actor,
        id: &'a MeetingId,
        link: &'a LinkId,
    ) -> Answer<'a, ()> {
        Box::pin(self.end_link(by, id, link))
    }

    fn revoke_all_links<'a>(&'a self, by: &'a Actor, id: &'a MeetingId) -> Answer<'a, ()> {
        Box::pin(self.end_all_links(by, id))
    }

    fn calls(
        &self,
        query: CallQuery,
        window: Window,
        language: Language,
    ) -> Answer<'_, Page<Call>> {
        Box::pin(self.list_calls(query, window, language))
    }

    fn call<'a>(&'a self, id: &'a CallId, language: Language) -> Answer<'a, Call> {
        Box::pin(self.show_call(id, language))
    }

    fn registrations(&self, window: Window) -> Answer<'_, Page<Registration>> {
        Box::pin(async move { Ok(self.list_registrations(&window)) })
    }

    fn trunks(&self) -> Answer<'_, Vec<Trunk>> {
        Box::pin(async move { Ok(self.list_trunks()) })
    }

    fn read_invitation(
        &self,
        pasted: PastedInvitation,
        language: Language,
    ) -> Answer<'_, ReadInvitations> {
        Box::pin(async move { Ok(self.invitations_of(&pasted, language.into())) })
    }

    fn explain(&self, question: Question, language: Language) -> Answer<'_, Explanation> {
        Box::pin(async move { self.explained(&question, language.into()) })
    }

    fn test_calls(&self, window: Window) -> Answer<'_, Page<TestCall>> {
        Box::pin(self.list_test_calls(window))
    }

    fn audit(&self, window: Window) -> Answer<'_, Page<AuditEntry>> {
        Box::pin(self.list_audit(window))
    }

    fn verify_audit(&self) -> Answer<'_, AuditVerdict> {
        Box::pin(self.check_audit())
    }

    fn readiness(&self) -> Answer<'_, Readiness> {
        Box::pin(async move { Ok(self.ready()) })
    }

    fn gauges(&self) -> Answer<'_, Gauges> {
        Box::pin(async move { Ok(self.figures().await) })
    }

    fn events(&self) -> &EventLog {
        &self.events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_goes_on_behind_an_entry_that_has_left_the_list() {
        let all = || (10..20).map(|number| number.to_string()).collect::<Vec<_>>();
        let window = |cursor: Option<Cursor>| Window { limit: 4, cursor };
        let first = page(all(), &window(None), Clone::clone);
        assert_eq!(first.items, ["10", "11", "12", "13"]);
        let without = all().into_iter().filter(|entry| entry != "13").rev().collect();
        let second = page(without, &window(first.next), Clone::clone);
        assert_eq!(second.items, ["14", "15", "16", "17"]);
        let last = page(all(), &window(second.next), Clone::clone);
        assert_eq!((last.items, last.next), (vec!["18".to_owned(), "19".to_owned()], None));
    }
}
