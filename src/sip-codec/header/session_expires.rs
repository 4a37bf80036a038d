//! Session-Expires.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{
    cursor::Cursor, error::SyntaxError, header_name::HeaderName, headers::TypedHeader,
    param::Params,
};

/// How long a session lasts without a refresh (RFC 4028 section 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionExpires {
    /// Seconds.
    pub seconds: u32,
    /// `refresher` and others.
    pub params: Params,
}

/// Who refreshes a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refresher {
    /// Whoever sent the request in which it stands.
    Uac,
    /// Whoever answered it.
    Uas,
}

impl SessionExpires {
    /// An interval and who refreshes it.
    pub fn new(seconds: u32, refresher: Option<Refresher>) -> Self {
        let mut params = Params::new();
        match refresher {
            Some(Refresher::Uac) => params.set("refresher", "uac"),
            Some(Refresher::Uas) => params.set("refresher", "uas"),
            None => {}
        }
        Self { seconds, params }
    }

    /// The `refresher` parameter; an unknown word counts as absent.
    pub fn refresher(&self) -> Option<Refresher> {
        let refresher = self.params.get("refresher")?;
        if refresher.eq_ignore_case("uac") {
            Some(Refresher::Uac)
        } else if refresher.eq_ignore_case("uas") {
            Some(Refresher::Uas)
        } else {
            None
        }
    }
}

/// Reads `delta-seconds *( SEMI generic-param )`.
pub(crate) fn interval(value: &Bytes) -> Result<(u32, Params), SyntaxError> {
    let mut cursor = Cursor::new(value);
    let seconds = cursor.number_u32("seconds")?;
    Ok((seconds, Params::read(&mut cursor)?))
}

impl TypedHeader for SessionExpires {
    const NAME: HeaderName = HeaderName::SessionExpires;

    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        interval(value).map(|(seconds, params)| Self { seconds, params })
    }

    fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.seconds.to_string().as_bytes());
        self.params.encode(out);
    }
}
