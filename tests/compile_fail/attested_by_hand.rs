//! Only a passing verify status attests a certificate.

use certgate::edge::{Attested, Edge};

fn by_hand(edge: &'static Edge, other: Attested<'static>) -> Attested<'static> {
    Attested { edge, ..other }
}

fn main() {}
