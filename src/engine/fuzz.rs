//! Bodies of the fuzz targets; the tests run them too.
#![allow(clippy::missing_panics_doc, reason = "a fuzz target speaks by panicking")]

use crate::video::decode::message::{Answer, Request};

/// What a decoder process says, and what it is told. Asserts that what is understood means the
/// same when it is said again.
pub fn decoder_message(data: &[u8]) {
    if let Some(answer) = Answer::parse(data) {
        assert_eq!(Answer::parse(&answer.to_bytes()), Some(answer));
    }
    if let Some(request) = Request::parse(data) {
        assert_eq!(Request::parse(&request.to_bytes()), Some(request));
    }
}
