//! Whether sound and picture come together: a source flashes and clicks at the same instants.

use crate::case::Case;
use crate::engine::Bench;
use crate::leg::{self, id};
use crate::load::{LOCAL, Load};
use causeway_base::{SizeClass, VideoCodec};
use causeway_plan::{AudioEgress, AudioIngress, Direction, Feed, MediaPlan};
use std::io;
use std::net::SocketAddr;

/// The name of its row.
pub(crate) const NAME: &str = "sync";

/// One source and one receiver, with sound; what the receiver heard and saw is the row.
pub(crate) fn run() -> io::Result<()> {
    let mut bench = Bench::start()?;
    let mut load = Load::start(NAME)?;
    let ports: Vec<u16> = load.words()?;
    let at = |index: usize| -> io::Result<SocketAddr> {
        let port = ports.get(index).ok_or_else(|| io::Error::other("four ports"))?;
        Ok(SocketAddr::new(LOCAL, *port))
    };
    let (sound, picture) = bench.reserve(0)?;
    let source = leg::with_sound(leg::source(at(1)?), at(0)?, Direction::ReceiveOnly);
    bench.enter(0, source)?;
    bench.reserve(1)?;
    let screen = leg::screen(at(3)?, VideoCodec::H264, SizeClass::P720);
    bench.enter(1, leg::with_sound(screen, at(2)?, Direction::SendOnly))?;
    let plan = leg::plan(&Case::shared(1, SizeClass::P360, 1));
    bench.show(MediaPlan {
        max_talkers: 4,
        ingress: vec![AudioIngress { leg: id(0), heard: true, auto_gain: false }],
        // Who is heard has a place among those who hear.
        egress: [(0, Feed::Nothing), (1, Feed::Mix)]
            .map(|(index, feed)| AudioEgress { leg: id(index), feed })
            .into(),
        ..plan
    })?;
    load.tell(&[sound.port().to_string(), picture.port().to_string()])?;
    print!("{}", load.line()?);
    load.stop()?;
    bench.engine.shutdown();
    Ok(())
}
