//! What a room shows while it is not in a conference, in the language of its people.

use causeway_base::Lang;
use causeway_plan::picture::TextScreen;

/// Who waits for a host to let them in, or to come, at a place counted from 1.
pub(crate) fn waiting(lang: Lang, name: &str, place: usize, host_is_here: bool) -> TextScreen {
    let (title, why, place) = match lang {
        Lang::Zh => (
            "请稍候",
            match host_is_here {
                true => "已通知主持人，请等待主持人准入。",
                false => "主持人尚未到场，主持人到后会议即开始。",
            },
            format!("您排在第 {place} 位"),
        ),
        Lang::En => (
            "Please wait",
            match host_is_here {
                true => "The host has been told. Please wait to be let in.",
                false => "No host is here yet. The meeting begins when one comes.",
            },
            format!("Your place in the queue: {place}"),
        ),
    };
    let title = if name.is_empty() { title } else { name };
    TextScreen { title: title.to_owned(), lines: vec![why.to_owned(), place], entry: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_reads_where_and_why_in_their_language() {
        let screen = waiting(Lang::En, "Weekly", 2, false);
        assert_eq!(screen.title, "Weekly");
        assert_eq!(
            screen.lines,
            [
                "No host is here yet. The meeting begins when one comes.",
                "Your place in the queue: 2"
            ]
        );
        let screen = waiting(Lang::Zh, "", 1, true);
        assert_eq!((screen.title.as_str(), screen.lines[1].as_str()), ("请稍候", "您排在第 1 位"));
    }
}
