//! Fuzz bodies; a property test runs them too.

use super::check;
use super::event_log::EventNumber;
use super::extract::read_json;
use super::resource::{
    AllowUnmute, CallOut, Hand, HandOver, LobbyChange, Lock, MeetingChange, MeetingDraft, Question,
    RoleChange, RoomAddressDraft, SessionRequest, Successors, TokenDraft,
};
use serde::de::DeserializeOwned;

fn read<T: DeserializeOwned>(body: &[u8], checked: impl Fn(&T) -> Result<(), super::Problem>) {
    match read_json::<T>(body) {
        Ok(value) => drop(checked(&value)),
        Err(problem) => assert!(problem.fault.status().is_client_error()),
    }
}

/// A body of every kind of request.
pub fn json(data: &[u8]) {
    read::<MeetingDraft>(data, check::draft);
    read::<MeetingChange>(data, check::change);
    read::<Successors>(data, check::successors);
    read::<CallOut>(data, check::call_out);
    read::<RoomAddressDraft>(data, check::room_address);
    read::<Question>(data, check::question);
    read::<SessionRequest>(data, check::code);
    read::<TokenDraft>(data, check::token);
    read::<AllowUnmute>(data, |_| Ok(()));
    read::<Hand>(data, |_| Ok(()));
    read::<HandOver>(data, |_| Ok(()));
    read::<LobbyChange>(data, |_| Ok(()));
    read::<Lock>(data, |_| Ok(()));
    read::<RoleChange>(data, |_| Ok(()));
    if let Ok(text) = std::str::from_utf8(data)
        && let Some(number) = EventNumber::parse(text)
    {
        assert_eq!(EventNumber::parse(&number.to_string()), Some(number));
    }
}
