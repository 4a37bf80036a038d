#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    causeway_proto::h323::traversal::fuzz::crossing(data);
});
