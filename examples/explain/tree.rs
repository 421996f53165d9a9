//! A decision for a person to read.

use std::fmt::Write as _;

use certgate::decide::{Stage, Step, StepResult};

use super::Explanation;
use crate::support::lines::{Fault, Id};
use crate::support::text::visible;

/// The decision, below it each check in order, and at last what was found:
///
/// ```text
/// "r1": deny 403 ip_not_allowed
/// ├─ request  path     passed: /payments
/// ├─ policy   address  DENIED ip_not_allowed: 198.51.100.1  [policy.toml:41:3: clients[0].profiles[0].ip_allowlist]
/// └─ found    client   acme
/// ```
pub(super) fn draw(id: Id<'_>, answer: &Result<Explanation, Fault>) -> String {
    let mut page = id.map_or(String::new(), |id| format!("{}: ", visible(id.get())));
    // Writing to a string cannot fail.
    let _ = match answer {
        Ok(explanation) => draw_decision(&mut page, explanation),
        Err(fault) => writeln!(
            page,
            "{} at byte {}: {}",
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
    let checks = explanation.trace.iter().map(check);
    let branches: Vec<[String; 3]> = checks.chain(found(explanation)).collect();
    let width = |column: fn(&[String; 3]) -> &String| {
        let widths = branches.iter().map(|branch| column(branch).len());
        widths.max().unwrap_or(0)
    };
    let (first, second) = (width(|[first, ..]| first), width(|[_, second, _]| second));
    let last = branches.len().saturating_sub(1);
    for (at, [group, name, value]) in branches.iter().enumerate() {
        let joint = if at == last { "└─" } else { "├─" };
        let value = visible(value);
        writeln!(page, "{joint} {group:<first$}  {name:<second$}  {value}")?;
    }
    Ok(())
}

fn check(step: &Step) -> [String; 3] {
    let mut result = match step.result {
        StepResult::Passed => "passed".to_owned(),
        StepResult::Skipped => "skipped".to_owned(),
        StepResult::Noted => "noted".to_owned(),
        StepResult::Denied(reason) => format!("DENIED {reason}"),
        StepResult::Observed(reason) => format!("OBSERVED {reason}"),
    };
    if !step.detail.is_empty() {
        result.push_str(": ");
        result.push_str(&step.detail);
    }
    if let Some(rule) = &step.rule {
        result.push_str(&format!("  [{rule}]"));
    }
    [stage_name(step.stage), step.check.to_owned(), result]
}

fn found(explanation: &Explanation) -> impl Iterator<Item = [String; 3]> {
    let Explanation {
        client,
        profile,
        principal,
        collection,
        ..
    } = explanation;
    let retry_after = explanation
        .retry_after
        .map(|seconds| format!("{seconds} s"));
    let methods = explanation.allowed_methods.as_ref();
    let found = [
        ("client", client.clone()),
        ("profile", profile.clone()),
        ("principal", principal.clone()),
        ("collection", collection.clone()),
        ("retry after", retry_after),
        ("allowed methods", methods.map(|methods| methods.join(", "))),
    ];
    found
        .into_iter()
        .filter_map(|(name, value)| Some(["found".to_owned(), name.to_owned(), value?]))
}

fn stage_name(stage: Stage) -> String {
    serde_json::to_value(stage)
        .ok()
        .and_then(|name| name.as_str().map(str::to_owned))
        .unwrap_or_default()
}
