//! Several limits charged together, against logs of everything that was admitted.

use proptest::prelude::*;

use super::*;

/// A window that the model counts by searching a log.
#[derive(Clone, Copy, Debug)]
enum Window {
    /// So many in any so many seconds.
    Rate(u32, u64),
    /// So many in each span of so many seconds from the epoch.
    Quota(u32, u64),
}

/// One admitted request, and which of the three lists of limits it was charged to.
#[derive(Clone, Copy, Debug)]
struct Admitted {
    at: u64,
    cost: u32,
    lists: [bool; 3],
}

fn limit(name: &str, windows: &[Window]) -> Limit {
    let (mut a_rate, mut a_quota) = (None, None);
    for window in windows {
        match *window {
            Window::Rate(requests, seconds) => {
                a_rate = rate(requests, Duration::from_secs(seconds));
            }
            Window::Quota(requests, seconds) => {
                let period = QuotaPeriod::from_duration(Duration::from_secs(seconds));
                a_quota = quota(u64::from(requests), period.unwrap());
            }
        }
    }
    Limit::new(name, a_rate, a_quota).unwrap()
}

/// The windows of the client's two limits, of its profile's and of the collection's.
fn windows() -> impl Strategy<Value = [Vec<Window>; 4]> {
    let a_rate = || {
        (
            3..30_u32,
            prop_oneof![Just(1_u64), Just(16), Just(60), Just(3600)],
        )
    };
    let a_quota = || {
        (
            3..60_u32,
            prop_oneof![Just(60_u64), Just(3600), Just(86_400)],
        )
    };
    let one = || {
        prop_oneof![
            a_rate().prop_map(|(n, s)| vec![Window::Rate(n, s)]),
            a_quota().prop_map(|(n, s)| vec![Window::Quota(n, s)]),
            (a_rate(), a_quota())
                .prop_map(|((n, s), (m, t))| vec![Window::Rate(n, s), Window::Quota(m, t)]),
        ]
    };
    [one(), one(), one(), one()]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// What is admitted is too much for no window that it is charged to; what is
    /// refused would have been too much for the very window that the refusal names,
    /// a sixteenth longer where it is a rate; and refused requests leave no trace.
    #[test]
    fn limits_of_client_profile_and_collection_are_charged_all_or_none(
        windows in windows(),
        requests in proptest::collection::vec(
            (
                prop_oneof![4 => Just(0), 3 => 0..3_u64, 2 => 0..70_u64, 1 => 0..4000_u64, 1 => 0..90_000_u64],
                1..6_u32,
                proptest::array::uniform3(any::<bool>()),
            ),
            1..250,
        ),
    ) {
        let [first, second, profile, collection] = &windows;
        let lists = [
            vec![limit("first", first), limit("second", second)],
            vec![limit("profile", profile)],
            vec![limit("collection", collection)],
        ];
        let windows_of = [vec![first, second], vec![profile], vec![collection]];
        let plan = LimitSet::new(lists.concat()).unwrap();
        let store = MemoryLimits::new([("acme", &plan)]).unwrap();
        let mut log: Vec<Admitted> = Vec::new();
        // Noon of a day: 60 and 3600 seconds divide it.
        let mut time = 43_200_u64;
        for (step, cost, charged) in requests {
            time += step;
            let limits = std::array::from_fn(|list| match charged[list] {
                true => lists[list].as_slice(),
                false => &[],
            });
            let due = Charges {
                limits,
                cost: NonZeroU32::new(cost).unwrap(),
                ..due("acme", 0, &plan)
            };
            let now = Now {
                wall: Timestamp::from_unix_seconds(i64::try_from(time).unwrap()),
                monotonic: Duration::from_secs(time),
            };
            let used = |list: usize, counts: &dyn Fn(u64) -> bool| -> u32 {
                let counted = log.iter().filter(|a| a.lists[list] && counts(a.at));
                counted.map(|a| a.cost).sum()
            };
            // What a window had before, and what it may have counted at most.
            let bounds = |list: usize, window: Window| match window {
                Window::Rate(_, per) => (
                    used(list, &|at| at + per > time),
                    used(list, &|at| 16 * (time - at) < 17 * per),
                ),
                Window::Quota(_, length) => {
                    let used = used(list, &|at| at / length == time / length);
                    (used, used)
                }
            };
            let asked: Vec<(usize, usize, Window)> = (0..3)
                .filter(|&list| charged[list])
                .flat_map(|list| windows_of[list].iter().map(move |windows| (list, *windows)))
                .enumerate()
                .flat_map(|(index, (list, windows))| windows.iter().map(move |&w| (index, list, w)))
                .collect();
            let requests = |window| match window {
                Window::Rate(n, _) | Window::Quota(n, _) => n,
            };
            let outcome = store.charge(&due, &now);
            let (allowances, taken) = match &outcome {
                ChargeOutcome::Charged(left) => (left, cost),
                ChargeOutcome::Refused(refusal) => (&refusal.allowances, 0),
                ChargeOutcome::Unavailable => panic!("the store has these windows"),
            };
            prop_assert_eq!(allowances.as_slice().len(), asked.len());
            for (allowance, &(index, list, window)) in allowances.as_slice().iter().zip(&asked) {
                let (least, most) = bounds(list, window);
                let number = requests(window);
                prop_assert_eq!(allowance.limit, index);
                prop_assert_eq!(allowance.allowed, u64::from(number));
                let left = |used: u32| u64::from(number.saturating_sub(used + taken));
                prop_assert!((left(most)..=left(least)).contains(&allowance.remaining));
                if taken > 0 {
                    prop_assert!(least + cost <= number, "{window:?} at {time}");
                }
            }
            match outcome {
                ChargeOutcome::Refused(refusal) => {
                    let kind = |window| match window {
                        Window::Rate(..) => WindowKind::Rate,
                        Window::Quota(..) => WindowKind::Quota,
                    };
                    let named = asked.iter().find(|&&(index, _, window)| {
                        (index, kind(window)) == (refusal.limit, refusal.kind)
                    });
                    let &(_, list, window) = named.unwrap();
                    let most = bounds(list, window).1;
                    prop_assert!(most + cost > requests(window), "{window:?} at {time}");

                    // Waiting as told is long enough for all of them, if it ever is.
                    let fits = asked.iter().all(|&(_, _, window)| cost <= requests(window));
                    let wait = refusal.retry_after_seconds();
                    if fits && step % 2 == 1 {
                        time += wait;
                        let later = Now {
                            wall: Timestamp::from_unix_seconds(i64::try_from(time).unwrap()),
                            monotonic: Duration::from_secs(time),
                        };
                        let admitted = matches!(store.charge(&due, &later), ChargeOutcome::Charged(_));
                        prop_assert!(admitted, "waited {wait} seconds until {time}");
                        log.push(Admitted { at: time, cost, lists: charged });
                    }
                }
                _ => log.push(Admitted { at: time, cost, lists: charged }),
            }
        }
    }

    /// Whatever the wall clock shows, a rate is the same; whatever the monotonic
    /// clock shows, a quota is.
    #[test]
    fn each_window_follows_one_clock_alone(
        readings in proptest::collection::vec((any_wall(), any_age(), 1..4_u32), 1..100),
    ) {
        let (a_rate, a_quota) = (only_rate(7, MINUTE), only_quota(7, QuotaPeriod::Day));
        let [rates, steady_rates] = [(); 2].map(|()| Acme::new(a_rate.clone()));
        let [quotas, steady_quotas] = [(); 2].map(|()| Acme::new(a_quota.clone()));
        for (wall, monotonic, cost) in readings {
            let now = Now { wall: Timestamp::from_unix_seconds(wall), monotonic };
            let steady = Now { wall: Timestamp::from_unix_seconds(0), monotonic };
            prop_assert_eq!(rates.charge_cost(cost, now), steady_rates.charge_cost(cost, steady));
            let steady = Now { wall: now.wall, monotonic: Duration::ZERO };
            prop_assert_eq!(quotas.charge_cost(cost, now), steady_quotas.charge_cost(cost, steady));
        }
    }

    /// No readings of the clocks, and no order of them, panic or admit more than a
    /// rate allows in the time that passed on the clock as it went forward.
    #[test]
    fn clocks_that_go_anywhere_free_nobody(
        requests in 1..6_u32,
        readings in proptest::collection::vec((any_wall(), any_age()), 1..100),
    ) {
        let limits = set([("a", rate(requests, MINUTE), quota(1000, QuotaPeriod::Month))]);
        let acme = Acme::new(limits);
        let mut log: Vec<Duration> = Vec::new();
        for (wall, monotonic) in readings {
            let now = Now { wall: Timestamp::from_unix_seconds(wall), monotonic };
            let ages = Duration::from_nanos(u64::MAX);
            let monotonic = log.last().copied().unwrap_or_default().max(monotonic.min(ages));
            let outcome = acme.charge(now);
            if matches!(outcome, ChargeOutcome::Charged(_)) {
                log.push(monotonic);
            }
            let window = log.iter().filter(|&&at| monotonic - at < MINUTE).count();
            prop_assert!(window <= requests as usize);
            let snapshot = acme.store.snapshot(&now);
            prop_assert_eq!(snapshot.taken_at(), now.wall);
        }
    }
}

fn any_wall() -> impl Strategy<Value = i64> {
    prop_oneof![
        Just(i64::MIN),
        Just(i64::MAX),
        Just(0),
        any::<i64>(),
        1_776_000_000..1_776_200_000_i64,
    ]
}

fn any_age() -> impl Strategy<Value = Duration> {
    prop_oneof![
        1 => Just(Duration::ZERO),
        1 => Just(Duration::MAX),
        1 => any::<u64>().prop_map(Duration::from_nanos),
        9 => (0..300_u64).prop_map(Duration::from_secs),
    ]
}

/// What a client is told in `Retry-After` is right to the second, in each kind of
/// window and at any part of a second.
#[test]
fn a_client_that_waits_as_told_is_admitted_and_one_that_does_not_is_not() {
    for millis in [0, 1, 250, 999] {
        let acme = Acme::new(only_rate(4, MINUTE));
        let start = Duration::from_millis(100_000 + millis);
        let after = |seconds: u64| monotonic(start + Duration::from_secs(seconds));
        acme.admitted_times(3, after(0));
        acme.admitted(after(30));
        for (asked, told) in [(30, 30), (31, 29), (59, 1)] {
            assert_eq!(acme.refused(after(asked)).retry_after_seconds(), told);
        }
        acme.admitted_times(3, after(60));
        assert_eq!(acme.refused(after(60)).retry_after_seconds(), 30);
        acme.refused(after(89));
        acme.admitted(after(90));
    }
    // Part of a second is told as a whole one.
    let acme = Acme::new(only_rate(1, MINUTE));
    acme.admitted(monotonic(Duration::from_millis(500)));
    let asked = Duration::from_millis(30_501);
    assert_eq!(acme.refused(monotonic(asked)).retry_after_seconds(), 30);
    acme.admitted(monotonic(asked + Duration::from_secs(30)));

    let acme = Acme::new(only_quota(
        1,
        QuotaPeriod::Every(NonZeroU32::new(100).unwrap()),
    ));
    acme.admitted(wall(1_000_000_030));
    for (asked, told) in [(30, 70), (31, 69), (98, 2), (99, 1)] {
        let refusal = acme.refused(wall(1_000_000_000 + asked));
        assert_eq!(refusal.retry_after_seconds(), told);
    }
    acme.admitted(wall(1_000_000_100));
}
