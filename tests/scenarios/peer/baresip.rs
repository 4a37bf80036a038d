//! A baresip telephone without a sound card: it plays a file, records what it hears, and is
//! driven through its control port (netstrings of JSON).

use super::{
    camera::Camera,
    folder::Folder,
    free_port,
    process::{PATIENCE, Process},
};
use crate::picture::Picture;
use crate::sound::Wave;
use causeway_base::Codec;
use serde_json::{Value, json};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    process::Command,
    time::{Duration, Instant},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Udp,
    Tcp,
    Tls,
}

impl Transport {
    /// As a SIP URI says it.
    pub(crate) fn parameter(self) -> &'static str {
        match self {
            Self::Udp => "",
            Self::Tcp => ";transport=tcp",
            Self::Tls => ";transport=tls",
        }
    }
}

/// How a telephone is set up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) transport: Transport,
    pub(crate) codec: Codec,
    /// baresip's `mediaenc`: `srtp` offers it, `srtp-mand` insists.
    pub(crate) encryption: Option<&'static str>,
    /// Its address, and where it calls: `127.0.0.1` or `[::1]`.
    pub(crate) host: &'static str,
    /// Where it takes calls over UDP and TCP; 0 lets the system choose.
    pub(crate) port: u16,
}

impl Line {
    pub(crate) const PLAIN: Self = Self {
        transport: Transport::Udp,
        codec: Codec::Pcma,
        encryption: None,
        host: "127.0.0.1",
        port: 0,
    };
}

pub(crate) struct Baresip {
    name: String,
    line: Line,
    established: Option<Instant>,
    process: Process,
    control: TcpStream,
    unread: Vec<u8>,
    events: Vec<Value>,
    folder: Folder,
}

impl Baresip {
    /// Starts a telephone that will say `voice` from the beginning of its first call.
    pub(crate) fn start(name: &str, line: Line, voice: &Wave) -> Self {
        Self::with_account(name, line, voice, &account(name, line))
    }

    /// The same, as a user of the registrar at a port: it registers at once.
    pub(crate) fn registering(
        name: &str,
        line: Line,
        voice: &Wave,
        port: u16,
        password: &str,
    ) -> Self {
        let account = account(name, line).replacen("regint=0", "regint=60", 1).replacen(
            '>',
            &format!(
                ":{port}{}>;auth_user={name};auth_pass={password}",
                line.transport.parameter()
            ),
            1,
        );
        Self::with_account(name, line, voice, &account)
    }

    /// The same with a camera, and a screen of which pictures are taken.
    pub(crate) fn with_camera(name: &str, line: Line, voice: &Wave, camera: Camera) -> Self {
        let folder = Folder::new(name);
        camera.film(&folder.join("clip.mp4"));
        let account = account(name, line).trim_end().to_owned();
        let account = format!("{account};video_codecs={}\n", camera.codec);
        let pictures = camera.configuration(&folder);
        Self::in_folder(name, line, voice, folder, &account, &pictures)
    }

    fn with_account(name: &str, line: Line, voice: &Wave, account: &str) -> Self {
        Self::in_folder(name, line, voice, Folder::new(name), account, "")
    }

    fn in_folder(
        name: &str,
        line: Line,
        voice: &Wave,
        folder: Folder,
        account: &str,
        more: &str,
    ) -> Self {
        voice.write(&folder.join("voice.wav"));
        fs::create_dir(folder.join("heard")).expect("the temporary folder is writable");
        let control_port = free_port();
        folder.write("config", configuration(&folder, line, control_port, more));
        folder.write("accounts", account);
        folder.write("contacts", "");
        let process = Process::start(
            name,
            Command::new("baresip").arg("-f").arg(folder.as_os_str()).current_dir(&*folder),
        );
        process.wait_for_line("baresip is ready");
        let control = TcpStream::connect((Ipv4Addr::LOCALHOST, control_port))
            .unwrap_or_else(|error| panic!("{name}: no control port: {error}"));
        Self {
            name: name.to_owned(),
            line,
            established: None,
            process,
            control,
            unread: Vec::new(),
            events: Vec::new(),
            folder,
        }
    }

    /// Calls and waits until the call stands.
    pub(crate) fn call(&mut self, alias: &str, port: u16) {
        self.dial(alias, port);
        self.await_call();
    }

    /// Waits until somebody calls, and the call stands.
    pub(crate) fn await_call(&mut self) {
        self.wait_for("CALL_ESTABLISHED");
        self.established = Some(Instant::now());
    }

    /// How long the call has stood: the place in the recording that is being written.
    pub(crate) fn in_call(&self) -> Duration {
        self.established.expect("in a call").elapsed()
    }

    /// The bridge's port for this call's media.
    pub(crate) fn bridge_media_port(&self) -> u16 {
        let line = self.process.wait_for_line("receiving from 127.0.0.1:");
        line.rsplit(':').next().and_then(|port| port.trim().parse().ok()).expect("a port")
    }

    /// Sends an INVITE.
    pub(crate) fn dial(&mut self, alias: &str, port: u16) {
        let Line { host, transport, .. } = self.line;
        self.command("dial", &format!("sip:{alias}@{host}:{port}{}", transport.parameter()));
    }

    pub(crate) fn hold(&mut self) {
        self.command("hold", "");
    }

    pub(crate) fn resume(&mut self) {
        self.command("resume", "");
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What its screen shows now.
    pub(crate) fn snapshot(&mut self) -> Picture {
        self.process.wait_for_line("video: receiving with resolution");
        let path = self.folder.join("seen.png");
        let written = format!("png: wrote {}", path.display());
        let taken = self.process.said().matches(&written).count();
        self.command("snapshot_recv", &path.to_string_lossy());
        self.process.wait_for_lines(&written, taken + 1);
        Picture::read(&path)
    }

    /// Sends one digit as telephone events (RFC 4733).
    pub(crate) fn send_digit(&mut self, digit: char) {
        self.command("sndcode", &digit.to_string());
    }

    pub(crate) fn hang_up(&mut self) {
        self.command("hangup", "");
        self.wait_for("CALL_CLOSED");
    }

    /// The `param` of the next event of a type: for `CALL_CLOSED` the reason.
    pub(crate) fn wait_for(&mut self, event_type: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let wanted = |event: &Value| event["type"] == event_type;
            if let Some(index) = self.events.iter().position(wanted) {
                let event = self.events.remove(index);
                return event["param"].as_str().unwrap_or_default().to_owned();
            }
            self.read_events(deadline, event_type);
        }
    }

    /// Stops the whole process, or lets it go on.
    pub(crate) fn freeze(&self, frozen: bool) {
        let signal = if frozen { "STOP" } else { "CONT" };
        let kill = format!("kill -{signal} {}", self.process.id());
        let status = Command::new("sh").args(["-c", &kill]).status().expect("there is a shell");
        assert!(status.success());
    }

    /// Whether an event of a type has come, without waiting for it.
    pub(crate) fn has_heard_of(&mut self, event_type: &str) -> bool {
        self.control.set_read_timeout(Some(Duration::from_millis(1))).expect("above zero");
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = self.control.read(&mut buffer) {
            self.take_events(&buffer[..length]);
        }
        self.events.iter().any(|event| event["type"] == event_type)
    }

    /// Waits until it has said a line with this in it.
    pub(crate) fn wait_for_line(&self, needle: &str) {
        self.process.wait_for_line(needle);
    }

    /// What was heard in the first call. Switches the telephone off, which completes the file.
    pub(crate) fn heard(&mut self) -> Wave {
        self.heard_in_calls().swap_remove(0)
    }

    /// What was heard, call by call. Switches the telephone off.
    pub(crate) fn heard_in_calls(&mut self) -> Vec<Wave> {
        self.command("quit", "");
        self.process.wait_for_exit(PATIENCE);
        let mut recordings: Vec<_> = fs::read_dir(self.folder.join("heard"))
            .expect("the temporary folder is readable")
            .map(|entry| entry.expect("the temporary folder is readable").path())
            .filter(|path| path.to_string_lossy().ends_with("-dec.wav"))
            .collect();
        recordings.sort();
        assert!(!recordings.is_empty(), "{} recorded nothing", self.name);
        recordings.iter().map(|path| Wave::read(path)).collect()
    }

    fn command(&mut self, command: &str, params: &str) {
        let message = json!({ "command": command, "params": params }).to_string();
        write!(self.control, "{}:{message},", message.len())
            .unwrap_or_else(|error| panic!("{}: control: {error}", self.name));
    }

    fn read_events(&mut self, deadline: Instant, awaited: &str) {
        let left = deadline.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "{} saw no {awaited}; unread: {:?}", self.name, self.events);
        self.control.set_read_timeout(Some(left)).expect("a time above zero");
        let mut buffer = [0; 4096];
        match self.control.read(&mut buffer) {
            Ok(length) if length > 0 => self.take_events(&buffer[..length]),
            _ => panic!(
                "{} saw no {awaited}, its control port went silent; it said:\n{}",
                self.name,
                self.process.said()
            ),
        }
    }

    fn take_events(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
        while let Some(message) = take_netstring(&mut self.unread) {
            let value: Value = serde_json::from_slice(&message).expect("baresip speaks JSON");
            if value["event"] == true {
                self.events.push(value);
            }
        }
    }
}

/// Removes the first complete netstring: `length:bytes,`.
fn take_netstring(unread: &mut Vec<u8>) -> Option<Vec<u8>> {
    let colon = unread.iter().position(|byte| *byte == b':')?;
    let length: usize = std::str::from_utf8(&unread[..colon]).ok()?.parse().ok()?;
    let message = unread.get(colon + 1..colon + 1 + length)?.to_vec();
    unread.get(colon + 1 + length)?;
    unread.drain(..colon + 2 + length);
    Some(message)
}

fn account(name: &str, line: Line) -> String {
    let codec = line.codec;
    let mut account = format!(
        "<sip:{name}@{}>;regint=0;answermode=auto;audio_codecs={codec}/{}/{}",
        line.host,
        codec.sample_rate(),
        codec.rtpmap_channels()
    );
    if let Some(encryption) = line.encryption {
        account += &format!(";mediaenc={encryption}");
    }
    account + "\n"
}

fn configuration(folder: &Folder, line: Line, control_port: u16, more: &str) -> String {
    let Line { host, port, .. } = line;
    let interface = host.trim_matches(['[', ']']);
    let folder = folder.display();
    format!(
        "poll_method epoll
sip_listen {host}:{port}
net_interface {interface}
audio_source aufile,{folder}/voice.wav
ausrc_srate 48000
ausrc_channels 1
audio_buffer 20-160
rtp_ports 40000-49999
jitter_buffer_delay 2-10
opus_inbandfec yes
opus_packet_loss 10
module_path {modules}
module g711.so
module g722.so
module opus.so
module aufile.so
module sndfile.so
module srtp.so
{more}module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
snd_path {folder}/heard
ctrl_tcp_listen 127.0.0.1:{control_port}
",
        modules = module_path()
    )
}

/// Debian keeps the modules under the architecture's folder in some releases.
fn module_path() -> &'static str {
    ["/usr/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules"]
        .into_iter()
        .find(|path| fs::exists(path).unwrap_or_default())
        .expect("baresip's modules are installed; run deploy/bootstrap --tests")
}
