//! Date.

use bytes::{BufMut, Bytes, BytesMut};

use crate::{cursor::Cursor, error::SyntaxError, header_name::HeaderName, headers::TypedHeader};

/// When a message was first sent, in GMT (RFC 3261 section 20.17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Date {
    /// 0 (Monday) to 6 (Sunday).
    pub weekday: u8,
    /// Four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 60: leap seconds exist.
    pub second: u8,
}

const WEEKDAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl TypedHeader for Date {
    const NAME: HeaderName = HeaderName::Date;

    /// `Sat, 13 Nov 2010 23:29:00 GMT`, and no other time zone.
    fn parse(value: &Bytes) -> Result<Self, SyntaxError> {
        let mut cursor = Cursor::new(value);
        let weekday = word(&mut cursor, &WEEKDAYS, "a day of the week")?;
        cursor.expect(b',', "a comma")?;
        cursor.skip_wsp();
        let day = number(&mut cursor, 1..=31, "a day")?;
        cursor.skip_wsp();
        let month = word(&mut cursor, &MONTHS, "a month")? + 1;
        cursor.skip_wsp();
        let year = cursor.number(9_999, "a year")?;
        let year = u16::try_from(year).map_err(|_| cursor.error("a year"))?;
        cursor.skip_wsp();
        let hour = number(&mut cursor, 0..=23, "an hour")?;
        cursor.expect(b':', "a colon")?;
        let minute = number(&mut cursor, 0..=59, "a minute")?;
        cursor.expect(b':', "a colon")?;
        let second = number(&mut cursor, 0..=60, "a second")?;
        cursor.skip_wsp();
        if !cursor.token("GMT")?.eq_ignore_case("GMT") {
            return Err(cursor.error("GMT"));
        }
        cursor.end()?;
        Ok(Self { weekday, year, month, day, hour, minute, second })
    }

    fn encode(&self, out: &mut BytesMut) {
        let weekday = WEEKDAYS.get(usize::from(self.weekday)).copied().unwrap_or("Mon");
        let month = usize::from(self.month).checked_sub(1).and_then(|m| MONTHS.get(m));
        let month = month.copied().unwrap_or("Jan");
        let Self { year, day, hour, minute, second, .. } = self;
        let text =
            format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT");
        out.put_slice(text.as_bytes());
    }
}

fn word(
    cursor: &mut Cursor<'_>,
    words: &[&str],
    expected: &'static str,
) -> Result<u8, SyntaxError> {
    let error = cursor.error(expected);
    let word = cursor.token(expected)?;
    let index = words.iter().position(|w| word.eq_ignore_case(w));
    index.and_then(|i| u8::try_from(i).ok()).ok_or(error)
}

fn number(
    cursor: &mut Cursor<'_>,
    range: std::ops::RangeInclusive<u8>,
    expected: &'static str,
) -> Result<u8, SyntaxError> {
    let error = cursor.error(expected);
    let number = cursor.number(u64::from(*range.end()), expected)?;
    u8::try_from(number).ok().filter(|n| range.contains(n)).ok_or(error)
}
