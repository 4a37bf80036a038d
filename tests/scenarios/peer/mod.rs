//! The processes of a scenario, each stopped when its value is dropped.

mod baresip;
mod bridge;
mod caller;
mod camera;
mod cover;
mod film;
mod folder;
mod gstreamer;
mod h323;
mod link;
mod linphone;
mod process;
mod room;
mod sipp;
mod voice;

pub(crate) use baresip::{Baresip, Line, Transport};
pub(crate) use bridge::{Bridge, Setting, talk};
pub(crate) use camera::Camera;
pub(crate) use film::{Coding, Film};
pub(crate) use folder::Folder;
pub(crate) use gstreamer::{Gstreamer, Towards};
pub(crate) use h323::{H323Room, Start};
pub(crate) use link::LossyLink;
pub(crate) use linphone::Linphone;
pub(crate) use process::{PATIENCE, Process};
pub(crate) use room::Room;
pub(crate) use sipp::Flow;

use std::net::{Ipv4Addr, TcpListener, UdpSocket};

/// A port free for UDP and TCP at the moment of asking. Taken from outside the bridge's media
/// range by letting the system choose an ephemeral one.
pub(crate) fn free_port() -> u16 {
    loop {
        let datagram = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has UDP");
        let port = datagram.local_addr().expect("bound").port();
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}
