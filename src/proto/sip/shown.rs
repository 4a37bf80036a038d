//! How inputs and outputs show in logs. Bodies hold SRTP keys, messages hold numbers and digests:
//! `Debug` shows what kind of thing it is and to which call it belongs, no more.

use super::words::{Command, Event, Hop, Input, Invite, Output};
use std::fmt;

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Input::Received { message, size, .. } => {
                write!(f, "Received({} bytes, {:?})", size, message.headers())
            }
            Input::Malformed { error, size, .. } => write!(f, "Malformed({size} bytes, {error})"),
            Input::Failed { .. } => f.write_str("Failed"),
            Input::Command(command) => write!(f, "Command({command:?})"),
        }
    }
}

impl fmt::Debug for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Command::Admit { call, .. } => return write!(f, "Admit({call})"),
            Command::Invite(invite) => return write!(f, "{invite:?}"),
            Command::Refuse { cause, .. } => return write!(f, "Refuse({})", cause.code()),
            Command::Challenge { .. } => return f.write_str("Challenge"),
            Command::AnswerRegister { status, .. } => {
                return write!(f, "AnswerRegister({status})");
            }
            Command::Request { number, request, .. } => {
                return write!(f, "Request({number}, {})", request.method);
            }
            Command::Ping { ping, .. } => return write!(f, "Ping({ping})"),
            Command::Reject { call, cause } => {
                return write!(f, "Reject({call}, {})", cause.code());
            }
            Command::Hangup { call, cause } => {
                return write!(f, "Hangup({call}, {})", cause.code());
            }
            Command::Progress { call, status, .. } => {
                return write!(f, "Progress({call}, {status})");
            }
            Command::Answer { .. } => "Answer",
            Command::Reoffer { .. } => "Reoffer",
            Command::AnswerReoffer { .. } => "AnswerReoffer",
            Command::RejectReoffer { .. } => "RejectReoffer",
            Command::Info { .. } => "Info",
            Command::RequestKeyframe { .. } => "RequestKeyframe",
            Command::Route { .. } => "Route",
            Command::AnswerReferral { .. } => "AnswerReferral",
            Command::ReportReferral { .. } => "ReportReferral",
        };
        f.debug_tuple(name).field(&self.call()).finish()
    }
}

impl fmt::Debug for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hop({:?}, {:?})", self.flow.carrier, self.target)
    }
}

impl fmt::Debug for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invite({}, {:?})", self.call, self.target)
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Invited { size, .. } => write!(f, "Invited({size} bytes)"),
            Event::Register { size, .. } => write!(f, "Register({size} bytes)"),
            Event::Responded { number, response, .. } => {
                write!(f, "Responded({number}, {:?})", response.as_ref().map(|r| r.status))
            }
            Event::Progress { call, status, sdp } => {
                write!(f, "Progress({call}, {status}, sdp: {})", sdp.is_some())
            }
            Event::WentOn { call } => write!(f, "WentOn({call})"),
            Event::Answered { call, sdp } => write!(f, "Answered({call}, sdp: {})", sdp.is_some()),
            Event::Confirmed { call, sdp } => {
                write!(f, "Confirmed({call}, sdp: {})", sdp.is_some())
            }
            Event::Reoffered { call, offer } => {
                write!(f, "Reoffered({call}, offer: {})", offer.is_some())
            }
            Event::ReofferAnswered { call, .. } => write!(f, "ReofferAnswered({call})"),
            Event::ReofferFailed { call, status } => write!(f, "ReofferFailed({call}, {status})"),
            Event::Digit { call, .. } => write!(f, "Digit({call})"),
            Event::KeyframeNeeded { call } => write!(f, "KeyframeNeeded({call})"),
            Event::Sought { call, .. } => write!(f, "Sought({call})"),
            Event::Referred { call, .. } => write!(f, "Referred({call})"),
            Event::Asked { .. } => f.write_str("Asked"),
            Event::Overloaded { retry_after, .. } => write!(f, "Overloaded({retry_after:?})"),
            Event::Pinged { ping, status } => write!(f, "Pinged({ping}, {status:?})"),
            Event::Ended { call, cause } => write!(f, "Ended({call}, {})", cause.code()),
        }
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Output::Transmit { flow, bytes } => {
                write!(f, "Transmit({} bytes by {:?})", bytes.len(), flow.carrier)
            }
            Output::Event(event) => write!(f, "Event({event:?})"),
            Output::Timeout(at) => write!(f, "Timeout({at:?})"),
        }
    }
}
