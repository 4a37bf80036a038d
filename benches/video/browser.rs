//! How browsers of the load and the engine get to know each other, instead of by SDP.

use crate::leg;
use causeway_base::{Codec, SizeClass, VideoCodec};
use causeway_plan::{
    AudioFormat, Content, Direction, DtlsRole, Fingerprint, IceCredentials, LegMedia, LegVideo,
    Transport, VideoTransport, WebRtcAddress, WebRtcExtensions, WebRtcSpec, WebRtcVideo,
};
use std::io;
use std::net::SocketAddr;

/// The tag of the line of video of a number: 0 has the camera and the picture, the others a tile
/// each.
pub(crate) fn mid(line: usize) -> String {
    line.to_string()
}

/// The sources both ways, the same for all: each has a session of its own. They are followed by
/// those of their retransmissions.
pub(crate) const CAMERA: u32 = 0x1234_0001;
const SHOWN: u32 = 0x1234_0101;

/// The source that is shown on a line.
pub(crate) const fn shown(line: usize) -> u32 {
    SHOWN + 2 * line as u32
}

/// The line of a source.
pub(crate) const fn line_of(ssrc: u32) -> usize {
    (ssrc.wrapping_sub(SHOWN) / 2) as usize
}

/// What one side says of itself.
#[derive(Debug)]
pub(crate) struct Introduction {
    pub(crate) ufrag: String,
    pub(crate) password: String,
    pub(crate) fingerprint: [u8; 32],
    pub(crate) address: SocketAddr,
}

impl Introduction {
    /// The engine's.
    pub(crate) fn of(local: &WebRtcAddress) -> io::Result<Self> {
        let address = local.udp.first().copied().ok_or_else(|| io::Error::other("no door"))?;
        Ok(Self {
            ufrag: local.ice.ufrag.clone(),
            password: local.ice.password.clone(),
            fingerprint: local.fingerprint.0,
            address,
        })
    }

    /// As the words of a line.
    pub(crate) fn written(&self) -> Vec<String> {
        let fingerprint = self.fingerprint.iter().map(|byte| format!("{byte:02x}")).collect();
        vec![self.ufrag.clone(), self.password.clone(), fingerprint, self.address.to_string()]
    }

    /// From the words of a line.
    pub(crate) fn read(words: &[String]) -> io::Result<Self> {
        let wrong = || io::Error::other("no introduction");
        let [ufrag, password, hex, address] = words else { return Err(wrong()) };
        let mut fingerprint = [0; 32];
        for (at, byte) in fingerprint.iter_mut().enumerate() {
            let digits = hex.get(2 * at..2 * at + 2).ok_or_else(wrong)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| wrong())?;
        }
        let address = address.parse().map_err(|_| wrong())?;
        Ok(Self { ufrag: ufrag.clone(), password: password.clone(), fingerprint, address })
    }
}

/// A browser with a camera that is sent a picture in a codec, or so many tiles.
pub(crate) fn media(
    local: WebRtcAddress,
    remote: &Introduction,
    codec: VideoCodec,
    class: SizeClass,
    tiles: usize,
) -> LegMedia {
    let video = |line, remote_ssrc| {
        VideoTransport::Bundle(WebRtcVideo {
            mid: mid(line),
            remote_ssrc,
            remote_rtx_ssrc: None,
            remote_rids: vec![],
            local_ssrc: shown(line),
            local_rtx_ssrc: shown(line) + 1,
            cname: "bridge".into(),
            extensions: WebRtcExtensions::default(),
        })
    };
    let spec = WebRtcSpec {
        local_ice: local.ice,
        remote_ice: IceCredentials {
            ufrag: remote.ufrag.clone(),
            password: remote.password.clone(),
        },
        remote_fingerprint: Fingerprint(remote.fingerprint),
        dtls: DtlsRole::Server,
        ice_lite: true,
        remote_candidates: vec![],
        audio: None,
        video_formats: VideoCodec::ALL.into_iter().map(leg::format).collect(),
        data: None,
    };
    let send = Some(leg::send(codec, class));
    let main = leg::line(video(0, Some(CAMERA)), Direction::SendReceive, send);
    let tile = |line| LegVideo {
        content: Content::Tile,
        ..leg::line(video(line, None), Direction::SendOnly, send)
    };
    LegMedia {
        transport: Transport::WebRtc(Box::new(spec)),
        direction: Direction::Inactive,
        audio: leg::sound(AudioFormat::new(Codec::Opus, 111)),
        video: std::iter::once(main).chain((1..=tiles).map(tile)).collect(),
    }
}
