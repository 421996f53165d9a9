//! Requests that count for more than one.

use super::*;

fn at(seconds: u64) -> Now {
    Now {
        wall: Timestamp::from_unix_seconds(1_776_330_562),
        monotonic: Duration::from_secs(seconds),
    }
}

#[test]
fn a_dear_request_is_charged_in_full_or_not_at_all() {
    let acme = Acme::new(set([("a", rate(10, MINUTE), quota(15, QuotaPeriod::Day))]));
    let left = |outcome| match outcome {
        ChargeOutcome::Charged(left) => left.as_slice().iter().map(|a| a.remaining).collect(),
        _ => Vec::new(),
    };
    assert_eq!(left(acme.charge_cost(4, at(0))), [6, 11]);
    assert_eq!(left(acme.charge_cost(6, at(10))), [0, 5]);
    // The rate has room again for 4, the quota for 5.
    let ChargeOutcome::Refused(refusal) = acme.charge_cost(5, at(60)) else {
        panic!("the rate has room for 4");
    };
    assert_eq!(
        (refusal.kind, refusal.retry_after),
        (WindowKind::Rate, Duration::from_secs(10))
    );
    assert_eq!(left(acme.charge_cost(4, at(60))), [0, 1]);
    let ChargeOutcome::Refused(refusal) = acme.charge_cost(2, at(200)) else {
        panic!("the quota has room for 1");
    };
    assert_eq!(refusal.kind, WindowKind::Quota);
    assert_eq!(left(acme.charge_cost(1, at(200))), [9, 0]);
}

#[test]
fn the_wait_is_as_long_as_the_cost_needs() {
    let acme = Acme::new(only_rate(6, MINUTE));
    for seconds in [0, 10, 20] {
        assert!(matches!(
            acme.charge_cost(2, at(seconds)),
            ChargeOutcome::Charged(_)
        ));
    }
    for (cost, wait) in [(1, 30), (2, 30), (3, 40), (4, 40), (5, 50), (6, 50)] {
        let ChargeOutcome::Refused(refusal) = acme.charge_cost(cost, at(30)) else {
            panic!("full");
        };
        assert_eq!(
            refusal.retry_after,
            Duration::from_secs(wait),
            "cost {cost}"
        );
    }
    assert!(matches!(
        acme.charge_cost(5, at(79)),
        ChargeOutcome::Refused(_)
    ));
    assert!(matches!(
        acme.charge_cost(5, at(80)),
        ChargeOutcome::Charged(_)
    ));
}

#[test]
fn what_never_fits_is_refused_for_ever_and_charged_nothing() {
    let acme = Acme::new(set([("a", rate(3, MINUTE), quota(5, QuotaPeriod::Day))]));
    for cost in [4, 6, u32::MAX] {
        for seconds in [0, 1, 1_000_000] {
            assert!(matches!(
                acme.charge_cost(cost, at(seconds)),
                ChargeOutcome::Refused(_)
            ));
        }
    }
    assert!(matches!(
        acme.charge_cost(3, at(1_000_000)),
        ChargeOutcome::Charged(_)
    ));
    assert!(matches!(
        acme.charge_cost(2, at(2_000_000)),
        ChargeOutcome::Charged(_)
    ));
    assert!(matches!(
        acme.charge_cost(1, at(3_000_000)),
        ChargeOutcome::Refused(_)
    ));
}
