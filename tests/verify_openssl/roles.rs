//! Who is an authority: basicConstraints, versions, and clients that act as one.

use crate::case::{ALLOW, Case, REFUSED, UNTRUSTED, agree};
use crate::certificate::{Fields, Party};
use crate::der::{cn, extension, seq, tlv};
use crate::extensions::{basic_constraints, unknown};
use crate::openssl;

type Change = (&'static str, fn(&mut Fields), [&'static str; 2]);

/// What an authority says of itself; what is decided of an intermediate, and of a root.
const AUTHORITIES: &[Change] = &[
    ("usual", |_| {}, [ALLOW, ALLOW]),
    (
        "constraints not critical",
        |own| own.constraints = not_critical(),
        [ALLOW, ALLOW],
    ),
    (
        "no authority",
        |own| own.constraints = basic_constraints(false, None),
        [UNTRUSTED, REFUSED],
    ),
    (
        "no constraints",
        |own| own.constraints.clear(),
        [UNTRUSTED, REFUSED],
    ),
    (
        "neither constraints nor usage",
        |own| {
            own.constraints.clear();
            own.usage.clear();
        },
        [UNTRUSTED, REFUSED],
    ),
    ("version 1", Fields::version_1, [UNTRUSTED, REFUSED]),
    (
        "unknown extension",
        |own| own.others = unknown(false),
        [ALLOW, ALLOW],
    ),
    (
        "unknown critical extension",
        |own| own.others = unknown(true),
        [UNTRUSTED, REFUSED],
    ),
    (
        "old-fashioned",
        |own| {
            own.constraints.clear();
            own.usage.clear();
            own.others = netscape(0x07);
        },
        [UNTRUSTED, REFUSED],
    ),
];

type ClientChange = (&'static str, fn(&mut Fields), &'static str);

/// The same of a client.
const CLIENTS: &[ClientChange] = &[
    ("usual", |_| {}, ALLOW),
    (
        "no authority",
        |own| own.constraints = basic_constraints(false, None),
        ALLOW,
    ),
    (
        "no authority with a length",
        |own| own.constraints = basic_constraints(false, Some(0)),
        ALLOW,
    ),
    (
        "an authority",
        |own| own.constraints = basic_constraints(true, None),
        UNTRUSTED,
    ),
    ("version 1", Fields::version_1, UNTRUSTED),
    (
        "without extensions",
        |own| {
            own.usage.clear();
            own.purposes.clear();
            own.key_ids.clear();
        },
        ALLOW,
    ),
    (
        "unknown extension",
        |own| own.others = unknown(false),
        ALLOW,
    ),
    (
        "unknown critical extension",
        |own| own.others = unknown(true),
        UNTRUSTED,
    ),
    (
        "old-fashioned client",
        |own| own.others = netscape(0x80),
        ALLOW,
    ),
    (
        "old-fashioned server",
        |own| own.others = netscape(0x40),
        ALLOW,
    ),
];

fn not_critical() -> Vec<u8> {
    extension("2.5.29.19", false, &seq(&[&tlv(0x01, &[0xFF])]))
}

/// netscape-cert-type.
fn netscape(bits: u8) -> Vec<u8> {
    let unused = bits.trailing_zeros() as u8;
    extension("2.16.840.1.113730.1.1", false, &tlv(0x03, &[unused, bits]))
}

#[test]
fn only_authorities_sign_certificates() {
    if !openssl::is_here() {
        return;
    }
    let (root, middle) = (Party::new("Root"), Party::new("Middle"));
    let (own, between) = (root.root(|_| {}), middle.by(&root, |_| {}));
    let leaf = middle.client(|_| {});
    let mut cases = Vec::new();
    for (name, change, [of_middle, of_root]) in AUTHORITIES {
        let odd = middle.by(&root, change);
        let name = |role| format!("{role}: {name}");
        cases.push(Case::new(
            name("middle"),
            &[&leaf, &odd],
            &[&own],
            of_middle,
        ));
        let odd = root.root(change);
        cases.push(Case::new(
            name("root"),
            &[&leaf, &between],
            &[&odd],
            of_root,
        ));
        let direct = root.client(|_| {});
        cases.push(Case::new(name("root alone"), &[&direct], &[&odd], of_root));
    }
    for (name, change, expected) in CLIENTS {
        let odd = middle.client(change);
        let case = Case::new(
            format!("client: {name}"),
            &[&odd, &between],
            &[&own],
            expected,
        );
        cases.push(case);
    }
    agree("roles", &cases);
}

#[test]
fn nobody_is_an_authority_for_himself() {
    if !openssl::is_here() {
        return;
    }
    let root = Party::new("Root");
    let own = root.root(|_| {});
    let acme = Party::new("acme");
    let of_acme = root.client(|fields| {
        fields.subject = acme.name.clone();
        fields.public = acme.key.public.clone();
    });
    let by_acme = acme.client(|fields| fields.subject = cn("globex"));
    let alone = acme.client(|_| {});
    let namesake = root.namesake();
    // The same name and identifier of the key, and another key.
    let twin = Party {
        key_id: root.key_id.clone(),
        ..root.namesake()
    };
    let case = |name: &str, certificates: &[&Vec<u8>], expected| {
        Case::new(name, certificates, &[&own], expected)
    };
    let cases = [
        case("a client", &[&of_acme], ALLOW),
        case("a client of a client", &[&by_acme, &of_acme], UNTRUSTED),
        case("a client who signs himself", &[&alone], UNTRUSTED),
        case("and comes along", &[&alone, &alone], UNTRUSTED),
        case("the root as a client", &[&own], UNTRUSTED),
        case(
            "another root as a client",
            &[&namesake.root(|_| {})],
            UNTRUSTED,
        ),
        case(
            "a twin of the root as a client",
            &[&twin.root(|_| {})],
            UNTRUSTED,
        ),
        case("a client of a twin", &[&twin.client(|_| {})], UNTRUSTED),
        case(
            "with it",
            &[&twin.client(|_| {}), &twin.root(|_| {})],
            UNTRUSTED,
        ),
        case(
            "with both",
            &[&twin.client(|_| {}), &twin.root(|_| {}), &own],
            UNTRUSTED,
        ),
        case(
            "a root that is no authority, as a client",
            &[&root.root(|fields| fields.constraints = basic_constraints(false, None))],
            UNTRUSTED,
        ),
    ];
    agree("persons", &cases);
}
