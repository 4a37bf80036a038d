//! All links: whether one is good, its uses, making and revoking.

use super::LinkProblem;
use super::token::{Claims, Key, Kind, Unproved};
use crate::meeting::{MeetingError, Meetings, Phase};
use crate::store::{Store, StoreError, random};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use causeway_conference::{DisplayName, Role};
use dashmap::{DashMap, DashSet};
use jiff::Timestamp;
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The most links of one meeting that are good: one for each of its guests.
pub const MAX_LINKS: u64 = 2_000;

/// The most links of one meeting that are remembered, with those that are worth nothing any more: no
/// way to fill the store. Revoking all at once forgets them.
pub const MAX_KEPT: u64 = 10_000;

/// What a link gives to who joins by it. `Debug` does not show the name.
#[derive(Clone, PartialEq, Eq)]
pub struct Grant {
    /// The key of the meeting.
    pub meeting: Arc<str>,
    /// The role.
    pub role: Role,
    /// The name under which one joins, where the link says it.
    pub name: Option<DisplayName>,
    /// Which link: for limits of attempts, and for the log. Not the link itself.
    pub link: Arc<str>,
    /// How often somebody may join by it.
    pub uses: Option<u16>,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant")
            .field("meeting", &self.meeting)
            .field("role", &self.role)
            .field("link", &self.link)
            .finish_non_exhaustive()
    }
}

/// A link that somebody wants. `Debug` does not show the name.
#[derive(Clone)]
pub struct NewLink {
    /// The role of who joins by it.
    pub role: Role,
    /// The name under which one joins.
    pub name: Option<DisplayName>,
    /// It is worth nothing before.
    pub not_before: Option<Timestamp>,
    /// It is worth nothing from then on.
    pub expires: Option<Timestamp>,
    /// How often somebody may join by it.
    pub uses: Option<u16>,
}

impl fmt::Debug for NewLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewLink").field("role", &self.role).finish_non_exhaustive()
    }
}

/// A link that was made. `Debug` does not show the name.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// Which: names it in lists and in the audit log.
    pub id: Arc<str>,
    /// The key of its meeting.
    pub meeting: Arc<str>,
    /// The role of who joins by it.
    pub role: Role,
    /// The name under which one joins.
    pub name: Option<DisplayName>,
    /// It is worth nothing before.
    pub not_before: Option<Timestamp>,
    /// It is worth nothing from then on.
    pub expires: Option<Timestamp>,
    /// How often somebody may join by it.
    pub uses: Option<u16>,
    /// How often somebody joined.
    pub used: u64,
    /// When it was made.
    pub created: Timestamp,
    /// When it was revoked.
    pub revoked: Option<Timestamp>,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link")
            .field("id", &self.id)
            .field("meeting", &self.meeting)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// Why a link was not made or not revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkError {
    /// There is no such meeting, or no such link.
    NotFound,
    /// The meeting has ended.
    Over,
    /// This field of the request is wrong.
    Invalid(&'static str),
    /// The meeting has [`MAX_LINKS`], or [`MAX_KEPT`].
    TooMany,
    /// The store did not take it.
    Store(StoreError),
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::NotFound => f.write_str("no such meeting or link"),
            LinkError::Over => f.write_str("the meeting has ended"),
            LinkError::Invalid(field) => write!(f, "invalid: {field}"),
            LinkError::TooMany => write!(f, "as many links of one meeting as there may be"),
            LinkError::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LinkError {}

impl From<StoreError> for LinkError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => LinkError::NotFound,
            error => LinkError::Store(error),
        }
    }
}

impl From<MeetingError> for LinkError {
    fn from(error: MeetingError) -> Self {
        match error {
            MeetingError::Store(error) => error.into(),
            MeetingError::Over => LinkError::Over,
            MeetingError::NotFound | MeetingError::Invalid(_) => LinkError::NotFound,
        }
    }
}

/// What the links of a meeting depend on.
enum Meeting {
    /// Its secret is part of their key, and goes when it ends.
    Stored(Arc<crate::meeting::Meeting>),
    /// A conference of the configuration.
    Fixed,
}

/// All links. What counts no uses is judged without the store.
#[derive(Debug)]
pub struct Links {
    meetings: Arc<Meetings>,
    store: Store,
    /// Of conferences of the configuration whose key was replaced.
    salts: DashMap<Arc<str>, Zeroizing<String>>,
    /// Ids of links that are revoked.
    revoked: DashSet<String>,
}

/// What the name of a secret of the store begins with that is part of the key of a conference.
const SALT: &str = "link:";

impl Links {
    /// The links of these meetings.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open(store: Store, meetings: Arc<Meetings>) -> Result<Self, StoreError> {
        let salts = DashMap::new();
        for (name, salt) in store.secrets_named(SALT).await? {
            salts.insert(name.trim_start_matches(SALT).into(), salt);
        }
        let revoked = store.revoked_links().await?.into_iter().collect();
        Ok(Self { meetings, store, salts, revoked })
    }

    /// What a link gives now. Asking uses nothing up. A token of the guide lets nobody in.
    ///
    /// # Errors
    /// See [`LinkProblem`].
    pub async fn check(&self, token: &str, now: Timestamp) -> Result<Grant, LinkProblem> {
        let claims = self.proved(token, now)?;
        let role = claims.kind.role().ok_or(LinkProblem::Unknown)?;
        let link: Arc<str> = match claims.id {
            [0, 0, 0, 0, 0, 0, 0, 0] => word(role).into(),
            id => id_text(id).into(),
        };
        if self.revoked.contains(&*link) {
            return Err(LinkProblem::Revoked);
        }
        let Claims { meeting, name, uses, .. } = claims;
        let grant = Grant { meeting, role, name, link, uses };
        if grant.uses.is_some() {
            self.has_uses(&grant).await?;
        }
        Ok(grant)
    }

    /// Whether this token opens the guide of a meeting, by its key: that of the guide, or one that
    /// lets in as a host.
    ///
    /// # Errors
    /// See [`LinkProblem`].
    pub fn opens_guide(
        &self,
        token: &str,
        meeting: &str,
        now: Timestamp,
    ) -> Result<(), LinkProblem> {
        let claims = self.proved(token, now)?;
        if self.revoked.contains(&id_text(claims.id)) {
            return Err(LinkProblem::Revoked);
        }
        let opens = *claims.meeting == *meeting && claims.kind != Kind::Guest;
        if opens { Ok(()) } else { Err(LinkProblem::Unknown) }
    }

    /// Uses a link once: to be asked when somebody joins, and not when a seat is taken back.
    /// Nothing is written for a link whose uses are not counted.
    ///
    /// # Errors
    /// [`LinkProblem::UsedUp`] and [`LinkProblem::Revoked`], also where it was good when it was
    /// checked; [`LinkProblem::NotNow`] when the store does not answer.
    pub async fn use_up(&self, grant: &Grant) -> Result<(), LinkProblem> {
        if self.revoked.contains(&*grant.link) {
            return Err(LinkProblem::Revoked);
        }
        if grant.uses.is_none() {
            return Ok(());
        }
        match self.store.use_link(&grant.link).await {
            Ok(true) => Ok(()),
            Ok(false) => self.has_uses(grant).await.and(Err(LinkProblem::UsedUp)),
            Err(_) => Err(LinkProblem::NotNow),
        }
    }

    /// Takes back what [`Links::use_up`] did: who came was gone before it knew of its seat.
    ///
    /// # Errors
    /// [`LinkProblem::NotNow`] when the store does not answer.
    pub async fn give_back(&self, grant: &Grant) -> Result<(), LinkProblem> {
        if grant.uses.is_none() {
            return Ok(());
        }
        self.store.give_link_back(&grant.link).await.map_err(|_| LinkProblem::NotNow)
    }

    /// Whether somebody who joins by this link is asked for a PIN: the front desk's rule for
    /// strangers. Whoever has the link of a host proved it.
    pub fn pin_needed(&self, grant: &Grant, now: Timestamp) -> bool {
        let gate = self.meetings.gate(&grant.meeting, now);
        grant.role == Role::Guest && gate.is_some_and(|gate| gate.guests_need_pin)
    }

    /// The text behind the `#` of a standing link, as long as the meeting is not over.
    pub fn standing(&self, meeting: &str, kind: Kind, now: Timestamp) -> Option<Zeroizing<String>> {
        let found = self.meeting(meeting, now).ok()?;
        Some(Claims::standing(meeting, kind).sign(&self.key(meeting, &found)))
    }

    /// The text behind the `#` of a link that was made, as long as the meeting is not over.
    pub fn token(&self, link: &Link, now: Timestamp) -> Option<Zeroizing<String>> {
        let found = self.meeting(&link.meeting, now).ok()?;
        let claims = Claims {
            id: id_bytes(&link.id)?,
            kind: Kind::of(link.role),
            meeting: Arc::clone(&link.meeting),
            not_before: link.not_before,
            expires: link.expires,
            uses: link.uses,
            name: link.name.clone(),
        };
        Some(claims.sign(&self.key(&link.meeting, &found)))
    }

    /// Makes a link.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn create(
        &self,
        meeting: &str,
        new: NewLink,
        now: Timestamp,
    ) -> Result<Link, LinkError> {
        let found = self.meeting(meeting, now)?;
        let not_before = new.not_before.map(whole).transpose();
        let not_before = not_before.map_err(|()| LinkError::Invalid("not_before"))?;
        let expires = new.expires.map(whole).transpose();
        let expires = expires.map_err(|()| LinkError::Invalid("expires_at"))?;
        let begins = not_before.unwrap_or(now).max(now);
        if expires.is_some_and(|expires| expires <= begins) {
            return Err(LinkError::Invalid("expires_at"));
        }
        if new.uses == Some(0) {
            return Err(LinkError::Invalid("uses"));
        }
        let count = self.store.count_links(meeting, now).await?;
        if count.usable >= MAX_LINKS || count.kept >= MAX_KEPT {
            return Err(LinkError::TooMany);
        }
        let link = Link {
            id: id_text(random::bytes()?).into(),
            meeting: meeting.into(),
            role: new.role,
            name: new.name.filter(|name| !name.as_str().is_empty()),
            not_before,
            expires,
            uses: new.uses,
            used: 0,
            created: now,
            revoked: None,
        };
        self.store.insert_link(&link, matches!(found, Meeting::Stored(_))).await?;
        Ok(link)
    }

    /// The links of a meeting that were made, the oldest first; those that are revoked too.
    ///
    /// # Errors
    /// See [`LinkError`].
    pub async fn list(&self, meeting: &str) -> Result<Vec<Link>, LinkError> {
        self.meetings.phase(meeting, Timestamp::now()).ok_or(LinkError::NotFound)?;
        Ok(self.store.links(meeting).await?)
    }

    /// Makes one link worthless at once. Who has joined by it stays.
    ///
    /// # Errors
    /// See [`LinkError`]; while the store is away the link stays good.
    pub async fn revoke(&self, meeting: &str, id: &str, now: Timestamp) -> Result<(), LinkError> {
        self.store.revoke_link(meeting, id, now).await?;
        self.revoked.insert(id.to_owned());
        Ok(())
    }

    /// Makes every link of a meeting worthless at once, those on its invitations too: they get new
    /// ones.
    ///
    /// # Errors
    /// See [`LinkError`]; while the store is away the links stay good.
    pub async fn revoke_all(&self, meeting: &str, now: Timestamp) -> Result<(), LinkError> {
        match self.meeting(meeting, now)? {
            Meeting::Stored(_) => drop(self.meetings.renew_link(meeting, now).await?),
            Meeting::Fixed => {
                let salt = Zeroizing::new(random::id()?.to_string());
                self.store.put_secret(&format!("{SALT}{meeting}"), &salt).await?;
                self.salts.insert(meeting.into(), salt);
            }
        }
        // None is good any more, whether the store remembers them or not.
        self.store.forget_links(meeting).await?;
        Ok(())
    }

    #[cfg(test)]
    pub(super) async fn close_store(&self) {
        self.store.close(std::time::Duration::ZERO).await;
    }

    /// What a token says, if it is ours and its time is now.
    fn proved(&self, token: &str, now: Timestamp) -> Result<Claims, LinkProblem> {
        let unproved = Unproved::read(token).ok_or(LinkProblem::Unknown)?;
        let meeting = self.meeting(unproved.meeting(), now).map_err(|error| match error {
            LinkError::Over => LinkProblem::MeetingOver,
            _ => LinkProblem::Unknown,
        })?;
        let key = self.key(unproved.meeting(), &meeting);
        let claims = unproved.prove(&key).ok_or(LinkProblem::Unknown)?;
        if claims.not_before.is_some_and(|begins| now < begins) {
            return Err(LinkProblem::TooEarly);
        }
        if claims.expires.is_some_and(|expires| now >= expires) {
            return Err(LinkProblem::Expired);
        }
        Ok(claims)
    }

    async fn has_uses(&self, grant: &Grant) -> Result<(), LinkProblem> {
        match self.store.link(&grant.link).await {
            Ok(Some(link)) if link.revoked.is_some() => Err(LinkProblem::Revoked),
            Ok(Some(link)) if link.uses.is_some_and(|uses| link.used >= uses.into()) => {
                Err(LinkProblem::UsedUp)
            }
            Ok(Some(_)) => Ok(()),
            // How often it was used is forgotten: it could be any number of times.
            Ok(None) => Err(LinkProblem::Revoked),
            Err(_) => Err(LinkProblem::NotNow),
        }
    }

    fn meeting(&self, key: &str, now: Timestamp) -> Result<Meeting, LinkError> {
        match (self.meetings.phase(key, now), self.meetings.get(key)) {
            (None, _) => Err(LinkError::NotFound),
            (Some(Phase::Over), _) => Err(LinkError::Over),
            (Some(_), Some(meeting)) => Ok(Meeting::Stored(meeting)),
            (Some(_), None) => Ok(Meeting::Fixed),
        }
    }

    /// Made of the node's key and of the meeting's: a database alone signs nothing.
    fn key(&self, key: &str, meeting: &Meeting) -> Key {
        let fixed = || self.salts.get(key).map(|salt| salt.value().clone());
        let secret = match meeting {
            Meeting::Stored(meeting) => Zeroizing::new(meeting.link_secret.clone()),
            Meeting::Fixed => fixed().unwrap_or_default(),
        };
        self.store.secrets().derived(&["link", key, &secret])
    }
}

/// The standing link of a role, in place of an id.
const fn word(role: Role) -> &'static str {
    match role {
        Role::Host => "host",
        Role::Guest => "guest",
    }
}

fn id_text(id: [u8; 8]) -> String {
    URL_SAFE_NO_PAD.encode(id)
}

fn id_bytes(text: &str) -> Option<[u8; 8]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

/// A time in whole seconds, as a token holds it: between 1970 and 2106.
fn whole(time: Timestamp) -> Result<Timestamp, ()> {
    u32::try_from(time.as_second()).map_err(drop)?;
    Timestamp::from_second(time.as_second()).map_err(drop)
}
