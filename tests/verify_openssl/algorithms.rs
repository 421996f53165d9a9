//! Kinds of keys and signatures.

use crate::case::{ALLOW, Case, REFUSED, UNTRUSTED, agree};
use crate::certificate::Party;
use crate::der::{int, oid, seq, tlv};
use crate::key::Key;
use crate::openssl;

const SHA256: &[&str] = &["dgst", "-sha256", "-sign", "KEY", "MESSAGE"];
const SHA1: &[&str] = &["dgst", "-sha1", "-sign", "KEY", "MESSAGE"];
const SHA512: &[&str] = &["dgst", "-sha512", "-sign", "KEY", "MESSAGE"];
const RAW: &[&str] = &[
    "pkeyutl", "-sign", "-rawin", "-inkey", "KEY", "-in", "MESSAGE",
];
const PSS: &[&str] = &[
    "dgst",
    "-sha256",
    "-sigopt",
    "rsa_padding_mode:pss",
    "-sigopt",
    "rsa_pss_saltlen:32",
    "-sign",
    "KEY",
    "MESSAGE",
];

fn with_null(kind: &str) -> Vec<u8> {
    seq(&[&oid(kind), &[0x05, 0x00]])
}

fn rsa(kind: u32) -> Vec<u8> {
    with_null(&format!("1.2.840.113549.1.1.{kind}"))
}

fn pss() -> Vec<u8> {
    let sha256 = with_null("2.16.840.1.101.3.4.2.1");
    let mask = seq(&[&oid("1.2.840.113549.1.1.8"), &sha256]);
    let parameters = seq(&[&tlv(0xA0, &sha256), &tlv(0xA1, &mask), &tlv(0xA2, &int(32))]);
    seq(&[&oid("1.2.840.113549.1.1.10"), &parameters])
}

/// An authority's key: what is decided where it is an intermediate's, and the policy's.
fn keys() -> Vec<(&'static str, Key, [&'static str; 2])> {
    let made = |words: &[&str], signs, algorithm| Key::by_openssl(words, signs, algorithm);
    let of_bits = |bits: &str| {
        let bits = format!("rsa_keygen_bits:{bits}");
        made(&["-algorithm", "RSA", "-pkeyopt", &bits], SHA256, rsa(11))
    };
    let curve = |curve: &str, signs, algorithm: &str| {
        let curve = format!("ec_paramgen_curve:{curve}");
        let words = ["-algorithm", "EC", "-pkeyopt", &curve];
        made(&words, signs, seq(&[&oid(algorithm)]))
    };
    let pss_key = ["-algorithm", "RSA-PSS", "-pkeyopt", "rsa_keygen_bits:2048"];
    let usual = of_bits("2048");
    let (no, none) = ([UNTRUSTED, REFUSED], [UNTRUSTED, UNTRUSTED]);
    let yes = [ALLOW, ALLOW];
    vec![
        ("P-256", Key::new(), yes),
        ("P-384", Key::p384(), yes),
        ("Ed25519", Key::ed25519(), yes),
        (
            "P-256 with SHA-512",
            curve("P-256", SHA512, "1.2.840.10045.4.3.4"),
            none,
        ),
        (
            "P-384 with SHA-256",
            curve("P-384", SHA256, "1.2.840.10045.4.3.2"),
            yes,
        ),
        ("P-521", curve("P-521", SHA512, "1.2.840.10045.4.3.4"), no),
        (
            "secp256k1",
            curve("secp256k1", SHA256, "1.2.840.10045.4.3.2"),
            no,
        ),
        (
            "P-256 with SHA-1",
            curve("P-256", SHA1, "1.2.840.10045.4.1"),
            none,
        ),
        (
            "Ed448",
            made(&["-algorithm", "ED448"], RAW, seq(&[&oid("1.3.101.113")])),
            no,
        ),
        ("RSA with SHA-512", usual.signing(SHA512, rsa(13)), yes),
        ("RSA with SHA-1", usual.signing(SHA1, rsa(5)), none),
        ("RSA with PSS", usual.signing(PSS, pss()), yes),
        ("RSA of 2048 bits", usual, yes),
        ("RSA of 1024 bits", of_bits("1024"), none),
        // The bound is in octets.
        ("RSA of 2047 bits", of_bits("2047"), yes),
        ("RSA of 2040 bits", of_bits("2040"), none),
        ("RSA of 4096 bits", of_bits("4096"), yes),
        ("a key for PSS alone", made(&pss_key, PSS, pss()), no),
    ]
}

#[test]
fn signatures_are_of_kinds_that_hold() {
    if !openssl::is_here() {
        return;
    }
    let root = Party::new("Root");
    let own = root.root(|_| {});
    let mut cases = Vec::new();
    for (name, key, [of_middle, of_root]) in keys() {
        let party = Party::with("Odd", key);
        let leaf = party.client(|_| {});
        let between = party.by(&root, |_| {});
        let case = |role: &str| format!("{role} {name}");
        cases.push(Case::new(
            case("middle"),
            &[&leaf, &between],
            &[&own],
            of_middle,
        ));
        cases.push(Case::new(
            case("root"),
            &[&leaf],
            &[&party.root(|_| {})],
            of_root,
        ));
        // Whatever the client's own key is, nothing is verified with it here.
        let client = root.client(|fields| fields.public = party.key.public.clone());
        cases.push(Case::new(case("client"), &[&client], &[&own], ALLOW));
    }
    agree("algorithms", &cases);
}
