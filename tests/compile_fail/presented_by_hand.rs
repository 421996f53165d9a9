//! Only `assess` presents a certificate, and with the facts that it came with.

use std::sync::Arc;

use certgate::decide::{Assessed, Facts, Presented};

fn by_hand(facts: Facts<'static>, certificate: Arc<Assessed>) -> Presented<'static> {
    Presented { facts, certificate }
}

fn main() {}
