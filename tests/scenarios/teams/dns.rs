//! A DNS server on loopback that knows addresses alone (RFC 1035 section 4).

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
};
use tokio::net::UdpSocket;

/// Serves these names as long as the runtime lives.
pub(crate) async fn serve(names: HashMap<String, Ipv4Addr>) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("bound");
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        while let Ok((length, peer)) = socket.recv_from(&mut buffer).await {
            if let Some(answer) = answer(&names, &buffer[..length]) {
                let _ = socket.send_to(&answer, peer).await;
            }
        }
    });
    address
}

fn answer(names: &HashMap<String, Ipv4Addr>, query: &[u8]) -> Option<Vec<u8>> {
    let (mut at, mut labels) = (12, Vec::new());
    loop {
        let length = usize::from(*query.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8_lossy(query.get(at..at + length)?).to_lowercase());
        at += length;
    }
    let is_address = query.get(at..at + 2)? == [0, 1];
    let known = names.get(&labels.join(".")).filter(|_| is_address);
    let mut answer = query.get(..2)?.to_vec();
    answer.extend([0x84, 0, 0, 1, 0, u8::from(known.is_some()), 0, 0, 0, 0]);
    answer.extend(query.get(12..at + 4)?);
    if let Some(address) = known {
        // The name of the question, type A, class IN, a minute to live.
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(address.octets());
    }
    Some(answer)
}
