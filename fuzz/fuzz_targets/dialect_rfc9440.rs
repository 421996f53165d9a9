#![no_main]

#[path = "../checks/dialect_rfc9440.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|input: &[u8]| check::check(input));
