//! Signatures that are wrong, and the ways from a client to a root: cross-signed
//! authorities, in any order, with others among them.

use crate::case::{ALLOW, Case, UNTRUSTED, agree};
use crate::certificate::{Fields, Party};
use crate::extensions::authority_key_id;
use crate::openssl;

fn ended(fields: &mut Fields) {
    fields.validity = ("200101000000Z", "260501000000Z");
}

/// The same certificate with one bit of its signature, or of what it signs, changed.
fn changed(der: &[u8], from_the_end: usize) -> Vec<u8> {
    let mut der = der.to_vec();
    let place = der.len() - from_the_end;
    der[place] ^= 1;
    der
}

#[test]
fn every_signature_is_right() {
    if !openssl::is_here() {
        return;
    }
    let (root, middle) = (Party::new("Root"), Party::new("Middle"));
    let (own, between) = (root.root(|_| {}), middle.by(&root, |_| {}));
    let leaf = middle.client(|_| {});
    let (other_root, other_middle) = (root.namesake(), middle.namesake());
    let forged = other_middle.client(|fields| fields.key_ids = authority_key_id(&middle.key_id));
    let foreign = middle.by(&other_root, |fields| {
        fields.key_ids = authority_key_id(&root.key_id);
    });
    let without_ids = |fields: &mut Fields| fields.key_ids.clear();
    let plain = middle.client(without_ids);
    let misled = middle.client(|fields| fields.key_ids = authority_key_id(&[1; 20]));
    let stray = root.client(|fields| fields.key_ids = authority_key_id(&[1; 20]));
    let case = |name: &str, certificates: &[&Vec<u8>], expected| {
        Case::new(name, certificates, &[&own], expected)
    };
    let cases = [
        case("right", &[&leaf, &between], ALLOW),
        case("no intermediate", &[&leaf], UNTRUSTED),
        case(
            "client's signature",
            &[&changed(&leaf, 1), &between],
            UNTRUSTED,
        ),
        case(
            "middle's signature",
            &[&leaf, &changed(&between, 1)],
            UNTRUSTED,
        ),
        case(
            "client's contents",
            &[&changed(&leaf, leaf.len() - 14), &between],
            UNTRUSTED,
        ),
        case("client by a namesake", &[&forged, &between], UNTRUSTED),
        case("middle by a namesake", &[&leaf, &foreign], UNTRUSTED),
        case(
            "namesake first",
            &[&leaf, &other_middle.by(&root, |_| {}), &between],
            ALLOW,
        ),
        case(
            "namesake of the root",
            &[&leaf, &between, &other_root.root(|_| {})],
            ALLOW,
        ),
        case("forged and right", &[&leaf, &foreign, &between], ALLOW),
        case(
            "changed and right",
            &[&leaf, &changed(&between, 1), &between],
            ALLOW,
        ),
        case(
            "no identifiers of keys",
            &[&plain, &middle.by(&root, without_ids)],
            ALLOW,
        ),
        case(
            "namesakes without identifiers of keys",
            &[
                &plain,
                &other_middle.by(&root, without_ids),
                &middle.by(&root, without_ids),
            ],
            ALLOW,
        ),
        case(
            "another identifier of middle's key",
            &[&misled, &between],
            ALLOW,
        ),
        case("another identifier of the root's key", &[&stray], ALLOW),
        Case::new(
            "another root",
            &[&leaf, &between],
            &[&other_root.root(|_| {})],
            UNTRUSTED,
        ),
        Case::new(
            "both roots",
            &[&leaf, &between],
            &[&other_root.root(|_| {}), &own],
            ALLOW,
        ),
    ];
    agree("signatures", &cases);
}

#[test]
fn any_way_to_an_authority_will_do() {
    if !openssl::is_here() {
        return;
    }
    let (one, two) = (Party::new("Root One"), Party::new("Root Two"));
    let (middle, lower) = (Party::new("Middle"), Party::new("Lower"));
    let (root_one, root_two) = (one.root(|_| {}), two.root(|_| {}));
    let (by_one, by_two) = (middle.by(&one, |_| {}), middle.by(&two, |_| {}));
    let (ended_one, ended_root) = (middle.by(&one, ended), one.root(ended));
    let below = lower.by(&middle, |_| {});
    let (leaf, deep) = (middle.client(|_| {}), lower.client(|_| {}));
    let across = one.by(&two, |_| {});
    let stranger = Party::new("Stranger").root(|_| {});
    let mut cases = vec![
        Case::new("by one", &[&leaf, &by_one], &[&root_one], ALLOW),
        Case::new("by the other", &[&leaf, &by_two], &[&root_one], UNTRUSTED),
        Case::new(
            "both, one root",
            &[&leaf, &by_two, &by_one],
            &[&root_one],
            ALLOW,
        ),
        Case::new(
            "both, both roots",
            &[&leaf, &by_one, &by_two],
            &[&root_one, &root_two],
            ALLOW,
        ),
        Case::new(
            "one ended",
            &[&leaf, &ended_one, &by_two],
            &[&root_one, &root_two],
            ALLOW,
        ),
        Case::new(
            "the only one ended",
            &[&leaf, &ended_one],
            &[&root_one, &root_two],
            UNTRUSTED,
        ),
        Case::new(
            "ended and renewed",
            &[&leaf, &ended_one, &by_one],
            &[&root_one],
            ALLOW,
        ),
        Case::new(
            "one root ended",
            &[&leaf, &by_one, &by_two],
            &[&ended_root, &root_two],
            ALLOW,
        ),
        Case::new(
            "the only root ended",
            &[&leaf, &by_one],
            &[&ended_root],
            UNTRUSTED,
        ),
        Case::new(
            "ended root renewed",
            &[&leaf, &by_one],
            &[&ended_root, &root_one],
            ALLOW,
        ),
        Case::new(
            "root across",
            &[&leaf, &by_one, &across],
            &[&root_two],
            ALLOW,
        ),
        Case::new(
            "root across, ended",
            &[&leaf, &by_one, &one.by(&two, ended)],
            &[&root_two],
            UNTRUSTED,
        ),
        Case::new(
            "root comes along",
            &[&leaf, &by_one, &root_one],
            &[&root_one],
            ALLOW,
        ),
        Case::new("middle is the authority", &[&leaf], &[&by_one], ALLOW).partial(),
        Case::new(
            "middle is the authority and comes along",
            &[&leaf, &by_one],
            &[&by_one],
            ALLOW,
        )
        .partial(),
        Case::new(
            "middle is the authority and has ended",
            &[&leaf],
            &[&ended_one],
            UNTRUSTED,
        )
        .partial(),
        Case::new("below the authority", &[&deep, &below], &[&by_one], ALLOW).partial(),
        Case::new(
            "beside the authority",
            &[&one.client(|_| {})],
            &[&by_one],
            UNTRUSTED,
        )
        .partial(),
        Case::new("above the authority", &[&by_one], &[&below], UNTRUSTED).partial(),
    ];
    // Every order of what is needed and what is not.
    let along = [&below, &by_one, &stranger, &by_two, &root_one];
    for turn in 0..along.len() {
        for reversed in [false, true] {
            let mut order = along;
            order.rotate_left(turn);
            if reversed {
                order.reverse();
            }
            let mut certificates = vec![&deep];
            certificates.extend(order);
            let name = format!("order {turn} {reversed}");
            cases.push(Case::new(name, &certificates, &[&root_one], ALLOW));
            certificates.extend(order);
            certificates.truncate(11);
            let name = format!("twice {turn} {reversed}");
            cases.push(Case::new(name, &certificates, &[&root_one], ALLOW));
            certificates.retain(|der| *der != &below);
            let name = format!("one missing {turn} {reversed}");
            cases.push(Case::new(name, &certificates, &[&root_one], UNTRUSTED));
        }
    }
    agree("ways", &cases);
}
