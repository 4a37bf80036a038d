//! Every invitation of `fixtures/invites` is read as the file beside it says.

use super::*;
use crate::Prefix;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/invites")
}

/// What an operator allows who calls the services that invitations are mostly of.
fn rules() -> CallingOut {
    let domains = [
        "zoomcrc.com",
        ".webex.com",
        "t.plcm.vc",
        "m.webex.com",
        "sip.qqmra.com",
        "qqmra.com",
        "lvc.feishu.cn",
        "bridge.example.com",
        "162.255.37.11",
        "42.187.185.2",
    ];
    CallingOut {
        enabled: true,
        allow: ["+86", "+1"].into_iter().filter_map(Prefix::parse).collect(),
        deny: Prefix::parse("+1900").into_iter().collect(),
        domains: domains.map(str::to_owned).to_vec(),
        ..CallingOut::default()
    }
}

fn read(text: &str) -> Vec<Invitation> {
    let (rules, numbers) = (rules(), NumberPlan::default());
    parse(&Pasted { text, kind: None }, &Allow { rules: &rules, numbers: &numbers })
}

fn told(invitation: &Invitation) -> Value {
    let way = |way: &Way| {
        json!([
            way.service.brand(),
            way.meeting,
            way.passcode,
            way.protocol.name(),
            way.address,
            way.digits,
            if way.barred.is_none() { "allowed" } else { "barred" },
        ])
    };
    json!({
        "service": invitation.service.brand(),
        "meeting": invitation.meeting,
        "passcode": invitation.passcode,
        "tenant": invitation.tenant,
        "quoted": invitation.quoted,
        "cancelled": invitation.cancelled,
        "look_alikes": invitation.look_alikes,
        "ways": invitation.ways.iter().map(way).collect::<Vec<_>>(),
    })
}

#[test]
fn every_invitation_is_read_as_the_file_beside_it_says() {
    let mut files = 0;
    let mut wrong = Vec::new();
    for entry in fs::read_dir(folder()).expect("fixtures/invites") {
        let path = entry.expect("a file").path();
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        if !matches!(kind, "txt" | "html" | "ics") {
            continue;
        }
        files += 1;
        let text = fs::read_to_string(&path).expect("UTF-8");
        let beside = format!("{}.json", path.display());
        let told: Vec<Value> = read(&text).iter().map(told).collect();
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        if serde_json::from_str::<Value>(&expected).ok() != Some(Value::from(told.clone())) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            wrong.push(format!("{name}: {:#}", Value::from(told)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(files >= 120, "{files} invitations");
}
