//! What one process admits on its own of limits that many share, and what it
//! remembers having admitted.

use super::*;

fn share(percent: u8) -> Share {
    Share::percent(percent).unwrap()
}

fn at(seconds: u64) -> Now {
    Now {
        wall: Timestamp::from_unix_seconds(utc("2026-04-16 12:00:00")),
        monotonic: Duration::from_secs(seconds),
    }
}

impl Acme {
    fn charge_share(&self, cost: u32, share: Share, now: Now) -> ChargeOutcome {
        self.store.charge_share(&self.due(cost), &now, share)
    }

    fn record(&self, cost: u32, now: Now) {
        self.store.record(&self.due(cost), &now);
    }

    fn due(&self, cost: u32) -> Charges<'_> {
        Charges {
            cost: NonZeroU32::new(cost).unwrap(),
            ..due("acme", 0, &self.limits)
        }
    }
}

/// The numbers and what is left of them.
#[track_caller]
fn left(outcome: ChargeOutcome) -> Vec<(u64, u64)> {
    let ChargeOutcome::Charged(left) = outcome else {
        panic!("not admitted: {outcome:?}");
    };
    let left = left.as_slice().iter();
    left.map(|a| (a.allowed, a.remaining)).collect()
}

#[test]
fn a_share_is_a_percentage_rounded_down() {
    for percent in [0, 101, u8::MAX] {
        assert_eq!(Share::percent(percent), Err(LimitError::Share));
    }
    for (percent, number, expected) in [
        (100, 500, 500),
        (100, u64::MAX, u64::MAX),
        (50, 500, 250),
        (50, 3, 1),
        (50, 1, 0),
        (1, 99, 0),
        (1, 100, 1),
        (1, 199, 1),
        (1, 200, 2),
        (99, 1, 0),
        (99, 101, 99),
        (33, 1000, 330),
        (1, 0, 0),
        (99, u64::MAX, 18_262_276_632_972_456_098),
        (1, u64::MAX, 184_467_440_737_095_516),
    ] {
        assert_eq!(
            share(percent).of(number),
            expected,
            "{percent}% of {number}"
        );
    }
}

#[test]
fn a_share_admits_its_part_of_every_limit() {
    let acme = Acme::new(set([("a", rate(10, MINUTE), quota(9, QuotaPeriod::Day))]));
    let half = share(50);
    assert_eq!(left(acme.charge_share(1, half, at(0))), [(5, 4), (4, 3)]);
    assert_eq!(left(acme.charge_share(3, half, at(10))), [(5, 1), (4, 0)]);
    let ChargeOutcome::Refused(refusal) = acme.charge_share(1, half, at(10)) else {
        panic!("the quota's half is used up");
    };
    assert_eq!(
        (refusal.kind, refusal.retry_after_seconds()),
        (WindowKind::Quota, 12 * 3600)
    );
    // The other half is there for whoever may have all of it.
    assert_eq!(left(acme.charge_cost(5, at(10))), [(10, 1), (9, 0)]);

    let acme = Acme::new(only_rate(10, MINUTE));
    assert_eq!(left(acme.charge_share(3, half, at(0))), [(5, 2)]);
    assert_eq!(left(acme.charge_share(2, half, at(20))), [(5, 0)]);
    for (cost, wait) in [(1, 30), (3, 30), (4, 50), (5, 50)] {
        let ChargeOutcome::Refused(refusal) = acme.charge_share(cost, half, at(30)) else {
            panic!("the rate's half is used up");
        };
        assert_eq!(
            (refusal.kind, refusal.retry_after),
            (WindowKind::Rate, Duration::from_secs(wait)),
            "cost {cost}"
        );
    }
    assert_eq!(left(acme.charge_share(3, half, at(60))), [(5, 0)]);
}

#[test]
fn what_was_charged_before_counts_in_the_share() {
    let acme = Acme::new(only_quota(10, QuotaPeriod::Day));
    assert_eq!(left(acme.charge_cost(7, at(0))), [(10, 3)]);
    let ChargeOutcome::Refused(refusal) = acme.charge_share(1, share(50), at(0)) else {
        panic!("more than the half is used up");
    };
    assert_eq!(refusal.allowances.as_slice()[0].remaining, 0);
    assert_eq!(left(acme.charge_share(1, share(80), at(0))), [(8, 0)]);
}

#[test]
fn what_a_share_never_holds_is_unavailable_and_charged_nothing() {
    // Half of 3 is 1, of 9 it is 4.
    let acme = Acme::new(set([("a", rate(9, MINUTE), quota(3, QuotaPeriod::Day))]));
    for (percent, cost) in [(50, 2), (50, 4), (50, u32::MAX), (33, 1), (1, 1), (100, 4)] {
        let outcome = acme.charge_share(cost, share(percent), at(0));
        assert_eq!(outcome, ChargeOutcome::Unavailable, "{cost} of {percent}%");
    }
    assert_eq!(
        left(acme.charge_share(1, share(50), at(0))),
        [(4, 3), (1, 0)]
    );
    // Also while the window is full, where a wait would be no use.
    let outcome = acme.charge_share(2, share(50), at(0));
    assert_eq!(outcome, ChargeOutcome::Unavailable);
    let outcome = acme.charge_share(1, share(50), at(0));
    assert!(matches!(outcome, ChargeOutcome::Refused(_)));

    // A window of a profile or a collection counts like the client's.
    let (client, small) = (only_quota(100, QuotaPeriod::Day), [("b", 1), ("c", 1)]);
    let [profile, collection] =
        small.map(|(name, requests)| set([(name, rate(requests, MINUTE), None)]));
    let plan = set([
        ("standard", None, quota(100, QuotaPeriod::Day)),
        ("b", rate(1, MINUTE), None),
        ("c", rate(1, MINUTE), None),
    ]);
    let store = MemoryLimits::new([("acme", &plan)]).unwrap();
    for (limits, admitted) in [
        ([client.as_slice(), &[], &[]], true),
        ([client.as_slice(), profile.as_slice(), &[]], false),
        ([client.as_slice(), &[], collection.as_slice()], false),
    ] {
        let due = Charges {
            limits,
            ..due("acme", 0, &client)
        };
        let outcome = store.charge_share(&due, &at(0), share(50));
        assert_eq!(matches!(outcome, ChargeOutcome::Charged(_)), admitted);
        assert_eq!(outcome == ChargeOutcome::Unavailable, !admitted);
    }
}

#[test]
fn the_whole_is_all_of_it() {
    let acme = Acme::new(set([("a", rate(3, MINUTE), quota(2, QuotaPeriod::Day))]));
    let whole = share(100);
    assert_eq!(left(acme.charge_share(1, whole, at(0))), [(3, 2), (2, 1)]);
    assert_eq!(left(acme.charge_share(1, whole, at(0))), [(3, 1), (2, 0)]);
    let outcome = acme.charge_share(1, whole, at(0));
    assert_eq!(outcome, acme.charge(at(0)));
    assert!(matches!(outcome, ChargeOutcome::Refused(_)));
}

#[test]
fn a_share_knows_the_clients_and_windows_of_the_plan_alone() {
    let limits = only_rate(10, MINUTE);
    let store = MemoryLimits::new([("acme", &limits)]).unwrap();
    let longer = only_rate(10, MINUTE * 2);
    for due in [due("stranger", 0, &limits), due("acme", 0, &longer)] {
        let outcome = store.charge_share(&due, &at(0), share(50));
        assert_eq!(outcome, ChargeOutcome::Unavailable);
    }
    let outcome = store.charge_share(&due("acme", 7, &limits), &at(0), share(50));
    assert_eq!(left(outcome), [(5, 4)]);
}

#[test]
fn what_another_store_admitted_is_counted() {
    let acme = Acme::new(set([("a", rate(10, MINUTE), quota(20, QuotaPeriod::Day))]));
    acme.record(4, at(0));
    assert_eq!(
        left(acme.charge_share(1, share(50), at(0))),
        [(5, 0), (10, 5)]
    );
    assert_eq!(left(acme.charge_cost(1, at(0))), [(10, 4), (20, 14)]);

    // More than there is room for, as several processes admit it together.
    acme.record(9, at(20));
    let ChargeOutcome::Refused(refusal) = acme.charge(at(20)) else {
        panic!("15 of 10 are used up");
    };
    assert_eq!(refusal.retry_after, Duration::from_secs(40));
    let remaining: Vec<u64> = refusal
        .allowances
        .as_slice()
        .iter()
        .map(|a| a.remaining)
        .collect();
    assert_eq!(remaining, [0, 5]);
    assert_eq!(left(acme.charge_cost(1, at(60))), [(10, 0), (20, 4)]);
}

#[test]
fn no_record_is_so_large_that_it_frees() {
    let most = Rate::new(NonZeroU32::MAX, MINUTE).unwrap();
    let all = quota(u64::MAX, QuotaPeriod::Day);
    let acme = Acme::new(set([
        ("most", Some(most), all),
        ("one", rate(1, MINUTE), quota(1, QuotaPeriod::Day)),
    ]));
    for seconds in [0, 0, 1, 30] {
        acme.record(u32::MAX, at(seconds));
    }
    let ChargeOutcome::Refused(refusal) = acme.charge(at(30)) else {
        panic!("far too many");
    };
    let remaining: Vec<u64> = refusal
        .allowances
        .as_slice()
        .iter()
        .map(|a| a.remaining)
        .collect();
    assert_eq!(remaining, [0, u64::MAX - 4 * u64::from(u32::MAX), 0, 0]);
    assert!(matches!(acme.charge(at(89)), ChargeOutcome::Refused(_)));
}

#[test]
fn a_record_of_nobody_and_of_no_window_counts_nothing() {
    let limits = set([("standard", rate(2, MINUTE), None)]);
    let store = MemoryLimits::new([("acme", &limits)]).unwrap();
    let longer = only_rate(2, MINUTE * 2);
    store.record(&due("stranger", 0, &limits), &at(0));
    store.record(&due("acme", 0, &longer), &at(0));
    assert_eq!(
        left(store.charge(&due("acme", 0, &limits), &at(0))),
        [(2, 1)]
    );

    // A window that is there counts, whatever stands beside it.
    let both = Charges {
        limits: [longer.as_slice(), limits.as_slice(), &[]],
        ..due("acme", 0, &limits)
    };
    store.record(&both, &at(0));
    let outcome = store.charge(&due("acme", 0, &limits), &at(0));
    assert!(matches!(outcome, ChargeOutcome::Refused(_)));
}
