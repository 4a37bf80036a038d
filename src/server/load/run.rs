//! One load, from the first call to the report.

use super::call::{Calls, Outcome};
use super::direct::Direct;
use super::leg::Leg;
use super::material::Material;
use super::offer::{self, Offer};
use super::options::LoadOptions;
use super::report::{LoadReport, MediaReport, Spread};
use super::running::Running;
use super::traffic::Order;
use super::wire::{self, Wire};
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long after the last call was made an answer is waited for.
const ANSWER_PATIENCE: Duration = Duration::from_secs(20);

/// From the last answer to the measured window: jitter buffers settle.
const SETTLE: Duration = Duration::from_secs(2);

/// How long a goodbye may take.
const GOODBYE_PATIENCE: Duration = Duration::from_secs(5);

/// Between two looks at whether all is done.
const SOON: Duration = Duration::from_millis(20);

/// Why a load could not run.
#[derive(Debug)]
pub enum LoadError {
    /// The target has no address.
    Unresolved,
    /// More talkers than calls, or a rate that is no rate.
    Options(&'static str),
    /// A codec could not be made.
    Codec(opus::Error),
    /// The system refused a socket or a thread, or the connection was lost.
    System(io::Error),
    /// No call came up; by reason.
    NoCalls(Outcome),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::Unresolved => f.write_str("the target has no address that can be found"),
            LoadError::Options(what) => f.write_str(what),
            LoadError::Codec(error) => write!(f, "the codec cannot be made: {error}"),
            LoadError::System(error) => write!(f, "{error}"),
            LoadError::NoCalls(outcome) => write!(f, "no call came up: {:?}", outcome.failed),
        }
    }
}

impl std::error::Error for LoadError {}

impl From<io::Error> for LoadError {
    fn from(error: io::Error) -> Self {
        LoadError::System(error)
    }
}

/// A point in a load that a program that watches it wants to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// All calls are up; the measured window begins.
    Steady,
    /// The measured window ended; the calls are still up.
    Measured,
}

impl Phase {
    /// The phase in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Phase::Steady => "steady",
            Phase::Measured => "measured",
        }
    }
}

/// Runs a load on this thread and two of its own; tells `phases` as they come.
///
/// # Errors
/// Why there is no report.
pub fn run(options: &LoadOptions, phases: impl Fn(Phase)) -> Result<LoadReport, LoadError> {
    if options.talkers > options.calls {
        return Err(LoadError::Options("--talkers is greater than --calls"));
    }
    if !(options.rate > 0.0 && options.rate.is_finite()) {
        return Err(LoadError::Options("--rate is not above zero"));
    }
    let target = options.resolve().ok_or(LoadError::Unresolved)?;
    let codec = options.codec.codec();
    let material =
        Material::new(codec, options.quiet_level, options.dtx).map_err(LoadError::Codec)?;
    let (legs, offers) = legs(options, target)?;
    let wire = Wire::open(options.transport(), target)?;
    let mut media = Running::start(codec, material, legs)?;
    let mut calls = Calls::new(wire, options.target.clone(), target, offers, rand::random())?;
    call_all(&mut calls, &media, options.rate)?;
    calls.pump(Instant::now() + SETTLE, &media)?;

    media.order(Order::Measure);
    phases(Phase::Steady);
    calls.pump(Instant::now() + Duration::from_secs(options.seconds.into()), &media)?;
    phases(Phase::Measured);
    let outcome = calls.outcome();
    // The sockets stay open until the goodbyes are said.
    let (tally, clicks) = media.finish()?;
    calls.hang_up(&media)?;
    let patience = Instant::now() + GOODBYE_PATIENCE;
    while !calls.is_over() && Instant::now() < patience {
        calls.pump(Instant::now() + SOON, &media)?;
    }
    if outcome.setups.is_empty() {
        return Err(LoadError::NoCalls(outcome));
    }
    Ok(report(options, &outcome, MediaReport::new(&tally, &clicks)))
}

fn report(options: &LoadOptions, outcome: &Outcome, media: MediaReport) -> LoadReport {
    let millis = |setup: &Duration| setup.as_secs_f64() * 1000.0;
    LoadReport {
        target: String::from_utf8_lossy(&options.target.to_bytes()).into_owned(),
        codec: options.codec.codec().to_string(),
        transport: format!("{:?}", options.transport()).to_lowercase(),
        srtp: options.srtp,
        dtx: options.dtx,
        level: options.level,
        calls: options.calls,
        talkers: options.talkers,
        answered: outcome.setups.len(),
        setup_ms: Spread::of(outcome.setups.iter().map(millis).collect()),
        failed: outcome.failed.clone(),
        dropped: outcome.dropped.clone(),
        media,
    }
}

fn legs(
    options: &LoadOptions,
    target: SocketAddr,
) -> Result<(Vec<Leg<Direct>>, Vec<Offer>), LoadError> {
    let (codec, local) = (options.codec.codec(), wire::local_ip(target)?);
    let mut random = rand::rng();
    let cast = super::cast(options.calls as usize, options.talkers as usize, &mut random);
    let (mut legs, mut offers) = (vec![], vec![]);
    for (role, phase) in cast {
        let carrier = Direct::bind(local)?;
        offers.push(Offer {
            codec,
            local: carrier.local()?,
            dtx: options.dtx,
            level: options.level,
            key: if options.srtp { offer::key(rand::random()) } else { None },
        });
        legs.push(Leg::new(carrier, codec, role, phase));
    }
    Ok((legs, offers))
}

fn call_all(calls: &mut Calls, media: &Running<Direct>, rate: f64) -> io::Result<()> {
    let between = Duration::from_secs_f64(1.0 / rate);
    let mut next = Instant::now();
    while calls.call_next(media)? {
        next += between;
        calls.pump(next, media)?;
    }
    let patience = Instant::now() + ANSWER_PATIENCE;
    while calls.is_calling() && Instant::now() < patience {
        calls.pump(Instant::now() + SOON, media)?;
    }
    Ok(())
}
