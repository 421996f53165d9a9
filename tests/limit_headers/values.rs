//! Numbers: rounding, costs, and the window that stands for all.

use std::time::Duration;

use certgate::gate::Gate;
use certgate::limits::WindowKind;

use crate::support::policy;
use crate::{Ask, Told, after, gate, left, seconds, text, told};

#[test]
fn seconds_are_rounded_up() {
    let limits = "[[limits]]\nname = 'a'\nrate = { requests = 2, per = '1m' }";
    for (second_at, resets, then) in [
        // 40.000000001 s, 40 s and 39.999999999 s are left.
        (19_999_999_999, "41", "40"),
        (20_000_000_000, "40", "39"),
        (20_000_000_001, "40", "39"),
    ] {
        let gate = gate(limits, "'a'");
        Ask::at(seconds(0)).told(&gate);
        let at = Duration::from_nanos(second_at);
        let lines = |remaining: u64, resets: &str| {
            [
                "ratelimit-policy: \"a-rate\";q=2;w=60".to_owned(),
                format!("ratelimit: \"a-rate\";r={remaining};t={resets}"),
                "x-ratelimit-limit: 2".to_owned(),
                format!("x-ratelimit-remaining: {remaining}"),
                format!("x-ratelimit-reset: {resets}"),
            ]
        };
        let expected = Told(200, lines(0, resets).to_vec());
        assert_eq!(Ask::at(after(at)).told(&gate), expected, "{second_at}");
        let at = at + Duration::from_secs(1);
        let mut expected = vec![format!("retry-after: {then}")];
        expected.extend(lines(0, then));
        let refused = Ask::at(after(at)).told(&gate);
        assert_eq!(refused, Told(429, expected), "{second_at}");
    }
}

#[test]
fn of_windows_with_as_much_left_the_one_that_resets_last_stands_for_all() {
    for (limits, reset) in [
        (
            "rate = { requests = 2, per = '1m' }\nquota = { requests = 2, per = '1d' }",
            86_400,
        ),
        (
            "rate = { requests = 2, per = '30d' }\nquota = { requests = 2, per = '1d' }",
            2_592_000,
        ),
        (
            "rate = { requests = 1, per = '1m' }\nquota = { requests = 2, per = '1d' }",
            60,
        ),
    ] {
        let gate = gate(&format!("[[limits]]\nname = 'a'\n{limits}"), "'a'");
        let Told(status, lines) = Ask::at(seconds(0)).told(&gate);
        assert_eq!(status, 200);
        let expected = format!("x-ratelimit-reset: {reset}");
        assert_eq!(lines.last(), Some(&expected), "{limits}");
    }
}

/// Of a rate of 10 a minute and a quota of 14 a day, each request takes 5.
fn costly() -> Gate {
    let limits = "[[limits]]\nname = 'a'\nrate = { requests = 10, per = '1m' }\n\
                  [[limits]]\nname = 'b'\nquota = { requests = 14, per = '1d' }";
    let text = text(
        limits,
        "['a', 'b']",
        "headers = ['x-ratelimit', 'ratelimit']",
    );
    let paths = "paths = [\"/payments\"]";
    Gate::new(policy(&text.replace(paths, &format!("{paths}\ncost = 5")))).unwrap()
}

#[test]
fn a_cost_is_taken_off_every_window() {
    let gate = costly();
    assert_eq!(
        Ask::at(seconds(0)).told(&gate),
        told(
            200,
            [
                "x-ratelimit-limit: 10",
                "x-ratelimit-remaining: 5",
                "x-ratelimit-reset: 60",
                "ratelimit-policy: \"a-rate\";q=10;w=60, \"b-quota\";q=14;w=86400",
                "ratelimit: \"a-rate\";r=5;t=60, \"b-quota\";r=9;t=86400",
            ]
        )
    );
}

#[test]
fn at_a_refusal_the_window_that_refuses_stands_for_all() {
    let gate = costly();
    for second in [0, 10] {
        assert_eq!(Ask::at(seconds(second)).told(&gate).0, 200);
    }
    // The rate has less left, but the quota keeps the request out for longer.
    assert_eq!(
        Ask::at(seconds(20)).told(&gate),
        told(
            429,
            [
                "retry-after: 86380",
                "x-ratelimit-limit: 14",
                "x-ratelimit-remaining: 4",
                "x-ratelimit-reset: 86380",
                "ratelimit-policy: \"a-rate\";q=10;w=60, \"b-quota\";q=14;w=86400",
                "ratelimit: \"a-rate\";r=0;t=40, \"b-quota\";r=4;t=86380",
            ]
        )
    );
}

#[test]
fn a_costly_request_may_have_to_wait_longer_than_until_its_window_resets() {
    let limits = "[[limits]]\nname = 'a'\nrate = { requests = 6, per = '1m' }";
    let text = text(limits, "'a'", "headers = ['ratelimit', 'x-ratelimit']");
    let text = text.replace("name = \"payments\"", "name = \"payments\"\ncost = 2");
    let text = text.replace("name = \"admin\"", "name = \"admin\"\ncost = 5");
    let text = text.replace("[\"payments\"]", "[\"payments\", \"admin\"]");
    let gate = Gate::new(policy(&text)).unwrap();
    for second in [0, 10, 20] {
        assert_eq!(Ask::at(seconds(second)).told(&gate).0, 200);
    }
    let lines = |retry_after: &str| {
        let mut lines = vec![format!("retry-after: {retry_after}")];
        lines.extend(
            [
                "ratelimit-policy: \"a-rate\";q=6;w=60",
                "ratelimit: \"a-rate\";r=0;t=30",
                "x-ratelimit-limit: 6",
                "x-ratelimit-remaining: 0",
                "x-ratelimit-reset: 30",
            ]
            .map(str::to_owned),
        );
        Told(429, lines)
    };
    assert_eq!(Ask::of("/payments", seconds(30)).told(&gate), lines("30"));
    assert_eq!(Ask::of("/admin", seconds(30)).told(&gate), lines("50"));
}

#[test]
fn limits_of_client_profile_and_collection_stand_in_that_order() {
    let limits = "[[limits]]\nname = 'a'\nrate = { requests = 9, per = '1m' }\n\
                  [[limits]]\nname = 'b'\nrate = { requests = 8, per = '1h' }\n\
                  [[limits]]\nname = 'c'\nrate = { requests = 7, per = '1d' }";
    let text = text(limits, "'b'", "headers = ['ratelimit']");
    let text = text.replace("id = \"pisp-prod\"", "id = \"pisp-prod\"\nlimits = 'c'");
    let text = text.replace("name = \"payments\"", "name = \"payments\"\nlimits = 'a'");
    let gate = Gate::new(policy(&text)).unwrap();
    assert_eq!(
        Ask::at(seconds(0)).told(&gate),
        told(
            200,
            [
                "ratelimit-policy: \"b-rate\";q=8;w=3600, \"c-rate\";q=7;w=86400, \"a-rate\";q=9;w=60",
                "ratelimit: \"b-rate\";r=7;t=3600, \"c-rate\";r=6;t=86400, \"a-rate\";r=8;t=60",
            ]
        )
    );
    let window = |name: &str, remaining, allowed, seconds| {
        let resets_in = Duration::from_secs(seconds);
        (
            name.to_owned(),
            WindowKind::Rate,
            remaining,
            allowed,
            resets_in,
        )
    };
    assert_eq!(
        left(&gate, &Ask::at(seconds(10))),
        [
            window("b", 6, 8, 3_600),
            window("c", 5, 7, 86_400),
            window("a", 7, 9, 50),
        ]
    );
}

#[test]
fn a_decision_has_what_is_left_of_each_window() {
    let gate = costly();
    let window = |name: &str, kind, remaining, allowed, seconds| {
        let resets_in = Duration::from_secs(seconds);
        (name.to_owned(), kind, remaining, allowed, resets_in)
    };
    for (second, rate, quota) in [(0, (5, 60), 9), (10, (0, 50), 4), (20, (0, 40), 4)] {
        assert_eq!(
            left(&gate, &Ask::at(seconds(second))),
            [
                window("a", WindowKind::Rate, rate.0, 10, rate.1),
                window("b", WindowKind::Quota, quota, 14, 86_400 - second),
            ],
            "{second}"
        );
    }
}

#[test]
fn one_kind_alone_and_none() {
    let limits = "[[limits]]\nname = 'a'\nrate = { requests = 2, per = '1m' }";
    let only = |limiting: &str| {
        let gate = Gate::new(policy(&text(limits, "'a'", limiting))).unwrap();
        Ask::at(seconds(0)).told(&gate)
    };
    assert_eq!(
        only("headers = ['x-ratelimit']"),
        told(
            200,
            [
                "x-ratelimit-limit: 2",
                "x-ratelimit-remaining: 1",
                "x-ratelimit-reset: 60",
            ]
        )
    );
    assert_eq!(
        only("headers = ['ratelimit']"),
        told(
            200,
            [
                "ratelimit-policy: \"a-rate\";q=2;w=60",
                "ratelimit: \"a-rate\";r=1;t=60",
            ]
        )
    );
    assert_eq!(only(""), told(200, []));
    // A limit that is switched off is told no more than it counts.
    let off = format!("{limits}\nactive = false");
    let gate = gate(&off, "'a'");
    assert_eq!(Ask::at(seconds(0)).told(&gate), told(200, []));
}
