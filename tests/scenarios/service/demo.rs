//! Everybody in one conference: a browser, a telephone, a SIP room by the shape of Poly's offers, a
//! room of H.323, and meetings like those of Teams, Zoom and WeCom, each heard by all others.
//! `make demo` prints what each heard and saw, and keeps a picture and a sound file.

use super::journey::CONFERENCE;
use super::line::Line;
use super::{sim_mra, sim_teams_conf, sim_zoom_crc};
use crate::{
    browser::{self, Browser, api::Api},
    peer::{
        Baresip, Bridge, Coding, Film, Line as TelephoneLine, PATIENCE, Room, Setting, Start,
        Transport,
    },
    sound::{Wave, level_db, tone},
    video::{BLUE, EQUAL, FIRST, RED, SECOND},
};
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tokio::time;

/// What is judged of each, once all are in. Seven voices at once are turned down together.
const SETTLING: Duration = Duration::from_secs(3);
const JUDGED: Duration = Duration::from_secs(2);
const AUDIBLE_DB: f64 = -32.0;

/// Nobody hears itself: what is this much quieter than every other voice is noise of the codecs.
const BELOW_DB: f64 = 15.0;

/// Longer than the demonstration lasts.
const VOICE: Duration = Duration::from_secs(90);

/// Who takes part: the name, and the tone of the voice.
const PHONE: (&str, f64) = ("Telephone 电话", 440.0);
const BROWSER: (&str, f64) = ("Browser 浏览器", 1_870.0);
const POLY: (&str, f64) = ("Room like Poly, SIP 会议室", 2_310.0);
const H323: (&str, f64) = ("Room of H.323 会议室", 1_020.0);
const TEAMS: (&str, f64) = ("Meeting like Teams 会议", 1_130.0);
const ZOOM: (&str, f64) = ("Meeting like Zoom 会议", 1_590.0);
const WECOM: (&str, f64) = ("Meeting like WeCom 会议", 2_090.0);

const ALL: [(&str, f64); 7] = [PHONE, BROWSER, POLY, H323, TEAMS, ZOOM, WECOM];

/// What one of them heard and saw.
struct Row {
    who: &'static str,
    own: f64,
    heard: Wave,
    saw: String,
}

impl Row {
    fn new((who, own): (&'static str, f64), heard: Wave, saw: impl Into<String>) -> Self {
        Self { who, own, heard, saw: saw.into() }
    }

    /// The voices of others that it heard, and whether it heard its own.
    fn judge(&self) -> (Vec<&'static str>, bool) {
        let level = |hertz| level_db(&self.heard, hertz);
        let others = ALL.into_iter().filter(|(_, hertz)| *hertz != self.own);
        let levels: Vec<_> = others.map(|(who, hertz)| (who, level(hertz))).collect();
        let quietest = levels.iter().map(|(_, level)| *level).fold(f64::INFINITY, f64::min);
        let heard = levels.into_iter().filter(|(_, level)| *level > AUDIBLE_DB);
        (heard.map(|(who, _)| who).collect(), level(self.own) > quietest - BELOW_DB)
    }
}

fn film(colour: &'static str) -> Film {
    Film { coding: Coding::H264Mode1, colour, width: 640, height: 360, rate: 15, level: 30 }
}

/// Waits until a room sees both cameras, each in its place.
fn sees(room: &Room) -> String {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let picture = room.snapshot();
        if picture.share(FIRST, RED) > 0.6 && picture.share(SECOND, BLUE) > 0.6 {
            return format!("both cameras 两路画面, {}p", room.height());
        }
        assert!(Instant::now() < deadline, "{} never saw both", room.name());
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Where what is left behind goes; nowhere in a test.
fn folder() -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("CAUSEWAY_DEMO")?);
    fs::create_dir_all(&folder).expect("the folder can be made");
    Some(folder)
}

/// The services that the conference calls.
struct Services {
    teams: Line,
    zoom: Line,
    wecom: Line,
}

impl Services {
    fn open() -> Self {
        let services = Self {
            teams: sim_teams_conf::open(Some(Duration::from_secs(1)), true),
            zoom: sim_zoom_crc::open(),
            wecom: sim_mra::open(),
        };
        for (line, (_, hertz)) in services.lines().into_iter().zip([TEAMS, ZOOM, WECOM]) {
            line.say_in_meeting(hertz as u32);
        }
        services
    }

    fn lines(&self) -> [&Line; 3] {
        [&self.teams, &self.zoom, &self.wecom]
    }

    /// What the bridge knows of them.
    fn configuration(&self) -> String {
        let [teams, zoom, wecom] = self.lines().map(|line| line.port);
        format!(
            "{EQUAL}[[conference]]\naliases = [\"1001\"]\nmax_talkers = 8\nopen = true\n\
             [calling_out]\nenabled = true\nallow = [\"+44\"]\n\
             domains = [\"zoomcrc.com\", \"sip.qqmra.com\"]\n\
             [[trunk]]\nname = \"carrier\"\ntarget = \"sip:127.0.0.1:{teams}\"\n\
             [[trunk]]\nname = \"zoom\"\ntarget = \"sip:127.0.0.1:{zoom}\"\npictures = \"on\"\n\
             [[trunk]]\nname = \"tencent\"\ntarget = \"sip:127.0.0.1:{wecom}\"\n"
        )
    }

    /// Has the conference call each, and waits until it is let in.
    async fn call(&self, api: &Api) {
        let teams = json!({ "service": "teams-audio", "to": "+44 20 7946 0000",
            "meeting": "291 633 251", "trunk": "carrier", "display_name": TEAMS.0 });
        let zoom = json!({ "service": "zoom", "meeting": "545 096 111",
            "passcode": sim_zoom_crc::PASSCODE, "trunk": "zoom", "display_name": ZOOM.0 });
        let wecom = json!({ "service": "tencent", "meeting": sim_mra::MEETING,
            "passcode": sim_mra::PASSWORD, "trunk": "tencent", "display_name": WECOM.0 });
        for (line, wanted) in self.lines().into_iter().zip([teams, zoom, wecom]) {
            api.call(CONFERENCE, &wanted).await.expect("it may be called");
            line.wait_until_in(0);
        }
    }

    fn rows(&self) -> [Row; 3] {
        let pictures = self.zoom.calls()[0].pictures;
        assert!(pictures > 0, "the meeting like Zoom is shown nothing");
        let zoom = format!("pictures 画面, {pictures} packets");
        [
            Row::new(TEAMS, self.teams.heard_last(0, JUDGED), "audio only 仅音频"),
            Row::new(ZOOM, self.zoom.heard_last(0, JUDGED), zoom),
            Row::new(WECOM, self.wecom.heard_last(0, JUDGED), "audio only 仅音频"),
        ]
    }
}

#[test]
fn seven_of_all_kinds_are_one_conference_and_each_is_heard_by_all() {
    let services = Services::open();
    let more = services.configuration();
    let bridge = Bridge::with(Setting { api: true, more: &more, ..Setting::default() });
    browser::runtime().block_on(async {
        let (address, code) = bridge.api();
        let api = Api::open(address, &code).await;
        let link = api.link(CONFERENCE).await;
        let udp = bridge.port(Transport::Udp);
        let poly = Room::call_as_poly("poly", film("red"), "1001", udp, POLY.1);
        bridge.wait_for_lines("state=Coming", 1);
        let h323 =
            Room::call_h323("h323", film("blue"), "1001", bridge.h323(), Start::USUAL, H323.1);
        bridge.wait_for_lines("state=Coming", 2);
        let mut phone = Baresip::start("phone", TelephoneLine::PLAIN, &tone(PHONE.1, VOICE));
        phone.call("1001", udp);
        let browser = Box::pin(Browser::come(address, &link, BROWSER.0)).await;
        let speaking = browser.peer.speak(&tone(BROWSER.1, Duration::from_secs(1)));
        services.call(&api).await;
        time::sleep(SETTLING + JUDGED).await;
        let roster = api.roster(CONFERENCE).await;
        let mut rows = vec![
            Row::new(BROWSER, browser.peer.heard(), "audio only 仅音频"),
            Row::new(POLY, poly.heard(JUDGED), ""),
            Row::new(H323, h323.heard(JUDGED), ""),
        ];
        rows.extend(services.rows());
        let until = phone.in_call();
        rows[1].saw = sees(&poly);
        rows[2].saw = sees(&h323);
        let folder = folder();
        if let Some(folder) = &folder {
            keep_picture(folder, &api, &roster).await;
        }
        phone.hang_up();
        let of_phone = phone.heard().part(until.saturating_sub(JUDGED), JUDGED);
        if let Some(folder) = &folder {
            of_phone.write(&folder.join("heard-by-the-telephone.wav"));
        }
        rows.insert(0, Row::new(PHONE, of_phone, "—"));
        tell(&roster, &rows, folder.as_deref());
        for row in &rows {
            let (heard, itself) = row.judge();
            assert_eq!(heard.len(), ALL.len() - 1, "{} hears {heard:?}", row.who);
            assert!(!itself, "{} hears itself", row.who);
        }
        services.lines().into_iter().for_each(Line::is_content);
        speaking.abort();
        browser.leave().await;
    });
}

/// What the room of SIP sees, as the bridge shows it to a host.
async fn keep_picture(folder: &Path, api: &Api, roster: &[Value]) {
    let is_room = |one: &&Value| one["protocol"] == "sip" && one["view"].is_object();
    let room = roster.iter().find(is_room).expect("a room that is shown pictures");
    let picture = api.picture(CONFERENCE, room["id"].as_str().expect("a text")).await;
    fs::write(folder.join("seen-by-the-room.png"), picture).expect("the disk has room");
}

/// Prints the roster, and what each heard and saw.
fn tell(roster: &[Value], rows: &[Row], folder: Option<&Path>) {
    println!("\nRoster 参会者 ({})", roster.len());
    for one in roster {
        let text = |key: &str| one[key].as_str().unwrap_or_default().to_owned();
        println!("  {:<8} {:<8} {}", text("protocol"), text("presence"), text("display_name"));
    }
    println!("\nHeard and seen 听到与看到");
    for row in rows {
        let (heard, itself) = row.judge();
        let itself = if itself { ", and itself 且听到自己" } else { "" };
        println!("  {}", row.who);
        println!("    heard 听到 {} of 其中 {} others 其他人{itself}", heard.len(), ALL.len() - 1);
        println!("    saw 看到 {}", row.saw);
    }
    if let Some(folder) = folder {
        println!("\nPicture and sound 画面和声音: {}\n", folder.display());
    }
}
