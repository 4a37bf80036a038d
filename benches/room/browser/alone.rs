//! A case of browsers on the engine alone: offers are answered here.

use super::Room;
use super::session::Offered;
use crate::case::Case;
use crate::engine::Alone;
use crate::load::LOCAL;
use crate::row::Row;
use causeway_engine::WebRtcConfig;
use causeway_plan::{Direction, MediaCommand, MediaEvent, OfferPolicy};
use causeway_proto::offer_answer::{WebRtcNegotiator, WebRtcTerms};
use std::io;

/// As a bridge takes browsers unless told otherwise.
const TERMS: WebRtcTerms = WebRtcTerms { ice_lite: true, direction: Direction::SendReceive };

/// Runs a case.
pub(crate) fn measure(case: &Case) -> io::Result<Row> {
    let webrtc = WebRtcConfig { addresses: vec![LOCAL], udp_port: 0, tcp_port: None };
    let mut alone = Alone::start(Some(webrtc))?;
    let (mut room, locals) = Room::open(case)?;
    for (index, local) in locals.into_iter().enumerate() {
        let offered = Offered::new(local)?;
        let reserve = |leg| MediaCommand::ReserveWebRtc { leg };
        let MediaEvent::WebRtcReserved { local, .. } = alone.reserve(index, reserve)? else {
            return Err(io::Error::other("other ports than asked for"));
        };
        let policy = OfferPolicy::default();
        let mut negotiator = WebRtcNegotiator::new(policy, *local, TERMS, rand::random());
        let answer = negotiator.answer(offered.sdp.as_bytes());
        let (answer, media) = answer.map_err(|refusal| io::Error::other(format!("{refusal:?}")))?;
        alone.enter(index, media)?;
        room.begin(index, offered.answered(&answer)?);
    }
    alone.apply(case)?;
    room.wait_until_connected(case.legs)?;
    let spent = room.measure(|| Ok(alone.spend()))?;
    let media = room.close(case)?;
    alone.row(case, &spent, media)
}
