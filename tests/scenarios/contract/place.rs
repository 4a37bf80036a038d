//! A bridge with its API.

use crate::{
    browser::{self, api::Api},
    peer::{Bridge, Setting},
};
use std::net::SocketAddr;
use tokio::runtime::Runtime;

pub(super) struct Place {
    pub(super) bridge: Bridge,
    address: SocketAddr,
    api: Api,
    /// Browsers live in it, too.
    pub(super) runtime: Runtime,
}

impl Place {
    /// `more`: of its configuration, from `[media]` on.
    pub(super) fn new(more: &str) -> Self {
        let bridge = Bridge::with(Setting { api: true, more, ..Setting::default() });
        let runtime = browser::runtime();
        let (address, code) = bridge.api();
        let api = runtime.block_on(Api::open(address, &code));
        Self { bridge, address, api, runtime }
    }

    /// Where browsers come, and by which link they come into the conference of a number.
    pub(super) fn link(&self, alias: &str) -> (SocketAddr, String) {
        let meeting = format!("conference-{alias}");
        (self.address, self.runtime.block_on(self.api.link(&meeting)))
    }

    /// The only participant of a meeting.
    pub(super) fn participant(&self, meeting: &str) -> String {
        let all = self.runtime.block_on(self.api.participants(meeting));
        let [one] = &all[..] else { panic!("{all:?}") };
        one.clone()
    }

    /// Has a host say something of a participant.
    pub(super) fn order(&self, meeting: &str, participant: &str, order: &str) {
        let path = format!("{meeting}/participants/{participant}/{order}");
        self.runtime.block_on(self.api.order(&path));
    }

    pub(super) fn remove(&self, meeting: &str, participant: &str) {
        self.runtime.block_on(self.api.remove(meeting, participant));
    }

    /// Has a meeting call somebody.
    pub(super) fn call_out(&self, meeting: &str, target: &str) {
        self.runtime.block_on(self.api.call_out(meeting, target));
    }

    /// Sends away whom it called.
    pub(super) fn remove_called(&self, meeting: &str) {
        self.runtime.block_on(self.api.remove_called(meeting));
    }

    pub(super) fn end(&self, meeting: &str) {
        self.runtime.block_on(self.api.order(&format!("{meeting}/end")));
    }

    /// Waits for the end of a bridge that was told to leave, and demands a clean one.
    pub(super) fn wait_for_clean_exit(self) {
        // Its connection to the API would be waited for.
        drop((self.api, self.runtime));
        self.bridge.wait_for_clean_exit();
    }
}
