//! Builds the page of browsers (`web/client`) with Node and npm, and writes down its files for
//! `web::asset`, which embeds them.
//!
//! Nothing is built while its sources stay as they are. Where Node is not at hand, the variable
//! `CAUSEWAY_WEB_DIST` names a `dist` that `npm run build` made elsewhere.

use std::error::Error;
use std::fmt::Write;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, exit};

/// A built page.
const DIST: &str = "CAUSEWAY_WEB_DIST";

/// The oldest Node that the tools of the page run on: that of Debian 12.
const NODE: u32 = 18;

/// What the page is built of.
const SOURCES: [&str; 7] = [
    "src",
    "index.html",
    "package.json",
    "package-lock.json",
    ".npmrc",
    "tsconfig.json",
    "vite.config.ts",
];

const MISSING: &str = "浏览器页面需要 Node.js 18 或更高版本和 npm 才能构建：\n    \
    apt-get install nodejs npm（或运行 deploy/bootstrap）\n\
    也可以把变量 CAUSEWAY_WEB_DIST 设为在别处用 `npm run build` 构建好的 dist 目录。\n\n\
    The page for browsers is built with Node.js 18 or later and npm:\n    \
    apt-get install nodejs npm (or run deploy/bootstrap)\n\
    Or set the variable CAUSEWAY_WEB_DIST to a folder dist that `npm run build` made elsewhere.";

fn main() {
    if let Err(error) = run() {
        eprintln!("\n{error}\n");
        exit(1);
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let built = out.join("dist");
    println!("cargo:rerun-if-env-changed={DIST}");
    match std::env::var_os(DIST).filter(|path| !path.is_empty()) {
        Some(path) => take(Path::new(&path), &built)?,
        None => build(&out, &built)?,
    }
    fs::write(out.join("assets.rs"), list(&built)?)?;
    Ok(())
}

/// Takes over what was built elsewhere.
fn take(from: &Path, built: &Path) -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={}", from.display());
    if !from.join("index.html").is_file() {
        return Err(format!("{DIST}: no index.html in {}", from.display()).into());
    }
    if built.exists() {
        fs::remove_dir_all(built)?;
    }
    fs::create_dir_all(built.join("assets"))?;
    for folder in ["", "assets"] {
        for entry in fs::read_dir(from.join(folder))? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::copy(entry.path(), built.join(folder).join(entry.file_name()))?;
            }
        }
    }
    Ok(())
}

fn build(out: &Path, built: &Path) -> Result<(), Box<dyn Error>> {
    let client = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("web/client");
    for source in SOURCES {
        println!("cargo:rerun-if-changed={}", client.join(source).display());
    }
    check_tools()?;
    install(&client)?;
    let vite = client.join("node_modules/vite/bin/vite.js");
    let mut command = Command::new("node");
    command.arg(vite).args(["build", "--emptyOutDir", "--logLevel", "warn", "--outDir"]);
    finish(command.arg(built).current_dir(&client).env("TMPDIR", out), "vite build")
}

fn check_tools() -> Result<(), Box<dyn Error>> {
    let version = Command::new("node").arg("--version").output();
    let version = version.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let major = |text: &String| text.trim().strip_prefix('v')?.split('.').next()?.parse().ok();
    let found = version.as_ref().ok().and_then(major);
    let npm = Command::new("npm").arg("--version").output().is_ok_and(|npm| npm.status.success());
    match found {
        Some(NODE..) if npm => Ok(()),
        Some(major @ 0..NODE) => Err(format!("node {major}:\n{MISSING}").into()),
        _ => Err(MISSING.into()),
    }
}

/// Installs the tools of the page where the list of them is another than that installed. One at a
/// time: builds of other profiles share the folder.
fn install(client: &Path) -> Result<(), Box<dyn Error>> {
    let lock = client.join("package-lock.json");
    let guard = File::open(&lock)?;
    guard.lock()?;
    let wanted = fs::read(&lock)?;
    let stamp = client.join("node_modules/.causeway-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let mut command = Command::new("npm");
    command.args(["ci", "--ignore-scripts", "--no-progress", "--loglevel=error"]);
    finish(command.current_dir(client), "npm ci")?;
    Ok(fs::write(stamp, wanted)?)
}

/// Runs a command, and shows what it said where it failed.
fn finish(command: &mut Command, name: &str) -> Result<(), Box<dyn Error>> {
    let output = command.output().map_err(|error| format!("{name}: {error}\n{MISSING}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    Err(format!("{name}: {}\n{said}\n(src/server/web/client)", output.status).into())
}

/// The files as a list in Rust.
fn list(built: &Path) -> Result<String, Box<dyn Error>> {
    let mut files = vec![built.join("index.html")];
    let mut assets = Vec::new();
    for entry in fs::read_dir(built.join("assets"))? {
        assets.push(entry?.path());
    }
    assets.sort();
    files.extend(assets.into_iter().filter(|file| !is_compressed(file)));
    let mut text = String::from("&[\n");
    for file in files {
        let name =
            file.file_name().and_then(|name| name.to_str()).ok_or("a file without a name")?;
        let beside = |end: &str| {
            let path = file.with_file_name(format!("{name}.{end}"));
            match path.is_file() {
                true => format!("Some(include_bytes!({:?}))", path.display().to_string()),
                false => "None".to_owned(),
            }
        };
        writeln!(
            text,
            "    File {{ name: {name:?}, plain: include_bytes!({:?}), gzip: {}, brotli: {} }},",
            file.display().to_string(),
            beside("gz"),
            beside("br"),
        )?;
    }
    text.push_str("]\n");
    Ok(text)
}

fn is_compressed(file: &Path) -> bool {
    file.extension().is_some_and(|end| end == "gz" || end == "br")
}
