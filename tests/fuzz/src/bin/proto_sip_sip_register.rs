#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| causeway_proto::sip::fuzz::sip_register(data));
