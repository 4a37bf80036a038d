//! `causeway init`: six questions -> one commented file, and three addresses to try.
//!
//! * [`answer`]: what a person writes -> what it means, or a sentence that says the fix.
//! * [`interview`]: asking until the answers are good.
//! * [`mod@file`]: the answers -> the text of the configuration.
//! * [`fact`]: what is known of this machine.
//!
//! Only [`fact::Machine`] and [`run`] touch the machine.

pub mod answer;
pub mod fact;
pub mod file;
pub mod interview;
#[cfg(test)]
mod tests;

use crate::config::sealed::seal;
use crate::config::{Config, state_dir, variable};
use crate::say::{Said, Speech, Tongue, said};
use crate::store::Secrets;
use crate::store::random;
use crate::store::secret::KEY_VARIABLE;
use answer::Answers;
use clap::Args;
use fact::{Facts, Machine};
use interview::Interview;
use std::error::Error;
use std::io::{BufRead, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What `causeway init` is told.
#[derive(Clone, Debug, Args)]
pub struct InitOptions {
    /// The file to write.
    #[arg(long, default_value = "causeway.toml")]
    pub file: PathBuf,
    /// Take every proposed answer, without asking. Never writes over a file.
    #[arg(long)]
    pub yes: bool,
    /// Where the bridge will keep what it makes itself, such as the key of the secrets. By default
    /// /var/lib/causeway for a file below /etc, else as without a configuration.
    #[arg(long)]
    pub state_dir: Option<PathBuf>,
    /// The language of the questions; by default that of LANG, or both.
    #[arg(long, value_enum)]
    pub lang: Option<Tongue>,
}

/// Asks on the standard input and output, and writes the file.
///
/// # Errors
/// When the answers end too early, the file is there and must stay, or something cannot be written.
pub fn init(options: &InitOptions) -> Result<(), Box<dyn Error>> {
    let speech = Speech::of(options.lang);
    let input = std::io::stdin().lock();
    run(options, speech, &Machine, input, std::io::stdout().lock())
}

/// The same with any input, output and machine.
///
/// # Errors
/// See [`init`].
pub fn run(
    options: &InitOptions,
    speech: Speech,
    facts: &dyn Facts,
    input: impl BufRead,
    output: impl Write,
) -> Result<(), Box<dyn Error>> {
    let mut interview = Interview::new(input, output, speech, facts, options.yes);
    let there = options.file.exists();
    if there && options.yes {
        let said = file_is_there(&options.file);
        return Err(speech.text(&said).into());
    }
    if there && !interview.may_replace(&options.file)? {
        interview.say(&said("没有改动。", "Nothing was changed."))?;
        return Ok(());
    }
    let answers = interview.ask_all()?;
    let state_dir = match &options.state_dir {
        Some(dir) => std::path::absolute(dir)?,
        None => usual_state_dir(&options.file)?,
    };
    let sealed = Sealed::new(&answers, &state_dir)?;
    let text = file::text(&answers, &sealed, &state_dir);
    let name = options.file.display().to_string();
    // What is written is valid, or a mistake of ours that shows before anything is replaced.
    Config::parse(&name, &text, &variable)?;
    write(&options.file, &text)?;
    interview.say(&farewell(&answers, &sealed.host_pin, &name))?;
    Ok(())
}

fn file_is_there(file: &Path) -> Said {
    let file = file.display();
    said(
        format!("{file} 已存在，未改动：请先移走它，或用 --file 指定另一个文件。"),
        format!("{file} is there already and stays: move it away, or name another with --file."),
    )
}

/// A file below /etc is that of a service, which keeps its state below /var/lib.
fn usual_state_dir(file: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let service = std::path::absolute(file)?.starts_with("/etc");
    if service && variable("STATE_DIRECTORY").is_none() {
        return Ok(PathBuf::from("/var/lib/causeway"));
    }
    Ok(std::path::absolute(state_dir(None)?)?)
}

/// What stands encrypted in the file.
#[derive(Debug)]
pub struct Sealed {
    /// The trunk's password; empty without one.
    pub trunk_password: String,
    /// The host PIN of the first room.
    pub sealed_host_pin: String,
    /// The same as it is typed.
    host_pin: Zeroizing<String>,
}

impl Sealed {
    fn new(answers: &Answers, state_dir: &Path) -> Result<Self, Box<dyn Error>> {
        let secrets = Secrets::load(state_dir, variable(KEY_VARIABLE).as_deref())?;
        let password = answers.trunk.as_ref().map_or("", |trunk| trunk.password.as_str());
        let host_pin = host_pin()?;
        Ok(Self {
            trunk_password: match password {
                "" => String::new(),
                password => seal(&secrets, password)?,
            },
            sealed_host_pin: seal(&secrets, &host_pin)?,
            host_pin,
        })
    }
}

/// Six digits.
fn host_pin() -> Result<Zeroizing<String>, Box<dyn Error>> {
    let drawn = u64::from_ne_bytes(random::bytes()?) % 1_000_000;
    Ok(Zeroizing::new(format!("{drawn:06}")))
}

/// Appears whole or not at all. Everybody may read it: what is secret in it is sealed, and the user
/// of a service is made when it starts.
fn write(file: &Path, text: &str) -> std::io::Result<()> {
    // Whatever the umask says: a service that may not read its own file does not start.
    let readable = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
    };
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty())
        && !folder.exists()
    {
        std::fs::create_dir_all(folder)?;
        readable(folder, 0o755)?;
    }
    let draft = file.with_extension(format!("toml.{}", std::process::id()));
    crate::tls::write(&draft, text, 0o644)?;
    readable(&draft, 0o644)?;
    std::fs::rename(&draft, file)
}

fn farewell(answers: &Answers, host_pin: &str, name: &str) -> Said {
    let dial = |user: &str| file::address(answers, user);
    let (room, reception, test) = (dial(&answers.room.number), dial("9000"), dial("9999"));
    let (pin, number) = (host_pin, &answers.room.number);
    said(
        format!(
            "\n已写入 {name}。启动：causeway serve --config {name}\n\
             检查端口：causeway check --ports {name}\n\n\
             在任意 SIP 电话上试拨：\n  \
             {room}   会议室；主持人密码 {pin}（请记下：文件中只有密文）\n  \
             {reception}   语音前台，输入会议号\n  \
             {test}   测试呼叫：听到自己，再报告线路质量\n\n\
             浏览器入会链接：causeway link --config {name} {number}"
        ),
        format!(
            "\n{name} is written. To start: causeway serve --config {name}\n\
             To check the ports: causeway check --ports {name}\n\n\
             Dial from any SIP phone:\n  \
             {room}   the room; its host PIN is {pin} (note it: the file holds it sealed)\n  \
             {reception}   the reception, which asks for the number of a conference\n  \
             {test}   the test call: hear yourself, and how good the line is\n\n\
             For browsers, print a link: causeway link --config {name} {number}"
        ),
    )
}
