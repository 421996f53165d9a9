//! What keys are for: extended key usage and key usage, of everybody on the way.

use crate::case::{ALLOW, Case, MALFORMED, REFUSED, UNTRUSTED, agree};
use crate::certificate::Party;
use crate::extensions::{
    ANY, CERT_SIGN, CLIENT, CRL_SIGN, KEY_AGREEMENT, KEY_ENCIPHERMENT, NON_REPUDIATION, SERVER,
    SIGNATURE, key_usage, purposes,
};
use crate::openssl;

/// What is decided of a client, of an intermediate and of a root with it.
type Word = (
    &'static str,
    Option<&'static [&'static str]>,
    [&'static str; 3],
);

const PURPOSES: &[Word] = &[
    ("none", None, [ALLOW, ALLOW, ALLOW]),
    ("client", Some(&[CLIENT]), [ALLOW, ALLOW, ALLOW]),
    ("server", Some(&[SERVER]), [UNTRUSTED, UNTRUSTED, UNTRUSTED]),
    ("any", Some(&[ANY]), [UNTRUSTED, UNTRUSTED, UNTRUSTED]),
    ("both", Some(&[SERVER, CLIENT]), [ALLOW, ALLOW, ALLOW]),
    ("empty", Some(&[]), [MALFORMED, UNTRUSTED, REFUSED]),
];

#[test]
fn extended_key_usage_is_for_tls_clients_on_the_whole_way() {
    if !openssl::is_here() {
        return;
    }
    let (root, middle) = (Party::new("Root"), Party::new("Middle"));
    let extension = |word: &Word| word.1.map(purposes).unwrap_or_default();
    let mut cases = Vec::new();
    for upper in PURPOSES {
        for lower in PURPOSES {
            for client in PURPOSES {
                let name = format!("root {}, middle {}, client {}", upper.0, lower.0, client.0);
                let expected = first([upper.2[2], client.2[0], lower.2[1]]);
                let own = root.root(|fields| fields.purposes = extension(upper));
                let between = middle.by(&root, |fields| fields.purposes = extension(lower));
                let leaf = middle.client(|fields| fields.purposes = extension(client));
                cases.push(Case::new(name, &[&leaf, &between], &[&own], expected));
            }
        }
    }
    assert_eq!(cases.len(), 216);
    agree("extended key usage", &cases);
}

const USAGES: &[(&str, Option<u8>, [&str; 3])] = &[
    ("none", None, [ALLOW, ALLOW, ALLOW]),
    ("signature", Some(SIGNATURE), [ALLOW, UNTRUSTED, REFUSED]),
    (
        "agreement",
        Some(KEY_AGREEMENT),
        [ALLOW, UNTRUSTED, REFUSED],
    ),
    (
        "encipherment",
        Some(KEY_ENCIPHERMENT),
        [UNTRUSTED, UNTRUSTED, REFUSED],
    ),
    (
        "non-repudiation",
        Some(NON_REPUDIATION),
        [UNTRUSTED, UNTRUSTED, REFUSED],
    ),
    (
        "signature and more",
        Some(SIGNATURE | KEY_ENCIPHERMENT),
        [ALLOW, UNTRUSTED, REFUSED],
    ),
    ("certificates", Some(CERT_SIGN), [UNTRUSTED, ALLOW, ALLOW]),
    ("lists", Some(CRL_SIGN), [UNTRUSTED, UNTRUSTED, REFUSED]),
    (
        "both",
        Some(CERT_SIGN | CRL_SIGN),
        [UNTRUSTED, ALLOW, ALLOW],
    ),
];

#[test]
fn keys_of_authorities_sign_certificates_and_those_of_clients_something() {
    if !openssl::is_here() {
        return;
    }
    let (root, middle) = (Party::new("Root"), Party::new("Middle"));
    let extension = |usage: Option<u8>| usage.map(key_usage).unwrap_or_default();
    let mut cases = Vec::new();
    let mut add = |upper: usize, lower: usize, client: usize| {
        let (upper, lower, client) = (USAGES[upper], USAGES[lower], USAGES[client]);
        let name = format!("root {}, middle {}, client {}", upper.0, lower.0, client.0);
        let expected = first([upper.2[2], client.2[0], lower.2[1]]);
        let own = root.root(|fields| fields.usage = extension(upper.1));
        let between = middle.by(&root, |fields| fields.usage = extension(lower.1));
        let leaf = middle.client(|fields| fields.usage = extension(client.1));
        cases.push(Case::new(name, &[&leaf, &between], &[&own], expected));
    };
    for own in 0..USAGES.len() {
        add(own, 0, 0);
        add(8, own, 1);
        add(8, 8, own);
        add(own, own, 1);
    }
    agree("key usage", &cases);
}

/// What is not allowed, in the order in which it is found.
fn first(words: [&'static str; 3]) -> &'static str {
    let found = |wanted: &str| words.into_iter().find(|word| *word == wanted);
    let wrong = found(REFUSED).or(found(MALFORMED)).or(found(UNTRUSTED));
    wrong.unwrap_or(ALLOW)
}
