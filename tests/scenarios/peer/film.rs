//! What a room of the scenarios' own films and shows: ffmpeg on both ends, no codec of ours.

use super::{folder::Folder, process::Process};
use crate::picture::Picture;
use std::{
    fs,
    net::{Ipv4Addr, UdpSocket},
    process::{self, Command},
    sync::atomic::{AtomicU16, Ordering},
};

/// The payload type of all its pictures.
pub(crate) const PAYLOAD_TYPE: u8 = 96;

/// How often the screen is written to a file, in pictures a second.
const SNAPSHOTS: u32 = 5;

/// In what a room films, and is shown what it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// H.264 in whole NAL units of at most a packet (packetization mode 0).
    H264Mode0,
    /// H.264 with fragments (packetization mode 1).
    H264Mode1,
    Vp8,
}

/// What a room films: one colour, before which a white mark moves from left to right.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Film {
    pub(crate) coding: Coding,
    /// As ffmpeg names it.
    pub(crate) colour: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Pictures a second.
    pub(crate) rate: u32,
    /// `level_idc` of H.264: what the room can show, too.
    pub(crate) level: u8,
}

impl Film {
    /// The attributes of its format in a description.
    pub(crate) fn format(self) -> String {
        let number = PAYLOAD_TYPE;
        let h264 = |mode| {
            let level = self.level;
            format!(
                "a=rtpmap:{number} H264/90000\r\na=fmtp:{number} \
                 profile-level-id=42e0{level:02x};packetization-mode={mode}\r\n"
            )
        };
        match self.coding {
            Coding::H264Mode0 => h264(0),
            Coding::H264Mode1 => h264(1),
            Coding::Vp8 => format!("a=rtpmap:{number} VP8/90000\r\n"),
        }
    }

    /// Films to a port of this machine, by RTP.
    pub(crate) fn shoot(self, name: &str, port: u16) -> Process {
        let Self { coding, colour, width, height, rate, .. } = self;
        let (side, y, way) = ((height / 6) & !1, (height / 3) & !1, width * 3 / 4);
        let scene = format!(
            "color=c={colour}:s={width}x{height}:r={rate}[ground];\
             color=c=white:s={side}x{side}:r={rate}[mark];\
             [ground][mark]overlay=y={y}:x='mod({}*t,{way})'",
            width / 4
        );
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "error", "-nostdin", "-re", "-f", "lavfi", "-i", &scene]);
        command.args(["-pix_fmt", "yuv420p", "-threads", "1"]);
        let interval = rate.to_string();
        match coding {
            Coding::H264Mode0 | Coding::H264Mode1 => {
                command.args(["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency"]);
                command.args(["-profile:v", "baseline", "-crf", "26", "-g", &interval]);
            }
            Coding::Vp8 => {
                command.args(["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8"]);
                command.args(["-b:v", "600k", "-lag-in-frames", "0", "-g", &interval]);
            }
        }
        if coding == Coding::H264Mode0 {
            command.args(["-x264-params", "slice-max-size=1100", "-rtpflags", "h264_mode0"]);
        }
        command.args(["-f", "rtp", "-payload_type", &PAYLOAD_TYPE.to_string()]);
        command.arg(format!("rtp://127.0.0.1:{port}?pkt_size=1200"));
        Process::start(&format!("{name}'s camera"), &mut command)
    }
}

/// Shows what comes to a port.
pub(crate) struct Screen {
    process: Process,
    folder: Folder,
}

impl Screen {
    pub(crate) fn start(name: &str, film: Film, port: u16) -> Self {
        let folder = Folder::new(name);
        let description = format!(
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n\
             m=video {port} RTP/AVP {PAYLOAD_TYPE}\r\n{}",
            film.format()
        );
        let description = folder.write("screen.sdp", description);
        let mut command = Command::new("ffmpeg");
        command.args(["-v", "info", "-nostdin", "-protocol_whitelist", "file,udp,rtp"]);
        command.args(["-fflags", "nobuffer", "-analyzeduration", "300000", "-threads", "1"]);
        command.arg("-i").arg(description);
        // One size for all that is written, whatever comes.
        let shown = format!("fps={SNAPSHOTS},scale=640:360:flags=fast_bilinear");
        command.args(["-vf", &shown, "-an", "-c:v", "png", "-compression_level", "1"]);
        command.args(["-f", "image2", "-update", "1", "-atomic_writing", "1"]);
        command.arg(folder.join("seen.png"));
        Self { process: Process::start(&format!("{name}'s screen"), &mut command), folder }
    }

    /// What it shows now, once it shows anything.
    pub(crate) fn snapshot(&self) -> Option<Picture> {
        let path = self.folder.join("seen.png");
        fs::exists(&path).unwrap_or_default().then(|| Picture::read(&path))
    }

    /// The height of the first pictures that came.
    pub(crate) fn height(&self) -> u32 {
        let line = self.process.wait_until("what comes", |line| line.contains(": Video: "));
        let size = line.split(", ").find_map(|part| {
            let (width, height) = part.split(' ').next()?.split_once('x')?;
            width.parse::<u32>().ok().and(height.parse().ok())
        });
        size.unwrap_or_else(|| panic!("no size in {line}"))
    }
}

/// Where pairs of ports begin: below those that the system gives to whoever asks for any, which
/// somebody might get between our look and the first use.
const FIRST: u16 = 30_000;

/// So many pairs for each process, and processes of which none shares them with its neighbours.
const PAIRS: u16 = 50;
const PARTS: u32 = 27;

/// Two neighbouring ports for RTP and RTCP that are free, the first even.
pub(crate) fn free_pair() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let part = FIRST + (process::id() % PARTS) as u16 * 2 * PAIRS;
    let is_free = |port: &u16| {
        let sockets = [*port, port + 1].map(|port| UdpSocket::bind((Ipv4Addr::LOCALHOST, port)));
        sockets.iter().all(Result::is_ok)
    };
    let nth = |_| part + 2 * (NEXT.fetch_add(1, Ordering::Relaxed) % PAIRS);
    (0..PAIRS).map(nth).find(is_free).expect("a free pair of ports")
}
