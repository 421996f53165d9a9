//! Each rule, and how it is looked at.

use std::fmt;
use std::future::{Future, poll_fn};
use std::num::NonZeroU32;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use super::owed::{LATE, PER, both, quota, rate, set};
use super::{Subject, Violation};
use crate::limits::{
    Allowance, ChargeOutcome, Charges, LimitSet, Refusal, SharedLimits, WindowKind,
};

pub(super) async fn a_rate_admits_its_number<S: Subject>(subject: &S) -> Result<(), Violation> {
    let rule = "a rate admits its number of requests and no more";
    let owed = set([rate("first", 4, PER)]);
    for left in [3, 2, 1, 0] {
        let outcome = charge(subject, "number", &owed, 1).await;
        admitted(rule, &outcome, &[left])?;
    }
    for _ in 0..3 {
        let outcome = charge(subject, "number", &owed, 1).await;
        let refusal = refused(rule, &outcome)?;
        let found = (refusal.limit, refusal.kind, left_of(&outcome));
        same(rule, found, (0, WindowKind::Rate, vec![0]))?;
    }
    Ok(())
}

pub(super) async fn clients_are_counted_apart<S: Subject>(subject: &S) -> Result<(), Violation> {
    let rule = "each client and each limit has a counter of its own";
    let (first, second) = (set([rate("b:c", 1, PER)]), set([rate("c", 1, PER)]));
    for (client, owed) in [
        ("a", &first),
        ("a", &second),
        ("a:b", &first),
        ("a:b", &second),
    ] {
        let outcome = charge(subject, client, owed, 1).await;
        admitted(rule, &outcome, &[0])?;
    }
    for (client, owed) in [("a", &first), ("a:b", &second)] {
        let outcome = charge(subject, client, owed, 1).await;
        refused(rule, &outcome)?;
    }
    let outcome = charge(subject, "apart", &first, 1).await;
    admitted(rule, &outcome, &[0])
}

pub(super) async fn a_rate_slides<S: Subject>(subject: &mut S) -> Result<(), Violation> {
    let rule = "a rate holds in every window of its length, wherever it starts";
    let owed = set([rate("first", 4, PER)]);
    let two = async |subject: &S| {
        for _ in 0..2 {
            let outcome = charge(subject, "slides", &owed, 1).await;
            let ChargeOutcome::Charged(_) = outcome else {
                return violated(rule, &outcome);
            };
        }
        Ok(())
    };
    two(subject).await?;
    subject.pass(PER / 2).await;
    two(subject).await?;
    let outcome = charge(subject, "slides", &owed, 1).await;
    refused(rule, &outcome)?;
    subject.pass(PER / 2 + LATE).await;
    two(subject).await?;
    let outcome = charge(subject, "slides", &owed, 1).await;
    refused(rule, &outcome).map(drop)
}

pub(super) async fn a_refusal_says_how_long_to_wait<S: Subject>(
    subject: &mut S,
) -> Result<(), Violation> {
    let rule = "who waits as long as a refusal says is admitted";
    let owed = set([rate("first", 3, PER)]);
    let outcome = charge(subject, "waits", &owed, 3).await;
    admitted(rule, &outcome, &[0])?;
    let outcome = charge(subject, "waits", &owed, 2).await;
    let wait = refused(rule, &outcome)?.retry_after;
    holds(rule, wait > Duration::ZERO && wait <= PER + LATE, &outcome)?;
    subject.pass(wait).await;
    let outcome = charge(subject, "waits", &owed, 2).await;
    admitted(rule, &outcome, &[1])
}

pub(super) async fn limits_are_charged_together_or_not_at_all<S: Subject>(
    subject: &S,
) -> Result<(), Violation> {
    let rule = "where one limit refuses none is charged";
    let (full, roomy) = (rate("first", 1, PER), rate("second", 4, PER));
    for owed in [[full.clone(), roomy.clone()], [roomy.clone(), full]] {
        let outcome = charge(subject, "together", &set(owed), 1).await;
        if !matches!(outcome, ChargeOutcome::Charged(_)) {
            refused(rule, &outcome)?;
        }
    }
    let outcome = charge(subject, "together", &set([roomy]), 1).await;
    admitted(rule, &outcome, &[2])
}

pub(super) async fn a_request_counts_for_its_cost<S: Subject>(
    subject: &S,
) -> Result<(), Violation> {
    let rule = "a request counts for what it costs, or not at all";
    let owed = set([both("both", 4, 9)]);
    let outcome = charge(subject, "costs", &owed, 3).await;
    admitted(rule, &outcome, &[1, 6])?;
    let outcome = charge(subject, "costs", &owed, 2).await;
    refused(rule, &outcome)?;
    same(rule, left_of(&outcome), vec![1, 6])?;
    let outcome = charge(subject, "costs", &owed, 1).await;
    admitted(rule, &outcome, &[0, 5])
}

pub(super) async fn a_quota_is_renewed<S: Subject>(subject: &mut S) -> Result<(), Violation> {
    let rule = "a quota admits its number in each window";
    let outcome = charge(subject, "renewed", &set([quota("renewed", 1)]), 1).await;
    let ChargeOutcome::Charged(allowances) = &outcome else {
        return violated(rule, &outcome);
    };
    let ends = allowances.as_slice().first().map(|window| window.resets_in);
    subject.pass(ends.unwrap_or_default()).await;
    let owed = set([quota("renewed", 2)]);
    for left in [1, 0] {
        let outcome = charge(subject, "renewed", &owed, 1).await;
        admitted(rule, &outcome, &[left])?;
    }
    let outcome = charge(subject, "renewed", &owed, 1).await;
    let refusal = refused(rule, &outcome)?;
    same(rule, refusal.kind, WindowKind::Quota)?;
    let wait = refusal.retry_after;
    holds(rule, wait > Duration::ZERO && wait <= PER, &outcome)?;
    subject.pass(wait).await;
    let outcome = charge(subject, "renewed", &owed, 1).await;
    admitted(rule, &outcome, &[1])
}

pub(super) async fn another_number_keeps_what_was_counted<S: Subject>(
    subject: &S,
) -> Result<(), Violation> {
    let rule = "a limit whose number is another goes on with what it counted";
    let of = |number| set([rate("first", number, PER)]);
    let outcome = charge(subject, "numbers", &of(4), 4).await;
    admitted(rule, &outcome, &[0])?;
    let outcome = charge(subject, "numbers", &of(3), 1).await;
    refused(rule, &outcome)?;
    same(rule, left_of(&outcome), vec![0])?;
    let outcome = charge(subject, "numbers", &of(6), 1).await;
    admitted(rule, &outcome, &[1])
}

pub(super) async fn requests_at_once_get_no_more<S: Subject>(subject: &S) -> Result<(), Violation> {
    let rule = "requests at once get no more than requests one by one";
    let owed = set([rate("first", 4, PER)]);
    let charges = (0..16).map(|_| charge(subject, "at-once", &owed, 1));
    let outcomes = all(charges.map(Box::pin).collect()).await;
    let is_charged = |outcome: &&ChargeOutcome| matches!(outcome, ChargeOutcome::Charged(_));
    same(rule, outcomes.iter().filter(is_charged).count(), 4)
}

pub(super) async fn every_window_is_told_in_order<S: Subject>(
    subject: &S,
) -> Result<(), Violation> {
    let rule = "an outcome tells every window, a limit's rate before its quota";
    let owed = set([both("both", 5, 7), rate("first", 9, PER)]);
    let outcome = charge(subject, "told", &owed, 2).await;
    let ChargeOutcome::Charged(allowances) = &outcome else {
        return violated(rule, &outcome);
    };
    let told = |window: &Allowance| (window.limit, window.kind, window.allowed, window.remaining);
    let expected = vec![
        (0, WindowKind::Rate, 5, 3),
        (0, WindowKind::Quota, 7, 5),
        (1, WindowKind::Rate, 9, 7),
    ];
    let windows = allowances.as_slice();
    same(rule, windows.iter().map(told).collect(), expected)?;
    let resets = |window: &Allowance| {
        let longest = match window.kind {
            WindowKind::Rate => PER + LATE,
            WindowKind::Quota => Duration::from_secs(u32::MAX.into()),
        };
        window.resets_in > Duration::ZERO && window.resets_in <= longest
    };
    holds(rule, windows.iter().all(resets), &outcome)
}

pub(super) async fn the_window_that_is_full_for_longest_refuses<S: Subject>(
    subject: &S,
) -> Result<(), Violation> {
    let rule = "of several full windows the one that is full for longest refuses";
    let long = rate("long", 1, Duration::from_secs(3_600));
    let owed = set([rate("first", 1, PER), long, rate("second", 1, PER)]);
    let outcome = charge(subject, "longest", &owed, 1).await;
    admitted(rule, &outcome, &[0, 0, 0])?;
    let outcome = charge(subject, "longest", &owed, 1).await;
    let refusal = refused(rule, &outcome)?;
    same(rule, refusal.limit, 1)?;
    holds(rule, refusal.retry_after > 10 * PER, &outcome)
}

pub(super) async fn what_profile_and_collection_owe_is_counted<S: Subject>(
    subject: &S,
) -> Result<(), Violation> {
    let rule = "what a profile and a collection owe is counted as well";
    let sets = ["first", "second", "c"].map(|name| set([rate(name, 2, PER)]));
    let now = subject.now();
    let due = |limits| Charges {
        client: "slices",
        slot: usize::MAX,
        limits,
        cost: NonZeroU32::MIN,
    };
    let [own, profile, collection] = [&sets[0], &sets[1], &sets[2]].map(LimitSet::as_slice);
    let outcome = subject
        .store()
        .charge_shared(&due([own, profile, collection]), &now)
        .await;
    admitted(rule, &outcome, &[1, 1, 1])?;
    let outcome = subject
        .store()
        .charge_shared(&due([&[], profile, collection]), &now)
        .await;
    admitted(rule, &outcome, &[0, 0])?;
    for limits in [[own, profile, &[]], [own, &[], collection]] {
        let outcome = subject.store().charge_shared(&due(limits), &now).await;
        refused(rule, &outcome)?;
        same(rule, left_of(&outcome), vec![1, 0])?;
    }
    Ok(())
}

/// Charges a request of this client's to these limits.
async fn charge<S: Subject>(
    subject: &S,
    client: &str,
    owed: &LimitSet,
    cost: u32,
) -> ChargeOutcome {
    let due = Charges {
        client,
        // Another client's, for a store that goes by it without a look at the id.
        slot: 0,
        limits: [owed.as_slice(), &[], &[]],
        cost: NonZeroU32::new(cost).unwrap_or(NonZeroU32::MIN),
    };
    subject.store().charge_shared(&due, &subject.now()).await
}

/// Waits for all at once.
async fn all<F: Future>(mut futures: Vec<Pin<Box<F>>>) -> Vec<F::Output> {
    let mut outputs = Vec::new();
    poll_fn(|context| {
        futures.retain_mut(|future| match future.as_mut().poll(context) {
            Poll::Ready(output) => {
                outputs.push(output);
                false
            }
            Poll::Pending => true,
        });
        if futures.is_empty() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    outputs
}

/// It was charged, and the windows have so much left.
fn admitted(rule: &'static str, outcome: &ChargeOutcome, left: &[u64]) -> Result<(), Violation> {
    match outcome {
        ChargeOutcome::Charged(_) => same(rule, left_of(outcome), left.to_vec()),
        _ => violated(rule, outcome),
    }
}

fn refused<'o>(rule: &'static str, outcome: &'o ChargeOutcome) -> Result<&'o Refusal, Violation> {
    match outcome {
        ChargeOutcome::Refused(refusal) => Ok(refusal),
        _ => violated(rule, outcome),
    }
}

/// What each window has left.
fn left_of(outcome: &ChargeOutcome) -> Vec<u64> {
    let allowances = match outcome {
        ChargeOutcome::Charged(allowances) => allowances.as_slice(),
        ChargeOutcome::Refused(refusal) => refusal.allowances.as_slice(),
        ChargeOutcome::Unavailable => &[],
    };
    allowances.iter().map(|window| window.remaining).collect()
}

fn holds(rule: &'static str, holds: bool, outcome: &ChargeOutcome) -> Result<(), Violation> {
    if holds {
        Ok(())
    } else {
        violated(rule, outcome)
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "literals on both sides read best"
)]
fn same<T: PartialEq + fmt::Debug>(
    rule: &'static str,
    found: T,
    expected: T,
) -> Result<(), Violation> {
    if found == expected {
        return Ok(());
    }
    let found = format!("{found:?} in place of {expected:?}");
    Err(Violation { rule, found })
}

fn violated<T>(rule: &'static str, outcome: &ChargeOutcome) -> Result<T, Violation> {
    let found = format!("{outcome:?}");
    Err(Violation { rule, found })
}
