//! Who has a password, and what proves it.

use super::table::same;
use super::words::{Identity, User};
use crate::h323::ras::Key;
use crate::h323::ras::security::{self, Proof, Seen, Token};
use std::collections::HashMap;
use std::sync::Arc;

/// All users, and the tokens that each has used.
#[derive(Debug)]
pub(super) struct Users {
    users: Vec<(User, Seen)>,
    /// By name and alias.
    called: HashMap<String, usize>,
}

/// What a whole registration proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Its names are nobody's, a user's who proved it, or a user's who did not.
    Known(Identity, Option<Key>),
    /// Its names are of several users.
    Several,
    /// The password is right, the message is not of now.
    NotNow(Proof),
}

impl Users {
    pub(super) fn new(users: Vec<User>) -> Self {
        let mut called = HashMap::new();
        for (index, user) in users.iter().enumerate() {
            for name in std::iter::once(&*user.name).chain(user.aliases.iter().map(String::as_str))
            {
                called.entry(same(name)).or_insert(index);
            }
        }
        let users = users.into_iter().map(|user| (user, Seen::default())).collect();
        Self { users, called }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.users.is_empty()
    }

    /// Who somebody is that registers under these names with that token.
    pub(super) fn verdict(
        &mut self,
        aliases: &[String],
        token: Option<&Token>,
        data: &[u8],
        time: u32,
    ) -> Verdict {
        let sender = token.and_then(|token| token.sender.as_ref()).map(ToString::to_string);
        let names = aliases.iter().chain(&sender);
        let mut claimed: Vec<usize> =
            names.filter_map(|name| self.called.get(&same(name)).copied()).collect();
        claimed.sort_unstable();
        claimed.dedup();
        let index = match claimed[..] {
            [] => return Verdict::Known(Identity::Anybody, None),
            [index] => index,
            _ => return Verdict::Several,
        };
        let Some((user, seen)) = self.users.get_mut(index) else { return Verdict::Several };
        let name = Arc::clone(&user.name);
        match token.map(|token| security::prove(token, data, &user.key, time, seen)) {
            Some(Proof::Right) => Verdict::Known(Identity::Proved(name), Some(user.key.clone())),
            None | Some(Proof::Wrong) => Verdict::Known(Identity::Unproved(name), None),
            Some(proof) => Verdict::NotNow(proof),
        }
    }

    /// Whether a message is of this user.
    pub(super) fn proves(&mut self, user: &str, token: &Token, data: &[u8], time: u32) -> bool {
        let index = self.called.get(&same(user)).copied();
        let Some((user, seen)) = index.and_then(|index| self.users.get_mut(index)) else {
            return false;
        };
        security::prove(token, data, &user.key, time, seen) == Proof::Right
    }
}
