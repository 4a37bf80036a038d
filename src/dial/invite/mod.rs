//! Invitations that somebody pastes: text, a mail as HTML or a calendar object, in the languages
//! that services write; and every way into the meeting that they tell of.
//!
//! * `document`: lines in parts; `html`, `calendar`, `quote` and `fold` make them.
//! * `find`: what stands in the lines, by `label`, `link` and `host`.
//! * `block`: meetings told apart. * `way`: how each is reached, in order of preference, and
//!   `why`.
//!
//! An invitation comes from anybody: its text is bounded, read in one pass, and whom it names is
//! compared with what the operator allows before anybody is called.

mod block;
mod calendar;
mod document;
mod find;
mod fold;
mod host;
mod html;
mod label;
mod link;
mod quote;
#[cfg(test)]
mod tests;
mod way;
mod why;

pub use way::{Way, target};
pub use why::{Barred, Why};

use crate::dial_string::Service;
use crate::{Asker, CallingOut, Line, NumberPlan};
use causeway_base::EndCause;
use std::fmt;

/// The longest text that is read: invitations have some kilobytes, as HTML up to a hundred.
pub const MAX_PASTED: usize = 256 * 1024;

/// The most meetings that are told of.
pub const MAX_INVITATIONS: usize = 16;

/// What somebody pasted.
#[derive(Clone, Copy)]
pub struct Pasted<'t> {
    /// The text; beyond [`MAX_PASTED`] bytes it is not read.
    pub text: &'t str,
    /// What it is; `None` finds out.
    pub kind: Option<Kind>,
}

impl fmt::Debug for Pasted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pasted").field("bytes", &self.text.len()).finish_non_exhaustive()
    }
}

/// What a pasted text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Plain text.
    Text,
    /// HTML.
    Html,
    /// A calendar object (RFC 5545).
    Calendar,
}

/// What the operator allows to be called.
#[derive(Clone, Copy, Debug)]
pub struct Allow<'a> {
    /// The rules.
    pub rules: &'a CallingOut,
    /// How numbers are dialled here.
    pub numbers: &'a NumberPlan,
}

impl Allow<'_> {
    /// Whether the operator's rules let a host call this.
    ///
    /// # Errors
    /// Why not.
    pub fn verdict(&self, target: &str) -> Result<(), EndCause> {
        self.rules.callee(target, Asker::Host, Line::Public, self.numbers).map(|_| ())
    }
}

/// An invitation to one meeting. `Debug` shows neither number nor passcode.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Whose meeting it is.
    pub service: Service,
    /// The number of the meeting.
    pub meeting: Option<String>,
    /// The passcode, as it was written.
    pub passcode: Option<String>,
    /// The key of the tenant at a video interop partner.
    pub tenant: Option<String>,
    /// It stands in a mail that is quoted.
    pub quoted: bool,
    /// The meeting was called off.
    pub cancelled: bool,
    /// The ways in; those that may be called first, and among them the best.
    pub ways: Vec<Way>,
    /// Hosts that were made to look like a service's: what they offered is left out.
    pub look_alikes: Vec<String>,
}

impl fmt::Debug for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invitation")
            .field("service", &self.service)
            .field("ways", &self.ways.len())
            .finish_non_exhaustive()
    }
}

/// Reads what was pasted: every meeting by itself, those first that are not quoted.
pub fn parse(pasted: &Pasted<'_>, allow: &Allow<'_>) -> Vec<Invitation> {
    let document = document::Document::read(pasted);
    let found = find::find(&document.lines);
    let blocks = block::split(found, &document.parts);
    let mut invitations: Vec<Invitation> = Vec::new();
    for quoted in [false, true] {
        for block in blocks.iter().filter(|block| block.part.quoted == quoted) {
            let invitation = way::invitation(block, allow);
            if !is_told(&invitation, &invitations) && invitations.len() < MAX_INVITATIONS {
                invitations.push(invitation);
            }
        }
    }
    invitations
}

/// Whether an invitation says nothing, or nothing that was not said before.
fn is_told(invitation: &Invitation, before: &[Invitation]) -> bool {
    let known = |way: &Way| before.iter().flat_map(|told| &told.ways).any(|told| told.is_same(way));
    let known_host = |host: &String| before.iter().any(|told| told.look_alikes.contains(host));
    invitation.ways.iter().all(known) && invitation.look_alikes.iter().all(known_host)
}
