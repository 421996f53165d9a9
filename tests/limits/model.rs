//! Rates and quotas against models that remember every request.

use proptest::prelude::*;

use super::*;

fn store(rate: Option<Rate>, quota: Option<Quota>) -> (MemoryLimits, LimitSet) {
    let limits = LimitSet::new([Limit::new("a", rate, quota).unwrap()]).unwrap();
    (MemoryLimits::new([("acme", &limits)]).unwrap(), limits)
}

/// Charges at a monotonic time in nanoseconds and a wall time in seconds.
fn charge(store: &(MemoryLimits, LimitSet), nanos: u64, wall: i64) -> Option<Refusal> {
    charge_cost(store, 1, nanos, wall)
}

fn charge_cost(
    (store, limits): &(MemoryLimits, LimitSet),
    cost: u32,
    nanos: u64,
    wall: i64,
) -> Option<Refusal> {
    let due = Charges {
        client: "acme",
        slot: 0,
        limits: [limits.as_slice(), &[], &[]],
        cost: NonZeroU32::new(cost).unwrap(),
    };
    let now = Now {
        wall: Timestamp::from_unix_seconds(wall),
        monotonic: Duration::from_nanos(nanos),
    };
    match store.charge(&due, &now) {
        ChargeOutcome::Charged(_) => None,
        ChargeOutcome::Refused(refusal) => Some(refusal),
        ChargeOutcome::Unavailable => panic!("the store has this client and window"),
    }
}

/// Steps of time around everything that matters to a window of length `per`:
/// nothing, a nanosecond, a sixteenth, nearly all of it, more than it.
fn steps(per: u64) -> impl Strategy<Value = Vec<u64>> {
    let near = move |around: u64| (around.saturating_sub(3)..=around + 3).boxed();
    let step = prop_oneof![
        4 => Just(0),
        3 => 0..4_u64,
        3 => 0..per / 40,
        2 => near(per / 16),
        2 => 0..per / 8,
        1 => near(per - per / 16),
        1 => near(per),
        1 => near(per + per / 16),
        1 => 0..3 * per,
    ];
    proptest::collection::vec(step, 1..250)
}

/// Readings of a wall clock that goes forward, back and far away, so that
/// windows are left and entered again.
fn clocks() -> impl Strategy<Value = Vec<i64>> {
    let near = prop_oneof![
        3 => -3..4_i64,
        2 => -4_000..4_001_i64,
        2 => -100_000..100_001_i64,
        1 => -3_000_000..3_000_001_i64,
    ];
    let times = (0..4_i64, near).prop_map(|(far, near)| 1_735_689_600 + far * 100_000_000 + near);
    let again = (times, 1..4_usize).prop_map(|(now, times)| vec![now; times]);
    proptest::collection::vec(again, 1..150).prop_map(|times| times.concat())
}

fn rates_and_times() -> impl Strategy<Value = (u32, u64, u64, Vec<u64>)> {
    let per = prop_oneof![
        Just(1_000_000_000_u64),
        Just(60_000_000_000),
        1_000_000_000..1_000_000_100_u64,
        1_000_000_000..31 * 86_400_000_000_000_u64,
    ];
    let requests = prop_oneof![1..4_u32, 1..60_u32];
    (requests, per)
        .prop_flat_map(|(requests, per)| (Just(requests), Just(per), 0..4 * per, steps(per)))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The admitted requests are never too many for any window, what is
    /// refused would have been too many for a window a sixteenth longer, and
    /// the wait that a refusal names is exact.
    #[test]
    fn a_rate_keeps_its_number((requests, per, start, steps) in rates_and_times()) {
        let rate = Rate::new(NonZeroU32::new(requests).unwrap(), Duration::from_nanos(per));
        let store = store(Some(rate.unwrap()), None);
        let requests = requests as usize;
        let mut log: Vec<u64> = Vec::new();
        let mut now = start;
        for step in steps {
            now += step;
            match charge(&store, now, 0) {
                None => {
                    log.push(now);
                    // Of all windows, the fullest end with a request.
                    let window = log.iter().filter(|&&at| at + per > now).count();
                    prop_assert!(window <= requests, "{window} within {per} ns of {now}");
                }
                Some(refusal) => {
                    let longer = log
                        .iter()
                        .filter(|&&at| 16 * u128::from(now - at) < 17 * u128::from(per))
                        .count();
                    prop_assert!(longer >= requests, "refused at {now} after {longer}");

                    let wait = u64::try_from(refusal.retry_after.as_nanos()).unwrap();
                    prop_assert!(0 < wait && wait <= per);
                    prop_assert!(charge(&store, now + wait - 1, 0).is_some());
                    if step % 2 == 1 {
                        now += wait;
                        prop_assert!(charge(&store, now, 0).is_none());
                        log.push(now);
                    }
                }
            }
        }
    }

    /// What requests cost is never too much for any window, and the wait that a
    /// refusal names is exact.
    #[test]
    fn a_rate_keeps_its_number_at_any_cost(
        (requests, per, start, steps) in rates_and_times(),
        costs in proptest::collection::vec(1..8_u32, 250),
    ) {
        let rate = Rate::new(NonZeroU32::new(requests).unwrap(), Duration::from_nanos(per));
        let store = store(Some(rate.unwrap()), None);
        let mut log: Vec<(u64, u32)> = Vec::new();
        let mut now = start;
        let within = |log: &[(u64, u32)], length: u128, now: u64| -> u32 {
            let counted = log.iter().filter(|&&(at, _)| 16 * u128::from(now - at) < length);
            counted.map(|&(_, cost)| cost).sum()
        };
        for (step, cost) in steps.into_iter().zip(costs) {
            let cost = cost.min(requests);
            now += step;
            if let Some(refusal) = charge_cost(&store, cost, now, 0) {
                prop_assert!(within(&log, 17 * u128::from(per), now) + cost > requests);
                let wait = u64::try_from(refusal.retry_after.as_nanos()).unwrap();
                prop_assert!(0 < wait && wait <= per);
                prop_assert!(charge_cost(&store, cost, now + wait - 1, 0).is_some());
                if step % 2 == 0 {
                    continue;
                }
                now += wait;
                prop_assert!(charge_cost(&store, cost, now, 0).is_none());
            }
            log.push((now, cost));
            prop_assert!(within(&log, 16 * u128::from(per), now) <= requests);
        }
    }

    /// A quota admits what fits into its window by cost, no more and no less.
    #[test]
    fn a_quota_keeps_its_number_at_any_cost(
        requests in 1..20_u32,
        steps in proptest::collection::vec((prop_oneof![0..2_i64, 0..50_000_i64], 1..25_u32), 1..150),
    ) {
        let quota = Quota::new(NonZeroU64::from(NonZeroU32::new(requests).unwrap()), QuotaPeriod::Day);
        let store = store(None, Some(quota));
        let (mut now, mut day, mut used) = (1_776_330_562, 0, 0);
        for (step, cost) in steps {
            now += step;
            if now / 86_400 != day {
                (day, used) = (now / 86_400, 0);
            }
            let refused = charge_cost(&store, cost, 0, now).is_some();
            prop_assert_eq!(refused, used + cost > requests);
            if !refused {
                used += cost;
            }
        }
    }

    /// Clocks that go back admit no more than clocks that stand still.
    #[test]
    fn a_rate_keeps_its_number_when_the_clock_goes_back(
        requests in 1..20_u32,
        times in proptest::collection::vec(0..5_000_000_000_u64, 1..200),
    ) {
        let per = 1_000_000_000;
        let rate = Rate::new(NonZeroU32::new(requests).unwrap(), Duration::from_nanos(per));
        let store = store(Some(rate.unwrap()), None);
        let mut log: Vec<u64> = Vec::new();
        for time in times {
            let now = log.last().copied().unwrap_or(0).max(time);
            if charge(&store, time, 0).is_none() {
                log.push(now);
                let window = log.iter().filter(|&&at| at + per > now).count();
                prop_assert!(window <= requests as usize);
            }
        }
    }

    /// A quota admits its number in each calendar window, no more and no
    /// fewer, with a clock that goes forward.
    #[test]
    fn a_quota_counts_by_window(
        requests in 1..8_u64,
        kind in 0..6_usize,
        start in prop_oneof![-10_000_000_000..10_000_000_000_i64, 1_700_000_000..1_900_000_000_i64],
        steps in proptest::collection::vec(
            prop_oneof![3 => 0..2_i64, 2 => 0..50_000_i64, 1 => 0..3_000_000_i64],
            1..150,
        ),
    ) {
        let period = PERIODS[kind];
        let quota = Quota::new(NonZeroU64::new(requests).unwrap(), period);
        let store = store(None, Some(quota));
        let mut log: Vec<i64> = Vec::new();
        let mut now = start;
        for step in steps {
            now += step;
            let window = window_id(period, now);
            let used = log.iter().filter(|&&id| id == window).count() as u64;
            let refusal = charge(&store, 0, now);
            prop_assert_eq!(refusal.is_some(), used >= requests, "{:?} at {}", period, now);
            match refusal {
                None => log.push(window),
                Some(refusal) => {
                    let wait = i64::try_from(refusal.retry_after.as_secs()).unwrap();
                    prop_assert_eq!(window_id(period, now + wait - 1), window);
                    prop_assert_ne!(window_id(period, now + wait), window);
                }
            }
        }
    }

    /// With a clock that goes anywhere, no calendar window admits more than
    /// its number, by what the clock shows at each request.
    #[test]
    fn a_quota_keeps_its_number_wherever_the_clock_goes(
        requests in 1..5_u64,
        kind in 0..6_usize,
        times in clocks(),
    ) {
        let period = PERIODS[kind];
        let quota = Quota::new(NonZeroU64::new(requests).unwrap(), period);
        let store = store(None, Some(quota));
        let mut log: Vec<i64> = Vec::new();
        for now in times {
            let window = window_id(period, now);
            match charge(&store, 0, now) {
                None => {
                    log.push(window);
                    let used = log.iter().filter(|&&id| id == window).count() as u64;
                    prop_assert!(used <= requests, "{used} in {period:?} of {now}");
                }
                Some(refusal) => {
                    let wait = i64::try_from(refusal.retry_after.as_secs()).unwrap();
                    prop_assert_eq!(window_id(period, now + wait - 1), window);
                    prop_assert_ne!(window_id(period, now + wait), window);
                }
            }
        }
    }

    /// A step back into a window never seen gives no more than was left of
    /// the window before it.
    #[test]
    fn a_step_back_gives_no_second_quota(
        requests in 1..5_u64,
        used in 1..5_u64,
        kind in 0..6_usize,
        back in 0..10_000_000_i64,
    ) {
        let used = used.min(requests);
        let quota = Quota::new(NonZeroU64::new(requests).unwrap(), PERIODS[kind]);
        let store = store(None, Some(quota));
        let now = 1_800_000_000;
        for _ in 0..used {
            prop_assert!(charge(&store, 0, now).is_none());
        }
        for _ in used..requests {
            prop_assert!(charge(&store, 0, now - back).is_none());
        }
        prop_assert!(charge(&store, 0, now - back).is_some());
    }

    /// After any time with a clock that is ahead, the second window after it
    /// was set right is as if nothing had been.
    #[test]
    fn a_clock_set_right_is_as_if_nothing_had_been(
        requests in 1..5_u64,
        kind in 0..6_usize,
        ahead in 100_000_000..1_000_000_000_i64,
        steps in proptest::collection::vec(0..100_000_i64, 1..60),
        after in proptest::collection::vec(1..3_usize, 1..20),
    ) {
        let period = PERIODS[kind];
        let quota = Quota::new(NonZeroU64::new(requests).unwrap(), period);
        let store = store(None, Some(quota));
        let mut now = 1_776_330_562;
        for &step in &steps {
            now += step;
            charge(&store, 0, now);
        }
        let right = now;
        now += ahead;
        for &step in &steps {
            now += step;
            charge(&store, 0, now);
        }
        now = right;
        charge(&store, 0, now);
        for &windows in &after {
            for _ in 0..windows {
                let window = window_id(period, now);
                while window_id(period, now) == window {
                    now += match period {
                        QuotaPeriod::Every(length) => i64::from(length.get()),
                        _ => 86_400,
                    };
                }
            }
            for _ in 0..requests {
                prop_assert!(charge(&store, 0, now).is_none());
            }
            prop_assert!(charge(&store, 0, now).is_some());
        }
    }

    /// A request charges its rate and its quota together or neither.
    #[test]
    fn a_rate_and_a_quota_are_charged_together(
        requests in 1..6_u32,
        a_day in 1..12_u64,
        steps in proptest::collection::vec(prop_oneof![0..3_u64, 0..40_000_u64], 1..120),
    ) {
        let rate = Rate::new(NonZeroU32::new(requests).unwrap(), Duration::from_secs(3600));
        let quota = Quota::new(NonZeroU64::new(a_day).unwrap(), QuotaPeriod::Day);
        let store = store(Some(rate.unwrap()), Some(quota));
        let mut log: Vec<u64> = Vec::new();
        let mut now = 0;
        for step in steps {
            now += step;
            let day = log.iter().filter(|&&at| at / 86_400 == now / 86_400).count() as u64;
            let within = |hour: u64| log.iter().filter(|&&at| at + hour > now).count();
            let (hour, longer) = (within(3600), within(3600 + 225));
            let refused = charge(&store, now * 1_000_000_000, i64::try_from(now).unwrap()).is_some();
            if hour >= requests as usize || day >= a_day {
                prop_assert!(refused);
            } else if longer < requests as usize {
                prop_assert!(!refused);
            }
            if !refused {
                log.push(now);
            }
        }
    }
}

const PERIODS: [QuotaPeriod; 6] = [
    QuotaPeriod::Day,
    QuotaPeriod::Week,
    QuotaPeriod::Month,
    QuotaPeriod::Every(NonZeroU32::new(3600).unwrap()),
    QuotaPeriod::Every(NonZeroU32::new(100_000).unwrap()),
    QuotaPeriod::Every(NonZeroU32::MIN),
];

/// A number for the calendar window of a moment, rising with time.
fn window_id(period: QuotaPeriod, now: i64) -> i64 {
    let day = now.div_euclid(86_400);
    match period {
        QuotaPeriod::Day => day,
        // Day 0 was a Thursday, so weeks change three days later than sevens.
        QuotaPeriod::Week => (day + 3).div_euclid(7),
        QuotaPeriod::Month => month_id(day),
        QuotaPeriod::Every(length) => now.div_euclid(i64::from(length.get())),
    }
}

/// Months since January 1970, by walking the calendar.
fn month_id(mut day: i64) -> i64 {
    let length = |month: i64| {
        let year = 1970 + month.div_euclid(12);
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        match month.rem_euclid(12) {
            1 if leap => 29,
            1 => 28,
            3 | 5 | 8 | 10 => 30,
            _ => 31,
        }
    };
    let mut month = 0;
    while day < 0 {
        month -= 1;
        day += length(month);
    }
    while day >= length(month) {
        day -= length(month);
        month += 1;
    }
    month
}
