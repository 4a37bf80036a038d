//! Who has a port, as /proc tells it.

use super::Protocol;
use std::fs;
use std::net::{IpAddr, SocketAddr};

/// A process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its number.
    pub pid: u32,
    /// Its name.
    pub name: String,
}

/// The process that has a port at this address or at all addresses; `None` where this user may not
/// see it.
pub(super) fn of(protocol: Protocol, address: SocketAddr) -> Option<Holder> {
    let inode = inode(protocol, address)?;
    let link = format!("socket:[{inode}]");
    for process in fs::read_dir("/proc").ok()?.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let Ok(files) = fs::read_dir(process.path().join("fd")) else { continue };
        let holds = |file: fs::DirEntry| {
            fs::read_link(file.path()).is_ok_and(|target| target.as_os_str() == link.as_str())
        };
        if files.flatten().any(holds) {
            let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            return Some(Holder { pid, name: name.trim().to_owned() });
        }
    }
    None
}

/// The socket that stands in the way.
fn inode(protocol: Protocol, address: SocketAddr) -> Option<u64> {
    let tables = match protocol {
        Protocol::Udp => ["/proc/net/udp", "/proc/net/udp6"],
        Protocol::Tcp => ["/proc/net/tcp", "/proc/net/tcp6"],
    };
    let texts = tables.iter().filter_map(|table| fs::read_to_string(table).ok());
    let rows: Vec<Row> =
        texts.flat_map(|text| text.lines().filter_map(row).collect::<Vec<_>>()).collect();
    let in_the_way = |row: &&Row| {
        row.local.port() == address.port()
            && (protocol == Protocol::Udp || row.state == LISTEN)
            && (row.local.ip() == address.ip()
                || row.local.ip().is_unspecified()
                || address.ip().is_unspecified())
    };
    rows.iter().find(in_the_way).map(|row| row.inode)
}

/// A TCP socket that listens.
const LISTEN: &str = "0A";

struct Row {
    local: SocketAddr,
    state: String,
    inode: u64,
}

/// `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode`
fn row(line: &str) -> Option<Row> {
    let words: Vec<_> = line.split_whitespace().collect();
    Some(Row {
        local: local(words.get(1)?)?,
        state: (*words.get(3)?).to_owned(),
        inode: words.get(9)?.parse().ok()?,
    })
}

/// `0100007F:13C4`: words of 32 bits in the order of this machine, then the port.
fn local(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let word = |at: usize| {
        let digits = address.get(at * 8..at * 8 + 8)?;
        Some(u32::from_str_radix(digits, 16).ok()?.to_ne_bytes())
    };
    let address = match address.len() {
        8 => IpAddr::from(word(0)?),
        32 => {
            let mut bytes = [0; 16];
            for at in 0..4 {
                bytes[at * 4..at * 4 + 4].copy_from_slice(&word(at)?);
            }
            IpAddr::from(bytes)
        }
        _ => return None,
    };
    Some(SocketAddr::new(address.to_canonical(), port))
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    #[cfg(target_endian = "little")]
    fn addresses_of_the_kernel_are_read() {
        let read = |text| local(text).map(|address| address.to_string());
        assert_eq!(read("0100007F:13C4").as_deref(), Some("127.0.0.1:5060"));
        let v6 = "00000000000000000000000001000000:13C4";
        assert_eq!(read(v6).as_deref(), Some("[::1]:5060"));
        for broken in ["", "0100007F", "0100:13C4", "0100007G:13C4", "0100007F:113C4"] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }
}
