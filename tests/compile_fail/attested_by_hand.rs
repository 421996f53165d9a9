//! Only a passing verify status attests a certificate.

use certgate::edge::{Attested, Edge};

fn by_hand(edge: &'static Edge) -> Attested<'static> {
    Attested {
        edge,
        value: b"-----BEGIN",
    }
}

fn main() {}
