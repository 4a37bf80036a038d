//! `[[device]]`: rooms of Cisco that show the meetings of the day.

use super::raw::{RawDevice, RawSecret};
use super::resolve::{Environment, Finder};
use super::source::At;
use super::user::{secret, variable};
use std::path::PathBuf;

/// The most devices: each costs a task and a request a minute at most.
pub const MAX_DEVICES: usize = 1000;

/// A room that shows the meetings of the day.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its name in the log.
    pub name: String,
    /// Where it is, IPv6 without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// By which certificates it is judged; `None`: HTTP, for networks of one's own.
    pub certificate: Option<PathBuf>,
    /// The user there.
    pub user: String,
    /// Its password.
    pub password: RawSecret,
    /// The numbers and names of the meetings that it shows; empty: all.
    pub meetings: Vec<String>,
}

pub(super) fn devices(
    finder: &mut Finder<'_>,
    raw: &[RawDevice],
    environment: Environment<'_>,
) -> Vec<Device> {
    if raw.len() > MAX_DEVICES {
        let what = format!("more than {MAX_DEVICES} devices");
        finder.find(&[At::Key("device")], what, "remove some");
        return Vec::new();
    }
    let read = |(index, raw)| device(finder, index, raw, environment);
    raw.iter().enumerate().filter_map(read).collect()
}

fn device(
    finder: &mut Finder<'_>,
    index: usize,
    raw: &RawDevice,
    environment: Environment<'_>,
) -> Option<Device> {
    let at = |key| [At::Key("device"), At::Index(index), At::Key(key)];
    let password = secret("DEVICE", &raw.name, raw.password.reveal(), environment);
    if password.is_empty() {
        let variable = variable("DEVICE", &raw.name);
        finder.find(&at("password"), "no password", format!("set it here or in {variable}"));
    }
    let Some((secure, host, port)) = place(&raw.url) else {
        let fix = "write \"https://192.0.2.7\" or \"http://192.0.2.7\", without a path";
        finder.find(&at("url"), "not the address of a device", fix);
        return None;
    };
    let certificate = Some(PathBuf::from(&raw.certificate)).filter(|path| *path != PathBuf::new());
    if secure && certificate.is_none() {
        let fix = "name the certificate of the device, or of its authority, as a PEM file";
        finder.find(&at("certificate"), "https without a certificate to judge by", fix);
    }
    let mut kept = RawSecret::default();
    *kept.text_mut() = password;
    Some(Device {
        name: raw.name.clone(),
        host,
        port,
        certificate: certificate.filter(|_| secure),
        user: raw.user.clone(),
        password: kept,
        meetings: raw.meetings.clone(),
    })
}

/// Whether a URL is of HTTPS, its host and its port.
fn place(url: &str) -> Option<(bool, String, u16)> {
    let (scheme, rest) = url.split_once("://")?;
    let (secure, usual) = match scheme {
        "https" => (true, 443),
        "http" => (false, 80),
        _ => return None,
    };
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = match authority.strip_prefix('[') {
        Some(inner) => {
            let (host, after) = inner.split_once(']')?;
            (host, after.strip_prefix(':').map_or(Some(usual), |port| port.parse().ok())?)
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (authority, usual),
        },
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':');
    (!host.is_empty() && host.chars().all(plain)).then(|| (secure, host.to_owned(), port))
}
