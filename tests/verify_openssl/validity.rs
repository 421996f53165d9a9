//! Dates of the client, of the intermediate and of the root.

use crate::case::{ALLOW, Case, EXPIRED, NOT_YET, UNTRUSTED, agree};
use crate::certificate::Party;
use crate::openssl;

/// Around 2026-06-01T00:00:00Z; and what is decided if nothing else is wrong, of a
/// client and of an authority.
const DATES: &[(&str, (&str, &str), &str, &str)] = &[
    ("valid", ("260101000000Z", "270101000000Z"), ALLOW, ALLOW),
    (
        "first second",
        ("260601000000Z", "400101000000Z"),
        ALLOW,
        ALLOW,
    ),
    (
        "last second",
        ("200101000000Z", "260601000000Z"),
        ALLOW,
        ALLOW,
    ),
    (
        "next second",
        ("260601000001Z", "400101000000Z"),
        NOT_YET,
        UNTRUSTED,
    ),
    (
        "ended",
        ("200101000000Z", "260531235959Z"),
        EXPIRED,
        UNTRUSTED,
    ),
    (
        "endless",
        ("20500101000000Z", "99991231235959Z"),
        NOT_YET,
        UNTRUSTED,
    ),
];

/// Before the epoch, and with the other type of time than RFC 5280 has.
const ODD: &[(&str, (&str, &str), &str, &str)] = &[
    (
        "since 1960",
        ("600101000000Z", "99991231235959Z"),
        UNTRUSTED,
        UNTRUSTED,
    ),
    (
        "generalized",
        ("20260101000000Z", "20270101000000Z"),
        ALLOW,
        ALLOW,
    ),
    (
        "backwards",
        ("270101000000Z", "260101000000Z"),
        NOT_YET,
        UNTRUSTED,
    ),
    (
        "ended in 1969",
        ("600101000000Z", "690101000000Z"),
        EXPIRED,
        UNTRUSTED,
    ),
];

#[test]
fn everybody_is_valid_now() {
    if !openssl::is_here() {
        return;
    }
    let (root, middle) = (Party::new("Root"), Party::new("Middle"));
    let mut cases = Vec::new();
    let mut all =
        |dates: [&(&str, (&'static str, &'static str), &str, &'static str); 2],
         client: &(&str, (&'static str, &'static str), &'static str, &str)| {
            let [upper, lower] = dates;
            let names = format!("root {}, middle {}, client {}", upper.0, lower.0, client.0);
            let expected = match (client.2, upper.3, lower.3) {
                (ALLOW, ALLOW, ALLOW) => ALLOW,
                (ALLOW, ..) => UNTRUSTED,
                (own, ..) => own,
            };
            let own = root.root(|fields| fields.validity = upper.1);
            let between = middle.by(&root, |fields| fields.validity = lower.1);
            let leaf = middle.client(|fields| fields.validity = client.1);
            cases.push(Case::new(names, &[&leaf, &between], &[&own], expected));
        };
    for upper in DATES {
        for lower in DATES {
            for client in DATES {
                all([upper, lower], client);
            }
        }
    }
    let since_1960 = ("since 1960", ODD[0].1, UNTRUSTED, ALLOW);
    all([&since_1960, &DATES[0]], &DATES[0]);
    for odd in ODD {
        if odd.0 != since_1960.0 {
            all([odd, &DATES[0]], &DATES[0]);
        }
        all([&DATES[0], odd], &DATES[0]);
        all([&DATES[0], &DATES[0]], odd);
    }
    assert_eq!(cases.len(), 228);
    agree("validity", &cases);
}
