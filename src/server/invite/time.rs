//! The time of a meeting in words: Beijing time first in Chinese, UTC always beside it.

use crate::meeting::Kind;
use causeway_base::Lang;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// Beijing time has had no daylight saving since 1991: UTC+8.
pub fn beijing(at: Timestamp) -> Zoned {
    at.to_zoned(TimeZone::fixed(Offset::constant(8)))
}

/// When a meeting takes place, in words.
pub fn when(kind: Kind, lang: Lang) -> String {
    let Kind::Scheduled { starts, ends } = kind else {
        return match (kind, lang) {
            (Kind::Permanent, Lang::Zh) => "随时可入会".to_owned(),
            (Kind::Permanent, Lang::En) => "Open at any time".to_owned(),
            (_, Lang::Zh) => "现在".to_owned(),
            (_, Lang::En) => "Now".to_owned(),
        };
    };
    let zone = TimeZone::UTC;
    let (utc_from, utc_to) = (starts.to_zoned(zone.clone()), ends.to_zoned(zone));
    let (from, to) = (beijing(starts), beijing(ends));
    match lang {
        Lang::Zh => {
            format!(
                "{}（北京时间，UTC+8）\n{} UTC",
                span(&from, &to, Lang::Zh),
                span(&utc_from, &utc_to, Lang::Zh)
            )
        }
        Lang::En => format!(
            "{} UTC\n{} Beijing time (UTC+8)",
            span(&utc_from, &utc_to, Lang::En),
            span(&from, &to, Lang::En)
        ),
    }
}

fn span(from: &Zoned, to: &Zoned, lang: Lang) -> String {
    let clock = |at: &Zoned| format!("{:02}:{:02}", at.hour(), at.minute());
    let day = |at: &Zoned| match lang {
        Lang::Zh => format!("{}年{}月{}日 {}", at.year(), at.month(), at.day(), weekday(at, lang)),
        Lang::En => {
            format!("{} {:04}-{:02}-{:02}", weekday(at, lang), at.year(), at.month(), at.day())
        }
    };
    if from.date() == to.date() {
        format!("{} {}–{}", day(from), clock(from), clock(to))
    } else {
        format!("{} {} – {} {}", day(from), clock(from), day(to), clock(to))
    }
}

fn weekday(at: &Zoned, lang: Lang) -> &'static str {
    const ZH: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    const EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let index = usize::try_from(at.weekday().to_monday_zero_offset()).unwrap_or(0) % 7;
    match lang {
        Lang::Zh => ZH[index],
        Lang::En => EN[index],
    }
}
