#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| causeway_engine::fuzz::decoder_message(data));
