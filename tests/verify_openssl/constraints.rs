//! Name constraints of authorities.

use crate::case::{ALLOW, Case, MALFORMED, UNTRUSTED, agree};
use crate::certificate::{Fields, Party};
use crate::der::{CN, EMAIL, IA5, UTF8, name};
use crate::extensions::{alternative_names, name_constraints};
use crate::openssl;

/// Names permitted, names excluded, the client's alternative names, and what is
/// decided.
type Row = (
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
);

const ROWS: &[Row] = &[
    // Names of hosts.
    (&["dns:acme.example"], &[], &["dns:acme.example"], ALLOW),
    (&["dns:acme.example"], &[], &["dns:api.acme.example"], ALLOW),
    (&["dns:acme.example"], &[], &["dns:API.ACME.EXAMPLE"], ALLOW),
    (
        &["dns:acme.example"],
        &[],
        &["dns:acme.example.org"],
        UNTRUSTED,
    ),
    (
        &["dns:acme.example"],
        &[],
        &["dns:notacme.example"],
        UNTRUSTED,
    ),
    (&["dns:acme.example"], &[], &["dns:*.acme.example"], ALLOW),
    (
        &["dns:acme.example"],
        &[],
        &["dns:acme.example", "dns:evil.example"],
        UNTRUSTED,
    ),
    (
        &["dns:acme.example"],
        &[],
        &["email:jo@evil.example"],
        ALLOW,
    ),
    (
        &["dns:acme.example", "dns:acme.test"],
        &[],
        &["dns:a.acme.test"],
        ALLOW,
    ),
    (&[], &["dns:evil.example"], &["dns:acme.example"], ALLOW),
    (&[], &["dns:evil.example"], &["dns:evil.example"], UNTRUSTED),
    (
        &[],
        &["dns:evil.example"],
        &["dns:www.evil.example"],
        UNTRUSTED,
    ),
    (
        &[],
        &["dns:evil.example"],
        &["dns:WWW.EVIL.example"],
        UNTRUSTED,
    ),
    (
        &[],
        &["dns:www.evil.example"],
        &["dns:*.evil.example"],
        UNTRUSTED,
    ),
    (
        &["dns:acme.example"],
        &["dns:x.acme.example"],
        &["dns:y.acme.example"],
        ALLOW,
    ),
    (
        &["dns:acme.example"],
        &["dns:x.acme.example"],
        &["dns:a.x.acme.example"],
        UNTRUSTED,
    ),
    (&["dns:"], &[], &["dns:anything.example"], ALLOW),
    (&[], &["dns:"], &["dns:anything.example"], UNTRUSTED),
    (&["dns:acme.example"], &[], &[], ALLOW),
    // E-mail addresses: refused wherever they are constrained.
    (
        &["email:acme.example"],
        &[],
        &["email:jo@acme.example"],
        UNTRUSTED,
    ),
    (
        &["email:acme.example"],
        &[],
        &["email:jo@evil.example"],
        UNTRUSTED,
    ),
    (&["email:acme.example"], &[], &["dns:evil.example"], ALLOW),
    (
        &[],
        &["email:evil.example"],
        &["email:jo@evil.example"],
        UNTRUSTED,
    ),
    (
        &[],
        &["email:evil.example"],
        &["email:jo@acme.example"],
        UNTRUSTED,
    ),
    (&[], &["email:evil.example"], &["dns:evil.example"], ALLOW),
    // Addresses with masks.
    (&["ip:10.0.0.0.255.0.0.0"], &[], &["ip:10.1.2.3"], ALLOW),
    (&["ip:10.0.0.0.255.0.0.0"], &[], &["ip:11.1.2.3"], UNTRUSTED),
    (
        &["ip:10.0.0.0.255.0.0.0"],
        &[],
        &["dns:acme.example"],
        ALLOW,
    ),
    (&[], &["ip:10.0.0.0.255.0.0.0"], &["ip:10.1.2.3"], UNTRUSTED),
    (&[], &["ip:10.0.0.0.255.0.0.0"], &["ip:11.1.2.3"], ALLOW),
    (
        &["ip:10.0.0.0.255.255.255.255"],
        &[],
        &["ip:10.0.0.0"],
        ALLOW,
    ),
    (
        &["ip:10.0.0.0.255.0.255.0"],
        &[],
        &["ip:10.1.0.3"],
        UNTRUSTED,
    ),
    (
        &["ip:10.0.0.0.255.0.0.0"],
        &[],
        &["ip:0.0.0.0.0.0.0.0.0.0.0.0.10.0.0.1"],
        UNTRUSTED,
    ),
    // URIs: likewise.
    (
        &["uri:acme.example"],
        &[],
        &["uri:https://acme.example/"],
        UNTRUSTED,
    ),
    (
        &["uri:acme.example"],
        &[],
        &["uri:https://evil.example/"],
        UNTRUSTED,
    ),
    (
        &[],
        &["uri:evil.example"],
        &["uri:https://evil.example/"],
        UNTRUSTED,
    ),
    (
        &[],
        &["uri:evil.example"],
        &["uri:https://acme.example/"],
        UNTRUSTED,
    ),
    (
        &["uri:acme.example"],
        &[],
        &["uri:spiffe://acme.example/x"],
        UNTRUSTED,
    ),
    (&["uri:acme.example"], &[], &["dns:evil.example"], ALLOW),
    // Directory names: every certificate has one.
    (&["dir:acme"], &[], &[], UNTRUSTED),
    (&["dir:other"], &[], &[], UNTRUSTED),
    (&[], &["dir:acme"], &[], UNTRUSTED),
    (&[], &["dir:other"], &[], UNTRUSTED),
    // A form that hardly anybody knows.
    (&["rid:1.2.3"], &[], &["rid:1.2.3.4"], UNTRUSTED),
    (&["rid:1.2.3"], &[], &["dns:acme.example"], ALLOW),
    // What is no name of its form.
    (
        &["dns:acme.example"],
        &[],
        &["dns:.acme.example"],
        UNTRUSTED,
    ),
    (
        &["dns:acme.example"],
        &[],
        &["dns:acme.example."],
        UNTRUSTED,
    ),
    (
        &["dns:acme.example"],
        &[],
        &["dns:a b.acme.example"],
        UNTRUSTED,
    ),
    (
        &["dns:.acme.example"],
        &[],
        &["dns:api.acme.example"],
        ALLOW,
    ),
    (
        &["dns:.acme.example"],
        &[],
        &["dns:acme.example"],
        UNTRUSTED,
    ),
    (&["ip:10.0.0"], &[], &["ip:10.0.0.1"], UNTRUSTED),
    (&["dns:acme.example"], &[], &["ip:10.0.0"], MALFORMED),
];

#[test]
fn authorities_give_the_names_that_they_may() {
    if !openssl::is_here() {
        return;
    }
    let (root, middle) = (Party::new("Root"), Party::new("Middle"));
    let mut cases = Vec::new();
    for (number, (permitted, excluded, names, expected)) in ROWS.iter().enumerate() {
        let constraints = name_constraints(permitted, excluded);
        let constrained = |fields: &mut Fields| fields.others = constraints.clone();
        let leaf = middle.client(|fields| {
            if !names.is_empty() {
                fields.others = alternative_names(names);
            }
        });
        let (upper, lower) = (root.root(|_| {}), middle.by(&root, |_| {}));
        let (tied, below) = (root.root(constrained), middle.by(&root, constrained));
        let what = format!("{number} {permitted:?} but {excluded:?}, {names:?}");
        let name = |who: &str| format!("{who} {what}");
        cases.push(Case::new(
            name("middle"),
            &[&leaf, &below],
            &[&upper],
            expected,
        ));
        cases.push(Case::new(
            name("root"),
            &[&leaf, &lower],
            &[&tied],
            expected,
        ));
        cases.push(Case::new(name("partial"), &[&leaf], &[&below], expected).partial());
    }
    agree("name constraints", &cases);
}

/// The same of what a subject says: names permitted, names excluded, attributes of the
/// subject, alternative names.
type Subject = (
    &'static [&'static str],
    &'static [&'static str],
    &'static [(&'static str, u8, &'static str)],
    &'static [&'static str],
    &'static str,
);

const SUBJECTS: &[Subject] = &[
    (
        &["email:acme.example"],
        &[],
        &[(EMAIL, IA5, "jo@acme.example")],
        &[],
        UNTRUSTED,
    ),
    (
        &["email:acme.example"],
        &[],
        &[(EMAIL, IA5, "jo@evil.example")],
        &[],
        UNTRUSTED,
    ),
    (
        &[],
        &["email:evil.example"],
        &[(EMAIL, IA5, "jo@evil.example")],
        &[],
        UNTRUSTED,
    ),
    (
        &[],
        &["email:evil.example"],
        &[(CN, UTF8, "jo@evil.example")],
        &[],
        ALLOW,
    ),
    (
        &["dns:acme.example"],
        &[],
        &[(EMAIL, IA5, "jo@evil.example")],
        &[],
        ALLOW,
    ),
    (
        &["dns:acme.example"],
        &[],
        &[(CN, UTF8, "acme")],
        &[],
        ALLOW,
    ),
    (
        &["dns:acme.example"],
        &[],
        &[(CN, UTF8, "Acme Ltd.")],
        &[],
        ALLOW,
    ),
    (
        &["dns:acme.example"],
        &[],
        &[(CN, UTF8, "acme.example")],
        &[],
        ALLOW,
    ),
    (
        &["dns:acme.example"],
        &[],
        &[(CN, UTF8, "api.ACME.example")],
        &[],
        ALLOW,
    ),
    (
        &["dns:acme.example"],
        &[],
        &[(CN, UTF8, "evil.example")],
        &[],
        UNTRUSTED,
    ),
    (
        &["dns:acme.example"],
        &[],
        &[(CN, UTF8, "notacme.example")],
        &[],
        UNTRUSTED,
    ),
    (
        &["dns:acme.example"],
        &[],
        &[(CN, UTF8, "acme"), (CN, UTF8, "evil.example")],
        &[],
        UNTRUSTED,
    ),
    (
        &["dns:acme.example"],
        &[],
        &[(CN, UTF8, "evil.example")],
        &["dns:acme.example"],
        UNTRUSTED,
    ),
    (
        &["dns:acme.example"],
        &[],
        &[(CN, UTF8, "acme")],
        &["dns:acme.example"],
        ALLOW,
    ),
    (
        &["dns:acme.example"],
        &[],
        &[(CN, UTF8, "evil.example")],
        &["ip:10.0.0.1"],
        UNTRUSTED,
    ),
    (
        &["dns:acme.example"],
        &[],
        &[(CN, UTF8, "*.evil.example")],
        &[],
        UNTRUSTED,
    ),
    (
        &["dns:acme.example"],
        &[],
        &[(CN, UTF8, "evil.example.")],
        &[],
        UNTRUSTED,
    ),
    (
        &["dns:.acme.example"],
        &[],
        &[(CN, UTF8, "acme.example")],
        &[],
        UNTRUSTED,
    ),
    (
        &["dns:.acme.example"],
        &[],
        &[(CN, UTF8, "api.acme.example")],
        &[],
        ALLOW,
    ),
    (
        &[],
        &["dns:evil.example"],
        &[(CN, UTF8, "evil.example")],
        &[],
        UNTRUSTED,
    ),
    (
        &[],
        &["dns:evil.example"],
        &[(CN, UTF8, "www.EVIL.example")],
        &[],
        UNTRUSTED,
    ),
    (
        &[],
        &["dns:evil.example"],
        &[(CN, UTF8, "acme.example")],
        &[],
        ALLOW,
    ),
    (
        &[],
        &["dns:evil.example"],
        &[(CN, UTF8, "evil")],
        &[],
        ALLOW,
    ),
];

#[test]
fn authorities_give_the_subjects_that_they_may() {
    if !openssl::is_here() {
        return;
    }
    let (root, middle) = (Party::new("Root"), Party::new("Middle"));
    let mut cases = Vec::new();
    for (number, (permitted, excluded, subject, names, expected)) in SUBJECTS.iter().enumerate() {
        let constraints = name_constraints(permitted, excluded);
        let constrained = |fields: &mut Fields| fields.others = constraints.clone();
        let leaf = middle.client(|fields| {
            fields.subject = name(subject);
            if !names.is_empty() {
                fields.others = alternative_names(names);
            }
        });
        let (upper, lower) = (root.root(|_| {}), middle.by(&root, |_| {}));
        let (tied, below) = (root.root(constrained), middle.by(&root, constrained));
        let what = format!("{number} {permitted:?} but {excluded:?}, {subject:?}, {names:?}");
        let name = |who: &str| format!("{who} {what}");
        cases.push(Case::new(
            name("middle"),
            &[&leaf, &below],
            &[&upper],
            expected,
        ));
        cases.push(Case::new(
            name("root"),
            &[&leaf, &lower],
            &[&tied],
            expected,
        ));
    }
    agree("constrained subjects", &cases);
}
