//! Only `assess` presents a certificate.

use std::sync::Arc;

use certgate::decide::{Assessed, Presented};

fn by_hand(assessed: Arc<Assessed>) -> Presented {
    Presented(assessed)
}

fn main() {}
