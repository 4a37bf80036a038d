//! Hundreds of calls in virtual time: every way to start, who is master, collisions, and what is
//! lost. Nothing is left to chance but what comes from the number of the scenario.

mod application;
mod world;

use super::super::Event;
use crate::h323::h245::Direction;
use crate::sip::random::Random;
use application::Application;
use causeway_base::EndCause;
use causeway_wire::testing::capture::Sent;
use world::World;

/// Seconds of a call, within which everything that has a timer comes to its end.
const LENGTH: u64 = 300;

/// How a call starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// Channels are opened by H.245 after the answer.
    Slow,
    /// Fast start, taken in the message with which it proceeds, rings or is answered.
    FastProceeding,
    FastAlerting,
    FastConnect,
    /// Fast start, refused in the answer, or when it rings.
    FastRefused,
    FastRefusedAlerting,
    /// H.245 begins before the answer, by who is called or by who calls.
    EarlyCallee,
    EarlyCaller,
    /// Fast start is proposed, and the callee begins with H.245 instead.
    FastEarly,
}

const STARTS: [Start; 9] = [
    Start::Slow,
    Start::FastProceeding,
    Start::FastAlerting,
    Start::FastConnect,
    Start::FastRefused,
    Start::FastRefusedAlerting,
    Start::EarlyCallee,
    Start::EarlyCaller,
    Start::FastEarly,
];

impl Start {
    pub(super) fn is_fast(self) -> bool {
        !matches!(self, Start::Slow | Start::EarlyCallee | Start::EarlyCaller)
    }

    pub(super) fn is_taken(self) -> bool {
        matches!(self, Start::FastProceeding | Start::FastAlerting | Start::FastConnect)
    }
}

/// What both do at the same moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Collision {
    /// Both open what excludes each other; it does so by itself at the start.
    Open,
    Capabilities,
    Replace,
    /// One holds while the other opens; it is taken back later.
    HoldDuringOpen,
    EndDuringOpen,
    BothEnd,
    /// One closes what the other asks it to close.
    Close,
    DetermineMaster,
}

const COLLISIONS: [Collision; 8] = [
    Collision::Open,
    Collision::Capabilities,
    Collision::Replace,
    Collision::HoldDuringOpen,
    Collision::EndDuringOpen,
    Collision::BothEnd,
    Collision::Close,
    Collision::DetermineMaster,
];

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    None,
    /// The H.245 of this packet of this side does not arrive, counted from its first.
    Lost(usize, u32),
    /// The connection of H.245 is lost after so many milliseconds, and made again by these.
    ControlLost(u64, [bool; 2]),
    /// It can never be made.
    ControlRefused,
    SignallingLost(u64),
    /// This side ends the call that early.
    EarlyEnd(usize, u64),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    pub(super) start: Start,
    /// Whether H.245 may be tunnelled: the caller, the callee.
    pub(super) tunnelling: [bool; 2],
    pub(super) terminal_types: [u8; 2],
    pub(super) collision: Collision,
    pub(super) trouble: Trouble,
    /// The longest delay of a packet of signalling and of H.245, in milliseconds.
    pub(super) delays: [u32; 2],
}

fn plan(index: usize, random: &mut Random) -> Plan {
    let (start, rest) = (STARTS[index % 9], index / 9);
    let (tunnelling, rest) = ([rest & 1 == 0, rest & 2 == 0], rest / 4);
    let (terminal_types, round) = ([[50, 190], [190, 50], [190, 190]][rest % 3], rest / 3);
    let mut below = |bound: u32| random.below(bound);
    let trouble = match below(6) {
        _ if round == 0 => Trouble::None,
        0 | 1 => Trouble::Lost(below(2) as usize, below(10)),
        2 => {
            let again = [[true, false], [false, true], [true, true], [false, false]];
            Trouble::ControlLost(below(8_000).into(), again[below(4) as usize])
        }
        3 => Trouble::ControlRefused,
        4 => Trouble::SignallingLost(below(8_000).into()),
        _ => Trouble::EarlyEnd(below(2) as usize, below(2_500).into()),
    };
    let delays = [[1, 1], [200, 5], [5, 200], [60, 60]][below(4) as usize];
    let collision = COLLISIONS[below(8) as usize];
    Plan { start, tunnelling, terminal_types, collision, trouble, delays }
}

/// The scenario of that number, before anything happens.
fn scenario(index: usize) -> World {
    let mut seed = [7; 32];
    seed[..8].copy_from_slice(&(index as u64).to_be_bytes());
    let mut random = Random::new(seed);
    World::new(plan(index, &mut random), random)
}

/// All packets of the first scenarios, as a capture would have them, each on connections of its
/// own.
pub(super) fn all_that_is_said(scenarios: usize) -> Vec<Sent> {
    let said = (0..scenarios).flat_map(|index| {
        let mut world = scenario(index);
        world.run(LENGTH);
        world.end_both();
        let own = index as u16;
        world.sent.into_iter().map(move |mut one| {
            for address in [&mut one.from, &mut one.to] {
                if address.port() > 11_000 {
                    address.set_port(address.port() + own);
                }
            }
            one
        })
    });
    said.collect()
}

#[test]
fn calls_agree_and_end_whatever_happens() {
    let (mut agreed, mut open) = (0, 0);
    for index in 0..324 {
        let mut world = scenario(index);
        let plan = world.plan;
        let at = format!("scenario {index}: {plan:?}");
        world.run(LENGTH);
        if !world.has_ended() && world.both(Application::is_ready) && !world.lost_a_close {
            check_agreement(&world, &at);
            agreed += 1;
        }
        if plan.trouble == Trouble::None {
            open += usize::from(check_open(&world, &at));
        }
        world.end_both();
        check_end(&mut world, &at);
    }
    println!("{agreed} agreed, {open} all open");
    assert!(agreed > 150 && open > 60, "{agreed} {open}");
}

/// Both sides have the same channels, by their control and by what their applications heard.
fn check_agreement(world: &World, at: &str) {
    for (sender, receiver) in [(0, 1), (1, 0)] {
        let open =
            |side: usize, direction| world.sides[side].call.control().open_channels(direction);
        let sent = open(sender, Direction::Outgoing);
        let story = || world.story();
        assert_eq!(sent, open(receiver, Direction::Incoming), "{at}\n{}", story());
        let heard = &world.sides[sender].application.outgoing;
        assert_eq!(sent, heard.keys().copied().collect::<Vec<_>>(), "{at}\n{}", story());
        let heard = &world.sides[receiver].application.incoming;
        assert_eq!(sent, heard.iter().copied().collect::<Vec<_>>(), "{at}\n{}", story());
    }
    let masters = [0, 1].map(|side| world.sides[side].call.control().is_master());
    if let [Some(caller), Some(callee)] = masters {
        assert_ne!(caller, callee, "{at}");
    }
}

/// Nothing was lost: both send sound and pictures, but where that was ended or closed.
fn check_open(world: &World, at: &str) -> bool {
    if matches!(world.plan.collision, Collision::EndDuringOpen | Collision::BothEnd) {
        assert!(world.has_ended(), "{at}");
        return false;
    }
    assert!(!world.has_ended(), "{at}\n{}", world.story());
    if world.plan.collision == Collision::Close {
        return false;
    }
    for side in &world.sides {
        let channels = &side.application.outgoing;
        assert_eq!(channels.len(), 2, "{at}\n{}", world.story());
        let fast = world.plan.start.is_taken();
        assert_eq!(side.events.iter().any(|event| matches!(event, Event::FastStart(_))), {
            fast && side.application.is_caller()
        });
    }
    true
}

/// Each side ended once, and nothing follows or waits.
fn check_end(world: &mut World, at: &str) {
    for side in 0..2 {
        let ended = |event: &Event| matches!(event, Event::Ended(_));
        let events = &world.sides[side].events;
        let began = world.sides[side].application.began();
        assert_eq!(events.iter().filter(|event| ended(event)).count(), usize::from(began), "{at}");
        assert!(!began || events.last().is_some_and(ended), "{at}\n{}", world.story());
        assert_eq!(world.deadline(side), None, "{at}");
    }
    if world.plan.trouble == Trouble::None {
        for side in &world.sides {
            assert_eq!(side.events.last(), Some(&Event::Ended(EndCause::Normal)), "{at}");
        }
    }
}
