#![no_main]

#[path = "../checks/revocation_list.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|input: &[u8]| check::check(input));
