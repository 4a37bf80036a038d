//! Cameras and screens with ports of their own. All screens share one: who sent a packet tells for
//! whom it is.

use super::camera::{self, Camera, Schedule, Times};
use super::screen::Screens;
use super::{H323_PAYLOAD_TYPE, LOCAL, payload_type, told};
use crate::case::{Case, Kind};
use crate::clip;
use causeway_base::VideoCodec;
use causeway_rtp::video::Piece;
use causeway_wire::rtp::{MIN_LEN, RtpView};
use rustix::net::sockopt::set_socket_recv_buffer_size_force;
use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Bytes that wait for the one thread that receives.
const SCREENS_BUFFER: usize = 64 << 20;

/// Tells the ports of screens and cameras, is told where each camera sends to and, last, whence
/// the first screen is sent to; then plays. From then on each line that it is told is the number of
/// a camera of which a full picture is wanted.
pub(super) fn serve(case: &Case) -> io::Result<()> {
    let access_units = clip::encoded(case.size)?;
    let screen = UdpSocket::bind((LOCAL, 0))?;
    // All screens' pictures of a beat come at once.
    set_socket_recv_buffer_size_force(&screen, SCREENS_BUFFER)?;
    screen.set_read_timeout(Some(Duration::from_millis(100)))?;
    let cameras = (0..case.sources).map(|_| UdpSocket::bind((LOCAL, 0)));
    let cameras = cameras.collect::<io::Result<Vec<_>>>()?;
    let mut ports = vec![screen.local_addr()?.port().to_string()];
    for camera in &cameras {
        camera.set_nonblocking(true)?;
        ports.push(camera.local_addr()?.port().to_string());
    }
    println!("{}", ports.join(" "));
    let targets: Vec<SocketAddr> = told()?
        .iter()
        .filter_map(|port| Some(SocketAddr::new(LOCAL, port.parse().ok()?)))
        .collect();
    let Some((first, targets)) = targets.split_last() else {
        return Err(io::Error::other("nowhere to send to"));
    };
    let payload_type = match case.kind {
        Kind::H323 => H323_PAYLOAD_TYPE,
        _ => payload_type(VideoCodec::H264),
    };
    let cameras = Cameras { sockets: &cameras, payload_type, asked: asked() };
    let times = Arc::new(Times::new());
    let mut screens = Screens::new(case, *first, Arc::clone(&times));
    let end = screens.end();
    std::thread::scope(|scope| {
        scope.spawn(|| cameras.film(targets, &access_units, &times, end));
        let mut buffer = [0; 2_048];
        while screens.goes_on() {
            let Ok((len, source)) = screen.recv_from(&mut buffer) else { continue };
            let Ok(view) = RtpView::parse(&buffer[..len]) else { continue };
            if screens.count(source, view.marker(), len) {
                let (seq, timestamp) = (view.sequence(), view.timestamp());
                let (marker, payload) = (view.marker(), view.payload());
                screens.look(&Piece { seq, timestamp, marker, payload });
                if marker && screens.needs_full() {
                    // What is lost is asked for again with the next picture.
                    let _ = screen.send_to(&camera::request(view.ssrc()), source);
                }
            }
        }
    });
    screens.tell(case.receivers);
    Ok(())
}

/// The cameras that the load is told to have begin anew.
fn asked() -> Receiver<usize> {
    let (wish, asked) = channel();
    std::thread::spawn(move || {
        while let Ok(words) = told() {
            for camera in words.iter().filter_map(|word| word.parse().ok()) {
                if wish.send(camera).is_err() {
                    return;
                }
            }
        }
    });
    asked
}

/// All cameras.
struct Cameras<'a> {
    sockets: &'a [UdpSocket],
    payload_type: u8,
    asked: Receiver<usize>,
}

impl Cameras<'_> {
    fn film(self, targets: &[SocketAddr], access_units: &[Vec<u8>], times: &Times, end: Instant) {
        let ssrcs = 1..=self.sockets.len() as u32;
        let mut cameras: Vec<_> = ssrcs.map(|ssrc| Camera::new(ssrc, self.payload_type)).collect();
        let (mut packet, mut said) = ([0; MIN_LEN + camera::MAX_PAYLOAD], [0; 2_048]);
        let mut schedule = Schedule::new(cameras.len());
        loop {
            std::thread::sleep(schedule.due().saturating_duration_since(Instant::now()));
            if Instant::now() >= end {
                return;
            }
            for index in self.asked.try_iter() {
                if let Some(camera) = cameras.get_mut(index) {
                    camera.ask(Instant::now());
                }
            }
            let index = schedule.next();
            let (camera, socket) = (&mut cameras[index], &self.sockets[index]);
            while let Ok((len, _)) = socket.recv_from(&mut said) {
                if camera::asks(&said[..len]) {
                    camera.ask(Instant::now());
                }
            }
            let number = camera.film(access_units, |header, payload| {
                let at = header.write(&[], &[], &mut packet).expect("room");
                packet[at..at + payload.len()].copy_from_slice(payload);
                // What the socket does not take is lost, as on a network.
                let _ = socket.send_to(&packet[..at + payload.len()], targets[index]);
            });
            if index == 0 {
                times.sent(number);
            }
        }
    }
}
