//! What a room shows while it is not in a conference, in the language of its people.

use causeway_base::Lang;
use causeway_plan::picture::TextScreen;

/// Who waits for a host to let them in, or to come, at a place counted from 1.
pub(crate) fn waiting(lang: Lang, name: &str, place: usize, host_is_here: bool) -> TextScreen {
    let (title, why, place) = match lang {
        Lang::Zh => (
            "请稍候",
            match host_is_here {
                true => "已通知主持人，请等待主持人让您进入会议。",
                false => "主持人很快就到，到后会议即开始。",
            },
            format!("您排在第 {place} 位"),
        ),
        Lang::En => (
            "Please wait",
            match host_is_here {
                true => "The host was told and will let you in.",
                false => "The host comes soon; then the meeting begins.",
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
            ["The host comes soon; then the meeting begins.", "Your place in the queue: 2"]
        );
        let screen = waiting(Lang::Zh, "", 1, true);
        assert_eq!((screen.title.as_str(), screen.lines[1].as_str()), ("请稍候", "您排在第 1 位"));
    }
}
