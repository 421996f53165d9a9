#![no_main]

#[path = "../checks/dialect_pem_base64.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|input: &[u8]| check::check(input));
