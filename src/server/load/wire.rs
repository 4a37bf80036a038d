//! The one socket by which all signalling of a load travels.

use super::options::Transport;
use bytes::{Bytes, BytesMut};
use causeway_proto::sip::Carrier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};
use sip_codec::{Limits, Message, StreamDecoder, StreamItem, StreamSide, parse_datagram};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

/// Bytes that one read takes.
const READ: usize = 65_536;

/// How long a connection may take to open, and a write to be taken.
const CONNECT: Duration = Duration::from_secs(5);

/// The shortest wait that a socket understands.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

/// The socket, by kind.
pub enum Wire {
    /// Datagrams.
    Udp(UdpSocket),
    /// A TCP connection.
    Tcp(TcpStream, Frames),
    /// A TLS connection.
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>, Frames),
}

/// Takes a stream apart.
#[derive(Debug)]
pub struct Frames {
    buffer: BytesMut,
    decoder: StreamDecoder,
}

/// A message with its size on the wire.
#[derive(Debug)]
pub struct Received {
    /// The message.
    pub message: Message,
    /// Its bytes.
    pub size: usize,
    /// Whence.
    pub source: SocketAddr,
}

impl Wire {
    /// Opens the way to `target`.
    ///
    /// # Errors
    /// What the system says.
    pub fn open(transport: Transport, target: SocketAddr) -> io::Result<Self> {
        if transport == Transport::Udp {
            let socket = UdpSocket::bind((local_ip(target)?, 0))?;
            return Ok(Wire::Udp(socket));
        }
        let stream = TcpStream::connect_timeout(&target, CONNECT)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(CONNECT))?;
        let frames = Frames::new();
        if transport == Transport::Tcp {
            return Ok(Wire::Tcp(stream, frames));
        }
        let name = ServerName::IpAddress(target.ip().into());
        let session = ClientConnection::new(client_config()?, name).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(session, stream);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock)?;
        }
        Ok(Wire::Tls(Box::new(stream), frames))
    }

    /// How messages are carried.
    pub fn carrier(&self) -> Carrier {
        match self {
            Wire::Udp(_) => Carrier::Udp,
            Wire::Tcp(..) => Carrier::Tcp,
            Wire::Tls(..) => Carrier::Tls,
        }
    }

    /// Our end.
    ///
    /// # Errors
    /// What the system says.
    pub fn local(&self) -> io::Result<SocketAddr> {
        match self {
            Wire::Udp(socket) => socket.local_addr(),
            Wire::Tcp(stream, _) => stream.local_addr(),
            Wire::Tls(stream, _) => stream.sock.local_addr(),
        }
    }

    /// Sends a message. A connection knows only one peer, whatever `to` says.
    ///
    /// # Errors
    /// What the system says.
    pub fn send(&mut self, bytes: &[u8], to: SocketAddr) -> io::Result<()> {
        match self {
            Wire::Udp(socket) => match socket.send_to(bytes, to) {
                Err(error) if error.kind() != io::ErrorKind::ConnectionRefused => Err(error),
                _ => Ok(()),
            },
            Wire::Tcp(stream, _) => stream.write_all(bytes),
            Wire::Tls(stream, _) => {
                stream.write_all(bytes)?;
                stream.flush()
            }
        }
    }

    /// Waits at most `patience` for messages; takes those that are there. What is no SIP is
    /// skipped.
    ///
    /// # Errors
    /// What the system says; `UnexpectedEof` when the peer closed the connection.
    pub fn receive(&mut self, patience: Duration) -> io::Result<Vec<Received>> {
        let wait = Some(patience.max(SHORTEST_WAIT));
        let mut bytes = [0; READ];
        let read = match self {
            Wire::Udp(socket) => {
                socket.set_read_timeout(wait)?;
                match socket.recv_from(&mut bytes) {
                    Ok((len, source)) => return Ok(datagram(&bytes[..len], source)),
                    Err(error) => Err(error),
                }
            }
            Wire::Tcp(stream, _) => {
                stream.set_read_timeout(wait)?;
                stream.read(&mut bytes)
            }
            Wire::Tls(stream, _) => {
                stream.sock.set_read_timeout(wait)?;
                stream.read(&mut bytes)
            }
        };
        let len = match read {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(len) => len,
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock
                | io::ErrorKind::TimedOut
                | io::ErrorKind::Interrupted
                | io::ErrorKind::ConnectionRefused => return Ok(vec![]),
                _ => return Err(error),
            },
        };
        match self {
            Wire::Udp(_) => Ok(vec![]),
            Wire::Tcp(stream, frames) => frames.take(&bytes[..len], stream.peer_addr()?),
            Wire::Tls(stream, frames) => frames.take(&bytes[..len], stream.sock.peer_addr()?),
        }
    }
}

impl std::fmt::Debug for Wire {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wire({:?})", self.carrier())
    }
}

/// The local address by which the system reaches `target`.
///
/// # Errors
/// What the system says.
pub fn local_ip(target: SocketAddr) -> io::Result<std::net::IpAddr> {
    let any: SocketAddr =
        if target.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0; 8], 0).into() };
    let socket = UdpSocket::bind(any)?;
    socket.connect(target)?;
    Ok(socket.local_addr()?.ip())
}

fn datagram(bytes: &[u8], source: SocketAddr) -> Vec<Received> {
    let parsed = parse_datagram(&Bytes::copy_from_slice(bytes), &Limits::default());
    parsed.ok().map(|message| Received { message, size: bytes.len(), source }).into_iter().collect()
}

impl Frames {
    fn new() -> Self {
        let decoder = StreamDecoder::new(Limits::default(), StreamSide::Opened);
        Self { buffer: BytesMut::new(), decoder }
    }

    fn take(&mut self, bytes: &[u8], source: SocketAddr) -> io::Result<Vec<Received>> {
        self.buffer.extend_from_slice(bytes);
        let mut received = vec![];
        loop {
            let before = self.buffer.len();
            match self.decoder.decode(&mut self.buffer) {
                Ok(Some(StreamItem::Message(message))) => {
                    let size = before - self.buffer.len();
                    received.push(Received { message, size, source });
                }
                Ok(Some(_)) => {}
                Ok(None) => return Ok(received),
                Err(error) if error.framing_lost() => return Err(io::ErrorKind::InvalidData.into()),
                Err(_) => {}
            }
        }
    }
}

/// TLS towards whatever certificate the other side has.
///
/// # Errors
/// What rustls says of its own provider.
pub fn client_config() -> io::Result<Arc<ClientConfig>> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let anyone = Arc::new(Anyone(Arc::clone(&provider)));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(anyone)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Takes any certificate: a load measures capacity, and sends nothing that is secret.
#[derive(Debug)]
struct Anyone(Arc<rustls::crypto::CryptoProvider>);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
