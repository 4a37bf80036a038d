//! A pack of one's own: what is missing, what is wrong, what belongs to nothing.

use crate::wav::{pcm16, wav};
use causeway_base::Lang;
use causeway_media::prompt::{Pack, PackFault, PackWarning, WavError};
use causeway_plan::Prompt;
use std::fs;
use std::path::{Path, PathBuf};

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("causeway-pack-{name}-{}", std::process::id()));
        fs::create_dir_all(path.join("zh-CN")).expect("a folder for temporary files");
        Self(path)
    }

    fn put(&self, file: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(file);
        fs::write(&path, bytes).expect("room");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_part_of_a_pack_lies_over_the_default_one() {
    let folder = Folder::new("part");
    folder.put("zh-CN/welcome.wav", &wav(1, 1, 16_000, 16, &pcm16(&[0.5; 100])));
    let slip = folder.put("zh-CN/welcom.wav", b"");
    let (pack, warnings) = Pack::load(&folder.0).expect("usable");
    let default = Pack::embedded();
    assert_eq!(pack.clip(Prompt::Welcome, Lang::Zh).0[..], [16_383; 100]);
    assert_eq!(pack.clip(Prompt::Welcome, Lang::En), default.clip(Prompt::Welcome, Lang::En));
    assert_eq!(pack.clip(Prompt::Goodbye, Lang::Zh), default.clip(Prompt::Goodbye, Lang::Zh));
    assert_eq!(warnings.len(), 2 * Prompt::ALL.len() - 1 + 1);
    assert_eq!(warnings.last(), Some(&PackWarning::Unknown(slip)));
    assert!(warnings.contains(&PackWarning::Missing(folder.0.join("en/welcome.wav"))));
}

#[test]
fn every_wrong_file_is_named() {
    let folder = Folder::new("wrong");
    folder.put("zh-CN/welcome.wav", &wav(1, 2, 16_000, 16, &[0; 64]));
    folder.put("zh-CN/goodbye.wav", b"rubbish");
    let errors = Pack::load(&folder.0).expect_err("two are wrong");
    let fault = |at: usize| match &errors[at].fault {
        PackFault::Wav(error) => *error,
        other => panic!("{other:?}"),
    };
    assert_eq!((errors.len(), fault(0), fault(1)), (2, WavError::Channels(2), WavError::NotWav));
    assert!(errors[0].to_string().contains("zh-CN/welcome.wav has 2 channels"));
}

#[test]
fn a_folder_that_is_not_there_is_said() {
    let errors = Pack::load(Path::new("/nowhere/at/all")).expect_err("not there");
    assert!(matches!(errors[..], [ref error] if matches!(error.fault, PackFault::Unreadable(_))));
}
