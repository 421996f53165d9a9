//! What is told where many processes count together.

use std::sync::Mutex;
use std::time::Duration;

use certgate::gate::Gate;
use certgate::limits::{
    Allowance, Allowances, ChargeOutcome, Charges, Refusal, SharedLimits, WindowKind,
};
use certgate::request::Now;

use crate::support::policy;
use crate::{Ask, Told, seconds, text, told};

/// A store that gives the same answer every time.
struct Store(Mutex<ChargeOutcome>);

impl SharedLimits for Store {
    async fn charge_shared(&self, _: &Charges<'_>, _: &Now) -> ChargeOutcome {
        self.0.lock().unwrap().clone()
    }
}

/// A limit of 8 a minute and 400 a day, told in both ways.
fn gate(limiting: &str, answer: ChargeOutcome) -> Gate<Store> {
    let limits = "[[limits]]\nname = 'a'\nrate = { requests = 8, per = '1m' }\n\
                  quota = { requests = 400, per = '1d' }";
    let limiting = format!("headers = ['ratelimit', 'x-ratelimit']\n{limiting}");
    let gate = Gate::new(policy(&text(limits, "'a'", &limiting))).unwrap();
    gate.sharing(Store(Mutex::new(answer))).unwrap()
}

async fn seen(gate: &Gate<Store>, second: u64) -> Told {
    let ask = Ask::at(seconds(second));
    gate.decide_shared(&ask.request(), Told::of).await
}

fn allowance(limit: usize, kind: WindowKind, remaining: u64, millis: u64) -> Allowance {
    Allowance {
        limit,
        kind,
        allowed: 77,
        remaining,
        resets_in: Duration::from_millis(millis),
    }
}

fn left<const N: usize>(windows: [Allowance; N]) -> Allowances {
    let mut allowances = Allowances::new();
    for window in windows {
        allowances.push(window).unwrap();
    }
    allowances
}

#[tokio::test]
async fn what_the_store_says_is_told() {
    let charged = ChargeOutcome::Charged(left([
        allowance(0, WindowKind::Rate, 7, 60_000),
        allowance(0, WindowKind::Quota, 5, 1),
    ]));
    assert_eq!(
        seen(&gate("", charged), 0).await,
        told(
            200,
            [
                "ratelimit-policy: \"a-rate\";q=77;w=60, \"a-quota\";q=77;w=86400",
                "ratelimit: \"a-rate\";r=7;t=60, \"a-quota\";r=5;t=1",
                "x-ratelimit-limit: 77",
                "x-ratelimit-remaining: 5",
                "x-ratelimit-reset: 1",
            ]
        )
    );
    let refused = ChargeOutcome::Refused(Refusal {
        limit: 0,
        kind: WindowKind::Rate,
        retry_after: Duration::ZERO,
        allowances: left([
            allowance(0, WindowKind::Rate, 0, 0),
            allowance(0, WindowKind::Quota, 0, 5_000),
        ]),
    });
    assert_eq!(
        seen(&gate("", refused), 0).await,
        told(
            429,
            [
                "retry-after: 1",
                "ratelimit-policy: \"a-rate\";q=77;w=60, \"a-quota\";q=77;w=86400",
                "ratelimit: \"a-rate\";r=0;t=0, \"a-quota\";r=0;t=5",
                "x-ratelimit-limit: 77",
                "x-ratelimit-remaining: 0",
                "x-ratelimit-reset: 0",
            ]
        )
    );
}

#[tokio::test]
async fn each_window_is_told_once_and_no_other() {
    let odd = ChargeOutcome::Charged(left([
        allowance(1, WindowKind::Rate, 1, 1_000),
        allowance(usize::MAX, WindowKind::Quota, 2, 1_000),
        allowance(0, WindowKind::Quota, u64::MAX, u64::MAX),
        allowance(0, WindowKind::Quota, 3, 1_000),
    ]));
    assert_eq!(
        seen(&gate("", odd), 0).await,
        told(
            200,
            [
                "ratelimit-policy: \"a-quota\";q=77;w=86400",
                "ratelimit: \"a-quota\";r=999999999999999;t=999999999999999",
                "x-ratelimit-limit: 77",
                "x-ratelimit-remaining: 18446744073709551615",
                "x-ratelimit-reset: 18446744073709552",
            ]
        )
    );
    let none = ChargeOutcome::Charged(left([allowance(3, WindowKind::Rate, 1, 1_000)]));
    assert_eq!(seen(&gate("", none), 0).await, told(200, []));
}

#[tokio::test]
async fn of_a_share_the_numbers_of_the_share_are_told() {
    let local = "when_away = 'local'\nlocal_percent = 25";
    let gate = gate(local, ChargeOutcome::Unavailable);
    for (second, remaining, resets) in [(0, 1, 60), (10, 0, 50)] {
        let expected = Told(
            200,
            vec![
                "ratelimit-policy: \"a-rate\";q=2;w=60, \"a-quota\";q=100;w=86400".to_owned(),
                format!(
                    "ratelimit: \"a-rate\";r={remaining};t={resets}, \"a-quota\";r={};t={}",
                    remaining + 98,
                    86_400 - second
                ),
                "x-ratelimit-limit: 2".to_owned(),
                format!("x-ratelimit-remaining: {remaining}"),
                format!("x-ratelimit-reset: {resets}"),
            ],
        );
        assert_eq!(seen(&gate, second).await, expected, "{second}");
    }
    assert_eq!(
        seen(&gate, 20).await,
        told(
            429,
            [
                "retry-after: 40",
                "ratelimit-policy: \"a-rate\";q=2;w=60, \"a-quota\";q=100;w=86400",
                "ratelimit: \"a-rate\";r=0;t=40, \"a-quota\";r=98;t=86380",
                "x-ratelimit-limit: 2",
                "x-ratelimit-remaining: 0",
                "x-ratelimit-reset: 40",
            ]
        )
    );
}

#[tokio::test]
async fn what_nobody_counted_is_not_told() {
    for (limiting, status) in [
        ("when_away = 'allow'", 200),
        ("when_away = 'deny'", 503),
        ("", 503),
        // A share of nothing.
        ("when_away = 'local'\nlocal_percent = 1", 503),
    ] {
        let gate = gate(limiting, ChargeOutcome::Unavailable);
        assert_eq!(seen(&gate, 0).await, told(status, []), "{limiting}");
    }
}
