//! Audit records as events of [`tracing`](https://docs.rs/tracing).
//!
//! ```
//! use certgate::adapter::tracing::TracingSink;
//! # use certgate::evidence::AuditSink;
//! # fn is_sink(_: impl AuditSink + 'static) {}
//! # is_sink(TracingSink);
//!
//! // let layer = layer.with_sink(TracingSink);
//! // TracingSink.change(&installed.record);
//! ```
//!
//! A record is one event of the target `certgate`, when the response has ended: as a
//! rule outside of the spans that the request had, and in whichever span is entered
//! then, as that of a layer around this one may be:
//!
//! | message | level | of |
//! |---|---|---|
//! | `request allowed` | `INFO` | an allow that nothing is to be said about |
//! | `request allowed` | `WARN` | one with `observed` denials, one whose certificate has a fault that is `tolerated`, one that no store of limits counted as it should (`limits_counted` is not `store`), and one that tells that its certificate ends soon |
//! | `request denied` | `WARN` | a denial |
//! | `request denied` | `ERROR` | one that is the service's own fault: `limits_unavailable` (503) |
//! | `policy changed` | `INFO` | a change of the policy |
//! | `policy change refused` | `ERROR` | one that was not made |
//!
//! The fields have the names of the record's members as it serialises (see
//! [`AuditRecord`] and [`PolicyChange`]), and are left out where there is nothing to
//! say; `mtls_thumbprint_present` is always there. Other than in JSON:
//!
//! - `schema` and, of a change, `resource_type` and the names in `changes` are left
//!   out; `changes` counts them.
//! - `fault` is `fault.code` and `fault.at`, `certificate` is `certificate.subject`,
//!   `certificate.issuer`, `certificate.serial` and `certificate.not_after`.
//! - Lists (`observed`, `tolerated`, `details`) are one text.
//!
//! In every text, control characters and those that turn its direction are escaped
//! (`\u{a}`), so that a subscriber that prints it as it is prints one line. No token,
//! header value or query is in a record, and so in no event.
//!
//! To have denials alone: `certgate=warn` in an `EnvFilter`. Events are no evidence:
//! subscribers filter and drop. Keep records with a sink that counts what it loses.

use std::borrow::Cow;
use std::fmt::Write as _;

use ::tracing::{Level, event};

use crate::certificate::is_matchable;
use crate::decide::Reason;
use crate::evidence::{AuditRecord, AuditSink, ChangeOutcome, Outcome, PolicyChange};
use crate::limits::Counted;
use crate::policy::PolicyDifference;

/// Tells every record as an event: see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct TracingSink;

/// The event of a request; of absent values there is no field.
macro_rules! tell_request {
    ($level:ident, $message:literal, $record:ident) => {
        event!(
            target: "certgate",
            Level::$level,
            outcome = $record.outcome.code(),
            grant = $record.grant.map(|grant| grant.code()),
            reason = $record.reason.map(|reason| reason.code()),
            observed = listed($record.observed.iter().map(|reason| reason.code())).as_deref(),
            method = &*plain(&$record.method),
            path = &*plain(&$record.path),
            status = $record.status,
            latency = $record.latency,
            client_id = known(&$record.client_id).as_deref(),
            profile_id = known(&$record.profile_id).as_deref(),
            principal = known(&$record.principal).as_deref(),
            collection = known(&$record.collection).as_deref(),
            named_by = $record.named_by.map(|named| named.code()),
            identity_rule = known(&$record.identity_rule).as_deref(),
            limit = known(&$record.limit).as_deref(),
            limits_counted = $record.limits_counted.map(|counted| counted.code()),
            client_ip = known(&$record.client_ip).as_deref(),
            peer = &*plain(&$record.peer),
            peer_trusted = $record.peer_trusted,
            verification = $record.verification.code(),
            authority = known(&$record.authority).as_deref(),
            path_fault = $record.path_fault.map(|fault| fault.code()),
            tolerated =
                listed($record.tolerated.iter().map(|what| what.code())).as_deref(),
            mtls_thumbprint_present = $record.mtls_thumbprint_present,
            thumbprint = known(&$record.thumbprint).as_deref(),
            dropped_certificate = $record.dropped_certificate.map(|reason| reason.code()),
            certificate_expires_in_days = $record.certificate_expires_in_days,
            certificate.subject =
                $record.certificate.as_ref().and_then(|names| known(&names.subject)).as_deref(),
            certificate.issuer =
                $record.certificate.as_ref().and_then(|names| known(&names.issuer)).as_deref(),
            certificate.serial =
                $record.certificate.as_ref().and_then(|names| known(&names.serial)).as_deref(),
            certificate.not_after =
                $record.certificate.as_ref().and_then(|names| names.not_after)
                    .map(|end| end.to_string()).as_deref(),
            fault.code = $record.fault.map(|fault| fault.code),
            fault.at = $record.fault.map(|fault| fault.offset),
            shadow_outcome = $record.shadow_outcome.map(|outcome| outcome.code()),
            shadow_reason = $record.shadow_reason.map(|reason| reason.code()),
            shadow_observed = $record.shadow_observed.map(|reason| reason.code()),
            target_url = known(&$record.target_url).as_deref(),
            policy_version = $record.policy_version,
            request_id = &*plain(&$record.request_id),
            id = &*plain(&$record.id),
            created_at = &*$record.created_at.to_string(),
            $message
        )
    };
}
/// The event of a change of the policy.
macro_rules! tell_change {
    ($level:ident, $message:literal, $change:ident) => {
        event!(
            target: "certgate",
            Level::$level,
            action = $change.action.code(),
            outcome = $change.outcome.code(),
            reason = $change.reason.map(|reason| reason.code()),
            details = listed($change.details.iter().map(|detail| plain(detail))).as_deref(),
            version = $change.version,
            previous_version = $change.previous_version,
            restored_version = $change.restored_version,
            changes = $change.changes.as_ref().map(counted).as_deref(),
            actor_type = $change.actor_type.code(),
            actor_id = &*plain(&$change.actor_id),
            ip_address = known(&$change.ip_address).as_deref(),
            note = known(&$change.note).as_deref(),
            id = &*plain(&$change.id),
            created_at = &*$change.created_at.to_string(),
            $message
        )
    };
}
impl AuditSink for TracingSink {
    fn record(&self, record: &AuditRecord) {
        match (record.outcome, Weight::of(record)) {
            (Outcome::Allow, Weight::Usual) => tell_request!(INFO, "request allowed", record),
            (Outcome::Allow, _) => tell_request!(WARN, "request allowed", record),
            (Outcome::Deny, Weight::Fault) => tell_request!(ERROR, "request denied", record),
            (Outcome::Deny, _) => tell_request!(WARN, "request denied", record),
        }
    }

    fn change(&self, change: &PolicyChange) {
        match change.outcome {
            ChangeOutcome::Applied => tell_change!(INFO, "policy changed", change),
            ChangeOutcome::Refused => tell_change!(ERROR, "policy change refused", change),
        }
    }
}

/// How much somebody should look at a record.
enum Weight {
    Usual,
    Odd,
    Fault,
}

impl Weight {
    fn of(record: &AuditRecord) -> Self {
        let counted_elsewhere = record
            .limits_counted
            .is_some_and(|counted| counted != Counted::Store);
        match record.reason {
            Some(Reason::LimitsUnavailable) => Self::Fault,
            Some(_) => Self::Odd,
            None if !record.observed.is_empty()
                || !record.tolerated.is_empty()
                || counted_elsewhere
                || record.certificate_expires_in_days.is_some() =>
            {
                Self::Odd
            }
            None => Self::Usual,
        }
    }
}

/// The text without characters that end a line or turn what follows.
fn plain(text: &str) -> Cow<'_, str> {
    if is_matchable(text) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut buffer = [0; 4];
    for c in text.chars() {
        if is_matchable(c.encode_utf8(&mut buffer)) {
            escaped.push(c);
        } else {
            escaped.extend(c.escape_unicode());
        }
    }
    Cow::Owned(escaped)
}

fn known(text: &Option<String>) -> Option<Cow<'_, str>> {
    text.as_deref().map(plain)
}

/// The items as one text, if there are any.
fn listed(items: impl Iterator<Item = impl AsRef<str>>) -> Option<String> {
    let mut list = String::new();
    for item in items {
        if !list.is_empty() {
            list.push_str(", ");
        }
        list.push_str(item.as_ref());
    }
    (!list.is_empty()).then_some(list)
}

/// How much changes, such as `mode, settings 2, clients +1 -0 ~3`: added, removed and
/// changed ones, of those that the record lists.
fn counted(changes: &PolicyDifference) -> String {
    let PolicyDifference {
        mode,
        settings,
        clients,
        profiles,
        collections,
        limits,
        identity_rules,
    } = changes;
    let mut parts = Vec::new();
    if let Some(mode) = mode {
        parts.push(format!(
            "mode {} to {}",
            mode.from.as_str(),
            mode.to.as_str()
        ));
    }
    if !settings.is_empty() {
        let settings: Vec<&str> = settings.iter().map(|setting| setting.code()).collect();
        parts.push(format!("settings {}", settings.join(" ")));
    }
    let mut names = |what: &str, counts: [usize; 4]| {
        let [added, removed, changed, omitted] = counts;
        if counts != [0; 4] {
            let mut part = format!("{what} +{added} -{removed} ~{changed}");
            if omitted > 0 {
                // To a text.
                let _ = write!(part, " and {omitted} more");
            }
            parts.push(part);
        }
    };
    names("clients", clients.counts());
    names("profiles", profiles.counts());
    names("collections", collections.counts());
    names("limits", limits.counts());
    names("identity_rules", identity_rules.counts());
    parts.join(", ")
}
