//! Limits as values: what can be made, and what outcomes say.

use super::*;

#[test]
fn limits_that_mean_nothing_are_not_made() {
    let one = NonZeroU32::MIN;
    for per in [
        Duration::ZERO,
        Duration::from_secs(1) - NANOSECOND,
        Rate::MAX_PER + NANOSECOND,
        Duration::MAX,
    ] {
        assert_eq!(Rate::new(one, per), Err(LimitError::RatePeriod));
    }
    for (period, expected) in [
        (Duration::ZERO, Err(LimitError::QuotaPeriod)),
        (Duration::from_millis(1500), Err(LimitError::QuotaPeriod)),
        (Duration::MAX, Err(LimitError::QuotaPeriod)),
        (Duration::from_secs(1 << 32), Err(LimitError::QuotaPeriod)),
        (
            Duration::from_secs((1 << 32) - 1),
            Ok(QuotaPeriod::Every(NonZeroU32::MAX)),
        ),
        (Duration::from_secs(DAY), Ok(QuotaPeriod::Day)),
        (Duration::from_secs(7 * DAY), Ok(QuotaPeriod::Week)),
        (Duration::from_secs(30 * DAY), Ok(QuotaPeriod::Month)),
        (Duration::from_secs(1), Ok(QuotaPeriod::Every(one))),
    ] {
        assert_eq!(QuotaPeriod::from_duration(period), expected, "{period:?}");
    }
    assert_eq!(Limit::new("a", None, None), Err(LimitError::Empty));

    let limit = |name: &str| Limit::new(name, rate(1, MINUTE), quota(1, QuotaPeriod::Day)).unwrap();
    assert!(LimitSet::new(["a", "b", "c", "d"].map(limit)).is_ok());
    assert_eq!(
        LimitSet::new(["a", "b", "c", "d", "e"].map(limit)),
        Err(LimitError::TooManyWindows)
    );
    assert_eq!(
        LimitSet::new(["a", "b", "a"].map(limit)),
        Err(LimitError::NameRepeated)
    );
}

#[test]
fn allowances_hold_as_many_windows_as_a_client_may_have() {
    let one = Allowance {
        limit: 0,
        kind: WindowKind::Rate,
        allowed: 1,
        remaining: 1,
        resets_in: MINUTE,
    };
    let mut allowances = Allowances::new();
    for _ in 0..MAX_WINDOWS {
        allowances.push(one).unwrap();
    }
    assert_eq!(allowances.push(one), Err(LimitError::TooManyWindows));
    assert_eq!(allowances.as_slice(), [one; MAX_WINDOWS]);
}

#[test]
fn retry_after_is_rounded_up_and_never_zero() {
    for (retry_after, seconds) in [
        (Duration::ZERO, 1),
        (NANOSECOND, 1),
        (Duration::from_secs(1), 1),
        (Duration::new(1, 1), 2),
        (Duration::from_millis(59_001), 60),
        (Duration::MAX, u64::MAX),
    ] {
        let refusal = Refusal {
            limit: 0,
            kind: WindowKind::Rate,
            retry_after,
            allowances: Allowances::new(),
        };
        assert_eq!(refusal.retry_after_seconds(), seconds);
    }
}
