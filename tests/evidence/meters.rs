//! Records as meters, as Prometheus reads them.

use std::collections::BTreeSet;

use certgate::adapter::metrics::MetricsSink;
use certgate::decide::Reason;
use certgate::evidence::{AuditRecord, AuditSink, CacheUse, ChangeOutcome, GrantKind, Outcome};
use certgate::limits::Counted;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::harness::{acme, call, empty, forwarded, layer};
use crate::records::{record, started};
use crate::support::{POLICY, policy};

fn metered() -> (MetricsSink, PrometheusHandle) {
    let matcher = |name: &str| Matcher::Full(name.to_owned());
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(
            matcher("mtls_decision_duration_seconds"),
            MetricsSink::DECISION_BUCKETS,
        )
        .unwrap()
        .set_buckets_for_metric(
            matcher("mtls_certificate_expires_in_seconds"),
            MetricsSink::EXPIRY_BUCKETS,
        )
        .unwrap()
        .build_recorder();
    let sink = metrics::with_local_recorder(&recorder, MetricsSink::new);
    (sink, recorder.handle())
}

/// The samples that are not 0.
fn told(handle: &PrometheusHandle) -> Vec<String> {
    let text = handle.render();
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    let mut told: Vec<String> = lines
        .filter(|line| !line.ends_with(" 0") && !line.contains("_bucket{"))
        .map(str::to_owned)
        .collect();
    told.sort();
    told
}

#[test]
fn every_counter_is_there_from_the_start() {
    let (_, handle) = metered();
    let text = handle.render();
    let samples: BTreeSet<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    let mut expected: BTreeSet<String> = [
        "",
        r#"mtls_auth_success_total{grant="proven"} 0"#,
        r#"mtls_auth_success_total{grant="exempt"} 0"#,
        r#"mtls_auth_success_total{grant="observed"} 0"#,
        r#"mtls_auth_success_total{grant="unproven"} 0"#,
        "mtls_pop_mismatch_total 0",
        r#"mtls_certificate_cache_total{result="hit"} 0"#,
        r#"mtls_certificate_cache_total{result="miss"} 0"#,
        r#"mtls_limits_counted_total{counted="store"} 0"#,
        r#"mtls_limits_counted_total{counted="local_share"} 0"#,
        r#"mtls_limits_counted_total{counted="nowhere"} 0"#,
        "mtls_policy_version 0",
    ]
    .map(str::to_owned)
    .into();
    for action in [
        "start",
        "install",
        "rollback",
        "set_shadow",
        "clear_shadow",
        "replace_revocation_lists",
    ] {
        for outcome in ["applied", "refused"] {
            expected.insert(format!(
                r#"mtls_policy_changes_total{{action="{action}",outcome="{outcome}"}} 0"#
            ));
        }
    }
    for reason in Reason::ALL {
        expected.insert(format!(r#"mtls_auth_failure_total{{reason="{reason}"}} 0"#));
        expected.insert(format!(
            r#"mtls_auth_observed_total{{reason="{reason}"}} 0"#
        ));
    }
    let not_histogram = |line: &&&str| !line.contains("_seconds_");
    let counters: BTreeSet<String> = samples
        .iter()
        .filter(not_histogram)
        .map(|line| (*line).to_owned())
        .collect();
    assert_eq!(counters, expected);
    for about in [
        "# TYPE mtls_auth_failure_total counter",
        "# HELP mtls_auth_failure_total Requests that were denied, by reason.",
        "# TYPE mtls_policy_version gauge",
    ] {
        assert!(text.lines().any(|line| line == about), "{text}");
    }
}

#[tokio::test]
async fn requests_are_counted_by_what_became_of_them() {
    let (sink, handle) = metered();
    let layer = layer(policy(POLICY)).with_sink(sink);
    for _ in 0..4 {
        call(&layer, empty(acme("GET", "/payments"))).await;
    }
    call(&layer, empty(forwarded("GET", "/payments"))).await;
    call(&layer, empty(forwarded("GET", "/healthz"))).await;
    assert_eq!(
        told(&handle),
        [
            r#"mtls_auth_failure_total{reason="certificate_missing"} 1"#,
            r#"mtls_auth_failure_total{reason="rate_limit_exceeded"} 1"#,
            r#"mtls_auth_success_total{grant="exempt"} 1"#,
            r#"mtls_auth_success_total{grant="proven"} 3"#,
            r#"mtls_certificate_cache_total{result="hit"} 3"#,
            r#"mtls_certificate_cache_total{result="miss"} 1"#,
            "mtls_certificate_expires_in_seconds_count 3",
            "mtls_certificate_expires_in_seconds_sum 935688819",
            "mtls_decision_duration_seconds_count 6",
            r#"mtls_limits_counted_total{counted="store"} 4"#,
            "mtls_policy_version 1",
        ]
    );
    // Nobody's name is a label.
    assert!(!handle.render().contains("pisp"));
}

fn told_of(records: &[AuditRecord]) -> Vec<String> {
    let (sink, handle) = metered();
    for record in records {
        sink.record(record);
    }
    told(&handle)
}

/// A record with nothing to count, but for its version.
fn bare() -> AuditRecord {
    let mut bare = record("r", 0);
    bare.grant = None;
    bare.limits_counted = None;
    bare.measures = certgate::evidence::Measures::default();
    bare.policy_version = 0;
    bare
}

#[test]
fn each_value_has_a_counter_of_its_own() {
    for (reason, others) in [
        (
            Reason::SenderBindingMismatch,
            Some("mtls_pop_mismatch_total 1"),
        ),
        (Reason::SenderBindingMissing, None),
        (Reason::LimitsUnavailable, None),
        (Reason::PathMalformed, None),
    ] {
        let mut denied = bare();
        denied.outcome = Outcome::Deny;
        denied.reason = Some(reason);
        denied.observed = vec![Reason::CertificateExpired, Reason::IpNotAllowed];
        let failure = format!(r#"mtls_auth_failure_total{{reason="{reason}"}} 1"#);
        let expected: Vec<&str> = [
            &*failure,
            r#"mtls_auth_observed_total{reason="certificate_expired"} 1"#,
            r#"mtls_auth_observed_total{reason="ip_not_allowed"} 1"#,
        ]
        .into_iter()
        .chain(others)
        .collect();
        assert_eq!(told_of(&[denied]), expected);
    }
    for (grant, name) in [
        (GrantKind::Proven, "proven"),
        (GrantKind::Exempt, "exempt"),
        (GrantKind::Observed, "observed"),
        (GrantKind::Unproven, "unproven"),
    ] {
        let mut allowed = bare();
        allowed.grant = Some(grant);
        let expected = format!(r#"mtls_auth_success_total{{grant="{name}"}} 1"#);
        assert_eq!(told_of(&[allowed]), [expected]);
    }
    for (counted, name) in [
        (Counted::Store, "store"),
        (Counted::LocalShare, "local_share"),
        (Counted::Nowhere, "nowhere"),
    ] {
        let mut owing = bare();
        owing.limits_counted = Some(counted);
        let expected = format!(r#"mtls_limits_counted_total{{counted="{name}"}} 1"#);
        assert_eq!(told_of(&[owing]), [expected]);
    }
    let mut unused = bare();
    unused.measures.cache = CacheUse::Unused;
    assert_eq!(told_of(&[unused]), [""; 0]);
}

#[test]
fn an_alert_sees_a_certificate_that_ends_soon() {
    let (sink, handle) = metered();
    let mut ending = bare();
    ending.measures.certificate_ends_in = Some(std::time::Duration::from_secs(1_209_600));
    ending.measures.decision_time = Some(std::time::Duration::from_micros(30));
    sink.record(&ending);
    let text = handle.render();
    for sample in [
        r#"mtls_certificate_expires_in_seconds_bucket{le="604800"} 0"#,
        r#"mtls_certificate_expires_in_seconds_bucket{le="1209600"} 1"#,
        r#"mtls_certificate_expires_in_seconds_bucket{le="+Inf"} 1"#,
        r#"mtls_decision_duration_seconds_bucket{le="0.000025"} 0"#,
        r#"mtls_decision_duration_seconds_bucket{le="0.00005"} 1"#,
        "mtls_decision_duration_seconds_sum 0.00003",
    ] {
        assert!(text.lines().any(|line| line == sample), "{sample}\n{text}");
    }
}

#[test]
fn the_version_never_goes_back_and_changes_are_counted() {
    let (sink, handle) = metered();
    let mut change = started("c");
    change.version = 7;
    sink.change(&change);
    let mut older = bare();
    older.policy_version = 6;
    sink.record(&older);
    assert_eq!(
        told(&handle),
        [
            r#"mtls_policy_changes_total{action="start",outcome="applied"} 1"#,
            "mtls_policy_version 7"
        ]
    );
    older.policy_version = 8;
    sink.record(&older);
    change.outcome = ChangeOutcome::Refused;
    sink.change(&change);
    assert_eq!(
        told(&handle),
        [
            r#"mtls_policy_changes_total{action="start",outcome="applied"} 1"#,
            r#"mtls_policy_changes_total{action="start",outcome="refused"} 1"#,
            "mtls_policy_version 8"
        ]
    );
}
