//! Lists the default prompt pack, and refuses to build where a tool is missing without which a
//! codec would fail obscurely (cmake: libopus) or come out several times slower without a word
//! (nasm: assembly kernels).

use std::{env, fmt::Write, fs, path::Path, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=PATH");
    println!("cargo::rerun-if-env-changed=CMAKE");
    require(&env::var("CMAKE").unwrap_or_else(|_| "cmake".into()), "--version");
    require("nasm", "-v");
    // OpenH264 obeys it without a word.
    println!("cargo::rerun-if-env-changed=OPENH264_NO_ASM");
    if env::var_os("OPENH264_NO_ASM").is_some() {
        println!("cargo::error=OPENH264_NO_ASM makes video several times slower: unset it");
    }
    list_prompts();
}

fn require(tool: &str, version_flag: &str) {
    if !Command::new(tool).arg(version_flag).output().is_ok_and(|output| output.status.success()) {
        println!(
            "cargo::error=`{tool}` is needed to build the codecs and was not found: run \
             deploy/bootstrap, or on Debian `apt-get install cmake nasm`"
        );
    }
}

/// Lists the default prompt pack, for it to be part of the program.
fn list_prompts() {
    let root = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let pack = Path::new(&root).join("../../deploy/prompt/pack");
    println!("cargo::rerun-if-changed={}", pack.display());
    let mut table = String::from("&[\n");
    // In the order of their names, in which the program looks them up.
    for language in ["en", "zh-CN"] {
        let files = fs::read_dir(pack.join(language)).into_iter().flatten().flatten();
        let mut names: Vec<String> = files
            .filter_map(|file| Some(file.file_name().to_str()?.strip_suffix(".wav")?.to_owned()))
            .collect();
        names.sort();
        for name in names {
            let path = pack.join(language).join(&name).with_extension("wav");
            let _ = writeln!(table, "(\"{language}/{name}\", include_bytes!({path:?})),");
        }
    }
    table.push(']');
    let out = Path::new(&env::var("OUT_DIR").unwrap_or_default()).join("prompt_pack.rs");
    if let Err(error) = fs::write(&out, table) {
        println!("cargo::error=cannot write {}: {error}", out.display());
    }
}
