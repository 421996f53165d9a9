//! A chain written again, one escaped block behind the other, is the same
//! chain; and of one certificate, it is what `pem-escaped` reads.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use certgate::dialect::{Budget, Dialect, pem_escaped, pem_escaped_chain};

pub(crate) fn check(value: &[u8]) {
    let budget = Budget::default();
    let decoded = pem_escaped_chain::decode(value, &budget);
    assert_eq!(
        decoded == Ok(None),
        Dialect::PemEscapedChain.is_absent(value)
    );
    let alone = pem_escaped::decode(value, &budget);
    match decoded {
        Ok(Some(forwarded)) => {
            assert!(forwarded.chain.len() < budget.certificates);
            let mut again = String::new();
            for der in std::iter::once(&forwarded.leaf).chain(&forwarded.chain) {
                assert!(!der.is_empty());
                again.push_str("-----BEGIN%20CERTIFICATE-----%0A");
                again.push_str(&STANDARD.encode(der));
                again.push_str("%0A-----END%20CERTIFICATE-----%0A");
            }
            assert_eq!(
                forwarded.chain.is_empty(),
                alone == Ok(Some(forwarded.clone()))
            );
            assert_eq!(forwarded.chain.is_empty(), alone.is_ok());
            if again.len() <= budget.header_bytes {
                assert_eq!(
                    pem_escaped_chain::decode(again.as_bytes(), &budget),
                    Ok(Some(forwarded))
                );
            }
        }
        Ok(None) => assert_eq!(alone, Ok(None)),
        Err(error) => {
            assert!(error.offset() <= value.len());
            assert!(alone.is_err());
        }
    }
}
