#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| causeway_proto::h323::fuzz::session_sequence(data));
