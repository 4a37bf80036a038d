//! Makes the types of `causeway-asn1` from the modules of the ITU: `generate MODULES TARGET`.

mod emit;
mod name;
mod parse;
mod token;

use std::collections::BTreeMap;
use std::path::Path;

/// A module: its file, its folder in the crate, its recommendation, what it takes from others,
/// and its parts, each with the type that it begins with.
struct Source {
    file: &'static str,
    folder: &'static str,
    title: &'static str,
    imports: &'static [&'static str],
    parts: &'static [(&'static str, &'static str)],
}

const SOURCES: [Source; 3] = [
    Source {
        file: "H235-SECURITY-MESSAGES.asn",
        folder: "h235",
        title: "H.235.0",
        imports: &[],
        parts: &[("token", "ChallengeString")],
    },
    Source {
        file: "MULTIMEDIA-SYSTEM-CONTROL.asn",
        folder: "h245",
        title: "H.245",
        imports: &[],
        parts: &[
            ("message", "MultimediaSystemControlMessage"),
            ("capability", "TerminalCapabilitySet"),
            ("video", "VideoCapability"),
            ("audio", "AudioCapability"),
            ("data", "DataApplicationCapability"),
            ("channel", "OpenLogicalChannel"),
            ("mode", "MultiplexEntrySend"),
            ("conference", "RoundTripDelayRequest"),
            ("command", "SendTerminalCapabilitySet"),
            ("indication", "FunctionNotUnderstood"),
        ],
    },
    Source {
        file: "H323-MESSAGES.asn",
        folder: "h225",
        title: "H.225.0",
        imports: &[
            "h235::{\n    AuthenticationMechanism, ChallengeString, ClearToken, CryptoToken, EncodedPwdCertToken, Encrypted,\n    Hashed, Password, RandomVal, Signed, TimeStamp,\n}",
            "h245::{DataProtocolCapability, QosCapability, T38FaxProfile}",
        ],
        parts: &[
            ("signalling", "H323-UserInformation"),
            ("endpoint", "EndpointType"),
            ("address", "AliasAddress"),
            ("service", "Endpoint"),
            ("ras", "RasMessage"),
            ("admission", "AdmissionRequest"),
        ],
    },
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [modules, target] = arguments.as_slice() else {
        eprintln!("usage: generate MODULES TARGET");
        std::process::exit(64);
    };
    let mut known = BTreeMap::new();
    for source in SOURCES {
        let path = Path::new(modules).join(source.file);
        let text =
            std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let module = parse::module(&String::from_utf8_lossy(&text));
        // A module's own types hide those of the others.
        known.extend(module.types.iter().cloned());
        let emitter = emit::Emitter { title: source.title, types: known.clone() };
        write(&source, &Path::new(target).join(source.folder), &emitter, &module);
    }
}

fn write(source: &Source, folder: &Path, emitter: &emit::Emitter, module: &parse::Module) {
    std::fs::create_dir_all(folder).expect("the folder can be made");
    let mut parts: Vec<(&str, String)> = vec![];
    for (name, kind) in &module.types {
        if let Some((part, _)) = source.parts.iter().find(|(_, first)| first == name) {
            parts.push((part, String::new()));
        }
        let (_, text) = parts.last_mut().expect("the first part begins with the first type");
        text.push_str(&emitter.define(name, kind));
    }
    let made = format!("//! Part of {}; made by `generate/`, not by hand.\n\n", source.title);
    for (part, text) in &parts {
        let names = "use super::*;\nuse crate::codec::*;\nuse crate::define::{choice, enumerated, sequence};\nuse crate::value::*;\n\n";
        let text = format!("{made}{names}{}\n", text.trim_end());
        std::fs::write(folder.join(format!("{part}.rs")), text).expect("the folder is writable");
    }
    let mut tour = format!(
        "//! {}: made by `generate/`, not by hand. The recommendation says what each type is for.\n\n",
        source.title
    );
    tour.push_str("#![allow(missing_docs, reason = \"the recommendation has them\")]\n");
    tour.push_str("#![allow(unused_imports, reason = \"each part takes all names\")]\n\n");
    source.imports.iter().for_each(|import| tour.push_str(&format!("use crate::{import};\n")));
    tour.push('\n');
    parts.iter().for_each(|(part, _)| tour.push_str(&format!("mod {part};\n")));
    tour.push('\n');
    parts.iter().for_each(|(part, _)| tour.push_str(&format!("pub use {part}::*;\n")));
    std::fs::write(folder.join("mod.rs"), tour).expect("the folder is writable");
}
