//! What only a trusted edge may say is reached through `trusted` alone.

use certgate::decide::Facts;

fn unproven(facts: &Facts<'static>) {
    let _ = facts.certificate();
    let _ = facts.request_id();
    let _ = &facts.standing;
}

fn main() {}
