//! Header extensions by identifier (RFC 8285).

use super::NoRoom;

/// The profile field of one-byte headers (RFC 8285 section 4.2).
pub const ONE_BYTE_PROFILE: u16 = 0xbede;

/// The profile field of two-byte headers without application bits (RFC 8285 section 4.3).
pub const TWO_BYTE_PROFILE: u16 = 0x1000;

/// One header extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Extension<'a> {
    /// The identifier that `a=extmap` gave: 1-14, or 1-255 with two-byte headers.
    pub id: u8,
    /// Its bytes: 1-16, or 0-255 with two-byte headers.
    pub data: &'a [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    OneByte,
    TwoByte,
}

/// Walks the extensions of one packet. Ends at the first that runs over the end.
#[derive(Clone, Copy, Debug)]
pub struct Extensions<'a> {
    form: Form,
    rest: &'a [u8],
}

impl<'a> Extensions<'a> {
    pub(super) fn new(profile: u16, bytes: &'a [u8]) -> Self {
        if profile == ONE_BYTE_PROFILE {
            Self { form: Form::OneByte, rest: bytes }
        } else if profile & 0xfff0 == TWO_BYTE_PROFILE {
            Self { form: Form::TwoByte, rest: bytes }
        } else {
            Self { form: Form::OneByte, rest: &[] }
        }
    }
}

impl<'a> Iterator for Extensions<'a> {
    type Item = Extension<'a>;

    fn next(&mut self) -> Option<Extension<'a>> {
        loop {
            let (&first, rest) = self.rest.split_first()?;
            if first == 0 {
                self.rest = rest; // padding between extensions
                continue;
            }
            let (id, len, rest) = match self.form {
                Form::OneByte => (first >> 4, usize::from(first & 0x0f) + 1, rest),
                Form::TwoByte => {
                    let (&len, rest) = rest.split_first()?;
                    (first, usize::from(len), rest)
                }
            };
            if self.form == Form::OneByte && id == 15 {
                self.rest = &[]; // reserved: processing stops (section 4.2)
                return None;
            }
            let Some((data, rest)) = rest.split_at_checked(len) else {
                self.rest = &[];
                return None;
            };
            self.rest = rest;
            if id != 0 {
                return Some(Extension { id, data });
            }
        }
    }
}

/// Writes the extension block, profile and length included.
pub(super) fn write(extensions: &[Extension<'_>], out: &mut [u8]) -> Result<usize, NoRoom> {
    if extensions.iter().any(|extension| extension.id == 0 || extension.data.len() > 255) {
        return Err(NoRoom);
    }
    let one_byte = extensions.iter().all(|e| e.id <= 14 && (1..=16).contains(&e.data.len()));
    let mut at = 4;
    for extension in extensions {
        let head = if one_byte {
            [extension.id << 4 | (extension.data.len() as u8).wrapping_sub(1), 0]
        } else {
            [extension.id, extension.data.len() as u8]
        };
        let head = if one_byte { &head[..1] } else { &head[..] };
        at = put(out, at, head)?;
        at = put(out, at, extension.data)?;
    }
    while !at.is_multiple_of(4) {
        at = put(out, at, &[0])?;
    }
    let words = u16::try_from(at / 4 - 1).map_err(|_| NoRoom)?;
    let profile = if one_byte { ONE_BYTE_PROFILE } else { TWO_BYTE_PROFILE };
    put(out, 0, &profile.to_be_bytes())?;
    put(out, 2, &words.to_be_bytes())?;
    Ok(at)
}

fn put(out: &mut [u8], at: usize, bytes: &[u8]) -> Result<usize, NoRoom> {
    let end = at + bytes.len();
    out.get_mut(at..end).ok_or(NoRoom)?.copy_from_slice(bytes);
    Ok(end)
}
