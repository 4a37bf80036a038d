//! The system calls that no safe wrapper covers.
#![allow(unsafe_code)]

mod send;

pub(crate) use send::{Segmentation, send_all};

use std::io;
use std::mem::{MaybeUninit, size_of, zeroed};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Duration;

/// Priority of a media worker among real-time threads: above ordinary ones, below the kernel's.
const WORKER_PRIORITY: i32 = 10;

/// Room for one `SCM_TIMESTAMPNS`, with its header and alignment.
const CONTROL_LEN: usize = 64;

/// Datagrams that one system call takes or sends at most.
pub(crate) const BATCH: usize = 64;

/// Bytes of each place of an [`Inbox`]: an Ethernet frame's, with room to see that it is longer.
const PLACE: usize = 2048;

/// One datagram, as the kernel gave it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Received {
    /// Its length in bytes.
    pub(crate) len: usize,
    /// Who sent it.
    pub(crate) source: SocketAddr,
    /// When the kernel took it, by the wall clock since 1970. `None` where it did not say.
    pub(crate) arrival: Option<Duration>,
    /// It was longer than the buffer.
    pub(crate) truncated: bool,
}

/// Makes the calling thread a real-time one (`SCHED_FIFO`). Needs `CAP_SYS_NICE`.
pub(crate) fn make_realtime() -> io::Result<()> {
    let parameter = libc::sched_param { sched_priority: WORKER_PRIORITY };
    // SAFETY: thread 0 is the calling one, and `parameter` outlives the call.
    let result = unsafe { libc::sched_setscheduler(0, libc::SCHED_FIFO, &raw const parameter) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Closes all descriptors but the standard three: in a process that has just begun, and has opened
/// none itself, they come from whoever started it.
pub(crate) fn close_inherited() -> io::Result<()> {
    // SAFETY: nothing in this process knows the descriptors that it closes.
    let result = unsafe { libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Bytes of a cache line.
const CACHE_LINE: usize = 64;

/// Has the processor fetch a value that is needed soon. A worker visits its legs one after the
/// other, each cold from all that the kernel did in between; while one is worked on, the next
/// is on its way.
pub(crate) fn prefetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        let start = std::ptr::from_ref(value).cast::<i8>();
        for offset in (0..size_of::<T>()).step_by(CACHE_LINE) {
            // SAFETY: the address lies within `value`, and a prefetch reads nothing that the
            // program can see.
            unsafe { _mm_prefetch::<_MM_HINT_T0>(start.add(offset)) };
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}

/// Has the kernel stamp each datagram with the time at which it came.
pub(crate) fn enable_timestamps(socket: BorrowedFd<'_>) -> io::Result<()> {
    let on: libc::c_int = 1;
    // SAFETY: the descriptor is open for the borrow, and the value is an int of the size stated.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_TIMESTAMPNS,
            (&raw const on).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Takes one datagram without waiting. `WouldBlock` where there is none. A socket that is
/// connected takes them from its `peer` alone, and need not be told the source each time.
pub(crate) fn receive(
    socket: BorrowedFd<'_>,
    peer: Option<SocketAddr>,
    buffer: &mut [u8],
) -> io::Result<Received> {
    let mut name = MaybeUninit::<libc::sockaddr_storage>::uninit();
    let mut control = MaybeUninit::<[u64; CONTROL_LEN / 8]>::uninit();
    let mut part = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    // SAFETY: a msghdr of zeros is a valid one without name, parts and control.
    let mut header: libc::msghdr = unsafe { zeroed() };
    if peer.is_none() {
        header.msg_name = name.as_mut_ptr().cast();
        header.msg_namelen = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
    }
    header.msg_iov = &raw mut part;
    header.msg_iovlen = 1;
    header.msg_control = control.as_mut_ptr().cast();
    header.msg_controllen = CONTROL_LEN;
    // SAFETY: all that `header` points at lives to the end of this function, with the lengths
    // stated; the kernel writes within them.
    let len = unsafe { libc::recvmsg(socket.as_raw_fd(), &raw mut header, libc::MSG_DONTWAIT) };
    if len < 0 {
        return Err(io::Error::last_os_error());
    }
    let source = match peer {
        Some(peer) => peer,
        // SAFETY: the kernel filled `msg_namelen` bytes of the name, enough for its family.
        None => unsafe { address(name.as_ptr(), header.msg_namelen) }
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?,
    };
    Ok(Received {
        len: len as usize,
        source,
        // SAFETY: `header` still points at `control`, and the kernel set `msg_controllen`.
        arrival: unsafe { timestamp(&header) },
        truncated: header.msg_flags & libc::MSG_TRUNC != 0,
    })
}

/// What a batch is received into.
pub(crate) struct Inbox {
    bytes: [[u8; PLACE]; BATCH],
    received: [Option<Received>; BATCH],
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inbox")
    }
}

impl Inbox {
    pub(crate) fn new() -> Box<Self> {
        Box::new(Self { bytes: [[0; PLACE]; BATCH], received: [None; BATCH] })
    }

    /// The first `count` datagrams of the last batch, to be opened in place.
    pub(crate) fn datagrams_mut(
        &mut self,
        count: usize,
    ) -> impl Iterator<Item = (&Received, &mut [u8])> {
        let datagrams = self.received.iter().zip(&mut self.bytes).take(count);
        datagrams.filter_map(|(received, bytes)| {
            let received = received.as_ref()?;
            Some((received, bytes.get_mut(..received.len)?))
        })
    }

    /// The first `count` datagrams of the last batch.
    pub(crate) fn datagrams(&self, count: usize) -> impl Iterator<Item = (&Received, &[u8])> {
        self.received.iter().zip(&self.bytes).take(count).filter_map(|(received, bytes)| {
            let received = received.as_ref()?;
            Some((received, bytes.get(..received.len)?))
        })
    }
}

/// Takes as many datagrams as there are, at most [`BATCH`], without waiting. `WouldBlock` where
/// there is none.
pub(crate) fn receive_batch(socket: BorrowedFd<'_>, inbox: &mut Inbox) -> io::Result<usize> {
    let mut names = [const { MaybeUninit::<libc::sockaddr_storage>::uninit() }; BATCH];
    let mut controls = [const { MaybeUninit::<[u64; CONTROL_LEN / 8]>::uninit() }; BATCH];
    let mut parts = inbox
        .bytes
        .each_mut()
        .map(|place| libc::iovec { iov_base: place.as_mut_ptr().cast(), iov_len: PLACE });
    // SAFETY: headers of zeros are valid ones without name, parts and control.
    let mut headers: [libc::mmsghdr; BATCH] = unsafe { zeroed() };
    for (((header, name), control), part) in
        headers.iter_mut().zip(&mut names).zip(&mut controls).zip(&mut parts)
    {
        header.msg_hdr.msg_name = name.as_mut_ptr().cast();
        header.msg_hdr.msg_namelen = size_of::<libc::sockaddr_storage>() as libc::socklen_t;
        header.msg_hdr.msg_iov = part;
        header.msg_hdr.msg_iovlen = 1;
        header.msg_hdr.msg_control = control.as_mut_ptr().cast();
        header.msg_hdr.msg_controllen = CONTROL_LEN;
    }
    // SAFETY: all that the headers point at lives to the end of this function, with the lengths
    // stated; the kernel writes within them.
    let count = unsafe {
        libc::recvmmsg(
            socket.as_raw_fd(),
            headers.as_mut_ptr(),
            BATCH as libc::c_uint,
            libc::MSG_DONTWAIT,
            std::ptr::null_mut(),
        )
    };
    let count = usize::try_from(count).map_err(|_| io::Error::last_os_error())?;
    for ((header, name), received) in
        headers.iter().zip(&names).zip(&mut inbox.received).take(count)
    {
        let len = header.msg_len as usize;
        // SAFETY: the kernel filled `msg_namelen` bytes of the name, enough for its family.
        let source = unsafe { address(name.as_ptr(), header.msg_hdr.msg_namelen) };
        *received = source.map(|source| Received {
            len,
            source,
            // SAFETY: the header still points at its control, and the kernel set its length.
            arrival: unsafe { timestamp(&header.msg_hdr) },
            truncated: header.msg_hdr.msg_flags & libc::MSG_TRUNC != 0,
        });
    }
    Ok(count)
}

/// Makes room for `bytes` in a socket both ways: beyond the system's limit where the process may
/// (`CAP_NET_ADMIN`), else up to it.
pub(crate) fn enlarge_buffers(socket: BorrowedFd<'_>, bytes: usize) {
    let bytes = libc::c_int::try_from(bytes).unwrap_or(libc::c_int::MAX);
    let set = |option| {
        // SAFETY: the descriptor is open for the borrow, and the value is an int of the size
        // stated.
        unsafe {
            libc::setsockopt(
                socket.as_raw_fd(),
                libc::SOL_SOCKET,
                option,
                (&raw const bytes).cast(),
                size_of::<libc::c_int>() as libc::socklen_t,
            ) == 0
        }
    };
    for (forced, limited) in
        [(libc::SO_RCVBUFFORCE, libc::SO_RCVBUF), (libc::SO_SNDBUFFORCE, libc::SO_SNDBUF)]
    {
        // The limited one takes what the limit leaves of it.
        let _ = set(forced) || set(limited);
    }
}

/// Reads a socket address.
///
/// # Safety
/// `name` has `len` bytes that the kernel wrote.
unsafe fn address(name: *const libc::sockaddr_storage, len: libc::socklen_t) -> Option<SocketAddr> {
    if (len as usize) < size_of::<libc::sa_family_t>() {
        return None;
    }
    // SAFETY: the family stands first in every address, and its bytes are written.
    match i32::from(unsafe { (*name.cast::<libc::sockaddr>()).sa_family }) {
        libc::AF_INET if len as usize >= size_of::<libc::sockaddr_in>() => {
            // SAFETY: family and length say that it is a sockaddr_in.
            let v4 = unsafe { &*name.cast::<libc::sockaddr_in>() };
            let ip = Ipv4Addr::from(u32::from_be(v4.sin_addr.s_addr));
            Some(SocketAddr::new(IpAddr::V4(ip), u16::from_be(v4.sin_port)))
        }
        libc::AF_INET6 if len as usize >= size_of::<libc::sockaddr_in6>() => {
            // SAFETY: family and length say that it is a sockaddr_in6.
            let v6 = unsafe { &*name.cast::<libc::sockaddr_in6>() };
            let ip = Ipv6Addr::from(v6.sin6_addr.s6_addr);
            let port = u16::from_be(v6.sin6_port);
            // A link-local peer is reached only through its own link.
            Some(SocketAddrV6::new(ip, port, 0, v6.sin6_scope_id).into())
        }
        _ => None,
    }
}

/// Reads `SCM_TIMESTAMPNS`.
///
/// # Safety
/// `header` is as `recvmsg` left it, and its control bytes still live.
unsafe fn timestamp(header: &libc::msghdr) -> Option<Duration> {
    // SAFETY: the caller's promise; the macros stay within `msg_controllen`.
    unsafe {
        let mut message = libc::CMSG_FIRSTHDR(header);
        while !message.is_null() {
            if (*message).cmsg_level == libc::SOL_SOCKET
                && (*message).cmsg_type == libc::SCM_TIMESTAMPNS
            {
                let time = libc::CMSG_DATA(message).cast::<libc::timespec>().read_unaligned();
                return Some(Duration::new(
                    u64::try_from(time.tv_sec).ok()?,
                    u32::try_from(time.tv_nsec).ok()?,
                ));
            }
            message = libc::CMSG_NXTHDR(header, message);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::UdpSocket;
    use std::os::fd::AsFd;
    use std::time::{SystemTime, UNIX_EPOCH};

    #[test]
    fn a_datagram_comes_with_its_source_and_its_time() {
        for host in ["127.0.0.1:0", "[::1]:0"] {
            let to = UdpSocket::bind(host).expect("loopback");
            enable_timestamps(to.as_fd()).expect("linux");
            let from = UdpSocket::bind(host).expect("loopback");
            let mut buffer = [0; 4];
            assert_eq!(
                receive(to.as_fd(), None, &mut buffer).expect_err("empty").kind(),
                io::ErrorKind::WouldBlock
            );
            let before = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
            from.send_to(b"hello", to.local_addr().expect("bound")).expect("sent");
            let got = receive(to.as_fd(), None, &mut buffer).expect("queued on loopback");
            assert_eq!(got.source, from.local_addr().expect("bound"));
            assert_eq!((got.len, got.truncated, &buffer), (4, true, b"hell"));
            let arrival = got.arrival.expect("stamped");
            assert!(arrival >= before - Duration::from_millis(5), "{arrival:?} {before:?}");
        }
    }

    #[test]
    fn batches_go_out_and_come_in_whole() {
        let to = UdpSocket::bind("127.0.0.1:0").expect("loopback");
        enable_timestamps(to.as_fd()).expect("linux");
        enlarge_buffers(to.as_fd(), 4 << 20);
        let from = UdpSocket::bind("127.0.0.1:0").expect("loopback");
        let target = to.local_addr().expect("bound");
        let mut inbox = Inbox::new();
        let error = receive_batch(to.as_fd(), &mut inbox).expect_err("empty");
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        let datagrams: Vec<_> = (0..100u8).map(|n| vec![n; 1 + usize::from(n)]).collect();
        let all = datagrams.iter().map(|bytes| (Some(target), bytes.as_slice()));
        send_all(from.as_fd(), all, &mut Segmentation::Ours);
        let mut taken = vec![];
        while let Ok(count) = receive_batch(to.as_fd(), &mut inbox) {
            for (received, bytes) in inbox.datagrams(count) {
                assert_eq!(received.source, from.local_addr().expect("bound"));
                assert!(received.arrival.is_some() && !received.truncated);
                taken.push(bytes.to_vec());
            }
        }
        assert_eq!(taken, datagrams);
    }
}
