//! Credentials for TURN servers, made for one participant and good for some hours: the shared secret
//! stays here and at the server (draft-uberti-behave-turn-rest-00, coturn's `use-auth-secret`).

use crate::config::Turn;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use causeway_adapter::webrtc::message::IceServer;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha1::Sha1;

/// The servers that a participant may use, with credentials of its own. To be given to those alone
/// who showed a link that is good: relaying costs.
pub(crate) fn servers(turn: &Turn, participant: &str, now: Timestamp) -> Vec<IceServer> {
    let is_relay = |url: &&String| url.starts_with("turn");
    let relays: Vec<String> = turn.urls.iter().filter(is_relay).cloned().collect();
    let others: Vec<String> = turn.urls.iter().filter(|url| !is_relay(url)).cloned().collect();
    let mut servers = Vec::new();
    if !others.is_empty() {
        servers.push(IceServer { urls: others, username: None, credential: None });
    }
    let lifetime = i64::try_from(turn.lifetime.as_secs()).unwrap_or(i64::MAX);
    let expires = now.as_second().saturating_add(lifetime);
    let username = format!("{expires}:{participant}");
    if let Some(credential) = credential(&turn.secret, &username).filter(|_| !relays.is_empty()) {
        servers.push(IceServer {
            urls: relays,
            username: Some(username),
            credential: Some(credential),
        });
    }
    servers
}

/// `base64(HMAC-SHA1(secret, username))`.
fn credential(secret: &str, username: &str) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(username.as_bytes());
    Some(STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn turn(urls: &[&str]) -> Turn {
        Turn {
            urls: urls.iter().map(|url| (*url).to_owned()).collect(),
            secret: "north".to_owned().into(),
            lifetime: Duration::from_secs(3600),
        }
    }

    /// Made with `openssl dgst -sha1 -hmac north -binary | base64`; the second as RFC 2202 has it.
    #[test]
    fn a_credential_is_the_signature_of_its_user_name() {
        let of = |secret, username| credential(secret, username).expect("a credential");
        assert_eq!(of("north", "1433895918:506"), "s5LmbE7ECRvNooJppntkCvoj0Kg=");
        assert_eq!(of("Jefe", "what do ya want for nothing?"), "7/zfauXrL6LSdBbV8YTfnCWafHk=");
    }

    #[test]
    fn each_participant_has_its_own_user_name_that_expires() {
        let now = Timestamp::from_second(1_000_000).expect("a time");
        let urls = ["stun:s.example", "turn:t.example", "turns:t.example:5349?transport=tcp"];
        let servers = servers(&turn(&urls), "p7", now);
        assert_eq!((servers[0].urls.len(), &servers[0].username), (1, &None));
        assert_eq!(servers[1].urls, urls[1..]);
        assert_eq!(servers[1].username.as_deref(), Some("1003600:p7"));
        assert_eq!(servers[1].credential, credential("north", "1003600:p7"));
    }

    #[test]
    fn without_servers_nothing_is_given() {
        let now = Timestamp::UNIX_EPOCH;
        assert!(servers(&turn(&[]), "p7", now).is_empty());
        let stun = servers(&turn(&["stun:s.example"]), "p7", now);
        assert!(stun.len() == 1 && stun[0].credential.is_none());
    }
}
