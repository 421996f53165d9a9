#![no_main]

#[path = "../checks/credential_pem.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|input: &[u8]| check::check(input));
