//! Calendar windows: when they are renewed, whatever the clock does.

use super::*;

/// A new quota of two is used up at `now`, stays so until the second before
/// `renewed`, and is full again at `renewed`.
#[track_caller]
fn renewed_at(period: QuotaPeriod, now: i64, renewed: i64) {
    let acme = Acme::new(only_quota(2, period));
    let left = Duration::from_secs(u64::try_from(renewed - now).unwrap());
    let allowance = |remaining| Allowance {
        limit: 0,
        kind: WindowKind::Quota,
        allowed: 2,
        remaining,
        resets_in: left,
    };
    assert_eq!(acme.admitted(wall(now)), [allowance(1)]);
    assert_eq!(acme.admitted(wall(now)), [allowance(0)]);
    let refusal = acme.refused(wall(now));
    assert_eq!(refusal.kind, WindowKind::Quota);
    assert_eq!(refusal.retry_after, left);
    let refusal = acme.refused(wall(renewed - 1));
    assert_eq!(refusal.retry_after_seconds(), 1);
    assert_eq!(acme.admitted(wall(renewed))[0].remaining, 1);
}

#[test]
fn quotas_follow_the_calendar() {
    use QuotaPeriod::{Day, Month, Week};
    for (period, now, renewed) in [
        (Day, "2026-04-16 09:09:22", "2026-04-17 00:00:00"),
        (Day, "2026-04-16 00:00:00", "2026-04-17 00:00:00"),
        (Day, "2026-04-16 23:59:59", "2026-04-17 00:00:00"),
        (Day, "2026-12-31 23:59:59", "2027-01-01 00:00:00"),
        (Day, "2024-02-28 12:00:00", "2024-02-29 00:00:00"),
        (Day, "2023-02-28 12:00:00", "2023-03-01 00:00:00"),
        (Day, "1969-12-31 23:59:59", "1970-01-01 00:00:00"),
        // 2026-04-16 is a Thursday, as 1970-01-01; 2024-01-01 is a Monday.
        (Week, "2026-04-16 09:09:22", "2026-04-20 00:00:00"),
        (Week, "2026-04-19 23:59:59", "2026-04-20 00:00:00"),
        (Week, "2026-04-20 00:00:00", "2026-04-27 00:00:00"),
        (Week, "2023-12-31 23:59:59", "2024-01-01 00:00:00"),
        (Week, "2024-02-28 06:00:00", "2024-03-04 00:00:00"),
        (Week, "2025-12-31 08:00:00", "2026-01-05 00:00:00"),
        (Week, "1970-01-01 00:00:00", "1970-01-05 00:00:00"),
        (Week, "1969-12-28 00:00:00", "1969-12-29 00:00:00"),
        (Month, "2026-04-16 09:09:22", "2026-05-01 00:00:00"),
        (Month, "2026-01-31 23:59:59", "2026-02-01 00:00:00"),
        (Month, "2026-02-01 00:00:00", "2026-03-01 00:00:00"),
        (Month, "2024-02-29 12:00:00", "2024-03-01 00:00:00"),
        (Month, "2023-02-28 23:59:59", "2023-03-01 00:00:00"),
        (Month, "2100-02-28 23:59:59", "2100-03-01 00:00:00"),
        (Month, "2026-12-31 23:59:59", "2027-01-01 00:00:00"),
        (Month, "1969-12-15 00:00:00", "1970-01-01 00:00:00"),
    ] {
        renewed_at(period, utc(now), utc(renewed));
    }
}

#[test]
fn other_lengths_are_counted_from_the_epoch() {
    for (length, now, renewed) in [
        (3600, 1_776_330_562, 1_776_333_600),
        (3600, 1_776_333_600, 1_776_337_200),
        (2 * DAY, 172_799, 172_800),
        (2 * DAY, 172_800, 345_600),
        (7, 20, 21),
        (7, 21, 28),
        (7, -1, 0),
        (7, -7, 0),
        (7, -8, -7),
        (1, 5, 6),
    ] {
        let period = QuotaPeriod::from_duration(Duration::from_secs(length));
        renewed_at(period.unwrap(), now, renewed);
    }
}

#[test]
fn the_tables_read_dates_right() {
    assert_eq!(utc("2026-04-16 09:09:22"), 1_776_330_562);
    assert_eq!(utc("2024-01-01 00:00:00"), 1_704_067_200);
}

#[test]
fn a_wall_clock_that_goes_back_gives_no_second_quota() {
    let acme = Acme::new(only_quota(2, QuotaPeriod::Day));
    let (yesterday, today) = (utc("2026-04-15 23:00:00"), utc("2026-04-16 01:00:00"));
    acme.admitted_times(2, wall(yesterday));
    acme.admitted(wall(today));
    // Back before midnight, yesterday is as full as it was.
    for _ in 0..3 {
        let refusal = acme.refused(wall(yesterday));
        assert_eq!(refusal.retry_after, Duration::from_secs(3600));
    }
    // And today goes on with what it admitted.
    assert_eq!(acme.admitted(wall(today))[0].remaining, 0);
    acme.refused(wall(today));
    acme.refused(wall(yesterday));
    acme.admitted_times(2, wall(utc("2026-04-17 00:00:00")));
    acme.refused(wall(utc("2026-04-17 23:59:59")));
}

#[test]
fn a_step_back_into_a_new_window_counts_what_it_came_from() {
    let acme = Acme::new(only_quota(3, QuotaPeriod::Month));
    acme.admitted_times(2, wall(utc("2026-05-01 00:00:01")));
    let left = acme.admitted(wall(utc("2026-04-30 23:59:59")));
    assert_eq!(left[0].remaining, 0);
    assert_eq!(left[0].resets_in, Duration::from_secs(1));
    acme.refused(wall(utc("2026-04-30 23:59:59")));
    assert_eq!(
        acme.admitted(wall(utc("2026-05-01 00:00:00")))[0].remaining,
        0
    );
}

#[test]
fn a_clock_that_was_far_ahead_holds_nobody_up_once_set_right() {
    let acme = Acme::new(only_quota(2, QuotaPeriod::Day));
    let at = |text| wall(utc(text));
    acme.admitted(at("2026-04-16 09:00:00"));
    // Days ahead, day after day.
    for day in [
        "2031-02-03 09:00:00",
        "2031-02-04 09:00:00",
        "2031-02-05 09:00:00",
    ] {
        acme.admitted_times(2, at(day));
        acme.refused(at(day));
    }
    // Set right: today counts what was admitted ahead, tomorrow does not.
    let refusal = acme.refused(at("2026-04-16 09:00:01"));
    assert_eq!(refusal.retry_after, Duration::from_secs(15 * 3600 - 1));
    for day in [
        "2026-04-17 00:00:00",
        "2026-04-18 12:00:00",
        "2026-04-19 12:00:00",
    ] {
        acme.admitted_times(2, at(day));
        acme.refused(at(day));
    }
    // Ahead again, the days there are as full as they were.
    for day in [
        "2031-02-03 10:00:00",
        "2031-02-05 10:00:00",
        "2031-02-04 10:00:00",
    ] {
        acme.refused(at(day));
    }
    acme.refused(at("2026-04-19 13:00:00"));
    acme.admitted_times(2, at("2026-04-20 00:00:00"));
}

#[test]
fn the_days_around_the_present_are_not_counted_as_entered() {
    let acme = Acme::new(only_quota(2, QuotaPeriod::Day));
    let day = |day: i64| wall(1_776_330_562 + day * 86_400);
    for entered in [1, 4, 100, 200, 300] {
        acme.admitted_times(2, day(entered));
    }
    acme.refused(day(2));
    acme.admitted_times(2, day(3));
    for entered in [1, 3, 4, 100, 200, 300] {
        acme.refused(day(entered));
    }
}

#[test]
fn a_refused_request_enters_no_window() {
    let acme = Acme::new(set([("a", rate(2, MINUTE), quota(2, QuotaPeriod::Day))]));
    let (today, tomorrow) = (utc("2026-04-16 12:00:00"), utc("2026-04-17 12:00:00"));
    acme.admitted_times(2, wall(today));
    // Full by the rate, whatever day it is.
    assert_eq!(acme.refused(wall(tomorrow)).kind, WindowKind::Rate);
    let refusal = acme.refused(Now {
        wall: Timestamp::from_unix_seconds(today),
        monotonic: Duration::from_secs(1000),
    });
    assert_eq!(refusal.kind, WindowKind::Quota);
    assert_eq!(refusal.retry_after, Duration::from_secs(12 * 3600));
}

#[test]
fn a_jump_forward_starts_the_window_it_lands_in() {
    let acme = Acme::new(only_quota(1, QuotaPeriod::Month));
    acme.admitted(wall(utc("2026-04-16 00:00:00")));
    let left = acme.admitted(wall(utc("2031-02-03 00:00:00")));
    assert_eq!(left[0].resets_in, Duration::from_secs(26 * DAY));
}

#[test]
fn no_wall_clock_reading_panics_or_frees() {
    for period in [
        QuotaPeriod::Day,
        QuotaPeriod::Week,
        QuotaPeriod::Month,
        QuotaPeriod::Every(NonZeroU32::MIN),
        QuotaPeriod::Every(NonZeroU32::MAX),
    ] {
        for seconds in [
            i64::MIN,
            i64::MIN + 1,
            i64::MIN / 2,
            i64::MAX / 2,
            i64::MAX - 1,
            i64::MAX,
        ] {
            let acme = Acme::new(only_quota(1, period));
            acme.admitted(wall(seconds));
            assert!(acme.refused(wall(seconds)).retry_after > Duration::ZERO);
            acme.refused(wall(i64::MIN));
        }
    }
}
