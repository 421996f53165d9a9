//! An admission is no decision: what it owes has to be charged first.

use certgate::decide::{Admission, Decision};

fn skipped(admission: Admission<'static>) -> Decision<'static> {
    Decision::Allow(admission)
}

fn uncharged(admission: Admission<'static>) -> Decision<'static> {
    certgate::decide::settle(admission)
}

fn main() {}
