//! Profiles as their callers see them.

mod file;
mod policy;
mod quirk;
mod recognise;

use super::{BUILT_IN, Profiles, Sample};

/// The smallest file that is a profile, with more of it.
fn file_of(id: &str, more: &str) -> String {
    format!(
        "id = \"{id}\"\nkind = \"room\"\ntrust = \"modelled\"\n\
         title = {{ zh = \"房间\", en = \"Room\" }}\nhint = {{ zh = \"拨号\", en = \"Dial\" }}\n{more}\n\
         [[provenance]]\nkind = \"field-report\"\nsource = \"a test\"\nseen = \"2026-11\"\n\
         [[fixture]]\nfile = \"first.sip\"\n"
    )
}

fn with(files: &[(&str, &str)]) -> Result<Profiles, Vec<super::ProfileError>> {
    let own: Vec<_> =
        files.iter().map(|(id, more)| (format!("{id}.toml"), file_of(id, more))).collect();
    Profiles::with(&own)
}

fn agent(agent: &str) -> Sample {
    let text = format!("INVITE sip:1 SIP/2.0\nFrom: <sip:a@b>\nUser-Agent: {agent}\n\n");
    Sample::read(&text).expect("a message")
}

fn fixtures() -> impl Iterator<Item = (&'static str, &'static str, Sample)> {
    BUILT_IN.iter().flat_map(|one| {
        let read = |text| Sample::read(text).unwrap_or_else(|error| panic!("{}: {error}", one.id));
        one.fixtures.iter().map(move |(name, text)| (one.id, *name, read(text)))
    })
}
