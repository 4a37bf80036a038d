//! What every answer of the page and its doors says besides its content.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// Of what belongs to no page: nothing may be loaded, and nobody may frame it.
const BARE: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What a page of ours may do with the devices of its visitor. A frame around it has to allow the
/// same.
const PERMISSIONS: &str = "microphone=(self), camera=(self), speaker-selection=(self), \
     autoplay=(self), picture-in-picture=(self), fullscreen=(self)";

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// The policies of our pages, by who may frame them.
#[derive(Clone, Debug)]
pub(crate) struct Policies {
    page: HeaderValue,
    guide: HeaderValue,
}

impl Policies {
    /// With these sources in `frame-ancestors`; none: nobody. Sources were checked where they were
    /// configured; what is no header value all the same frames nothing. `base` is what links begin
    /// with.
    pub(crate) fn new(ancestors: &[String], base: Option<&str>) -> Self {
        let signal = base.and_then(signal).unwrap_or_default();
        let ancestors = if ancestors.is_empty() { "'none'".into() } else { ancestors.join(" ") };
        let policy =
            |text: String| HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(BARE));
        Self {
            page: policy(format!(
                "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; \
                 connect-src 'self'{signal}; media-src blob:; base-uri 'none'; form-action 'none'; \
                 object-src 'none'; frame-ancestors {ancestors}"
            )),
            guide: policy(
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                 base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
                    .to_owned(),
            ),
        }
    }

    /// Those of the page by which one joins.
    pub(super) fn page(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONTENT_SECURITY_POLICY, self.page.clone());
        headers.insert(PERMISSIONS_POLICY, HeaderValue::from_static(PERMISSIONS));
    }

    /// Those of the guide, which asks nothing but its style, its script and itself.
    pub(super) fn guide(&self, headers: &mut HeaderMap) {
        headers.insert(header::CONTENT_SECURITY_POLICY, self.guide.clone());
    }
}

/// The WebSocket of the place where links lead, behind a blank: `'self'` does not cover it in Safari
/// before 15.4. A policy has no way to write an address of IPv6.
fn signal(base: &str) -> Option<String> {
    let (scheme, rest) = base.split_once("://")?;
    let scheme = if scheme == "https" { "wss" } else { "ws" };
    let host = rest.split('/').next()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte);
    let is_host = !host.is_empty() && host.bytes().all(plain);
    is_host.then(|| format!(" {scheme}://{host}"))
}

/// Completes an answer. There is no `X-Frame-Options`: it knows no list of hosts, and browsers
/// that see both would keep Teams out.
pub(super) fn finish(headers: &mut HeaderMap) {
    let fixed = HeaderValue::from_static;
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(fixed(BARE));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(header::REFERRER_POLICY, fixed("no-referrer"));
    headers.entry(header::CACHE_CONTROL).or_insert(fixed("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_connects_to_its_own_host_alone() {
        let connects = |base: Option<&str>| {
            let policy = Policies::new(&[], base).page.to_str().expect("ASCII").to_owned();
            let mut parts = policy.split("; ").map(str::to_owned);
            parts.find(|part| part.starts_with("connect-src ")).expect("a directive")
        };
        for (base, sources) in [
            (Some("https://meet.example.com"), "'self' wss://meet.example.com"),
            (Some("https://example.com:8443/bridge"), "'self' wss://example.com:8443"),
            (Some("http://localhost:8442"), "'self' ws://localhost:8442"),
            (Some("https://[2001:db8::1]:8443"), "'self'"),
            (Some("https://a.example;script-src"), "'self'"),
            (Some("https://*"), "'self'"),
            (None, "'self'"),
        ] {
            assert_eq!(connects(base), format!("connect-src {sources}"), "{base:?}");
        }
    }
}
