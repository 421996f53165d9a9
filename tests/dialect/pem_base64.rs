//! Base64 of PEM text: two layers, both strict.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use certgate::dialect::DialectErrorKind::{self, *};
use certgate::dialect::{Budget, DialectError, pem_base64};

use super::{DER, refused};

fn decode(value: &str) -> Result<Option<Vec<u8>>, DialectError> {
    let forwarded = pem_base64::decode(value.as_bytes(), &Budget::default())?;
    Ok(forwarded.map(|forwarded| {
        assert!(forwarded.chain.is_empty());
        forwarded.leaf
    }))
}

#[test]
fn accepted_texts() {
    // As Apache writes it.
    let value =
        "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1BTUNBUUU9Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K";
    assert_eq!(decode(value).unwrap().as_deref(), Some(DER));
    for text in [
        "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\r\nMAMCAQE=\r\n-----END CERTIFICATE-----\r\n",
        "-----BEGIN CERTIFICATE-----\nMAMC\r\nAQE=\n-----END CERTIFICATE-----\n",
    ] {
        let value = STANDARD.encode(text);
        assert_eq!(decode(&value).unwrap().as_deref(), Some(DER), "{text:?}");
    }
}

#[test]
fn refused_base64() {
    for (value, kind, at) in [
        ("-----BEGIN CERTIFICATE-----", BadBase64, 0),
        ("(null)", BadBase64, 0),
        ("LS0t LS0t", BadBase64, 4),
        ("LS0tLS1CRUdJ%3D", BadBase64, 12),
        ("LS0tLS1CRUdJT", BadBase64Padding, 13),
        ("LS0tLR==", NotCanonicalBase64, 5),
        ("LS0tLS1C,LS0tLS1C", BadBase64, 8),
        // DER instead of PEM.
        ("MAMCAQE=", MissingArmour, 0),
    ] {
        refused(decode(value), kind, at, value.as_bytes());
    }
}

/// Offsets are those of the base64 symbol in which the byte at fault begins.
#[test]
fn refused_texts() {
    let table: &[(&str, DialectErrorKind, usize)] = &[
        ("", EmptyCertificate, 0),
        ("MAMCAQE=", MissingArmour, 82),
        ("\n", EmptyLine, 37),
        ("MAMC\n\nAQE=\n", EmptyLine, 44),
        ("MAMC\rAQE=\n", BadLineEnd, 42),
        ("MAMC\0AQE=\n", ControlCharacter, 42),
        ("MAMC AQE=\n", BadBase64, 42),
        ("MAMCAQE%3D\n", BadBase64, 46),
        ("MAMCAQF=\n", NotCanonicalBase64, 45),
        ("MAMCAQE\n", BadBase64Padding, 46),
    ];
    for (body, kind, at) in table {
        let text = format!("-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n");
        let value = STANDARD.encode(&text);
        refused(decode(&value), *kind, *at, text.as_bytes());
    }
    let block = "-----BEGIN CERTIFICATE-----\nMAMC\n-----END CERTIFICATE-----\n";
    for (text, kind, at) in [
        (format!("{block}{block}"), SeveralBlocks, 78),
        (format!("{block}\n"), TextAroundBlock, 78),
        (format!("\n{block}"), TextAroundBlock, 0),
        (block.replace("CERTIFICATE", "PRIVATE KEY"), WrongLabel, 14),
        (block.replace('\n', " "), BadLineEnd, 36),
        (block.replace('\n', "%0A"), BadLineEnd, 36),
        ("-".to_owned(), MissingArmour, 0),
    ] {
        let value = STANDARD.encode(&text);
        refused(decode(&value), kind, at, text.as_bytes());
    }
}
