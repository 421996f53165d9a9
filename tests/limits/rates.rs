//! Sliding windows: what they admit, and how long they refuse.

use super::*;

#[test]
fn a_burst_is_forgotten_exactly_one_window_later() {
    for start in [
        Duration::ZERO,
        NANOSECOND,
        Duration::from_secs(7),
        Duration::new(123_456_789, 987_654_321),
    ] {
        for per in [
            Duration::from_secs(1),
            Duration::new(1, 7),
            MINUTE,
            Duration::from_secs(300),
            Duration::from_secs(3600),
            Rate::MAX_PER,
        ] {
            let acme = Acme::new(only_rate(5, per));
            acme.admitted_times(5, monotonic(start));
            let refusal = acme.refused(monotonic(start));
            assert_eq!(
                (refusal.limit, refusal.kind, refusal.retry_after),
                (0, WindowKind::Rate, per)
            );
            let refusal = acme.refused(monotonic(start + per - NANOSECOND));
            assert_eq!(refusal.retry_after, NANOSECOND);
            assert_eq!(refusal.retry_after_seconds(), 1);
            acme.admitted_times(5, monotonic(start + per));
            acme.refused(monotonic(start + per));
        }
    }
}

#[test]
fn the_window_slides() {
    let acme = Acme::new(only_rate(3, MINUTE));
    let at = |seconds| monotonic(Duration::from_secs(seconds));
    acme.admitted(at(0));
    acme.admitted(at(30));
    acme.admitted(at(59));
    assert_eq!(acme.refused(at(59)).retry_after, Duration::from_secs(1));
    acme.admitted(at(60));
    // A fixed window would have started anew.
    assert_eq!(acme.refused(at(61)).retry_after, Duration::from_secs(29));
    acme.admitted(at(90));
}

#[test]
fn an_allowance_tells_when_the_oldest_requests_are_forgotten() {
    let acme = Acme::new(only_rate(3, MINUTE));
    for (at, remaining, resets_in) in [(0, 2, 60), (20, 1, 40), (50, 0, 10), (60, 0, 20)] {
        let left = acme.admitted(monotonic(Duration::from_secs(at)));
        let expected = Allowance {
            limit: 0,
            kind: WindowKind::Rate,
            allowed: 3,
            remaining,
            resets_in: Duration::from_secs(resets_in),
        };
        assert_eq!(left, [expected]);
    }
}

#[test]
fn requests_close_together_are_forgotten_with_the_last_of_them() {
    // The segments of 16 seconds are one second long.
    let acme = Acme::new(only_rate(2, Duration::from_secs(16)));
    acme.admitted(monotonic(Duration::from_millis(3000)));
    acme.admitted(monotonic(Duration::from_millis(3999)));
    let refusal = acme.refused(monotonic(Duration::from_millis(19_500)));
    assert_eq!(refusal.retry_after, Duration::from_millis(499));
    acme.admitted(monotonic(Duration::from_millis(19_999)));
}

#[test]
fn every_segment_of_a_window_is_kept() {
    // One request in each of the 17 segments that a window can touch.
    let acme = Acme::new(only_rate(17, Duration::from_secs(16)));
    acme.admitted(monotonic(Duration::from_millis(3999)));
    for second in 4..19 {
        acme.admitted(monotonic(Duration::from_millis(second * 1000 + 990)));
    }
    acme.admitted(monotonic(Duration::from_millis(19_500)));
    let refusal = acme.refused(monotonic(Duration::from_millis(19_998)));
    assert_eq!(refusal.retry_after, Duration::from_millis(1));
    acme.admitted(monotonic(Duration::from_millis(19_999)));
}

#[test]
fn a_length_that_sixteen_does_not_divide_touches_no_more_segments() {
    let per = Duration::new(1, 15);
    let acme = Acme::new(only_rate(2, per));
    let first = Duration::from_nanos(62_499_999);
    acme.admitted(monotonic(first));
    acme.admitted(monotonic(Duration::from_nanos(17 * 62_500_000)));
    acme.refused(monotonic(first + per - NANOSECOND));
    acme.admitted(monotonic(first + per));
}

#[test]
fn a_monotonic_clock_that_goes_back_stands_still() {
    let acme = Acme::new(only_rate(2, MINUTE));
    acme.admitted(monotonic(Duration::from_secs(100)));
    acme.admitted(monotonic(Duration::from_secs(40)));
    for seconds in [0, 40, 99, 100] {
        assert_eq!(
            acme.refused(monotonic(Duration::from_secs(seconds)))
                .retry_after,
            MINUTE
        );
    }
    acme.refused(monotonic(Duration::from_secs(159)));
    acme.admitted(monotonic(Duration::from_secs(160)));
}

#[test]
fn a_rate_at_the_end_of_time_stays_full() {
    let acme = Acme::new(only_rate(2, MINUTE));
    let ages = Duration::from_nanos(u64::MAX);
    acme.admitted(monotonic(ages));
    acme.admitted(monotonic(Duration::MAX));
    acme.refused(monotonic(ages));
    acme.refused(monotonic(Duration::MAX));
    acme.refused(monotonic(Duration::ZERO));
}

#[test]
fn a_step_of_the_wall_clock_frees_no_rate_and_the_other_way_round() {
    let acme = Acme::new(set([("a", rate(1, MINUTE), None)]));
    acme.admitted(wall(0));
    for seconds in [i64::MIN, -1, 60, 1_000_000, i64::MAX] {
        acme.refused(wall(seconds));
    }
    let acme = Acme::new(only_quota(1, QuotaPeriod::Day));
    acme.admitted(monotonic(Duration::ZERO));
    acme.refused(monotonic(Duration::MAX));
}

#[test]
fn a_window_resets_when_its_oldest_requests_are_forgotten() {
    // Segments of ten seconds.
    let acme = Acme::new(only_rate(10, Duration::from_secs(160)));
    let resets_in = |seconds| {
        let left = acme.admitted(monotonic(Duration::from_secs(seconds)));
        left[0].resets_in.as_secs()
    };
    assert_eq!(resets_in(0), 160);
    // It is remembered with the first, which is forgotten with it.
    assert_eq!(resets_in(9), 160);
    assert_eq!(resets_in(10), 159);
    assert_eq!(resets_in(29), 140);
    assert_eq!(resets_in(168), 1);
    // The first two are forgotten; the oldest is that of second 10.
    assert_eq!(resets_in(169), 1);
    assert_eq!(resets_in(170), 19);
    // A refusal changes nothing.
    let acme = Acme::new(only_rate(1, Duration::from_secs(160)));
    acme.admitted(monotonic(Duration::ZERO));
    let refusal = acme.refused(monotonic(Duration::from_secs(9)));
    assert_eq!(refusal.allowances.as_slice()[0].resets_in.as_secs(), 151);
}
