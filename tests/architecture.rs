//! Holds the rules of the house that neither Cargo nor clippy can hold: which crate may import
//! which, that protocols stay pure, that files stay short and that every crate opens with a tour.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Which of our crates (by folder) each crate may import. `server` may import everything.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("sip-codec", &["base"]),
    ("asn1", &["base"]),
    ("wire", &["base"]),
    ("plan", &["base"]),
    ("media", &["base", "plan", "wire"]),
    ("rtp", &["base", "wire", "plan"]),
    ("proto", &["base", "sip-codec", "asn1", "wire", "plan", "rtp"]),
    ("conference", &["base", "plan"]),
    ("dial", &["base", "plan", "sip-codec"]),
    ("adapter", &["base", "sip-codec", "wire", "plan", "proto", "conference", "dial"]),
    ("engine", &["base", "wire", "plan", "rtp", "media"]),
    (
        "server",
        &[
            "base",
            "sip-codec",
            "asn1",
            "wire",
            "plan",
            "media",
            "rtp",
            "proto",
            "conference",
            "dial",
            "adapter",
            "engine",
        ],
    ),
];

/// Crates that own sockets, clocks and tasks; all others are pure.
const DRIVERS: &[&str] = &["adapter", "engine", "server"];

/// Packages that bring sockets, tasks, clocks or a global random generator.
const IMPURE_PACKAGES: &[&str] = &["tokio", "mio", "socket2", "rustix", "libc"];

/// What a pure crate never says outside its tests, even under `allow`.
const IMPURE_WORDS: &[&str] = &[
    "Instant::now",
    "SystemTime::now",
    "thread::sleep",
    "thread::spawn",
    "UdpSocket",
    "TcpStream",
    "TcpListener",
    "thread_rng",
    "rand::rng()",
    "rand::random",
];

/// Beyond this a file has more than one subject.
const MAX_LINES: usize = 1000;

/// Fewer lines of crate documentation are a title, not a tour.
const MIN_TOUR_LINES: usize = 3;

#[test]
fn every_crate_has_its_row_in_the_import_table() {
    let folders: BTreeSet<String> = fs::read_dir(source_root())
        .expect("src/ is readable")
        .map(|entry| entry.expect("src/ is readable"))
        .filter(|entry| entry.path().join("Cargo.toml").exists())
        .map(|entry| entry.file_name().into_string().expect("folder names are UTF-8"))
        .collect();
    let rows: BTreeSet<String> = MAY_IMPORT.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(folders, rows);
}

#[test]
fn crates_import_only_what_the_table_allows() {
    for (folder, allowed) in MAY_IMPORT {
        for dependency in dependencies(folder) {
            if let Some(imported) = our_folder(&dependency) {
                assert!(allowed.contains(&imported), "src/{folder} must not import src/{imported}");
            }
        }
    }
}

#[test]
fn pure_crates_bring_no_sockets_clocks_or_tasks() {
    for (folder, _) in pure_crates() {
        for dependency in dependencies(folder) {
            let dependency = dependency.as_str();
            assert!(
                !IMPURE_PACKAGES.contains(&dependency),
                "src/{folder} must not use {dependency}"
            );
        }
        assert!(
            !source_root().join(folder).join("clippy.toml").exists(),
            "src/{folder} must keep the clippy.toml of the root, which guards its purity"
        );
        for file in rust_files(&source_root().join(folder)) {
            for (number, line) in code_lines(&file) {
                for word in IMPURE_WORDS {
                    assert!(!line.contains(word), "{}:{number} uses {word}", file.display());
                }
            }
        }
    }
}

#[test]
fn adapters_do_not_import_each_other() {
    let adapters: Vec<PathBuf> = subfolders(&source_root().join("adapter"));
    for adapter in &adapters {
        for other in adapters.iter().filter(|other| *other != adapter) {
            let path = format!("crate::{}", other.file_name().unwrap().to_string_lossy());
            for file in rust_files(adapter) {
                for (number, line) in code_lines(&file) {
                    assert!(!line.contains(&path), "{}:{number} imports {path}", file.display());
                }
            }
        }
    }
}

#[test]
fn files_stay_short() {
    for file in rust_files(&source_root()) {
        let lines = without_tests(&fs::read_to_string(&file).unwrap()).lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines: split its subjects", file.display());
    }
}

#[test]
fn every_crate_opens_with_a_tour() {
    for (folder, _) in MAY_IMPORT {
        let lib = fs::read_to_string(source_root().join(folder).join("lib.rs")).unwrap();
        let tour = lib.lines().take_while(|line| line.starts_with("//!")).count();
        assert!(tour >= MIN_TOUR_LINES, "src/{folder}/lib.rs opens with {tour} lines of tour");
    }
}

/// `pub fn name(data: &[u8])` of `src/crate/module/fuzz.rs` is `crate_module_name`.
#[test]
fn every_fuzz_body_has_its_target() {
    let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/src/bin");
    for file in fuzz_files(&source_root()) {
        let module = file.parent().and_then(|folder| folder.strip_prefix(source_root()).ok());
        let module = module.expect("below src/").to_string_lossy().replace(['/', '-'], "_");
        for line in fs::read_to_string(&file).unwrap().lines() {
            let body =
                line.strip_prefix("pub fn ").and_then(|rest| rest.split_once("(data: &[u8])"));
            let Some((name, _)) = body else { continue };
            let target = format!("{module}_{name}.rs");
            assert!(targets.join(&target).exists(), "tests/fuzz/src/bin/{target} is missing");
        }
    }
}

fn source_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn pure_crates() -> impl Iterator<Item = &'static (&'static str, &'static [&'static str])> {
    MAY_IMPORT.iter().filter(|(folder, _)| !DRIVERS.contains(folder))
}

/// The names under `[dependencies]` and `[build-dependencies]`; tests may use more.
fn dependencies(folder: &str) -> Vec<String> {
    let path = source_root().join(folder).join("Cargo.toml");
    let manifest: toml::Table = fs::read_to_string(&path).unwrap().parse().unwrap();
    ["dependencies", "build-dependencies"]
        .iter()
        .filter_map(|section| manifest.get(*section)?.as_table())
        .flat_map(|table| table.keys().cloned())
        .collect()
}

fn our_folder(package: &str) -> Option<&str> {
    if package == "sip-codec" { Some(package) } else { package.strip_prefix("causeway-") }
}

fn subfolders(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect()
}

fn fuzz_files(folder: &Path) -> Vec<PathBuf> {
    let own = Some(folder.join("fuzz.rs")).filter(|file| file.exists());
    subfolders(folder).iter().flat_map(|inner| fuzz_files(inner)).chain(own).collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_test(&path) {
            files.push(path);
        }
    }
    files
}

/// Tests in files or folders of their own, and fuzz bodies: they need an instant to count from.
fn is_test(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let inside = path.strip_prefix(source_root()).unwrap_or(path);
    name.ends_with("tests.rs")
        || name == "fuzz.rs"
        || inside.components().any(|part| part.as_os_str() == "tests")
}

/// A file's text up to its test module, which by habit stands last.
fn without_tests(text: &str) -> &str {
    text.find("#[cfg(test)]\nmod ").map_or(text, |start| &text[..start])
}

/// The numbered lines that are code, neither comments nor tests.
fn code_lines(file: &Path) -> Vec<(usize, String)> {
    without_tests(&fs::read_to_string(file).unwrap())
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default().to_owned()))
        .collect()
}
