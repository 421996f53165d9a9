//! Revocation lists.

use crate::case::{ALLOW, Case, Lists, REFUSED, REVOKED, UNTRUSTED, agree};
use crate::certificate::{Fields, Party};
use crate::der::{cn, extension, tlv};
use crate::extensions::{CERT_SIGN, authority_key_id, key_usage, subject_key_id, unknown};
use crate::list::{ListFields, delta, number, only, reason, scope};
use crate::openssl;

/// The client's number is 7, that of its issuer 2.
struct World {
    root: Party,
    middle: Party,
    own: Vec<u8>,
    between: Vec<u8>,
    leaf: Vec<u8>,
    /// The root's list, which revokes nobody.
    quiet: Vec<u8>,
}

impl World {
    fn new() -> Self {
        let (root, middle) = (Party::new("Root"), Party::new("Middle"));
        Self {
            own: root.root(|_| {}),
            between: middle.by(&root, |_| {}),
            leaf: middle.client(|_| {}),
            quiet: root.revokes(&[], |_| {}),
            root,
            middle,
        }
    }

    fn case(&self, name: &str, asked: Lists, lists: &[&Vec<u8>], expected: &'static str) -> Case {
        let case = Case::new(name, &[&self.leaf, &self.between], &[&self.own], expected);
        case.asking(asked, lists)
    }

    /// Every issuer's list is asked: this one of the client's issuer, and the root's.
    fn with(&self, name: &str, list: &Vec<u8>, expected: &'static str) -> Case {
        self.case(name, Lists::OfAll, &[list, &self.quiet], expected)
    }
}

#[test]
fn lists_revoke_their_issuer_s_certificates() {
    if !openssl::is_here() {
        return;
    }
    let world = World::new();
    let World {
        root,
        middle,
        quiet,
        ..
    } = &world;
    let clean = middle.revokes(&[8], |_| {});
    let other = middle.namesake();
    let stranger = Party::new("Stranger");
    let mut forged = middle.revokes(&[8], |_| {});
    *forged.last_mut().unwrap() ^= 1;
    let by_other = other.revokes(&[7], |fields| {
        fields.extensions = [number(1), authority_key_id(&middle.key_id)].concat();
    });
    let late = |fields: &mut ListFields| fields.updates.1 = Some("260531235959Z");
    let ended = |fields: &mut ListFields| {
        fields.updates = ("260401000000Z", Some("260501000000Z"));
    };
    let early = |fields: &mut ListFields| fields.updates.0 = "260601000001Z";
    let all = Lists::OfAll;
    let cases = [
        world.with("nobody", &middle.revokes(&[], |_| {}), ALLOW),
        world.with("another", &clean, ALLOW),
        world.with("the client", &middle.revokes(&[7], |_| {}), REVOKED),
        world.with(
            "the client among many",
            &middle.revokes(&[1, 6, 7, 8, 255, 256], |_| {}),
            REVOKED,
        ),
        world.with(
            "neighbours",
            &middle.revokes(&[6, 8, 0x0700, 0x0107], |_| {}),
            ALLOW,
        ),
        world.with(
            "the number of its issuer",
            &middle.revokes(&[2], |_| {}),
            ALLOW,
        ),
        world.case(
            "the issuer",
            all,
            &[&clean, &root.revokes(&[2], |_| {})],
            UNTRUSTED,
        ),
        world.case(
            "the client's number by the root",
            all,
            &[&clean, &root.revokes(&[7], |_| {})],
            ALLOW,
        ),
        world.case(
            "by a stranger",
            all,
            &[&clean, quiet, &stranger.revokes(&[7], |_| {})],
            ALLOW,
        ),
        world.case(
            "by a namesake too",
            all,
            &[&clean, quiet, &other.revokes(&[7], |_| {})],
            ALLOW,
        ),
        world.case(
            "by a namesake first",
            all,
            &[&other.revokes(&[7], |_| {}), &clean, quiet],
            ALLOW,
        ),
        world.with(
            "by a namesake alone",
            &other.revokes(&[8], |_| {}),
            UNTRUSTED,
        ),
        world.with("by a namesake under its identifier", &by_other, UNTRUSTED),
        world.with("forged", &forged, UNTRUSTED),
        world.with(
            "no identifier",
            &middle.revokes(&[7], |fields| fields.extensions = number(1)),
            REVOKED,
        ),
        world.with(
            "no identifier and nobody",
            &middle.revokes(&[8], |fields| fields.extensions = number(1)),
            ALLOW,
        ),
        world.with("late", &middle.revokes(&[8], late), UNTRUSTED),
        world.with("late, the client", &middle.revokes(&[7], late), REVOKED),
        world.with("early", &middle.revokes(&[8], early), UNTRUSTED),
        world.with(
            "first second",
            &middle.revokes(&[8], |fields| fields.updates.0 = "260601000000Z"),
            ALLOW,
        ),
        world.with(
            "last second",
            &middle.revokes(&[8], |fields| fields.updates.1 = Some("260601000000Z")),
            ALLOW,
        ),
        world.case(
            "late of the root",
            all,
            &[&clean, &root.revokes(&[], late)],
            UNTRUSTED,
        ),
        world.case("none", all, &[], UNTRUSTED),
        world.case("none of the root", all, &[&clean], UNTRUSTED),
        world.case("none of middle", all, &[quiet], UNTRUSTED),
        world.case(
            "none of the root, and not asked",
            Lists::OfClients,
            &[&clean],
            ALLOW,
        ),
        world.case(
            "none of the root, revoked",
            Lists::OfClients,
            &[&middle.revokes(&[7], |_| {})],
            REVOKED,
        ),
        world.case(
            "none of middle, and not asked",
            Lists::OfClients,
            &[quiet],
            ALLOW,
        ),
        world.case("none, and not asked", Lists::OfClients, &[], ALLOW),
        world.case(
            "not asked, revoked",
            Lists::No,
            &[&middle.revokes(&[7], |_| {})],
            REVOKED,
        ),
        world.case(
            "not asked, issuer revoked",
            Lists::OfClients,
            &[&clean, &root.revokes(&[2], |_| {})],
            UNTRUSTED,
        ),
        world.case(
            "older and newer",
            all,
            &[
                &middle.revokes(&[7], |fields| fields.updates.0 = "260401000000Z"),
                &clean,
                quiet,
            ],
            ALLOW,
        ),
        world.case(
            "newer and older",
            all,
            &[
                &middle.revokes(&[7], |_| {}),
                &middle.revokes(&[8], |fields| fields.updates.0 = "260401000000Z"),
                quiet,
            ],
            REVOKED,
        ),
        world.case(
            "current and early",
            all,
            &[&clean, &middle.revokes(&[8], early), quiet],
            UNTRUSTED,
        ),
        world.case(
            "late and current",
            all,
            &[&middle.revokes(&[8], ended), &clean, quiet],
            ALLOW,
        ),
    ];
    agree("lists", &cases);
}

#[test]
fn lists_are_whole() {
    if !openssl::is_here() {
        return;
    }
    let world = World::new();
    let World { middle, quiet, .. } = &world;
    let own = |revoked: &[u64], extra: Vec<u8>| {
        middle.revokes(revoked, |fields| fields.extensions.extend(&extra))
    };
    let entry = |extra: Vec<u8>| middle.revokes(&[7], |fields| fields.revoked[0].1 = extra.clone());
    let point = tlv(0xA0, &tlv(0xA0, &tlv(0x86, b"http://crl.example/1")));
    let issuer = tlv(0x30, &tlv(0xA4, &cn("Other")));
    let all = Lists::OfAll;
    let cases = [
        world.with("of clients", &own(&[7], scope(&only(1))), REVOKED),
        world.with("of clients, another", &own(&[8], scope(&only(1))), ALLOW),
        world.with("of authorities", &own(&[7], scope(&only(2))), UNTRUSTED),
        world.with(
            "of both",
            &own(&[8], scope(&[only(1), only(2)].concat())),
            REFUSED,
        ),
        world.with("of nobody in particular", &own(&[7], scope(&[])), REVOKED),
        world.with("of a point", &own(&[7], scope(&point)), REFUSED),
        world.with(
            "of some reasons",
            &own(&[7], scope(&tlv(0x83, &[1, 0x06]))),
            REFUSED,
        ),
        world.with("indirect", &own(&[7], scope(&only(4))), REFUSED),
        world.with(
            "of attribute certificates",
            &own(&[7], scope(&only(5))),
            REFUSED,
        ),
        world.with("delta", &own(&[7], delta(1)), REFUSED),
        world.with("unknown extension", &own(&[7], unknown(false)), REVOKED),
        world.with(
            "unknown critical extension",
            &own(&[8], unknown(true)),
            REFUSED,
        ),
        world.with(
            "version 1",
            &middle.revokes(&[7], |fields| {
                fields.version = None;
                fields.extensions.clear();
            }),
            REVOKED,
        ),
        world.with(
            "version 1, another",
            &middle.revokes(&[8], |fields| {
                fields.version = None;
                fields.extensions.clear();
            }),
            ALLOW,
        ),
        world.with(
            "no next update",
            &middle.revokes(&[8], |fields| fields.updates.1 = None),
            REFUSED,
        ),
        world.with("with a reason", &entry(reason(1)), REVOKED),
        world.with("on hold", &entry(reason(6)), REVOKED),
        world.with("taken back", &entry(reason(8)), REFUSED),
        world.with(
            "of another issuer",
            &entry(extension("2.5.29.29", true, &issuer)),
            REFUSED,
        ),
        world.with(
            "unknown extension of an entry",
            &entry(unknown(false)),
            REVOKED,
        ),
        world.with(
            "unknown critical extension of an entry",
            &entry(unknown(true)),
            REFUSED,
        ),
        world.case(
            "whole and delta",
            all,
            &[&own(&[8], vec![]), &own(&[7], delta(1)), quiet],
            REFUSED,
        ),
        world.case(
            "of clients and of authorities",
            all,
            &[
                &own(&[7], scope(&only(1))),
                &own(&[8], scope(&only(2))),
                quiet,
            ],
            REVOKED,
        ),
    ];
    agree("scopes", &cases);
}

/// An issuer that two certify, and each by an identifier of its own.
#[test]
fn a_list_is_the_key_s_whatever_certificate_it_has() {
    if !openssl::is_here() {
        return;
    }
    let world = World::new();
    let World {
        middle,
        root,
        own,
        between,
        leaf,
        quiet,
    } = &world;
    let second = Party::new("Second");
    let second_root = second.root(|_| {});
    let across = |change: fn(&mut Fields)| {
        middle.by(&second, |fields| {
            fields.serial = 9;
            fields.key_ids = [subject_key_id(&[9; 20]), authority_key_id(&second.key_id)].concat();
            change(fields);
        })
    };
    let renamed = across(|_| {});
    let without = across(|fields| fields.usage = key_usage(CERT_SIGN));
    let silent = second.revokes(&[], |_| {});
    let revoked = middle.revokes(&[7], |_| {});
    let clean = middle.revokes(&[8], |_| {});
    let of_root = root.revokes(&[2], |_| {});
    let case = |name: &str, chain: &[&Vec<u8>], lists: &[&Vec<u8>], expected| {
        let certificates = [&[leaf], chain].concat();
        let case = Case::new(name, &certificates, &[own, &second_root], expected);
        case.asking(Lists::OfAll, lists)
    };
    let only_clients = |name: &str, chain: &[&Vec<u8>], lists: &[&Vec<u8>], expected| Case {
        asked: Lists::OfClients,
        ..case(name, chain, lists, expected)
    };
    let plain = middle.client(|fields| fields.key_ids.clear());
    let by_either = |name: &str, lists: &[&Vec<u8>], expected| {
        let case = Case::new(name, &[&plain, &renamed], &[&second_root], expected);
        case.asking(Lists::OfAll, lists)
    };
    let cases = [
        case("by the first", &[between], &[&clean, quiet, &silent], ALLOW),
        case(
            "by the first, revoked",
            &[between],
            &[&revoked, quiet, &silent],
            REVOKED,
        ),
        case(
            "by the second, revoked",
            &[&renamed],
            &[&revoked, quiet, &silent],
            REVOKED,
        ),
        case(
            "by both, revoked",
            &[between, &renamed],
            &[&revoked, quiet, &silent],
            REVOKED,
        ),
        only_clients(
            "by the second, not asked",
            &[&renamed],
            &[&revoked],
            REVOKED,
        ),
        by_either("no identifier, revoked", &[&revoked, &silent], REVOKED),
        by_either("no identifier", &[&clean, &silent], ALLOW),
        case(
            "one of the two is revoked",
            &[between],
            &[&clean, &of_root, &silent],
            UNTRUSTED,
        ),
        case(
            "one of both is revoked",
            &[between, &renamed],
            &[&clean, &of_root, &silent],
            ALLOW,
        ),
        case(
            "may not sign lists",
            &[&without],
            &[&clean, quiet, &silent],
            UNTRUSTED,
        ),
        only_clients(
            "may not sign lists, revoked",
            &[&without],
            &[&revoked],
            UNTRUSTED,
        ),
    ];
    agree("issuers of lists", &cases);
}
