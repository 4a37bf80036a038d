//! Fuzz bodies; a property test runs them too.

use super::word;
use causeway_adapter::webrtc::message::ClientMessage;

/// A frame of a page. What is read is said again in the same words.
pub fn client_message(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match word::read(text) {
        Ok(message) => {
            let said = serde_json::to_string(&message).expect("words have no maps");
            let again: ClientMessage = word::read(&said).expect("its own words");
            assert_eq!(word::name(&again), word::name(&message));
            assert_eq!(serde_json::to_string(&again).expect("words"), said);
        }
        Err(bad) => assert!(bad.of.chars().count() <= 32),
    }
}
