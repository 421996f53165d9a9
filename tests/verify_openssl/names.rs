//! The same name in other octets: types of strings, letters, spaces and order.

use crate::case::{ALLOW, Case, Lists, REVOKED, UNTRUSTED, agree};
use crate::certificate::Party;
use crate::der::{CN, IA5, O, PRINTABLE, UTF8, name};
use crate::openssl;

type Attributes = &'static [(&'static str, u8, &'static str)];

const OWN: Attributes = &[(O, UTF8, "Acme Ltd"), (CN, UTF8, "Middle CA")];

/// How a certificate names its issuer, whose own name is [`OWN`].
const NAMES: &[(&str, Attributes, &str)] = &[
    ("same", OWN, ALLOW),
    (
        "printable",
        &[(O, PRINTABLE, "Acme Ltd"), (CN, PRINTABLE, "Middle CA")],
        UNTRUSTED,
    ),
    (
        "one printable",
        &[(O, UTF8, "Acme Ltd"), (CN, PRINTABLE, "Middle CA")],
        UNTRUSTED,
    ),
    (
        "IA5",
        &[(O, IA5, "Acme Ltd"), (CN, IA5, "Middle CA")],
        UNTRUSTED,
    ),
    (
        "letters",
        &[(O, UTF8, "ACME LTD"), (CN, UTF8, "middle ca")],
        UNTRUSTED,
    ),
    (
        "spaces",
        &[(O, UTF8, "Acme  Ltd "), (CN, UTF8, " Middle CA")],
        UNTRUSTED,
    ),
    (
        "order",
        &[(CN, UTF8, "Middle CA"), (O, UTF8, "Acme Ltd")],
        UNTRUSTED,
    ),
    ("shorter", &[(CN, UTF8, "Middle CA")], UNTRUSTED),
    (
        "longer",
        &[
            (O, UTF8, "Acme Ltd"),
            (CN, UTF8, "Middle CA"),
            (CN, UTF8, "x"),
        ],
        UNTRUSTED,
    ),
    (
        "other",
        &[(O, UTF8, "Acme Ltd"), (CN, UTF8, "Middle CB")],
        UNTRUSTED,
    ),
];

#[test]
fn an_issuer_is_named_as_it_names_itself() {
    if !openssl::is_here() {
        return;
    }
    let root = Party::new("Root");
    let middle = Party::new("").named(name(OWN));
    let (own, between) = (root.root(|_| {}), middle.by(&root, |_| {}));
    let usual = middle.client(|_| {});
    let mut cases = Vec::new();
    for (what, attributes, expected) in NAMES {
        let leaf = middle.client(|fields| fields.issuer = name(attributes));
        cases.push(Case::new(
            format!("client {what}"),
            &[&leaf, &between],
            &[&own],
            expected,
        ));
        let partial = Case::new(format!("partial {what}"), &[&leaf], &[&between], expected);
        cases.push(partial.partial());
    }
    // The issuer of a list is compared as names are everywhere else in this crate.
    let quiet = root.revokes(&[], |_| {});
    for (what, attributes, expected) in [
        ("same", OWN, REVOKED),
        ("printable", NAMES[1].1, REVOKED),
        ("letters", NAMES[4].1, REVOKED),
        ("spaces", NAMES[5].1, REVOKED),
        ("order", NAMES[6].1, UNTRUSTED),
        ("other", NAMES[9].1, UNTRUSTED),
    ] {
        let list = middle.named(name(attributes)).revokes(&[7], |_| {});
        let case = Case::new(
            format!("list {what}"),
            &[&usual, &between],
            &[&own],
            expected,
        );
        cases.push(case.asking(Lists::OfAll, &[&list, &quiet]));
    }
    agree("names", &cases);
}
