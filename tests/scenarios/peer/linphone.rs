//! A linphone telephone on its console, with files for a sound card.

use super::{folder::Folder, free_port, process::Process};
use crate::picture::Picture;
use crate::sound::Wave;
use std::{
    fs,
    io::Write as _,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

pub(crate) struct Linphone {
    process: Process,
    folder: Folder,
    /// What its camera films.
    _still: Option<Folder>,
}

impl Linphone {
    /// Starts a telephone on UDP that will say `voice` in its call and offers linphone's default
    /// codecs (Opus first).
    pub(crate) fn start(name: &str, voice: &Wave) -> Self {
        Self::with(name, voice, "", "")
    }

    /// The same with a camera that films a picture of one colour, as ffmpeg names it, in VP8: all
    /// that Debian's linphone speaks. Its screen is none, of which pictures are taken.
    pub(crate) fn with_camera(name: &str, voice: &Wave, colour: &str) -> Self {
        Self::filming(name, voice, colour, CAMERA)
    }

    /// The same, which calls with sound alone until its camera is [added](Self::add_camera).
    pub(crate) fn with_camera_off(name: &str, voice: &Wave, colour: &str) -> Self {
        let off = CAMERA.replace("automatically_initiate=1", "automatically_initiate=0");
        Self::filming(name, voice, colour, &off)
    }

    fn filming(name: &str, voice: &Wave, colour: &str, camera: &str) -> Self {
        let still = Folder::new(&format!("{name}-still"));
        let path = still.join("still.jpg");
        convert(&["-f", "lavfi", "-i", &format!("color=c={colour}:s=640x480")], &path);
        let films = format!("staticpic set {}\nstaticpic fps 15\n", path.display());
        Self { _still: Some(still), ..Self::with(name, voice, camera, &films) }
    }

    /// Adds pictures to its call, by another offer.
    pub(crate) fn add_camera(&mut self) {
        self.say("camera on");
        self.process.wait_for_line("Trying to bring up video stream");
    }

    fn with(name: &str, voice: &Wave, more: &str, commands: &str) -> Self {
        let folder = Folder::new(name);
        voice.write(&folder.join("voice.wav"));
        // Without this folder linphone's data base, and with it the telephone, does not start.
        fs::create_dir_all(folder.join(".local/share/linphone")).expect("the folder is writable");
        let configuration = folder.write("linphonerc", configuration(free_port()) + more);
        let video = (!more.is_empty()).then_some("-V");
        let mut process = Process::start(
            name,
            Command::new("linphonec")
                .args(video)
                .arg("-c")
                .arg(configuration)
                .env("HOME", folder.as_os_str()),
        );
        let folder_name = folder.display();
        write!(
            process.stdin(),
            "soundcard use files\nipv6 disable\nplay {folder_name}/voice.wav\nrecord {folder_name}/heard.wav\n{commands}"
        )
        .expect("linphone reads its console");
        Self { process, folder, _still: None }
    }

    /// Calls and waits until the call stands.
    pub(crate) fn call(&mut self, alias: &str, port: u16) {
        self.say(&format!("call sip:{alias}@127.0.0.1:{port}"));
        self.process.wait_until("connected", |line| {
            line.contains("Call 1 with") && line.contains("connected")
        });
    }

    /// What its screen shows now.
    pub(crate) fn snapshot(&mut self) -> Picture {
        let (taken, seen) = (self.folder.join("seen.jpg"), self.folder.join("seen.png"));
        let deadline = Instant::now() + super::process::PATIENCE;
        loop {
            self.say(&format!("snapshot {}", taken.display()));
            // It is written with the next picture that comes.
            std::thread::sleep(Duration::from_millis(200));
            if fs::exists(&taken).unwrap_or_default() && is_converted(&taken, &seen) {
                return Picture::read(&seen);
            }
            assert!(Instant::now() < deadline, "linphone takes no picture");
        }
    }

    /// Hangs up and gives what was heard.
    pub(crate) fn hang_up(mut self) -> Wave {
        self.say("terminate");
        self.process
            .wait_until("ended", |line| line.contains("Call 1 with") && line.contains("ended"));
        self.say("quit");
        self.process.wait_for_exit(super::process::PATIENCE);
        Wave::read(&self.folder.join("heard.wav"))
    }

    fn say(&mut self, command: &str) {
        writeln!(self.process.stdin(), "{command}").expect("linphone reads its console");
    }
}

/// Has ffmpeg make one picture.
fn convert(input: &[&str], path: &Path) {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y"]).args(input).args(["-frames:v", "1"]).arg(path);
    let status = command.status().expect("ffmpeg is installed; run deploy/bootstrap --tests");
    assert!(status.success(), "ffmpeg makes a picture");
}

/// Whether a whole picture was there already.
fn is_converted(from: &Path, to: &Path) -> bool {
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "quiet", "-nostdin", "-y", "-i"]).arg(from).arg(to);
    command.status().expect("ffmpeg is installed; run deploy/bootstrap --tests").success()
}

/// What is added for a camera.
const CAMERA: &str = "[video]
enabled=1
display=1
capture=1
device=StaticImage: Static picture
displaytype=MSExtDisplay
automatically_initiate=1
automatically_accept=1
size=vga
";

fn configuration(sip_port: u16) -> String {
    format!(
        "[sip]
sip_port={sip_port}
sip_tcp_port=0
sip_tls_port=0
bind_address=127.0.0.1
ipv6_migration_done=1
use_ipv6=0
guess_hostname=0
register_only_when_network_is_up=0
[rtp]
bind_address=127.0.0.1
audio_rtp_port=40000-49999
video_rtp_port=40000-49999
[sound]
echocancellation=0
"
    )
}
