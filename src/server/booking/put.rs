//! One list, sent to one device: `POST /bookingsputxml` with Basic authentication (RFC 7617). A
//! request a minute needs no pool, so that this is HTTP/1.1 by hand: one request, one answer, and
//! of that only its first line.

use crate::config::Device;
use crate::tls;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::ServerName;
use std::fmt;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Where devices take a list.
const PATH: &str = "/bookingsputxml";

/// How long a device may take for all of it.
const LIMIT: Duration = Duration::from_secs(15);

/// What is read of an answer: its first line.
const MAX_ANSWER: usize = 512;

/// Why a device has no list.
#[derive(Debug)]
pub(super) enum PutError {
    /// It cannot be reached, or its certificate is not the one that was named.
    Connection(io::Error),
    /// It did not answer in time.
    TimedOut,
    /// It took the user or the password for wrong.
    NotAuthorized,
    /// It refused the list.
    Refused(u16),
    /// What it said is no HTTP.
    NotHttp,
}

impl fmt::Display for PutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PutError::Connection(error) => write!(f, "无法连接 / not reached: {error}"),
            PutError::TimedOut => f.write_str("未及时应答 / no answer in time"),
            PutError::NotAuthorized => {
                f.write_str("用户名或密码错误 / wrong user or password (401)")
            }
            PutError::Refused(status) => write!(f, "设备拒绝 / refused by the device: {status}"),
            PutError::NotHttp => f.write_str("应答不是 HTTP / no answer of HTTP"),
        }
    }
}

impl std::error::Error for PutError {}

/// Sends a list.
///
/// # Errors
/// Why the device does not have it.
pub(super) async fn put(device: &Device, list: &str) -> Result<(), PutError> {
    let sent = timeout(LIMIT, send(device, list)).await.map_err(|_| PutError::TimedOut)?;
    match sent.map_err(PutError::Connection)? {
        Some(200..=299) => Ok(()),
        Some(401 | 403) => Err(PutError::NotAuthorized),
        Some(status) => Err(PutError::Refused(status)),
        None => Err(PutError::NotHttp),
    }
}

async fn send(device: &Device, list: &str) -> io::Result<Option<u16>> {
    let stream = TcpStream::connect((device.host.as_str(), device.port)).await?;
    let request = request(device, list);
    match &device.certificate {
        None => exchange(stream, &request).await,
        Some(certificate) => {
            let tls = tls::of_authorities(certificate).map_err(io::Error::other)?;
            let name = ServerName::try_from(device.host.clone()).map_err(io::Error::other)?;
            let stream = TlsConnector::from(tls).connect(name, stream).await?;
            exchange(stream, &request).await
        }
    }
}

fn request(device: &Device, list: &str) -> String {
    let proof = STANDARD.encode(format!("{}:{}", device.user, device.password.reveal()));
    let host =
        if device.host.contains(':') { format!("[{}]", device.host) } else { device.host.clone() };
    format!(
        "POST {PATH} HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Basic {proof}\r\n\
         Content-Type: text/xml; charset=utf-8\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{list}",
        port = device.port,
        length = list.len(),
    )
}

/// The status of the answer; `None` for what is no HTTP.
async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &str,
) -> io::Result<Option<u16>> {
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let mut answer = Vec::with_capacity(MAX_ANSWER);
    while !answer.contains(&b'\n') && answer.len() < MAX_ANSWER {
        if stream.read_buf(&mut answer).await? == 0 {
            break;
        }
    }
    Ok(status(&answer))
}

fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|byte| *byte == b'\n').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split_whitespace();
    words.next().filter(|version| version.starts_with("HTTP/1."))?;
    words.next()?.parse().ok()
}
