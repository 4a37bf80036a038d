//! The messages of `fixtures/sip/torture`: one for every section of RFC 4475 and RFC 5118, and
//! attacks that neither has.

mod common;

use std::{fs, path::Path};

use bytes::{Bytes, BytesMut};
use common::{Outcome, outcome};
use sip_codec::{Limits, Message, StreamDecoder, StreamItem, StreamSide, parse_datagram};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/sip/torture");

fn cases() -> Vec<(String, Outcome)> {
    let table = fs::read_to_string(Path::new(FOLDER).join("expected.txt")).expect("the table");
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    rows.map(|line| {
        let (file, outcome) = line.split_once(' ').expect("two columns");
        let outcome = match outcome.trim() {
            "take" => Outcome::Take,
            "drop" => Outcome::Drop,
            status => Outcome::Answer(status.parse().expect("a status")),
        };
        (file.to_owned(), outcome)
    })
    .collect()
}

fn read(file: &str) -> Vec<u8> {
    fs::read(Path::new(FOLDER).join(file)).expect(file)
}

#[test]
fn every_message_has_its_outcome() {
    let mut wrong = Vec::new();
    for (file, expected) in cases() {
        let (got, reason) = outcome(read(&file));
        if got != expected {
            wrong.push(format!("{file}: {got:?} ({reason}), expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_message_is_in_the_table() {
    let known: Vec<String> = cases().into_iter().map(|(file, _)| file).collect();
    for entry in fs::read_dir(FOLDER).expect("the folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        assert!(!name.ends_with(".sip") || known.contains(&name), "{name} is in no row");
    }
}

#[test]
fn what_is_taken_survives_encoding() {
    for (file, _) in cases() {
        let Ok(message) = parse_datagram(&Bytes::from(read(&file)), &Limits::DEFAULT) else {
            continue;
        };
        let mut again = parse_datagram(&message.to_bytes(), &Limits::DEFAULT).expect(&file);
        let mut message = message;
        // Encoding moves Content-Length to the end and lets it tell the truth.
        message.headers_mut().remove(&sip_codec::HeaderName::ContentLength);
        again.headers_mut().remove(&sip_codec::HeaderName::ContentLength);
        assert!(message == again, "{file} changed");
    }
}

#[test]
fn a_stream_cut_anywhere_gives_the_same_messages() {
    let mut stream = Vec::new();
    let mut sent = Vec::new();
    for (file, _) in cases() {
        if let Ok(message) = parse_datagram(&Bytes::from(read(&file)), &Limits::DEFAULT) {
            stream.extend_from_slice(&message.to_bytes());
            stream.extend_from_slice(b"\r\n\r\n");
            sent.push(message);
        }
    }
    for step in [1, 7, 1_400, stream.len()] {
        let mut decoder = StreamDecoder::new(Limits::DEFAULT, StreamSide::Accepted);
        let mut buffer = BytesMut::new();
        let mut pings = 0;
        let mut received: Vec<Message> = Vec::new();
        for piece in stream.chunks(step) {
            buffer.extend_from_slice(piece);
            while let Some(item) = decoder.decode(&mut buffer).expect("a sound stream") {
                match item {
                    StreamItem::Message(message) => received.push(message),
                    StreamItem::Ping => pings += 1,
                    StreamItem::Pong => panic!("pong on an accepted connection"),
                }
            }
        }
        assert_eq!(received.len(), sent.len());
        assert_eq!(pings, sent.len());
        assert!(received.iter().zip(&sent).all(|(r, s)| r.body() == s.body()));
    }
}
