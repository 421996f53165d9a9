//! An accepted value holds exactly the base64 of what was decoded, between
//! armour, once escapes and line ends are taken away.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use certgate::dialect::{Budget, pem_escaped};

pub(crate) fn check(value: &[u8]) {
    match pem_escaped::decode(value, &Budget::default()) {
        Ok(Some(forwarded)) => {
            let mut text = unescaped(value);
            text.retain(|byte| !matches!(byte, b'\r' | b'\n'));
            let body = STANDARD.encode(&forwarded.leaf);
            let block = format!("-----BEGIN CERTIFICATE-----{body}-----END CERTIFICATE-----");
            assert_eq!(text, block.as_bytes());
            assert!(forwarded.chain.is_empty());
        }
        Ok(None) => assert!(value.is_empty()),
        Err(error) => assert!(error.offset() <= value.len()),
    }
}

/// Percent-decodes a value that is known to be well-formed.
fn unescaped(value: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut bytes = value.iter().map(|&byte| char::from(byte));
    while let Some(byte) = bytes.next() {
        let code = if byte == '%' {
            let mut digit = || bytes.next().unwrap().to_digit(16).unwrap();
            digit() * 16 + digit()
        } else {
            u32::from(byte)
        };
        text.push(u8::try_from(code).unwrap());
    }
    text
}
