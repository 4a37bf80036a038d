//! From channels to what holds.

use super::capability::{self, EVENTS};
use super::format::Coding;
use super::line::{Line, Sent};
use super::{Channels, Kind};
use causeway_base::{Bitrate, Codec};
use causeway_plan::{
    AudioFormat, Content, Direction, Feedback, H235Way, H264Format, LegAudio, LegMedia, LegVideo,
    MediaProtection, Transport, TransportSpec, VideoCoding, VideoFormat, VideoSend, VideoTransport,
};
use std::net::SocketAddr;

/// The payload type of comfort noise (RFC 3551 section 6).
const COMFORT_NOISE: u8 = 13;

impl Channels {
    /// What is agreed. `None` while no sound ever flowed either way.
    pub fn media(&self) -> Option<LegMedia> {
        if !self.sound.was_used() {
            return None;
        }
        Some(LegMedia {
            transport: Transport::Rtp(self.transport(&self.sound)),
            direction: self.direction(&self.sound),
            audio: self.audio(),
            video: self.video().into_iter().collect(),
        })
    }

    /// Which way a line flows.
    fn direction(&self, line: &Line) -> Direction {
        let stopped = self.limit(line).is_some_and(|limit| limit.as_bps() == 0);
        let sends = line.carrier().is_some() && !stopped;
        Direction::of(sends && !self.held, !line.receiving.is_empty() && !self.held)
    }

    fn transport(&self, line: &Line) -> TransportSpec {
        let sent = line.carrier().or(line.last_sent.as_ref());
        let rtp = sent.and_then(|sent| sent.rtp);
        let next = |rtp: SocketAddr| Some(SocketAddr::new(rtp.ip(), rtp.port().checked_add(1)?));
        let theirs = line.receiving.last().or(line.last_received.as_ref());
        TransportSpec {
            remote_rtp: rtp,
            remote_rtcp: sent
                .and_then(|sent| sent.rtcp)
                .or_else(|| theirs.and_then(|receiving| receiving.rtcp))
                .or_else(|| rtp.and_then(next)),
            rtcp_mux: false,
            signalling_source: self.terms.signalling_source,
            protection: MediaProtection::of_h235(
                self.way(sent.map(|sent| sent.secrecy)),
                self.way(theirs.map(|receiving| receiving.secrecy)),
            ),
        }
    }

    /// How a direction is protected, by its channel where it has one.
    fn way(&self, channel: Option<H235Way>) -> H235Way {
        match channel.unwrap_or_default() {
            H235Way::Clear if self.is_strict() => H235Way::Awaited,
            way => way,
        }
    }

    fn audio(&self) -> LegAudio {
        let policy = &self.terms.policy;
        let events = self.theirs().and_then(|theirs| theirs.events);
        let events = events.filter(|_| policy.telephone_events);
        let ours = policy.telephone_events.then_some(EVENTS);
        let (send, ptime_ms) = self.sent_sound();
        let receive = self.received_sounds();
        // A number is of one thing: sound has a channel that names it.
        let is_free = |number: &u8| receive.iter().all(|format| format.payload_type != *number);
        // Some send events under their own number whatever ours is.
        let both = ours.into_iter().chain(events.filter(|events| Some(*events) != ours));
        LegAudio {
            send,
            ptime_ms,
            send_events: events.filter(|events| *events != send.payload_type),
            receive_events: both.filter(is_free).collect(),
            receive_comfort_noise: [COMFORT_NOISE].into_iter().filter(is_free).collect(),
            receive,
            level_extension: None,
        }
    }

    /// What we send: by the channel, or what we sent last, or would send.
    fn sent_sound(&self) -> (AudioFormat, u8) {
        let policy = &self.terms.policy;
        let sent = self.sound.carrier().or(self.sound.last_sent.as_ref());
        let first = || {
            let theirs = self.theirs()?;
            let choice = self.choices(theirs, Kind::Sound).first().copied()?;
            Some((choice.coding, super::channel::payload_type(&choice)))
        };
        let taken = || {
            let taken = self.sound.last_received?;
            Some((taken.coding, taken.payload_type))
        };
        let said = sent.map(|sent| (sent.coding, sent.payload_type)).or_else(first).or_else(taken);
        match said {
            Some((Coding::Sound(codec, ms), number)) => {
                (AudioFormat::new(codec, number), capability::packet_ms(policy.ptime_ms, ms))
            }
            _ => (AudioFormat::new(Codec::Pcmu, 0), capability::packet_ms(policy.ptime_ms, 20)),
        }
    }

    /// What the other side sends, the newest first, and all else that it may at any moment.
    fn received_sounds(&self) -> Vec<AudioFormat> {
        let mut formats: Vec<AudioFormat> = vec![];
        let mut add = |codec: Codec, number: u8| {
            if !formats.iter().any(|format| format.payload_type == number) {
                formats.push(AudioFormat::new(codec, number));
            }
        };
        for receiving in self.sound.receiving.iter().rev() {
            if let Coding::Sound(codec, _) = receiving.coding {
                add(codec, receiving.payload_type);
                receiving.former_payload_type.into_iter().for_each(|number| add(codec, number));
            }
        }
        if self.sound.last_received.is_some_and(|last| last.secrecy.is_secret()) {
            // Nothing comes by a number that no channel named.
            return formats;
        }
        for codec in capability::codecs(&self.terms.policy) {
            if let Some(number) = codec.static_payload_type() {
                add(codec, number);
            }
        }
        formats
    }

    /// The picture, once there was one.
    fn video(&self) -> Option<LegVideo> {
        if !self.picture.was_used() {
            return None;
        }
        let send = self.picture.carrier().or(self.picture.last_sent.as_ref());
        let send = send.and_then(|sent| self.sent_picture(sent));
        let direction = self.direction(&self.picture);
        Some(LegVideo {
            transport: VideoTransport::Rtp(self.transport(&self.picture)),
            direction: Direction::of(direction.sends() && send.is_some(), direction.receives()),
            content: Content::Main,
            label: None,
            receive: self.received_pictures(),
            send,
            transport_cc: None,
        })
    }

    fn sent_picture(&self, sent: &Sent) -> Option<VideoSend> {
        let Coding::Picture(format) = sent.coding else { return None };
        let coding = VideoCoding::H264(format);
        let limit = self.limit(&self.picture).filter(|limit| *limit > Bitrate::bps(0));
        let (ceiling, max_bitrate) = self.terms.policy.video.sendable(&coding, limit)?;
        let format = picture(format, sent.payload_type);
        Some(VideoSend { format, ceiling, max_bitrate })
    }

    fn received_pictures(&self) -> Vec<VideoFormat> {
        let mut formats: Vec<VideoFormat> = vec![];
        let last = self.picture.last_received.as_ref();
        for receiving in self.picture.receiving.iter().rev().chain(last) {
            let Coding::Picture(theirs) = receiving.coding else { continue };
            let policy = &self.terms.policy.video;
            let ours = capability::picture(policy, theirs.profile, theirs.mode);
            for number in [Some(receiving.payload_type), receiving.former_payload_type] {
                let Some(number) = number else { continue };
                if formats.iter().all(|format| format.payload_type != number) {
                    formats.push(picture(ours, number));
                }
            }
        }
        formats
    }
}

/// H.323 has no feedback by RTCP: key pictures are asked for by H.245.
fn picture(format: H264Format, payload_type: u8) -> VideoFormat {
    let coding = VideoCoding::H264(format);
    VideoFormat { payload_type, coding, rtx: None, feedback: Feedback::NONE }
}
