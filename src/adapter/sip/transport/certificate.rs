//! The SIP identities in a certificate that our authorities signed (RFC 5922 section 7.1).

use rustls_pki_types::CertificateDer;
use std::sync::Arc;

/// Names of one certificate that are kept: a provider's has a few.
const MAX_NAMES: usize = 32;

/// The domains that a certificate speaks for: those of its `sip:` URIs, where it has some, else
/// its DNS names. Wildcards speak for nobody (section 7.2).
pub(super) fn domains(certificate: &CertificateDer<'_>) -> Arc<[Arc<str>]> {
    let Ok(parsed) = webpki::EndEntityCert::try_from(certificate) else { return Arc::default() };
    let uris: Vec<Arc<str>> = parsed.valid_uri_names().filter_map(domain_of).collect();
    let names = if uris.is_empty() {
        let names = parsed.valid_dns_names().filter(|name| !name.contains('*'));
        names.map(Arc::from).collect()
    } else {
        uris
    };
    names.into_iter().take(MAX_NAMES).collect()
}

/// The host of a `sip:` URI without a user part: a URI with one names a person, not a domain.
fn domain_of(uri: &str) -> Option<Arc<str>> {
    let (scheme, rest) = uri.split_once(':')?;
    let plain = scheme.eq_ignore_ascii_case("sip") && !rest.contains('@');
    let host = rest.split([';', '?', ':']).next()?;
    (plain && !host.is_empty()).then(|| Arc::from(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_names_a_domain_only_without_a_user() {
        assert_eq!(domain_of("sip:carrier.example").as_deref(), Some("carrier.example"));
        assert_eq!(domain_of("SIP:carrier.example;x=y").as_deref(), Some("carrier.example"));
        assert_eq!(domain_of("sip:ann@carrier.example"), None);
        assert_eq!(domain_of("https://carrier.example"), None);
        assert_eq!(domain_of("sip:"), None);
    }

    #[test]
    fn rubbish_names_nobody() {
        assert!(domains(&CertificateDer::from(vec![0x30, 0x82, 1, 2])).is_empty());
    }
}
