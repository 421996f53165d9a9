//! Traefik's info header: grammar, and the texts that a certificate can write
//! into it.

use certgate::certificate::AttributeType;
use certgate::dialect::DialectErrorKind::{self, *};
use certgate::dialect::traefik_info::{self, SubjectAttribute};
use certgate::dialect::{Budget, DialectError};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::refused;

/// As Go's `url.QueryEscape`, but for `-_.~`, which may be escaped.
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
        .to_string()
        .replace("%20", "+")
}

fn parse(text: &str) -> Result<Option<SubjectAttribute>, DialectError> {
    traefik_info::parse(encoded(text).as_bytes(), &Budget::default())
}

#[test]
fn one_attribute_alone_is_believed() {
    for (text, attribute, value) in [
        (r#"Subject="CN=admin""#, AttributeType::COMMON_NAME, "admin"),
        (r#"Subject="C=GB""#, AttributeType::COUNTRY, "GB"),
        (r#"Subject="ST=Baden/W""#, AttributeType::STATE, "Baden/W"),
        (r#"Subject="L=Köln""#, AttributeType::LOCALITY, "Köln"),
        (r#"Subject="O=A + B""#, AttributeType::ORGANIZATION, "A + B"),
        (
            r#"Subject="OU=pisp-prod""#,
            AttributeType::ORGANIZATIONAL_UNIT,
            "pisp-prod",
        ),
        // Not the surname.
        (r#"Subject="SN=127""#, AttributeType::SERIAL_NUMBER, "127"),
        (
            r#"Subject="DC=com""#,
            AttributeType::DOMAIN_COMPONENT,
            "com",
        ),
        (
            r#"Subject="CN=a=b\+O=c""#,
            AttributeType::COMMON_NAME,
            r"a=b\+O=c",
        ),
        (r#"Subject="CN= ""#, AttributeType::COMMON_NAME, " "),
    ] {
        let subject = parse(text).unwrap().unwrap();
        assert_eq!(subject.attribute_type(), attribute, "{text}");
        assert_eq!(subject.value(), value, "{text}");
    }
}

/// What is well-formed and proves nothing.
#[test]
fn a_subject_that_may_not_be_whole_is_not_used() {
    for text in [
        // Nothing, and nothing of two certificates.
        "",
        ",",
        // Several attributes.
        r#"Subject="C=GB,O=Example,CN=client""#,
        r#"Subject="DC=com,DC=example""#,
        r#"Subject="CN=x,""#,
        r#"Subject="CN=,O=x""#,
        // Separators in the one.
        r#"Subject="CN=x;O=y""#,
        r#"Subject="CN=""#,
        // Two certificates.
        r#"Subject="CN=x",Subject="CN=x""#,
        r#"Subject="CN=x","#,
        r#",Subject="CN=x""#,
        // No subject.
        r#"Issuer="CN=x""#,
        r#"SAN="a,b""#,
        r#"SAN="""#,
        // Characters that match no rule.
        "Subject=\"CN=ad\0min\"",
        "Subject=\"CN=admin\n\"",
        "Subject=\"CN=\u{202e}nimda\"",
    ] {
        assert_eq!(parse(text), Ok(None), "{text:?}");
    }
}

/// Whatever stands behind it, the client may have written that.
#[test]
fn a_subject_before_another_key_is_not_used() {
    for text in [
        r#"Subject="CN=x";Issuer="CN=T""#,
        r#"Subject="CN=x";Issuer="CN=T";SAN="a""#,
        r#"Subject="CN=x";SerialNumber="1""#,
        r#"Subject="CN=x";SerialNumber="1";NB="2""#,
        r#"Subject="CN=x";NB="2""#,
        r#"Subject="CN=x";NB="2";NA="3""#,
        r#"Subject="CN=x";NA="3""#,
        r#"Subject="CN=x";SAN="3""#,
        r#"Subject="CN=x";SAN="""#,
        r#"Subject="CN=x";Issuer="CN=T";SerialNumber="1";NB="2";NA="3";SAN="a""#,
    ] {
        assert_eq!(parse(text), Ok(None), "{text}");
    }
}

/// What is dropped is well-formed all the same.
#[test]
fn numbers_are_decimal_and_times_within_64_bits() {
    for text in [
        r#"NB="1795297873";NA="2110657873""#,
        r#"NB="0""#,
        r#"NA="253402300799""#,
        // Traefik prints an unsigned number: this is 1969-12-31T23:59:59Z.
        r#"NB="18446744073709551615""#,
        r#"NB="1";NA="2",NB="1";NA="2""#,
        // No time, and so of any length.
        r#"SerialNumber="320187260592966088227705887823340838415""#,
    ] {
        assert_eq!(parse(text), Ok(None), "{text}");
    }
}

/// Of each text that a client may have as its common name: why the header is
/// refused, or `None` where it is well-formed, and then nothing is believed.
#[test]
fn no_forged_text_makes_another_subject() {
    // What the middleware is configured to send.
    let edges = [
        r#"Subject="CN={}""#,
        r#"Subject="CN={}";Issuer="CN=T";SerialNumber="1";NB="2";NA="3""#,
        r#"Subject="CN={}";NB="2""#,
    ];
    let believed = |text: &str| parse(text).map_err(DialectError::kind);
    for (text, outcomes) in [
        (r#"admin",Subject="CN=x"#, [None, None, None]),
        (r#"x",Subject="CN=admin"#, [None, None, None]),
        (r#"admin";Issuer="CN=T"#, [None, Some(DuplicateKey), None]),
        (r#"admin";SAN="x"#, [None, Some(KeyOrder), Some(KeyOrder)]),
        (
            r#"admin";NB="2"#,
            [None, Some(KeyOrder), Some(DuplicateKey)],
        ),
        (r#"admin";NA="2"#, [None, Some(KeyOrder), Some(KeyOrder)]),
        (r#"admin";Subject="CN=x"#, [Some(DuplicateKey); 3]),
        (r#"admin";Issuer=""#, [Some(MissingEquals); 3]),
        (r#"admin";"#, [Some(EmptyPair); 3]),
        (r#"admin","#, [Some(EmptyPair); 3]),
        (r#"admin""#, [Some(TrailingBytes); 3]),
        (r#"""#, [Some(TrailingBytes); 3]),
        (r#"admin";X="y"#, [Some(UnknownKey); 3]),
        ("admin;O=x", [None; 3]),
        ("admin,O=x", [None; 3]),
        ("admin\0", [None; 3]),
    ] {
        for (sent, outcome) in edges.into_iter().zip(outcomes) {
            let written = sent.replace("{}", text);
            assert_eq!(
                believed(&written),
                outcome.map_or(Ok(None), Err),
                "{written}"
            );
        }
    }
    // The neighbour, which is believed only where it stands alone.
    let honest = edges.map(|sent| believed(&sent.replace("{}", "admin")).unwrap());
    let values = honest
        .each_ref()
        .map(|subject| subject.as_ref().map(SubjectAttribute::value));
    assert_eq!(values, [Some("admin"), None, None]);
}

/// Forgeries from other fields than the common name.
#[test]
fn no_other_field_makes_a_subject() {
    for text in [
        // O and CN are sent; the certificate has an O and no CN.
        r#"Subject="O=Foo,CN=admin""#,
        // OU alone is sent, of a certificate with two.
        r#"Subject="OU=x,OU=y""#,
        // Names of a certificate without a subject.
        r#"SAN="x",Subject="CN=admin""#,
        r#"SAN="x,CN=admin""#,
        // Names behind a subject that is not the only key.
        r#"Subject="CN=x";SAN="y",Subject="CN=admin""#,
    ] {
        assert_eq!(parse(text), Ok(None), "{text}");
    }
    for (text, kind) in [
        (r#"SAN="x";Subject="CN=admin""#, KeyOrder),
        (r#"Subject="CN=x";SAN="y";Subject="CN=admin""#, DuplicateKey),
        (r#"Subject="CN=x";SAN="y"z""#, TrailingBytes),
        (r#"SAN="x";SAN="y""#, DuplicateKey),
        (r#"SAN="x";NA="1""#, KeyOrder),
    ] {
        assert_eq!(parse(text).unwrap_err().kind(), kind, "{text}");
    }
}

/// Offsets are those in the header, of the byte or of its escape.
#[test]
fn refused_values() {
    let table: &[(&str, DialectErrorKind, usize)] = &[
        // Form encoding.
        ("Subject%3D%22CN%3Dx%2", BadPercentEscape, 19),
        ("Subject%3D%22CN%3Dx%ZZ", BadPercentEscape, 19),
        ("%", BadPercentEscape, 0),
        ("Subject=%22CN%3Dx%22", NotEscaped, 7),
        ("Subject%3D\"CN%3Dx%22", NotEscaped, 10),
        ("Subject%3D%22CN%3Dx%22,", NotEscaped, 22),
        ("Subject%3D%22CN%3Dx y%22", NotEscaped, 19),
        ("Subject%3D%22CN%3Dx\ny%22", NotEscaped, 19),
        ("Subject%3D%22CN%3D\u{e9}%22", NotEscaped, 18),
        // Text.
        ("Subject%3D%22CN%3D%E9%22", NotUtf8, 18),
        ("Subject%3D%22CN%3D%C3", NotUtf8, 18),
        ("Subject%3D%22CN%3D%C0%A2%22", NotUtf8, 18),
        // Pairs and keys.
        ("x", MissingEquals, 1),
        ("+", MissingEquals, 1),
        ("%3B", EmptyPair, 0),
        ("NB%3D%221%22%3B", EmptyPair, 15),
        ("NB%3D%221%22%3B%3BNA%3D%222%22", EmptyPair, 15),
        ("NB%3D%221%22%3B%2CNA%3D%222%22", EmptyPair, 15),
        ("%3D%221%22", UnknownKey, 0),
        ("nb%3D%221%22", UnknownKey, 0),
        ("+NB%3D%221%22", UnknownKey, 0),
        ("NB%3D%221%22%2C+NB%3D%221%22", UnknownKey, 15),
        ("NB%3D%221%22%3BSubject%3D%22CN%3Dx%22", KeyOrder, 15),
        ("NB%3D%221%22%3BNB%3D%221%22", DuplicateKey, 15),
        // Quotes.
        ("NB%3D1", MissingQuote, 5),
        ("NB%3D", MissingQuote, 5),
        ("NB%3D+%221%22", MissingQuote, 5),
        ("NB%3D%221", OpenQuote, 5),
        ("NB%3D%22", OpenQuote, 5),
        ("NB%3D%221%22x", TrailingBytes, 12),
        ("NB%3D%221%22+", TrailingBytes, 12),
        ("NB%3D%221%22%22%22", TrailingBytes, 12),
        // Names and numbers.
        ("Subject%3D%22%22", MissingEquals, 13),
        ("Subject%3D%22x%22", MissingEquals, 14),
        ("Subject%3D%22UID%3Dx%22", UnknownKey, 13),
        ("Subject%3D%22cn%3Dx%22", UnknownKey, 13),
        ("Issuer%3D%22+CN%3Dx%22", UnknownKey, 12),
        ("NB%3D%22%22", BadNumber, 8),
        ("NB%3D%22-1%22", BadNumber, 8),
        ("NB%3D%22%2B1%22", BadNumber, 8),
        ("NB%3D%2201%22", BadNumber, 8),
        ("NB%3D%221.0%22", BadNumber, 8),
        ("NB%3D%22%D9%A1%22", BadNumber, 8),
        ("NA%3D%2218446744073709551616%22", BadNumber, 8),
        ("SerialNumber%3D%220x7F%22", BadNumber, 18),
        ("SerialNumber%3D%22-5%22", BadNumber, 18),
    ];
    for (value, kind, at) in table {
        let parsed = traefik_info::parse(value.as_bytes(), &Budget::default());
        refused(parsed, *kind, *at, value.as_bytes());
    }
}

#[test]
fn blocks_are_counted_and_bytes_too() {
    let two = Budget {
        certificates: 2,
        ..Budget::default()
    };
    let block = "NB%3D%221%22";
    let value = |count: usize| vec![block; count].join("%2C");
    assert!(traefik_info::parse(value(2).as_bytes(), &two).is_ok());
    refused(
        traefik_info::parse(value(3).as_bytes(), &two),
        TooManyCertificates,
        30,
        b"three",
    );
    let short = Budget {
        header_bytes: block.len(),
        ..Budget::default()
    };
    assert!(traefik_info::parse(block.as_bytes(), &short).is_ok());
    refused(
        traefik_info::parse(value(2).as_bytes(), &short),
        Oversized,
        12,
        b"two",
    );
}

#[test]
fn debug_prints_no_subject() {
    let subject = parse(r#"Subject="CN=secret""#).unwrap().unwrap();
    assert_eq!(
        format!("{subject:?}"),
        "SubjectAttribute { attribute_type: AttributeType(CN), value_bytes: 6 }"
    );
}
