//! A backend that knows two meetings and one token of each scope, and notes what it was asked.

use super::super::backend::{Actor, Answer, Backend, FaultyPictures, Gauges, Grant};
use super::super::event_log::EventLog;
use super::super::fault::Fault;
use super::super::resource::*;
use std::net::IpAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The scopes that have a token; the token is the scope's own text.
pub(super) const TOKENS: [&str; 5] = ["admin", "operator", "read", "meeting:own", "meeting:other"];

pub(super) const CODE: &str = "first-start";

#[derive(Debug)]
pub(super) struct Fake {
    pub(super) log: EventLog,
    /// What was changed, in order.
    pub(super) changes: Mutex<Vec<String>>,
    pub(super) lookups: AtomicUsize,
    pub(super) store_down: AtomicBool,
    pub(super) revoked: AtomicBool,
}

impl Fake {
    pub(super) fn new() -> Self {
        Self {
            log: EventLog::new(1),
            changes: Mutex::new(Vec::new()),
            lookups: AtomicUsize::new(0),
            store_down: AtomicBool::new(false),
            revoked: AtomicBool::new(false),
        }
    }

    pub(super) fn changes(&self) -> Vec<String> {
        self.changes.lock().expect("not poisoned").clone()
    }

    fn changed<T: Send + 'static>(&self, by: &Actor, what: &str, answer: T) -> Answer<'_, T> {
        let note = format!("{}: {what}", by.grant.scope);
        self.changes.lock().expect("not poisoned").push(note);
        done(answer)
    }
}

fn done<'a, T: Send + 'a>(answer: T) -> Answer<'a, T> {
    Box::pin(async move { Ok(answer) })
}

fn refused<'a, T: Send + 'a>(fault: Fault) -> Answer<'a, T> {
    Box::pin(async move { Err(fault.into()) })
}

fn id<T: std::str::FromStr>(text: &str) -> T
where
    T::Err: std::fmt::Debug,
{
    text.parse().expect("an identifier")
}

fn time() -> Time {
    Time(jiff::Timestamp::UNIX_EPOCH)
}

fn issued() -> IssuedToken {
    IssuedToken { id: id("t-new"), scope: Scope::Admin, token: Secret::new("cw_new".to_owned()) }
}

pub(super) fn meeting(name: &str) -> Meeting {
    Meeting {
        id: id(name),
        name: Name::new("周会"),
        alias: "1001".to_owned(),
        state: MeetingState::Running,
        starts_at: None,
        ends_at: None,
        created_at: Some(time()),
        lobby: Lobby::On,
        wait_for_host: false,
        mute_on_entry: false,
        guests_call_me: false,
        layout: None,
        max_participants: 10,
        early_entry_min: 15,
        addresses: MeetingAddresses::default(),
        live: None,
        secrets: Some(MeetingSecrets {
            host_pin: Some(Secret::new("987654321".to_owned())),
            guest_pin: None,
            link: None,
            host_link: None,
            guide: None,
            tel: Some(Secret::new("tel:+861012345678,,1001%23,,987654321%23".to_owned())),
        }),
    }
}

fn link() -> Link {
    Link {
        id: id("link-1"),
        role: Role::Guest,
        name: None,
        not_before: None,
        expires_at: None,
        uses: Some(1),
        used: 0,
        created_at: time(),
        revoked_at: None,
        url: Some(Secret::new("https://meet.example.com/j/own#token".to_owned())),
    }
}

fn explanation() -> Explanation {
    Explanation { plan: serde_json::json!({}), text: None }
}

fn call() -> Call {
    Call {
        id: id("call-1"),
        direction: CallDirection::In,
        protocol: "sip".to_owned(),
        calling: None,
        called: None,
        meeting: None,
        trunk: None,
        started_at: time(),
        answered_at: None,
        ended_at: None,
        ending: None,
        codec: None,
        encrypted: false,
        feedback: None,
        stats: None,
        profile: None,
        explanation: Some(explanation()),
    }
}

impl Backend for Fake {
    fn authenticate<'a>(&'a self, token: &'a Secret) -> Answer<'a, Option<Grant>> {
        self.lookups.fetch_add(1, Ordering::Relaxed);
        if self.store_down.load(Ordering::Relaxed) {
            return refused(Fault::StoreUnavailable);
        }
        let known = TOKENS.contains(&token.reveal()) && !self.revoked.load(Ordering::Relaxed);
        let grant =
            |scope: &str| Grant { token: id("t-1"), scope: scope.parse().expect("a scope") };
        done(known.then(|| grant(token.reveal())))
    }
    fn exchange_code<'a>(&'a self, code: &'a Secret, _: IpAddr) -> Answer<'a, Option<IssuedToken>> {
        done((code.reveal() == CODE).then(issued))
    }
    fn create_token<'a>(&'a self, by: &'a Actor, _: TokenDraft) -> Answer<'a, IssuedToken> {
        self.changed(by, "create token", issued())
    }
    fn tokens(&self, _: Window) -> Answer<'_, Page<Token>> {
        done(Page::whole(Vec::new()))
    }
    fn revoke_token<'a>(&'a self, by: &'a Actor, token: &'a TokenId) -> Answer<'a, ()> {
        self.revoked.store(true, Ordering::Relaxed);
        self.changed(by, &format!("revoke {token}"), ())
    }
    fn create_meeting<'a>(&'a self, by: &'a Actor, draft: MeetingDraft) -> Answer<'a, Meeting> {
        let meeting = Meeting { name: draft.name.clone(), ..meeting("own") };
        self.changed(by, &format!("create meeting {:?}", draft.name.as_str()), meeting)
    }
    fn meetings(&self, _: Option<MeetingState>, window: Window) -> Answer<'_, Page<Meeting>> {
        match window.cursor.as_ref().map(Cursor::as_str) {
            None => done(Page { items: vec![meeting("own")], next: Some(id("second")) }),
            Some("second") => done(Page::whole(vec![meeting("other")])),
            Some(_) => refused(Fault::BadQuery),
        }
    }
    fn meeting<'a>(&'a self, meeting_id: &'a MeetingId) -> Answer<'a, Meeting> {
        match meeting_id.as_str() {
            known @ ("own" | "other") => done(meeting(known)),
            "panic" => panic!("a handler falls over"),
            _ => refused(Fault::NotFound),
        }
    }
    fn change_meeting<'a>(
        &'a self,
        by: &'a Actor,
        meeting_id: &'a MeetingId,
        _: MeetingChange,
    ) -> Answer<'a, Meeting> {
        self.changed(by, &format!("change {meeting_id}"), meeting(meeting_id.as_str()))
    }
    fn end_meeting<'a>(&'a self, by: &'a Actor, meeting_id: &'a MeetingId) -> Answer<'a, ()> {
        self.changed(by, &format!("end {meeting_id}"), ())
    }
    fn participants<'a>(&'a self, _: &'a MeetingId) -> Answer<'a, Vec<Participant>> {
        done(Vec::new())
    }
    fn pictures<'a>(&'a self, _: &'a MeetingId) -> Answer<'a, Pictures> {
        let layout = Layout { name: LayoutName::Speaker, places: Vec::new() };
        done(Pictures { layout, spotlight: None, strain: Strain::None })
    }
    fn picture<'a>(
        &'a self,
        by: &'a Actor,
        meeting_id: &'a MeetingId,
        who: ParticipantId,
    ) -> Answer<'a, Vec<u8>> {
        self.changed(by, &format!("{meeting_id} look as {who:?}"), b"PNG".to_vec())
    }
    fn order<'a>(
        &'a self,
        by: &'a Actor,
        meeting_id: &'a MeetingId,
        order: Order,
    ) -> Answer<'a, ()> {
        self.changed(by, &format!("{meeting_id} {order:?}"), ())
    }
    fn call_out<'a>(
        &'a self,
        by: &'a Actor,
        _: &'a MeetingId,
        _: CallOut,
    ) -> Answer<'a, CallStarted> {
        self.changed(by, "call out", CallStarted { leg: "leg-2".to_owned() })
    }
    fn issue_room_address<'a>(
        &'a self,
        by: &'a Actor,
        _: &'a MeetingId,
        _: RoomAddressDraft,
    ) -> Answer<'a, RoomAddress> {
        let number = "123456789012".to_owned();
        let expires_at = Time(jiff::Timestamp::UNIX_EPOCH);
        let issued = RoomAddress { sip: None, h323: None, number, expires_at };
        self.changed(by, "room address", issued)
    }
    fn invite<'a>(
        &'a self,
        _: &'a MeetingId,
        format: InviteFormat,
        language: Language,
        reader: Reader,
    ) -> Answer<'a, Invitation> {
        let secrets = match reader {
            Reader::Host => " 4711 host",
            Reader::Guest => " 4711",
            Reader::Stranger => "",
        };
        let media_type = format.media_type().to_owned();
        done(Invitation { text: format!("{format:?} {language:?}{secrets}"), media_type })
    }
    fn links<'a>(&'a self, _: &'a MeetingId, _: Window) -> Answer<'a, Page<Link>> {
        done(Page::whole(vec![link()]))
    }
    fn create_link<'a>(
        &'a self,
        by: &'a Actor,
        meeting_id: &'a MeetingId,
        _: LinkDraft,
    ) -> Answer<'a, Link> {
        self.changed(by, &format!("link into {meeting_id}"), link())
    }
    fn revoke_link<'a>(
        &'a self,
        by: &'a Actor,
        meeting_id: &'a MeetingId,
        link: &'a LinkId,
    ) -> Answer<'a, ()> {
        self.changed(by, &format!("revoke {link} of {meeting_id}"), ())
    }
    fn revoke_all_links<'a>(&'a self, by: &'a Actor, meeting_id: &'a MeetingId) -> Answer<'a, ()> {
        self.changed(by, &format!("revoke all of {meeting_id}"), ())
    }
    fn calls(&self, _: CallQuery, _: Window, _: Language) -> Answer<'_, Page<Call>> {
        done(Page::whole(vec![call()]))
    }
    fn call<'a>(&'a self, _: &'a CallId, _: Language) -> Answer<'a, Call> {
        done(call())
    }
    fn registrations(&self, _: Window) -> Answer<'_, Page<Registration>> {
        done(Page::whole(Vec::new()))
    }
    fn trunks(&self) -> Answer<'_, Vec<Trunk>> {
        done(Vec::new())
    }
    fn read_invitation(&self, _: PastedInvitation, _: Language) -> Answer<'_, ReadInvitations> {
        done(ReadInvitations { invitations: Vec::new() })
    }
    fn explain(&self, _: Question, _: Language) -> Answer<'_, Explanation> {
        done(explanation())
    }
    fn test_calls(&self, _: Window) -> Answer<'_, Page<TestCall>> {
        done(Page::whole(Vec::new()))
    }
    fn audit(&self, _: Window) -> Answer<'_, Page<AuditEntry>> {
        done(Page::whole(Vec::new()))
    }
    fn verify_audit(&self) -> Answer<'_, AuditVerdict> {
        done(AuditVerdict { intact: true, checked: Some(0), fault: None })
    }
    fn readiness(&self) -> Answer<'_, Readiness> {
        let down = self.store_down.load(Ordering::Relaxed);
        let complaint = Complaint { what: "store".to_owned(), detail: "no answer".to_owned() };
        let reasons = if down { vec![complaint] } else { Vec::new() };
        done(Readiness { ready: !down, reasons, warnings: Vec::new() })
    }
    fn gauges(&self) -> Answer<'_, Gauges> {
        let pictures =
            causeway_engine::VideoCounts { decoded: 90, decoder_restarts: 1, ..Default::default() };
        let trunks = vec![("carrier".to_owned(), true)];
        let faulty_pictures = FaultyPictures { black: 2, dark: 0, frozen: 1 };
        done(Gauges {
            calls: 3,
            trunks,
            pictures: Some(pictures),
            faulty_pictures,
            forwarded_screens: 4,
            ..Gauges::default()
        })
    }
    fn events(&self) -> &EventLog {
        &self.log
    }
}
