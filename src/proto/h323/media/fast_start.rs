//! Channels within call signalling (H.323 section 8.1.7): ours proposed, theirs chosen from. They
//! are of sound alone. Pictures follow by H.245, when it is known what the other side takes; besides,
//! H323Plus proposes pictures so and then opens none.

use super::capability;
use super::channel;
use super::format::{self, Coding, Kind};
use super::line::{Receiving, Sending, Sent};
use super::secrecy::Choice;
use super::{Channels, address};
use crate::h323::call::fast_start::{Party, sender};
use crate::h323::traversal;
use crate::offer_answer::LocalMedia;
use causeway_asn1::h245::{
    DataType, H2250LogicalChannelParameters, OpenLogicalChannel,
    OpenLogicalChannelForwardLogicalChannelParameters,
    OpenLogicalChannelForwardLogicalChannelParametersMultiplexParameters as Multiplex,
    OpenLogicalChannelReverseLogicalChannelParameters,
    OpenLogicalChannelReverseLogicalChannelParametersMultiplexParameters as ReverseMultiplex,
};
use causeway_plan::H235Way;

/// A proposal of the other side's that we can use.
#[derive(Clone, Copy, Debug)]
struct Usable<'a> {
    open: &'a OpenLogicalChannel,
    parameters: &'a H2250LogicalChannelParameters,
    coding: Coding,
    payload_type: u8,
}

impl Channels {
    /// What we propose, the best first: each codec both ways.
    pub fn propose(&mut self) -> Vec<OpenLogicalChannel> {
        // Who makes the keys is not known yet.
        if self.is_strict() {
            return vec![];
        }
        let ms = self.terms.policy.ptime_ms.into();
        let codecs = capability::codecs(&self.terms.policy).into_iter();
        let both =
            |codec| [Party::Caller, Party::Callee].map(|party| (Coding::Sound(codec, ms), party));
        let each: Vec<_> = codecs.flat_map(both).collect();
        each.into_iter().filter_map(|(coding, party)| self.proposal(coding, party)).collect()
    }

    /// One proposal of ours, on which `party` sends; we are the caller.
    fn proposal(&mut self, coding: Coding, party: Party) -> Option<OpenLogicalChannel> {
        let data_type = format::say(&coding, capability::rate(&self.terms))?;
        let at = self.local(coding.kind())?;
        let number = self.next_number();
        let mut parameters = channel::parameters(&coding, payload_type(coding), at);
        if party == Party::Caller {
            return Some(self.kept_open(forward(number, data_type, parameters), at));
        }
        parameters.media_channel = Some(address::transport(at.advertised, at.rtp_port));
        Some(reverse(number, data_type, parameters))
    }

    /// Of the channels that the caller proposed those that we take, completed. Empty: none.
    pub fn answer_fast_start(&mut self, offered: &[OpenLogicalChannel]) -> Vec<OpenLogicalChannel> {
        // Keys come with channels of H.245.
        if self.is_strict() || self.is_secured() {
            return vec![];
        }
        let usable: Vec<Usable<'_>> = offered.iter().filter_map(|open| self.usable(open)).collect();
        let of = |party: Party| {
            let mine = |usable: &&Usable<'_>| sender(usable.open) == party;
            self.ranked(usable.iter().filter(mine).copied().collect())
        };
        let (theirs, ours) = (of(Party::Caller), of(Party::Callee));
        // The same both ways, if there is one: some can do no other.
        let same = |one: &Usable<'_>| ours.iter().any(|other| one.coding.is_like(&other.coding));
        let receive = theirs.iter().find(|one| same(one)).or(theirs.first()).copied();
        let like = |one: &&Usable<'_>| receive.is_some_and(|r| r.coding.is_like(&one.coding));
        let send = ours.iter().find(like).or(ours.first()).copied();
        let receive = receive.and_then(|usable| self.receive_fast(&usable));
        let send = send.and_then(|usable| self.send_fast(&usable));
        receive.into_iter().chain(send).collect()
    }

    fn usable<'a>(&self, open: &'a OpenLogicalChannel) -> Option<Usable<'a>> {
        let (data_type, parameters) = said(open)?;
        let (coding, payload_type) = format::read(data_type, parameters).ok()?;
        // What we are to send must be taken somewhere.
        let somewhere = sender(open) == Party::Caller
            || parameters.media_channel.as_ref().and_then(address::socket).is_some();
        let sound = coding.kind() == Kind::Sound && parameters.session_id == Kind::Sound.session();
        (somewhere && sound && self.allows(&coding)).then_some(Usable {
            open,
            parameters,
            coding,
            payload_type,
        })
    }

    /// By our order; what is equal stays in the caller's.
    fn ranked<'a>(&self, mut usable: Vec<Usable<'a>>) -> Vec<Usable<'a>> {
        let codecs = &self.terms.policy.codecs;
        usable.sort_by_key(|usable| match usable.coding {
            Coding::Sound(codec, _) => codecs.iter().position(|known| *known == codec),
            Coding::Picture(_) => None,
        });
        usable
    }

    /// Takes a channel on which the caller sends.
    fn receive_fast(&mut self, usable: &Usable<'_>) -> Option<OpenLogicalChannel> {
        let at = self.local(usable.coding.kind())?;
        let mut parameters = usable.parameters.clone();
        let rtcp = parameters.media_control_channel.as_ref().and_then(address::socket);
        parameters.media_channel = Some(address::transport(at.advertised, at.rtp_port));
        parameters.media_control_channel = Some(address::transport(at.advertised, at.rtcp_port));
        let number = usable.open.forward_logical_channel_number;
        self.receives(number, usable.coding, usable.payload_type, rtcp);
        let data_type = usable.open.forward_logical_channel_parameters.data_type.clone();
        Some(forward(number, data_type, parameters))
    }

    /// Takes a channel on which we send.
    fn send_fast(&mut self, usable: &Usable<'_>) -> Option<OpenLogicalChannel> {
        let at = self.local(usable.coding.kind())?;
        let mut parameters = usable.parameters.clone();
        let (rtp, rtcp) = addresses(&parameters);
        parameters.media_control_channel = Some(address::transport(at.advertised, at.rtcp_port));
        let number = self.next_number();
        let (coding, payload_type) = (usable.coding, usable.payload_type);
        let secrecy = H235Way::Clear;
        let sent = Sent { number, coding, payload_type, secrecy, rtp, rtcp };
        self.line_mut(coding.kind()).carry(sent);
        let data_type = said(usable.open)?.0.clone();
        Some(self.kept_open(reverse(number, data_type, parameters), at))
    }

    /// A channel on which we send, and what who is behind a firewall is to do for it.
    fn kept_open(&self, open: OpenLogicalChannel, at: LocalMedia) -> OpenLogicalChannel {
        let generic_information = self.inside.then(|| traversal::parameters(at)).flatten();
        OpenLogicalChannel { generic_information, ..open }
    }

    /// The callee took these of the channels that we proposed.
    pub fn fast_started(&mut self, channels: &[OpenLogicalChannel]) {
        for open in channels {
            let Some((data_type, parameters)) = said(open) else { continue };
            let Ok((coding, payload_type)) = format::read(data_type, parameters) else { continue };
            let number = open.forward_logical_channel_number;
            let (rtp, rtcp) = addresses(parameters);
            let line = self.line(coding.kind());
            let taken = coding.kind() == Kind::Sound && self.allows(&coding);
            if !taken || self.is_strict() {
                continue;
            }
            match sender(open) {
                Party::Caller if line.sending == Sending::Off => {
                    let secrecy = H235Way::Clear;
                    let sent = Sent { number, coding, payload_type, secrecy, rtp, rtcp };
                    self.line_mut(coding.kind()).carry(sent);
                }
                Party::Callee if line.receiving.is_empty() => {
                    self.receives(number, coding, payload_type, rtcp);
                }
                _ => {}
            }
        }
    }

    fn receives(
        &mut self,
        number: u16,
        coding: Coding,
        payload_type: u8,
        rtcp: Option<std::net::SocketAddr>,
    ) {
        let secrecy = H235Way::Clear;
        let former_payload_type = None;
        let receiving =
            Receiving { number, coding, payload_type, former_payload_type, secrecy, rtcp };
        self.line_mut(coding.kind()).receive(receiving);
    }
}

/// The payload type of what we send in the clear.
fn payload_type(coding: Coding) -> u8 {
    channel::payload_type(&Choice { coding, secret: false })
}

/// What a channel of fast start carries, and how, whoever sends on it.
fn said(open: &OpenLogicalChannel) -> Option<(&DataType, &H2250LogicalChannelParameters)> {
    let Some(reverse) = &open.reverse_logical_channel_parameters else {
        return Some((&open.forward_logical_channel_parameters.data_type, channel::forward(open)?));
    };
    match reverse.multiplex_parameters.as_ref()? {
        ReverseMultiplex::H2250LogicalChannelParameters(parameters) => {
            Some((&reverse.data_type, parameters))
        }
        _ => None,
    }
}

fn addresses(
    parameters: &H2250LogicalChannelParameters,
) -> (Option<std::net::SocketAddr>, Option<std::net::SocketAddr>) {
    let socket = |address: &Option<_>| address.as_ref().and_then(address::socket);
    (socket(&parameters.media_channel), socket(&parameters.media_control_channel))
}

fn forward(
    number: u16,
    data_type: DataType,
    parameters: H2250LogicalChannelParameters,
) -> OpenLogicalChannel {
    let multiplex = Multiplex::H2250LogicalChannelParameters(Box::new(parameters));
    OpenLogicalChannel {
        forward_logical_channel_number: number,
        forward_logical_channel_parameters: OpenLogicalChannelForwardLogicalChannelParameters {
            data_type,
            multiplex_parameters: multiplex,
            ..OpenLogicalChannelForwardLogicalChannelParameters::default()
        },
        ..OpenLogicalChannel::default()
    }
}

fn reverse(
    number: u16,
    data_type: DataType,
    parameters: H2250LogicalChannelParameters,
) -> OpenLogicalChannel {
    let multiplex = ReverseMultiplex::H2250LogicalChannelParameters(Box::new(parameters));
    let reverse = OpenLogicalChannelReverseLogicalChannelParameters {
        data_type,
        multiplex_parameters: Some(multiplex),
        ..OpenLogicalChannelReverseLogicalChannelParameters::default()
    };
    OpenLogicalChannel {
        forward_logical_channel_number: number,
        forward_logical_channel_parameters: OpenLogicalChannelForwardLogicalChannelParameters {
            data_type: DataType::NullData,
            multiplex_parameters: Multiplex::None,
            ..OpenLogicalChannelForwardLogicalChannelParameters::default()
        },
        reverse_logical_channel_parameters: Some(Box::new(reverse)),
        ..OpenLogicalChannel::default()
    }
}
