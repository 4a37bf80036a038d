//! A message by which profiles are tried: a SIP message, a session description, or what an H.323
//! device shows, as JSON. For people and tests, who write it; calls are read by `sip-codec`.

use super::matching::Traits;
use super::schema::ProfileProtocol;
use causeway_base::device::word;
use causeway_base::{Device, H221};
use serde::{Deserialize, Serialize};

/// The most bytes of a sample: what a message of SIP may have.
pub const MAX_SAMPLE_LEN: usize = 256 << 10;

/// A message, as far as profiles look at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sample {
    /// What it speaks.
    pub protocol: Option<ProfileProtocol>,
    /// The headers of a SIP message with its first line, by lines; empty of others.
    pub head: String,
    /// Its session description, lines ended as on the wire; empty where it has none.
    pub description: String,
    user_agent: String,
    host: String,
    device: Device,
}

/// What a device shows, as JSON; see [`Traits`] and [`Device`].
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Shown {
    protocol: Option<ProfileProtocol>,
    user_agent: String,
    host: String,
    sdp: String,
    h221: Option<(u8, u8, u16)>,
    product: String,
    version: String,
}

impl Sample {
    /// Reads one: JSON begins with `{`, a session description with `v=`, all else is SIP.
    ///
    /// # Errors
    /// Why it is none of the three, as a sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        if text.len() > MAX_SAMPLE_LEN {
            return Err(format!("longer than {MAX_SAMPLE_LEN} bytes"));
        }
        let text = text.trim_start();
        if text.starts_with('{') {
            let shown = serde_json::from_str(text).map_err(|error| error.to_string())?;
            return Ok(Self::shown(shown));
        }
        if text.starts_with("v=") {
            return Ok(Self::described(String::new(), text));
        }
        let text = text.replace("\r\n", "\n");
        let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
        if !head.lines().next().is_some_and(|first| first.contains("SIP/2.0")) {
            return Err("neither a SIP message, nor SDP, nor JSON".to_owned());
        }
        Ok(Self::described(head.to_owned(), body.trim_start()))
    }

    fn described(head: String, body: &str) -> Self {
        let description: String = body
            .lines()
            .map(str::trim_end)
            .take_while(|line| !line.is_empty())
            .map(|line| format!("{line}\r\n"))
            .collect();
        let mut sample = Self {
            protocol: Some(ProfileProtocol::Sip),
            device: Device::of_description(description.as_bytes()),
            description,
            head,
            ..Self::default()
        };
        let says = sample.header("user-agent").or(sample.header("server"));
        sample.user_agent = says.map(|agent| word(agent.as_bytes())).unwrap_or_default();
        sample
    }

    fn shown(shown: Shown) -> Self {
        let description = shown.sdp.lines().map(|line| format!("{line}\r\n")).collect::<String>();
        let device = Device {
            h221: shown.h221.map(|(country, extension, manufacturer)| H221 {
                country,
                extension,
                manufacturer,
            }),
            product: word(shown.product.as_bytes()),
            version: word(shown.version.as_bytes()),
            ..Device::of_description(description.as_bytes())
        };
        let product = format!("{} {}", device.product, device.version);
        let named = if shown.user_agent.is_empty() { product } else { shown.user_agent };
        Self {
            protocol: shown.protocol,
            user_agent: word(named.as_bytes()),
            host: shown.host,
            description,
            device,
            head: String::new(),
        }
    }

    /// The first value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.trim().eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// What profiles are compared with.
    pub fn traits(&self) -> Traits<'_> {
        Traits {
            protocol: self.protocol,
            user_agent: &self.user_agent,
            host: &self.host,
            device: Some(&self.device),
        }
    }
}
