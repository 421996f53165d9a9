//! Counters across a restart: literal cases.

use super::*;

/// 2026-04-16 12:00:00.
const NOON: i64 = 1_776_340_800;

fn at(wall: i64, monotonic: Duration) -> Now {
    Now {
        wall: Timestamp::from_unix_seconds(wall),
        monotonic,
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What the file of a snapshot says when it is read again.
fn through_json(snapshot: &LimitsSnapshot) -> LimitsSnapshot {
    let text = serde_json::to_string(snapshot).unwrap();
    serde_json::from_str(&text).unwrap()
}

impl Acme {
    /// Ends this process at one moment and starts the next one at another.
    fn restarted(&self, then: Now, now: Now) -> Self {
        self.restarted_with(self.limits.clone(), then, now)
    }

    fn restarted_with(&self, limits: LimitSet, then: Now, now: Now) -> Self {
        let next = Self::new(limits);
        next.store
            .restore(&through_json(&self.store.snapshot(&then)), &now);
        next
    }
}

#[test]
fn the_quota_of_the_day_survives_a_restart() {
    let acme = Acme::new(only_quota(5, QuotaPeriod::Day));
    acme.admitted_times(3, at(NOON, seconds(900)));
    let next = acme.restarted(at(NOON + 60, seconds(960)), at(NOON + 65, seconds(0)));
    assert_eq!(next.admitted(at(NOON + 65, seconds(0)))[0].remaining, 1);
    next.admitted(at(NOON + 65, seconds(0)));
    let refusal = next.refused(at(NOON + 65, seconds(0)));
    assert_eq!(refusal.retry_after, seconds(12 * 3600 - 65));

    // Again, and over midnight.
    let third = next.restarted(at(NOON + 70, seconds(5)), at(NOON + 75, seconds(1)));
    third.refused(at(NOON + 12 * 3600 - 1, seconds(2)));
    third.admitted_times(5, at(NOON + 12 * 3600, seconds(3)));
    third.refused(at(NOON + 12 * 3600, seconds(3)));

    // A restart over midnight starts the new day.
    let fourth = next.restarted(at(NOON + 70, seconds(5)), at(NOON + 12 * 3600, seconds(1)));
    fourth.admitted_times(5, at(NOON + 12 * 3600, seconds(1)));
    fourth.refused(at(NOON + 12 * 3600, seconds(1)));
}

#[test]
fn a_quota_remembers_the_windows_that_the_clock_left() {
    let acme = Acme::new(only_quota(2, QuotaPeriod::Day));
    let day = |day: i64| at(NOON + day * 86_400, seconds(0));
    acme.admitted_times(2, day(0));
    acme.admitted(day(1));
    let next = acme.restarted(day(1), day(1));
    for _ in 0..2 {
        next.refused(day(0));
    }
    // What the clock went back from is counted where it went to, as ever.
    let next = acme.restarted(day(1), day(-1));
    next.admitted(day(-1));
    next.refused(day(-1));
    next.admitted(day(1));
    next.refused(day(1));
    next.admitted_times(2, day(2));
}

#[test]
fn a_rate_survives_a_restart_on_another_monotonic_clock() {
    let acme = Acme::new(only_rate(3, MINUTE));
    acme.admitted(at(NOON, seconds(5000)));
    acme.admitted_times(2, at(NOON + 20, seconds(5020)));
    // 16 seconds by the wall clock are at least 15.
    let then = at(NOON + 24, seconds(5024));
    for origin in [seconds(0), seconds(7), Duration::new(99_999_999, 1)] {
        let now = at(NOON + 40, origin);
        let next = acme.restarted(then, now);
        let refusal = next.refused(now);
        assert_eq!(
            refusal.allowances.as_slice()[0].resets_in,
            seconds(60 - 24 - 15)
        );
        assert_eq!(refusal.retry_after, seconds(60 - 24 - 15));
        next.refused(at(NOON + 40, origin + seconds(21) - NANOSECOND));
        next.admitted(at(NOON + 40, origin + seconds(21)));
        next.refused(at(NOON + 40, origin + seconds(41) - NANOSECOND));
        next.admitted_times(2, at(NOON + 40, origin + seconds(41)));
        next.refused(at(NOON + 40, origin + seconds(41)));
    }
}

#[test]
fn the_time_between_is_what_the_wall_clock_tells_at_the_least() {
    let acme = Acme::new(only_rate(1, MINUTE));
    acme.admitted(at(NOON, seconds(100)));
    for (between, left) in [
        (0, Some(60)),
        (1, Some(60)),
        (2, Some(59)),
        (60, Some(1)),
        (61, None),
        (86_400, None),
        (i64::MAX - NOON, None),
        // A clock that went back tells of no time.
        (-1, Some(60)),
        (-86_400, Some(60)),
        (i64::MIN + NOON, Some(60)),
    ] {
        let now = at(NOON.saturating_add(between), seconds(0));
        let next = acme.restarted(at(NOON, seconds(100)), now);
        match (next.charge(now), left) {
            (ChargeOutcome::Charged(_), None) => {}
            (ChargeOutcome::Refused(refusal), Some(left)) => {
                assert_eq!(refusal.retry_after, seconds(left), "{between}");
            }
            (outcome, _) => panic!("{between}: {outcome:?}"),
        }
    }
}

#[test]
fn no_reading_of_a_clock_panics_or_frees() {
    let moments = [
        i64::MIN,
        i64::MIN + 1,
        i64::MIN / 2,
        0,
        i64::MAX / 2,
        i64::MAX,
    ];
    let ages = [
        Duration::ZERO,
        Duration::from_nanos(u64::MAX),
        Duration::MAX,
    ];
    let limits = set([("a", rate(1, Rate::MAX_PER), quota(1, QuotaPeriod::Month))]);
    for wall in moments {
        for (then, now) in ages.iter().flat_map(|then| ages.map(|now| (*then, now))) {
            let acme = Acme::new(limits.clone());
            acme.admitted(at(wall, then));
            let next = acme.restarted(at(wall, then), at(wall, now));
            let refusal = next.refused(at(wall, now));
            let left = refusal.allowances.as_slice().iter().map(|a| a.remaining);
            assert_eq!(left.collect::<Vec<_>>(), [0, 0]);
            for restart in moments {
                // Far ahead both windows are over; else neither is.
                let next = acme.restarted(at(wall, then), at(restart, now));
                if restart <= wall {
                    next.refused(at(restart, now));
                }
            }
        }
    }
}

#[test]
fn requests_of_two_segments_that_fall_into_one_are_forgotten_together() {
    // Segments of one second. The wall clock tells of no time.
    let acme = Acme::new(only_rate(2, seconds(16)));
    acme.admitted(at(NOON, Duration::from_millis(3900)));
    acme.admitted(at(NOON, Duration::from_millis(4100)));
    let then = at(NOON, Duration::from_millis(4500));
    // The ages are 600 and 400 milliseconds.
    let apart = acme.restarted(then, at(NOON, Duration::from_millis(500)));
    apart.refused(at(NOON, Duration::from_millis(500 + 15_400) - NANOSECOND));
    apart.admitted(at(NOON, Duration::from_millis(500 + 15_400)));
    apart.refused(at(NOON, Duration::from_millis(500 + 15_400)));

    let joined = acme.restarted(then, at(NOON, Duration::from_millis(800)));
    joined.refused(at(NOON, Duration::from_millis(800 + 15_600) - NANOSECOND));
    joined.admitted_times(2, at(NOON, Duration::from_millis(800 + 15_600)));
}

#[test]
fn every_segment_of_a_window_is_restored() {
    let acme = Acme::new(only_rate(17, seconds(16)));
    acme.admitted(at(NOON, Duration::from_millis(3999)));
    for second in 4..19 {
        acme.admitted(at(NOON, Duration::from_millis(second * 1000 + 990)));
    }
    acme.admitted(at(NOON, Duration::from_millis(19_500)));
    let then = Duration::from_millis(19_998);
    let next = acme.restarted(at(NOON, then), at(NOON, then));
    let refusal = next.refused(at(NOON, then));
    assert_eq!(refusal.retry_after, Duration::from_millis(1));
    assert_eq!(refusal.allowances.as_slice()[0].remaining, 0);
}

#[test]
fn a_limit_or_client_that_the_plan_lacks_is_passed_over() {
    let old = set([
        ("a", rate(3, MINUTE), quota(3, QuotaPeriod::Day)),
        ("b", rate(3, MINUTE), None),
    ]);
    let store = MemoryLimits::new([("acme", &old), ("globex", &old)]).unwrap();
    let now = at(NOON, seconds(100));
    for (slot, client) in ["acme", "acme", "globex"]
        .into_iter()
        .zip([0, 0, 1])
        .map(|(c, s)| (s, c))
    {
        let outcome = store.charge(&due(client, slot, &old), &now);
        assert!(matches!(outcome, ChargeOutcome::Charged(_)));
    }
    let snapshot = through_json(&store.snapshot(&now));

    // Another order, other numbers, lengths, kinds and names.
    let new = set([
        ("c", rate(3, MINUTE), None),
        ("a", rate(9, MINUTE), quota(1, QuotaPeriod::Day)),
        ("b", rate(3, MINUTE * 2), quota(3, QuotaPeriod::Day)),
    ]);
    let next = MemoryLimits::new([("initech", &new), ("acme", &new)]).unwrap();
    next.restore(&snapshot, &now);
    let ChargeOutcome::Refused(refusal) = next.charge(&due("acme", 1, &new), &now) else {
        panic!("the quota was lowered to less than was charged");
    };
    let left: Vec<u64> = refusal
        .allowances
        .as_slice()
        .iter()
        .map(|a| a.remaining)
        .collect();
    assert_eq!(left, [3, 7, 0, 3, 3]);
    let ChargeOutcome::Charged(left) = next.charge(&due("initech", 0, &new), &now) else {
        panic!("paid for another client");
    };
    let left: Vec<u64> = left.as_slice().iter().map(|a| a.remaining).collect();
    assert_eq!(left, [2, 8, 0, 2, 2]);
    let stranger = next.charge(&due("globex", 0, &new), &now);
    assert_eq!(stranger, ChargeOutcome::Unavailable);
}

#[test]
fn what_a_store_has_counted_counts_beside_what_is_restored() {
    let acme = Acme::new(set([("a", rate(9, MINUTE), quota(9, QuotaPeriod::Day))]));
    let now = at(NOON, seconds(100));
    acme.admitted_times(2, now);
    let snapshot = acme.store.snapshot(&now);
    let left = |now| -> Vec<u64> { acme.admitted(now).iter().map(|a| a.remaining).collect() };
    acme.store.restore(&snapshot, &now);
    assert_eq!(left(now), [4, 4]);
    acme.store.restore(&snapshot, &now);
    assert_eq!(left(now), [1, 1]);
    acme.store.restore(&snapshot, &now);
    acme.refused(now);

    // What is restored is older; the clock still stands where it stood.
    let acme = Acme::new(only_rate(3, MINUTE));
    acme.admitted(now);
    let snapshot = acme.store.snapshot(&now);
    acme.store.restore(&snapshot, &at(NOON + 11, seconds(100)));
    acme.admitted(at(NOON, seconds(95)));
    assert_eq!(acme.refused(at(NOON, seconds(95))).retry_after, seconds(50));
    acme.admitted(at(NOON, seconds(150)));
    acme.refused(at(NOON, seconds(159)));
}

#[test]
fn stores_of_a_chain_of_policies_save_and_restore_what_they_share() {
    let (old, new) = (only_rate(3, MINUTE), set([("b", rate(3, MINUTE), None)]));
    let now = at(NOON, seconds(100));
    let first = MemoryLimits::new([("acme", &old)]).unwrap();
    let second = first.rebind([("acme", &new)]).unwrap();
    let remaining = |store: &MemoryLimits, limits| match store.charge(&due("acme", 0, limits), &now)
    {
        ChargeOutcome::Charged(left) => left.as_slice()[0].remaining,
        outcome => panic!("{outcome:?}"),
    };
    assert_eq!((remaining(&first, &old), remaining(&second, &new)), (2, 2));
    // Either knows what was charged under the other, whose policy may come back.
    assert_eq!(first.snapshot(&now), second.snapshot(&now));

    let third = MemoryLimits::new([("acme", &new)]).unwrap();
    let fourth = third.rebind([("acme", &old)]).unwrap();
    fourth.restore(&second.snapshot(&now), &now);
    assert_eq!((remaining(&third, &new), remaining(&fourth, &old)), (1, 1));
}

#[test]
fn a_snapshot_holds_what_was_counted_and_nothing_else() {
    let limits = set([
        ("idle", rate(9, MINUTE), quota(9, QuotaPeriod::Month)),
        ("a", rate(9, MINUTE), quota(9, QuotaPeriod::Day)),
        ("w", None, quota(9, QuotaPeriod::Week)),
        ("m", None, quota(9, QuotaPeriod::Month)),
        (
            "h",
            None,
            quota(9, QuotaPeriod::Every(NonZeroU32::new(3600).unwrap())),
        ),
    ]);
    let plan = ["idle", "acme"].map(|client| (client, &limits));
    let store = MemoryLimits::new(plan).unwrap();
    let charged = Charges {
        limits: [&limits.as_slice()[1..], &[], &[]],
        ..due("acme", 1, &limits)
    };
    for (wall, millis) in [
        (NOON - 86_400, 1000),
        (NOON, 2000),
        (NOON, 7000),
        (NOON, 7000),
    ] {
        let now = at(wall, Duration::from_millis(millis));
        assert!(matches!(
            store.charge(&charged, &now),
            ChargeOutcome::Charged(_)
        ));
    }
    let snapshot = store.snapshot(&at(NOON + 55, Duration::from_millis(61_500)));
    assert_eq!(snapshot.taken_at(), Timestamp::from_unix_seconds(NOON + 55));
    let text = serde_json::to_string(&snapshot).unwrap();
    let expected = concat!(
        r#"{"version":1,"taken_at":1776340855,"clients":[{"client":"acme","#,
        r#""rates":[{"limit":"a","per_ns":60000000000,"segments":["#,
        r#"{"requests":2,"age_ns":59500000000},{"requests":2,"age_ns":54500000000}]}],"#,
        r#""quotas":["#,
        r#"{"limit":"a","period":"day","current":{"used":3,"starts":1776297600,"ends":1776384000},"#,
        r#""left":[{"used":1,"starts":1776211200,"ends":1776297600}]},"#,
        r#"{"limit":"w","period":"week","current":{"used":4,"starts":1776038400,"ends":1776643200},"left":[]},"#,
        r#"{"limit":"m","period":"month","current":{"used":4,"starts":1775001600,"ends":1777593600},"left":[]},"#,
        r#"{"limit":"h","period":{"every":3600},"current":{"used":3,"starts":1776340800,"ends":1776344400},"#,
        r#""left":[{"used":1,"starts":1776254400,"ends":1776258000}]}]}]}"#,
    );
    assert_eq!(text, expected);
    assert_eq!(through_json(&snapshot), snapshot);

    let nothing = MemoryLimits::new(plan)
        .unwrap()
        .snapshot(&at(5, seconds(0)));
    let text = serde_json::to_string(&nothing).unwrap();
    assert_eq!(text, r#"{"version":1,"taken_at":5,"clients":[]}"#);
}

#[test]
fn a_snapshot_that_no_store_took_is_an_error() {
    let read = |text: &str| serde_json::from_str::<LimitsSnapshot>(text);
    let client = |rates: &str, quotas: &str| {
        format!(
            r#"{{"version":1,"taken_at":0,"clients":[{{"client":"globex","rates":[],"quotas":[]}},{{"client":"acme","rates":[{rates}],"quotas":[{quotas}]}}]}}"#
        )
    };
    let rate = |per: &str, segments: &str| {
        client(
            &format!(r#"{{"limit":"a","per_ns":{per},"segments":[{segments}]}}"#),
            "",
        )
    };
    let quota = |period: &str, current: &str, left: &str| {
        client(
            "",
            &format!(r#"{{"limit":"a","period":{period},"current":{current},"left":[{left}]}}"#),
        )
    };
    let segment =
        |requests: &str, age: &str| format!(r#"{{"requests":{requests},"age_ns":{age}}}"#);
    let span = |used: &str, starts: &str, ends: &str| {
        format!(r#"{{"used":{used},"starts":{starts},"ends":{ends}}}"#)
    };
    let day = || span("1", "86400", "172800");
    let one = |age: u64| segment("1", &age.to_string());
    let many = |count: usize| vec![one(7); count].join(",");
    const SECOND: &str = "1000000000";

    for text in [
        client("", ""),
        rate(SECOND, ""),
        rate(SECOND, &one(999_999_999)),
        rate("2678400000000000", &one(2_678_399_999_999_999)),
        rate(SECOND, &segment("4294967295", "0")),
        rate(SECOND, &many(17)),
        quota(r#""day""#, &day(), ""),
        quota(
            r#""day""#,
            &span("18446744073709551615", "-86400", "0"),
            &day(),
        ),
        quota(r#""day""#, &day(), &span("1", "-86400", "604800")),
        quota(r#""week""#, &span("1", "345600", "950400"), ""),
        quota(r#""month""#, &span("1", "2678400", "5097600"), ""),
        quota(
            r#"{"every":7}"#,
            &span("1", "-7", "0"),
            &[day().replace("86400", "84"), span("1", "0", "7")]
                .join(",")
                .replace("172800", "91"),
        ),
    ] {
        assert!(read(&text).is_ok(), "{:?} of {text}", read(&text));
    }

    let period = "client 2: a rate is shorter than a second or longer than 31 days";
    let segments = "client 2: the segments of a rate are too many, too old or not in order";
    let window = "client 2: a quota has counted in no window of its period";
    for (text, message) in [
        (rate("999999999", ""), period),
        (rate("0", ""), period),
        (rate("2678400000000001", ""), period),
        (rate("18446744073709551615", ""), period),
        (rate(SECOND, &one(1_000_000_000)), segments),
        (rate(SECOND, &one(u64::MAX)), segments),
        (rate(SECOND, &[one(5), one(6)].join(",")), segments),
        (rate(SECOND, &many(18)), segments),
        (quota(r#""day""#, &span("0", "86400", "172800"), ""), window),
        (quota(r#""day""#, &span("1", "86401", "172800"), ""), window),
        (quota(r#""day""#, &span("1", "86400", "172801"), ""), window),
        (quota(r#""day""#, &span("1", "86400", "259200"), ""), window),
        (quota(r#""day""#, &span("1", "86400", "86400"), ""), window),
        (quota(r#""day""#, &span("1", "172800", "86400"), ""), window),
        (quota(r#""week""#, &day(), ""), window),
        (quota(r#""month""#, &span("1", "0", "2592000"), ""), window),
        (quota(r#"{"every":86401}"#, &day(), ""), window),
        (
            quota(
                r#""day""#,
                &span("1", "-9223372036854775808", "9223372036854775807"),
                "",
            ),
            window,
        ),
        (
            quota(
                r#""day""#,
                &span("1", "9223372036854720000", "9223372036854775807"),
                "",
            ),
            window,
        ),
        (quota(r#""day""#, &day(), &span("0", "0", "86400")), window),
        (quota(r#""day""#, &day(), &span("1", "1", "86400")), window),
        (quota(r#""day""#, &day(), &span("1", "0", "86399")), window),
        (quota(r#""day""#, &day(), &span("1", "86400", "0")), window),
        (quota(r#""day""#, &day(), &vec![day(); 5].join(",")), window),
    ] {
        let error = read(&text).unwrap_err().to_string();
        assert!(error.starts_with(message), "{error} of {text}");
    }

    let version = "the snapshot has another version than 1";
    let other = client("", "").replace(r#""version":1"#, r#""version":2,"new":[]"#);
    let error = read(&other).unwrap_err().to_string();
    assert!(error.starts_with(version), "{error}");

    for text in [
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
        "{}".to_owned(),
        r#"{"taken_at":0,"clients":[]}"#.to_owned(),
        r#"{"version":1,"clients":[]}"#.to_owned(),
        r#"{"version":1,"taken_at":0}"#.to_owned(),
        r#"{"version":"1","taken_at":0,"clients":[]}"#.to_owned(),
        r#"{"version":4294967297,"taken_at":0,"clients":[]}"#.to_owned(),
        r#"{"version":1,"taken_at":9223372036854775808,"clients":[]}"#.to_owned(),
        r#"{"version":1,"taken_at":0.5,"clients":[]}"#.to_owned(),
        client("", "").replace(r#","quotas":[]"#, ""),
        client("", "").replace(r#""rates":[],"#, ""),
        client("", "").replace(r#""rates""#, r#""rate""#),
        client("", "").replace(r#""rates""#, r#""quota":[],"rates""#),
        rate("-1", ""),
        rate("18446744073709551616", ""),
        rate(SECOND, &segment("0", "0")),
        rate(SECOND, &segment("-1", "0")),
        rate(SECOND, &segment("4294967296", "0")),
        rate(SECOND, &segment("1", "-1")),
        rate(SECOND, &segment("1", "1e9")),
        rate(SECOND, &one(1).replace("age_ns", "age")),
        quota(r#""year""#, &day(), ""),
        quota(r#"{"every":0}"#, &day(), ""),
        quota(r#"{"every":4294967296}"#, &day(), ""),
        quota(r#""day""#, &span("-1", "86400", "172800"), ""),
        quota(
            r#""day""#,
            &span("18446744073709551616", "86400", "172800"),
            "",
        ),
        quota(r#""day""#, &span("1", "-9223372036854775809", "172800"), ""),
        quota(r#""day""#, "null", ""),
    ] {
        assert!(read(&text).is_err(), "{text}");
    }
}

#[test]
fn the_fullest_numbers_of_a_snapshot_free_nobody() {
    let window = r#"{"limit":"a","per_ns":60000000000,"segments":[{"requests":4294967295,"age_ns":900},{"requests":4294967295,"age_ns":900},{"requests":4294967295,"age_ns":0}]}"#;
    let text = format!(
        r#"{{"version":1,"taken_at":{NOON},"clients":[{{"client":"acme","rates":[{window},{window}],"quotas":[{{"limit":"a","period":"day","current":{{"used":18446744073709551615,"starts":1776297600,"ends":1776384000}},"left":[]}}]}}]}}"#
    );
    let snapshot: LimitsSnapshot = serde_json::from_str(&text).unwrap();
    let most = Rate::new(NonZeroU32::MAX, MINUTE).unwrap();
    for limits in [
        set([("a", Some(most), None)]),
        set([("a", None, quota(u64::MAX, QuotaPeriod::Day))]),
    ] {
        let acme = Acme::new(limits);
        let now = at(NOON, seconds(0));
        acme.store.restore(&snapshot, &now);
        acme.refused(now);
        acme.store.record(&due("acme", 0, &acme.limits), &now);
        acme.store.restore(&snapshot, &now);
        assert_eq!(acme.refused(now).allowances.as_slice()[0].remaining, 0);
    }
}

#[test]
fn threads_charge_while_a_snapshot_is_taken() {
    let limits = only_rate(1000, MINUTE);
    let clients: Vec<String> = (0..64).map(|n| format!("client{n}")).collect();
    let plan = || clients.iter().map(|client| (client.as_str(), &limits));
    let store = MemoryLimits::new(plan()).unwrap();
    let now = at(NOON, seconds(1));
    let charge_all = |store: &MemoryLimits| {
        for (slot, client) in clients.iter().enumerate() {
            let outcome = store.charge(&due(client, slot, &limits), &now);
            assert!(matches!(outcome, ChargeOutcome::Charged(_)));
        }
    };
    charge_all(&store);
    let snapshots: Vec<LimitsSnapshot> = std::thread::scope(|scope| {
        scope.spawn(|| (0..50).for_each(|_| charge_all(&store)));
        (0..20).map(|_| store.snapshot(&now)).collect()
    });
    for snapshot in snapshots {
        let next = MemoryLimits::new(plan()).unwrap();
        next.restore(&snapshot, &now);
        for (slot, client) in clients.iter().enumerate() {
            let ChargeOutcome::Charged(left) = next.charge(&due(client, slot, &limits), &now)
            else {
                panic!("51 of 1000 are used up");
            };
            assert!((948..=998).contains(&left.as_slice()[0].remaining));
        }
    }
}
