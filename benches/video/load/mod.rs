//! The other side, in a process of its own: cameras and screens without signalling.
//!
//! * `camera`: what sends the clip; `screen`: what counts, and looks at what the first gets.
//! * `rooms`: both with ports of their own; `browsers`: both in sessions on one port.
//! * `sync`: flash and click.

mod browsers;
mod camera;
mod rooms;
mod screen;
mod sync;

use crate::case::{Case, Kind};
use causeway_base::VideoCodec;
use serde_json::Value;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

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

/// That of pictures of rooms of H.323, as their channels name it.
pub(crate) const H323_PAYLOAD_TYPE: u8 = 97;

/// From the first packet to the window: rates settle, everybody has had a full picture.
const SETTLE: Duration = Duration::from_secs(7);

/// What is measured.
pub(crate) const WINDOW: Duration = Duration::from_secs(10);

/// What was received in the window, and before.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Heard {
    /// Pictures of all receivers.
    pub(crate) pictures: u64,
    /// Pictures of the stream with the fewest.
    pub(crate) least: u64,
    /// Packets of all, and their bytes.
    pub(crate) packets: u64,
    pub(crate) octets: u64,
    /// The mean time from a picture sent to a composed one with it, in milliseconds.
    pub(crate) delay_ms: f64,
    /// The longest.
    pub(crate) worst_ms: f64,
    /// When the first receiver could decode something, in microseconds of the machine's clock.
    pub(crate) first_us: u64,
    /// When that showed the first source.
    pub(crate) first_source_us: u64,
    /// CPU time of the load in the window.
    pub(crate) cpu: Duration,
}

impl Heard {
    fn told(&self) -> Value {
        serde_json::json!({
            "pictures": self.pictures, "least": self.least,
            "packets": self.packets, "octets": self.octets,
            "delay_ms": self.delay_ms, "worst_ms": self.worst_ms,
            "first_us": self.first_us, "first_source_us": self.first_source_us,
            "cpu_us": self.cpu.as_micros() as u64,
        })
    }

    fn read(line: &str) -> Option<Self> {
        let told: Value = serde_json::from_str(line).ok()?;
        let count = |key: &str| told.get(key)?.as_u64();
        let number = |key: &str| told.get(key)?.as_f64();
        Some(Self {
            pictures: count("pictures")?,
            least: count("least")?,
            packets: count("packets")?,
            octets: count("octets")?,
            delay_ms: number("delay_ms")?,
            worst_ms: number("worst_ms")?,
            first_us: count("first_us")?,
            first_source_us: count("first_source_us")?,
            cpu: Duration::from_micros(count("cpu_us")?),
        })
    }
}

/// The load as the bench sees it: it says and is told lines.
pub(crate) struct Load {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Load {
    /// Starts the load of a case.
    pub(crate) fn start(name: &str) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .args([FLAG, name])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (input, output) = pipes.ok_or_else(|| io::Error::other("no pipes"))?;
        Ok(Self { child, input: Some(input), output: BufReader::new(output) })
    }

    /// Tells it a line.
    pub(crate) fn tell(&mut self, words: &[String]) -> io::Result<()> {
        let input = self.input.as_mut().ok_or_else(|| io::Error::other("another tells it"))?;
        writeln!(input, "{}", words.join(" "))
    }

    /// What takes its lines from now on, for somebody else to tell it.
    pub(crate) fn take_input(&mut self) -> io::Result<ChildStdin> {
        self.input.take().ok_or_else(|| io::Error::other("another tells it"))
    }

    /// The words of its next line.
    pub(crate) fn words<T: std::str::FromStr>(&mut self) -> io::Result<Vec<T>> {
        let line = self.line()?;
        let words = line.split_whitespace().map(str::parse).collect::<Result<_, _>>();
        words.map_err(|_| io::Error::other("the load says what it should not"))
    }

    /// Its next line.
    pub(crate) fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.output.read_line(&mut line)? {
            0 => Err(io::Error::other("the load ended")),
            _ => Ok(line),
        }
    }

    /// Waits for the end of the window.
    pub(crate) fn heard(mut self) -> io::Result<Heard> {
        let line = self.line()?;
        self.child.wait()?;
        Heard::read(&line).ok_or_else(|| io::Error::other("the load measured nothing"))
    }

    /// Ends it before its time.
    pub(crate) fn stop(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

/// Is the load of a case.
pub(crate) fn serve(name: &str) -> io::Result<()> {
    if name == crate::sync::NAME {
        return sync::serve();
    }
    let case: &Case = &name.parse().map_err(io::Error::other)?;
    match case.kind {
        Kind::Shared | Kind::H323 | Kind::Private => rooms::serve(case),
        Kind::Browsers | Kind::Forwarded => browsers::serve(case),
    }
}

/// The words of the next line that the load is told.
fn told() -> io::Result<Vec<String>> {
    let mut line = String::new();
    match io::stdin().read_line(&mut line)? {
        0 => Err(io::Error::other("the bench ended")),
        _ => Ok(line.split_whitespace().map(str::to_owned).collect()),
    }
}
