//! How what the bridge itself shows looks: colours and a logo, from a folder.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use causeway_base::VideoSize;

use super::colour::Colour;
use super::frame::{Frame, FrameMut, FramePool, FrameSource, is_allowed};

/// The file of colours in a theme's folder.
pub const COLOURS: &str = "theme.toml";

/// The logo in a theme's folder.
pub const LOGO: &str = "logo.png";

/// The longest file of colours that is read, in bytes: it has two lines.
const MAX_COLOURS: u64 = 4096;

/// The lightest background, in luma: letters are white.
const MAX_BACKGROUND: u8 = 110;

/// Colours and a logo.
#[derive(Clone, Debug)]
pub struct Theme {
    /// Behind and between what is shown.
    pub background: Colour,
    /// Around who speaks.
    pub accent: Colour,
    /// Shown on screens of text, already over the background.
    pub logo: Option<Frame>,
}

impl Default for Theme {
    /// Dark blue and green, and no logo.
    fn default() -> Self {
        Self { background: Colour::rgb(20, 26, 42), accent: Colour::rgb(80, 200, 120), logo: None }
    }
}

/// Why a folder is no theme.
#[derive(Debug)]
pub enum ThemeError {
    /// A file cannot be read.
    File(PathBuf, std::io::Error),
    /// The colours are not two lines such as `background = "#141a2a"`; the text says where.
    Colours(String),
    /// The background is too light for white letters.
    Background,
    /// The logo is not a PNG file of at most 1920x1088 pixels.
    Logo,
}

impl fmt::Display for ThemeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ThemeError::File(path, error) => write!(f, "{}: {error}", path.display()),
            ThemeError::Colours(text) => write!(f, "{COLOURS}: {text}"),
            ThemeError::Background => {
                write!(f, "{COLOURS}: white letters need a darker background")
            }
            ThemeError::Logo => write!(f, "{LOGO} is not a PNG file of at most 1920x1088 pixels"),
        }
    }
}

impl std::error::Error for ThemeError {}

impl Theme {
    /// Reads [`COLOURS`] (`background` and `accent` as `#rrggbb`, each may be left out) and
    /// [`LOGO`] of a folder; a file that is not there changes nothing.
    pub fn of_folder(folder: &Path) -> Result<Self, ThemeError> {
        let mut theme = Self::default();
        if let Some(file) = open(&folder.join(COLOURS))? {
            let mut text = String::new();
            let read = file.take(MAX_COLOURS).read_to_string(&mut text);
            read.map_err(|error| ThemeError::File(folder.join(COLOURS), error))?;
            theme.set_colours(&text)?;
        }
        if let Some(file) = open(&folder.join(LOGO))? {
            theme.logo = Some(logo(file, theme.background).ok_or(ThemeError::Logo)?);
        }
        Ok(theme)
    }

    fn set_colours(&mut self, text: &str) -> Result<(), ThemeError> {
        let table: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| ThemeError::Colours(error.to_string()))?;
        for (key, value) in &table {
            let colour = value.as_str().and_then(parsed);
            let colour = colour.ok_or_else(|| ThemeError::Colours(format!("{key} = {value}")))?;
            match key.as_str() {
                "background" if colour.y > MAX_BACKGROUND => return Err(ThemeError::Background),
                "background" => self.background = colour,
                "accent" => self.accent = colour,
                _ => return Err(ThemeError::Colours(format!("there is no colour {key}"))),
            }
        }
        Ok(())
    }
}

fn open(path: &Path) -> Result<Option<File>, ThemeError> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ThemeError::File(path.to_owned(), error)),
    }
}

/// `#rrggbb`.
fn parsed(text: &str) -> Option<Colour> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let value = u32::from_str_radix(digits, 16).ok()?;
    let [_, red, green, blue] = value.to_be_bytes();
    Some(Colour::rgb(red, green, blue))
}

/// The picture of a PNG file, over a background.
fn logo(file: File, background: Colour) -> Option<Frame> {
    let mut decoder = png::Decoder::new(BufReader::new(file));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().ok()?;
    let (width, height) = (reader.info().width, reader.info().height);
    let size = VideoSize::new(u16::try_from(width).ok()?, u16::try_from(height).ok()?);
    if !is_allowed(size) {
        return None;
    }
    let mut bytes = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut bytes).ok()?;
    let samples = info.color_type.samples();
    let [red, green, blue] = background.to_rgb();
    let pixel = |x: usize, y: usize| {
        let pixel = bytes.get(y * info.line_size + x * samples..)?.get(..samples)?;
        let (colour, alpha) = match *pixel {
            [grey] => ([grey; 3], 255),
            [grey, alpha] => ([grey; 3], alpha),
            [red, green, blue] => ([red, green, blue], 255),
            [red, green, blue, alpha] => ([red, green, blue], alpha),
            _ => return None,
        };
        Some([(colour[0], red), (colour[1], green), (colour[2], blue)].map(|(over, under)| {
            let sum =
                u16::from(over) * u16::from(alpha) + u16::from(under) * (255 - u16::from(alpha));
            (sum / 255) as u8
        }))
    };
    let mut frame = FramePool::new(1).take(size).ok()?;
    paint(&mut frame, pixel)?;
    Some(frame.freeze())
}

/// Writes pixels of red, green and blue; the chroma of four is that of the first.
fn paint(frame: &mut FrameMut, pixel: impl Fn(usize, usize) -> Option<[u8; 3]>) -> Option<()> {
    let colour = |x, y| pixel(x, y).map(|[red, green, blue]| Colour::rgb(red, green, blue));
    let mut planes = frame.planes_mut();
    for (y, row) in planes.y.rows_mut().enumerate() {
        for (x, out) in row.iter_mut().enumerate() {
            *out = colour(x, y)?.y;
        }
    }
    let chroma = planes.u.rows_mut().zip(planes.v.rows_mut()).enumerate();
    for (y, (u, v)) in chroma {
        for (x, (u, v)) in u.iter_mut().zip(v).enumerate() {
            let colour = colour(2 * x, 2 * y)?;
            (*u, *v) = (colour.u, colour.v);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_what_is_no_colour_is_named() {
        let mut theme = Theme::default();
        theme.set_colours("background = \"#102030\"\n").unwrap();
        assert_eq!(theme.background, Colour::rgb(0x10, 0x20, 0x30));
        assert_eq!(theme.accent, Theme::default().accent);
        let light = theme.set_colours("background = \"#f0f0f0\"").unwrap_err();
        assert!(matches!(light, ThemeError::Background));
        for wrong in [
            "accent = 5",
            "accent = \"#12345\"",
            "accent = \"#12345\u{e9}\"",
            "colour = \"#123456\"",
        ] {
            let error = theme.set_colours(wrong).unwrap_err();
            assert!(matches!(error, ThemeError::Colours(_)), "{wrong}: {error}");
        }
    }
}
