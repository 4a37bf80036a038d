//! `causeway seal`: a secret from the standard input -> the value that may stand in the file.

use crate::config::{sealed, state_dir, variable};
use crate::serve::path_or_usual;
use crate::store::Secrets;
use crate::store::secret::KEY_VARIABLE;
use rustix::termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcsetattr};
use std::error::Error;
use std::io::BufRead;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The longest secret: far beyond every password and URL.
const MAX_SECRET: u64 = 4096;

/// Prints the sealed form of the first line of the standard input. The key is that of the state
/// directory of the configuration; it is made where there is none.
///
/// # Errors
/// No secret, or no key.
pub fn seal(path: Option<PathBuf>) -> Result<(), Box<dyn Error>> {
    let state_dir = state_dir(path_or_usual(path).as_deref())?;
    let secrets = Secrets::load(&state_dir, variable(KEY_VARIABLE).as_deref())?;
    if isatty(std::io::stdin()) {
        eprint!("密码或 PIN（不显示） / password or PIN (not shown): ");
    }
    let secret = {
        let _quiet = Quiet::new();
        read_secret(std::io::stdin().lock())?
    };
    println!("{}", sealed::seal(&secrets, &secret)?);
    Ok(())
}

/// The first line, without its end.
pub(crate) fn read_secret(input: impl BufRead) -> Result<Zeroizing<String>, Box<dyn Error>> {
    let mut line = Zeroizing::new(String::new());
    input.take(MAX_SECRET + 1).read_line(&mut line)?;
    let secret = line.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err("没有输入 / nothing entered".into());
    }
    if line.len() as u64 > MAX_SECRET {
        return Err(format!("长度超过 / longer than {MAX_SECRET}").into());
    }
    Ok(Zeroizing::new(secret.to_owned()))
}

/// Nobody looks over a shoulder: the terminal shows nothing of what is typed while this lives.
pub(crate) struct Quiet {
    before: Option<Termios>,
}

impl Quiet {
    pub(crate) fn new() -> Self {
        let input = std::io::stdin();
        let before = isatty(&input).then(|| tcgetattr(&input).ok()).flatten();
        if let Some(mut now) = before.clone() {
            now.local_modes.remove(LocalModes::ECHO);
            let _ = tcsetattr(&input, OptionalActions::Flush, &now);
        }
        Self { before }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Flush, before);
            eprintln!();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read_secret;

    #[test]
    fn a_secret_is_one_line_that_is_not_empty() {
        for text in ["geheim 7\n", "geheim 7\r\nmore\n", "geheim 7"] {
            assert_eq!(read_secret(text.as_bytes()).expect("a secret").as_str(), "geheim 7");
        }
        assert!(read_secret("".as_bytes()).is_err());
        assert!(read_secret("\n".as_bytes()).is_err());
        assert!(read_secret("7".repeat(5000).as_bytes()).is_err());
    }
}
