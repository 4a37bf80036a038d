//! A peer that was invited and turns hostile: it has the password, finishes the handshake, and
//! then says what no browser says, inside the encryption too.

use crate::webrtc::identity;
use causeway_plan::{Fingerprint, SrtpKey, SrtpSuite, WebRtcAddress};
use causeway_rtp::SrtpSender;
use causeway_rtp::srtp::MAX_SRTP_OVERHEAD;
use std::net::{Ipv4Addr, UdpSocket};
use std::time::Instant;
use str0m::config::DtlsVersion;
use str0m::crypto::dtls::{DtlsInstance, DtlsOutput, SrtpProfile};
use str0m::ice::{StunMessage, TransId};

/// A genuine or forged connectivity check.
pub(super) fn check(user: &str, password: &str) -> Vec<u8> {
    let identity = identity().expect("made");
    let hmac =
        |key: &[u8], parts: &[&[u8]]| identity.crypto.sha1_hmac_provider.sha1_hmac(key, parts);
    let message = StunMessage::binding_request(user, TransId::new(), true, 7, 1 << 24, true);
    let mut bytes = vec![0; 200];
    let len = message.to_bytes(Some(password.as_bytes()), &mut bytes, hmac).expect("room");
    bytes.truncate(len);
    bytes
}

pub(super) struct Insider {
    socket: UdpSocket,
    dtls: Box<dyn DtlsInstance>,
    fingerprint: Fingerprint,
    bridge: WebRtcAddress,
    user: String,
    srtp: Option<SrtpSender>,
    connected: bool,
}

impl Insider {
    /// Its half of the user name is `remote`.
    pub(super) fn new(bridge: &WebRtcAddress, remote: &str, now: Instant) -> Self {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback");
        socket.set_nonblocking(true).expect("supported");
        socket.connect(bridge.udp[0]).expect("loopback");
        let crypto = &identity().expect("made").crypto;
        let certificate = crypto.dtls_provider.generate_certificate().expect("made");
        let fingerprint = Fingerprint(crypto.sha256_provider.sha256(&certificate.certificate));
        let mut dtls = crypto
            .dtls_provider
            .new_dtls(&certificate, now, DtlsVersion::Dtls12, None)
            .expect("made");
        dtls.set_active(true);
        dtls.handle_timeout(now).expect("begins");
        let _ = dtls.handle_packet(&[]);
        Self {
            socket,
            dtls,
            fingerprint,
            bridge: bridge.clone(),
            user: format!("{}:{remote}", bridge.ice.ufrag),
            srtp: None,
            connected: false,
        }
    }

    /// A ClientHello as browsers send it.
    pub(super) fn client_hello(now: Instant) -> Vec<u8> {
        let crypto = &identity().expect("made").crypto;
        let certificate = crypto.dtls_provider.generate_certificate().expect("made");
        let mut dtls = crypto
            .dtls_provider
            .new_dtls(&certificate, now, DtlsVersion::Dtls12, None)
            .expect("made");
        dtls.set_active(true);
        dtls.handle_timeout(now).expect("begins");
        // An empty packet has it begin.
        let _ = dtls.handle_packet(&[]);
        let mut buffer = [0; 2048];
        match dtls.poll_output(&mut buffer) {
            DtlsOutput::Packet(hello) => hello.to_vec(),
            other => panic!("no ClientHello but {other:?}"),
        }
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    pub(super) fn is_connected(&self) -> bool {
        self.connected && self.srtp.is_some()
    }

    /// Proves its address, and goes on with the handshake.
    pub(super) fn run(&mut self, now: Instant) {
        self.send(&self.genuine_check());
        let mut buffer = [0; 2048];
        while let Ok(len) = self.socket.recv(&mut buffer) {
            if (20..64).contains(&buffer[0]) {
                // Whatever it hears after it turned hostile.
                let _ = self.dtls.handle_packet(&buffer[..len]);
            }
        }
        let _ = self.dtls.handle_timeout(now);
        self.drain();
    }

    fn drain(&mut self) {
        let mut buffer = [0; 2048];
        loop {
            match self.dtls.poll_output(&mut buffer) {
                DtlsOutput::Packet(packet) => {
                    let _ = self.socket.send(packet);
                }
                DtlsOutput::Connected => self.connected = true,
                DtlsOutput::KeyingMaterial(keys, profile) => {
                    self.srtp = Some(sender(keys.as_ref(), profile));
                }
                DtlsOutput::Timeout(_) => return,
                _ => {}
            }
        }
    }

    /// What proves its address.
    pub(super) fn genuine_check(&self) -> Vec<u8> {
        check(&self.user, &self.bridge.ice.password)
    }

    /// Bytes as they are.
    pub(super) fn send(&self, bytes: &[u8]) {
        // The bridge may have closed on it.
        let _ = self.socket.send(bytes);
    }

    /// Bytes where SCTP is expected.
    pub(super) fn send_sctp(&mut self, bytes: &[u8]) {
        let _ = self.dtls.send_application_data(bytes);
        self.drain();
    }

    /// A packet under the right keys. What is not even a packet is not sent.
    pub(super) fn send_rtp(&mut self, packet: &[u8]) {
        let mut bytes = packet.to_vec();
        bytes.resize(packet.len() + MAX_SRTP_OVERHEAD, 0);
        let srtp = self.srtp.as_mut().expect("connected");
        if let Ok(len) = srtp.protect_rtp(&mut bytes, packet.len()) {
            self.send(&bytes[..len]);
        }
    }

    /// The same for RTCP.
    pub(super) fn send_rtcp(&mut self, compound: &[u8]) {
        let mut bytes = compound.to_vec();
        bytes.resize(compound.len() + MAX_SRTP_OVERHEAD, 0);
        let srtp = self.srtp.as_mut().expect("connected");
        if let Ok(len) = srtp.protect_rtcp(&mut bytes, compound.len()) {
            self.send(&bytes[..len]);
        }
    }
}

/// The client's half of the keys (RFC 5764 section 4.2).
fn sender(keys: &[u8], profile: SrtpProfile) -> SrtpSender {
    let suite = match profile {
        SrtpProfile::AES128_CM_SHA1_80 => SrtpSuite::Aes128CmSha1_80,
        SrtpProfile::AEAD_AES_128_GCM => SrtpSuite::AeadAes128Gcm,
        SrtpProfile::AEAD_AES_256_GCM => SrtpSuite::AeadAes256Gcm,
        other => panic!("no browser has {other:?}"),
    };
    let (key, salt) = (suite.key_len(), suite.salt_len());
    let keying = [&keys[..key], &keys[2 * key..2 * key + salt]].concat();
    let key = SrtpKey::new(suite, &keying).expect("its length");
    SrtpSender::new(suite, &key).expect("its key")
}
