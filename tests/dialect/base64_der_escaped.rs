//! Percent-encoded base64 of the DER.

use certgate::dialect::DialectErrorKind::{self, *};
use certgate::dialect::{Budget, DialectError, base64_der_escaped};

use super::{DER, refused};

fn decode(value: &str) -> Result<Option<Vec<u8>>, DialectError> {
    let forwarded = base64_der_escaped::decode(value.as_bytes(), &Budget::default())?;
    Ok(forwarded.map(|forwarded| {
        assert!(forwarded.chain.is_empty());
        forwarded.leaf
    }))
}

#[test]
fn accepted_spellings_of_one_certificate() {
    for value in ["MAMCAQE%3D", "MAMCAQE%3d", "MAMCAQE=", "%4DAMCAQE="] {
        assert_eq!(decode(value).unwrap().as_deref(), Some(DER), "{value}");
    }
    // A raw plus stays a plus.
    for value in ["+/+/", "%2B%2F%2b%2f", "+%2F+%2F"] {
        assert_eq!(decode(value).unwrap().unwrap(), [0xfb, 0xff, 0xbf]);
    }
    let long = "%2B%2B++////".repeat(9);
    let expected = [0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff].repeat(9);
    assert_eq!(decode(&long).unwrap(), Some(expected));
}

#[test]
fn refused_values() {
    let table: &[(&str, DialectErrorKind, usize)] = &[
        ("MAMCAQE%", BadPercentEscape, 7),
        ("MAMCAQE%3", BadPercentEscape, 7),
        ("MAMCAQE%ZZ", BadPercentEscape, 7),
        ("MAMCAQE%%3D", BadPercentEscape, 7),
        ("MAMC AQE%3D", BadBase64, 4),
        ("MAMC%20AQE%3D", BadBase64, 4),
        ("MAMC%0AAQE%3D", BadBase64, 4),
        ("MAMC\nAQE%3D", ControlCharacter, 4),
        ("MAMC%00AQE%3D", BadBase64, 4),
        ("MAMC%253D", BadBase64, 4),
        ("MA-CAQE%3D", BadBase64, 2),
        ("MA_CAQE%3D", BadBase64, 2),
        ("MAMC,MAMC", BadBase64, 4),
        ("MAMC%2CMAMC", BadBase64, 4),
        (":MAMCAQE%3D:", BadBase64, 0),
        ("MAMCAQE", BadBase64Padding, 7),
        ("MAMCAQE%3D%3D", BadBase64Padding, 10),
        ("MAMCAQE%3DMAMC", BadBase64Padding, 10),
        ("MAMCAQF%3D", NotCanonicalBase64, 6),
        ("%3D", BadBase64Padding, 0),
    ];
    for (value, kind, at) in table {
        refused(decode(value), *kind, *at, value.as_bytes());
        // And behind enough symbols for a reader of wide runs to pass over.
        let long = format!("{}{value}", "MAMC".repeat(10));
        refused(decode(&long), *kind, at + 40, long.as_bytes());
    }
}
