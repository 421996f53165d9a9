//! When a credential may be used.

use certgate::credential::{
    Credential, CredentialError, CredentialErrorKind as Kind, CredentialExpiry, CredentialField,
    ValidityCheck,
};
use certgate::request::Timestamp;

use crate::pki::{Authority, key};

const DAY: i64 = 86_400;

/// 2030-01-01T00:00:00Z
const END: i64 = 1_893_456_000;

/// 2025-01-01T00:00:00Z
const BEGIN: i64 = 1_735_689_600;

fn at(second: i64) -> Timestamp {
    Timestamp::from_unix_seconds(second)
}

fn load(bundle: &str, check: ValidityCheck) -> Result<Credential, CredentialError> {
    Credential::from_pem(bundle.as_bytes(), None, check)
}

fn bundle() -> String {
    let key = key();
    let leaf = Authority::new("Root").signs_for("acme", &key, (2025, 2030));
    leaf + &key.serialize_pem()
}

#[test]
fn a_certificate_has_to_be_valid_unless_the_caller_says_otherwise() {
    let bundle = bundle();
    for (now, expected) in [
        (BEGIN - 1, Some(Kind::CertificateNotYetValid)),
        (BEGIN, None),
        (END, None),
        (END + 1, Some(Kind::CertificateExpired)),
    ] {
        let error = load(&bundle, ValidityCheck::ValidAt(at(now))).err();
        assert_eq!(error.map(CredentialError::kind), expected, "{now}");
        if let Some(error) = error {
            assert_eq!(error.field(), Some(CredentialField::ClientCertificate));
            assert_eq!((error.block(), error.offset()), (Some(1), Some(0)));
        }
    }
    assert!(load(&bundle, ValidityCheck::Unchecked).is_ok());
}

#[test]
fn what_stands_above_has_to_be_valid_too() {
    let root = Authority::new("Root");
    let middle = root.below("Middle");
    let key = key();
    // The authority ends in 2100.
    let leaf = middle.signs_for("acme", &key, (2020, 2101));
    let bundle = leaf + &key.serialize_pem() + &middle.pem();
    // 2100-01-01T00:00:00Z
    let end = 4_102_444_800;
    let credential = load(&bundle, ValidityCheck::ValidAt(at(end))).unwrap();
    let error = load(&bundle, ValidityCheck::ValidAt(at(end + 1))).unwrap_err();
    assert_eq!(
        (error.kind(), error.block()),
        (Kind::CertificateExpired, Some(3))
    );
    assert_eq!(credential.not_after(), at(end));
    assert_eq!(
        credential.expiry(at(end + 1), &[]),
        CredentialExpiry::Expired
    );
}

#[test]
fn expiry_is_told_before_it_comes() {
    let credential = load(&bundle(), ValidityCheck::Unchecked).unwrap();
    assert_eq!(credential.not_after(), at(END));
    let told = |now: i64| credential.expiry(at(now), &[7, 30, 1]);
    assert_eq!(told(BEGIN - 1), CredentialExpiry::NotYetValid);
    assert_eq!(told(BEGIN), CredentialExpiry::Valid);
    assert_eq!(told(END - 30 * DAY - 1), CredentialExpiry::Valid);
    for (left, days_left, threshold_days) in [
        (30 * DAY, 30, 30),
        (8 * DAY, 8, 30),
        (7 * DAY, 7, 7),
        (DAY - 1, 0, 1),
        (0, 0, 1),
    ] {
        let CredentialExpiry::EndsSoon(warning) = told(END - left) else {
            panic!("{left}");
        };
        assert_eq!(
            (warning.days_left, warning.threshold_days, warning.not_after),
            (days_left, threshold_days, at(END))
        );
    }
    assert_eq!(told(END + 1), CredentialExpiry::Expired);
    assert_eq!(credential.expiry(at(END), &[]), CredentialExpiry::Valid);
}
