//! An accepted value holds exactly the base64 of what was decoded, between
//! armour, once spaces are taken away; and is accepted when written in lines.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use certgate::dialect::{Budget, Dialect, pem_spaces};

pub(crate) fn check(value: &[u8]) {
    let budget = Budget::default();
    let decoded = pem_spaces::decode(value, &budget);
    assert_eq!(decoded == Ok(None), Dialect::PemSpaces.is_absent(value));
    match decoded {
        Ok(Some(forwarded)) => {
            assert!(forwarded.chain.is_empty());
            let body = STANDARD.encode(&forwarded.leaf);
            let block = format!("-----BEGIN CERTIFICATE-----{body}-----END CERTIFICATE-----");
            assert_eq!(without_spaces(value), without_spaces(block.as_bytes()));

            let mut lines = "-----BEGIN CERTIFICATE----- ".to_owned();
            for line in body.as_bytes().chunks(64) {
                lines.extend(line.iter().map(|&byte| char::from(byte)));
                lines.push(' ');
            }
            lines.push_str("-----END CERTIFICATE----- ");
            if lines.len() <= budget.header_bytes {
                assert_eq!(
                    pem_spaces::decode(lines.as_bytes(), &budget),
                    Ok(Some(forwarded))
                );
            }
        }
        Ok(None) => {}
        Err(error) => assert!(error.offset() <= value.len()),
    }
}

fn without_spaces(value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    value.retain(|&byte| byte != b' ');
    value
}
