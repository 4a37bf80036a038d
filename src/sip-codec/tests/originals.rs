//! The messages of RFC 4475 and RFC 5118 themselves, where they are present: their verdicts and
//! response codes as the texts of the RFCs give them.

mod common;

use std::path::PathBuf;

use common::{Outcome, outcome};

/// `CAUSEWAY_TESTDATA`, or `../shared/testdata` beside the workspace.
fn testdata() -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/testdata");
    let folder = std::env::var_os("CAUSEWAY_TESTDATA").map_or(beside.into(), PathBuf::from);
    folder.is_dir().then_some(folder)
}

use Outcome::{Answer, Drop, Take};

/// File, section of RFC 4475, what a user agent server does.
const RFC4475: [(&str, &str, Outcome); 49] = [
    ("TC_WSINV.dat", "3.1.1.1", Take),
    // A method that nobody implements: valid, then 501 (RFC 3261 section 8.2.1).
    ("TC_INTMETH.dat", "3.1.1.2", Answer(501)),
    ("TC_ESC01_V.dat", "3.1.1.3", Take),
    ("TC_ESCNULL_V.dat", "3.1.1.4", Take),
    ("TC_ESC02_V.dat", "3.1.1.5", Answer(501)),
    ("TC_LWSDISP_V.dat", "3.1.1.6", Take),
    ("TC_LONGREQ_V.dat", "3.1.1.7", Take),
    ("TC_DBLREQ.dat", "3.1.1.8", Take),
    ("TC_SEMIURI_V.dat", "3.1.1.9", Take),
    ("TC_TRANSPORTS_V.dat", "3.1.1.10", Take),
    ("TC_MPART01.dat", "3.1.1.11", Take),
    ("TC_UNREASON_V.dat", "3.1.1.12", Take),
    ("TC_NOREASON_V.dat", "3.1.1.13", Take),
    ("TC_BADINV01_I.dat", "3.1.2.1", Answer(400)),
    ("TC_CLERR_I.dat", "3.1.2.2", Answer(400)),
    ("TC_NCL_I.dat", "3.1.2.3", Answer(400)),
    ("TC_SCALAR02_V.dat", "3.1.2.4", Answer(400)),
    ("TC_SCALARLG_V.dat", "3.1.2.5", Drop),
    ("TC_QUOTBAL_I.dat", "3.1.2.6", Answer(400)),
    ("TC_LTGTRURI_I.dat", "3.1.2.7", Answer(400)),
    ("TC_LWSRURI_I.dat", "3.1.2.8", Answer(400)),
    ("TC_LWSSTART_V.dat", "3.1.2.9", Answer(400)),
    ("TC_TRWS_I.dat", "3.1.2.10", Answer(400)),
    ("TC_ESCRURI_V.dat", "3.1.2.11", Answer(400)),
    ("TC_BADDATE_V.dat", "3.1.2.12", Answer(400)),
    ("TC_REGBADCT_I.dat", "3.1.2.13", Answer(400)),
    ("TC_BADASPEC_I.dat", "3.1.2.14", Answer(400)),
    ("TC_BADDN_I.dat", "3.1.2.15", Answer(400)),
    ("TC_BADVERS_V.dat", "3.1.2.16", Answer(505)),
    ("TC_MISMATCH01_V.dat", "3.1.2.17", Answer(400)),
    // 400 would do, 501 is recommended.
    ("TC_MISMATCH02_V.dat", "3.1.2.18", Answer(501)),
    ("TC_BIGCODE_V.dat", "3.1.2.19", Drop),
    // Valid, but without a unique branch: matched by the rules of RFC 2543.
    ("TC_BADBRANCH_V.dat", "3.2.1", Take),
    ("TC_INSUF_I.dat", "3.3.1", Answer(400)),
    ("TC_UNKSCM_V.dat", "3.3.2", Answer(416)),
    ("TC_NOVELSC_V.dat", "3.3.3", Answer(416)),
    ("TC_UNKSM2_V.dat", "3.3.4", Answer(400)),
    ("TC_BEXT01_V.dat", "3.3.5", Answer(420)),
    ("TC_INVUT_V.dat", "3.3.6", Answer(415)),
    // The registrar does not know the scheme and challenges; the message is fine.
    ("TC_REGAUT01_V.dat", "3.3.7", Take),
    ("TC_MULTI01_I.dat", "3.3.8", Answer(400)),
    ("TC_MCL01_I.dat", "3.3.9", Answer(400)),
    // A client drops it since its topmost Via is not its own: no matter of syntax.
    ("TC_BCAST_V.dat", "3.3.10", Take),
    // A proxy answers 483; an endpoint goes on.
    ("TC_ZEROMF_V.dat", "3.3.11", Take),
    ("TC_CPARAM01_V.dat", "3.3.12", Take),
    ("TC_CPARAM02_V.dat", "3.3.13", Take),
    ("TC_REGESCRT_V.dat", "3.3.14", Take),
    ("TC_SDP01_V.dat", "3.3.15", Answer(406)),
    ("TC_INV2543_I.dat", "3.4.1", Take),
];

/// File, section of RFC 5118, what a user agent server does.
const RFC5118: [(&str, &str, Outcome); 12] = [
    ("ipv6-good", "4.1", Take),
    ("ipv6-bad", "4.2", Answer(400)),
    ("port-ambiguous", "4.3", Take),
    ("port-unambiguous", "4.4", Take),
    ("via-received-param-with-delim", "4.5", Take),
    ("via-received-param-no-delim", "4.5", Take),
    ("ipv6-in-sdp", "4.6", Take),
    ("mult-ip-in-header", "4.7", Take),
    ("mult-ip-in-sdp", "4.8", Take),
    ("ipv4-mapped-ipv6", "4.9", Take),
    ("ipv6-bug-abnf-3-colons", "4.10", Take),
    ("ipv6-correct-abnf-2-colons", "4.10", Take),
];

fn check(folder: &str, cases: &[(&str, &str, Outcome)]) {
    let Some(testdata) = testdata() else { return };
    let mut wrong = Vec::new();
    for (file, section, expected) in cases {
        let bytes = std::fs::read(testdata.join(folder).join(file)).expect(file);
        let (got, reason) = outcome(bytes);
        if got != *expected {
            wrong.push(format!("{file} ({section}): {got:?} ({reason}), expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rfc_4475() {
    check("rfc4475", &RFC4475);
}

#[test]
fn rfc_5118() {
    check("rfc5118", &RFC5118);
}
