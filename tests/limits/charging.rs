//! What one request is charged: the right client, all windows or none, once.

use super::*;

/// 500 requests a minute and 100,000 a day, as a partner of an API has them.
#[test]
fn a_minute_rate_and_a_day_quota_hold_together() {
    let acme = Acme::new(set([(
        "pisp-standard",
        rate(500, MINUTE),
        quota(100_000, QuotaPeriod::Day),
    )]));
    let midnight = utc("2026-04-16 00:00:00");
    let at = |minute: u64| Now {
        wall: Timestamp::from_unix_seconds(midnight + i64::try_from(minute * 60).unwrap()),
        monotonic: Duration::from_secs(minute * 60),
    };
    for minute in 0..200 {
        acme.admitted_times(500, at(minute));
        let refusal = acme.refused(at(minute));
        if minute < 199 {
            assert_eq!(
                (refusal.kind, refusal.retry_after),
                (WindowKind::Rate, MINUTE)
            );
        } else {
            // Both are full; the day stays full for longer.
            assert_eq!(refusal.kind, WindowKind::Quota);
        }
    }
    let refusal = acme.refused(at(200));
    assert_eq!(refusal.kind, WindowKind::Quota);
    assert_eq!(refusal.retry_after_seconds(), 86_400 - 200 * 60);
    assert_eq!(
        refusal.allowances.as_slice(),
        [
            Allowance {
                limit: 0,
                kind: WindowKind::Rate,
                allowed: 500,
                remaining: 500,
                resets_in: MINUTE,
            },
            Allowance {
                limit: 0,
                kind: WindowKind::Quota,
                allowed: 100_000,
                remaining: 0,
                resets_in: Duration::from_secs(DAY - 200 * 60),
            },
        ]
    );
    acme.refused(at(1439));
    acme.admitted_times(500, at(1440));
}

#[test]
fn all_windows_are_charged_or_none() {
    let at = |seconds: u64| Now {
        wall: Timestamp::from_unix_seconds(0),
        monotonic: Duration::from_secs(seconds),
    };
    // The rate refuses: the quota is as it was.
    let acme = Acme::new(set([("a", rate(1, MINUTE), quota(3, QuotaPeriod::Day))]));
    acme.admitted(at(0));
    for _ in 0..10 {
        assert_eq!(acme.refused(at(59)).allowances.as_slice()[1].remaining, 2);
    }
    assert_eq!(acme.admitted(at(60))[1].remaining, 1);

    // The quota refuses: the rate is as it was.
    let acme = Acme::new(set([("a", rate(3, MINUTE), quota(1, QuotaPeriod::Day))]));
    acme.admitted(at(0));
    for _ in 0..10 {
        assert_eq!(acme.refused(at(0)).allowances.as_slice()[0].remaining, 2);
    }

    // The last of several refuses: none of those before it was charged.
    let acme = Acme::new(set([
        ("minute", rate(100, MINUTE), quota(100, QuotaPeriod::Day)),
        ("hour", rate(200, Duration::from_secs(3600)), None),
        ("month", None, quota(1, QuotaPeriod::Month)),
    ]));
    acme.admitted(at(0));
    let refusal = acme.refused(at(0));
    assert_eq!((refusal.limit, refusal.kind), (2, WindowKind::Quota));
    let left: Vec<_> = refusal
        .allowances
        .as_slice()
        .iter()
        .map(|a| (a.limit, a.kind, a.remaining))
        .collect();
    assert_eq!(
        left,
        [
            (0, WindowKind::Rate, 99),
            (0, WindowKind::Quota, 99),
            (1, WindowKind::Rate, 199),
            (2, WindowKind::Quota, 0),
        ]
    );
}

#[test]
fn clients_do_not_share_counters() {
    let limits = only_rate(1, MINUTE);
    let store = MemoryLimits::new([("acme", &limits), ("globex", &limits)]).unwrap();
    let now = monotonic(Duration::ZERO);
    for (slot, client) in ["acme", "globex"].into_iter().enumerate() {
        let due = due(client, slot, &limits);
        assert!(matches!(
            store.charge(&due, &now),
            ChargeOutcome::Charged(_)
        ));
        assert!(matches!(
            store.charge(&due, &now),
            ChargeOutcome::Refused(_)
        ));
    }
}

#[test]
fn the_client_counts_and_not_the_slot() {
    let limits = only_rate(2, MINUTE);
    let store = MemoryLimits::new([("globex", &limits), ("acme", &limits)]).unwrap();
    let now = monotonic(Duration::ZERO);
    for slot in [0, 2, usize::MAX] {
        let outcome = store.charge(&due("acme", slot, &limits), &now);
        assert_eq!(
            slot == usize::MAX,
            matches!(outcome, ChargeOutcome::Refused(_))
        );
    }
    let ChargeOutcome::Charged(left) = store.charge(&due("globex", 1, &limits), &now) else {
        panic!("globex paid for acme");
    };
    assert_eq!(left.as_slice()[0].remaining, 1);
}

#[test]
fn a_client_or_window_that_the_plan_lacks_is_unavailable() {
    let limits = only_rate(2, MINUTE);
    let store = MemoryLimits::new([("acme", &limits)]).unwrap();
    let now = monotonic(Duration::ZERO);
    let stranger = store.charge(&due("stranger", 0, &limits), &now);
    assert_eq!(stranger, ChargeOutcome::Unavailable);
    for other in [
        set([("other", rate(2, MINUTE), None)]),
        only_rate(2, MINUTE * 2),
        set([("standard", rate(2, MINUTE), quota(1, QuotaPeriod::Day))]),
    ] {
        let outcome = store.charge(&due("acme", 0, &other), &now);
        assert_eq!(outcome, ChargeOutcome::Unavailable);
    }
    // None of these was charged in part.
    let ChargeOutcome::Charged(left) = store.charge(&due("acme", 0, &limits), &now) else {
        panic!("refused");
    };
    assert_eq!(left.as_slice()[0].remaining, 1);
}

#[test]
fn a_client_without_limits_is_charged_nothing() {
    let acme = Acme::new(LimitSet::default());
    assert_eq!(acme.admitted(monotonic(Duration::ZERO)), []);
}

#[test]
fn threads_on_one_client_never_get_more_than_the_number() {
    let acme = Acme::new(set([(
        "a",
        rate(1000, MINUTE),
        quota(700, QuotaPeriod::Day),
    )]));
    let admitted = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (acme, admitted) = (&acme, &admitted);
            scope.spawn(move || {
                for step in 0..500 {
                    // Clocks read by different threads arrive out of order.
                    let now = monotonic(Duration::from_millis((step * 7 + thread * 13) % 900));
                    if matches!(acme.charge(now), ChargeOutcome::Charged(_)) {
                        admitted.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!(admitted.into_inner(), 700);
}

#[test]
fn a_store_is_an_object_that_threads_share() {
    let limits = only_rate(1, MINUTE);
    let store = MemoryLimits::new([("acme", &limits)]).unwrap();
    let store: Arc<dyn Limits + Send + Sync> = Arc::new(store);
    let outcome = store.charge(&due("acme", 0, &limits), &monotonic(MINUTE));
    assert!(matches!(outcome, ChargeOutcome::Charged(_)));
}

#[test]
fn limits_of_client_profile_and_collection_are_charged_together() {
    let client = set([("client", rate(5, MINUTE), None)]);
    let profile = set([("profile", rate(4, MINUTE), None)]);
    let collection = set([("collection", None, quota(2, QuotaPeriod::Day))]);
    let plan = set([
        ("client", rate(5, MINUTE), None),
        ("profile", rate(4, MINUTE), None),
        ("collection", None, quota(2, QuotaPeriod::Day)),
    ]);
    let store = MemoryLimits::new([("acme", &plan)]).unwrap();
    let now = monotonic(Duration::ZERO);
    let all = Charges {
        limits: [client.as_slice(), profile.as_slice(), collection.as_slice()],
        ..due("acme", 0, &client)
    };
    let left = |outcome: &ChargeOutcome| -> Vec<u64> {
        let left = match outcome {
            ChargeOutcome::Charged(left) => left,
            ChargeOutcome::Refused(refusal) => &refusal.allowances,
            ChargeOutcome::Unavailable => panic!("unavailable"),
        };
        left.as_slice().iter().map(|a| a.remaining).collect()
    };
    assert_eq!(left(&store.charge(&all, &now)), [4, 3, 1]);
    assert_eq!(left(&store.charge(&all, &now)), [3, 2, 0]);
    // The collection's is full: the others are as they were.
    let outcome = store.charge(&all, &now);
    assert_eq!(left(&outcome), [3, 2, 0]);
    let ChargeOutcome::Refused(refusal) = outcome else {
        panic!("admitted");
    };
    assert_eq!((refusal.limit, refusal.kind), (2, WindowKind::Quota));
    // Elsewhere it is not asked.
    assert_eq!(left(&store.charge(&due("acme", 0, &client), &now)), [2]);
}

/// No policy makes such charges. Each half would fit, and both do not.
#[test]
fn a_limit_that_is_owed_twice_is_unavailable() {
    let acme = Acme::new(set([("a", rate(3, MINUTE), None)]));
    let now = monotonic(Duration::ZERO);
    let own = acme.limits.as_slice();
    let twice = Charges {
        limits: [own, &[], own],
        cost: NonZeroU32::new(2).unwrap(),
        ..due("acme", 0, &acme.limits)
    };
    assert_eq!(acme.store.charge(&twice, &now), ChargeOutcome::Unavailable);
    acme.admitted_times(3, now);
    acme.refused(now);
}
