//! `Client-Cert` and `Client-Cert-Chain`.

use certgate::dialect::DialectErrorKind::{self, *};
use certgate::dialect::{Budget, DialectErrorClass, rfc9440};

use super::{DER, refused};

#[test]
fn accepted_items() {
    let budget = Budget::default();
    for value in [
        ":MAMCAQE=:",
        " :MAMCAQE=:",
        ":MAMCAQE=: ",
        "   :MAMCAQE=:  ",
    ] {
        let forwarded = rfc9440::decode(value.as_bytes(), &budget).unwrap().unwrap();
        assert_eq!(forwarded.leaf, DER, "{value}");
        assert!(forwarded.chain.is_empty(), "{value}");
    }
    for absent in ["", "::", " ", " :: "] {
        assert_eq!(
            rfc9440::decode(absent.as_bytes(), &budget),
            Ok(None),
            "{absent}"
        );
    }
}

const REFUSED: &[(&str, DialectErrorKind, usize)] = &[
    (":", MissingColon, 1),
    ("MAMCAQE=", MissingColon, 0),
    ("MAMCAQE=:", MissingColon, 0),
    (":MAMCAQE=", MissingColon, 9),
    (":MAMCAQE= ", MissingColon, 9),
    ("\t:MAMCAQE=:", MissingColon, 0),
    ("\":MAMCAQE=:\"", MissingColon, 0),
    ("(null)", MissingColon, 0),
    ("?1", MissingColon, 0),
    // RFC 8941 lets a parser be lenient about these; this one is not.
    (":MAMCAQE:", BadBase64Padding, 8),
    (":MAMCAQF=:", NotCanonicalBase64, 7),
    (":MAMC AQE=:", BadBase64, 5),
    (": MAMCAQE=:", BadBase64, 1),
    (":MAMC%3D:", BadBase64, 5),
    (":MA-C:", BadBase64, 3),
];

#[test]
fn refused_items() {
    let budget = Budget::default();
    for (value, kind, at) in REFUSED {
        refused(
            rfc9440::decode(value.as_bytes(), &budget),
            *kind,
            *at,
            value.as_bytes(),
        );
    }
    for (value, at) in [
        (":MAMCAQE=:;a=1", 10),
        (":MAMCAQE=:;", 10),
        (":MAMCAQE=:,:MAMCAQE=:", 10),
        (":MAMCAQE=:, ", 10),
        ("  :MAMCAQE=: x", 12),
        (":MAMCAQE=:\t", 10),
        ("::;a", 2),
        (":::", 2),
    ] {
        refused(
            rfc9440::decode(value.as_bytes(), &budget),
            TrailingBytes,
            at,
            value.as_bytes(),
        );
    }
}

fn chain(
    lines: &[&str],
    certificates: usize,
) -> Result<Vec<Vec<u8>>, certgate::dialect::DialectError> {
    let budget = Budget {
        certificates,
        header_bytes: 48,
        ..Budget::default()
    };
    rfc9440::decode_chain(lines.iter().map(|line| line.as_bytes()), &budget)
}

#[test]
fn accepted_chains() {
    for (lines, length) in [
        (&[][..], 0),
        (&[""], 0),
        (&[" ", ""], 0),
        (&[":MAMCAQE=:"], 1),
        (&[":MAMCAQE=:,:MAMCAQE=:"], 2),
        (&[":MAMCAQE=: \t,\t :MAMCAQE=:"], 2),
        (&[" :MAMCAQE=:, :MAMCAQE=: ", ":MAMCAQE=:"], 3),
        (&[":MAMCAQE=:", "", ":MAMCAQE=:"], 2),
    ] {
        assert_eq!(
            chain(lines, 10),
            Ok(vec![DER.to_vec(); length]),
            "{lines:?}"
        );
    }
}

#[test]
fn refused_chains() {
    for (value, kind, at) in REFUSED {
        let lines = [":MAMC:", value];
        refused(chain(&lines, 10), *kind, *at, value.as_bytes());
        let list = format!(":MAMC: , {}", value.trim_start_matches('\t'));
        if !value.starts_with('\t') {
            refused(chain(&[&list], 10), *kind, at + 9, value.as_bytes());
        }
    }
    for (line, kind, at) in [
        (",", EmptyCertificate, 0),
        (",:MAMC:", EmptyCertificate, 0),
        (":MAMC:,", EmptyCertificate, 7),
        (":MAMC:, ", EmptyCertificate, 7),
        (":MAMC:,,:MAMC:", EmptyCertificate, 7),
        (":MAMC:, ,:MAMC:", EmptyCertificate, 8),
        ("::", EmptyCertificate, 0),
        (":MAMC:, ::", EmptyCertificate, 8),
        (":MAMC:;a=1", TrailingBytes, 6),
        (":MAMC: :MAMC:", TrailingBytes, 7),
        ("(:MAMC:)", MissingColon, 0),
    ] {
        refused(chain(&[":MAMC:", line], 10), kind, at, line.as_bytes());
    }
}

#[test]
fn chain_budgets_count_all_lines() {
    let line = ":MAMC:,:MAMC:";
    // Four and the leaf are five.
    assert_eq!(chain(&[line, line], 5).unwrap().len(), 4);
    refused(
        chain(&[line, line], 4),
        TooManyCertificates,
        7,
        b"four and the leaf",
    );
    refused(
        chain(&[line], 0),
        TooManyCertificates,
        0,
        b"a budget of none",
    );

    // 48 bytes, of which three lines take 39.
    let eight = "        ";
    assert_eq!(chain(&[line, line, line, eight], 10).unwrap().len(), 6);
    let error = chain(&[line, line, line, &eight.repeat(2)], 10).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (Oversized, 9));
    assert_eq!(error.class(), DialectErrorClass::Oversized);
}
