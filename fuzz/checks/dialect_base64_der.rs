//! Base64 has one spelling, so what is accepted encodes to what came; and
//! concatenated certificates, split, are the same bytes.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use certgate::dialect::{Budget, base64_der};

pub(crate) fn check(value: &[u8]) {
    let budget = Budget::default();
    match base64_der::decode(value, &budget) {
        Ok(Some(forwarded)) => {
            let mut encoded = vec![STANDARD.encode(&forwarded.leaf)];
            encoded.extend(forwarded.chain.iter().map(|der| STANDARD.encode(der)));
            assert!(encoded.len() <= budget.certificates);
            assert_eq!(encoded.join(",").as_bytes(), value);
        }
        Ok(None) => assert!(value.is_empty()),
        Err(error) => assert!(error.offset() <= value.len()),
    }
    match base64_der::decode_chain(value, &budget) {
        Ok(chain) => {
            assert!(chain.len() < budget.certificates);
            assert!(chain.iter().all(|der| der.first() == Some(&0x30)));
            assert_eq!(STANDARD.encode(chain.concat()).as_bytes(), value);
        }
        Err(error) => assert!(error.offset() <= value.len()),
    }
}
