#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| causeway_proto::offer_answer::fuzz::webrtc_sequence(data));
