//! Blocks of PEM, and what is none.

use certgate::certificate::PemErrorKind;
use certgate::credential::CredentialErrorKind as Kind;

use crate::openssl::Openssl;
use crate::pki::{Authority, fault, key, load};

/// A certificate, and its key.
fn texts() -> (String, String) {
    let key = key();
    (
        Authority::new("Root").signs("acme", &key),
        key.serialize_pem(),
    )
}

#[test]
fn text_may_stand_around_blocks_and_lines_may_end_in_every_way() {
    let (leaf, key) = texts();
    let both = leaf.clone() + &key;
    for text in [
        format!("\u{FEFF}{both}"),
        both.replace('\n', "\r\n"),
        both.replace('\n', "\r"),
        both.replace('\n', " \t\n"),
        format!("for payments:\n{leaf}\n\nof acme\n{key}until 2100"),
        format!("caf\u{e9} -- see the manual\n{both}"),
        both.trim_end().to_owned(),
        // In lines of another length, and in one line.
        both.replace(
            "BEGIN CERTIFICATE-----\nMII",
            "BEGIN CERTIFICATE-----\nM\nII",
        ),
    ] {
        assert!(load(&text).is_ok(), "{text}");
    }
    // Latin 1 around the blocks is text as well.
    assert!(load([b"\xE9\n".as_slice(), both.as_bytes()].concat()).is_ok());
}

#[test]
fn a_damaged_block_is_told_by_its_number_and_place() {
    let (leaf, key) = texts();
    let at = leaf.len();
    let body = key.lines().nth(1).unwrap();
    let first = (Some(1), Some(0));
    let second = (Some(2), Some(at));
    for (text, kind, place) in [
        // Cut short.
        (
            format!("{leaf}{}", &key[..80]),
            Kind::Pem(PemErrorKind::BlockUnended),
            second,
        ),
        (
            format!("{leaf}{}", &key[..40]),
            Kind::Pem(PemErrorKind::BlockUnended),
            second,
        ),
        (
            leaf.clone() + &key.replace("-----END PRIVATE KEY-----\n", ""),
            Kind::Pem(PemErrorKind::BlockUnended),
            second,
        ),
        (
            leaf.replace("-----END CERTIFICATE-----\n", "") + &key,
            Kind::Pem(PemErrorKind::BlockUnended),
            first,
        ),
        (
            leaf.replace("-----END CERTIFICATE-----", "-----END PRIVATE KEY-----") + &key,
            Kind::Pem(PemErrorKind::BlockEndsAsAnother),
            first,
        ),
        // Lines that only look like the first and last of a block.
        (
            format!("{leaf} {key}"),
            Kind::Pem(PemErrorKind::BoundaryMangled),
            second,
        ),
        (
            leaf.clone() + &key.replacen("-----BEGIN", "----BEGIN", 1),
            Kind::Pem(PemErrorKind::BoundaryMangled),
            second,
        ),
        (
            leaf.clone() + &key.replacen("KEY-----", "KEY----", 1),
            Kind::Pem(PemErrorKind::BoundaryMangled),
            second,
        ),
        (
            leaf.clone() + &key.replacen("KEY-----", "KEY----- x", 1),
            Kind::Pem(PemErrorKind::BoundaryMangled),
            second,
        ),
        (
            leaf.clone() + &key.replacen("PRIVATE", "private", 1),
            Kind::Pem(PemErrorKind::BoundaryMangled),
            second,
        ),
        (
            leaf.clone() + &key.replacen("-----BEGIN ", "-----BEGIN", 1),
            Kind::Pem(PemErrorKind::BoundaryMangled),
            second,
        ),
        (
            leaf.clone() + &key.replace("-----END", " -----END"),
            Kind::Pem(PemErrorKind::BoundaryMangled),
            second,
        ),
        (
            leaf.replace('\n', " ") + "\n" + &key,
            Kind::Pem(PemErrorKind::BoundaryMangled),
            first,
        ),
        // As variables often come.
        (
            leaf.replace('\n', "\\n") + "\n" + &key,
            Kind::Pem(PemErrorKind::LineEndsEscaped),
            first,
        ),
        (
            leaf.clone() + &key.replace('\n', "\\n"),
            Kind::Pem(PemErrorKind::LineEndsEscaped),
            second,
        ),
        // Not base64.
        (
            leaf.clone() + &key.replace(body, &body[1..]),
            Kind::Pem(PemErrorKind::Base64),
            second,
        ),
        (
            leaf.clone() + &key.replace(body, &format!("{body}!")),
            Kind::Pem(PemErrorKind::Base64),
            second,
        ),
        (
            leaf.clone() + &key.replace(body, &format!("M I{}", &body[3..])),
            Kind::Pem(PemErrorKind::Base64),
            second,
        ),
        (
            leaf.clone() + &key.replace(body, &format!("-_{}", &body[2..])),
            Kind::Pem(PemErrorKind::Base64),
            second,
        ),
        (
            "-----BEGIN CERTIFICATE-----\nMAB=\n-----END CERTIFICATE-----\n".to_owned() + &key,
            Kind::Pem(PemErrorKind::Base64),
            first,
        ),
        (
            "-----BEGIN CERTIFICATE-----\n\n-----END CERTIFICATE-----\n".to_owned() + &key,
            Kind::Pem(PemErrorKind::BlockEmpty),
            first,
        ),
        (
            leaf.clone() + &key.replace(body, &format!("Comment: mine\n\n{body}")),
            Kind::Pem(PemErrorKind::BlockHasHeaders),
            second,
        ),
    ] {
        assert_eq!(fault(&text), (kind, place.0, place.1), "{text}");
    }
    assert!(load(leaf + &key).is_ok());
}

#[test]
fn a_block_of_another_kind_is_told_for_what_it_is() {
    let (leaf, key) = texts();
    for (label, kind) in [
        ("CERTIFICATE REQUEST", Kind::SigningRequest),
        ("NEW CERTIFICATE REQUEST", Kind::SigningRequest),
        ("X509 CRL", Kind::RevocationList),
        ("PUBLIC KEY", Kind::PublicKey),
        ("RSA PUBLIC KEY", Kind::PublicKey),
        ("TRUSTED CERTIFICATE", Kind::TrustedCertificate),
        ("PKCS7", Kind::Pkcs7),
        ("CMS", Kind::Pkcs7),
        ("OPENSSH PRIVATE KEY", Kind::OpenSshKey),
        ("X509 CERTIFICATE", Kind::ForeignBlock),
        ("DSA PRIVATE KEY", Kind::ForeignBlock),
        ("DH PARAMETERS", Kind::ForeignBlock),
    ] {
        let block = format!("-----BEGIN {label}-----\nMAA=\n-----END {label}-----\n");
        let place = (Some(2), Some(leaf.len()));
        let found = fault(format!("{leaf}{block}{key}"));
        assert_eq!(found, (kind, place.0, place.1), "{label}");
    }
    // What `openssl ecparam` writes before a key.
    let parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    assert!(load(format!("{leaf}{parameters}{key}")).is_ok());
}

#[test]
fn a_block_that_a_word_processor_rewrote_is_not_passed_over() {
    let (leaf, key) = texts();
    // One more certificate, which would not be missed.
    let more = Authority::new("Root").pem();
    let at = leaf.len() + key.len();
    let lower = |text: &str| {
        let (begin, end) = ("BEGIN CERTIFICATE", "END CERTIFICATE");
        text.replace(begin, &begin.to_lowercase())
            .replace(end, "End Certificate")
    };
    for rewritten in [
        more.replace("-----", "\u{2014}\u{2014}-"),
        more.replace("-----", "\u{2013}"),
        more.replace("-----", "-"),
        more.replace("-----", "  - "),
        lower(&more),
        lower(&more).replace("-----", "\u{2014}\u{2014}"),
    ] {
        assert_eq!(
            fault(format!("{leaf}{key}{rewritten}")),
            (Kind::Pem(PemErrorKind::BoundaryMangled), Some(3), Some(at)),
            "{rewritten}"
        );
    }
    // The dash of Windows-1252.
    let mut bytes = format!("{leaf}{key}").into_bytes();
    bytes.extend_from_slice(b"\x96\x96BEGIN CERTIFICATE\x96\x96\nMAA=\n");
    assert_eq!(fault(bytes).0, Kind::Pem(PemErrorKind::BoundaryMangled));
    // What tools and people write between blocks.
    for between in [
        "    friendlyName: front-end certificate",
        "Bag Attributes: <No Attributes>",
        "Begin certificate of Acme",
        "# the back-end key",
        "- beginning of the certificates",
        "-- the certificate's end --",
        "\u{2013} of Acme \u{2013}",
        "----------------------------",
        "",
    ] {
        let bundle = format!("{between}\n{leaf}{between}\n{key}{between}");
        assert!(load(bundle).is_ok(), "{between}");
    }
}

#[test]
fn what_is_no_pem_is_told_for_what_it_is() {
    for (text, kind) in [
        (b"".as_slice(), Kind::NoBlock),
        (b"/etc/ssl/client.pem", Kind::NoBlock),
        (b"0 is the first digit", Kind::NoBlock),
        (b"\xFF\xFE-\0-\0-\0-\0-\0B\0", Kind::Utf16),
        (b"\xFE\xFF\0-\0-\0-\0-\0-\0B", Kind::Utf16),
        (b"\x30\x82\x05\x00\x02\x01\x03\x30", Kind::Pkcs12),
        (b"\x30\x80\x02\x01\x03\x30\x80", Kind::Pkcs12),
        (b"\x30\x82\x05\x00\x30\x82\x04\x00", Kind::Der),
        (b"\x30\x02\x05\x00", Kind::Der),
    ] {
        assert_eq!(fault(text), (kind, None, None));
    }
    let (leaf, key) = texts();
    let mut text = leaf + &key;
    text.push_str(&" ".repeat(1_048_576 - text.len()));
    assert!(load(&text).is_ok());
    text.push(' ');
    assert_eq!(fault(text), (Kind::TextOversized, None, None));
}

#[test]
fn a_certificate_is_read_strictly() {
    use certgate::certificate::CertificateErrorKind;

    let Some(openssl) = Openssl::or_skip() else {
        return;
    };
    openssl.authority();
    openssl.run("genpkey -algorithm ed25519 -out client.key");
    openssl.certify("client");
    let key = openssl.text("client.key");
    let none = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let kind = Kind::CertificateMalformed(CertificateErrorKind::Truncated);
    assert_eq!(
        fault(format!("{key}{none}")),
        (kind, Some(2), Some(key.len()))
    );
    assert!(load(key + &openssl.text("client.crt")).is_ok());
}
