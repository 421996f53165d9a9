//! Only `settle` allows a request.

use certgate::decide::{Allow, Decision, Findings};
use certgate::limits::Allowances;

fn by_hand(findings: Findings<'static>) -> Decision<'static> {
    Decision::Allow(Allow {
        findings,
        allowances: Allowances::default(),
    })
}

fn main() {}
