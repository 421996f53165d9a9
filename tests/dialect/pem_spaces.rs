//! PEM whose line ends are spaces.

use certgate::dialect::DialectErrorKind::{self, *};
use certgate::dialect::{Budget, DialectError, pem_spaces};

use super::{DER, refused};

fn decode(value: &str) -> Result<Option<Vec<u8>>, DialectError> {
    let forwarded = pem_spaces::decode(value.as_bytes(), &Budget::default())?;
    Ok(forwarded.map(|forwarded| {
        assert!(forwarded.chain.is_empty());
        forwarded.leaf
    }))
}

#[test]
fn accepted_spellings_of_one_certificate() {
    for value in [
        // HAProxy, with the space at its end and trimmed.
        "-----BEGIN CERTIFICATE----- MAMCAQE= -----END CERTIFICATE----- ",
        "-----BEGIN CERTIFICATE----- MAMCAQE= -----END CERTIFICATE-----",
        // Lines of any length.
        "-----BEGIN CERTIFICATE----- MAMC AQE= -----END CERTIFICATE----- ",
        "-----BEGIN CERTIFICATE----- M A M C A Q E = -----END CERTIFICATE-----",
    ] {
        assert_eq!(decode(value).unwrap().as_deref(), Some(DER), "{value}");
    }
}

/// Apache 2.4.71 and Caddy 2.11.7: 64 characters, then a space.
#[test]
fn lines_of_sixty_four() {
    let line = "++++////".repeat(8);
    let value =
        format!("-----BEGIN CERTIFICATE----- {line} {line} MAMCAQE= -----END CERTIFICATE----- ");
    let mut expected = [0xfb, 0xef, 0xbe, 0xff, 0xff, 0xff].repeat(16);
    expected.extend(DER);
    assert_eq!(decode(&value).unwrap(), Some(expected));
}

#[test]
fn refused_values() {
    let table: &[(&str, DialectErrorKind, usize)] = &[
        // Armour: the body begins at byte 28.
        ("MAMCAQE=", MissingArmour, 0),
        ("-----BEGIN", MissingArmour, 0),
        ("-----BEGIN ", MissingArmour, 11),
        ("-----BEGIN CERTIFICATE-----", BadLineEnd, 27),
        ("-----BEGIN CERTIFICATE----- ", MissingArmour, 28),
        ("-----BEGIN CERTIFICATE----- MAMCAQE=", MissingArmour, 36),
        (
            "-----BEGIN CERTIFICATE----- MAMCAQE= -----END CERTIFICATE----",
            MissingArmour,
            61,
        ),
        (
            "-----BEGIN CERTIFICATE-----MAMCAQE= -----END CERTIFICATE-----",
            BadLineEnd,
            27,
        ),
        (
            "-----BEGIN CERTIFICATE----- MAMCAQE=-----END CERTIFICATE-----",
            MissingArmour,
            61,
        ),
        (
            "-----BEGIN  CERTIFICATE----- MAMCAQE= -----END CERTIFICATE-----",
            WrongLabel,
            11,
        ),
        (
            "-----BEGIN PRIVATE KEY----- MAMC -----END PRIVATE KEY-----",
            WrongLabel,
            11,
        ),
        (
            "-----BEGIN CERTIFICATE----- MAMC -----END PRIVATE KEY-----",
            WrongLabel,
            42,
        ),
        // Spaces: one for a line end.
        (
            "-----BEGIN CERTIFICATE----- -----END CERTIFICATE-----  ",
            EmptyCertificate,
            0,
        ),
        (
            "-----BEGIN CERTIFICATE-----  MAMCAQE= -----END CERTIFICATE-----",
            EmptyLine,
            28,
        ),
        (
            "-----BEGIN CERTIFICATE----- MAMCAQE=  -----END CERTIFICATE-----",
            EmptyLine,
            37,
        ),
        (
            "-----BEGIN CERTIFICATE----- MAMC  AQE= -----END CERTIFICATE-----",
            EmptyLine,
            33,
        ),
        // Around the block.
        (
            "-----BEGIN CERTIFICATE----- MAMCAQE= -----END CERTIFICATE-----  ",
            TextAroundBlock,
            63,
        ),
        (
            " -----BEGIN CERTIFICATE----- MAMCAQE= -----END CERTIFICATE-----",
            TextAroundBlock,
            0,
        ),
        (
            "-----BEGIN CERTIFICATE----- MAMC -----END CERTIFICATE----- -----BEGIN CERTIFICATE----- \
             MAMC -----END CERTIFICATE----- ",
            SeveralBlocks,
            59,
        ),
        (
            "-----BEGIN CERTIFICATE----- MAMC -----END CERTIFICATE-----,MAMC",
            TextAroundBlock,
            58,
        ),
        // Control characters, line ends among them, and escapes.
        (
            "-----BEGIN CERTIFICATE-----\nMAMC\n-----END CERTIFICATE-----",
            ControlCharacter,
            27,
        ),
        (
            "-----BEGIN CERTIFICATE----- MAMC\tAQE= -----END CERTIFICATE-----",
            ControlCharacter,
            32,
        ),
        (
            "-----BEGIN CERTIFICATE----- MAMC\r -----END CERTIFICATE-----",
            ControlCharacter,
            32,
        ),
        (
            "-----BEGIN CERTIFICATE----- MAMCAQE%3D -----END CERTIFICATE-----",
            BadBase64,
            35,
        ),
        (
            "-----BEGIN%20CERTIFICATE-----%0AMAMC%0A-----END%20CERTIFICATE-----%0A",
            MissingArmour,
            0,
        ),
        // Base64.
        (
            "-----BEGIN CERTIFICATE----- MAMC AQE -----END CERTIFICATE-----",
            BadBase64Padding,
            36,
        ),
        (
            "-----BEGIN CERTIFICATE----- MAMC AQF= -----END CERTIFICATE-----",
            NotCanonicalBase64,
            35,
        ),
        (
            "-----BEGIN CERTIFICATE----- MA-C -----END CERTIFICATE-----",
            BadBase64,
            30,
        ),
    ];
    for (value, kind, at) in table {
        refused(decode(value), *kind, *at, value.as_bytes());
    }
}
