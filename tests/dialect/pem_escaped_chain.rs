//! Percent-encoded PEM of a chain, leaf first.

use certgate::dialect::DialectErrorKind::*;
use certgate::dialect::{Budget, DialectError, Forwarded, pem_escaped_chain};

use super::{DER, refused};

/// `DER` and another one, as AWS's documentation says: escaped but for `+=/`.
const LEAF: &str = "-----BEGIN%20CERTIFICATE-----%0AMAMCAQE=%0A-----END%20CERTIFICATE-----%0A";
const OTHER: &str = "-----BEGIN%20CERTIFICATE-----%0AMAMCAQI=%0A-----END%20CERTIFICATE-----%0A";
const OTHER_DER: &[u8] = &[0x30, 0x03, 0x02, 0x01, 0x02];

fn decode(value: &str, certificates: usize) -> Result<Option<Forwarded>, DialectError> {
    let budget = Budget {
        certificates,
        ..Budget::default()
    };
    pem_escaped_chain::decode(value.as_bytes(), &budget)
}

#[test]
fn the_first_block_is_the_leaf() {
    for (value, chain) in [
        (LEAF.to_owned(), vec![]),
        (LEAF.trim_end_matches("%0A").to_owned(), vec![]),
        (LEAF.replace('=', "%3D").replace("%0A", "%0a"), vec![]),
        (format!("{LEAF}{OTHER}"), vec![OTHER_DER]),
        (
            format!("{LEAF}{}", OTHER.trim_end_matches("%0A")),
            vec![OTHER_DER],
        ),
        (format!("{LEAF}{OTHER}{LEAF}"), vec![OTHER_DER, DER]),
    ] {
        let forwarded = decode(&value, 10).unwrap().unwrap();
        assert_eq!(forwarded.leaf, DER, "{value}");
        assert_eq!(forwarded.chain, chain, "{value}");
    }
}

#[test]
fn certificates_are_counted_before_they_are_read() {
    let two = format!("{LEAF}{OTHER}");
    assert_eq!(LEAF.len(), 73);
    assert!(decode(&two, 2).is_ok());
    assert!(decode(LEAF, 1).is_ok());
    refused(decode(&two, 1), TooManyCertificates, 73, b"two");
    refused(decode(LEAF, 0), TooManyCertificates, 0, b"one");
    let junk = format!("{LEAF}-----BEGIN%20junk");
    refused(decode(&junk, 1), TooManyCertificates, 73, b"junk");
}

#[test]
fn refused_values() {
    let key = "-----BEGIN%20PRIVATE%20KEY-----%0AMAMC%0A-----END%20PRIVATE%20KEY-----%0A";
    for (value, kind, at) in [
        ("(null)".to_owned(), MissingArmour, 0),
        (format!("{LEAF}%0A{OTHER}"), TextAroundBlock, 73),
        (format!("{LEAF},{OTHER}"), TextAroundBlock, 73),
        (format!("{LEAF}text"), TextAroundBlock, 73),
        (format!(" {LEAF}"), TextAroundBlock, 0),
        (
            format!("{}{OTHER}", LEAF.trim_end_matches("%0A")),
            TextAroundBlock,
            70,
        ),
        (format!("{LEAF}{key}"), WrongLabel, 86),
        (format!("{key}{LEAF}"), WrongLabel, 13),
        (
            format!("{LEAF}{}", OTHER.replace("MAMCAQI=%0A", "")),
            EmptyCertificate,
            73,
        ),
        (
            format!("{LEAF}{}", OTHER.replace("AQI", "AQJ")),
            NotCanonicalBase64,
            111,
        ),
        (
            format!("{LEAF}{}", OTHER.replace("=", "%3")),
            BadPercentEscape,
            112,
        ),
    ] {
        refused(decode(&value, 10), kind, at, value.as_bytes());
    }
}
