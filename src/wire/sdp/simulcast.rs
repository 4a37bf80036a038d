//! Several sizes of one camera at a time (RFC 8851, RFC 8853), and the sources that go together
//! (RFC 5576 section 4.2).

use std::fmt;

/// Streams of one `a=simulcast`, and sources of one group, that are kept.
pub const MAX_STREAMS: usize = 16;

/// `a=rid` (RFC 8851 section 4), without its restrictions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rid {
    /// The identifier.
    pub id: String,
    /// Whether whoever describes sends it; else it takes it.
    pub send: bool,
}

impl Rid {
    /// Reads the value. `None` where it is broken.
    pub fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_whitespace();
        let id = words.next().filter(|id| is_rid(id))?.to_owned();
        let send = match words.next()? {
            way if way.eq_ignore_ascii_case("send") => true,
            way if way.eq_ignore_ascii_case("recv") => false,
            _ => return None,
        };
        Some(Self { id, send })
    }
}

impl fmt::Display for Rid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, if self.send { "send" } else { "recv" })
    }
}

/// Letters, digits, `-` and `_` (RFC 8851 section 10). An older draft of it had no bound.
fn is_rid(word: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=255).contains(&word.len()) && word.bytes().all(fits)
}

/// One stream of [`Simulcast`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulcastStream {
    /// Its `a=rid`.
    pub rid: String,
    /// It is not sent at present (`~`).
    pub paused: bool,
}

/// `a=simulcast` (RFC 8853 section 5.1). Of alternatives the first is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Simulcast {
    /// What whoever describes sends, at most [`MAX_STREAMS`].
    pub send: Vec<SimulcastStream>,
    /// What it takes, at most [`MAX_STREAMS`].
    pub receive: Vec<SimulcastStream>,
}

impl Simulcast {
    /// Reads the value, also as Firefox wrote it before the RFC (`send rid=a;b`). `None` where it
    /// is broken.
    pub fn parse(value: &str) -> Option<Self> {
        let mut read = Self::default();
        let mut words = value.split_whitespace();
        while let Some(way) = words.next() {
            let list = words.next()?;
            let streams = list.strip_prefix("rid=").unwrap_or(list).split(';').map(stream);
            let streams: Vec<_> = streams.take(MAX_STREAMS).collect::<Option<_>>()?;
            match way.to_ascii_lowercase().as_str() {
                "send" if read.send.is_empty() => read.send = streams,
                "recv" if read.receive.is_empty() => read.receive = streams,
                _ => return None,
            }
        }
        Some(read).filter(|read| !read.send.is_empty() || !read.receive.is_empty())
    }
}

fn stream(alternatives: &str) -> Option<SimulcastStream> {
    let first = alternatives.split(',').next()?;
    let rid = first.strip_prefix('~').unwrap_or(first);
    is_rid(rid).then(|| SimulcastStream { rid: rid.to_owned(), paused: rid != first })
}

impl fmt::Display for Simulcast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ways = [("send", &self.send), ("recv", &self.receive)];
        for (place, (way, streams)) in
            ways.into_iter().filter(|(_, streams)| !streams.is_empty()).enumerate()
        {
            write!(f, "{}{way} ", if place == 0 { "" } else { " " })?;
            for (place, stream) in streams.iter().enumerate() {
                let between = if place == 0 { "" } else { ";" };
                let mark = if stream.paused { "~" } else { "" };
                write!(f, "{between}{mark}{}", stream.rid)?;
            }
        }
        Ok(())
    }
}

/// The source that repeats the packets of `of`, by a value of `a=ssrc-group` (RFC 5576
/// section 4.2, `FID`). `None` where the group is of something else.
pub fn repeating_source(value: &str, of: u32) -> Option<u32> {
    let mut words = value.split_whitespace();
    let semantics = words.next()?;
    let first: u32 = words.next()?.parse().ok()?;
    let second = words.next()?.parse().ok()?;
    (semantics.eq_ignore_ascii_case("FID") && first == of).then_some(second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_one_camera() {
        let read = Simulcast::parse("send h;~m,n;l").unwrap();
        let streams: Vec<_> = read.send.iter().map(|s| (s.rid.as_str(), s.paused)).collect();
        assert_eq!(streams, [("h", false), ("m", true), ("l", false)]);
        assert_eq!(read.to_string(), "send h;~m;l");
        let both = Simulcast::parse(" recv 1;2  send 3 ").unwrap();
        assert_eq!((both.send.len(), both.receive.len()), (1, 2));
        assert_eq!(both.to_string(), "send 3 recv 1;2");
        assert_eq!(Simulcast::parse("send rid=a;b").unwrap().send.len(), 2);
        let many = format!("send x{}", ";x".repeat(1_000));
        assert_eq!(Simulcast::parse(&many).unwrap().send.len(), MAX_STREAMS);
        for broken in ["", "send", "both a", "send a;", "send a;;b", "send a send b", "send a b"] {
            assert_eq!(Simulcast::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn identifiers_and_their_ways() {
        let rid = Rid::parse("hi send pt=96;max-width=1280").unwrap();
        assert_eq!((rid.id.as_str(), rid.send), ("hi", true));
        assert_eq!(Rid { send: false, ..rid }.to_string(), "hi recv");
        for broken in ["", "hi", "hi both", "h! send", "~h send"] {
            assert_eq!(Rid::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn sources_that_repeat() {
        assert_eq!(repeating_source("FID 1 2", 1), Some(2));
        for other in ["SIM 1 2 3", "FID 2 1", "FID 1", "FID", "", "FID 1 x"] {
            assert_eq!(repeating_source(other, 1), None, "{other}");
        }
    }
}
