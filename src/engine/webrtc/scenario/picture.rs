//! Pictures both ways, lost packets, and what both sides ask of each other.

use super::peer::Peer;
use super::*;
use causeway_base::Bitrate;
use causeway_rtp::video::KeyFrameMethod;
use str0m::Event;
use str0m::media::KeyframeRequestKind;

const LINE: SessionLine = SessionLine::Video(0);

#[test]
fn pictures_pass_both_ways() {
    let mut call = Call::open(vec![line(0)]);
    for number in 1..=20 {
        call.peer.film(call.now.instant, CAMERA, number);
        call.show(0, 10 * number as u16, 3);
        call.tick();
    }
    assert_eq!(call.sequences(LINE, 0), (1..=20).collect::<Vec<_>>());
    let first = &call.taken[0];
    assert_eq!((first.ssrc, first.payload_type), (CAMERA, VP8));
    assert_eq!(first.payload, vec![1; 900]);
    let shown = call.peer.sequences(SHOWN);
    let sent: Vec<u16> =
        (1..=20).flat_map(|number| (0..3).map(move |at| 10 * number + at)).collect();
    assert_eq!(shown, sent);
    let last = call.peer.packets.last().expect("came");
    assert!(last.header.marker);
    assert_eq!((last.header.timestamp, *last.header.payload_type), (600_000, VP8));
    assert_eq!(*last.payload, [2; 1_000]);
}

#[test]
fn nothing_of_sound_is_taken_for_a_picture() {
    let mut call = Call::open(vec![line(0)]);
    let now = call.now.instant;
    call.peer.write(now, SPOKEN, OPUS, 1, vec![7; 40]);
    call.peer.film(now, CAMERA, 1);
    call.tick();
    assert_eq!(call.sequences(SessionLine::Audio, 0), [1]);
    assert_eq!(call.sequences(LINE, 0), [1]);
}

/// Loses the packets of a source with these numbers, the first time.
fn losing(source: u32, numbers: &'static [u16]) -> Path {
    Box::new(move |datagram| {
        let lost = source_of(datagram) == Some(source)
            && sequence_of(datagram).is_some_and(|number| numbers.contains(&number));
        !lost
    })
}

#[test]
fn what_is_lost_on_the_way_to_us_comes_again() {
    let mut call = Call::open(vec![line(0)]);
    call.to_session = losing(CAMERA, &[5, 6, 11]);
    for number in 1..=30 {
        call.peer.film(call.now.instant, CAMERA, number);
        call.tick();
    }
    call.wait(Duration::from_millis(200));
    let mut came = call.sequences(LINE, 0);
    assert_eq!(came.len(), 30, "each once");
    came.sort_unstable();
    assert_eq!(came, (1..=30).collect::<Vec<_>>());
    let again = call.taken.iter().find(|taken| taken.sequence == 11).expect("came again");
    assert_eq!((again.ssrc, again.payload_type), (CAMERA, VP8), "it is as it was first");
}

#[test]
fn what_is_lost_on_the_way_to_the_browser_is_sent_again() {
    let mut call = Call::open(vec![line(0)]);
    call.to_peer = losing(SHOWN, &[5, 6, 11]);
    for number in 1..=30 {
        call.show(0, number, 1);
        call.tick();
    }
    call.wait(Duration::from_millis(200));
    assert_eq!(call.peer.sequences(SHOWN), (1..=30).collect::<Vec<_>>());
}

#[test]
fn a_burst_is_sent_again_at_once_and_no_flood_is() {
    let mut call = Call::open(vec![line(0)]);
    for number in 1..=200 {
        call.show(0, number, 1);
        call.tick();
    }
    call.to_peer = Box::new(|datagram| source_of(datagram) != Some(SHOWN));
    for number in 201..=230 {
        call.show(0, number, 1);
    }
    call.to_peer = Box::new(|_| true);
    call.show(0, 231, 1);
    call.wait(Duration::from_millis(200));
    assert_eq!(call.peer.sequences(SHOWN).len(), 231);
    // A path that takes nothing: what is asked for again is no more than its share.
    let sent = std::rc::Rc::new(std::cell::Cell::new(0));
    let counted = std::rc::Rc::clone(&sent);
    call.to_peer = Box::new(move |datagram| {
        let again = source_of(datagram) == Some(SHOWN_RTX);
        counted.set(counted.get() + usize::from(again));
        !again && sequence_of(datagram).is_none_or(|number| number.is_multiple_of(2))
    });
    for number in 232..=431 {
        call.show(0, number, 1);
        call.tick();
    }
    assert!((20..=100).contains(&sent.get()), "{} of 200 again", sent.get());
}

/// The requests that the peer saw.
fn requests(peer: &Peer) -> Vec<KeyframeRequestKind> {
    let kind = |event: &Event| match event {
        Event::KeyframeRequest(request) => Some(request.kind),
        _ => None,
    };
    peer.events.iter().filter_map(kind).collect()
}

#[test]
fn a_full_picture_is_asked_for_by_either_means() {
    let mut call = Call::open(vec![line(0)]);
    call.peer.film(call.now.instant, CAMERA, 1);
    call.tick();
    let methods = [KeyFrameMethod::Info, KeyFrameMethod::Pli, KeyFrameMethod::Fir];
    for method in methods {
        let outbox = &mut call.outbox;
        call.session.ask_key_frame(call.now, 0, 0, method, outbox).expect("goes on");
        call.session.ask_key_frame(call.now, 7, 0, method, outbox).expect("no such line");
        call.session.ask_key_frame(call.now, 0, 7, method, outbox).expect("no such size");
        call.tick();
    }
    assert_eq!(requests(&call.peer), [KeyframeRequestKind::Pli, KeyframeRequestKind::Fir]);
}

#[test]
fn a_browser_is_heard_that_needs_a_full_picture() {
    let mut call = Call::open(vec![line(0), line(1)]);
    call.show(0, 1, 1);
    call.show(1, 1, 1);
    call.news.clear();
    for kind in [KeyframeRequestKind::Pli, KeyframeRequestKind::Fir] {
        let mut direct = call.peer.rtc.direct_api();
        let stream = direct.stream_rx(&(SHOWN + 2).into()).expect("declared");
        stream.request_keyframe(kind);
        call.tick();
        let wanted = |news: &News| match news {
            News::KeyFrameWanted(line) => Some(*line),
            _ => None,
        };
        let wanted: Vec<_> = call.news.drain(..).filter_map(|news| wanted(&news)).collect();
        assert_eq!(wanted, [1], "{kind:?}");
    }
}

#[test]
fn what_the_path_carries_is_told() {
    let mut call = Call::open(vec![line(0)]);
    call.show(0, 1, 1);
    call.news.clear();
    let mut direct = call.peer.rtc.direct_api();
    let stream = direct.stream_rx(&SHOWN.into()).expect("declared");
    stream.request_remb(str0m::bwe::Bitrate::kbps(768));
    call.tick();
    let told = |news: &News| match news {
        News::Estimated(rate) => Some(*rate),
        _ => None,
    };
    let told: Vec<_> = call.news.iter().filter_map(told).collect();
    assert_eq!(told, [Bitrate::kbps(768)]);
}

#[test]
fn our_packets_say_when_they_left_and_theirs_are_reported() {
    let mut call = Call::open(vec![line(0)]);
    for number in 1..=150 {
        call.show(0, number, 1);
        call.peer.film(call.now.instant, CAMERA, u64::from(number));
        call.tick();
    }
    let last = call.peer.packets.last().expect("came");
    let extensions = &last.header.ext_vals;
    assert!(extensions.abs_send_time.is_some());
    assert_eq!(extensions.transport_cc, None, "REMB is wanted, no report of each packet");
    let reported = |event: &Event| match event {
        Event::PeerStats(stats) => stats.egress_loss_fraction,
        _ => None,
    };
    let reported: Vec<_> = call.peer.events.iter().filter_map(reported).collect();
    assert_eq!(reported.last(), Some(&0.0), "the browser knows how its packets came");
}

#[test]
fn loss_is_told_of_its_line() {
    let mut call = Call::open(vec![line(0), line(1)]);
    call.to_peer = Box::new(|datagram| {
        let lost = source_of(datagram) == Some(SHOWN + 2)
            && sequence_of(datagram).is_some_and(|number| number.is_multiple_of(4));
        !lost && source_of(datagram) != Some(SHOWN_RTX + 2)
    });
    for number in 1..=500 {
        call.show(0, number, 1);
        call.show(1, number, 1);
        call.tick();
        call.news.extend(call.session.news());
    }
    let loss = |wanted: usize| {
        let of = |news: &News| match news {
            News::Measured(SessionLine::Video(line), stats, _) if *line == wanted => stats.loss,
            _ => None,
        };
        call.news.iter().filter_map(of).collect::<Vec<f32>>()
    };
    let (whole, broken) = (loss(0), loss(1));
    assert!(whole.len() >= 2 && whole.iter().all(|loss| *loss == 0.0), "{whole:?}");
    assert!(broken.len() >= 2 && broken.iter().all(|loss| (0.2..0.3).contains(loss)), "{broken:?}");
}

#[test]
fn sound_and_picture_are_reported_on_one_clock() {
    let mut call = Call::open(vec![line(0)]);
    call.wait(Duration::from_secs(2));
    let before = call.peer.events.len();
    // The picture was made 40 ms before it is sent.
    let made = call.now.instant;
    call.speak(1);
    call.wait(Duration::from_millis(40));
    let packet = picture(1, 0, 1, made);
    call.session.send_video(call.now, [(0, packet)], &mut call.outbox).expect("goes on");
    call.wait(Duration::from_secs(6));
    let reports = call.peer.events.drain(..).enumerate().filter_map(|(at, event)| match event {
        Event::SenderFeedback(report) => Some((at, report)),
        _ => None,
    });
    let mut seen = [0; 2];
    for (at, report) in reports {
        assert!(at >= before, "nothing is reported of what was not sent");
        let audio = report.mid == "0".into();
        seen[usize::from(audio)] += 1;
        let (first, rate) = if audio { (960, 48_000) } else { (3_000, 90_000) };
        let passed = report.received_at.saturating_duration_since(made).as_micros() as u64;
        let expected = first + passed * rate / 1_000_000;
        let told = report.sender_info.rtp_time.numer();
        assert!(told.abs_diff(expected) <= rate / 1_000, "{told} for {expected}");
    }
    assert!(seen.iter().all(|seen| *seen >= 1), "{seen:?}");
}

#[test]
fn what_fits_no_packet_is_not_sent() {
    let mut call = Call::open(vec![line(0)]);
    let mut long = picture(1, 0, 1, call.now.instant);
    long.payload = vec![0; 4_000].into();
    let packets = [long, picture(2, 0, 1, call.now.instant)];
    let packets = packets.into_iter().map(|packet| (0, packet));
    call.session.send_video(call.now, packets, &mut call.outbox).expect("goes on");
    call.tick();
    assert_eq!(call.peer.sequences(SHOWN), [2]);
}
