//! Links of meetings, as the API speaks of them.

use super::super::backend::Actor;
use super::super::fault::{Fault, Problem};
use super::super::resource::*;
use super::{BridgeBackend, id_shown, page};
use crate::link::{self, LinkError, NewLink};
use causeway_conference::DisplayName;
use jiff::Timestamp;

impl From<LinkError> for Problem {
    fn from(error: LinkError) -> Self {
        match error {
            LinkError::NotFound => Fault::NotFound.into(),
            LinkError::Over => Fault::Gone.into(),
            LinkError::Invalid(field) => Problem::value(field),
            LinkError::TooMany => Fault::TooManyLinks.into(),
            LinkError::Store(error) => error.into(),
        }
    }
}

impl BridgeBackend {
    pub(super) async fn list_links(
        &self,
        id: &MeetingId,
        window: &Window,
    ) -> Result<Page<Link>, Problem> {
        let now = Timestamp::now();
        let links = self.links.list(id.as_str()).await?;
        let shown: Result<Vec<_>, _> = links.iter().map(|link| self.shown(link, now)).collect();
        let place = |link: &Link| format!("{:020}-{}", link.created_at.0.as_microsecond(), link.id);
        Ok(page(shown?, window, place))
    }

    pub(super) async fn make_link(
        &self,
        by: &Actor,
        id: &MeetingId,
        draft: LinkDraft,
    ) -> Result<Link, Problem> {
        if self.cards.addresses.web.is_none() {
            // Nobody could open it.
            return Err(Fault::NotAvailable.into());
        }
        let now = Timestamp::now();
        let new = NewLink {
            role: draft.role.into(),
            name: draft.name.map(|name| DisplayName::new(name.as_str())),
            not_before: draft.not_before.map(|time| time.0),
            expires: draft.expires_at.map(|time| time.0),
            uses: draft.uses,
        };
        let made = self.links.create(id.as_str(), new, now).await.map_err(Problem::from);
        self.audited(by, "link.create", id.as_str(), &made);
        self.shown(&made?, now)
    }

    pub(super) async fn end_link(
        &self,
        by: &Actor,
        id: &MeetingId,
        link: &LinkId,
    ) -> Result<(), Problem> {
        let now = Timestamp::now();
        let done = self.links.revoke(id.as_str(), link.as_str(), now).await.map_err(Problem::from);
        self.audited(by, "link.revoke", id.as_str(), &done);
        done
    }

    pub(super) async fn end_all_links(&self, by: &Actor, id: &MeetingId) -> Result<(), Problem> {
        let done = self.links.revoke_all(id.as_str(), Timestamp::now()).await;
        let done = done.map_err(Problem::from);
        self.audited(by, "link.revoke-all", id.as_str(), &done);
        if done.is_ok() {
            // Its invitations are others now.
            self.tell(Some(id.clone()), Happening::MeetingChanged);
        }
        done
    }

    fn shown(&self, link: &link::Link, now: Timestamp) -> Result<Link, Problem> {
        let token = self.links.token(link, now).filter(|_| link.revoked.is_none());
        let url = token.and_then(|token| self.cards.addresses.join(&link.meeting, &token));
        Ok(Link {
            id: id_shown(&link.id)?,
            role: link.role.into(),
            name: link.name.as_ref().map(|name| Name::new(name.as_str())),
            not_before: link.not_before.map(Time),
            expires_at: link.expires.map(Time),
            uses: link.uses,
            used: link.used,
            created_at: Time(link.created),
            revoked_at: link.revoked.map(Time),
            url: url.map(Secret::new),
        })
    }
}
