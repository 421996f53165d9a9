//! What rates in Redis do that rates in memory do not: segments that begin with a
//! request, and a wall clock.

use super::told::told;
use super::*;

fn ten_a_minute() -> LimitSet {
    set([("standard", rate(10, MINUTE), None)])
}

/// A sixteenth of a minute.
const SEGMENT: i64 = 3_750_000;

#[tokio::test]
async fn a_segment_is_forgotten_with_its_last_request() {
    let acme = Acme::new(set([("standard", rate(2, MINUTE), None)]));
    let start = utc(START);
    acme.at(start).admitted(1).await;
    acme.at(start + SEGMENT - 1).admitted(1).await;
    let outcome = acme.at(start + 60 * SECOND).charge(1).await;
    assert_eq!(
        told(&outcome),
        "refused by 0 rate for 3.749999s: 0 rate 0/2 3.749999s"
    );
    let outcome = acme.at(start + 60 * SECOND + SEGMENT - 1).charge(1).await;
    assert_eq!(told(&outcome), "charged: 0 rate 1/2 60s");
}

#[tokio::test]
async fn a_sixteenth_later_a_segment_begins() {
    let acme = Acme::new(set([("standard", rate(2, MINUTE), None)]));
    let start = utc(START);
    acme.at(start).admitted(1).await;
    acme.at(start + SEGMENT).admitted(1).await;
    let outcome = acme.at(start + 60 * SECOND).charge(1).await;
    assert_eq!(told(&outcome), "charged: 0 rate 0/2 3.75s");
}

/// However many requests there are, and however they come.
#[tokio::test]
async fn at_most_seventeen_segments_are_kept() {
    let acme = Acme::new(set([("standard", rate(1_000_000, MINUTE), None)]));
    let mut longest = 0;
    let often = (0..200).map(|step| step * 1_250_001);
    // As early and as late in a segment as can be.
    let edges = (80..200).flat_map(|step| [step * SEGMENT, (step + 1) * SEGMENT - 1]);
    for since in often.chain(edges) {
        acme.at(utc(START) + since).admitted(1).await;
        let key = "certgate:{acme}:standard:rate:60000";
        longest = longest.max(acme.server.ask::<usize>(&["STRLEN", key]));
    }
    // The array and the tag, and for a segment nine bytes for each time and one for
    // its small count.
    assert_eq!(longest, 3 + 16 + 17 * (9 + 1 + 9));
}

#[tokio::test]
async fn time_stands_still_while_the_clock_goes_back() {
    let acme = Acme::new(set([("standard", rate(2, MINUTE), None)]));
    let start = utc(START);
    acme.at(start).admitted(1).await;
    acme.at(start + 10 * SECOND).admitted(1).await;

    let back = start - 3600 * SECOND;
    let refused = acme.at(back).refused(1).await;
    assert_eq!(refused.retry_after, Duration::from_secs(50));
    // A refusal took the step over, so the wait is over when it says.
    let refused = acme.at(back + 50 * SECOND - 1).refused(1).await;
    assert_eq!(refused.retry_after, Duration::from_micros(1));
    let outcome = acme.at(back + 50 * SECOND).charge(1).await;
    assert_eq!(told(&outcome), "charged: 0 rate 0/2 10s");

    // And back again, by a microsecond: the newest request is 0 old.
    let outcome = acme.at(back + 50 * SECOND - 1).charge(1).await;
    assert_eq!(told(&outcome), "refused by 0 rate for 10s: 0 rate 0/2 10s");
}

#[tokio::test]
async fn a_step_back_forgets_nothing_that_counts() {
    let acme = Acme::new(ten_a_minute());
    let start = utc(START);
    for step in 0..10 {
        acme.at(start - step * 120 * SECOND).admitted(1).await;
    }
    let outcome = acme.at(start - 1200 * SECOND).charge(1).await;
    assert_eq!(told(&outcome), "refused by 0 rate for 60s: 0 rate 0/10 60s");
}

/// What the documentation says that it cannot tell from time that passed.
#[tokio::test]
async fn a_step_forward_is_time_that_passed() {
    let acme = Acme::new(set([("standard", rate(1, MINUTE), None)]));
    acme.admitted(1).await;
    acme.refused(1).await;
    acme.at(utc(START) + 60 * SECOND).admitted(1).await;
}

/// One window for a length with a fraction of a microsecond is rounded up.
#[tokio::test]
async fn a_window_is_never_shorter_than_its_length() {
    let per = Duration::from_nanos(1_500_000_001);
    let acme = Acme::new(set([("standard", rate(1, per), None)]));
    acme.admitted(1).await;
    let refused = acme.at(utc(START) + 1_500_000).refused(1).await;
    assert_eq!(refused.retry_after, Duration::from_micros(1));
    acme.at(utc(START) + 1_500_001).admitted(1).await;
}
