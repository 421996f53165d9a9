//! Arbitrary input, against round trips and against what other libraries make
//! of it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use certgate::dialect::{
    Budget, Dialect, DialectErrorKind, alb, base64_der, pem_escaped, rfc9440, traefik_info, xfcc,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

use proptest::collection;
use proptest::prelude::*;

/// What nginx leaves as it is, besides letters and digits.
const NGINX: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// PEM with lines of `width`, percent-encoded.
fn escaped_pem(der: &[u8], width: usize, line_end: &str, escaped: &'static AsciiSet) -> String {
    let mut text = format!("-----BEGIN CERTIFICATE-----{line_end}");
    for line in STANDARD.encode(der).as_bytes().chunks(width) {
        text.push_str(std::str::from_utf8(line).unwrap());
        text.push_str(line_end);
    }
    text.push_str("-----END CERTIFICATE-----");
    text.push_str(line_end);
    percent_encode(text.as_bytes(), escaped).to_string()
}

/// Pieces of which valid and nearly valid values are made.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let known = prop::sample::select(vec![
        "-----BEGIN%20CERTIFICATE-----%0A",
        "-----END%20CERTIFICATE-----%0A",
        "-----BEGIN CERTIFICATE-----",
        "-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE----- ",
        " -----END CERTIFICATE-----",
        "(null)",
        "%0D%0A",
        "%0A",
        "%2B",
        "%3d",
        "%",
        "MAMC",
        "AQE=",
        "AQE",
        ":",
        ",",
        ";",
        "\"",
        "\\",
        " ",
        "Cert=",
        "Hash=",
        "Chain=\"",
        "URI=",
        "DNS=a",
        "Subject=\"",
    ]);
    let piece = prop_oneof![9 => known.prop_map(str::to_owned), 1 => "[ -~]{0,4}"];
    collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat().into_bytes())
}

fn everything_on(value: &[u8], budget: &Budget) {
    for dialect in Dialect::ALL {
        match dialect.decode(value, budget) {
            Ok(forwarded) => {
                let absent = dialect.is_absent(value);
                if absent || dialect != Dialect::Xfcc {
                    assert_eq!(forwarded.is_none(), absent, "{dialect}");
                }
                let certificates = forwarded.map_or(0, |found| found.chain.len() + 1);
                assert!(certificates <= budget.certificates.max(1));
                assert!(value.len() <= budget.header_bytes);
            }
            Err(error) => {
                let within = value.len() >= error.offset();
                assert!(within, "{dialect}: {error} in {} bytes", value.len());
                let oversized = error.kind() == DialectErrorKind::Oversized;
                assert_eq!(oversized, value.len() > budget.header_bytes);
            }
        }
    }
    let _ = base64_der::decode_chain(value, budget);
    let _ = traefik_info::parse(value, budget);
    let _ = alb::validity(value);
    let _ = rfc9440::decode_chain(value.split(|&byte| byte == b'\n'), budget);
}

/// What the PEM and percent-encoding crates make of the value; lenient.
fn reference_pem(value: &[u8]) -> Option<Vec<u8>> {
    let decoded: Vec<u8> = percent_decode(value).collect();
    let block = pem::parse(decoded).ok()?;
    (block.tag() == "CERTIFICATE").then(|| block.into_contents())
}

proptest! {
    #[test]
    fn nothing_panics_on_bytes(value in collection::vec(any::<u8>(), 0..200), limit in 0_usize..200) {
        everything_on(&value, &Budget::default());
        let tight = Budget { header_bytes: limit, certificates: limit % 4, elements: limit % 3 };
        everything_on(&value, &tight);
    }

    #[test]
    fn nothing_panics_on_pieces(value in pieces(), limit in 0_usize..200) {
        everything_on(&value, &Budget::default());
        let tight = Budget { header_bytes: limit, certificates: limit % 4, elements: limit % 3 };
        everything_on(&value, &tight);
    }

    #[test]
    fn escaped_pem_round_trips(
        der in collection::vec(any::<u8>(), 1..600),
        width in 1_usize..80,
        crlf: bool,
        all: bool,
    ) {
        let line_end = if crlf { "\r\n" } else { "\n" };
        let escaped = if all { NGINX } else { percent_encoding::CONTROLS };
        let value = escaped_pem(&der, width, line_end, escaped);
        for value in [value.as_str(), value.trim_end_matches("%0A").trim_end_matches("%0D")] {
            let forwarded = pem_escaped::decode(value.as_bytes(), &Budget::default()).unwrap();
            prop_assert_eq!(&forwarded.unwrap().leaf, &der);
        }
    }

    #[test]
    fn base64_and_rfc9440_round_trip(chain in collection::vec(collection::vec(any::<u8>(), 1..300), 1..10)) {
        let encoded: Vec<String> = chain.iter().map(|der| STANDARD.encode(der)).collect();
        let forwarded = base64_der::decode(encoded.join(",").as_bytes(), &Budget::default());
        let forwarded = forwarded.unwrap().unwrap();
        prop_assert_eq!(&forwarded.leaf, &chain[0]);
        prop_assert_eq!(&forwarded.chain[..], &chain[1..]);

        let items: Vec<String> = encoded.iter().map(|item| format!(":{item}:")).collect();
        let leaf = rfc9440::decode(items[0].as_bytes(), &Budget::default());
        prop_assert_eq!(leaf.unwrap().unwrap().leaf, chain[0].clone());
        let lines = items[1..].iter().map(String::as_bytes);
        prop_assert_eq!(rfc9440::decode_chain(lines, &Budget::default()).unwrap(), &chain[1..]);
    }

    #[test]
    fn concatenated_der_splits(contents in collection::vec(collection::vec(any::<u8>(), 0..300), 0..9)) {
        use x509_cert::der::{self, Decode as _, Encode as _, asn1::AnyRef};
        let chain: Vec<Vec<u8>> = contents
            .iter()
            .map(|content| AnyRef::new(der::Tag::Sequence, content).unwrap().to_der().unwrap())
            .collect();
        for certificate in &chain {
            prop_assert!(AnyRef::from_der(certificate).is_ok());
        }
        let value = STANDARD.encode(chain.concat());
        let split = base64_der::decode_chain(value.as_bytes(), &Budget::default()).unwrap();
        prop_assert_eq!(split, chain);
    }

    /// Where both accept, both read the same; and what the strict rules refuse
    /// is never accepted here.
    #[test]
    fn a_changed_pem_agrees_with_the_reference(
        der in collection::vec(any::<u8>(), 1..100),
        at in any::<prop::sample::Index>(),
        byte in prop_oneof![Just(b'%'), Just(b'='), Just(b'-'), Just(b'\n'), 0x20_u8..0x7f],
        insert: bool,
    ) {
        let mut value = escaped_pem(&der, 64, "\n", NGINX).into_bytes();
        let at = at.index(value.len());
        if insert {
            value.insert(at, byte);
        } else {
            value[at] = byte;
        }
        if let Ok(Some(forwarded)) = pem_escaped::decode(&value, &Budget::default()) {
            prop_assert_eq!(Some(forwarded.leaf.clone()), reference_pem(&value));
            let text: Vec<u8> = percent_decode(&value).collect();
            let text = String::from_utf8(text).unwrap();
            let body = text
                .strip_prefix("-----BEGIN CERTIFICATE-----")
                .and_then(|text| text.trim_end().strip_suffix("-----END CERTIFICATE-----"));
            let body: String = body.unwrap().lines().collect();
            prop_assert_eq!(body, STANDARD.encode(&forwarded.leaf));
        }
    }

    /// Base64 has one spelling: what is accepted encodes to what came.
    #[test]
    fn accepted_base64_is_canonical(value in "[A-H+/=_ -]{1,24}|[A-Za-z0-9+/]{68,70}={0,2}") {
        if let Ok(Some(forwarded)) = base64_der::decode(value.as_bytes(), &Budget::default()) {
            prop_assert_eq!(STANDARD.encode(forwarded.leaf), value.clone());
        } else {
            prop_assert!(STANDARD.decode(&value).is_err(), "{}", value);
        }
    }

    /// One chain in each dialect that can carry it, or its first certificate.
    #[test]
    fn every_spelling_decodes_to_the_same(
        chain in collection::vec(collection::vec(any::<u8>(), 1..200), 1..10),
        width in 1_usize..80,
    ) {
        let pem = |der: &[u8], line_end: &str| {
            let escaped = escaped_pem(der, width, line_end, NGINX);
            percent_decode(escaped.as_bytes()).decode_utf8().unwrap().into_owned()
        };
        let budget = Budget::default();
        let leaf = &chain[0];
        for (dialect, value) in [
            (Dialect::PemSpaces, pem(leaf, " ")),
            (Dialect::PemBase64, STANDARD.encode(pem(leaf, "\r\n"))),
            (
                Dialect::Base64DerEscaped,
                percent_encode(STANDARD.encode(leaf).as_bytes(), NGINX).to_string(),
            ),
            (Dialect::PemEscapedChain, escaped_pem(leaf, width, "\n", NGINX)),
        ] {
            let forwarded = dialect.decode(value.as_bytes(), &budget).unwrap().unwrap();
            prop_assert_eq!(&forwarded.leaf, leaf, "{}", dialect);
            prop_assert!(forwarded.chain.is_empty());
        }
        let blocks: Vec<String> = chain
            .iter()
            .map(|der| escaped_pem(der, width, "\n", percent_encoding::CONTROLS))
            .collect();
        let forwarded = Dialect::PemEscapedChain.decode(blocks.concat().as_bytes(), &budget);
        let forwarded = forwarded.unwrap().unwrap();
        prop_assert_eq!(&forwarded.leaf, leaf);
        prop_assert_eq!(&forwarded.chain[..], &chain[1..]);
    }

    /// Whatever a client has as its common name, in front of whatever else the
    /// edge is configured to send: the name is believed whole or not at all.
    #[test]
    fn a_subject_of_traefik_is_believed_whole_or_not_at_all(
        name in r#"[ -~]{0,9}|ad(";NB="1|";NA="1|";SAN="x|";Issuer="CN=x|",Subject="CN=x|"|;|,|=|a){0,5}"#,
        issuer: bool,
        not_before: bool,
        names in proptest::option::of(r#"[a-c",;=]{0,5}"#),
    ) {
        let mut value = format!("Subject=\"CN={name}\"");
        let alone = !issuer && !not_before && names.is_none();
        for (sent, text) in [(issuer, ";Issuer=\"CN=T\""), (not_before, ";NB=\"1\"")] {
            if sent {
                value.push_str(text);
            }
        }
        if let Some(names) = names {
            value.push_str(&format!(";SAN=\"{names}\""));
        }
        let value = percent_encode(value.as_bytes(), NON_ALPHANUMERIC).to_string();
        let subject = traefik_info::parse(value.as_bytes(), &Budget::default());
        if let Ok(Some(subject)) = subject {
            prop_assert!(alone);
            prop_assert_eq!(subject.value(), name);
        }
    }

    /// The pairs, joined again, are the value: nothing is lost between them.
    #[test]
    fn xfcc_pairs_make_up_the_value(
        value in r#"((By|URI|DNS|Subject)=([a-c\\]{0,3}|"[a-c;,]{0,3}(\\.)?")[;,]){0,6}DNS=["a]{0,2}"#,
    ) {
        if let Ok(elements) = xfcc::parse(value.as_bytes(), &Budget::default()) {
            prop_assert_eq!(joined(&elements), value.as_bytes());
        }
    }

    /// Envoy's escaping of Subject: whatever text, one element, one value.
    #[test]
    fn an_escaped_subject_stays_one_value(subject in r#"[ -~]{0,30}"#) {
        let written = subject.replace('\\', "\\\\").replace('"', "\\\"");
        let value = format!("Subject=\"{written}\",Subject=\"{written}\";URI=");
        let elements = xfcc::parse(value.as_bytes(), &Budget::default()).unwrap();
        prop_assert_eq!(elements.len(), 2);
        prop_assert_eq!(elements[0].subject(), Some(written.as_bytes()));
        prop_assert_eq!(elements[1].subject(), Some(written.as_bytes()));
    }
}

fn joined(elements: &[xfcc::Element<'_>]) -> Vec<u8> {
    let element = |element: &xfcc::Element<'_>| {
        let pairs = element.pairs().iter().map(|pair| {
            let key: &[u8] = match pair.key {
                xfcc::Key::By => b"By",
                xfcc::Key::Hash => b"Hash",
                xfcc::Key::Cert => b"Cert",
                xfcc::Key::Chain => b"Chain",
                xfcc::Key::Subject => b"Subject",
                xfcc::Key::Uri => b"URI",
                xfcc::Key::Dns => b"DNS",
            };
            let quote: &[u8] = match pair.value.quoting {
                xfcc::Quoting::Quoted => b"\"",
                xfcc::Quoting::Unquoted => b"",
            };
            [key, b"=", quote, pair.value.raw, quote].concat()
        });
        pairs.collect::<Vec<_>>().join(&b';')
    };
    elements.iter().map(element).collect::<Vec<_>>().join(&b',')
}
