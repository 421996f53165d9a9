//! Counters across a change of policy.

use super::*;

#[test]
fn rebinding_keeps_the_counters_of_windows_that_stay() {
    let old = set([("a", rate(3, MINUTE), quota(3, QuotaPeriod::Day))]);
    let store = MemoryLimits::new([("acme", &old), ("globex", &old)]).unwrap();
    let now = monotonic(Duration::ZERO);
    let left = |store: &MemoryLimits, limits: &LimitSet| match store
        .charge(&due("acme", 0, limits), &now)
    {
        ChargeOutcome::Charged(left) => left.as_slice().iter().map(|a| a.remaining).collect(),
        ChargeOutcome::Refused(refusal) => vec![u64::from(refusal.retry_after_seconds() == 0)],
        ChargeOutcome::Unavailable => panic!("unavailable"),
    };
    assert_eq!(left(&store, &old), [2, 2]);

    // Other numbers, another slot, one more limit.
    let new = set([
        ("b", rate(10, MINUTE), None),
        ("a", rate(5, MINUTE), quota(7, QuotaPeriod::Day)),
    ]);
    let next = store.rebind([("initech", &new), ("acme", &new)]).unwrap();
    assert_eq!(left(&next, &new), [9, 3, 5]);
    // What is charged under the old plan counts under the new one.
    assert_eq!(left(&store, &old), [0, 0]);
    assert_eq!(left(&next, &new), [8, 1, 3]);

    // Another length, kind or name starts empty.
    let other = set([
        ("a", rate(5, MINUTE * 2), quota(7, QuotaPeriod::Week)),
        ("c", rate(5, MINUTE), quota(7, QuotaPeriod::Day)),
    ]);
    let third = next.rebind([("acme", &other)]).unwrap();
    assert_eq!(left(&third, &other), [4, 6, 4, 6]);
}

#[test]
fn a_lowered_rate_waits_until_enough_is_forgotten() {
    let old = only_rate(4, MINUTE);
    let store = MemoryLimits::new([("acme", &old)]).unwrap();
    for seconds in [0, 10, 20, 30] {
        let outcome = store.charge(
            &due("acme", 0, &old),
            &monotonic(Duration::from_secs(seconds)),
        );
        assert!(matches!(outcome, ChargeOutcome::Charged(_)));
    }
    let new = only_rate(2, MINUTE);
    let acme = Acme {
        store: store.rebind([("acme", &new)]).unwrap(),
        limits: new,
    };
    let refusal = acme.refused(monotonic(Duration::from_secs(40)));
    assert_eq!(refusal.retry_after, Duration::from_secs(40));
    assert_eq!(refusal.allowances.as_slice()[0].remaining, 0);
    acme.refused(monotonic(Duration::from_secs(79)));
    acme.admitted(monotonic(Duration::from_secs(80)));
}

#[test]
fn windows_and_clients_that_left_are_forgotten() {
    let (a, b) = (only_rate(1, MINUTE), set([("b", rate(1, MINUTE), None)]));
    let now = monotonic(Duration::ZERO);
    let charge = |store: &MemoryLimits, limits| store.charge(&due("acme", 0, limits), &now);
    let first = MemoryLimits::new([("acme", &a)]).unwrap();
    assert!(matches!(charge(&first, &a), ChargeOutcome::Charged(_)));

    // Both stores live: both know their own windows.
    let second = first.rebind([("acme", &b)]).unwrap();
    assert!(matches!(charge(&second, &b), ChargeOutcome::Charged(_)));
    assert!(matches!(charge(&first, &a), ChargeOutcome::Refused(_)));
    // One that is made and thrown away costs neither of them anything.
    drop(first.rebind([("acme", &LimitSet::default())]).unwrap());
    assert!(matches!(charge(&second, &b), ChargeOutcome::Refused(_)));

    // The policy before comes back: nothing is forgotten meanwhile.
    drop(first);
    let third = second.rebind([("acme", &a)]).unwrap();
    drop(second);
    assert!(matches!(charge(&third, &a), ChargeOutcome::Refused(_)));

    // Now "b" has no store any more.
    let fourth = third.rebind([("acme", &a)]).unwrap();
    assert_eq!(charge(&fourth, &b), ChargeOutcome::Unavailable);

    // A client that was away starts anew.
    let without = fourth.rebind([("globex", &a)]).unwrap();
    assert_eq!(charge(&without, &a), ChargeOutcome::Unavailable);
    let again = without.rebind([("acme", &a)]).unwrap();
    assert!(matches!(charge(&again, &a), ChargeOutcome::Charged(_)));
}

#[test]
fn a_plan_names_each_client_once() {
    let limits = only_rate(1, MINUTE);
    let plan = [("acme", &limits), ("globex", &limits), ("acme", &limits)];
    assert_eq!(
        MemoryLimits::new(plan).unwrap_err(),
        LimitError::ClientRepeated
    );
    let store = MemoryLimits::new([("acme", &limits)]).unwrap();
    assert_eq!(store.rebind(plan).unwrap_err(), LimitError::ClientRepeated);
}

#[test]
fn threads_on_old_and_new_plans_are_counted_together() {
    let limits = only_rate(300, MINUTE);
    let stores: Vec<MemoryLimits> = std::iter::successors(
        Some(MemoryLimits::new([("acme", &limits)]).unwrap()),
        |store| Some(store.rebind([("acme", &limits)]).unwrap()),
    )
    .take(8)
    .collect();
    let admitted = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for store in &stores {
            let (limits, admitted) = (&limits, &admitted);
            scope.spawn(move || {
                for _ in 0..100 {
                    let outcome = store.charge(&due("acme", 0, limits), &monotonic(MINUTE));
                    admitted.fetch_add(
                        usize::from(matches!(outcome, ChargeOutcome::Charged(_))),
                        Ordering::Relaxed,
                    );
                }
            });
        }
    });
    assert_eq!(admitted.into_inner(), 300);
}
