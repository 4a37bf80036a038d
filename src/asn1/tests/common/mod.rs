//! What the captures hold, message by message.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use causeway_asn1::h225::{H323UserInformation, H323UuPduH323MessageBody as Body, RasMessage};
use causeway_asn1::h245::{MultimediaSystemControlMessage, OpenLogicalChannel};
use causeway_asn1::{Asn1Error, Codec, decode, encode};
use causeway_wire::q931::Q931View;
use causeway_wire::testing::capture::{self, Carrier, Sent};

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Ras,
    Signalling,
    Control,
    /// An OpenLogicalChannel of fast start.
    Channel,
}

/// One message.
pub(crate) struct Pdu {
    /// Where it was found.
    pub(crate) place: String,
    pub(crate) kind: Kind,
    pub(crate) bytes: Vec<u8>,
}

/// `CAUSEWAY_TESTDATA`, or `../shared/testdata` beside the workspace. In CI it must be there.
fn testdata() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/testdata");
    let folder = std::env::var_os("CAUSEWAY_TESTDATA").map_or(beside.into(), PathBuf::from);
    let folder = folder.join("h323");
    let there = folder.is_dir();
    assert!(there || std::env::var_os("CI").is_none(), "no captures in {}", folder.display());
    there.then_some(folder)
}

/// Every message of every capture, none where there are no captures.
pub(crate) fn captured() -> Vec<Pdu> {
    let Some(folder) = testdata() else { return vec![] };
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("a file").path())
        .collect();
    files.sort();
    let mut out = vec![];
    for file in files {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        let sent = capture::read(&std::fs::read(&file).expect("readable"));
        for (number, sent) in sent.iter().enumerate() {
            out.extend(messages(&format!("{name}/{number}"), sent));
        }
    }
    out
}

/// Those that stand in the project.
pub(crate) fn fixtures() -> Vec<Pdu> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/h323");
    let text = std::fs::read_to_string(format!("{folder}/messages.txt")).expect("fixtures");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|line| {
            let mut words = line.split_whitespace();
            let (place, kind) = (words.next().expect("a name"), words.next().expect("a kind"));
            let kind = match kind {
                "ras" => Kind::Ras,
                "signalling" => Kind::Signalling,
                "control" => Kind::Control,
                "channel" => Kind::Channel,
                other => panic!("{other} is no kind"),
            };
            let bytes = hex::decode(words.next().expect("bytes")).expect("hexadecimal");
            Pdu { place: place.to_owned(), kind, bytes }
        })
        .collect()
}

fn messages(place: &str, sent: &Sent) -> Vec<Pdu> {
    let pdu = |kind, bytes: &[u8]| Pdu { place: place.to_owned(), kind, bytes: bytes.to_vec() };
    match sent.carrier {
        Carrier::Udp => {
            let ras = [sent.from, sent.to].iter().any(|at| [1718, 1719].contains(&at.port()));
            if ras { vec![pdu(Kind::Ras, &sent.data)] } else { vec![] }
        }
        Carrier::Tpkt if sent.data.is_empty() => vec![],
        Carrier::Tpkt => match Q931View::parse(&sent.data) {
            Ok(view) => {
                let asn1 = view.user_user().expect("a user-user element");
                let mut out = vec![pdu(Kind::Signalling, asn1)];
                if let Ok(message) = decode::<H323UserInformation>(asn1) {
                    let (control, channels) = carried(&message);
                    out.extend(control.iter().map(|bytes| pdu(Kind::Control, bytes)));
                    out.extend(channels.iter().map(|bytes| pdu(Kind::Channel, bytes)));
                }
                out
            }
            Err(_) => vec![pdu(Kind::Control, &sent.data)],
        },
    }
}

/// The H.245 that a message of call signalling carries, and its fast start.
fn carried(message: &H323UserInformation) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let pdu = &message.h323_uu_pdu;
    let fast_start = match &pdu.h323_message_body {
        Body::Setup(body) => &body.fast_start,
        Body::CallProceeding(body) => &body.fast_start,
        Body::Alerting(body) => &body.fast_start,
        Body::Connect(body) => &body.fast_start,
        Body::Facility(body) => &body.fast_start,
        Body::Progress(body) => &body.fast_start,
        _ => &None,
    };
    let list = |list: &Option<Vec<Vec<u8>>>| list.clone().unwrap_or_default();
    (list(&pdu.h245_control), list(fast_start))
}

/// Reads a message, writes it, reads that and compares; what was written.
pub(crate) fn again(kind: Kind, bytes: &[u8]) -> Result<Vec<u8>, Asn1Error> {
    fn of<T: Codec<T> + std::fmt::Debug + PartialEq>(bytes: &[u8]) -> Result<Vec<u8>, Asn1Error> {
        let value = decode::<T>(bytes)?;
        let written = encode(&value)?;
        assert_eq!(decode::<T>(&written)?, value);
        Ok(written)
    }
    match kind {
        Kind::Ras => of::<RasMessage>(bytes),
        Kind::Signalling => of::<H323UserInformation>(bytes),
        Kind::Control => of::<MultimediaSystemControlMessage>(bytes),
        Kind::Channel => of::<OpenLogicalChannel>(bytes),
    }
}

/// How a message would travel by itself: each from a port of its own.
pub(crate) fn sent(
    number: usize,
    kind: Kind,
    bytes: &[u8],
    q931: impl Fn(&[u8]) -> Vec<u8>,
) -> Sent {
    let address = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
    let from = address(20_000 + u16::try_from(number).expect("few"));
    let at = Duration::from_millis(number as u64);
    let (to, carrier, data) = match kind {
        Kind::Ras => (1719, Carrier::Udp, bytes.to_vec()),
        Kind::Signalling => (1720, Carrier::Tpkt, q931(bytes)),
        Kind::Control | Kind::Channel => (CONTROL_PORT, Carrier::Tpkt, bytes.to_vec()),
    };
    Sent { at, from, to: address(to), carrier, data }
}

/// Where H.245 goes that is looked into.
pub(crate) const CONTROL_PORT: u16 = 11_000;
