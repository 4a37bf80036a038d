//! What the outside may see of and do with running conferences: the API's and the console's door.

use crate::actor::task::News;
use crate::actor::{Handover, Message, Watcher};
use crate::directory::{ConferenceHandle, Directory, RECEPTION};
use crate::router::GATEWAY;
use crate::view::{CallOut, ConferenceView};
use causeway_base::{ConferenceId, EndCause, LegId};
use causeway_conference::{Command, CommandError};
use causeway_dial::calling_out::Asker;
use std::fmt;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, oneshot};

/// The running conferences of a bridge. Clones are the same.
#[derive(Clone, Debug)]
pub struct Live {
    pub(crate) directory: Arc<Directory>,
    pub(crate) handovers: mpsc::UnboundedSender<Handover>,
    pub(crate) news: broadcast::Sender<News>,
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveError {
    /// No such conference runs.
    NotRunning,
    /// The conference refused.
    Refused(CommandError),
}

impl fmt::Display for LiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LiveError::NotRunning => f.write_str("nobody is in this conference now"),
            LiveError::Refused(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for LiveError {}

impl Live {
    /// The keys of the running conferences.
    pub fn keys(&self) -> Vec<Arc<str>> {
        let own = |key: &Arc<str>| &**key != RECEPTION && !key.starts_with(GATEWAY);
        self.directory.conferences().into_iter().map(|handle| handle.key).filter(own).collect()
    }

    /// A running conference at this moment.
    pub async fn view(&self, key: &str) -> Option<ConferenceView> {
        Self::show(self.of(key)?).await
    }

    /// As [`Self::view`], of this very conference, also while it ends.
    pub(crate) async fn view_of(&self, id: ConferenceId) -> Option<ConferenceView> {
        Self::show(self.directory.of_conference(id)?).await
    }

    async fn show(handle: ConferenceHandle) -> Option<ConferenceView> {
        let (reply, view) = oneshot::channel();
        handle.mailbox.send(Message::Show(reply)).await.ok()?;
        view.await.ok()
    }

    /// Tells a running conference something, and waits until it was done.
    ///
    /// # Errors
    /// See [`LiveError`].
    pub async fn command(&self, key: &str, command: Command) -> Result<(), LiveError> {
        Self::tell(self.of(key), command).await
    }

    /// As [`Self::command`], to this very conference.
    ///
    /// # Errors
    /// See [`LiveError`].
    pub(crate) async fn command_to(
        &self,
        id: ConferenceId,
        command: Command,
    ) -> Result<(), LiveError> {
        Self::tell(self.directory.of_conference(id), command).await
    }

    async fn tell(handle: Option<ConferenceHandle>, command: Command) -> Result<(), LiveError> {
        let handle = handle.ok_or(LiveError::NotRunning)?;
        let (reply, done) = oneshot::channel();
        let message = Message::Tell { command, reply: Some(reply) };
        handle.mailbox.send(message).await.map_err(|_| LiveError::NotRunning)?;
        match done.await {
            Ok(done) => done.map_err(LiveError::Refused),
            Err(_) => Err(LiveError::NotRunning),
        }
    }

    /// Has a conference call somebody; it is opened where it does not run. The leg's fate is told
    /// by the news.
    ///
    /// # Errors
    /// Why it may not be called.
    pub async fn call_out(&self, key: &str, call: CallOut) -> Result<LegId, EndCause> {
        self.call_out_watched(key, call, Asker::Host, None).await
    }

    /// As [`Self::call_out`], for this asker; what becomes of the call is told to `watcher` too.
    pub(crate) async fn call_out_watched(
        &self,
        key: &str,
        call: CallOut,
        asker: Asker,
        watcher: Option<Watcher>,
    ) -> Result<LegId, EndCause> {
        let (reply, begun) = oneshot::channel();
        let call = Box::new(call);
        let handover = Handover::CallOut { key: key.into(), call, asker, watcher, reply };
        self.handovers.send(handover).map_err(|_| EndCause::Draining)?;
        begun.await.unwrap_or(Err(EndCause::Draining))
    }

    /// What happens in all conferences from now on.
    pub fn news(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
    }

    fn of(&self, key: &str) -> Option<ConferenceHandle> {
        (key != RECEPTION).then(|| self.directory.of_key(key)).flatten()
    }
}
