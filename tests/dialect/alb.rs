//! The validity period that AWS's load balancer sends.

use certgate::dialect::DialectErrorKind::{self, *};
use certgate::dialect::alb;

use super::refused;

#[test]
fn a_period_in_the_one_form() {
    for (value, not_before, not_after) in [
        // The example of AWS's documentation.
        (
            "NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z",
            1_695_261_017,
            1_726_797_017,
        ),
        // A certificate without a well-defined end (RFC 5280 section 4.1.2.5).
        (
            "NotBefore=1950-01-01T00:00:00Z;NotAfter=9999-12-31T23:59:59Z",
            -631_152_000,
            253_402_300_799,
        ),
        // A period that ends before it starts.
        (
            "NotBefore=2024-02-29T00:00:00Z;NotAfter=2023-02-28T00:00:00Z",
            1_709_164_800,
            1_677_542_400,
        ),
    ] {
        let validity = alb::validity(value.as_bytes()).unwrap();
        assert_eq!(validity.not_before.unix_seconds(), not_before, "{value}");
        assert_eq!(validity.not_after.unix_seconds(), not_after, "{value}");
    }
}

#[test]
fn refused_values() {
    let table: &[(&str, DialectErrorKind, usize)] = &[
        ("", UnknownKey, 0),
        ("NotBefore", UnknownKey, 0),
        (
            "notbefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z",
            UnknownKey,
            0,
        ),
        (
            " NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z",
            UnknownKey,
            0,
        ),
        (
            "NotAfter=2024-09-20T01:50:17Z;NotBefore=2023-09-21T01:50:17Z",
            UnknownKey,
            0,
        ),
        ("NotBefore=", BadTimestamp, 10),
        (
            "NotBefore=\"2023-09-21T01:50:17Z\";NotAfter=\"2024-09-20T01:50:17Z\"",
            BadTimestamp,
            10,
        ),
        (
            "NotBefore=2023-02-29T01:50:17Z;NotAfter=2024-09-20T01:50:17Z",
            BadTimestamp,
            10,
        ),
        (
            "NotBefore=2023-09-21T01:50:17+00:00;NotAfter=2024-09-20T01:50:17Z",
            BadTimestamp,
            10,
        ),
        ("NotBefore=2023-09-21T01:50:17Z", UnknownKey, 30),
        ("NotBefore=2023-09-21T01:50:17Z;", UnknownKey, 30),
        (
            "NotBefore=2023-09-21T01:50:17Z; NotAfter=2024-09-20T01:50:17Z",
            UnknownKey,
            30,
        ),
        (
            "NotBefore=2023-09-21T01:50:17Z,NotAfter=2024-09-20T01:50:17Z",
            UnknownKey,
            30,
        ),
        (
            "NotBefore=2023-09-21T01:50:17Z;NotBefore=2024-09-20T01:50:17Z",
            UnknownKey,
            30,
        ),
        (
            "NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:1",
            BadTimestamp,
            40,
        ),
        (
            "NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T24:00:00Z",
            BadTimestamp,
            40,
        ),
        (
            "NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z;",
            TrailingBytes,
            60,
        ),
        (
            "NotBefore=2023-09-21T01:50:17Z;NotAfter=2024-09-20T01:50:17Z\0",
            TrailingBytes,
            60,
        ),
    ];
    for (value, kind, at) in table {
        refused(
            alb::validity(value.as_bytes()),
            *kind,
            *at,
            value.as_bytes(),
        );
    }
}
