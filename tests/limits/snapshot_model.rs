//! Restarts at any time, against a log of all requests and a store that goes on.

use proptest::prelude::*;

use super::*;

const SECOND: u64 = 1_000_000_000;

/// What may happen: time goes by, and then a request comes or the process ends and
/// starts again so much later, on a monotonic clock that shows something else.
#[derive(Clone, Copy, Debug)]
enum Event {
    Request { cost: u32 },
    Restart { away: u64, origin: u64 },
}

fn events(per: u64) -> impl Strategy<Value = Vec<(u64, Event)>> {
    let step = || {
        prop_oneof![
            4 => Just(0),
            3 => 0..per / 40,
            2 => 0..per / 8,
            1 => per - per / 16..per + per / 16,
            1 => 0..3 * per,
        ]
    };
    let origin = prop_oneof![Just(0), 0..per, 0..u64::MAX / 2];
    let event = prop_oneof![
        20 => (1..5_u32).prop_map(|cost| Event::Request { cost }),
        1 => (step(), origin).prop_map(|(away, origin)| Event::Restart { away, origin }),
    ];
    proptest::collection::vec((step(), event), 1..150)
}

fn rates() -> impl Strategy<Value = (u32, u64, u64, Vec<(u64, Event)>)> {
    let per = prop_oneof![
        Just(SECOND),
        Just(60 * SECOND),
        SECOND..SECOND + 100,
        SECOND..100 * SECOND,
        SECOND..31 * 86_400 * SECOND,
    ];
    let requests = prop_oneof![4..8_u32, 4..60_u32];
    (requests, per)
        .prop_flat_map(|(requests, per)| (Just(requests), Just(per), 0..SECOND, events(per)))
}

fn through_json(snapshot: &LimitsSnapshot) -> LimitsSnapshot {
    serde_json::from_str(&serde_json::to_string(snapshot).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever restarts there are, no window admits more than its number; and what
    /// is refused would have been too many for a window that is longer by a
    /// sixteenth, and by another one and two seconds for each restart.
    #[test]
    fn a_rate_keeps_its_number_over_restarts((requests, per, phase, events) in rates()) {
        let limits = only_rate(requests, Duration::from_nanos(per));
        let mut acme = Acme::new(limits.clone());
        // Both clocks follow the time; the wall clock shows whole seconds of it.
        let (mut time, mut began) = (0_u64, 0_u64);
        let mut restarts: Vec<u64> = Vec::new();
        let mut log: Vec<(u64, u32)> = Vec::new();
        let mut origin = 12_345;
        let reading = |time: u64, began: u64, origin: u64| Now {
            wall: Timestamp::from_unix_seconds(1_776_330_562 + i64::try_from((time + phase) / SECOND).unwrap()),
            monotonic: Duration::from_nanos(time - began + origin),
        };
        for (step, event) in events {
            time += step;
            match event {
                Event::Restart { away, origin: next } => {
                    let snapshot = acme.store.snapshot(&reading(time, began, origin));
                    time += away;
                    (began, origin) = (time, next);
                    acme = Acme::new(limits.clone());
                    acme.store.restore(&through_json(&snapshot), &reading(time, began, origin));
                    restarts.push(time);
                }
                Event::Request { cost } => {
                    let refused = match acme.charge_cost(cost, reading(time, began, origin)) {
                        ChargeOutcome::Charged(_) => false,
                        ChargeOutcome::Refused(_) => true,
                        ChargeOutcome::Unavailable => panic!("the store has this window"),
                    };
                    let within = |length: &dyn Fn(u64) -> u128| -> u32 {
                        let counted = log.iter().filter(|&&(at, _)| u128::from(time - at) < length(at));
                        counted.map(|&(_, cost)| cost).sum()
                    };
                    if refused {
                        let longer = within(&|at| {
                            let restarts = restarts.iter().filter(|&&restart| restart >= at).count() as u128;
                            u128::from(per) + (1 + restarts) * u128::from(per.div_ceil(16))
                                + restarts * 2 * u128::from(SECOND)
                        });
                        prop_assert!(longer + cost > requests, "{cost} refused at {time} after {longer}");
                    } else {
                        let window = within(&|_| u128::from(per)) + cost;
                        prop_assert!(window <= requests, "{window} within {per} ns of {time}");
                        log.push((time, cost));
                    }
                }
            }
        }
    }

    /// A quota goes on as if there had been no restart, whatever the wall clock
    /// shows.
    #[test]
    fn a_quota_does_not_notice_restarts(
        requests in 1..6_u64,
        kind in 0..4_usize,
        readings in proptest::collection::vec(
            (
                prop_oneof![
                    3 => -3..4_i64,
                    2 => -100_000..100_001_i64,
                    1 => -3_000_000..3_000_001_i64,
                    1 => Just(i64::MAX),
                    1 => Just(i64::MIN),
                ],
                1..4_u32,
                0..8_u32,
            ),
            1..150,
        ),
    ) {
        let period = [
            QuotaPeriod::Day,
            QuotaPeriod::Week,
            QuotaPeriod::Month,
            QuotaPeriod::Every(NonZeroU32::new(3600).unwrap()),
        ][kind];
        let twin = Acme::new(only_quota(requests, period));
        let mut acme = Acme::new(only_quota(requests, period));
        for (ahead, cost, event) in readings {
            let now = wall(1_776_330_562_i64.saturating_add(ahead));
            if event == 0 {
                let snapshot = acme.store.snapshot(&now);
                acme = Acme::new(only_quota(requests, period));
                acme.store.restore(&through_json(&snapshot), &now);
            }
            prop_assert_eq!(acme.charge_cost(cost, now), twin.charge_cost(cost, now));
        }
    }
}
