//! Profiles tried by their fixtures: each message is recognised, answered under its profile, and
//! what is agreed is what the profile says.

use causeway_base::{Codec, Lang, VideoCodec};
use causeway_dial::profile::schema::Fixture;
use causeway_dial::profile::{BridgeProfile, Profiles, Quirk, Sample};
use causeway_plan::{Content, LegMedia, OfferPolicy, VideoPolicy};
use causeway_proto::offer_answer::{LocalMedia, Negotiator};
use serde_json::{Value, json};
use std::fmt::Write;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

/// One fixture, or the profile as a whole where `file` is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tried {
    pub(super) id: String,
    pub(super) file: String,
    /// What is another than the profile says; none: it passed.
    pub(super) faults: Vec<String>,
}

/// Tries profiles. `own`: the folder of the operator's.
pub(super) fn all(
    profiles: &Profiles,
    chosen: &[&Arc<BridgeProfile>],
    own: Option<&Path>,
    lang: Lang,
) -> Vec<Tried> {
    chosen.iter().flat_map(|profile| one(profiles, profile, own, lang)).collect()
}

fn one(profiles: &Profiles, profile: &BridgeProfile, own: Option<&Path>, lang: Lang) -> Vec<Tried> {
    let mut missing: Vec<Quirk> = profile.quirks.clone();
    let mut tried = Vec::new();
    for fixture in &profile.fixture {
        let read = super::fixture(&profile.id, &fixture.file, own);
        let read = read.and_then(|text| Sample::read(&text));
        let faults = match read {
            Ok(sample) => {
                missing.retain(|quirk| !quirk.is_shown(&sample));
                faults(profiles, profile, fixture, &sample, lang)
            }
            Err(error) => vec![error],
        };
        tried.push(Tried { id: profile.id.clone(), file: fixture.file.clone(), faults });
    }
    let unseen = |quirk: &Quirk| match lang {
        Lang::Zh => format!("没有报文显示 {quirk}"),
        Lang::En => format!("no message shows {quirk}"),
    };
    if !missing.is_empty() {
        let faults = missing.iter().map(unseen).collect();
        tried.push(Tried { id: profile.id.clone(), file: String::new(), faults });
    }
    tried
}

fn faults(
    profiles: &Profiles,
    profile: &BridgeProfile,
    fixture: &Fixture,
    sample: &Sample,
    lang: Lang,
) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expect = |what: (&str, &str), expected: String, found: String| {
        if expected != found {
            faults.push(match lang {
                Lang::Zh => format!("{}：应为 {expected}，实为 {found}", what.0),
                Lang::En => format!("{}: {found} instead of {expected}", what.1),
            });
        }
    };
    // What nothing recognises is named by the configuration, and what only answers has said
    // nothing yet when the call is made.
    if !profile.matches.is_empty() && !fixture.answer {
        let found = profiles.recognise(&sample.traits()).profile.id.clone();
        expect(("识别为", "recognised as"), profile.id.clone(), found);
    }
    let agreed = agreed(profile, fixture, sample);
    let (sound, picture, encrypted) = match &agreed {
        Ok(media) => (
            media.as_ref().map(sound),
            media.as_ref().and_then(picture),
            media.as_ref().is_some_and(|media| media.transport.is_encrypted()),
        ),
        Err(_) => (None, None, false),
    };
    let name = |name: Option<&'static str>| name.unwrap_or("-").to_owned();
    let wanted = fixture.sound.and_then(|sound| sound.codec());
    expect(("音频", "sound"), name(wanted.map(Codec::name)), name(sound.map(Codec::name)));
    let wanted = fixture.picture.map(|picture| picture.codec());
    expect(
        ("视频", "pictures"),
        name(wanted.map(VideoCodec::name)),
        name(picture.map(VideoCodec::name)),
    );
    expect(("加密", "encrypted"), fixture.encrypted.to_string(), encrypted.to_string());
    if let Err(error) = agreed {
        faults.push(error);
    }
    faults
}

fn sound(media: &LegMedia) -> Codec {
    media.audio.send.codec
}

fn picture(media: &LegMedia) -> Option<VideoCodec> {
    let main = media.video.iter().find(|line| line.content == Content::Main)?;
    main.send.map(|send| send.format.coding.codec())
}

/// What is agreed on a message under a profile; `None` where it has no description.
fn agreed(
    profile: &BridgeProfile,
    fixture: &Fixture,
    sample: &Sample,
) -> Result<Option<LegMedia>, String> {
    if sample.description.is_empty() {
        return Ok(None);
    }
    let codecs = VideoCodec::ALL.to_vec();
    let video = VideoPolicy { codecs, ..VideoPolicy::default() };
    let policy = profile.policy(&OfferPolicy { video, ..OfferPolicy::default() });
    let pictures = !policy.video.codecs.is_empty();
    let advertised = IpAddr::from([192, 0, 2, 5]);
    let local = LocalMedia { advertised, rtp_port: 10_000, rtcp_port: 10_001 };
    let source = IpAddr::from([192, 0, 2, 20]);
    let mut leg = Negotiator::new(policy, local, source, [0; 32]);
    if pictures {
        leg = leg.with_video(10_002, 10_003);
    }
    let description = sample.description.as_bytes();
    let agreed = if fixture.answer {
        leg.offer();
        leg.accept_answer(description)
    } else {
        leg.answer(description).map(|(_, media)| media)
    };
    agreed.map(Some).map_err(|refusal| refusal.warning.to_string())
}

pub(super) fn to_json(tried: &[Tried]) -> Value {
    let one = |Tried { id, file, faults }: &Tried| json!({ "id": id, "file": file, "passed": faults.is_empty(), "faults": faults });
    tried.iter().map(one).collect()
}

pub(super) fn to_text(tried: &[Tried], lang: Lang) -> String {
    let mut text = String::new();
    for Tried { id, file, faults } in tried {
        let verdict = match (faults.is_empty(), lang) {
            (true, Lang::Zh) => "通过",
            (true, Lang::En) => "passed",
            (false, Lang::Zh) => "未通过",
            (false, Lang::En) => "FAILED",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{verdict} {id}/{file}");
        for fault in faults {
            let _ = writeln!(text, "    {fault}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All fixtures of all profiles of the repository.
    #[test]
    fn every_profile_passes_by_its_fixtures() {
        let profiles = Profiles::built_in();
        let chosen: Vec<_> = profiles.iter().collect();
        let tried = all(&profiles, &chosen, None, Lang::En);
        let failed = tried.iter().filter(|one| !one.faults.is_empty()).cloned().collect::<Vec<_>>();
        assert!(failed.is_empty(), "{}", to_text(&failed, Lang::En));
        assert!(tried.len() > profiles.iter().count());
    }

    #[test]
    fn what_is_another_than_the_profile_says_is_told() {
        let profiles = Profiles::built_in();
        let mut wrong = BridgeProfile::clone(profiles.get("yealink").expect("there"));
        wrong.fixture[0].sound = Some(causeway_dial::profile::schema::Sound::Opus);
        wrong.fixture[1].encrypted = true;
        wrong.fixture.truncate(2);
        wrong.quirks.push(Quirk::IxLine);
        let tried = all(&profiles, &[&Arc::new(wrong)], None, Lang::En);
        let faults: Vec<_> = tried.iter().flat_map(|one| &one.faults).collect();
        assert_eq!(
            faults,
            [
                "sound: G722 instead of opus",
                "encrypted: false instead of true",
                "no message shows ix-line"
            ]
        );
        assert!(to_text(&tried, Lang::Zh).contains("未通过 yealink/vc800.sip"));
        assert_eq!(to_json(&tried)[0]["passed"], false);
    }
}
