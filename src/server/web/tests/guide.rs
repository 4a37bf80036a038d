//! The printable guide: who sees it, and what stands on it.

use super::*;

const PATH: &str = "/m/conference-1001/guide";

const PHONES: &str = "[network]\nhosts = [\"meet.example.com\"]\n[api]\nlisten = [\"0.0.0.0:8443\"]\n[invite]\nrecording_notice = true\n\
    [[trunk]]\nname = \"carrier\"\nsources = [\"192.0.2.0/24\"]\nnumbers = [\"+861055550100\"]\n\
    [[rule]]\nmatch = '\\+861055550100'\ntrunk = \"carrier\"\nto = \"reception\"\n";

async fn sheet(bench: &Bench, token: &str, lang: &str) -> Reply {
    let mut request = request("GET", PATH, token, "");
    request.headers_mut().insert("accept-language", lang.parse().expect("a value"));
    bench.send(request).await
}

#[tokio::test]
async fn the_guide_holds_what_guests_get_in_both_languages_and_nothing_of_a_host() {
    let bench = Bench::with("sheet", PHONES).await;
    let guide = bench.standing(Kind::Guide);
    let (zh, en) = (sheet(&bench, &guide, "zh-CN").await, sheet(&bench, &guide, "en").await);
    let guest = bench.standing(Kind::Guest);
    for (reply, words) in [
        (&zh, ["入会指南", "三步入会", "耳机", "会前准备", "Chrome", "2 Mbit/s", "录制"]),
        (
            &en,
            [
                "How to join",
                "Three steps",
                "headset",
                "Before the meeting",
                "Chrome",
                "2 Mbit/s",
                "recorded",
            ],
        ),
    ] {
        assert_eq!(reply.status, StatusCode::OK, "{reply:?}");
        let text = reply.text();
        words.into_iter().for_each(|word| assert!(text.contains(word), "{word}: {text}"));
        let link = format!("https://meet.example.com:8443/j/{BOARD}#{guest}");
        for fact in [&*link, "sip:1001@meet.example.com", "+861055550100", "1001", "4711", "<svg"] {
            assert!(text.contains(fact), "{fact}: {text}");
        }
        assert!(text.contains("评审会 &lt;b&gt;") && !text.contains("<b>"), "{text}");
        assert_eq!(text.matches("<li><svg").count(), 3);
        for secret in ["990011", &bench.standing(Kind::Host), &guide] {
            assert!(!text.contains(secret), "{secret}");
        }
        // What the policy would refuse.
        assert!(
            !text.contains("style=") && !text.contains("<script>") && !text.contains("onclick")
        );
        let policy = reply.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"));
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(reply.header("cache-control"), "no-store");
    }
    assert!(zh.text().starts_with("<!doctype html>\n<html lang=\"zh-CN\">"));
    let chosen = bench.ask("GET", &format!("{PATH}?lang=zh-CN"), &guide, "").await;
    assert_eq!(chosen.text(), zh.text(), "by the switch");
    bench.end().await;
}

#[tokio::test]
async fn a_scheduled_meeting_says_beijing_time_first_in_chinese() {
    use crate::meeting::{Kind as Time, NewMeeting};
    let bench = Bench::new("beijing").await;
    let at = |text: &str| text.parse::<Timestamp>().expect("a time");
    let (starts, ends) = (at("2036-01-01T17:00:00Z"), at("2036-01-01T18:00:00Z"));
    let new = NewMeeting::new("x", Time::Scheduled { starts, ends });
    let now = Timestamp::now();
    let meeting = bench.bridge.meetings().create(&new, now).await.expect("made");
    let token = bench.bridge.links().standing(&meeting.id, Kind::Guide, now).expect("a link");
    let path = format!("/m/{}/guide?lang=zh", meeting.id);
    let reply = bench.ask("GET", &path, &token, "").await;
    let text = reply.text();
    let beijing = text.find("2036年1月2日 周三 01:00–02:00（北京时间，UTC+8）").expect(text);
    assert!(text.find("17:00–18:00 UTC").is_some_and(|utc| utc > beijing), "{text}");
    bench.bridge.meetings().end(&meeting.id, now).await.expect("it ends");
    let over = bench.ask("GET", &path, &token, "").await;
    assert_eq!((over.status.as_u16(), &*over.code()), (410, "CW-LINK-007"));
    bench.end().await;
}

#[tokio::test]
async fn without_its_link_the_guide_tells_nothing_of_any_meeting() {
    let bench = Bench::new("shell").await;
    let shell = bench.get(PATH).await;
    assert_eq!(shell.status, StatusCode::OK);
    let other = bench.get("/m/no-such-meeting/guide").await;
    assert_eq!(shell.body, other.body);
    assert!(!shell.text().contains("4711") && !shell.text().contains("评审会"));
    let guest = bench.standing(Kind::Guest);
    for token in [&*guest, "AQAA", "cwt_admin"] {
        let reply = sheet(&bench, token, "en").await;
        assert_eq!((reply.status.as_u16(), &*reply.code()), (403, "CW-LINK-001"), "{token}");
    }
    let host = sheet(&bench, &bench.standing(Kind::Host), "en").await;
    assert_eq!(host.status, StatusCode::OK, "a host may print it");
    let elsewhere = bench.ask("GET", "/m/other/guide", &bench.standing(Kind::Guide), "").await;
    assert_eq!(elsewhere.status, StatusCode::FORBIDDEN);
    bench.end().await;
}

#[tokio::test]
async fn the_style_and_the_script_of_the_guide_are_files_that_print_well() {
    let bench = Bench::new("style").await;
    let css = bench.get("/m/assets/guide.css").await;
    assert_eq!(css.header("content-type"), "text/css; charset=utf-8");
    assert!(css.text().contains("@media print") && css.text().contains("nav { display: none; }"));
    let script = bench.get("/m/assets/guide.js").await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    assert!(!script.text().contains("innerHTML") && !script.text().contains("document.write"));
    bench.end().await;
}
