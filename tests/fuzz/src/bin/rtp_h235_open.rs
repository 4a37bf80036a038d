#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| causeway_rtp::fuzz::h235_open(data));
