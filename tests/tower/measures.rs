//! Figures for meters, beside what is written.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use certgate::evidence::{AuditRecord, AuditSink, CacheUse, Measures, PolicyChange};
use certgate::request::Now;

use crate::harness::{acme, call, empty, forwarded, layer};
use crate::support::{POLICY, at, policy};

#[derive(Clone, Default)]
struct Measured(Arc<Mutex<Vec<Measures>>>);

impl AuditSink for Measured {
    fn record(&self, record: &AuditRecord) {
        self.0.lock().unwrap().push(record.measures);
    }

    fn change(&self, _: &PolicyChange) {}
}

impl Measured {
    fn told(&self) -> Vec<(Option<u128>, CacheUse, Option<u64>)> {
        let measures = std::mem::take(&mut *self.0.lock().unwrap());
        let told = |measures: Measures| {
            (
                measures.decision_time.map(|time| time.as_millis()),
                measures.cache,
                measures.certificate_ends_in.map(|left| left.as_secs()),
            )
        };
        measures.into_iter().map(told).collect()
    }
}

/// A clock on which 7 ms pass whenever somebody looks.
fn ticking() -> impl Fn() -> Now + Send + Sync {
    let looks = AtomicU64::new(0);
    move || Now {
        monotonic: Duration::from_millis(7 * looks.fetch_add(1, Ordering::SeqCst)),
        ..at(0)
    }
}

#[tokio::test]
async fn every_sink_hears_how_long_it_took_and_of_the_certificate() {
    let (one, other) = (Measured::default(), Measured::default());
    let layer = layer(policy(POLICY))
        .with_clock(ticking())
        .with_sink(one.clone())
        .with_sink(other.clone());
    call(&layer, empty(acme("GET", "/payments"))).await;
    call(&layer, empty(acme("GET", "/payments"))).await;
    // Denied, and so nothing is told of its certificate.
    call(&layer, empty(acme("GET", "/admin"))).await;
    // Without one.
    call(&layer, empty(forwarded("GET", "/payments"))).await;
    // From the start of 2027 to 2036-11-18T21:51:13Z.
    let expected = [
        (Some(7), CacheUse::Miss, Some(311_896_273)),
        (Some(7), CacheUse::Hit, Some(311_896_273)),
        (Some(7), CacheUse::Hit, None),
        (Some(7), CacheUse::Unused, None),
    ];
    assert_eq!(one.told(), expected);
    assert_eq!(other.told(), expected);
}

#[tokio::test]
async fn what_may_not_be_kept_is_no_use_of_the_cache() {
    let measured = Measured::default();
    let layer = layer(policy(POLICY)).with_sink(measured.clone());
    let unverified = || {
        let mut request = empty(acme("GET", "/payments"));
        let verify = http::HeaderValue::from_static("FAILED:expired");
        request.headers_mut().insert("X-SSL-Client-Verify", verify);
        request
    };
    call(&layer, unverified()).await;
    call(&layer, unverified()).await;
    let uses: Vec<CacheUse> = measured
        .told()
        .into_iter()
        .map(|(_, uses, _)| uses)
        .collect();
    assert_eq!(uses, [CacheUse::Unused, CacheUse::Unused]);
}
