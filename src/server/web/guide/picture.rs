//! Plain drawings, one a step. They say nothing that the words do not: readers of screens pass over
//! them. No style stands in them, which the policy would refuse.

use crate::invite::Card;

/// A page in a browser, opened by a click.
const LINK: &str = "<path d=\"M8 12h80v52H8z\"/><path d=\"M8 24h80\"/><path d=\"M16 18h1M24 18h1M32 18h1\"/>\
    <path d=\"M24 38h32M24 48h20\"/><path d=\"M60 44l18 7-8 3-3 8z\" fill=\"currentColor\"/>";

/// A room system with its screen.
const ROOM: &str = "<path d=\"M14 12h68v40H14z\"/><path d=\"M40 52v10M56 52v10M32 62h32\"/>\
    <path d=\"M30 32h36M30 40h22\"/>";

/// The keys of a telephone.
const KEYS: &str = "<path d=\"M30 8h36v60H30z\"/><path d=\"M36 14h24v10H36z\"/>\
    <path d=\"M40 34h1M48 34h1M56 34h1M40 44h1M48 44h1M56 44h1M40 54h1M48 54h1M56 54h1\"/>";

/// Somebody waits before a door.
const LOBBY: &str = "<path d=\"M52 10h28v56H52z\"/><path d=\"M58 38h1\"/><circle cx=\"26\" cy=\"26\" r=\"7\"/>\
    <path d=\"M14 58c0-20 24-20 24 0\"/><path d=\"M40 38h8M44 34l4 4-4 4\"/>";

/// People who talk.
const TALK: &str = "<circle cx=\"26\" cy=\"30\" r=\"7\"/><path d=\"M14 62c0-20 24-20 24 0\"/>\
    <circle cx=\"66\" cy=\"30\" r=\"7\"/><path d=\"M54 62c0-20 24-20 24 0\"/>\
    <path d=\"M40 20c4-4 12-4 16 0M44 26c2-2 6-2 8 0\"/>";

/// Those of the three steps of a card.
pub(super) fn of_steps(card: &Card) -> [String; 3] {
    let door = if card.link.is_some() { LINK } else { ROOM };
    let enter = if card.link.is_some() && card.phones.is_empty() { LINK } else { KEYS };
    let inside = if card.lobby { LOBBY } else { TALK };
    [door, enter, inside].map(|drawing| {
        format!(
            "<svg viewBox=\"0 0 96 76\" width=\"96\" height=\"76\" fill=\"none\" stroke=\"currentColor\" \
             stroke-width=\"2.5\" stroke-linecap=\"round\" stroke-linejoin=\"round\" aria-hidden=\"true\" \
             focusable=\"false\">{drawing}</svg>"
        )
    })
}
