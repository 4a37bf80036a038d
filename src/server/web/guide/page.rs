//! The sheet: the facts of the invitation, three steps with pictures, and advice.

use super::picture;
use crate::invite::Card;
use crate::invite::html::{escape, linked};
use crate::invite::text::{notes, steps, ways};
use crate::invite::time::when;
use causeway_base::Lang;
use std::fmt::Write;

/// What is answered without a token: the same for every meeting.
pub(super) fn shell(lang: Lang) -> String {
    let (wait, script) = match lang {
        Lang::Zh => ("正在打开入会指南……", "此页面需要 JavaScript。入会方式也在会议邀请中。"),
        Lang::En => (
            "Opening the guide …",
            "This page needs JavaScript. How to join stands in the invitation too.",
        ),
    };
    let body = format!(
        "<main><p id=\"wait\" role=\"status\">{wait}</p><noscript><p>{script}</p></noscript></main>"
    );
    document(lang, title(lang), &body)
}

const fn title(lang: Lang) -> &'static str {
    match lang {
        Lang::Zh => "入会指南",
        Lang::En => "How to join",
    }
}

/// A whole page. Its addresses are relative to `<prefix>/m/<meeting>/guide`.
fn document(lang: Lang, title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{}</title>\n<link rel=\"stylesheet\" href=\"../assets/guide.css\">\n\
         <script src=\"../assets/guide.js\" defer></script>\n</head>\n<body>\n{body}\n</body>\n</html>\n",
        lang.tag(),
        escape(title),
    )
}

/// The sheet of a meeting.
pub(super) fn sheet(card: &Card, lang: Lang, wanted_kbps: u32) -> String {
    let mut body = tools(lang);
    let _ = write!(
        body,
        "<main>\n<header>\n<p class=\"kind\">{}</p>\n<h1>{}</h1>\n<p class=\"when\">{}</p>\n</header>\n",
        title(lang),
        escape(&card.name),
        escape(&when(card.kind, lang)).replace('\n', "<br>"),
    );
    if card.cancelled {
        let over = match lang {
            Lang::Zh => "会议已取消。",
            Lang::En => "This meeting was called off.",
        };
        let _ = writeln!(body, "<p class=\"note\">{over}</p>");
    } else {
        how_to(&mut body, card, lang);
        advice(&mut body, card, lang, wanted_kbps);
    }
    body.push_str("</main>");
    document(lang, &format!("{} · {}", card.name, title(lang)), &body)
}

/// What is not printed: the other language, and printing.
fn tools(lang: Lang) -> String {
    let (label, print) = match lang {
        Lang::Zh => ("语言与打印", "打印"),
        Lang::En => ("Language and printing", "Print"),
    };
    let choice = |of: Lang, name: &str| {
        let tag = of.tag();
        format!(
            "<button type=\"button\" data-lang=\"{tag}\" lang=\"{tag}\" aria-pressed=\"{}\">{name}</button>",
            of == lang
        )
    };
    format!(
        "<nav aria-label=\"{label}\">{}{}<button type=\"button\" data-print>{print}</button></nav>\n",
        choice(Lang::Zh, "中文"),
        choice(Lang::En, "English"),
    )
}

fn how_to(body: &mut String, card: &Card, lang: Lang) {
    let (heading, ways_heading) = match lang {
        Lang::Zh => ("三步入会", "入会方式"),
        Lang::En => ("Three steps", "Ways to join"),
    };
    let _ = write!(body, "<section>\n<h2>{heading}</h2>\n<ol class=\"steps\">\n");
    for (picture, step) in picture::of_steps(card).iter().zip(steps(card, lang)) {
        let _ = writeln!(body, "<li>{picture}<p>{}</p></li>", escape(&step));
    }
    let _ = write!(body, "</ol>\n</section>\n<section>\n<h2>{ways_heading}</h2>\n<table>\n");
    for (label, value) in ways(card, lang) {
        let _ = writeln!(
            body,
            "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
            escape(label),
            linked(card, &value)
        );
    }
    body.push_str("</table>\n</section>\n");
}

fn advice(body: &mut String, card: &Card, lang: Lang, wanted_kbps: u32) {
    let mbit = f64::from(wanted_kbps) / 1000.0;
    let heading = match lang {
        Lang::Zh => "会前准备",
        Lang::En => "Before the meeting",
    };
    let _ = write!(body, "<section>\n<h2>{heading}</h2>\n<ul>\n");
    let browsers: &[String] = &match lang {
        Lang::Zh => [
            "使用最新版 Chrome 或 Edge 浏览器，Safari 和 Firefox 也可以；无需安装软件。".to_owned(),
            format!("网络上行、下行各不低于 {mbit} Mbit/s；页面会在入会前测试约十秒。"),
            "在企业微信或微信中打不开麦克风时：点右上角“···”，选择在浏览器中打开。".to_owned(),
            "浏览器询问时，请允许使用麦克风。".to_owned(),
        ],
        Lang::En => [
            "Use a current Chrome or Edge; Safari and Firefox do too. There is nothing to install."
                .to_owned(),
            format!(
                "The network should carry {mbit} Mbit/s each way; the page tests it for ten seconds \
                 before you join."
            ),
            "Where the microphone does not work inside WeCom or WeChat, tap ··· and open the page in \
             a browser."
                .to_owned(),
            "Allow the microphone when the browser asks.".to_owned(),
        ],
    };
    let of_browsers = if card.link.is_some() { browsers } else { &[] };
    let everybody: [&str; 2] = match lang {
        Lang::Zh => {
            ["使用耳机或耳麦，找一个安静的地方；不发言时请静音。", "时间紧时请改用电话入会。"]
        }
        Lang::En => [
            "Wear a headset, find a quiet place, and mute while you listen.",
            "If anything fails shortly before the start, join by phone.",
        ],
    };
    let of_phones = everybody.iter().take(if card.phones.is_empty() { 1 } else { 2 });
    for line in of_browsers.iter().map(String::as_str).chain(of_phones.copied()) {
        let _ = writeln!(body, "<li>{}</li>", escape(line));
    }
    body.push_str("</ul>\n");
    for note in notes(card, lang) {
        let _ = writeln!(body, "<p class=\"note\">{}</p>", escape(note));
    }
    body.push_str("</section>\n");
}
