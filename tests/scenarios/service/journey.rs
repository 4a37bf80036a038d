//! A conference with a telephone in it is connected with a meeting of each service: nobody hears the
//! menu, the menu hears nobody, and once the passcode was taken both hear each other.

use super::line::{Line, MEETING, MENU, MUSIC};
use super::{sim_mra, sim_teams_conf, sim_webex, sim_zoom_crc};
use crate::{
    browser::{self, api::Api},
    conference::{AUDIBLE_DB, INAUDIBLE_DB, TONES, VOICE},
    peer::{Baresip, Bridge, Line as TelephoneLine, Setting, Transport, talk},
    sound::{Wave, level_db, tone},
};
use causeway_base::Codec;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::runtime::Runtime;

pub(super) const CONFERENCE: &str = "conference-1001";

const ALLOWED: &str = "[calling_out]\nenabled = true\nallow = [\"+44\"]\n\
    domains = [\"127.0.0.1\", \"zoomcrc.com\", \"sip.qqmra.com\"]\n";

/// What is judged of a meeting, once both are in.
const SETTLING: Duration = Duration::from_secs(2);
const JUDGED: Duration = Duration::from_secs(1);

/// A bridge that may call out, and a telephone in its conference.
pub(super) struct Scene {
    pub(super) bridge: Bridge,
    pub(super) api: Api,
    pub(super) runtime: Runtime,
    telephone: Baresip,
}

impl Scene {
    pub(super) fn set(more: &str) -> Self {
        let more = format!("{ALLOWED}{more}");
        let bridge = Bridge::with(Setting { api: true, more: &more, ..Setting::default() });
        let line = TelephoneLine { codec: Codec::Pcma, ..TelephoneLine::PLAIN };
        let mut telephone = Baresip::start("telephone", line, &tone(TONES[0], VOICE));
        telephone.call("1001", bridge.port(Transport::Udp));
        let runtime = browser::runtime();
        let (address, code) = bridge.api();
        let api = runtime.block_on(Api::open(address, &code));
        Self { bridge, api, runtime, telephone }
    }

    /// A trunk that leads to a line.
    pub(super) fn trunk(name: &str, line: &Line, more: &str) -> String {
        format!("[[trunk]]\nname = \"{name}\"\ntarget = \"sip:127.0.0.1:{}\"\n{more}", line.port)
    }

    pub(super) fn call(&self, wanted: &Value) -> Result<(), String> {
        self.runtime.block_on(self.api.call(CONFERENCE, wanted))
    }

    /// The conference is connected with the meeting: all of what was promised holds.
    fn connects(mut self, line: &Line, keys: &str) {
        line.wait_until_in(0);
        self.bridge.wait_for_lines("in the other meeting", 1);
        let roster = self.runtime.block_on(self.api.roster(CONFERENCE));
        let bridge = roster.iter().find(|one| one["bridge"].is_object()).expect("it is shown");
        assert_eq!(bridge["bridge"]["state"], "in", "{bridge}");
        talk(SETTLING + JUDGED);
        let [kept] = &line.calls()[..] else { panic!("one call") };
        assert_eq!(kept.keys, keys);
        let menu = Wave { rate: 8_000, samples: kept.heard[..kept.entered.expect("in")].to_vec() };
        if menu.duration() > Duration::from_millis(200) {
            let leaked = level_db(&menu, TONES[0]);
            assert!(leaked < INAUDIBLE_DB, "the menu hears {leaked:.1} dB");
        }
        let heard = line.heard_last(0, JUDGED);
        let (voice, own) = (level_db(&heard, TONES[0]), level_db(&heard, MEETING));
        assert!(voice > AUDIBLE_DB, "the meeting hears {voice:.1} dB");
        assert!(own < INAUDIBLE_DB, "the meeting hears itself at {own:.1} dB");
        self.telephone.hang_up();
        let all = self.telephone.heard();
        let last = all.part(all.duration().saturating_sub(JUDGED), JUDGED);
        let voice = level_db(&last, MEETING);
        assert!(voice > AUDIBLE_DB, "the telephone hears {voice:.1} dB");
        for (what, hertz) in [("menu", MENU), ("music", MUSIC)] {
            let leaked = level_db(&all, hertz);
            assert!(leaked < INAUDIBLE_DB, "the telephone hears the {what} at {leaked:.1} dB");
        }
        line.is_content();
    }
}

/// An address of a line.
pub(super) fn at(user: &str, line: &Line) -> String {
    format!("sip:{user}@127.0.0.1:{}", line.port)
}

#[test]
fn zoom_takes_number_and_passcode_in_its_address_and_shows_pictures_in_single_units() {
    let line = sim_zoom_crc::open();
    let scene = Scene::set(&Scene::trunk("zoom", &line, "pictures = \"on\"\n"));
    let (meeting, passcode) = ("545 096 111", sim_zoom_crc::PASSCODE);
    let wanted =
        json!({ "service": "zoom", "meeting": meeting, "passcode": passcode, "trunk": "zoom" });
    scene.call(&wanted).expect("it calls");
    line.wait_for("pictures", |calls| calls.first().is_some_and(|kept| kept.pictures > 0));
    assert_eq!(line.calls()[0].user, "545096111.623458");
    scene.connects(&line, "");
}

#[test]
fn zoom_asks_for_number_and_passcode_by_voice() {
    let line = sim_zoom_crc::open();
    let scene = Scene::set("");
    let (meeting, passcode) = (sim_zoom_crc::MEETING, sim_zoom_crc::PASSCODE);
    let wanted = json!({
        "to": at("zoom", &line), "script": "zoom-crc", "meeting": meeting, "passcode": passcode
    });
    scene.call(&wanted).expect("it calls");
    scene.connects(&line, "545096111#623458#");
}

#[test]
fn webex_by_its_address_loses_early_keys_and_is_given_none() {
    let line = sim_webex::open(true);
    let scene = Scene::set("");
    let wanted =
        json!({ "to": at("webex", &line), "script": "webex-ip", "meeting": sim_webex::MEETING });
    scene.call(&wanted).expect("it calls");
    scene.connects(&line, "26401115678#");
}

#[test]
fn tencents_connector_takes_number_and_password_each_with_its_hash() {
    let line = sim_mra::open();
    let scene = Scene::set("");
    let (meeting, passcode) = (sim_mra::MEETING, sim_mra::PASSWORD);
    let wanted = json!({
        "to": at("mra", &line), "script": "tencent-mra", "meeting": meeting, "passcode": passcode
    });
    scene.call(&wanted).expect("it calls");
    scene.connects(&line, "607117181#567967#");
}

#[test]
fn tencents_connector_takes_both_in_the_address_with_asterisks_as_they_are() {
    let line = sim_mra::open();
    let scene = Scene::set(&Scene::trunk("tencent", &line, ""));
    let (meeting, passcode) = (sim_mra::MEETING, sim_mra::PASSWORD);
    let wanted = json!({ "service": "tencent", "meeting": meeting, "passcode": passcode, "trunk": "tencent" });
    scene.call(&wanted).expect("it calls");
    line.wait_for("call", |calls| !calls.is_empty());
    assert_eq!(line.calls()[0].user, "607117181**567967");
    scene.connects(&line, "");
}

#[test]
fn teams_by_telephone_keeps_its_music_until_somebody_lets_the_bridge_in() {
    let line = sim_teams_conf::open(Some(Duration::from_secs(6)), true);
    let scene = Scene::set(&Scene::trunk("carrier", &line, ""));
    let wanted = json!({
        "service": "teams-audio", "to": "+44 20 7946 0000", "meeting": "291 633 251"
    });
    scene.call(&wanted).expect("it calls");
    line.wait_for("call", |calls| !calls.is_empty());
    assert_eq!(line.calls()[0].user, "+442079460000");
    scene.connects(&line, &format!("{}#", sim_teams_conf::CONFERENCE));
}
