//! One admission makes one decision.

use certgate::decide::{Admission, settle};
use certgate::limits::ChargeOutcome;

fn twice(admission: Admission<'static>) {
    let _refused = settle(admission, ChargeOutcome::Unavailable);
    let _again = settle(admission, ChargeOutcome::Charged(Default::default()));
}

fn main() {}
