//! From what both sides say of a picture to what holds.

use super::format::{self, Numbered};
use super::peer::PeerPicture;
use causeway_plan::{Direction, Feedback, VideoCoding, VideoFormat, VideoPolicy, VideoSend};

/// What we want of an exchange of pictures.
#[derive(Clone, Copy, Debug)]
pub(in crate::offer_answer) struct Wishes<'a> {
    pub(in crate::offer_answer) policy: &'a VideoPolicy,
    pub(in crate::offer_answer) direction: Direction,
    /// The format that was agreed before, which stays if it can.
    pub(in crate::offer_answer) in_use: Option<&'a VideoCoding>,
    /// What the transport lets both ask for.
    pub(in crate::offer_answer) feedback: Feedback,
}

/// The picture that an exchange settled.
#[derive(Debug)]
pub(in crate::offer_answer) struct Settled {
    pub(in crate::offer_answer) send: Option<VideoSend>,
    pub(in crate::offer_answer) direction: Direction,
    /// The formats that we take, by our numbers, the chosen one first.
    pub(in crate::offer_answer) receive: Vec<Numbered>,
}

impl Settled {
    /// What we take, as the engine knows it.
    pub(in crate::offer_answer) fn received(&self) -> Vec<VideoFormat> {
        self.receive.iter().map(Numbered::format).collect()
    }
}

/// Settles an offer. `None`: nothing of it is allowed.
pub(in crate::offer_answer) fn from_offer(
    peer: &PeerPicture,
    wishes: Wishes<'_>,
) -> Option<Settled> {
    let common = format::common(&peer.formats, wishes.policy, wishes.in_use);
    let ours = |numbered: &Numbered| numbered.as_ours(wishes.policy).limited(wishes.feedback);
    let receive: Vec<_> = common.iter().map(ours).collect();
    let chosen = (common.first()?, receive.first().copied()?);
    Some(settle(peer, chosen, receive, wishes))
}

/// Settles the answer to an offer of ours. What it has beside what was offered is passed over; a
/// profile or a mode that was not offered is not: devices that speak another than they are asked
/// for write it under the number of the offer. `None`: nothing is left.
pub(in crate::offer_answer) fn from_answer(
    peer: &PeerPicture,
    offered: &[Numbered],
    wishes: Wishes<'_>,
) -> Option<Settled> {
    let match_of = |theirs: &Numbered| {
        let same = offered.iter().find(|ours| ours.is(theirs));
        same.or_else(|| offered.iter().find(|ours| ours.codec() == theirs.codec()))
    };
    let pairs: Vec<_> = peer.formats.iter().filter_map(|f| Some((f, match_of(f)?))).collect();
    let answered = |ours: &&Numbered| pairs.iter().any(|(f, _)| f.codec() == ours.codec());
    let (theirs, ours) = *pairs.first()?;
    let mut receive: Vec<_> = offered.iter().filter(answered).copied().collect();
    receive.sort_by_key(|other| !other.is(ours));
    Some(settle(peer, (theirs, *ours), receive, wishes))
}

/// `theirs` and `ours`: the chosen format.
fn settle(
    peer: &PeerPicture,
    (theirs, ours): (&Numbered, Numbered),
    receive: Vec<Numbered>,
    wishes: Wishes<'_>,
) -> Settled {
    let Wishes { policy, direction: wanted, feedback, .. } = wishes;
    let feedback = policy.feedback.and(feedback);
    let format = theirs.limited(feedback).format_as(theirs.coding_with(&ours));
    let send = policy
        .sendable(&format.coding, peer.limit)
        .map(|(ceiling, max_bitrate)| VideoSend { format, ceiling, max_bitrate });
    let direction = Direction::of(
        peer.direction.receives() && wanted.sends() && send.is_some(),
        peer.direction.sends() && wanted.receives(),
    );
    Settled { send, direction, receive }
}
