//! Where a call goes on to which whom we called led elsewhere.

use super::locate::Target;
use super::shared::Shared;
use causeway_base::EndCause;
use causeway_proto::h323::address;
use causeway_proto::h323::call::Redirection;

/// How often one call is led elsewhere: a secretary, a gatekeeper and a bridge between them; more go
/// in circles.
pub(super) const MAX_REDIRECTIONS: usize = 3;

/// The target of a call that was for `target`.
///
/// # Errors
/// [`EndCause::Unreachable`]: it names nobody. [`EndCause::CallingOutBarred`]: nobody may be called
/// there. Whom we call does not choose whom we pay for.
pub(super) fn redirected(
    shared: &Shared,
    target: &Target,
    to: &Redirection,
) -> Result<Target, EndCause> {
    let next = next(target, to).ok_or(EndCause::Unreachable)?;
    let ras = shared.config.ras.as_ref();
    // A room that is registered here is one of the house.
    let is_ours = || next.host.is_empty() && ras.is_some_and(|ras| ras.room(&next.user).is_some());
    if is_ours() || (shared.config.leads_on)(&next.to_string()) {
        tracing::info!("a call goes on where it is led");
        Ok(next)
    } else {
        tracing::info!("a call is led where nobody may be called");
        Err(EndCause::CallingOutBarred)
    }
}

/// By its address, else by its name. Who names nobody new means the same one by another way.
fn next(target: &Target, to: &Redirection) -> Option<Target> {
    let name = to.to.iter().find_map(address::text);
    let Some(address) = to.address else {
        // A name may have its host in it; one without is known to gatekeepers.
        let name = name?;
        let scheme = if name.to_ascii_lowercase().starts_with("h323:") { "" } else { "h323:" };
        return Target::parse(&format!("{scheme}{name}"));
    };
    let (host, port) = (address.ip().to_canonical().to_string(), Some(address.port()));
    let name = name.unwrap_or_else(|| target.user.clone());
    let name = name.strip_prefix("h323:").unwrap_or(&name);
    let user = name.split('@').next().unwrap_or_default().to_owned();
    Some(Target { user, host, port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirection_names_its_address_its_name_or_both() {
        let dialled = Target::parse("h323:8001@192.0.2.7").expect("a target");
        let at = |text: &str| Some(text.parse().expect("an address"));
        for (names, address, expected) in [
            (&[][..], at("192.0.2.9:1720"), Some("h323:8001@192.0.2.9:1720")),
            (&["8002"][..], at("192.0.2.9:1721"), Some("h323:8002@192.0.2.9:1721")),
            (
                &["8002@example.com"][..],
                at("[2001:db8::7]:1720"),
                Some("h323:8002@[2001:db8::7]:1720"),
            ),
            (&["8002"][..], None, Some("h323:8002")),
            (&["h323:room@example.com"][..], None, Some("h323:room@example.com")),
            (&["room@example.com"][..], None, Some("h323:room@example.com")),
            (&["8002", "8003"][..], None, Some("h323:8002")),
            (&[][..], None, None),
        ] {
            let to = names.iter().map(|name| address::alias(name)).collect();
            let to = Redirection { to, address, route: false };
            let next = next(&dialled, &to).map(|next| next.to_string());
            assert_eq!(next.as_deref(), expected, "{names:?} {address:?}");
        }
    }
}
