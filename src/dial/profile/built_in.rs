//! The profiles of the repository with the messages by which they are tried, as part of the program.

/// One profile of the repository.
#[derive(Clone, Copy, Debug)]
pub struct BuiltIn {
    /// Its name.
    pub id: &'static str,
    /// Its file.
    pub text: &'static str,
    /// The files of its fixtures: name and text.
    pub fixtures: &'static [(&'static str, &'static str)],
}

macro_rules! built_in {
    ($($id:literal: [$($file:literal),*],)*) => {
        &[$(BuiltIn {
            id: $id,
            text: include_str!(concat!("../../../bridge-profiles/", $id, ".toml")),
            fixtures: &[$((
                $file,
                include_str!(concat!("../../../fixtures/profiles/", $id, "/", $file)),
            )),*],
        },)*]
    };
}

/// All of them, by their names. A test holds that every file of the two folders is here.
pub const BUILT_IN: &[BuiltIn] = built_in! {
    "avaya-xt": ["setup.json", "agent.json"],
    "bluejeans": ["called.json"],
    "carrier-trunk": ["g729-first.sip"],
    "cisco-ce": ["direct.sip", "nameless.sdp"],
    "cisco-cms": ["first-offer.sip"],
    "cisco-expressway": ["first-offer.sip"],
    "cisco-roomos": ["behind-cucm.sip", "direct.sip"],
    "cucm-trunk": ["delayed-offer.sip", "early-offer.sip"],
    "default": ["unknown.json"],
    "desk-phone": ["vvx.sip", "yealink.sip"],
    "feishu": ["called.json"],
    "google-meet-pexip": ["called.json"],
    "h323-generic": ["setup.json"],
    "huawei": ["te40.sip", "setup.json"],
    "lifesize": ["icon.sip", "setup.json"],
    "pexip": ["first-offer.sip", "setup.json"],
    "poly-group": ["first-offer.sip", "fir-only.sip", "setup.json"],
    "poly-hdx": ["first-offer.sip", "setup.json"],
    "poly-rmx": ["first-offer.sip", "setup.json"],
    "poly-studio-x": ["first-offer.sip", "slides-added.sip", "loss-recovery.sip"],
    "poly-trio": ["first-offer.sip"],
    "sip-generic": ["nameless.sip", "two-clocks.sip"],
    "softphone": ["linphone.sip", "baresip.sip"],
    "tandberg": ["mxp.sip", "middlebox.sip", "setup.json"],
    "teams-audio-conferencing": ["answer.sip"],
    "teams-cvi-cisco": ["called.json"],
    "teams-cvi-pexip": ["called.json"],
    "teams-cvi-poly": ["called.json"],
    "teams-direct-routing": ["first-offer.sip", "called.json"],
    "tencent-mra": ["called.json", "dials-out.sip"],
    "webex": ["called.json", "calls.json"],
    "wecom-mra": ["dials-out.sip"],
    "yealink": ["vc800.sip", "meetingeye.sip", "setup.json"],
    "zoom-crc": ["called.json", "mode-0.sip"],
};

impl BuiltIn {
    /// The text of a fixture.
    pub fn fixture(&self, file: &str) -> Option<&'static str> {
        self.fixtures.iter().find(|(name, _)| *name == file).map(|(_, text)| *text)
    }
}
