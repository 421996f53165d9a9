//! A credential that is replaced while it is in use.

use std::sync::Arc;

use certgate::credential::{CredentialErrorKind as Kind, CredentialHandle};

use crate::pki::{Authority, key, load};

#[test]
fn a_credential_is_replaced_by_one_that_loads() {
    let root = Authority::new("Root");
    let (one, two) = (key(), key());
    let bundle = |key: &rcgen::KeyPair, name: &str| root.signs(name, key) + &key.serialize_pem();
    let handle = CredentialHandle::new(load(bundle(&one, "one")).unwrap());
    let other = handle.clone();
    let subject = || other.current().certificate().subject().to_string();
    assert_eq!(subject(), "CN=one");

    let held = handle.current();
    handle.reload(load(bundle(&two, "two"))).unwrap();
    assert_eq!(subject(), "CN=two");
    // Whoever has begun with the one before goes on with it.
    assert_eq!(held.certificate().subject().to_string(), "CN=one");

    let before = handle.current();
    for broken in [
        String::new(),
        root.signs("three", &one) + &two.serialize_pem(),
        bundle(&one, "three")[..500].to_owned(),
    ] {
        let error = handle.reload(load(broken)).unwrap_err();
        assert!(matches!(
            error.kind(),
            Kind::NoBlock | Kind::KeyMismatch | Kind::BlockUnended
        ));
        assert!(Arc::ptr_eq(&before, &handle.current()));
    }
}
