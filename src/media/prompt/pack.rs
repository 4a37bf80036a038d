//! A pack: for each prompt in each language its clip, always.

use super::wav::{MAX_FILE_BYTES, WavError, read_wav};
use causeway_base::Lang;
use causeway_plan::{Clip, Prompt};
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The default pack's files by `<language>/<prompt>`, sorted.
const EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/prompt_pack.rs"));

const LANGS: [Lang; 2] = [Lang::Zh, Lang::En];

/// The sound of every prompt in both languages. Cheap to clone: clips are shared.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Chinese first, each in the order of [`Prompt::ALL`].
    clips: Vec<Clip>,
}

/// A file that a pack cannot use.
#[derive(Debug)]
pub struct PackError {
    /// The file, or the folder.
    pub path: PathBuf,
    /// What is wrong with it.
    pub fault: PackFault,
}

/// What is wrong with a file of a pack.
#[derive(Debug)]
pub enum PackFault {
    /// It cannot be read.
    Unreadable(io::Error),
    /// It has more than [`MAX_FILE_BYTES`].
    TooLarge,
    /// It is no WAV file of a kind that is taken.
    Wav(WavError),
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.path.display())?;
        match &self.fault {
            PackFault::Unreadable(error) => write!(f, "cannot be read: {error}"),
            PackFault::TooLarge => write!(f, "has more than {MAX_FILE_BYTES} bytes"),
            PackFault::Wav(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PackError {}

/// What an operator should know of a pack that is used nevertheless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PackWarning {
    /// A prompt is missing; the default pack's is used.
    Missing(PathBuf),
    /// A file that belongs to no prompt: perhaps a slip in its name.
    Unknown(PathBuf),
}

impl fmt::Display for PackWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PackWarning::Missing(path) => {
                write!(f, "{} is missing: the default prompt is used", path.display())
            }
            PackWarning::Unknown(path) => {
                write!(f, "{} belongs to no prompt and is not used", path.display())
            }
        }
    }
}

impl Pack {
    /// The default pack, out of the program itself.
    pub fn embedded() -> Self {
        let clip = |lang: Lang, prompt: Prompt| {
            let name = format!("{}/{}", lang.tag(), prompt.file());
            let at = EMBEDDED.binary_search_by_key(&name.as_str(), |(name, _)| name).ok()?;
            read_wav(EMBEDDED.get(at)?.1).ok()
        };
        // A test holds that no prompt of it is missing or broken. Silence would be its place.
        Self::of(|lang, prompt| clip(lang, prompt).unwrap_or_else(|| Clip(Vec::new().into())))
    }

    /// A pack of one's own, over the default one. All mistakes are told at once.
    pub fn load(folder: &Path) -> Result<(Self, Vec<PackWarning>), Vec<PackError>> {
        let unreadable =
            |error| PackError { path: folder.into(), fault: PackFault::Unreadable(error) };
        fs::read_dir(folder).map_err(|error| vec![unreadable(error)])?;
        let fallback = Self::embedded();
        let (mut warnings, mut errors) = (Vec::new(), Vec::new());
        let pack = Self::of(|lang, prompt| {
            let path = folder.join(lang.tag()).join(prompt.file()).with_extension("wav");
            match read_clip(&path) {
                Ok(Some(clip)) => return clip,
                Ok(None) => warnings.push(PackWarning::Missing(path)),
                Err(fault) => errors.push(PackError { path, fault }),
            }
            fallback.clip(prompt, lang)
        });
        warnings.extend(LANGS.iter().flat_map(|lang| unknown_files(&folder.join(lang.tag()))));
        if errors.is_empty() { Ok((pack, warnings)) } else { Err(errors) }
    }

    /// What is played for a prompt.
    pub fn clip(&self, prompt: Prompt, lang: Lang) -> Clip {
        let first = match lang {
            Lang::Zh => 0,
            Lang::En => Prompt::ALL.len(),
        };
        self.clips[first + prompt as usize].clone()
    }

    fn of(mut clip: impl FnMut(Lang, Prompt) -> Clip) -> Self {
        let all = LANGS.iter().flat_map(|lang| Prompt::ALL.iter().map(|prompt| (*lang, *prompt)));
        Self { clips: all.map(|(lang, prompt)| clip(lang, prompt)).collect() }
    }
}

/// `None` where there is no such file.
fn read_clip(path: &Path) -> Result<Option<Clip>, PackFault> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(PackFault::Unreadable(error)),
    };
    let mut bytes = Vec::new();
    let limit = MAX_FILE_BYTES as u64 + 1;
    file.take(limit).read_to_end(&mut bytes).map_err(PackFault::Unreadable)?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(PackFault::TooLarge);
    }
    read_wav(&bytes).map(Some).map_err(PackFault::Wav)
}

/// WAV files that no prompt is named after, in order. A folder that is not there has none.
fn unknown_files(folder: &Path) -> Vec<PackWarning> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut unknown: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "wav"))
        .filter(|path| {
            let name = path.file_stem().unwrap_or_default();
            !Prompt::ALL.iter().any(|prompt| name == prompt.file())
        })
        .collect();
    unknown.sort();
    unknown.into_iter().map(PackWarning::Unknown).collect()
}
