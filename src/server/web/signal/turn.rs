//! The use of a link that a seat costs. A connection that breaks before its page knows of the seat
//! costs none: the page can only join again, by the same link.

use crate::link::{Grant, LinkProblem, Links};
use tracing::debug;

/// What a seat costs. At any time no more seats are connected by a link than it has uses.
#[derive(Debug)]
pub(super) enum Turn {
    /// A use is counted, and nothing that the page said shows that it knows of its seat.
    Unproved(Grant),
    /// The use was given back: the connection broke before.
    GivenBack(Grant),
    /// For good, or of a link whose uses are not counted.
    Settled,
}

impl Turn {
    /// Of somebody who has just joined.
    pub(super) fn of(grant: &Grant) -> Self {
        match grant.uses {
            Some(_) => Self::Unproved(grant.clone()),
            None => Self::Settled,
        }
    }

    /// The page spoke from its seat, or the meeting decided about it.
    pub(super) fn settle(&mut self) {
        if matches!(self, Self::Unproved(_)) {
            *self = Self::Settled;
        }
    }

    /// The connection is broken.
    pub(super) async fn give_back(&mut self, links: &Links) {
        let Self::Unproved(grant) = self else { return };
        let given = links.give_back(grant).await;
        *self = match given {
            Ok(()) => Self::GivenBack(grant.clone()),
            Err(problem) => {
                debug!(code = problem.code(), "a use of a link is not given back");
                Self::Settled
            }
        };
    }

    /// The page proved the seat to be its own.
    ///
    /// # Errors
    /// Where the use was given back and somebody else took it.
    pub(super) async fn take_again(&mut self, links: &Links) -> Result<(), LinkProblem> {
        if let Self::GivenBack(grant) = self {
            links.use_up(grant).await?;
        }
        *self = Self::Settled;
        Ok(())
    }
}
