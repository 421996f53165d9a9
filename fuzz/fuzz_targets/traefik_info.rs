#![no_main]

#[path = "../checks/traefik_info.rs"]
mod check;

libfuzzer_sys::fuzz_target!(|input: &[u8]| check::check(input));
