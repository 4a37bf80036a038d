//! `[invite]`: what stands on cards and invitations.

use super::raw::{RawInvite, RawTrunk};
use super::resolve::Finder;
use super::source::At;
use crate::invite::Phone;
use causeway_base::Alias;
use causeway_dial::{Destination, DialPlan, IncomingCall, NameTable, NumberPlan, Resolver};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// The most telephone numbers on an invitation: nobody reads more.
pub const MAX_PHONES: usize = 32;

/// What stands on invitations, besides what the bridge knows of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invite {
    /// What rooms dial as `IP##number`.
    pub ip: Option<IpAddr>,
    /// The organizer's mail address.
    pub organizer: Option<String>,
    /// Invitations say that meetings may be recorded.
    pub recording_notice: bool,
    /// Telephone numbers: those of the table first, then those of the trunks.
    pub phones: Vec<Phone>,
}

pub(super) fn invite(
    finder: &mut Finder<'_>,
    raw: &RawInvite,
    trunks: &[RawTrunk],
    numbers: &NumberPlan,
) -> Invite {
    let at = |key| [At::Key("invite"), At::Key(key)];
    let ip = raw.ip.parse::<IpAddr>();
    if !raw.ip.is_empty() && ip.is_err() {
        finder.find(&at("ip"), "not an address", "write one like \"203.0.113.5\"");
    }
    if !raw.organizer.is_empty() && !is_mail(&raw.organizer) {
        let fix = "write one like \"meetings@example.com\"";
        finder.find(&at("organizer"), "not an address of mail", fix);
    }
    Invite {
        ip: ip.ok(),
        organizer: (!raw.organizer.is_empty()).then(|| raw.organizer.clone()),
        recording_notice: raw.recording_notice,
        phones: phones(finder, raw, trunks, numbers),
    }
}

fn is_mail(text: &str) -> bool {
    let usual = |byte: u8| byte.is_ascii_graphic() && !b":;,<>\"\\".contains(&byte);
    let parts = text.split_once('@').filter(|(_, host)| !host.contains('@'));
    parts.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
        && text.bytes().all(usual)
}

/// A number that can be dialled from anywhere; others would mislead. Who writes the plus knows.
fn public(text: &str, numbers: &NumberPlan) -> Option<String> {
    let number = numbers.read(text)?;
    let digits = number.as_str().strip_prefix('+')?;
    let fits = (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    fits.then(|| number.as_str().to_owned())
}

fn phones(
    finder: &mut Finder<'_>,
    raw: &RawInvite,
    trunks: &[RawTrunk],
    numbers: &NumberPlan,
) -> Vec<Phone> {
    let mut phones: Vec<Phone> = Vec::new();
    for (index, phone) in raw.phone.iter().enumerate() {
        let at = [At::Key("invite"), At::Key("phone"), At::Index(index), At::Key("number")];
        match public(&phone.number, numbers) {
            Some(number) if phones.iter().any(|other| other.number == number) => {
                finder.find(&at, "named twice", "remove one of the two");
            }
            Some(number) => {
                let (zh, en) = (phone.zh.clone(), phone.en.clone());
                phones.push(Phone { number, zh, en, trunk: None });
            }
            None => finder.find(&at, "not a telephone number", "write it like \"+861012345678\""),
        }
    }
    let of_trunks = trunks.iter().flat_map(|trunk| {
        let name: Arc<str> = Arc::from(trunk.name.as_str());
        trunk.numbers.iter().map(move |number| (number, Arc::clone(&name)))
    });
    for (number, trunk) in of_trunks {
        let Some(number) = public(number, numbers) else { continue };
        match phones.iter_mut().find(|phone| phone.number == number) {
            Some(known) => known.trunk = Some(trunk),
            None => phones.push(Phone { number, trunk: Some(trunk), ..Phone::default() }),
        }
    }
    if phones.len() > MAX_PHONES {
        let what = format!("more than {MAX_PHONES} numbers stand on invitations");
        let fix = "remove some here, or from `numbers` of the trunks";
        finder.find(&[At::Key("invite"), At::Key("phone")], what, fix);
    }
    phones
}

/// The numbers that would keep invitations from being published, because nobody takes their calls.
pub(super) fn warnings(invite: &Invite, plan: &Arc<DialPlan>, names: &NameTable) -> Vec<String> {
    let mut resolver = Resolver::new(Arc::clone(plan));
    let nobody = Alias::sip("", "anonymous.invalid");
    let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut is_lost = |phone: &&Phone| {
        let called = Alias::Number(phone.number.clone());
        let trunk = phone.trunk.as_deref();
        let call = IncomingCall { called: &called, calling: &nobody, trunk, local };
        matches!(resolver.resolve(&call, names).0, Destination::Reject(_))
    };
    // By its place, since notes reach the log.
    let phones = invite.phones.iter().enumerate();
    let lost: Vec<_> = phones.filter(|(_, phone)| is_lost(phone)).collect();
    let said = |(index, phone): &(usize, &Phone)| {
        let of = phone.trunk.as_ref().map(|trunk| format!(" (trunk {trunk})")).unwrap_or_default();
        format!(
            "number {} of those on invitations{of}: no name and no rule takes its calls, so that \
             nothing is published",
            index + 1
        )
    };
    lost.iter().map(said).collect()
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    fn parse(text: &str) -> Result<Config, crate::config::ConfigError> {
        Config::parse("test.toml", text, &|_| None)
    }

    #[test]
    fn the_numbers_of_the_trunks_stand_on_invitations_with_the_labels_of_the_table() {
        let config = parse(
            "[invite]\nip = \"203.0.113.5\"\n\
             [[invite.phone]]\nnumber = \"+44 20 5555 0100\"\nzh = \"伦敦\"\nen = \"London\"\n\
             [[invite.phone]]\nnumber = \"010-5555-0100\"\nzh = \"北京\"\nen = \"Beijing\"\n\
             [[trunk]]\nname = \"carrier\"\nsources = [\"192.0.2.0/24\"]\n\
             numbers = [\"+861055550100\", \"+862155550100\", \"1234\"]\n\
             [[rule]]\nmatch = '\\+86(10|21)55550100'\ntrunk = \"carrier\"\nto = \"reception\"\n",
        )
        .expect("valid");
        let phones: Vec<_> = config.invite.phones.iter().collect();
        let shown: Vec<_> = phones
            .iter()
            .map(|phone| (&*phone.number, &*phone.en, phone.trunk.as_deref()))
            .collect();
        let expected = [
            ("+442055550100", "London", None),
            ("+861055550100", "Beijing", Some("carrier")),
            ("+862155550100", "", Some("carrier")),
        ];
        assert_eq!(shown, expected);
        let [warning] = &config.warnings[..] else { panic!("{:?}", config.warnings) };
        assert!(warning.starts_with("number 1 of those on invitations:"), "{warning}");
    }

    #[test]
    fn what_would_mislead_readers_is_reported_with_its_place() {
        let text = "[invite]\nip = \"meet.example.com\"\n\
            organizer = \"a b@example.com\"\n[[invite.phone]]\nnumber = \"1001\"\n\
            [[invite.phone]]\nnumber = \"+861055550100\"\n[[invite.phone]]\nnumber = \"+86 10 5555 0100\"\n";
        let found = parse(text).expect_err("wrong").problems;
        let keys: Vec<_> = found.iter().map(|problem| problem.key.as_str()).collect();
        let expected =
            ["invite.ip", "invite.organizer", "invite.phone[0].number", "invite.phone[2].number"];
        assert_eq!(keys, expected);
    }
}
