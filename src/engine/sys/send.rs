//! Datagrams to the kernel, many with one system call. Those of one length to one peer go as one
//! message, which the kernel (or the network card) cuts: it looks up their route once.
#![allow(unsafe_code)]

use super::BATCH;
use socket2::SockAddr;
use std::io;
use std::mem::{MaybeUninit, size_of, zeroed};
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, BorrowedFd};

/// `UDP_SEGMENT` of Linux' `linux/udp.h`, since 4.18: what follows is cut into datagrams of so many
/// bytes, the last of which may be shorter.
const UDP_SEGMENT: libc::c_int = 103;

/// Datagrams of one message: what the first kernels that cut take (`UDP_MAX_SEGMENTS`).
const MAX_SEGMENTS: usize = 64;

/// Bytes of one message: the longest that one UDP header can state, with room for IP's.
const MAX_MESSAGE: usize = 65_000;

/// Room for one `UDP_SEGMENT`, with its header and alignment.
const CONTROL_LEN: usize = 24;

/// A whole batch may be one message.
const _: () = assert!(BATCH <= MAX_SEGMENTS);

/// Who cuts what goes to one peer into datagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Segmentation {
    /// The kernel: several are handed over at once.
    Kernel,
    /// We: each is handed over for itself.
    Ours,
}

impl Segmentation {
    /// Whether the kernel knows how to cut for a UDP socket. Whether it does so on the way to a
    /// peer shows when something is sent.
    pub(crate) fn of(socket: BorrowedFd<'_>) -> Self {
        let none: libc::c_int = 0;
        // SAFETY: the descriptor is open for the borrow, and the value is an int of the size stated.
        let result = unsafe {
            libc::setsockopt(
                socket.as_raw_fd(),
                libc::SOL_UDP,
                UDP_SEGMENT,
                (&raw const none).cast(),
                size_of::<libc::c_int>() as libc::socklen_t,
            )
        };
        if result == 0 { Segmentation::Kernel } else { Segmentation::Ours }
    }
}

/// Datagrams that are one message: so many parts from `start` on.
#[derive(Clone, Copy, Debug)]
struct Message {
    target: Option<SocketAddr>,
    start: usize,
    count: usize,
    /// The length of all but the last, and of all together.
    segment: usize,
    bytes: usize,
    /// The last one's.
    last: usize,
}

impl Message {
    fn new(target: Option<SocketAddr>, start: usize, len: usize) -> Self {
        Self { target, start, count: 1, segment: len, bytes: len, last: len }
    }

    fn takes(&self, target: Option<SocketAddr>, len: usize) -> bool {
        self.target == target
            && self.last == self.segment
            && (1..=self.segment).contains(&len)
            && self.bytes + len <= MAX_MESSAGE
    }

    fn add(&mut self, len: usize) {
        self.count += 1;
        self.bytes += len;
        self.last = len;
    }
}

/// Sends datagrams without waiting; one without a target goes to the peer that the socket is
/// connected to. What the socket does not take is lost, as a network would lose it. Where the
/// kernel never cuts for this socket, `segmentation` is ours from then on.
pub(crate) fn send_all<'a>(
    socket: BorrowedFd<'_>,
    datagrams: impl Iterator<Item = (Option<SocketAddr>, &'a [u8])> + Clone,
    segmentation: &mut Segmentation,
) {
    let mut rest = datagrams;
    while rest.clone().next().is_some() {
        let sent = match send_batch(socket, rest.clone(), *segmentation) {
            Ok(sent) => sent,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
            // It may tell of an earlier datagram, of one peer that cannot be reached, or of a
            // message that is not cut on the way to its peer: its parts are tried each alone, and
            // one that still fails is given up.
            Err(error) => {
                let parts = rest.clone().take(first_message(rest.clone()));
                match send_batch(socket, parts, Segmentation::Ours) {
                    Ok(sent) => {
                        if never_cuts(&error) {
                            *segmentation = Segmentation::Ours;
                        }
                        sent
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                    Err(_) => 1,
                }
            }
        };
        rest.nth(sent.max(1) - 1);
    }
}

/// How many of the first datagrams are one message.
fn first_message<'a>(mut datagrams: impl Iterator<Item = (Option<SocketAddr>, &'a [u8])>) -> usize {
    let Some((target, bytes)) = datagrams.next() else { return 0 };
    let mut message = Message::new(target, 0, bytes.len());
    for (target, bytes) in datagrams.take(BATCH - 1) {
        if !message.takes(target, bytes.len()) {
            break;
        }
        message.add(bytes.len());
    }
    message.count
}

/// What kernels say that cannot cut for this socket, or for what it sends through. That a message
/// is too long for the way to one peer (`EINVAL`, `EMSGSIZE`) says nothing of other peers.
fn never_cuts(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EIO | libc::EOPNOTSUPP))
}

/// Sends the first datagrams, at most [`BATCH`]. Returns how many the kernel took; the error is
/// that of the first.
fn send_batch<'a>(
    socket: BorrowedFd<'_>,
    datagrams: impl Iterator<Item = (Option<SocketAddr>, &'a [u8])>,
    segmentation: Segmentation,
) -> io::Result<usize> {
    // SAFETY: an array of zeros is one of parts that hold nothing.
    let mut parts: [libc::iovec; BATCH] = unsafe { zeroed() };
    let mut messages = [const { None::<Message> }; BATCH];
    let mut count = 0;
    for (start, ((target, bytes), part)) in datagrams.zip(&mut parts).enumerate() {
        part.iov_base = bytes.as_ptr().cast_mut().cast();
        part.iov_len = bytes.len();
        let open = messages[..count].last_mut().and_then(Option::as_mut);
        match open.filter(|open| open.takes(target, bytes.len())) {
            Some(open) if segmentation == Segmentation::Kernel => open.add(bytes.len()),
            _ => {
                messages[count] = Some(Message::new(target, start, bytes.len()));
                count += 1;
            }
        }
    }
    hand_over(socket, &mut parts, &messages[..count])
}

fn hand_over(
    socket: BorrowedFd<'_>,
    parts: &mut [libc::iovec; BATCH],
    messages: &[Option<Message>],
) -> io::Result<usize> {
    let mut names = [const { MaybeUninit::<SockAddr>::uninit() }; BATCH];
    let mut controls = [[0u64; CONTROL_LEN / 8]; BATCH];
    // SAFETY: headers of zeros are valid ones without name, parts and control.
    let mut headers: [libc::mmsghdr; BATCH] = unsafe { zeroed() };
    let parts = parts.as_mut_ptr();
    for (((message, header), name), control) in
        messages.iter().flatten().zip(&mut headers).zip(&mut names).zip(&mut controls)
    {
        let header = &mut header.msg_hdr;
        if let Some(target) = message.target {
            let name = name.write(SockAddr::from(target));
            header.msg_name = name.as_ptr().cast_mut().cast();
            header.msg_namelen = name.len();
        }
        // The parts of a message lie beside each other.
        header.msg_iov = parts.wrapping_add(message.start);
        header.msg_iovlen = message.count;
        if message.count > 1 {
            header.msg_control = control.as_mut_ptr().cast();
            header.msg_controllen = CONTROL_LEN;
            // SAFETY: the header points at a control that has room for one message of two bytes.
            unsafe { state_segment(header, message.segment as u16) };
        }
    }
    // SAFETY: the headers of the messages point at names, parts, controls and bytes that live to
    // the end of this call; to send, the kernel only reads them.
    let taken = unsafe {
        libc::sendmmsg(
            socket.as_raw_fd(),
            headers.as_mut_ptr(),
            messages.len() as libc::c_uint,
            libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL,
        )
    };
    let taken = usize::try_from(taken).map_err(|_| io::Error::last_os_error())?;
    Ok(messages.iter().flatten().take(taken).map(|message| message.count).sum())
}

/// Has the kernel cut a message into datagrams of so many bytes.
///
/// # Safety
/// The control of `header` is writable, and has [`CONTROL_LEN`] bytes, as `msg_controllen` says.
unsafe fn state_segment(header: &libc::msghdr, bytes: u16) {
    // SAFETY: the caller's promise; a control of that length has room for this one.
    unsafe {
        let control = libc::CMSG_FIRSTHDR(header);
        (*control).cmsg_level = libc::SOL_UDP;
        (*control).cmsg_type = UDP_SEGMENT;
        (*control).cmsg_len = libc::CMSG_LEN(size_of::<u16>() as libc::c_uint) as usize;
        libc::CMSG_DATA(control).cast::<u16>().write_unaligned(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Inbox, enlarge_buffers, receive_batch};
    use super::*;
    use std::net::UdpSocket;
    use std::os::fd::AsFd;

    fn pair(host: &str) -> (UdpSocket, UdpSocket) {
        let bind = || UdpSocket::bind(host).expect("loopback");
        let (from, to) = (bind(), bind());
        enlarge_buffers(to.as_fd(), 4 << 20);
        (from, to)
    }

    fn taken(socket: &UdpSocket) -> Vec<Vec<u8>> {
        let (mut inbox, mut all) = (Inbox::new(), vec![]);
        while let Ok(count) = receive_batch(socket.as_fd(), &mut inbox) {
            all.extend(inbox.datagrams(count).map(|(_, bytes)| bytes.to_vec()));
        }
        all
    }

    /// Of pictures: some of one length, the last shorter, then the next picture.
    fn lengths() -> Vec<usize> {
        let mut lengths = vec![13, 1_100, 1_100, 1_100, 420, 1_100, 700, 700, 900, 5, 5];
        lengths.extend([1_200; 150]);
        lengths
    }

    #[test]
    fn datagrams_come_as_they_were_whoever_cuts_them() {
        for host in ["127.0.0.1:0", "[::1]:0"] {
            for mut segmentation in [Segmentation::Kernel, Segmentation::Ours] {
                let ((from, to), before) = (pair(host), segmentation);
                let target = to.local_addr().expect("bound");
                let numbered = lengths().into_iter().enumerate();
                let sent: Vec<_> = numbered.map(|(n, len)| vec![n as u8; len]).collect();
                let all = sent.iter().map(|bytes| (Some(target), bytes.as_slice()));
                send_all(from.as_fd(), all, &mut segmentation);
                assert_eq!(taken(&to), sent);
                assert_eq!(segmentation, before);
            }
        }
    }

    #[test]
    fn a_socket_with_a_peer_needs_no_target_and_others_get_theirs() {
        let (from, to) = pair("127.0.0.1:0");
        let (_, other) = pair("127.0.0.1:0");
        from.connect(to.local_addr().expect("bound")).expect("loopback");
        let other_at = Some(other.local_addr().expect("bound"));
        let all = [(None, &[1; 9][..]), (other_at, &[2; 9]), (other_at, &[3; 9]), (None, &[4; 9])];
        send_all(from.as_fd(), all.into_iter(), &mut Segmentation::Kernel);
        assert_eq!(taken(&to), [[1; 9], [4; 9]]);
        assert_eq!(taken(&other), [[2; 9], [3; 9]]);
    }

    #[test]
    fn a_peer_that_cannot_be_reached_costs_its_own_datagrams_and_no_cutting() {
        let (from, to) = pair("127.0.0.1:0");
        let nowhere = Some("127.0.0.1:0".parse().expect("an address"));
        let there = Some(to.local_addr().expect("bound"));
        let all = [(nowhere, &[1; 9][..]), (nowhere, &[2; 9]), (there, &[3; 9]), (there, &[4; 9])];
        let mut segmentation = Segmentation::Kernel;
        send_all(from.as_fd(), all.into_iter(), &mut segmentation);
        assert_eq!(taken(&to), [[3; 9], [4; 9]]);
        assert_eq!(segmentation, Segmentation::Kernel);
    }

    #[test]
    fn what_the_kernel_does_not_cut_goes_as_datagrams_and_others_are_cut_on() {
        let (from, to) = pair("127.0.0.1:0");
        let there = Some(to.local_addr().expect("bound"));
        // Without checksums (`SO_NO_CHECK`) kernels do not cut, with the same word as for a message
        // that is too long for the way to its peer.
        let sent = [vec![1; 900], vec![2; 900], vec![3; 900]];
        no_checksums(&from);
        let mut segmentation = Segmentation::Kernel;
        let all = sent.iter().map(|bytes| (there, bytes.as_slice()));
        send_all(from.as_fd(), all, &mut segmentation);
        assert_eq!(taken(&to), sent);
        assert_eq!(segmentation, Segmentation::Kernel);
    }

    #[test]
    fn a_way_that_takes_only_shorter_messages_ends_cutting_for_nobody_else() {
        let error = io::Error::from_raw_os_error;
        assert!(!never_cuts(&error(libc::EINVAL)) && !never_cuts(&error(libc::EMSGSIZE)));
        assert!(never_cuts(&error(libc::EIO)) && never_cuts(&error(libc::EOPNOTSUPP)));
        let [here, there] = ["127.0.0.1:1", "127.0.0.1:2"].map(|at| at.parse().ok());
        let all = [(here, &[0; 9][..]), (here, &[0; 9]), (here, &[0; 5]), (here, &[0; 5])];
        assert_eq!(first_message(all.into_iter()), 3);
        assert_eq!(first_message([all[0], (there, &[0; 9][..])].into_iter()), 1);
        assert_eq!(first_message([].into_iter()), 0);
    }

    fn no_checksums(socket: &UdpSocket) {
        let on: libc::c_int = 1;
        // SAFETY: the descriptor is open, and the value is an int of the size stated.
        let result = unsafe {
            libc::setsockopt(
                socket.as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_NO_CHECK,
                (&raw const on).cast(),
                size_of::<libc::c_int>() as libc::socklen_t,
            )
        };
        assert_eq!(result, 0);
    }
}
