//! What a telephone with a camera films: one colour, and a white mark in it.

use causeway_base::VideoCodec;
use std::path::Path;
use std::process::Command;

/// What a telephone shows of itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Camera {
    pub(crate) codec: VideoCodec,
    /// As ffmpeg names it.
    pub(crate) colour: &'static str,
}

/// Pictures are of this size.
pub(crate) const WIDTH: u32 = 640;
pub(crate) const HEIGHT: u32 = 360;

/// Longer than any scenario: where the clip begins anew, nothing is sent for a while.
const SECONDS: u32 = 60;

impl Camera {
    /// Has another program make the clip: no codec of ours.
    pub(crate) fn film(self, path: &Path) {
        let Self { colour, .. } = self;
        let scene = format!(
            "color=c={colour}:s={WIDTH}x{HEIGHT}:r=30,\
             drawbox=x=120:y=140:w=80:h=80:color=white:t=fill"
        );
        let status = Command::new("ffmpeg")
            .args(["-v", "error", "-y", "-f", "lavfi", "-i", &scene])
            .args(["-t", &SECONDS.to_string(), "-pix_fmt", "yuv420p", "-c:v", "libx264"])
            .args(["-preset", "veryfast", "-g", "30"])
            .arg(path)
            .status()
            .expect("ffmpeg is installed; run deploy/bootstrap --tests");
        assert!(status.success(), "ffmpeg makes a clip");
    }

    /// What baresip loads and is told for it. Its screen is none, of which it takes pictures.
    pub(crate) fn configuration(self, folder: &Path) -> String {
        let module = match self.codec {
            VideoCodec::H264 => "avcodec.so",
            VideoCodec::Vp8 => "vp8.so",
        };
        // The clip's own codec is needed to play it.
        format!(
            "video_source avformat,{}/clip.mp4
video_display fakevideo,nil
video_size {WIDTH}x{HEIGHT}
video_bitrate 800000
video_fps 30
video_selfview no
module {module}
module avformat.so
module fakevideo.so
module snapshot.so
",
            folder.display()
        )
    }
}
