//! From.

use super::{NameAddr, name_addr::name_addr_header};
use crate::{text::Text, uri::Uri};

name_addr_header!(
    /// Who sends the request (RFC 3261 section 20.20).
    From,
    Single
);

impl From {
    /// A URI without a tag.
    pub fn new(uri: impl Into<Uri>) -> Self {
        Self(NameAddr::new(uri))
    }

    /// The tag: half of a dialog's identity.
    pub fn tag(&self) -> Option<&Text> {
        self.0.tag()
    }

    /// The same with a tag.
    pub fn with_tag(mut self, tag: impl Into<Text>) -> Self {
        self.0.params.set("tag", tag);
        self
    }
}
