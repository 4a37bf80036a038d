//! Prompt packs: the files that are taken, and what the default pack says.

mod default_pack;
mod own_pack;
mod wav;
