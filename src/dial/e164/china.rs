//! The numbers of mainland China: which digits are a number, and of what kind.
//!
//! After the numbering plan of the ministry (电信网编号计划, 2017): area codes of two digits for
//! 10 and 2x, of three digits elsewhere; subscribers of seven or eight digits that begin with 2
//! to 8.

use super::NumberKind;

/// The kind of a national significant number: without the prefix 0, with the area code.
pub(super) fn significant(digits: &str) -> Option<NumberKind> {
    without_area(digits).or_else(|| {
        let (area, rest) = area(digits)?;
        if is_subscriber(area, rest) {
            Some(NumberKind::Geographic)
        } else {
            is_area_service(rest).then_some(NumberKind::Service)
        }
    })
}

/// The kind of a number that is dialled alike in every area.
pub(super) fn without_area(digits: &str) -> Option<NumberKind> {
    let bytes = digits.as_bytes();
    match (bytes, bytes.len()) {
        ([b'1', b'3'..=b'9', ..], 11) => Some(NumberKind::Mobile),
        ([b'4' | b'8', b'0', b'0', ..], 10) => Some(NumberKind::Freephone),
        (b"110" | b"119" | b"120" | b"122", _) => Some(NumberKind::Emergency),
        (b"114" | b"116114" | b"118114", _) => Some(NumberKind::Service),
        ([b'1', b'0', b'0', ..], 5) => Some(NumberKind::Service),
        ([b'1', b'0', b'1', b'0', ..], 8) => Some(NumberKind::Service),
        ([b'1', b'2', ..], 5) => Some(NumberKind::Service),
        ([b'9', b'5', ..], 5..=8) => Some(NumberKind::Service),
        ([b'9', b'6', ..], 5..=6) => Some(NumberKind::Service),
        _ => None,
    }
}

/// The area code and what follows it.
fn area(digits: &str) -> Option<(&str, &str)> {
    match digits.as_bytes() {
        [b'1', b'0', ..] | [b'2', ..] => digits.split_at_checked(2),
        [b'3'..=b'9', ..] => digits.split_at_checked(3),
        _ => None,
    }
}

fn is_subscriber(area: &str, digits: &str) -> bool {
    let length = if area.len() == 2 { 8..=8 } else { 7..=8 };
    length.contains(&digits.len()) && matches!(digits.as_bytes(), [b'2'..=b'8', ..])
}

/// A service that exists once in every area: 96xxx, 12345, 114.
fn is_area_service(digits: &str) -> bool {
    matches!(
        (digits.as_bytes(), digits.len()),
        ([b'9', b'6', ..], 5..=6) | ([b'1', b'2', ..], 5) | (b"114", _)
    )
}
