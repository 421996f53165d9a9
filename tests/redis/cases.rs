//! The same cases for limits in Redis and in memory.

use certgate::limits::MemoryLimits;

use super::told::told;
use super::*;

/// When, in microseconds since [`START`]; what the request costs; what comes of it.
type Case<'a> = (i64, u32, &'a str);

async fn both(limits: LimitSet, cases: &[Case<'_>]) {
    both_with(&limits, &limits, cases).await;
}

/// `later` has the limits from the second request on.
async fn both_with(limits: &LimitSet, later: &LimitSet, cases: &[Case<'_>]) {
    let memory = MemoryLimits::new([("acme", limits)]).unwrap();
    let acme = Acme::new(limits.clone());
    for (index, &(since, cost, expected)) in cases.iter().enumerate() {
        let limits = if index == 0 { limits } else { later };
        let due = due("acme", limits, cost);
        let micros = utc(START) + since;
        let now = Now {
            wall: Timestamp::from_unix_seconds(micros.div_euclid(SECOND)),
            monotonic: Duration::from_micros(u64::try_from(micros).unwrap()),
        };
        let in_memory = SharedLimits::charge_shared(&memory, &due, &now).await;
        assert_eq!(told(&in_memory), expected, "case {index}, in memory");
        let in_redis = acme.at(micros).store.charge_shared(&due, &NOW).await;
        assert_eq!(told(&in_redis), expected, "case {index}, in Redis");
    }
}

#[tokio::test]
async fn a_rate_holds_in_every_window() {
    both(
        set([("standard", rate(2, MINUTE), None)]),
        &[
            (0, 1, "charged: 0 rate 1/2 60s"),
            (30 * SECOND, 1, "charged: 0 rate 0/2 30s"),
            (30 * SECOND, 1, "refused by 0 rate for 30s: 0 rate 0/2 30s"),
            (
                60 * SECOND - 1,
                1,
                "refused by 0 rate for 1µs: 0 rate 0/2 1µs",
            ),
            (60 * SECOND, 1, "charged: 0 rate 0/2 30s"),
            (60 * SECOND, 1, "refused by 0 rate for 30s: 0 rate 0/2 30s"),
            (90 * SECOND, 1, "charged: 0 rate 0/2 30s"),
            (150 * SECOND, 1, "charged: 0 rate 1/2 60s"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_burst_is_forgotten_exactly_one_window_later() {
    both(
        set([("standard", rate(3, Duration::from_millis(1_500)), None)]),
        &[
            (0, 3, "charged: 0 rate 0/3 1.5s"),
            (SECOND, 1, "refused by 0 rate for 500ms: 0 rate 0/3 500ms"),
            (1_499_999, 1, "refused by 0 rate for 1µs: 0 rate 0/3 1µs"),
            (1_500_000, 3, "charged: 0 rate 0/3 1.5s"),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_request_counts_as_what_it_costs() {
    both(
        set([("standard", rate(5, MINUTE), None)]),
        &[
            (0, 2, "charged: 0 rate 3/5 60s"),
            (10 * SECOND, 2, "charged: 0 rate 1/5 50s"),
            (20 * SECOND, 1, "charged: 0 rate 0/5 40s"),
            // One more has to wait for the first, three for the second, five for all.
            (25 * SECOND, 1, "refused by 0 rate for 35s: 0 rate 0/5 35s"),
            (25 * SECOND, 3, "refused by 0 rate for 45s: 0 rate 0/5 35s"),
            (25 * SECOND, 5, "refused by 0 rate for 55s: 0 rate 0/5 35s"),
            // Six never fit.
            (25 * SECOND, 6, "refused by 0 rate for 60s: 0 rate 0/5 35s"),
            (
                70 * SECOND - 1,
                3,
                "refused by 0 rate for 1µs: 0 rate 2/5 1µs",
            ),
            (70 * SECOND, 3, "charged: 0 rate 1/5 10s"),
            // What is left is not enough.
            (71 * SECOND, 2, "refused by 0 rate for 9s: 0 rate 1/5 9s"),
            (71 * SECOND, 1, "charged: 0 rate 0/5 9s"),
        ],
    )
    .await;
}

#[tokio::test]
async fn every_window_is_charged_or_none() {
    both(
        set([
            ("a", rate(3, MINUTE), quota(100, QuotaPeriod::Day)),
            ("b", None, quota(2, QuotaPeriod::Week)),
        ]),
        &[
            (
                0,
                1,
                "charged: 0 rate 2/3 60s, 0 quota 99/100 53438s, 1 quota 1/2 312638s",
            ),
            (
                0,
                1,
                "charged: 0 rate 1/3 60s, 0 quota 98/100 53438s, 1 quota 0/2 312638s",
            ),
            (
                SECOND,
                1,
                "refused by 1 quota for 312637s: \
                 0 rate 1/3 59s, 0 quota 98/100 53437s, 1 quota 0/2 312637s",
            ),
            // Not even the windows with room were charged.
            (
                SECOND,
                1,
                "refused by 1 quota for 312637s: \
                 0 rate 1/3 59s, 0 quota 98/100 53437s, 1 quota 0/2 312637s",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_stays_full_for_longest_refuses_and_of_equals_the_first() {
    both(
        set([
            ("short", rate(1, Duration::from_secs(10)), None),
            ("long", rate(1, MINUTE), None),
            ("as long", rate(1, MINUTE), None),
        ]),
        &[
            (
                0,
                1,
                "charged: 0 rate 0/1 10s, 1 rate 0/1 60s, 2 rate 0/1 60s",
            ),
            (
                SECOND,
                1,
                "refused by 1 rate for 59s: 0 rate 0/1 9s, 1 rate 0/1 59s, 2 rate 0/1 59s",
            ),
            (
                10 * SECOND,
                1,
                "refused by 1 rate for 50s: 0 rate 1/1 10s, 1 rate 0/1 50s, 2 rate 0/1 50s",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn another_number_keeps_what_was_counted() {
    let ten = set([("a", rate(10, MINUTE), quota(10, QuotaPeriod::Day))]);
    let three = set([("a", rate(3, MINUTE), quota(3, QuotaPeriod::Day))]);
    let five = set([("a", rate(5, MINUTE), quota(5, QuotaPeriod::Day))]);
    both_with(
        &ten,
        &three,
        &[
            (0, 4, "charged: 0 rate 6/10 60s, 0 quota 6/10 53438s"),
            (
                SECOND,
                1,
                "refused by 0 quota for 53437s: 0 rate 0/3 59s, 0 quota 0/3 53437s",
            ),
        ],
    )
    .await;
    both_with(
        &ten,
        &five,
        &[
            (0, 4, "charged: 0 rate 6/10 60s, 0 quota 6/10 53438s"),
            (5 * SECOND, 1, "charged: 0 rate 0/5 55s, 0 quota 0/5 53433s"),
            (
                5 * SECOND,
                1,
                "refused by 0 quota for 53433s: 0 rate 0/5 55s, 0 quota 0/5 53433s",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_largest_numbers_are_counted() {
    both(
        set([
            ("a", rate(u32::MAX, Rate::MAX_PER), None),
            (
                "b",
                None,
                quota((1 << 53) - 1, QuotaPeriod::Every(NonZeroU32::MAX)),
            ),
        ]),
        &[
            (
                0,
                u32::MAX,
                "charged: 0 rate 0/4294967295 2678400s, \
                 1 quota 9007194959773696/9007199254740991 2518636733s",
            ),
            (
                SECOND,
                1,
                "refused by 0 rate for 2678399s: 0 rate 0/4294967295 2678399s, \
                 1 quota 9007194959773696/9007199254740991 2518636732s",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn nothing_due_is_nothing_charged() {
    both(set([]), &[(0, 1, "charged: ")]).await;
}
