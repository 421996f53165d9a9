//! Bare base64: one spelling, commas between certificates, concatenated DER.

use certgate::dialect::DialectErrorKind::{self, *};
use certgate::dialect::{Budget, base64_der};

use super::{DER, refused};

#[test]
fn accepted_values() {
    let budget = Budget::default();
    let decode = |value: &str| base64_der::decode(value.as_bytes(), &budget).unwrap();
    assert_eq!(decode(""), None);
    for (value, leaf) in [
        ("MAMCAQE=", DER),
        ("MAMCAQ==", &DER[..4]),
        ("MAMC", &DER[..3]),
        ("+/+/", &[0xfb, 0xff, 0xbf]),
    ] {
        let forwarded = decode(value).unwrap();
        assert_eq!(forwarded.leaf, leaf, "{value}");
        assert!(forwarded.chain.is_empty(), "{value}");
    }
    let forwarded = decode("MAMCAQE=,MAMC,MAMCAQ==").unwrap();
    assert_eq!(forwarded.leaf, DER);
    assert_eq!(forwarded.chain, [&DER[..3], &DER[..4]]);
}

const REFUSED: &[(&str, DialectErrorKind, usize)] = &[
    // Alphabet: no URL alphabet, whitespace, armour or escapes.
    ("MA-C", BadBase64, 2),
    ("MA_C", BadBase64, 2),
    (" MAMC", BadBase64, 0),
    ("MAMC ", BadBase64, 4),
    ("MAMC\nAQE=", BadBase64, 4),
    ("MAMCAQE%3D", BadBase64, 7),
    ("(null)", BadBase64, 0),
    ("::", BadBase64, 0),
    ("-----BEGIN CERTIFICATE-----", BadBase64, 0),
    ("MAMC\u{fc}", BadBase64, 4),
    // Padding.
    ("MAMCAQE", BadBase64Padding, 7),
    ("MAMCAQ", BadBase64Padding, 6),
    ("MAMCAQ=", BadBase64Padding, 7),
    ("MAMCA", BadBase64Padding, 5),
    ("MAMCA===", BadBase64Padding, 5),
    ("MAMCAQE==", BadBase64Padding, 8),
    ("MAMC=", BadBase64Padding, 4),
    ("MAMC====", BadBase64Padding, 4),
    ("MAMCAQE=MAMC", BadBase64Padding, 8),
    ("MAM=AQE=", BadBase64Padding, 4),
    ("=", BadBase64Padding, 0),
    // Unused bits.
    ("MAMCAQF=", NotCanonicalBase64, 6),
    ("MAMCAR==", NotCanonicalBase64, 5),
];

#[test]
fn refused_base64() {
    let budget = Budget::default();
    for (value, kind, at) in REFUSED {
        let value = value.as_bytes();
        refused(base64_der::decode(value, &budget), *kind, *at, value);
        refused(base64_der::decode_chain(value, &budget), *kind, *at, value);
        // The same as a later member of a chain, where the offset moves.
        let later = [b"MAMCAQE=,", value].concat();
        refused(base64_der::decode(&later, &budget), *kind, at + 9, &later);
        // And after enough symbols for a decoder of wide blocks to pass over.
        let long = [&[b'M'; 256], value].concat();
        refused(base64_der::decode(&long, &budget), *kind, at + 256, &long);
    }
}

#[test]
fn refused_lists() {
    let budget = Budget {
        certificates: 3,
        ..Budget::default()
    };
    for (value, kind, at) in [
        (",", EmptyCertificate, 0),
        (",MAMC", EmptyCertificate, 0),
        ("MAMC,", EmptyCertificate, 5),
        ("MAMC,,MAMC", EmptyCertificate, 5),
        ("MAMC, MAMC", BadBase64, 5),
        ("MAMC ,MAMC", BadBase64, 4),
        ("MAMC,MAMC,MAMC,MAMC", TooManyCertificates, 15),
        // Counted before it is decoded.
        ("MAMC,MAMC,MAMC,!", TooManyCertificates, 15),
    ] {
        refused(
            base64_der::decode(value.as_bytes(), &budget),
            kind,
            at,
            value.as_bytes(),
        );
    }
    assert!(base64_der::decode(b"MAMC,MAMC,MAMC", &budget).is_ok());
    // With one, a list is refused where one certificate belongs.
    let one = Budget {
        certificates: 1,
        ..Budget::default()
    };
    assert!(base64_der::decode(b"MAMC", &one).is_ok());
    refused(
        base64_der::decode(b"MAMC,MAMC", &one),
        TooManyCertificates,
        5,
        b"",
    );
    let none = Budget {
        certificates: 0,
        ..Budget::default()
    };
    refused(
        base64_der::decode(b"MAMC", &none),
        TooManyCertificates,
        0,
        b"",
    );
}

fn concatenated(
    der: &[u8],
    certificates: usize,
) -> Result<Vec<Vec<u8>>, certgate::dialect::DialectError> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let budget = Budget {
        certificates,
        ..Budget::default()
    };
    base64_der::decode_chain(STANDARD.encode(der).as_bytes(), &budget)
}

#[test]
fn concatenated_chains() {
    assert_eq!(concatenated(&[], 10), Ok(Vec::new()));
    assert_eq!(concatenated(DER, 10), Ok(vec![DER.to_vec()]));
    let long = [&[0x30, 0x81, 0x80][..], &[7; 128]].concat();
    let longer = [&[0x30, 0x82, 0x01, 0x00][..], &[7; 256]].concat();
    let chain = [DER, &long, &longer, DER].concat();
    let split = concatenated(&chain, 10).unwrap();
    assert_eq!(split, [DER, &long, &longer, DER]);

    // The chain and the leaf share the budget: five certificates here.
    assert!(concatenated(&chain, 5).is_ok());
    refused(
        concatenated(&chain, 4),
        TooManyCertificates,
        528,
        b"four and the leaf",
    );
    refused(
        concatenated(DER, 1),
        TooManyCertificates,
        0,
        b"one and the leaf",
    );
    refused(
        concatenated(DER, 0),
        TooManyCertificates,
        0,
        b"a budget of none",
    );
}

#[test]
fn refused_concatenations() {
    for (tail, name) in [
        (&[0x00][..], "a zero byte"),
        (&[0x30], "a tag alone"),
        (&[0x31, 0x00], "a set"),
        (&[0x04, 0x01, 0x00], "an octet string"),
        (&[0xb0, 0x00], "a context-specific tag"),
        (&[0x30, 0x02, 0x05], "an end too early"),
        (&[0x30, 0x80, 0x00, 0x00], "an indefinite length"),
        (&[0x30, 0x81, 0x01, 0x05], "a length that is not minimal"),
        (
            &[0x30, 0x82, 0x00, 0x01, 0x05],
            "a length that is not minimal, twice",
        ),
        (
            &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            "a length beyond all bounds",
        ),
    ] {
        // Byte 5 begins in the seventh symbol of the second group of four.
        let value = [DER, tail].concat();
        refused(
            concatenated(&value, 10),
            BadConcatenation,
            6,
            name.as_bytes(),
        );
        refused(concatenated(tail, 10), BadConcatenation, 0, name.as_bytes());
    }
}
