//! How long it takes from the click on "Join" to the first sound, by stage, for one browser that
//! joins a meeting in which somebody speaks. Medians of twenty joins.

use super::session::{Happened, Offered, Session};
use super::signal::Signal;
use super::way_in::WayIn;
use super::{PATIENCE, let_in};
use crate::case::Case;
use crate::load::LOCAL;
use causeway_base::Codec;
use causeway_server::load::codec::{Decoder, hearing_rate, packet_samples};
use causeway_server::load::report::Spread;
use serde_json::json;
use std::io;
use std::net::UdpSocket;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How the case is named.
pub(crate) const NAME: &str = "join";

const JOINS: usize = 20;

/// Samples from which a packet is heard: -40 dB of full scale.
const SOUND: i16 = 328;

/// When each stage was reached, from the click on.
#[derive(Clone, Copy, Debug)]
struct Stages {
    open: Duration,
    welcome: Duration,
    answer: Duration,
    ice: Duration,
    dtls: Duration,
    packet: Duration,
    sound: Duration,
}

/// Measures, and prints a row.
pub(crate) fn run() -> io::Result<()> {
    let speaker: Case = "webrtc:1:1".parse().map_err(io::Error::other)?;
    let way_in = WayIn::open(JOINS + 1)?;
    let _room = let_in(&way_in, &speaker)?;
    let signalling = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let stages: Vec<Stages> =
        (0..JOINS).map(|_| join(&way_in, &signalling)).collect::<io::Result<_>>()?;
    let spread = |of: fn(&Stages) -> Duration| {
        let millis = |stages: &Stages| of(stages).as_secs_f64() * 1000.0;
        Spread::of(stages.iter().map(millis).collect())
    };
    let sound = spread(|stages| stages.sound);
    println!(
        "{}",
        json!({
            "case": NAME,
            "joins": JOINS,
            "websocket_open_ms": spread(|stages| stages.open).median,
            "welcome_ms": spread(|stages| stages.welcome).median,
            "answer_ms": spread(|stages| stages.answer).median,
            "ice_connected_ms": spread(|stages| stages.ice).median,
            "dtls_connected_ms": spread(|stages| stages.dtls).median,
            "first_packet_ms": spread(|stages| stages.packet).median,
            "first_sound_ms": sound.median,
            "first_sound_p95_ms": sound.p95,
            "first_sound_max_ms": sound.max,
        })
    );
    Ok(())
}

/// One browser comes, listens until it hears something, and leaves.
fn join(way_in: &WayIn, signalling: &Runtime) -> io::Result<Stages> {
    let socket = UdpSocket::bind((LOCAL, 0))?;
    let click = Instant::now();
    let mut signal = signalling.block_on(Signal::open(way_in.address()));
    let open = click.elapsed();
    signalling.block_on(signal.join(way_in.token(), "listener"));
    let welcome = click.elapsed();
    let offered = Offered::new(socket.local_addr()?)?;
    let answer = signalling.block_on(signal.offer(offered.sdp.clone()));
    let answered = click.elapsed();
    let session = offered.answered(&answer)?;
    let (ice, dtls, packet, sound) = listen(session, &socket, click)?;
    signalling.block_on(signal.leave());
    Ok(Stages { open, welcome, answer: answered, ice, dtls, packet, sound })
}

/// Drives a session until something is heard: when ICE and DTLS were connected, when the first
/// packet came, and the first that is loud enough to be heard.
fn listen(
    mut session: Session,
    socket: &UdpSocket,
    click: Instant,
) -> io::Result<(Duration, Duration, Duration, Duration)> {
    let mut decoder = Decoder::new(Codec::Opus).map_err(io::Error::other)?;
    let mut samples = vec![0; packet_samples(hearing_rate(Codec::Opus)) * 6];
    let (mut ice, mut dtls, mut packet, mut sound) = (None, None, None, None);
    let mut bytes = [0; 1500];
    while click.elapsed() < PATIENCE {
        let next = session.turn(Instant::now(), socket, |happened| {
            let now = click.elapsed();
            match happened {
                Happened::IceConnected => _ = ice.get_or_insert(now),
                Happened::Connected => _ = dtls.get_or_insert(now),
                Happened::Lost => {}
                Happened::Media(media) => {
                    packet.get_or_insert(now);
                    let heard = decoder.decode(&media.payload, &mut samples);
                    if samples[..heard].iter().any(|sample| sample.saturating_abs() >= SOUND) {
                        sound.get_or_insert(now);
                    }
                }
            }
        })?;
        if let (Some(ice), Some(dtls), Some(packet), Some(sound)) = (ice, dtls, packet, sound) {
            return Ok((ice, dtls, packet, sound));
        }
        let wait = next.saturating_duration_since(Instant::now());
        socket.set_read_timeout(Some(wait.clamp(SHORTEST_WAIT, LONGEST_WAIT)))?;
        if let Ok((len, source)) = socket.recv_from(&mut bytes) {
            session.take(Instant::now(), source, &bytes[..len]);
        }
    }
    Err(io::Error::other(format!(
        "nothing is heard; ICE {ice:?}, DTLS {dtls:?}, the first packet {packet:?}"
    )))
}

/// The shortest wait that a socket understands.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);

/// So long at most until the session is asked what it wants.
const LONGEST_WAIT: Duration = Duration::from_millis(20);
