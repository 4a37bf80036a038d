//! `a=candidate`: where ICE may reach somebody (RFC 8839 section 5.1, RFC 6544 section 4.5).

use std::fmt;

/// The longest value taken. A browser's has some 150 bytes.
pub const MAX_CANDIDATE: usize = 512;

/// One candidate, its words as they stand. What they mean is the reader's matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The same for candidates that share their base and their kind.
    pub foundation: String,
    /// 1 for RTP, 2 for RTCP of its own port.
    pub component: u16,
    /// `UDP` or `TCP`, in any case.
    pub transport: String,
    /// The higher, the better.
    pub priority: u32,
    /// A number, or a name such as those of multicast DNS.
    pub address: String,
    /// The port; 9 where the side only opens connections.
    pub port: u16,
    /// `host`, `srflx`, `prflx` or `relay`.
    pub kind: String,
    /// `active`, `passive` or `so`, for TCP.
    pub tcp_type: Option<String>,
    /// The user name fragment that it belongs to, where it says so: a late candidate of before a
    /// restart can be told.
    pub ufrag: Option<String>,
}

impl Candidate {
    /// Reads a value, with or without `candidate:` and `a=` before it, as scripts hand it over.
    /// `None` where it is broken. Unknown extensions are left out.
    pub fn parse(value: &str) -> Option<Self> {
        if value.len() > MAX_CANDIDATE {
            return None;
        }
        let value = value.trim();
        let value = value.strip_prefix("a=").unwrap_or(value);
        let value = value.strip_prefix("candidate:").unwrap_or(value);
        let mut words = value.split_whitespace();
        let mut next = || words.next();
        let foundation = next().filter(|word| is_foundation(word))?.to_owned();
        let component = next()?.parse().ok()?;
        let transport = next()?.to_owned();
        let priority = next()?.parse().ok()?;
        let address = next()?.to_owned();
        let port = next()?.parse().ok()?;
        next().filter(|word| *word == "typ")?;
        let kind = next()?.to_owned();
        let mut read = Self {
            foundation,
            component,
            transport,
            priority,
            address,
            port,
            kind,
            tcp_type: None,
            ufrag: None,
        };
        while let (Some(name), Some(value)) = (next(), next()) {
            match name {
                "tcptype" => read.tcp_type = Some(value.to_owned()),
                "ufrag" => read.ufrag = Some(value.to_owned()),
                _ => {}
            }
        }
        Some(read)
    }
}

/// 1 to 32 characters of ALPHA, DIGIT, `+`, `/`; some stacks use more of ASCII.
fn is_foundation(word: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_graphic() && !b":=".contains(&byte);
    (1..=32).contains(&word.len()) && word.bytes().all(fits)
}

impl fmt::Display for Candidate {
    /// The value of the attribute.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { foundation, component, transport, priority, address, port, kind, .. } = self;
        write!(f, "{foundation} {component} {transport} {priority} {address} {port} typ {kind}")?;
        if let Some(tcp_type) = &self.tcp_type {
            write!(f, " tcptype {tcp_type}")?;
        }
        self.ufrag.as_ref().map_or(Ok(()), |ufrag| write!(f, " ufrag {ufrag}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_as_browsers_write_them() {
        let chrome = "candidate:842163049 1 udp 1677729535 203.0.113.7 56143 typ srflx raddr \
                      192.168.1.2 rport 56143 generation 0 ufrag 4ZcD network-cost 999";
        let read = Candidate::parse(chrome).unwrap();
        assert_eq!((read.foundation.as_str(), read.component), ("842163049", 1));
        assert_eq!((read.transport.as_str(), read.priority), ("udp", 1_677_729_535));
        assert_eq!((read.address.as_str(), read.port), ("203.0.113.7", 56_143));
        assert_eq!((read.kind.as_str(), read.ufrag.as_deref()), ("srflx", Some("4ZcD")));
        let written = read.to_string();
        assert_eq!(Candidate::parse(&written), Some(read));

        let firefox = "0 1 TCP 2105524479 0e1c8b25.local 9 typ host tcptype active";
        let read = Candidate::parse(firefox).unwrap();
        assert_eq!(read.tcp_type.as_deref(), Some("active"));
        assert_eq!(read.to_string(), firefox);
        let prefixed = Candidate::parse(&format!("a=candidate:{firefox}\r\n"));
        assert_eq!(prefixed, Some(read));
    }

    #[test]
    fn broken_candidates_are_none() {
        let whole = "1 1 udp 1 192.0.2.1 5000 typ host";
        assert!(Candidate::parse(whole).is_some());
        let words: Vec<_> = whole.split(' ').collect();
        for kept in 0..words.len() {
            assert_eq!(Candidate::parse(&words[..kept].join(" ")), None, "{kept} words");
        }
        for text in [
            "1 x udp 1 192.0.2.1 5000 typ host",
            "1 1 udp -1 192.0.2.1 5000 typ host",
            "1 1 udp 4294967296 192.0.2.1 5000 typ host",
            "1 1 udp 1 192.0.2.1 65536 typ host",
            "1 1 udp 1 192.0.2.1 5000 kind host",
            "123456789012345678901234567890123 1 udp 1 192.0.2.1 5000 typ host",
        ] {
            assert_eq!(Candidate::parse(text), None, "{text}");
        }
        assert_eq!(Candidate::parse(&format!("{whole}{}", " x y".repeat(200))), None);
    }
}
