#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| causeway_conference::key::fuzz::key_table(data));
