#![no_main]

#[path = "../checks/dialect_base64_der.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|input: &[u8]| check::check(input));
