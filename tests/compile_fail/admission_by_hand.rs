//! Only `authorize` admits a request.

use certgate::decide::{Admission, Findings};

fn by_hand(findings: Findings<'static>) -> Admission<'static> {
    Admission { findings }
}

fn main() {}
