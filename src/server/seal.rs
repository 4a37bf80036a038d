//! `causeway seal`: a secret from the standard input -> the value that may stand in the file.

use crate::config::{sealed, state_dir, variable};
use crate::serve::path_or_usual;
use crate::store::Secrets;
use crate::store::secret::KEY_VARIABLE;
use rustix::termios::{LocalModes, OptionalActions, Termios, isatty, tcgetattr, tcsetattr};
use std::error::Error;
use std::io::{BufRead, Read, Stdin};
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
    let input = std::io::stdin();
    let secret = {
        let _quiet = Quiet::new(&input);
        read_secret(input.lock())?
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

/// Nobody looks over a shoulder: a terminal shows nothing of what is typed while this lives.
struct Quiet<'a> {
    input: &'a Stdin,
    before: Option<Termios>,
}

impl<'a> Quiet<'a> {
    fn new(input: &'a Stdin) -> Self {
        if !isatty(input) {
            return Self { input, before: None };
        }
        eprint!("密码或 PIN（不显示） / password or PIN (not shown): ");
        let before = tcgetattr(input).ok();
        if let Some(mut now) = before.clone() {
            now.local_modes.remove(LocalModes::ECHO);
            let _ = tcsetattr(input, OptionalActions::Flush, &now);
        }
        Self { input, before }
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            let _ = tcsetattr(self.input, OptionalActions::Flush, before);
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
