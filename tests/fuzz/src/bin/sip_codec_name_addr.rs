#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| sip_codec::fuzz::name_addr(data));
