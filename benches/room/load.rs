//! Media of a case without signalling: for the floor and for the engine alone.

use crate::case::{Case, Door};
use causeway_plan::{SrtpKey, SrtpSpec, SrtpSuite};
use causeway_server::load::direct::{Direct, Remote};
use causeway_server::load::leg::Leg;
use causeway_server::load::material::Material;
use causeway_server::load::report::MediaReport;
use causeway_server::load::running::Running;
use causeway_server::load::traffic::Order;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// All traffic stays on the machine.
pub(crate) const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// The suite of `+srtp`, and the one on which browsers settle with us.
const fn suite(case: &Case) -> SrtpSuite {
    match case.door {
        Door::Telephone | Door::Room => SrtpSuite::Aes128CmSha1_80,
        Door::Browser => SrtpSuite::AeadAes256Gcm,
    }
}

/// Noise of quiet legs, in dBov.
pub(crate) const QUIET_DBOV: f64 = -64.0;

/// Seconds before the window: jitter buffers settle, decoders are allocated.
pub(crate) const SETTLE: Duration = Duration::from_secs(2);

/// The payload type of a case's codec.
pub(crate) fn payload_type(case: &Case) -> u8 {
    case.codec.static_payload_type().unwrap_or(96)
}

/// SRTP as the peer of `spec` sees it; the load's side and the server's mirror each other.
pub(crate) fn srtp(case: &Case, leg: usize) -> SrtpSpec {
    let suite = suite(case);
    let key = |side: u8| {
        let mut keying = vec![side; suite.keying_len()];
        keying[..8].copy_from_slice(&(leg as u64).to_be_bytes());
        SrtpKey::new(suite, &keying).expect("as long as it must be")
    };
    SrtpSpec { suite, send: key(1), receive: key(2) }
}

/// Binds the load's legs.
pub(crate) fn legs(case: &Case) -> io::Result<Vec<Leg<Direct>>> {
    let mut random = rand::rng();
    causeway_server::load::cast(case.legs, case.talkers, &mut random)
        .into_iter()
        .map(|(role, phase)| Ok(Leg::new(Direct::bind(LOCAL)?, case.codec, role, phase)))
        .collect()
}

/// Sends a case's media to `remotes`, a socket for each leg, and runs `measure` over the
/// steady window.
pub(crate) fn drive<T>(
    case: &Case,
    legs: Vec<Leg<Direct>>,
    remotes: &[SocketAddr],
    measure: impl FnOnce() -> T,
) -> io::Result<(MediaReport, T)> {
    let material = Material::new(case.codec, QUIET_DBOV, case.dtx).map_err(io::Error::other)?;
    let mut running = Running::start(case.codec, material, legs)?;
    for (leg, rtp) in remotes.iter().enumerate() {
        let remote = Remote {
            rtp: *rtp,
            payload_type: payload_type(case),
            receive_payload_type: payload_type(case),
            comfort_noise: case.dtx.then_some(13),
            level_extension: case.level.then_some(1),
            srtp: case.srtp.then(|| srtp(case, leg)),
        };
        running.order(Order::Start(leg, Box::new(remote)));
    }
    std::thread::sleep(SETTLE);
    running.order(Order::Measure);
    let measured = measure();
    let (tally, clicks) = running.finish()?;
    Ok((MediaReport::new(&tally, &clicks), measured))
}
