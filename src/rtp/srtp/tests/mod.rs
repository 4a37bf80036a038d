mod interoperation;
mod rules;
mod vectors;

use super::*;

/// A key that differs per suite and `salt`.
fn key(suite: SrtpSuite, salt: u8) -> SrtpKey {
    let keying: Vec<u8> =
        (0..suite.keying_len()).map(|at| (at as u8).wrapping_mul(7) ^ salt).collect();
    SrtpKey::new(suite, &keying).unwrap()
}

fn pair(suite: SrtpSuite) -> (SrtpSender, SrtpReceiver) {
    let key = key(suite, 1);
    (SrtpSender::new(suite, &key).unwrap(), SrtpReceiver::new(suite, &key).unwrap())
}

/// An RTP packet with this number; the payload tells it too.
fn rtp(ssrc: u32, seq: u16) -> Vec<u8> {
    let mut packet = vec![0x80, 8];
    packet.extend(seq.to_be_bytes());
    packet.extend((u32::from(seq) * 160).to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.extend((0..160u8).map(|at| at ^ seq as u8));
    packet
}

/// A receiver report.
fn rtcp(ssrc: u32) -> Vec<u8> {
    let mut packet = vec![0x81, 201, 0, 7];
    packet.extend(ssrc.to_be_bytes());
    packet.extend(0..24u8);
    packet
}

fn protect_rtp(sender: &mut SrtpSender, packet: &[u8]) -> Vec<u8> {
    let mut buffer = packet.to_vec();
    buffer.resize(packet.len() + MAX_SRTP_OVERHEAD, 0xee);
    let len = sender.protect_rtp(&mut buffer, packet.len()).unwrap();
    buffer.truncate(len);
    buffer
}

fn protect_rtcp(sender: &mut SrtpSender, packet: &[u8]) -> Vec<u8> {
    let mut buffer = packet.to_vec();
    buffer.resize(packet.len() + MAX_SRTP_OVERHEAD, 0xee);
    let len = sender.protect_rtcp(&mut buffer, packet.len()).unwrap();
    buffer.truncate(len);
    buffer
}

/// Opens a copy.
fn open_rtp(receiver: &mut SrtpReceiver, packet: &[u8]) -> Result<Vec<u8>, SrtpError> {
    let mut packet = packet.to_vec();
    let before = packet.clone();
    match receiver.unprotect_rtp(&mut packet) {
        Ok(len) => packet.truncate(len),
        Err(error) => {
            assert_eq!(packet, before, "a refused packet is left alone");
            return Err(error);
        }
    }
    Ok(packet)
}

fn open_rtcp(receiver: &mut SrtpReceiver, packet: &[u8]) -> Result<Vec<u8>, SrtpError> {
    let mut packet = packet.to_vec();
    let len = receiver.unprotect_rtcp(&mut packet)?;
    packet.truncate(len);
    Ok(packet)
}
