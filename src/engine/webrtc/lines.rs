//! The lines of a session: which packet is of which, and which of them go on from one agreement to
//! the next.

use super::hearing::{self, Claim};
use super::line::{Line, SessionLine};
use causeway_plan::video::MAX_VIDEO_LINES;
use causeway_plan::{LegMedia, WebRtcSpec};
use causeway_wire::rtp::RtpView;
use str0m::change::DirectApi;
use str0m::media::Mid;
use str0m::rtp::RtpPacket;

/// Video lines that were agreed once and are not any more, of which the numbering is kept. A page
/// that adds and removes lines without end gets the numbers of its first ones again.
pub(super) const MAX_RETIRED: usize = 4 * MAX_VIDEO_LINES;

/// Sources without being stated that one session ever believes: the library remembers each. A
/// browser brings six for a camera with three sizes, and new ones when it builds the line anew.
pub(super) const MAX_SOURCES: usize = 256;

/// All lines of one session.
#[derive(Debug, Default)]
pub(super) struct Lines {
    audio: Option<Line>,
    /// In the order of the leg's media.
    video: Vec<Line>,
    /// The longest ago first.
    retired: Vec<Line>,
    /// The payload types of video, and of what is sent again of it.
    formats: Vec<u8>,
    repeats: Vec<u8>,
    /// Sources that were believed without being stated.
    believed: usize,
    trial: Option<Trial>,
}

/// A source that is listened to for one packet, as what that packet says.
#[derive(Clone, Copy, Debug)]
struct Trial {
    ssrc: u32,
    line: SessionLine,
    claim: Claim,
}

impl Lines {
    /// Takes what was agreed, for the first time or anew.
    pub(super) fn take_up(
        &mut self,
        direct: &mut DirectApi<'_>,
        media: &LegMedia,
        spec: &WebRtcSpec,
    ) {
        self.formats = spec.video_formats.iter().map(|format| format.payload_type).collect();
        self.repeats = spec.video_formats.iter().filter_map(|format| format.rtx).collect();
        if let Some(audio) = &spec.audio {
            match &mut self.audio {
                Some(line) => line.take_up_audio(direct, audio),
                None => self.audio = Some(Line::audio(direct, audio)),
            }
        }
        self.take_up_video(direct, media);
        let stated: Vec<u32> = self.all().flat_map(|line| line.hearing.stated()).collect();
        for line in self.audio.iter_mut().chain(&mut self.video) {
            stated.iter().for_each(|ssrc| line.hearing.disclaim(direct, *ssrc));
        }
        self.all().for_each(|line| line.hearing.begin(direct));
    }

    /// A line is known by the source that we send with: its place and its tag may change.
    fn take_up_video(&mut self, direct: &mut DirectApi<'_>, media: &LegMedia) {
        let mut before = std::mem::take(&mut self.video);
        for video in media.video.iter().take(MAX_VIDEO_LINES) {
            let Some(bundle) = video.transport.bundle() else { continue };
            let same = |line: &Line| line.ssrc() == bundle.local_ssrc;
            let line = if let Some(place) = before.iter().position(same) {
                let mut line = before.remove(place);
                line.take_up_video(direct, video, bundle);
                line
            } else if let Some(place) = self.retired.iter().position(same) {
                let mut line = self.retired.remove(place);
                line.take_up_video(direct, video, bundle);
                line
            } else {
                Line::video(direct, video, bundle, !self.repeats.is_empty())
            };
            self.video.push(line);
        }
        for mut line in before {
            line.retire(direct);
            self.retired.push(line);
        }
        while self.retired.len() > MAX_RETIRED {
            direct.remove_media(self.retired.remove(0).mid);
        }
    }

    fn all(&self) -> impl Iterator<Item = &Line> {
        self.audio.iter().chain(&self.video)
    }

    pub(super) fn get(&self, line: SessionLine) -> Option<&Line> {
        match line {
            SessionLine::Audio => self.audio.as_ref(),
            SessionLine::Video(place) => self.video.get(place),
        }
    }

    pub(super) fn get_mut(&mut self, line: SessionLine) -> Option<&mut Line> {
        match line {
            SessionLine::Audio => self.audio.as_mut(),
            SessionLine::Video(place) => self.video.get_mut(place),
        }
    }

    /// The line that the library speaks of.
    pub(super) fn named(&self, mid: Mid) -> Option<SessionLine> {
        if self.audio.as_ref().is_some_and(|line| line.mid == mid) {
            return Some(SessionLine::Audio);
        }
        self.video.iter().position(|line| line.mid == mid).map(SessionLine::Video)
    }

    /// Makes the library listen to the source of a packet that is not authentic yet, where it may
    /// be of a line, until [`Self::passed`]. Returns the source.
    pub(super) fn listen(&mut self, direct: &mut DirectApi<'_>, datagram: &[u8]) -> Option<u32> {
        let view = RtpView::parse_protected(datagram).ok()?;
        let ssrc = view.ssrc();
        if ssrc == 0 || self.knows(ssrc) {
            return Some(ssrc);
        }
        if self.believed < MAX_SOURCES
            && let Some((place, claim)) = self.claim(&view)
            && let Some(line) = self.get(place)
            && line.hearing.admits(claim)
            && !(claim.repair && self.knows(hearing::stand_in(ssrc)))
        {
            line.hearing.listen(direct, ssrc, claim);
            self.trial = Some(Trial { ssrc, line: place, claim });
        }
        Some(ssrc)
    }

    fn knows(&self, ssrc: u32) -> bool {
        self.all().any(|line| line.hearing.knows(ssrc))
    }

    /// The packet was read, and opened or not.
    pub(super) fn passed(&mut self, direct: &mut DirectApi<'_>) {
        if let Some(Trial { ssrc, claim, .. }) = self.trial.take() {
            hearing::forget(direct, ssrc, claim);
        }
    }

    /// What a packet says that it is: by the tag of its line, else by its payload type, where only
    /// one line can be meant.
    fn claim(&self, view: &RtpView<'_>) -> Option<(SessionLine, Claim)> {
        let payload_type = view.payload_type();
        let repair = self.repeats.contains(&payload_type);
        let is_video = repair || self.formats.contains(&payload_type);
        let find = |id: u8| view.extension(id);
        if !is_video {
            let fits = self.audio.as_ref()?.marks.tagged(find) != Some(false);
            return fits.then_some((SessionLine::Audio, Claim { layer: 0, repair: false }));
        }
        let tagged = |line: &Line| line.marks.tagged(find);
        let place = match self.video.iter().position(|line| tagged(line) == Some(true)) {
            Some(place) => place,
            None => {
                let open = |line: &Line| line.hearing.is_unstated() && tagged(line).is_none();
                let mut open = (0..).zip(&self.video).filter(|(_, line)| open(line));
                let (place, _) = open.next()?;
                open.next().is_none().then_some(place)?
            }
        };
        let claim = self.video.get(place)?.marks.claim(repair, find)?;
        Some((SessionLine::Video(place), claim))
    }

    /// A packet was opened that came under the source `ssrc`: it is authentic, and so is what it
    /// said. Returns its line and the place of its size, and gives what was sent again the source
    /// that it was sent by first.
    pub(super) fn opened(
        &mut self,
        direct: &mut DirectApi<'_>,
        ssrc: u32,
        packet: &mut RtpPacket,
    ) -> Option<(SessionLine, usize)> {
        let trial = self.trial.take_if(|trial| trial.ssrc == ssrc);
        if let Some(Trial { line, claim, .. }) = trial {
            self.believed += 1;
            self.get_mut(line)?.hearing.believe(direct, ssrc, claim);
        }
        let places = [SessionLine::Audio].into_iter();
        let mut places = places.chain((0..self.video.len()).map(SessionLine::Video));
        let (place, layer) =
            places.find_map(|place| Some((place, self.get(place)?.hearing.layer(ssrc)?)))?;
        if *packet.header.ssrc == hearing::stand_in(ssrc) {
            packet.header.ssrc = self.get(place)?.hearing.main(layer)?.into();
        }
        Some((place, layer))
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.all().count() + self.retired.len()
    }

    #[cfg(test)]
    pub(super) fn heard(&self) -> usize {
        self.all().map(|line| line.hearing.len()).sum()
    }
}
