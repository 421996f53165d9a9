//! Outcomes in short, to be compared with literals.

use std::fmt::Write;

use super::*;

/// `charged: 0 rate 1/2 60s, 1 quota 4/5 10s`, each window with what is left of how
/// many and until when; `refused by 1 quota for 10s: …`.
pub(crate) fn told(outcome: &ChargeOutcome) -> String {
    match outcome {
        ChargeOutcome::Charged(left) => format!("charged: {}", windows(left.as_slice())),
        ChargeOutcome::Refused(Refusal {
            limit,
            kind,
            retry_after,
            allowances,
        }) => {
            let windows = windows(allowances.as_slice());
            let kind = named(*kind);
            format!("refused by {limit} {kind} for {retry_after:?}: {windows}")
        }
        ChargeOutcome::Unavailable => "unavailable".to_owned(),
    }
}

fn windows(left: &[Allowance]) -> String {
    let mut text = String::new();
    for window in left {
        if !text.is_empty() {
            text.push_str(", ");
        }
        let Allowance {
            limit,
            kind,
            allowed,
            remaining,
            resets_in,
        } = window;
        let kind = named(*kind);
        write!(text, "{limit} {kind} {remaining}/{allowed} {resets_in:?}").unwrap();
    }
    text
}

fn named(kind: WindowKind) -> &'static str {
    match kind {
        WindowKind::Rate => "rate",
        WindowKind::Quota => "quota",
    }
}
