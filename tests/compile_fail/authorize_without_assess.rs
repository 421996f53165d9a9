//! Facts alone are not authorized.

use certgate::decide::{Facts, authorize};

fn skipped(facts: Facts<'static>) {
    let _ = authorize(facts);
}

fn main() {}
