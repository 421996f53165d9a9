//! Names and codes that configurations and audit records rely on.

use certgate::dialect::{Budget, Dialect, DialectErrorClass, DialectErrorKind, UnknownDialect};

#[test]
fn dialects_are_named() {
    for (dialect, name) in [
        (Dialect::PemEscaped, "pem-escaped"),
        (Dialect::PemEscapedChain, "pem-escaped-chain"),
        (Dialect::PemSpaces, "pem-spaces"),
        (Dialect::PemBase64, "pem-base64"),
        (Dialect::Base64Der, "base64-der"),
        (Dialect::Base64DerEscaped, "base64-der-escaped"),
        (Dialect::Rfc9440, "rfc9440"),
        (Dialect::Xfcc, "xfcc"),
    ] {
        assert_eq!(dialect.as_str(), name);
        assert_eq!(dialect.to_string(), name);
        assert_eq!(name.parse(), Ok(dialect));
    }
    assert_eq!(
        UnknownDialect.to_string(),
        "unknown dialect; use one of pem-escaped, pem-escaped-chain, pem-spaces, pem-base64, \
         base64-der, base64-der-escaped, rfc9440, xfcc"
    );
    for name in ["", "PEM-ESCAPED", "pem_escaped", "xfcc ", "guess"] {
        assert_eq!(name.parse::<Dialect>(), Err(UnknownDialect));
    }
}

#[test]
fn classes_are_reason_codes() {
    for (class, code) in [
        (DialectErrorClass::Malformed, "header_malformed"),
        (DialectErrorClass::Oversized, "header_oversized"),
        (DialectErrorClass::Ambiguous, "header_ambiguous"),
    ] {
        assert_eq!(class.code(), code);
    }
    for (kind, code, class) in [
        (
            DialectErrorKind::Oversized,
            "oversized",
            DialectErrorClass::Oversized,
        ),
        (
            DialectErrorKind::TooManyCertificates,
            "too_many_certificates",
            DialectErrorClass::Oversized,
        ),
        (
            DialectErrorKind::TooManyElements,
            "too_many_elements",
            DialectErrorClass::Oversized,
        ),
        (
            DialectErrorKind::SeveralBlocks,
            "several_blocks",
            DialectErrorClass::Malformed,
        ),
        (
            DialectErrorKind::HashMismatch,
            "hash_mismatch",
            DialectErrorClass::Ambiguous,
        ),
        (
            DialectErrorKind::ChainMismatch,
            "chain_mismatch",
            DialectErrorClass::Ambiguous,
        ),
        (
            DialectErrorKind::MoreElementsThanHops,
            "more_elements_than_hops",
            DialectErrorClass::Ambiguous,
        ),
    ] {
        assert_eq!(kind.code(), code);
        assert_eq!(kind.class(), class);
    }
}

#[test]
fn the_default_budget() {
    let budget = Budget::default();
    assert_eq!(budget.header_bytes, 32_768);
    assert_eq!(budget.certificates, 10);
    assert_eq!(budget.elements, 16);
}

/// The budget holds to the byte, and comes before every other check.
#[test]
fn every_dialect_refuses_an_oversized_value_first() {
    let budget = Budget {
        header_bytes: 8,
        ..Budget::default()
    };
    for dialect in Dialect::ALL {
        for (value, oversized) in [("\0%ZZ,,;\"", false), ("\0%ZZ,,;\"=", true)] {
            let error = dialect.decode(value.as_bytes(), &budget).unwrap_err();
            assert_eq!(
                error.kind() == DialectErrorKind::Oversized,
                oversized,
                "{dialect}"
            );
            if oversized {
                assert_eq!(
                    (error.offset(), error.class().code()),
                    (8, "header_oversized")
                );
            }
        }
    }
}

#[test]
fn debug_prints_no_contents() {
    let value = b":c2VjcmV0:";
    let forwarded = Dialect::Rfc9440
        .decode(value, &Budget::default())
        .unwrap()
        .unwrap();
    assert_eq!(forwarded.leaf, b"secret");
    assert_eq!(
        format!("{forwarded:?}"),
        "Forwarded { leaf_bytes: 6, chain_bytes: [] }"
    );

    let value = br#"Subject="CN=secret";URI=spiffe://secret"#;
    let elements = certgate::dialect::xfcc::parse(value, &Budget::default()).unwrap();
    let printed = format!("{elements:?}");
    assert!(printed.contains("Quoted(9 bytes)"), "{printed}");
    assert!(
        !printed.contains("secret") && !printed.contains("115"),
        "{printed}"
    );
}
