//! Refuses to build where a tool is missing without which a codec would fail obscurely (cmake:
//! libopus) or come out several times slower without a word (nasm: assembly kernels).

use std::{env, process::Command};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=PATH");
    println!("cargo::rerun-if-env-changed=CMAKE");
    require(&env::var("CMAKE").unwrap_or_else(|_| "cmake".into()), "--version");
    require("nasm", "-v");
}

fn require(tool: &str, version_flag: &str) {
    if !Command::new(tool).arg(version_flag).output().is_ok_and(|output| output.status.success()) {
        println!(
            "cargo::error=`{tool}` is needed to build the codecs and was not found: run \
             deploy/bootstrap, or on Debian `apt-get install cmake nasm`"
        );
    }
}
