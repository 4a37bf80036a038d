#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| causeway_server::api::fuzz::json(data));
