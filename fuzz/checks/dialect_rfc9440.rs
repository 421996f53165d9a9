//! What is accepted, encoded again, is what came, but for the spaces.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use certgate::dialect::{Budget, rfc9440};

pub(crate) fn check(value: &[u8]) {
    let budget = Budget::default();
    match rfc9440::decode(value, &budget) {
        Ok(Some(forwarded)) => {
            assert!(forwarded.chain.is_empty());
            assert_eq!(item(&forwarded.leaf).as_bytes(), without_spaces(value));
        }
        Ok(None) => assert!(matches!(without_spaces(value).as_slice(), b"" | b"::")),
        Err(error) => assert!(error.offset() <= value.len()),
    }

    let lines = || value.split(|&byte| byte == b'\n');
    match rfc9440::decode_chain(lines(), &budget) {
        Ok(chain) => {
            assert!(chain.len() < budget.certificates);
            let items: Vec<String> = chain.iter().map(|der| item(der)).collect();
            let came: Vec<Vec<u8>> = lines()
                .map(without_spaces)
                .filter(|line| !line.is_empty())
                .collect();
            assert_eq!(items.join(",").as_bytes(), came.join(&b','));
        }
        Err(error) => assert!(error.offset() <= value.len()),
    }
}

fn item(der: &[u8]) -> String {
    format!(":{}:", STANDARD.encode(der))
}

fn without_spaces(value: &[u8]) -> Vec<u8> {
    let mut value = value.to_vec();
    value.retain(|byte| !matches!(byte, b' ' | b'\t'));
    value
}
