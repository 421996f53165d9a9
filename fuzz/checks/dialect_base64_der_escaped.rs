//! What is accepted, encoded again, is what came once escapes are resolved; and
//! is accepted when escaped as HAProxy does.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use certgate::dialect::{Budget, Dialect, base64_der_escaped};

pub(crate) fn check(value: &[u8]) {
    let budget = Budget::default();
    let decoded = base64_der_escaped::decode(value, &budget);
    assert_eq!(
        decoded == Ok(None),
        Dialect::Base64DerEscaped.is_absent(value)
    );
    match decoded {
        Ok(Some(forwarded)) => {
            assert!(forwarded.chain.is_empty());
            let base64 = STANDARD.encode(&forwarded.leaf);
            assert_eq!(unescaped(value), base64.as_bytes());

            let escaped = base64
                .replace('+', "%2B")
                .replace('/', "%2F")
                .replace('=', "%3D");
            if escaped.len() <= budget.header_bytes {
                assert_eq!(
                    base64_der_escaped::decode(escaped.as_bytes(), &budget),
                    Ok(Some(forwarded))
                );
            }
        }
        Ok(None) => {}
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
