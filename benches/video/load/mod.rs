//! The other side, in a process of its own: cameras and screens without signalling.

use crate::case::Case;
use crate::clip;
use crate::tile;
use causeway_base::{SizeClass, VideoCodec};
use causeway_media::video::codec::{Decoded, decoder};
use causeway_media::video::frame::{Frame, FramePool};
use causeway_rtp::video::{Assembled, Assembler, Piece};
use causeway_wire::h264::{PacketizationMode, packetize};
use causeway_wire::rtp::{MIN_LEN, RtpHeader, RtpView};
use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The argument by which this program is the load.
pub(crate) const FLAG: &str = "--load";

/// All traffic stays on the machine.
pub(crate) const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The payload types of both ways.
pub(crate) const fn payload_type(codec: VideoCodec) -> u8 {
    match codec {
        VideoCodec::H264 => 96,
        VideoCodec::Vp8 => 97,
    }
}

/// From the first packet to the window: rates settle, everybody has had a full picture.
const SETTLE: Duration = Duration::from_secs(6);

/// What is measured.
pub(crate) const WINDOW: Duration = Duration::from_secs(10);

/// The longest payload.
const MAX_PAYLOAD: usize = 1_200;

/// What was received in the window.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heard {
    /// Pictures of all receivers.
    pub(crate) pictures: u64,
    /// Pictures of the receiver with the fewest.
    pub(crate) least: u64,
    /// The mean time from a picture sent to a composed one with it, in milliseconds.
    pub(crate) delay_ms: f64,
    /// The longest.
    pub(crate) worst_ms: f64,
}

/// The load as the bench sees it.
pub(crate) struct Load {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Load {
    /// Starts one. Returns where receivers are, and where each source sends from.
    pub(crate) fn start(case: &Case) -> io::Result<(Self, SocketAddr, Vec<SocketAddr>)> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([FLAG, &case.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.ok_or_else(|| io::Error::other("no pipes"))?;
        let mut load = Self { child, input, output: BufReader::new(output) };
        let ports = load.line()?;
        let mut ports = ports.split_whitespace().filter_map(|port| port.parse().ok());
        let mut next = || ports.next().map(|port: u16| SocketAddr::new(LOCAL, port));
        let receivers = next().ok_or_else(|| io::Error::other("the load has no socket"))?;
        Ok((load, receivers, std::iter::from_fn(next).collect()))
    }

    /// Tells it where each source sends to, and which address is the first receiver's.
    pub(crate) fn begin(&mut self, sources: &[SocketAddr], first: SocketAddr) -> io::Result<()> {
        let all = sources.iter().chain([&first]);
        let ports: Vec<String> = all.map(|address| address.port().to_string()).collect();
        writeln!(self.input, "{}", ports.join(" "))
    }

    /// Waits for the window to begin.
    pub(crate) fn window(&mut self) -> io::Result<()> {
        self.line().map(drop)
    }

    /// Waits for the end of the window.
    pub(crate) fn heard(mut self) -> io::Result<Heard> {
        let line = self.line()?;
        self.child.wait()?;
        let numbers: Vec<f64> =
            line.split(' ').filter_map(|word| word.trim().parse().ok()).collect();
        let [pictures, least, delay_ms, worst_ms] = numbers[..] else {
            return Err(io::Error::other("the load measured nothing"));
        };
        Ok(Heard { pictures: pictures as u64, least: least as u64, delay_ms, worst_ms })
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.output.read_line(&mut line)? {
            0 => Err(io::Error::other("the load ended")),
            _ => Ok(line),
        }
    }
}

/// Is the load of a case.
pub(crate) fn serve(case: &Case) -> io::Result<()> {
    let access_units = clip::encoded(case.size)?;
    let receiver = UdpSocket::bind((LOCAL, 0))?;
    receiver.set_read_timeout(Some(Duration::from_millis(100)))?;
    let sources =
        (0..case.sources).map(|_| UdpSocket::bind((LOCAL, 0))).collect::<io::Result<Vec<_>>>()?;
    let mut ports = vec![receiver.local_addr()?.port().to_string()];
    for source in &sources {
        ports.push(source.local_addr()?.port().to_string());
    }
    println!("{}", ports.join(" "));
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    let targets: Vec<SocketAddr> = line
        .split_whitespace()
        .filter_map(|port| Some(SocketAddr::new(LOCAL, port.parse().ok()?)))
        .collect();
    let Some((first, targets)) = targets.split_last() else {
        return Err(io::Error::other("nowhere to send to"));
    };
    let times = Arc::new(Times::default());
    let end = Instant::now() + SETTLE + WINDOW;
    std::thread::scope(|scope| {
        scope.spawn(|| send(&sources, targets, &access_units, &times, end));
        let screen = Screen::new(case, *first, Arc::clone(&times));
        receive(&receiver, screen, &times, end)
    })
}

/// When each number was sent last, in microseconds since the beginning, and what came of it.
struct Times {
    begin: Instant,
    sent: [AtomicU64; clip::PICTURES],
    delays: Mutex<Vec<f64>>,
}

impl Default for Times {
    fn default() -> Self {
        let sent = std::array::from_fn(|_| AtomicU64::new(0));
        Self { begin: Instant::now(), sent, delays: Mutex::default() }
    }
}

impl Times {
    fn now(&self) -> u64 {
        self.begin.elapsed().as_micros() as u64
    }

    fn delays(&self) -> std::sync::MutexGuard<'_, Vec<f64>> {
        self.delays.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends the clip from each source. Their pictures are spread over the frame, as cameras' are;
/// the first one's numbers are timed.
fn send(
    sockets: &[UdpSocket],
    targets: &[SocketAddr],
    access_units: &[Vec<u8>],
    times: &Times,
    end: Instant,
) {
    let frame = Duration::from_secs(1) / u32::from(clip::FRAME_RATE);
    let step = frame / sockets.len() as u32;
    let begin = Instant::now();
    let mut sequences = vec![0u16; sockets.len()];
    for picture in 0u32.. {
        for (index, (socket, target)) in sockets.iter().zip(targets).enumerate() {
            let due = begin + frame * picture + step * index as u32;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            if Instant::now() >= end {
                return;
            }
            let number = picture as usize % access_units.len();
            let timestamp = picture.wrapping_mul(3_000);
            let header = RtpHeader {
                marker: false,
                payload_type: payload_type(VideoCodec::H264),
                sequence: sequences[index],
                timestamp,
                ssrc: index as u32 + 1,
            };
            sequences[index] = send_picture(socket, *target, header, &access_units[number]);
            if index == 0 {
                times.sent[number].store(times.now(), Ordering::Relaxed);
            }
        }
    }
}

/// Returns the next sequence number.
fn send_picture(
    socket: &UdpSocket,
    target: SocketAddr,
    mut header: RtpHeader,
    access_unit: &[u8],
) -> u16 {
    let mut packet = [0; MIN_LEN + MAX_PAYLOAD];
    let payloads = packetize(access_unit, PacketizationMode::NonInterleaved, MAX_PAYLOAD);
    for payload in payloads.expect("fragments fit") {
        header.marker = payload.last;
        let at = header.write(&[], &[], &mut packet).expect("room");
        let len = payload.write(&mut packet[at..]).expect("room");
        // What the socket does not take is lost, as on a network.
        let _ = socket.send_to(&packet[..at + len], target);
        header.sequence = header.sequence.wrapping_add(1);
    }
    header.sequence
}

/// The first receiver, which looks at what it gets. All others only count.
struct Screen {
    of: SocketAddr,
    frames: std::sync::mpsc::SyncSender<(u64, Vec<u8>)>,
    assembler: Assembler,
}

impl Screen {
    fn new(case: &Case, of: SocketAddr, times: Arc<Times>) -> Self {
        let (frames, taken) = std::sync::mpsc::sync_channel(64);
        let area = tile::areas(case.sources)[0].in_pixels(SizeClass::P720.size());
        std::thread::spawn(move || {
            let look = Look { area, last: None, times };
            look.run(&taken);
        });
        let assembler = Assembler::new(VideoCodec::H264, Duration::from_millis(40));
        Self { of, frames, assembler }
    }

    fn take(&mut self, view: &RtpView<'_>, at: u64) {
        let piece = Piece {
            seq: view.sequence(),
            timestamp: view.timestamp(),
            marker: view.marker(),
            payload: view.payload(),
        };
        let now = Instant::now();
        self.assembler.insert(now, &piece);
        while let Some(assembled) = self.assembler.poll(now) {
            if let Assembled::Frame(frame) = assembled {
                // One who looks too slowly misses a picture, and sees the next.
                let _ = self.frames.try_send((at, frame.bytes.to_vec()));
            }
        }
    }
}

/// Decodes, and times each number that is seen for the first time.
struct Look {
    area: causeway_plan::picture::PixelArea,
    last: Option<u8>,
    times: Arc<Times>,
}

impl Look {
    fn run(mut self, frames: &std::sync::mpsc::Receiver<(u64, Vec<u8>)>) {
        let pool = FramePool::new(4);
        let Ok(mut decoder) = decoder(VideoCodec::H264) else { return };
        while let Ok((at, bytes)) = frames.recv() {
            if let Ok(Decoded::Picture(picture)) = decoder.decode(&bytes, &pool) {
                self.see(at, &picture);
            }
        }
    }

    fn see(&mut self, at: u64, picture: &Frame) {
        let area = self.area;
        let [left, top] = [area.left, area.top].map(usize::from);
        let [width, height] = [area.width, area.height].map(usize::from);
        let number = clip::number(picture.planes().part(left, top, width, height).y);
        if self.last.replace(number) == Some(number) {
            return;
        }
        let Some(sent) = self.times.sent.get(usize::from(number)) else { return };
        let delay = at.saturating_sub(sent.load(Ordering::Relaxed)) as f64 / 1_000.0;
        self.times.delays().push(delay);
    }
}

fn receive(socket: &UdpSocket, mut screen: Screen, times: &Times, end: Instant) -> io::Result<()> {
    let mut pictures: HashMap<SocketAddr, u64> = HashMap::new();
    let mut buffer = [0; 2_048];
    let mut phase = Phase::Settling;
    loop {
        let now = Instant::now();
        if now >= end {
            break;
        }
        if phase == Phase::Settling && now >= end - WINDOW {
            phase = Phase::Measuring;
            pictures.values_mut().for_each(|count| *count = 0);
            times.delays().clear();
            println!("window");
        }
        let Ok((len, source)) = socket.recv_from(&mut buffer) else { continue };
        let Ok(view) = RtpView::parse(&buffer[..len]) else { continue };
        *pictures.entry(source).or_default() += u64::from(view.marker());
        if source == screen.of {
            screen.take(&view, times.now());
        }
    }
    let (all, least) = (pictures.values().sum::<u64>(), pictures.values().min());
    let delays = times.delays();
    let mean = delays.iter().sum::<f64>() / delays.len().max(1) as f64;
    let worst = delays.iter().copied().fold(0.0, f64::max);
    println!("{all} {} {mean} {worst}", least.unwrap_or(&0));
    Ok(())
}

#[derive(PartialEq, Eq)]
enum Phase {
    Settling,
    Measuring,
}
