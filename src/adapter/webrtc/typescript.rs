//! The words of [`message`](super::message) as the page reads them: its `protocol.ts` is written
//! from the types here, so that neither side can change a word alone.

use super::message::*;
use std::{fs, path::PathBuf};
use ts_rs::{Config, TS};

/// Set to write the file instead of comparing it.
const WRITE: &str = "CAUSEWAY_WRITE_TYPES";

/// Numbers stay below 2^53: a page reads them without loss.
const LARGE_NUMBER: &str = "number";

#[test]
fn the_page_has_the_words_of_the_bridge() {
    let file =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../server/web/client/src/protocol.ts");
    let expected = protocol();
    if std::env::var_os(WRITE).is_some() {
        fs::write(&file, &expected).expect("the source is writable");
    }
    let found = fs::read_to_string(&file).expect("the page has its words");
    assert!(
        found == expected,
        "protocol.ts is not what message.rs says; write it anew:\n\
         {WRITE}=1 cargo nextest run -p causeway-adapter the_page_has_the_words_of_the_bridge"
    );
}

fn protocol() -> String {
    let mut text = format!(
        "// The words between a browser and the bridge: JSON over one WebSocket, one message a frame.\n\
         // Written from `src/adapter/webrtc/message.rs`, which says what each field means; do not\n\
         // edit it: the test `the_page_has_the_words_of_the_bridge` says how it is written anew.\n\n\
         export const VERSION = {VERSION};\n\
         export const SUBPROTOCOL = '{SUBPROTOCOL}';\n\
         /** The longest frame of a client, in bytes. */\n\
         export const MAX_FRAME = {MAX_FRAME};\n\
         /** The longest message of chat, in characters. */\n\
         export const MAX_CHAT = {MAX_CHAT};\n"
    );
    let config = Config::new().with_large_int(LARGE_NUMBER);
    declare::<ClientMessage>(&config, &mut text);
    declare::<HostAction>(&config, &mut text);
    declare::<ServerMessage>(&config, &mut text);
    declare::<Seat>(&config, &mut text);
    declare::<NetworkTest>(&config, &mut text);
    declare::<Role>(&config, &mut text);
    declare::<Kind>(&config, &mut text);
    declare::<WaitReason>(&config, &mut text);
    declare::<Layout>(&config, &mut text);
    declare::<Strain>(&config, &mut text);
    declare::<Camera>(&config, &mut text);
    declare::<CameraState>(&config, &mut text);
    declare::<Sight>(&config, &mut text);
    declare::<FaultySound>(&config, &mut text);
    declare::<InvitedWay>(&config, &mut text);
    declare::<CallState>(&config, &mut text);
    declare::<Meeting>(&config, &mut text);
    declare::<Participant>(&config, &mut text);
    declare::<DeviceTitle>(&config, &mut text);
    declare::<Tile>(&config, &mut text);
    declare::<ChatMessage>(&config, &mut text);
    declare::<Problem>(&config, &mut text);
    declare::<IceServer>(&config, &mut text);
    declare::<Phone>(&config, &mut text);
    declare::<LookQuestion>(&config, &mut text);
    declare::<LinkQuestion>(&config, &mut text);
    declare::<LinkAnswer>(&config, &mut text);
    declare::<ProbeOffer>(&config, &mut text);
    declare::<ProbeAnswer>(&config, &mut text);
    text
}

fn declare<T: TS>(config: &Config, text: &mut String) {
    let documentation = T::docs().unwrap_or_default();
    let declaration = without_documentation(&T::decl(config)).replace(" | {", "\n  | {");
    *text += &format!("\n{documentation}export {declaration}\n");
}

/// What a field means stands in `message.rs`, once.
fn without_documentation(declaration: &str) -> String {
    let mut rest = declaration;
    let mut kept = String::new();
    while let Some((before, after)) = rest.split_once("\n/**") {
        kept += before;
        rest = after.split_once("*/\n").expect("a comment ends").1;
    }
    kept + rest
}
