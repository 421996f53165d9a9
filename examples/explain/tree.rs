//! A decision for a person to read.

use std::fmt::Write as _;

use certgate::decide::{Stage, StepResult};

use super::Explanation;
use crate::support::lines::{Fault, Id};
use crate::support::text::visible;

/// The decision, below it each check in order, and at last what was found:
///
/// ```text
/// "r1": deny 403 ip_not_allowed
/// ├─ request  path     passed: /payments
/// ├─ policy   address  DENIED ip_not_allowed: 198.51.100.1
/// └─ found    client   acme
/// ```
pub(super) fn draw(id: Id<'_>, answer: &Result<Explanation, Fault>) -> String {
    let mut page = id.map_or(String::new(), |id| format!("{}: ", visible(id.get())));
    // Writing to a string cannot fail.
    let _ = match answer {
        Ok(explanation) => draw_decision(&mut page, explanation),
        Err(fault) => write!(
            page,
            "{} at byte {}: {}\n",
            fault.code,
            fault.at.unwrap_or(0),
            visible(fault.message.as_deref().unwrap_or_default())
        ),
    };
    page
}

fn draw_decision(page: &mut String, explanation: &Explanation) -> std::fmt::Result {
    let reason = explanation.reason.unwrap_or_default();
    let head = format!("{} {} {reason}", explanation.outcome, explanation.status);
    writeln!(page, "{}", head.trim_end())?;
    let mut branches: Vec<String> = Vec::new();
    for step in &explanation.trace {
        let stage = stage_name(step.stage);
        let result = match step.result {
            StepResult::Passed => "passed".to_owned(),
            StepResult::Skipped => "skipped".to_owned(),
            StepResult::Noted => "noted".to_owned(),
            StepResult::Denied(reason) => format!("DENIED {reason}"),
        };
        let colon = if step.detail.is_empty() { "" } else { ": " };
        branches.push(format!(
            "{stage:<12}{:<20}{result}{colon}{}",
            step.check, step.detail
        ));
    }
    let found = [
        ("client", explanation.client.clone()),
        ("profile", explanation.profile.clone()),
        ("principal", explanation.principal.clone()),
        ("collection", explanation.collection.clone()),
        (
            "retry after",
            explanation.retry_after.map(|s| format!("{s} s")),
        ),
        (
            "allowed methods",
            explanation.allowed_methods.as_ref().map(|m| m.join(", ")),
        ),
    ];
    let found = found
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    branches.extend(found.map(|(name, value)| format!("{:<12}{name:<20}{value}", "=")));
    let last = branches.len().saturating_sub(1);
    for (at, branch) in branches.iter().enumerate() {
        let joint = if at == last { "└─" } else { "├─" };
        writeln!(page, "{joint} {}", visible(branch))?;
    }
    Ok(())
}

fn stage_name(stage: Stage) -> String {
    serde_json::to_value(stage)
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_default()
}
