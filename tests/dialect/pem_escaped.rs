//! PITFALLS of percent-encoded PEM: escapes, armour, base64, and what stands
//! around the block.

use certgate::dialect::DialectErrorKind::{self, *};
use certgate::dialect::{Budget, pem_escaped};

use super::{DER, refused};

/// The armour as nginx escapes it: 31 bytes before the body, 29 after.
const BEGIN: &str = "-----BEGIN%20CERTIFICATE-----%0A";
const END: &str = "-----END%20CERTIFICATE-----%0A";

fn decode(value: &str) -> Result<Option<Vec<u8>>, certgate::dialect::DialectError> {
    let forwarded = pem_escaped::decode(value.as_bytes(), &Budget::default())?;
    Ok(forwarded.map(|forwarded| {
        assert!(forwarded.chain.is_empty());
        forwarded.leaf
    }))
}

#[test]
fn accepted_spellings_of_one_certificate() {
    for value in [
        // nginx
        "-----BEGIN%20CERTIFICATE-----%0AMAMCAQE%3D%0A-----END%20CERTIFICATE-----%0A",
        // Without the last line end.
        "-----BEGIN%20CERTIFICATE-----%0AMAMCAQE%3D%0A-----END%20CERTIFICATE-----",
        // Apache 2.4.71, `expr=%{escape:%{SSL_CLIENT_CERT}}`: lower-case hex
        // and raw `=`.
        "-----BEGIN%20CERTIFICATE-----%0aMAMCAQE=%0a-----END%20CERTIFICATE-----%0a",
        // AWS ALB, `X-Amzn-Mtls-Clientcert-Leaf`: upper-case hex and raw `=`.
        "-----BEGIN%20CERTIFICATE-----%0AMAMCAQE=%0A-----END%20CERTIFICATE-----%0A",
        // Raw spaces.
        "-----BEGIN CERTIFICATE-----%0AMAMCAQE=%0A-----END CERTIFICATE-----%0A",
        // CRLF, and a mix of both.
        "-----BEGIN%20CERTIFICATE-----%0D%0AMAMCAQE%3D%0D%0A-----END%20CERTIFICATE-----%0D%0A",
        "-----BEGIN%20CERTIFICATE-----%0D%0AMAMC%0AAQE%3D%0d%0a-----END%20CERTIFICATE-----%0A",
        // Lines of any length.
        "-----BEGIN%20CERTIFICATE-----%0AM%0AAMCAQE%0A%3D%0A-----END%20CERTIFICATE-----%0A",
        // An escape stands for its byte, needed or not.
        "%2D----BEGIN%20CERTIFICATE-----%0A%4DAMCAQE%3D%0A%2D----END%20CERTIFICATE----%2D%0A",
    ] {
        assert_eq!(decode(value).unwrap().as_deref(), Some(DER), "{value}");
    }
}

#[test]
fn a_raw_plus_stays_a_plus() {
    for body in ["+/+/", "%2B%2F%2b%2f", "+%2F+%2F"] {
        let value = format!("{BEGIN}{body}%0A{END}");
        assert_eq!(
            decode(&value).unwrap().unwrap(),
            [0xfb, 0xff, 0xbf],
            "{value}"
        );
    }
}

/// `mod_headers` of Apache 2.4.71 escapes a block of 64 characters a line so.
#[test]
fn apache_leaves_plus_slash_and_equals_raw() {
    let line = "++++////".repeat(8);
    let value = format!(
        "-----BEGIN%20CERTIFICATE-----%0a{line}%0aMAMCAQE=%0a-----END%20CERTIFICATE-----%0a"
    );
    let mut expected = [0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff].repeat(8);
    expected.extend(DER);
    assert_eq!(decode(&value).unwrap(), Some(expected));
}

#[test]
fn an_empty_block_is_no_way_to_say_none() {
    assert_eq!(decode(""), Ok(None));
    for value in [
        format!("{BEGIN}{END}"),
        "-----BEGIN CERTIFICATE-----%0D%0A-----END CERTIFICATE-----".to_owned(),
    ] {
        refused(decode(&value), EmptyCertificate, 0, value.as_bytes());
    }
}

#[test]
fn refused_bodies() {
    // The body begins at byte 32.
    let table: &[(&str, DialectErrorKind, usize)] = &[
        // Escapes.
        ("MAMCAQE%ZZ%0A", BadPercentEscape, 39),
        ("MAMCAQE%3G%0A", BadPercentEscape, 39),
        ("MAMCAQE%-3%0A", BadPercentEscape, 39),
        ("MAMCAQE%3g%0A", BadPercentEscape, 39),
        ("MAMCAQE%3`%0A", BadPercentEscape, 39),
        ("MAMCAQE%3@%0A", BadPercentEscape, 39),
        ("MAMCAQE%:0%0A", BadPercentEscape, 39),
        ("MAMCAQE%/0%0A", BadPercentEscape, 39),
        ("MAMC%%0A", BadPercentEscape, 36),
        // Control characters are escaped or absent.
        ("MAMC\nAQE%3D%0A", ControlCharacter, 36),
        ("MAMCAQE%3D%0A\n", ControlCharacter, 45),
        ("MAMC\tAQE%3D%0A", ControlCharacter, 36),
        ("MAMC\0AQE%3D%0A", ControlCharacter, 36),
        // Base64: alphabet.
        ("MAMC AQE%3D%0A", BadBase64, 36),
        ("MAMC%20AQE%3D%0A", BadBase64, 36),
        ("MAMC%09AQE%3D%0A", BadBase64, 36),
        ("MAMC%00AQE%3D%0A", BadBase64, 36),
        ("MAMC%0A%20AQE%3D%0A", BadBase64, 39),
        ("MA-CAQE%3D%0A", BadBase64, 34),
        ("MA_CAQE%3D%0A", BadBase64, 34),
        ("%2B%2F%2B%0A%C3%BC%0A", BadBase64, 44),
        ("MAMCAQE%3D%0A.%0A", BadBase64, 45),
        // Base64: padding.
        ("MAMCAQE%0A", BadBase64Padding, 39),
        ("MAMCAQE%3D%3D%0A", BadBase64Padding, 42),
        ("MAMCAQE%0A%3D%0A%3D%0A", BadBase64Padding, 48),
        ("MAMC%3D%0A", BadBase64Padding, 36),
        ("MAMCA%0A", BadBase64Padding, 37),
        ("MAMCAQ=%0A", BadBase64Padding, 39),
        ("MAMCAQE=MAMC%0A", BadBase64Padding, 40),
        ("%3D%0A", BadBase64Padding, 32),
        // Base64: unused bits.
        ("MAMCAQF%3D%0A", NotCanonicalBase64, 38),
        ("MAMCAQ%46%3D%0A", NotCanonicalBase64, 38),
        ("MAMCAR%3D%3D%0A", NotCanonicalBase64, 37),
        // Lines.
        ("%0AMAMCAQE%3D%0A", EmptyLine, 32),
        ("MAMC%0A%0AAQE%3D%0A", EmptyLine, 39),
        ("MAMC%0D%0A%0D%0AAQE%3D%0A", EmptyLine, 42),
        ("MAMCAQE%3D%0A%0A", EmptyLine, 45),
        ("MAMC%0DAQE%3D%0A", BadLineEnd, 36),
        ("MAMCAQE%3D%0D%0D%0A", BadLineEnd, 42),
        // The end armour is a line of its own.
        ("MAMCAQE%3D", MissingArmour, 72),
        // PEM headers (RFC 1421) have no place in a certificate.
        ("Proc-Type:%204%0A%0AMAMCAQE%3D%0A", EmptyLine, 49),
    ];
    for (body, kind, at) in table {
        let value = format!("{BEGIN}{body}{END}");
        refused(decode(&value), *kind, *at, value.as_bytes());
    }
}

#[test]
fn refused_armour() {
    let table: &[(&str, DialectErrorKind, usize)] = &[
        ("-", MissingArmour, 0),
        ("MAMCAQE=", MissingArmour, 0),
        ("(null)", MissingArmour, 0),
        ("-----BEGIN", MissingArmour, 0),
        ("-----begin%20CERTIFICATE-----%0A", MissingArmour, 0),
        ("----BEGIN%20CERTIFICATE-----%0A", MissingArmour, 0),
        ("-----BEGIN%20CERTIFICATE", MissingArmour, 24),
        ("-----BEGIN%20CERTIFICATE-----%0A", MissingArmour, 32),
        ("-----BEGIN%20CERTIFICATE-----%0AMAMC", MissingArmour, 36),
        ("-----BEGIN%20CERTIFICATE-----%0AMAMC%0A", MissingArmour, 39),
        (
            "-----BEGIN%20CERTIFICATE-----%0AMAMC%0A----END",
            MissingArmour,
            39,
        ),
        (
            "-----BEGIN%20CERTIFICATE-----%0AMAMC%0A-----BEGIN%20CERTIFICATE-----",
            MissingArmour,
            39,
        ),
        (
            "-----BEGIN%20CERTIFICATE-----%0AMAMC%0A-----END%20CERTIFICATE",
            MissingArmour,
            61,
        ),
        ("-----BEGIN%2", BadPercentEscape, 10),
        // Other labels, at either end.
        ("-----BEGIN%20PRIVATE%20KEY-----%0A", WrongLabel, 13),
        ("-----BEGIN%20TRUSTED%20CERTIFICATE-----%0A", WrongLabel, 13),
        ("-----BEGIN%20X509%20CERTIFICATE-----%0A", WrongLabel, 13),
        ("-----BEGIN%20CERTIFICATE%20REQUEST-----%0A", WrongLabel, 13),
        ("-----BEGIN%20certificate-----%0A", WrongLabel, 13),
        ("-----BEGIN CERTIFICATE -----%0A", WrongLabel, 11),
        (
            "-----BEGIN%20CERTIFICATE-----%0AMAMC%0A-----END%20PRIVATE%20KEY-----",
            WrongLabel,
            50,
        ),
        // `+` is not a space here.
        ("-----BEGIN+CERTIFICATE-----%0A", MissingArmour, 0),
        // The armour is a line: spaces in place of line ends are another
        // dialect (HAProxy by hand, Apache).
        (
            "-----BEGIN CERTIFICATE----- MAMC -----END CERTIFICATE----- ",
            BadLineEnd,
            27,
        ),
        ("-----BEGIN%20CERTIFICATE-----%0D", BadLineEnd, 29),
        (
            "-----BEGIN CERTIFICATE----------END CERTIFICATE-----",
            BadLineEnd,
            27,
        ),
        (
            "-----BEGIN%20CERTIFICATE-----\nMAMC\n",
            ControlCharacter,
            29,
        ),
    ];
    for (value, kind, at) in table {
        refused(decode(value), *kind, *at, value.as_bytes());
    }
}

#[test]
fn nothing_stands_around_the_block() {
    let block = format!("{BEGIN}MAMCAQE%3D%0A{END}");
    assert_eq!(block.len(), 75);
    assert_eq!(decode(&block).unwrap().as_deref(), Some(DER));
    let key = "-----BEGIN%20PRIVATE%20KEY-----%0AMAMC%0A-----END%20PRIVATE%20KEY-----%0A";
    for (value, kind, at) in [
        (format!("{block}{block}"), SeveralBlocks, 75),
        (format!("{block}{key}"), SeveralBlocks, 75),
        (format!("{block}%0A"), TextAroundBlock, 75),
        (format!("{block}%0D%0A"), TextAroundBlock, 75),
        (format!("{block} "), TextAroundBlock, 75),
        (format!("{block}text"), TextAroundBlock, 75),
        (format!("{block}-----END"), TextAroundBlock, 75),
        (format!("{block},{block}"), TextAroundBlock, 75),
        (format!("{block}%00"), TextAroundBlock, 75),
        (format!("{block}%"), TextAroundBlock, 75),
        (format!("{block}%0"), TextAroundBlock, 75),
        (
            format!("{}text", block.trim_end_matches("%0A")),
            TextAroundBlock,
            72,
        ),
        (format!(" {block}"), TextAroundBlock, 0),
        (format!("%0A{block}"), TextAroundBlock, 0),
        (format!("subject=CN%3Dadmin%0A{block}"), TextAroundBlock, 0),
        (format!("{key}{block}"), WrongLabel, 13),
    ] {
        refused(decode(&value), kind, at, value.as_bytes());
    }
}
