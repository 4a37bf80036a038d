//! Codes by which a telephone joins somebody who is in a meeting by a browser: entered at the
//! reception in place of a conference number, so that whoever dials needs one number and one code.
//!
//! A code lives as long as the seat of its page. Guesses count like guesses at conference numbers.

use crate::store::{StoreError, random};
use causeway_conference::Who;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use std::fmt;
use std::sync::Arc;

/// Digits of a code: one more than of conference numbers, so that none is mistaken for the other,
/// and ten times harder to guess: it leads past the PIN.
pub(crate) const DIGITS: u32 = 10;

/// How often a code is drawn: with a million in use one draw in ten thousand is taken.
const TRIES: usize = 4;

/// Codes that lead somewhere now.
#[derive(Debug, Default)]
pub(crate) struct PersonalCodes {
    codes: DashMap<String, Holder>,
}

/// Where a code leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The key of the conference.
    pub(crate) key: Arc<str>,
    /// Whom it joins.
    pub(crate) who: Who,
}

/// A code; dropping it ends it. `Debug` does not show it.
pub(crate) struct PersonalCode {
    codes: Arc<PersonalCodes>,
    digits: String,
}

impl PersonalCodes {
    /// A new code for somebody, none that `is_taken` by a name of the bridge.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub(crate) fn issue(
        self: &Arc<Self>,
        holder: &Holder,
        is_taken: impl Fn(&str) -> bool,
    ) -> Result<PersonalCode, StoreError> {
        for _ in 0..TRIES {
            let digits = draw()?;
            if is_taken(&digits) {
                continue;
            }
            if let Entry::Vacant(free) = self.codes.entry(digits.clone()) {
                free.insert(holder.clone());
                return Ok(PersonalCode { codes: Arc::clone(self), digits });
            }
        }
        Err(StoreError::Conflict)
    }

    /// Where digits lead.
    pub(crate) fn find(&self, digits: &str) -> Option<Holder> {
        self.codes.get(digits).map(|holder| holder.clone())
    }
}

impl PersonalCode {
    /// The digits.
    pub(crate) fn digits(&self) -> &str {
        &self.digits
    }
}

impl Drop for PersonalCode {
    fn drop(&mut self) {
        self.codes.codes.remove(&self.digits);
    }
}

impl fmt::Debug for PersonalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonalCode(…)")
    }
}

/// [`DIGITS`] digits, the first not zero, which telephones use to dial out.
fn draw() -> Result<String, StoreError> {
    let first = 10_u64.pow(DIGITS - 1);
    // 64 bits over 9 * 10^9 values: no value is likelier than another by more than 10^-9.
    let drawn = u64::from_ne_bytes(random::bytes::<8>()?) % (9 * first);
    Ok((first + drawn).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use causeway_base::{ConferenceId, ParticipantId};

    fn holder(id: u64) -> Holder {
        let who = Who { conference: ConferenceId(1), participant: ParticipantId(id) };
        Holder { key: "board".into(), who }
    }

    #[test]
    fn a_code_leads_to_its_holder_until_it_is_dropped() {
        let codes = Arc::new(PersonalCodes::default());
        let one = codes.issue(&holder(1), |_| false).expect("a code");
        let two = codes.issue(&holder(2), |_| false).expect("a code");
        assert!(one.digits().len() == 10 && !one.digits().starts_with('0'));
        assert_ne!(one.digits(), two.digits());
        assert_eq!(codes.find(one.digits()), Some(holder(1)));
        let digits = one.digits().to_owned();
        assert!(!format!("{one:?}").contains(&digits));
        drop(one);
        assert_eq!(codes.find(&digits), None);
        assert_eq!(codes.find(two.digits()), Some(holder(2)));
        assert!(codes.issue(&holder(3), |_| true).is_err(), "no name of the bridge is taken");
    }
}
