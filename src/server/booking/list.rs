//! A list of bookings as Cisco rooms take it at `/bookingsputxml`.

use jiff::Timestamp;
use std::fmt::Write;

/// A meeting on the screen of a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Booking {
    /// Which.
    pub(crate) id: String,
    /// What stands on the screen.
    pub(crate) title: String,
    /// Who invites; may be empty.
    pub(crate) organizer: String,
    /// From when.
    pub(crate) starts: Timestamp,
    /// Until when.
    pub(crate) ends: Timestamp,
    /// What the button dials.
    pub(crate) number: String,
}

/// Seconds before the beginning at which the button appears.
const BUFFER_S: u32 = 300;

/// Minutes by which a room offers to go on.
const EXTENSION_MIN: u32 = 5;

/// The rate of the call, in kbit/s: what rooms take for "as much as there is".
const CALL_RATE: u32 = 6000;

/// The whole list; an empty one clears what the room had.
pub(super) fn render(bookings: &[Booking]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    if bookings.is_empty() {
        xml.push_str("<Bookings><Clear command=\"True\"/></Bookings>\n");
        return xml;
    }
    xml.push_str("<Bookings item=\"1\" status=\"OK\">");
    for (index, booking) in bookings.iter().enumerate() {
        write(&mut xml, index + 1, booking);
    }
    xml.push_str("</Bookings>\n");
    xml
}

fn write(xml: &mut String, item: usize, booking: &Booking) {
    let utc = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let _ = write!(
        xml,
        "<Booking item=\"{item}\"><Id>{id}</Id><Title>{title}</Title>\
         <Organizer><FirstName/><LastName/><Email>{organizer}</Email></Organizer>\
         <Time><StartTime>{starts}</StartTime><StartTimeBuffer>{BUFFER_S}</StartTimeBuffer>\
         <EndTime>{ends}</EndTime></Time>\
         <MaximumMeetingExtension>{EXTENSION_MIN}</MaximumMeetingExtension>\
         <DialInfo><Calls><Call item=\"1\"><Number>{number}</Number><Protocol>SIP</Protocol>\
         <CallRate>{CALL_RATE}</CallRate><CallType>Video</CallType></Call></Calls>\
         <ConnectMode>OBTP</ConnectMode></DialInfo></Booking>",
        id = escape(&booking.id),
        title = escape(&booking.title),
        organizer = escape(&booking.organizer),
        starts = utc(booking.starts),
        ends = utc(booking.ends),
        number = escape(&booking.number),
    );
}

/// Text that is text in XML 1.0: characters that it cannot hold at all are left out.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => {}
            c if c.is_control() => {}
            c => safe.push(c),
        }
    }
    safe
}
