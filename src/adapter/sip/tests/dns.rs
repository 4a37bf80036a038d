//! A DNS server on the loopback with records made by hand (RFC 1035 section 4).

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::UdpSocket;

const A: u16 = 1;
const SRV: u16 = 33;
const NAPTR: u16 = 35;

/// The records of a zone, by name and type.
#[derive(Default)]
pub(super) struct Zone(HashMap<(String, u16), Vec<Vec<u8>>>);

impl Zone {
    pub(super) fn address(mut self, name: &str, address: Ipv4Addr) -> Self {
        self.put(name, A, address.octets().to_vec());
        self
    }

    pub(super) fn srv(mut self, name: &str, priority: u16, port: u16, target: &str) -> Self {
        let mut data = [priority.to_be_bytes(), [0, 0], port.to_be_bytes()].concat();
        data.extend(encoded(target));
        self.put(name, SRV, data);
        self
    }

    pub(super) fn naptr(mut self, name: &str, order: u16, service: &str, next: &str) -> Self {
        let mut data = [order.to_be_bytes(), [0, 10]].concat();
        for text in ["s", service, ""] {
            data.push(u8::try_from(text.len()).expect("short"));
            data.extend(text.as_bytes());
        }
        data.extend(encoded(next));
        self.put(name, NAPTR, data);
        self
    }

    fn put(&mut self, name: &str, kind: u16, data: Vec<u8>) {
        self.0.entry((name.to_owned(), kind)).or_default().push(data);
    }

    /// Serves it as long as the runtime lives.
    pub(super) async fn serve(self) -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let address = socket.local_addr().expect("bound");
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((len, peer)) = socket.recv_from(&mut buffer).await {
                if let Some(answer) = self.answer(&buffer[..len]) {
                    let _ = socket.send_to(&answer, peer).await;
                }
            }
        });
        address
    }

    fn answer(&self, query: &[u8]) -> Option<Vec<u8>> {
        let mut at = 12;
        let mut labels = Vec::new();
        loop {
            let len = usize::from(*query.get(at)?);
            at += 1;
            if len == 0 {
                break;
            }
            labels.push(String::from_utf8_lossy(query.get(at..at + len)?).to_lowercase());
            at += len;
        }
        let kind = u16::from_be_bytes(query.get(at..at + 2)?.try_into().ok()?);
        let question = query.get(12..at + 4)?;
        let records = self.0.get(&(labels.join("."), kind)).map(Vec::as_slice).unwrap_or_default();
        let mut answer = query.get(..2)?.to_vec();
        answer.extend([0x84, 0, 0, 1]);
        answer.extend(u16::try_from(records.len()).ok()?.to_be_bytes());
        answer.extend([0; 4]);
        answer.extend(question);
        for data in records {
            // The name of the question, class IN, a minute to live.
            answer.extend([0xc0, 12]);
            answer.extend(kind.to_be_bytes());
            answer.extend([0, 1, 0, 0, 0, 60]);
            answer.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
            answer.extend(data);
        }
        Some(answer)
    }
}

fn encoded(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.').filter(|label| !label.is_empty()) {
        bytes.push(u8::try_from(label.len()).expect("short"));
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    bytes
}
