#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| causeway_server::web::signal::fuzz::client_message(data));
