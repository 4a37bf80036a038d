//! What stands for somebody whose picture does not come: an initial on a calm colour.

use super::{INK, Lettering};
use crate::video::colour::Colour;
use crate::video::compose::{Rect, Tile};
use crate::video::sprite::{Mask, Sprite};

/// Calm enough for a wall of them, and dark enough for white letters.
const GROUNDS: [Colour; 6] = [
    Colour::rgb(52, 68, 96),
    Colour::rgb(46, 80, 78),
    Colour::rgb(84, 66, 92),
    Colour::rgb(92, 74, 56),
    Colour::rgb(58, 62, 104),
    Colour::rgb(64, 82, 56),
];

/// How much lighter the disc below the initial is than its ground, in luma.
const LIFT: u8 = 22;

/// A tile with the initial of a name. The same name has the same colour, so that people find each
/// other again.
pub fn card(lettering: &mut Lettering, rect: Rect, name: &str) -> Tile {
    let ground = GROUNDS[hash(name) % GROUNDS.len()];
    let mut tile = Tile::new(rect, None);
    tile.colour = ground;
    let side = rect.height().min(rect.width()) / 2;
    let mut centre = |mask: std::sync::Arc<Mask>, colour| {
        let left = rect.width().saturating_sub(mask.width() as u16) / 2;
        let top = rect.height().saturating_sub(mask.height() as u16) / 2;
        tile.sprites.push(Sprite { left, top, mask, colour, opacity: 255 });
    };
    let initial = initial(name).and_then(|text| lettering.text(&text, side / 2, rect.width()));
    if let Some(initial) = initial {
        centre(lettering.disc(side), Colour { y: ground.y + LIFT, ..ground });
        centre(initial, INK);
    }
    tile
}

/// The first letter or digit of a name.
fn initial(name: &str) -> Option<String> {
    let letter = name.chars().find(|letter| letter.is_alphanumeric())?;
    Some(letter.to_uppercase().collect())
}

/// FNV-1a: the same in every run, so that colours stay.
fn hash(name: &str) -> usize {
    let step = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    name.bytes().fold(0x811c_9dc5, step) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_initial_is_the_first_letter_whatever_stands_before_it() {
        assert_eq!(initial("王小明").as_deref(), Some("王"));
        assert_eq!(initial(" (ärger)").as_deref(), Some("Ä"));
        assert_eq!(initial("+86 21").as_deref(), Some("8"));
        assert_eq!(initial("…"), None);
    }
}
