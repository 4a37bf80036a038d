//! Making, changing and ending meetings: in the store first, then in the table.

use super::table::GONE_KEPT;
use super::{FieldError, Meeting, Meetings, NewMeeting, Phase, Pin, fold, is_code};
use crate::store::{Store, StoreError, random};
use jiff::Timestamp;
use std::fmt;
use std::sync::Arc;

/// Why a meeting was not made, changed or ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeetingError {
    /// The request is wrong in these fields.
    Invalid(Vec<FieldError>),
    /// No meeting has this key.
    NotFound,
    /// It has ended already.
    Over,
    /// The store did not take it; nothing was changed.
    Store(StoreError),
}

impl fmt::Display for MeetingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MeetingError::Invalid(fields) => {
                let codes: Vec<_> = fields.iter().map(|field| field.code()).collect();
                write!(f, "invalid: {}", codes.join(", "))
            }
            MeetingError::NotFound => f.write_str("no such meeting"),
            MeetingError::Over => f.write_str("the meeting has ended"),
            MeetingError::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for MeetingError {}

impl From<StoreError> for MeetingError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => MeetingError::NotFound,
            error => MeetingError::Store(error),
        }
    }
}

impl Meetings {
    /// Makes a meeting.
    ///
    /// # Errors
    /// When a field is wrong or a name is taken, and when the store does not take it.
    pub async fn create(
        &self,
        new: &NewMeeting,
        now: Timestamp,
    ) -> Result<Arc<Meeting>, MeetingError> {
        let store = self.store()?;
        let _turn = self.turn().await;
        self.validate(new, None)?;
        for _ in 0..CODE_TRIES {
            let code = match &new.code {
                Some(code) => code.clone(),
                None => self.free_code(new)?,
            };
            let meeting = build(new, random::id()?, random::id()?, code, now);
            match store.insert_meeting(&meeting).await {
                // Another node has the code that was drawn here.
                Err(StoreError::Conflict) if new.code.is_none() && new.aliases.is_empty() => {}
                Err(StoreError::Conflict) => {
                    return Err(MeetingError::Invalid(vec![FieldError::AliasTaken]));
                }
                Err(error) => return Err(error.into()),
                Ok(()) => return Ok(self.take(Arc::new(meeting))),
            }
        }
        Err(StoreError::Conflict.into())
    }

    /// Changes a meeting that has not ended. Its key, its link and, where none is given, its code
    /// stay.
    ///
    /// # Errors
    /// As [`Meetings::create`].
    pub async fn update(
        &self,
        key: &str,
        new: &NewMeeting,
        now: Timestamp,
    ) -> Result<Arc<Meeting>, MeetingError> {
        let store = self.store()?;
        let _turn = self.turn().await;
        let before = self.get(key).ok_or(MeetingError::NotFound)?;
        if before.phase(now) == Phase::Over {
            return Err(MeetingError::Over);
        }
        let code = new.code.clone().unwrap_or_else(|| before.code.clone());
        // The code that stays counts too: a short one keeps needing a PIN.
        let new = NewMeeting { code: Some(code.clone()), ..new.clone() };
        self.validate(&new, Some(key))?;
        let link = before.link_secret.as_str().into();
        let sequence = before.sequence.saturating_add(1);
        let meeting = build(&new, before.id.clone(), link, code, before.created);
        let meeting = Meeting { sequence, ..meeting };
        match store.replace_meeting(&meeting).await {
            Err(StoreError::Conflict) => Err(MeetingError::Invalid(vec![FieldError::AliasTaken])),
            Err(error) => Err(error.into()),
            Ok(()) => {
                let meeting = self.take(Arc::new(meeting));
                self.release_names(&before, &meeting);
                Ok(meeting)
            }
        }
    }

    /// Replaces what the links of a meeting are signed with: all of them are worthless, and its
    /// invitations hold new ones.
    ///
    /// # Errors
    /// As [`Meetings::end`]; nothing was changed where the store does not take it.
    pub(crate) async fn renew_link(
        &self,
        key: &str,
        now: Timestamp,
    ) -> Result<Arc<Meeting>, MeetingError> {
        let store = self.store()?;
        let _turn = self.turn().await;
        let before = self.get(key).ok_or(MeetingError::NotFound)?;
        if before.phase(now) == Phase::Over {
            return Err(MeetingError::Over);
        }
        let renewed = Meeting {
            link_secret: random::id()?.to_string(),
            sequence: before.sequence.saturating_add(1),
            ..Meeting::clone(&before)
        };
        store.replace_meeting(&renewed).await?;
        Ok(self.take(Arc::new(renewed)))
    }

    /// Ends a meeting: its link, its aliases and its code die together, at once and whatever the
    /// store does; one that is away learns it when it is back. Whoever is in its conference stays
    /// until that ends too.
    ///
    /// # Errors
    /// When there is none, or it has ended.
    pub async fn end(&self, key: &str, now: Timestamp) -> Result<Arc<Meeting>, MeetingError> {
        let store = self.store()?;
        let _turn = self.turn().await;
        let ended = self.close(key, now)?;
        keep_end(store, key, now).await;
        Ok(ended)
    }

    /// Ends a meeting for everybody who asks from now on; [`Self::keep_closed`] has to follow.
    ///
    /// # Errors
    /// When there is none, or it has ended.
    pub(crate) fn close(&self, key: &str, now: Timestamp) -> Result<Arc<Meeting>, MeetingError> {
        let before = self.get(key).ok_or(MeetingError::NotFound)?;
        if before.ended.is_some() {
            return Err(MeetingError::Over);
        }
        let ended = Meeting {
            ended: Some(now),
            link_secret: String::new(),
            sequence: before.sequence.saturating_add(1),
            ..Meeting::clone(&before)
        };
        Ok(self.take(Arc::new(ended)))
    }

    /// Has the store learn of a meeting that was closed.
    ///
    /// # Errors
    /// When there is no store.
    pub(crate) async fn keep_closed(&self, key: &str, now: Timestamp) -> Result<(), MeetingError> {
        let store = self.store()?;
        let _turn = self.turn().await;
        // A change that was under way may have opened it again; mostly it is closed still.
        let _ = self.close(key, now);
        keep_end(store, key, now).await;
        Ok(())
    }

    /// Ends meetings whose time has passed, and forgets what need not be remembered any more.
    /// Gives the keys of those that ended.
    ///
    /// # Errors
    /// When there is no store.
    pub async fn sweep(&self, now: Timestamp) -> Result<Vec<Arc<str>>, MeetingError> {
        let over =
            |meeting: &Arc<Meeting>| meeting.ended.is_none() && meeting.phase(now) == Phase::Over;
        let keys: Vec<_> =
            self.list().into_iter().filter(over).map(|meeting| meeting.id.clone()).collect();
        for key in &keys {
            match self.end(key, now).await {
                // Somebody else ended it meanwhile.
                Ok(_) | Err(MeetingError::Over | MeetingError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        self.forget(|ended| now.duration_since(ended) > GONE_KEPT);
        Ok(keys)
    }

    fn is_free(&self, name: &str, key: Option<&str>) -> bool {
        let owner = self.owner(name);
        !self.is_reserved(name)
            && owner.is_none_or(|owner| owner.gone.is_some() || key == Some(&*owner.key))
    }

    fn validate(&self, new: &NewMeeting, key: Option<&str>) -> Result<(), MeetingError> {
        let mut found = new.problems();
        if new.aliases.iter().any(|alias| !self.is_free(alias, key)) {
            found.push(FieldError::AliasTaken);
        }
        if new.code.as_ref().is_some_and(|code| !self.is_free(code, key)) {
            found.push(FieldError::CodeTaken);
        }
        if found.is_empty() { Ok(()) } else { Err(MeetingError::Invalid(found)) }
    }

    /// A code that nobody here has, nor had so lately that its callers may still dial it.
    fn free_code(&self, new: &NewMeeting) -> Result<String, MeetingError> {
        for _ in 0..CODE_TRIES {
            let code = random::code()?;
            let wanted = new.aliases.iter().any(|alias| fold(alias) == code);
            let taken = self.is_reserved(&code) || self.owner(&code).is_some();
            if !wanted && !taken && is_code(&code) {
                return Ok(code);
            }
        }
        Err(StoreError::Conflict.into())
    }
}

async fn keep_end(store: &Store, key: &str, now: Timestamp) {
    let told = match store.health().ok {
        true => store.end_meeting(key, now).await,
        // Each of many would wait for it.
        false => Err(StoreError::Unavailable),
    };
    if !matches!(told, Ok(()) | Err(StoreError::NotFound)) {
        store.end_meeting_later(key, now);
    }
}

/// How often a code is drawn: with a million meetings one draw in a thousand is taken.
const CODE_TRIES: usize = 8;

fn build(
    new: &NewMeeting,
    id: Arc<str>,
    link: Arc<str>,
    code: String,
    created: Timestamp,
) -> Meeting {
    let pin = |text: &Option<String>| text.as_deref().and_then(Pin::parse);
    Meeting {
        id,
        name: new.name.trim().to_owned(),
        kind: new.kind,
        aliases: new.aliases.iter().map(|alias| fold(alias)).collect(),
        code,
        host_pin: pin(&new.host_pin),
        guest_pin: pin(&new.guest_pin),
        link_secret: link.to_string(),
        lobby: new.lobby,
        wait_for_host: new.wait_for_host,
        mute_on_entry: new.mute_on_entry,
        guests_call_me: new.guests_call_me,
        locked_at_start: new.locked_at_start,
        layout: new.layout,
        max_participants: new.max_participants,
        lang: new.lang,
        early_entry_min: new.early_entry_min,
        created,
        ended: None,
        sequence: 0,
    }
}
