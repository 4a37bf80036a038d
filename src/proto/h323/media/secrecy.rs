//! Channels whose media is encrypted (H.235.6): how they are said, whose keys they have, and new
//! keys for them.

use super::format::{Coding, Kind};
use super::line::{Line, Sending, Why};
use super::{Channels, channel};
use crate::h323::h235::{Keys, algorithm, is_ours};
use crate::h323::h245::Command;
use causeway_asn1::h245::{
    CommandMessage, DataType, EncryptionAuthenticationAndIntegrity, EncryptionSync,
    EncryptionUpdateDirection, H235Media, H235MediaMediaType, MediaEncryptionAlgorithm,
    MiscellaneousCommand, MiscellaneousCommandType as Type,
    MiscellaneousCommandTypeEncryptionUpdateAck as UpdateAck,
    MiscellaneousCommandTypeEncryptionUpdateCommand as UpdateCommand,
    MultimediaSystemControlMessage as Message, OpenLogicalChannel, OpenLogicalChannelAck,
    OpenLogicalChannelRejectCause as Cause,
};
use causeway_plan::{Encryption, H235Key, H235Way};

/// Algorithms of one capability or channel that are looked at: there are some twelve.
const MAX_ALGORITHMS: usize = 32;

/// The payload type of encrypted sound: what is encrypted has one of its own, also where the codec
/// has a fixed one.
pub(super) const SOUND: u8 = 120;

/// What may be sent: how, and whether encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) coding: Coding,
    pub(super) secret: bool,
}

impl Choice {
    /// Whether a channel of one serves for the other.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        self.secret == other.secret && self.coding.is_like(&other.coding)
    }
}

/// AES-128, and nothing beside it.
pub(super) fn algorithms() -> EncryptionAuthenticationAndIntegrity {
    EncryptionAuthenticationAndIntegrity {
        encryption_capability: Some(vec![MediaEncryptionAlgorithm::Algorithm(algorithm())]),
        ..EncryptionAuthenticationAndIntegrity::default()
    }
}

/// Whether AES-128 is among them.
pub(super) fn has_ours(said: &EncryptionAuthenticationAndIntegrity) -> bool {
    let said = said.encryption_capability.iter().flatten().take(MAX_ALGORITHMS);
    said.into_iter().any(
        |said| matches!(said, MediaEncryptionAlgorithm::Algorithm(algorithm) if is_ours(algorithm)),
    )
}

/// What a channel carries, encrypted.
pub(super) fn say(data_type: DataType) -> Option<DataType> {
    let media_type = match data_type {
        DataType::AudioData(audio) => H235MediaMediaType::AudioData(audio),
        DataType::VideoData(video) => H235MediaMediaType::VideoData(video),
        _ => return None,
    };
    Some(DataType::H235Media(Box::new(H235Media {
        encryption_authentication_and_integrity: algorithms(),
        media_type: Box::new(media_type),
    })))
}

/// What a channel carries within its encryption. `None` where it has none that is ours.
pub(super) fn within(data_type: &DataType) -> Option<DataType> {
    let DataType::H235Media(media) = data_type else { return None };
    let ours = has_ours(&media.encryption_authentication_and_integrity);
    match &*media.media_type {
        H235MediaMediaType::AudioData(audio) if ours => Some(DataType::AudioData(audio.clone())),
        H235MediaMediaType::VideoData(video) if ours => Some(DataType::VideoData(video.clone())),
        _ => None,
    }
}

impl Channels {
    /// Both sides share a secret now: encrypted channels may open.
    pub(in crate::h323) fn secure(&mut self, keys: Keys) {
        self.keys = Some(keys);
        if self.begun {
            self.say_capabilities();
        }
        self.advance();
    }

    /// Whether they may.
    pub(in crate::h323) const fn is_secured(&self) -> bool {
        self.keys.is_some()
    }

    /// Whether nothing may flow in the clear.
    pub(in crate::h323) fn is_strict(&self) -> bool {
        self.terms.policy.encryption == Encryption::Required
    }

    /// Whether the other side takes something, and no sound that is encrypted, as policy wants it.
    pub(in crate::h323) fn lacks_encryption(&self) -> bool {
        self.is_strict()
            && self.theirs().is_some_and(|theirs| {
                !theirs.is_mute() && self.choices(theirs, Kind::Sound).is_empty()
            })
    }

    /// A key of ours for media of a payload type, if we are master; if we are not, it is awaited.
    pub(super) fn keyed(&mut self, payload_type: u8) -> Option<(H235Way, Option<EncryptionSync>)> {
        if !self.master {
            return Some((H235Way::Awaited, None));
        }
        let (key, sync) = self.keys.as_mut()?.issue(payload_type)?;
        Some((H235Way::Keyed(key), Some(sync)))
    }

    /// The key of an encrypted channel that the other side opens, and what our answer says of it.
    ///
    /// # Errors
    /// Why the channel is refused: without a secret, or a key from who has to make it.
    pub(super) fn key_of(
        &mut self,
        open: &OpenLogicalChannel,
        payload_type: u8,
    ) -> Result<(H235Key, Option<EncryptionSync>), Cause> {
        let keys = self.keys.as_mut().ok_or(Cause::SecurityDenied)?;
        if self.master {
            let (key, sync) = keys.issue(payload_type).ok_or(Cause::SecurityDenied)?;
            return Ok((key, Some(sync)));
        }
        let sync = open.encryption_sync.as_ref().ok_or(Cause::SecurityDenied)?;
        keys.open(sync).map(|key| (key, None)).ok_or(Cause::SecurityDenied)
    }

    /// A channel of ours is taken. One whose key is missing is closed again, as if it were refused.
    pub(super) fn opened(&mut self, ack: &OpenLogicalChannelAck) {
        let number = ack.forward_logical_channel_number;
        let keys = self.keys.as_ref();
        let key =
            ack.encryption_sync.as_ref().and_then(|sync| keys.and_then(|keys| keys.open(sync)));
        for line in [&mut self.sound, &mut self.picture] {
            let Sending::Opening { new, .. } = line.sending else { continue };
            if new.number != number {
                continue;
            }
            if new.secrecy == H235Way::Awaited && key.is_none() {
                let old = line.refused(number, Why::Unwanted);
                self.commands.push(Command::Close(number));
                self.commands.extend(old.map(Command::Close));
                return;
            }
            line.opened(number, |sent| {
                channel::fill(sent, ack);
                if let (H235Way::Awaited, Some(key)) = (sent.secrecy, key) {
                    sent.secrecy = H235Way::Keyed(key);
                    sent.payload_type = key.payload_type;
                }
            });
            // What limits the one before, or came before the answer, holds.
            line.limit = channel::starts_at(ack).or(line.limit);
        }
    }

    /// New keys, asked for or brought (H.235.6); what is none of that is passed over.
    pub(super) fn ordered(&mut self, command: &MiscellaneousCommand) {
        let number = command.logical_channel_number;
        let direction = command.direction.as_ref();
        match &command.type_ {
            Type::EncryptionUpdateRequest(_) if self.master => self.renew(number, direction),
            Type::EncryptionUpdate(sync) if !self.master => self.renewed(number, direction, sync),
            Type::EncryptionUpdateCommand(command) if !self.master => {
                self.renewed(number, direction, &command.encryption_sync);
            }
            _ => {}
        }
    }

    /// As master we make a channel another key, under another payload type. Who does not say whose
    /// channel means the one that it hears.
    fn renew(&mut self, number: u16, direction: Option<&EncryptionUpdateDirection>) {
        let theirs = matches!(direction, Some(EncryptionUpdateDirection::SlaveToMaster));
        let Some(keys) = &mut self.keys else { return };
        for line in [&mut self.sound, &mut self.picture] {
            let Some(old) = line.key(number, !theirs) else { continue };
            let Some((key, sync)) = keys.issue(old.payload_type ^ 1) else { return };
            line.rekey(number, !theirs, key);
            let type_ = match direction {
                None => Type::EncryptionUpdate(Box::new(sync)),
                Some(_) => Type::EncryptionUpdateCommand(Box::new(UpdateCommand {
                    encryption_sync: sync,
                    ..UpdateCommand::default()
                })),
            };
            let direction = direction.cloned();
            return self.commands.push(said(number, type_, direction));
        }
    }

    /// The master made a channel another key.
    fn renewed(
        &mut self,
        number: u16,
        direction: Option<&EncryptionUpdateDirection>,
        sync: &EncryptionSync,
    ) {
        let ours = matches!(direction, Some(EncryptionUpdateDirection::SlaveToMaster));
        let Some(key) = self.keys.as_ref().and_then(|keys| keys.open(sync)) else { return };
        for line in [&mut self.sound, &mut self.picture] {
            if line.key(number, ours).is_none() {
                continue;
            }
            line.rekey(number, ours, key);
            if ours {
                let ack = UpdateAck { synch_flag: key.payload_type };
                let type_ = Type::EncryptionUpdateAck(ack);
                return self.commands.push(said(number, type_, direction.cloned()));
            }
        }
    }
}

fn said(number: u16, type_: Type, direction: Option<EncryptionUpdateDirection>) -> Command {
    let command = MiscellaneousCommand { logical_channel_number: number, type_, direction };
    let command = CommandMessage::MiscellaneousCommand(command);
    Command::Send(Box::new(Message::Command(Box::new(command))))
}

impl Line {
    /// The key of a channel of ours, or of the other side's.
    fn key(&self, number: u16, ours: bool) -> Option<H235Key> {
        let secrecy = if ours {
            self.carrier().filter(|sent| sent.number == number)?.secrecy
        } else {
            self.receiving.iter().find(|receiving| receiving.number == number)?.secrecy
        };
        secrecy.key()
    }

    /// Gives it another.
    fn rekey(&mut self, number: u16, ours: bool, key: H235Key) {
        if ours {
            if let Sending::Open(sent) | Sending::Opening { old: Some(sent), .. } =
                &mut self.sending
            {
                sent.secrecy = H235Way::Keyed(key);
                sent.payload_type = key.payload_type;
                self.last_sent = Some(*sent);
            }
            return;
        }
        let of = |receiving: &&mut super::line::Receiving| receiving.number == number;
        if let Some(receiving) = self.receiving.iter_mut().find(of) {
            receiving.secrecy = H235Way::Keyed(key);
            receiving.former_payload_type = Some(receiving.payload_type);
            receiving.payload_type = key.payload_type;
            self.last_received = Some(*receiving);
        }
    }
}
