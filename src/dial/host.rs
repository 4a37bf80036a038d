//! The names under which callers reach this bridge.

use std::collections::HashSet;
use std::net::IpAddr;

/// The names under which callers reach this bridge.
#[derive(Clone, Debug, Default)]
pub struct OurHosts(HashSet<String>);

impl OurHosts {
    /// From names and addresses, IPv6 with or without brackets.
    pub fn new<'a>(hosts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(hosts.into_iter().map(canonical).collect())
    }

    /// Whether a host is ours. The address at which the call arrived always is, and so is
    /// `localhost` on the loopback.
    pub fn contains(&self, host: &str, local: IpAddr) -> bool {
        let host = canonical(host);
        self.0.contains(&host)
            || host == local.to_canonical().to_string()
            || (local.to_canonical().is_loopback() && host == "localhost")
    }
}

/// A host in the one form that compares: lower case, no brackets, no dot at the end.
pub(crate) fn canonical(host: &str) -> String {
    let bare = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    match bare.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().to_string(),
        Err(_) => bare.to_ascii_lowercase(),
    }
}
