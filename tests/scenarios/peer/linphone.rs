//! A linphone telephone on its console, with files for a sound card.

use super::{folder::Folder, free_port, process::Process};
use crate::sound::Wave;
use std::{fs, io::Write as _, process::Command};

pub(crate) struct Linphone {
    process: Process,
    folder: Folder,
}

impl Linphone {
    /// Starts a telephone on UDP that will say `voice` in its call and offers linphone's default
    /// codecs (Opus first).
    pub(crate) fn start(name: &str, voice: &Wave) -> Self {
        let folder = Folder::new(name);
        voice.write(&folder.join("voice.wav"));
        // Without this folder linphone's data base, and with it the telephone, does not start.
        fs::create_dir_all(folder.join(".local/share/linphone")).expect("the folder is writable");
        let configuration = folder.write("linphonerc", configuration(free_port()));
        let mut process = Process::start(
            name,
            Command::new("linphonec").arg("-c").arg(configuration).env("HOME", folder.as_os_str()),
        );
        let folder_name = folder.display();
        write!(
            process.stdin(),
            "soundcard use files\nipv6 disable\nplay {folder_name}/voice.wav\nrecord {folder_name}/heard.wav\n"
        )
        .expect("linphone reads its console");
        Self { process, folder }
    }

    /// Calls and waits until the call stands.
    pub(crate) fn call(&mut self, alias: &str, port: u16) {
        self.say(&format!("call sip:{alias}@127.0.0.1:{port}"));
        self.process.wait_until("connected", |line| {
            line.contains("Call 1 with") && line.contains("connected")
        });
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
[sound]
echocancellation=0
"
    )
}
