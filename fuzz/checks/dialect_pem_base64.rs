//! An accepted value is the base64 of PEM text that holds exactly what was
//! decoded; and is accepted when written in lines. Read as the text itself, the
//! input reaches the inner layer too.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use certgate::dialect::{Budget, Dialect, pem_base64};

pub(crate) fn check(input: &[u8]) {
    check_value(input);
    check_value(STANDARD.encode(input).as_bytes());
}

fn check_value(value: &[u8]) {
    let budget = Budget::default();
    let decoded = pem_base64::decode(value, &budget);
    assert_eq!(decoded == Ok(None), Dialect::PemBase64.is_absent(value));
    match decoded {
        Ok(Some(forwarded)) => {
            assert!(forwarded.chain.is_empty());
            let mut text = STANDARD.decode(value).unwrap();
            assert_eq!(STANDARD.encode(&text).as_bytes(), value);
            text.retain(|byte| !matches!(byte, b'\r' | b'\n'));
            let body = STANDARD.encode(&forwarded.leaf);
            let block = format!("-----BEGIN CERTIFICATE-----{body}-----END CERTIFICATE-----");
            assert_eq!(text, block.as_bytes());

            let mut lines = "-----BEGIN CERTIFICATE-----\n".to_owned();
            for line in body.as_bytes().chunks(64) {
                lines.extend(line.iter().map(|&byte| char::from(byte)));
                lines.push('\n');
            }
            lines.push_str("-----END CERTIFICATE-----\n");
            let again = STANDARD.encode(lines);
            if again.len() <= budget.header_bytes {
                assert_eq!(
                    pem_base64::decode(again.as_bytes(), &budget),
                    Ok(Some(forwarded))
                );
            }
        }
        Ok(None) => {}
        Err(error) => assert!(error.offset() <= value.len()),
    }
}
