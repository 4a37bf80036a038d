//! Chat, and who reads it.

use super::*;

#[tokio::test]
async fn who_comes_later_reads_what_was_written_and_hostile_text_is_only_text() {
    let house = House::new("chat").await;
    let (mut ann, welcome) = house.inside(BOARD, Kind::Guest, "<b>Ann</b>\u{202E}").await;
    let hostile = "<img src=x onerror=alert(1)>\u{202E}\u{0}\r\n\"]}; DROP TABLE\u{2066}";
    ann.say(json!({ "type": "chat", "text": hostile })).await;
    let told = ann.until("chat").await;
    let expected = json!([{
        "id": 1, "from": id(&welcome), "name": "<b>Ann</b>",
        "text": "<img src=x onerror=alert(1)>\n\"]}; DROP TABLE", "at": told["messages"][0]["at"],
    }]);
    assert_eq!(told["messages"], expected);
    for number in 2..=5 {
        ann.say(json!({ "type": "chat", "text": format!("{number}") })).await;
    }
    ann.until_is("chat", |word| {
        word["messages"]
            .as_array()
            .is_some_and(|all| all.last().is_some_and(|last| last["id"] == 5))
    })
    .await;
    ann.say(json!({ "type": "leave" })).await;
    ann.until("ended").await;
    let (mut late, _) = house.inside(BOARD, Kind::Guest, "Late").await;
    let history = late.until("chat").await;
    let ids: Vec<_> = history["messages"].as_array().expect("a list").iter().collect();
    let ids: Vec<_> = ids.iter().map(|said| said["id"].as_u64().expect("an id")).collect();
    assert_eq!(ids, [1, 2, 3, 4, 5]);
    assert_eq!(history["messages"][0]["from"], id(&welcome), "who wrote is gone by now");
    house.end().await;
}

#[tokio::test]
async fn what_is_no_message_is_refused_with_the_reason() {
    let house = House::new("no-chat").await;
    let (mut page, _) = house.inside(BOARD, Kind::Guest, "Ann").await;
    for (text, code) in [
        (String::new(), "CW-WEB-008"),
        ("\u{202E}\u{200B}".to_owned(), "CW-WEB-008"),
        ("长".repeat(2001), "CW-WEB-009"),
    ] {
        page.say(json!({ "type": "chat", "text": text })).await;
        assert_eq!(page.until("failed").await["problem"]["code"], code);
    }
    for _ in 0..20 {
        page.say(json!({ "type": "chat", "text": "x" })).await;
    }
    assert_eq!(page.until("failed").await["problem"]["code"], "CW-WEB-010");
    house.end().await;
}
