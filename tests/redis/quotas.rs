//! Calendar windows by Redis' clock.

use super::told::told;
use super::*;

fn one_in(period: QuotaPeriod) -> LimitSet {
    set([("standard", None, quota(1, period))])
}

const fn every(seconds: u32) -> QuotaPeriod {
    QuotaPeriod::Every(NonZeroU32::new(seconds).unwrap())
}

#[tokio::test]
async fn windows_begin_where_the_calendar_says() {
    use QuotaPeriod::{Day, Month, Week};
    let mut acme = Acme::new(one_in(Day));
    for (period, moment, resets_in) in [
        (Day, "2026-04-16 09:09:22", 53_438),
        (Day, "2026-04-16 00:00:00", 86_400),
        (Day, "2026-12-31 23:59:59", 1),
        (Day, "2028-02-28 23:59:59", 1),
        (Week, "2026-04-16 09:09:22", 312_638),
        // Sunday and Monday.
        (Week, "2026-04-19 23:59:59", 1),
        (Week, "2026-04-20 00:00:00", 604_800),
        // Friday, 2027-01-01.
        (Week, "2026-12-31 23:59:59", 259_201),
        (Month, "2026-04-16 09:09:22", 1_263_038),
        (Month, "2026-04-30 23:59:59", 1),
        (Month, "2026-05-01 00:00:00", 31 * 86_400),
        (Month, "2026-01-31 23:59:59", 1),
        (Month, "2027-02-01 00:00:00", 28 * 86_400),
        (Month, "2027-02-28 23:59:59", 1),
        (Month, "2028-02-01 00:00:00", 29 * 86_400),
        (Month, "2028-02-28 23:59:59", 86_401),
        (Month, "2028-02-29 23:59:59", 1),
        (Month, "2100-02-28 23:59:59", 1),
        (Month, "2026-12-31 23:59:59", 1),
        (Month, "2026-12-01 00:00:00", 31 * 86_400),
        (Month, "1970-01-01 00:00:01", 31 * 86_400 - 1),
        (every(1_000), "2026-04-16 09:09:22", 438),
        (every(86_401), "1970-01-02 00:00:00", 1),
        (QuotaPeriod::Every(NonZeroU32::MAX), START, 2_518_636_733),
    ] {
        acme.server.ask::<()>(&["FLUSHALL"]);
        acme.limits = one_in(period);
        let told_of = |left, seconds| format!("0 quota {left}/1 {seconds}s");

        let outcome = acme.at(utc(moment)).charge(1).await;
        let expected = format!("charged: {}", told_of(0, resets_in));
        assert_eq!(told(&outcome), expected, "{period:?} at {moment}");

        // Full until just before the next begins.
        let next = utc(moment) + resets_in * SECOND;
        let refused = acme.at(next - 1).refused(1).await;
        assert_eq!(refused.retry_after, Duration::from_micros(1));
        acme.at(next).admitted(1).await;
        acme.refused(1).await;
    }
}

/// Every ninth day until the counting of microseconds ends, against the crate's own
/// calendar.
#[tokio::test]
async fn months_and_weeks_are_right_for_two_centuries() {
    let acme = Acme::new(set([
        ("a", None, quota(1_000_000, QuotaPeriod::Month)),
        ("b", None, quota(1_000_000, QuotaPeriod::Week)),
    ]));
    let mut day = 1;
    while day < 285 * 365 {
        let now = Timestamp::from_unix_seconds(day * 86_400);
        let CivilDate { year, month, .. } = now.date();
        let (year, month) = if month == 12 {
            (year + 1, 1)
        } else {
            (year, month + 1)
        };
        let next = CivilDate {
            year,
            month,
            day: 1,
        };
        let month_left = Timestamp::from_date(next).unix_seconds() - now.unix_seconds();
        // 1970-01-05 was a Monday.
        let week_left = (7 - (day - 4).rem_euclid(7)) * 86_400;

        let left = acme.at(now.unix_seconds() * SECOND).admitted(1).await;
        let resets = [left[0].resets_in, left[1].resets_in].map(|left| left.as_secs());
        assert_eq!(
            resets.map(u64::cast_signed),
            [month_left, week_left],
            "{now}"
        );
        day += 9;
    }
}

#[tokio::test]
async fn a_clock_that_goes_back_gives_no_second_quota() {
    let acme = Acme::new(set([("standard", None, quota(3, QuotaPeriod::Day))]));
    acme.at(utc("2026-04-16 23:59:59")).admitted(2).await;
    acme.at(utc("2026-04-17 00:00:01")).admitted(1).await;

    // Back over midnight: what that day had, which is more than what was left.
    acme.at(utc("2026-04-16 23:59:59")).admitted(1).await;
    acme.refused(1).await;
    // Forward again: that day goes on with what it had.
    let left = acme.at(utc("2026-04-17 00:00:02")).admitted(1).await;
    assert_eq!(left[0].remaining, 1);
    acme.admitted(1).await;
    acme.refused(1).await;
    // The day after is new.
    acme.at(utc("2026-04-18 00:00:00")).admitted(3).await;
}

#[tokio::test]
async fn what_the_clock_goes_back_from_counts_where_it_goes_back_to() {
    let acme = Acme::new(set([("standard", None, quota(3, QuotaPeriod::Day))]));
    acme.at(utc("2026-04-17 00:00:01")).admitted(2).await;
    // A day that was never entered; a refusal takes the step over as well.
    acme.at(utc("2026-04-15 12:00:00")).refused(2).await;
    acme.admitted(1).await;
    acme.refused(1).await;
    // Neither that day nor one that was never entered is more than it was.
    acme.at(utc("2026-04-16 12:00:00")).admitted(3).await;
    acme.at(utc("2026-04-17 12:00:00")).admitted(1).await;
    acme.refused(1).await;
}

#[tokio::test]
async fn a_clock_that_was_ahead_holds_nobody_up_beyond_its_window() {
    let acme = Acme::new(one_in(QuotaPeriod::Day));
    // More windows far ahead than are remembered one by one, all full.
    for day in 1..8 {
        let noon = utc(&format!("2027-01-0{day} 12:00:00"));
        acme.at(noon).admitted(1).await;
    }
    acme.at(utc("2026-04-16 12:00:00")).refused(1).await;
    acme.at(utc("2026-04-17 00:00:00")).admitted(1).await;
    acme.at(utc("2026-04-18 00:00:00")).admitted(1).await;
    // Those ahead are full when their time comes: they were not forgotten meanwhile.
    for day in 1..8 {
        let later = utc(&format!("2027-01-0{day} 13:00:00"));
        acme.at(later).refused(1).await;
    }
    acme.at(utc("2027-01-08 00:00:00")).admitted(1).await;
}

#[tokio::test]
async fn forgotten_windows_are_not_free_where_the_clock_swings() {
    let acme = Acme::new(one_in(QuotaPeriod::Day));
    for day in 10..20 {
        acme.at(utc(&format!("2026-04-{day} 12:00:00")))
            .admitted(1)
            .await;
    }
    for day in (10..19).rev() {
        acme.at(utc(&format!("2026-04-{day} 13:00:00")))
            .refused(1)
            .await;
    }
    for day in 10..20 {
        acme.at(utc(&format!("2026-04-{day} 14:00:00")))
            .refused(1)
            .await;
    }
    acme.at(utc("2026-04-20 00:00:00")).admitted(1).await;
}

#[tokio::test]
async fn larger_quotas_are_held_as_the_largest_exact_number() {
    let acme = Acme::new(set([("standard", None, quota(u64::MAX, QuotaPeriod::Day))]));
    let outcome = acme.charge(1).await;
    assert_eq!(
        told(&outcome),
        "charged: 0 quota 9007199254740990/9007199254740991 53438s"
    );
}
