//! Which device this node is at its trunks: a URN, made once and kept, so that a trunk knows a
//! node that comes back for the same one (RFC 5626 section 4.1).

use crate::tls::{self, TlsError};
use causeway_adapter::sip;
use std::fs;
use std::path::Path;

/// The file in the state directory.
const FILE: &str = "sip-instance";

/// The URN of this node; made at the first start.
///
/// # Errors
/// Where it cannot be kept.
pub(crate) fn load(state_dir: &Path) -> Result<String, TlsError> {
    let path = state_dir.join(FILE);
    let kept = fs::read_to_string(&path).unwrap_or_default();
    if is_urn(kept.trim()) {
        return Ok(kept.trim().to_owned());
    }
    let urn = sip::config::instance(tls::seed()?);
    let failed =
        |error: std::io::Error| TlsError::File { path: path.clone(), error: error.to_string() };
    fs::create_dir_all(state_dir).map_err(failed)?;
    fs::write(&path, &urn).map_err(failed)?;
    Ok(urn)
}

/// What is written here stands in a header.
fn is_urn(text: &str) -> bool {
    let uuid = text.strip_prefix("urn:uuid:").unwrap_or_default();
    uuid.len() == 36 && uuid.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_the_same_device_after_a_restart_and_rubbish_is_replaced() {
        let dir = std::env::temp_dir().join(format!("causeway-instance-{}", std::process::id()));
        let first = load(&dir).expect("kept");
        assert!(is_urn(&first), "{first}");
        assert_eq!(load(&dir).expect("kept"), first);
        fs::write(dir.join(FILE), "x>\r\nEvil: yes").expect("written");
        assert!(is_urn(&load(&dir).expect("kept")));
        fs::remove_dir_all(&dir).expect("clean up");
    }
}
