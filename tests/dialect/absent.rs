//! The forms in which edges say that there is no certificate, and no others.

use certgate::dialect::{Budget, Dialect};

/// Every absent form, and forms that look like one, each with the dialects in
/// which it is one.
#[test]
fn each_dialect_has_its_absent_forms_and_no_others() {
    use Dialect::{PemSpaces, Rfc9440};
    let spaces = "-----BEGIN CERTIFICATE-----  -----END CERTIFICATE-----";
    let table: &[(&str, &[Dialect])] = &[
        ("", &Dialect::ALL),
        ("::", &[Rfc9440]),
        // Spaces around a structured field are no part of it.
        ("  ", &[Rfc9440]),
        (" :: ", &[Rfc9440]),
        (": :", &[]),
        (":::", &[]),
        ("::,::", &[]),
        ("\t", &[]),
        // Apache
        ("(null)", &[PemSpaces]),
        ("(NULL)", &[]),
        (" (null)", &[]),
        ("(null) ", &[]),
        ("null", &[]),
        // HAProxy, with the space at its end and trimmed.
        (&format!("{spaces} "), &[PemSpaces]),
        (spaces, &[PemSpaces]),
        (&format!("{spaces}  "), &[]),
        (&format!(" {spaces}"), &[]),
        // Caddy, likewise.
        (&format!("{} ", spaces.replace("  ", " ")), &[PemSpaces]),
        (&spaces.replace("  ", " "), &[PemSpaces]),
        (&spaces.replace("  ", "   "), &[]),
        (&spaces.replace("  ", ""), &[]),
        (&spaces.replace("CERTIFICATE", "PRIVATE KEY"), &[]),
        (&spaces.replace(' ', "%20"), &[]),
        (&spaces.replace("  ", "%0A"), &[]),
        // base64 of armour with nothing between its lines.
        (
            "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCi0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K",
            &[],
        ),
        ("-", &[]),
        ("NONE", &[]),
        ("=", &[]),
        (",", &[]),
    ];
    for (value, dialects) in table {
        for dialect in Dialect::ALL {
            let label = format!("{dialect} {value:?}");
            let absent = dialects.contains(&dialect);
            assert_eq!(dialect.is_absent(value.as_bytes()), absent, "{label}");
            let decoded = dialect.decode(value.as_bytes(), &Budget::default());
            assert_eq!(decoded == Ok(None), absent, "{label}");
        }
    }
}

/// An element without a certificate decodes to none and is present all the same.
#[test]
fn claims_are_not_absent() {
    let claims = b"Subject=\"CN=me\"";
    assert!(!Dialect::Xfcc.is_absent(claims));
    let decoded = Dialect::Xfcc.decode(claims, &Budget::default());
    assert_eq!(decoded, Ok(None));
}
