//! Audit records as meters, through the facade
//! [`metrics`](https://docs.rs/metrics), behind which the service installs whichever
//! exporter it likes.
//!
//! ```
//! use certgate::adapter::metrics::MetricsSink;
//! # use certgate::evidence::AuditSink;
//! # fn is_sink(_: impl AuditSink + 'static) {}
//!
//! // The exporter is installed first: what a sink counts goes to the recorder that
//! // is there when it is made.
//! let meters = MetricsSink::new();
//! // let layer = layer.with_sink(meters);
//! # is_sink(meters);
//! ```
//!
//! | meter | labels | what |
//! |---|---|---|
//! | `mtls_auth_success_total` | `grant`: `proven`, `exempt`, `observed`, `unproven` | requests that were let through, by what proves the caller |
//! | `mtls_auth_failure_total` | `reason`: every [`Reason`] | requests that were denied |
//! | `mtls_pop_mismatch_total` | | denials because the token is bound to another certificate (`sender_binding_mismatch`) |
//! | `mtls_auth_observed_total` | `reason` | denials that were only observed; a request may have several |
//! | `mtls_decision_duration_seconds` | | histogram: how long a decision took, with the store of limits that it waited for |
//! | `mtls_certificate_cache_total` | `result`: `hit`, `miss` | looked up certificates |
//! | `mtls_certificate_expires_in_seconds` | | histogram: of each allowed request with a certificate, how much longer that is valid |
//! | `mtls_limits_counted_total` | `counted`: `store`, `local_share`, `nowhere` | requests that owe something, by who counted them |
//! | `mtls_policy_version` | | gauge: the newest version of the policy that a record told of, which every process counts for itself |
//! | `mtls_policy_changes_total` | `action`: `start`, `install`, `rollback`, `set_shadow`, `clear_shadow`; `outcome`: `applied`, `refused` | changes of the policy that were handed to the sink |
//!
//! Every counter is there from the start, at 0. No label is made of a request or of a
//! certificate: no client, name, path or address. Records have those.
//!
//! # Alerts
//!
//! Histograms need buckets, or an exporter may turn them into quantiles, which cannot
//! be added up over processes: [`MetricsSink::DECISION_BUCKETS`] and
//! [`MetricsSink::EXPIRY_BUCKETS`] are some. Then, in Prometheus:
//!
//! ```text
//! # Some certificate that was accepted in the last hour ends within 14 days. The
//! # audit records say which (`certificate_expires_in_days`).
//! increase(mtls_certificate_expires_in_seconds_bucket{le="1209600"}[1h]) > 0
//!
//! # Requests are denied because the store of limits is away, or let through uncounted.
//! rate(mtls_auth_failure_total{reason="limits_unavailable"}[5m]) > 0
//! rate(mtls_limits_counted_total{counted="nowhere"}[5m]) > 0
//!
//! # A token was sent with somebody else's certificate.
//! increase(mtls_pop_mismatch_total[5m]) > 0
//!
//! # A policy was refused: the one before is still in force.
//! increase(mtls_policy_changes_total{outcome="refused"}[15m]) > 0
//! ```
//!
//! The example `metrics` shows it with Prometheus, on a socket:
//! `cargo run --features full --example metrics`.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use ::metrics::{
    Counter, Gauge, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram,
    gauge, histogram,
};

use crate::decide::Reason;
use crate::evidence::{
    AuditRecord, AuditSink, CacheUse, ChangeAction, ChangeOutcome, GrantKind, Outcome, PolicyChange,
};
use crate::limits::Counted;

/// Counts what records tell: see the [module](self).
///
/// It is for one gate. A second one in the same process would add to the same
/// counters and to the same gauge.
pub struct MetricsSink {
    success: Vec<(GrantKind, Counter)>,
    failure: Vec<(Reason, Counter)>,
    mismatch: Counter,
    observed: Vec<(Reason, Counter)>,
    cache: [Counter; 2],
    counted: Vec<(Counted, Counter)>,
    changes: Vec<((ChangeAction, ChangeOutcome), Counter)>,
    decision_duration: Histogram,
    expires_in: Histogram,
    version: Gauge,
    newest_version: AtomicU64,
}

const SUCCESS: &str = "mtls_auth_success_total";
const FAILURE: &str = "mtls_auth_failure_total";
const MISMATCH: &str = "mtls_pop_mismatch_total";
const OBSERVED: &str = "mtls_auth_observed_total";
const CACHE: &str = "mtls_certificate_cache_total";
const COUNTED: &str = "mtls_limits_counted_total";
const CHANGES: &str = "mtls_policy_changes_total";
const VERSION: &str = "mtls_policy_version";

impl MetricsSink {
    /// The name of the histogram of how long decisions take.
    pub const DECISION_DURATION: &str = "mtls_decision_duration_seconds";

    /// Buckets for it, in seconds: from a microsecond, for decisions in memory, to a
    /// second, for those that wait for a store.
    pub const DECISION_BUCKETS: &[f64] = &[
        0.000_001,
        0.000_002_5,
        0.000_005,
        0.000_01,
        0.000_025,
        0.000_05,
        0.000_1,
        0.000_25,
        0.000_5,
        0.001,
        0.002_5,
        0.005,
        0.01,
        0.025,
        0.05,
        0.1,
        0.25,
        1.0,
    ];

    /// The name of the histogram of how much longer accepted certificates are valid.
    pub const EXPIRES_IN: &str = "mtls_certificate_expires_in_seconds";

    /// Buckets for it, in seconds: an hour, and 1, 3, 7, 14, 30, 60, 90, 180 and 365
    /// days.
    pub const EXPIRY_BUCKETS: &[f64] = &[
        3_600.0,
        86_400.0,
        259_200.0,
        604_800.0,
        1_209_600.0,
        2_592_000.0,
        5_184_000.0,
        7_776_000.0,
        15_552_000.0,
        31_536_000.0,
    ];

    /// Registers every meter with the recorder that is installed, which must not come
    /// later.
    #[must_use]
    pub fn new() -> Self {
        describe();
        let cache = |result: &'static str| counter!(CACHE, "result" => result);
        let actions = ChangeAction::ALL.iter();
        let changes = actions.flat_map(|action| {
            ChangeOutcome::ALL.iter().map(|outcome| {
                let labels = [("action", action.code()), ("outcome", outcome.code())];
                ((*action, *outcome), counter!(CHANGES, &labels))
            })
        });
        Self {
            success: each(SUCCESS, "grant", GrantKind::ALL, GrantKind::code),
            failure: each(FAILURE, "reason", Reason::ALL, Reason::code),
            mismatch: counter!(MISMATCH),
            observed: each(OBSERVED, "reason", Reason::ALL, Reason::code),
            cache: [cache("hit"), cache("miss")],
            counted: each(COUNTED, "counted", Counted::ALL, Counted::code),
            changes: changes.collect(),
            decision_duration: histogram!(Self::DECISION_DURATION),
            expires_in: histogram!(Self::EXPIRES_IN),
            version: gauge!(VERSION),
            newest_version: AtomicU64::new(0),
        }
    }

    /// Records of an older policy may come after those of a newer one.
    fn saw_version(&self, version: u64) {
        if self.newest_version.load(Ordering::Relaxed) >= version
            || self.newest_version.fetch_max(version, Ordering::SeqCst) >= version
        {
            return;
        }
        let mut told = version;
        loop {
            #[expect(clippy::cast_precision_loss, reason = "versions count from 1")]
            self.version.set(told as f64);
            // Whoever saw a newer one may have told it before.
            let newest = self.newest_version.load(Ordering::SeqCst);
            if newest == told {
                return;
            }
            told = newest;
        }
    }
}

impl AuditSink for MetricsSink {
    fn record(&self, record: &AuditRecord) {
        match record.outcome {
            Outcome::Allow => count(&self.success, record.grant),
            Outcome::Deny => count(&self.failure, record.reason),
        }
        if record.reason == Some(Reason::SenderBindingMismatch) {
            self.mismatch.increment(1);
        }
        for reason in &record.observed {
            count(&self.observed, Some(*reason));
        }
        let [hits, misses] = &self.cache;
        match record.measures.cache {
            CacheUse::Unused => {}
            CacheUse::Hit => hits.increment(1),
            CacheUse::Miss => misses.increment(1),
        }
        count(&self.counted, record.limits_counted);
        if let Some(time) = record.measures.decision_time {
            self.decision_duration.record(time);
        }
        if let Some(left) = record.measures.certificate_ends_in {
            self.expires_in.record(left);
        }
        self.saw_version(record.policy_version);
    }

    fn change(&self, change: &PolicyChange) {
        count(&self.changes, Some((change.action, change.outcome)));
        self.saw_version(change.version);
    }
}

impl Default for MetricsSink {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MetricsSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MetricsSink").finish_non_exhaustive()
    }
}

/// A counter for each value of a label.
fn each<T: Copy>(
    name: &'static str,
    label: &'static str,
    all: &[T],
    code: impl Fn(T) -> &'static str,
) -> Vec<(T, Counter)> {
    all.iter()
        .map(|value| (*value, counter!(name, label => code(*value))))
        .collect()
}

fn count<T: Copy + PartialEq>(counters: &[(T, Counter)], value: Option<T>) {
    let counter = counters.iter().find(|(of, _)| Some(*of) == value);
    if let Some((_, counter)) = counter {
        counter.increment(1);
    }
}

fn describe() {
    let counters = [
        (
            SUCCESS,
            "Requests that were let through, by what proves the caller.",
        ),
        (FAILURE, "Requests that were denied, by reason."),
        (
            MISMATCH,
            "Denials because the token is bound to another certificate.",
        ),
        (OBSERVED, "Denials that were only observed, by reason."),
        (
            CACHE,
            "Certificates that were looked up, by whether they were known.",
        ),
        (
            COUNTED,
            "Requests that owe something to limits, by who counted them.",
        ),
        (CHANGES, "Changes of the policy, made or refused."),
    ];
    for (name, about) in counters {
        describe_counter!(name, Unit::Count, about);
    }
    describe_histogram!(
        MetricsSink::DECISION_DURATION,
        Unit::Seconds,
        "How long decisions took."
    );
    describe_histogram!(
        MetricsSink::EXPIRES_IN,
        Unit::Seconds,
        "How much longer the certificates of allowed requests are valid."
    );
    describe_gauge!(
        VERSION,
        Unit::Count,
        "The newest version of the policy that a record told of."
    );
}
