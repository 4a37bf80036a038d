//! Digits without a font: five columns and seven rows of dots.

use crate::video::sprite::Mask;

/// Columns and rows of a figure.
const COLUMNS: usize = 5;
const ROWS: usize = 7;

/// The rows of each figure, its left column in the highest of five bits.
const FIGURES: &[(char, [u8; ROWS])] = &[
    ('0', [0b01110, 0b10001, 0b10011, 0b10101, 0b11001, 0b10001, 0b01110]),
    ('1', [0b00100, 0b01100, 0b00100, 0b00100, 0b00100, 0b00100, 0b01110]),
    ('2', [0b01110, 0b10001, 0b00001, 0b00110, 0b01000, 0b10000, 0b11111]),
    ('3', [0b11110, 0b00001, 0b00001, 0b01110, 0b00001, 0b00001, 0b11110]),
    ('4', [0b00010, 0b00110, 0b01010, 0b10010, 0b11111, 0b00010, 0b00010]),
    ('5', [0b11111, 0b10000, 0b11110, 0b00001, 0b00001, 0b10001, 0b01110]),
    ('6', [0b00110, 0b01000, 0b10000, 0b11110, 0b10001, 0b10001, 0b01110]),
    ('7', [0b11111, 0b00001, 0b00010, 0b00100, 0b00100, 0b01000, 0b01000]),
    ('8', [0b01110, 0b10001, 0b10001, 0b01110, 0b10001, 0b10001, 0b01110]),
    ('9', [0b01110, 0b10001, 0b10001, 0b01111, 0b00001, 0b00010, 0b01100]),
    (':', [0b00000, 0b00100, 0b00100, 0b00000, 0b00100, 0b00100, 0b00000]),
    ('.', [0b00000, 0b00000, 0b00000, 0b00000, 0b00000, 0b00100, 0b00100]),
    ('+', [0b00000, 0b00100, 0b00100, 0b11111, 0b00100, 0b00100, 0b00000]),
    ('-', [0b00000, 0b00000, 0b00000, 0b11111, 0b00000, 0b00000, 0b00000]),
    ('*', [0b00000, 0b10101, 0b01110, 0b11111, 0b01110, 0b10101, 0b00000]),
    ('#', [0b01010, 0b01010, 0b11111, 0b01010, 0b11111, 0b01010, 0b01010]),
    ('_', [0b00000, 0b00000, 0b00000, 0b00000, 0b00000, 0b00000, 0b11111]),
    ('●', [0b00000, 0b01110, 0b11111, 0b11111, 0b11111, 0b01110, 0b00000]),
    (' ', [0; ROWS]),
];

fn rows(letter: char) -> Option<[u8; ROWS]> {
    FIGURES.iter().find(|(figure, _)| *figure == letter).map(|(_, rows)| *rows)
}

/// Those of the letters that have a figure, `size` pixels high and at most `widest` wide; `None`
/// if no digit, dot, star or hash is among them, as the rest says nothing alone.
pub(super) fn draw(text: &str, size: u16, widest: u16) -> Option<Mask> {
    let dot = (usize::from(size) / ROWS).max(1);
    let step = (COLUMNS + 1) * dot;
    let fitting = (usize::from(widest) + dot) / step;
    let figures: String = text.chars().filter(|letter| rows(*letter).is_some()).collect();
    let figures = figures.trim();
    if !figures.contains(|letter: char| letter.is_ascii_digit() || "●*#".contains(letter)) {
        return None;
    }
    let figures: Vec<_> = figures.chars().filter_map(rows).take(fitting).collect();
    if figures.is_empty() {
        return None;
    }
    Some(Mask::new(figures.len() * step - dot, ROWS * dot, |x, y| {
        let column = x % step / dot;
        let lit = column < COLUMNS && figures[x / step][y / dot] >> (COLUMNS - 1 - column) & 1 == 1;
        if lit { 255 } else { 0 }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_as_high_as_asked_and_end_before_the_edge() {
        let mask = draw("10:24", 14, 1000).unwrap();
        assert_eq!((mask.width(), mask.height()), (5 * 12 - 2, 14));
        let mask = draw("123456", 14, 40).unwrap();
        assert_eq!(mask.width(), 3 * 12 - 2);
        assert_eq!(draw("会议 7 abc", 14, 1000).unwrap().width(), 10);
        assert!(draw("会议 a-b.", 14, 1000).is_none());
        assert!(draw("1", 14, 5).is_none());
    }
}
