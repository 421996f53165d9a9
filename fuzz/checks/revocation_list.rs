//! Any bytes as a revocation list: every accessor answers, the bytes are kept, and
//! what it revokes is what it says.

use certgate::certificate::{ListScope, RevocationList};

pub(crate) fn check(der: &[u8]) {
    let list = match RevocationList::from_der(der.to_vec()) {
        Ok(list) => list,
        Err(error) => {
            assert!(error.offset() <= der.len());
            return;
        }
    };
    assert_eq!(list.der(), der);
    assert!(!list.issuer().is_empty());
    assert_eq!(list.is_empty(), matches!(list.len(), 0));
    // An entry has a number and a date at least.
    assert!(list.len() <= der.len() / 20);
    assert!(
        der.windows(list.signed().len())
            .any(|part| part == list.signed())
    );
    if let Some(number) = list.number() {
        let _ = (number.to_string(), list.revokes(number));
    }
    let _ = (list.authority_key_id(), list.algorithm(), list.signature());
    let _ = matches!(list.scope(), ListScope::All);
    let _ = format!("{list:?} {} {}", list.this_update(), list.next_update());
}
