#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    causeway_conference::reception::fuzz::reception_commands(data)
});
