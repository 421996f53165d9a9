//! Envoy's `x-forwarded-client-cert`: grammar, contents, hops, and the texts
//! that a certificate can smuggle into it.

use certgate::certificate::SpiffeId;
use certgate::dialect::DialectErrorKind::{self, *};
use certgate::dialect::xfcc::{self, Key, Quoting};
use certgate::dialect::{Budget, Dialect, DialectError, DialectErrorClass};
use sha2::{Digest as _, Sha256};

use super::{DER, refused};

/// `DER` and another one, as Envoy writes them in quotes.
const CERT: &str = "-----BEGIN%20CERTIFICATE-----%0AMAMCAQE%3D%0A-----END%20CERTIFICATE-----%0A";
const OTHER: &str = "-----BEGIN%20CERTIFICATE-----%0AMAMCAQI%3D%0A-----END%20CERTIFICATE-----%0A";
const OTHER_DER: &[u8] = &[0x30, 0x03, 0x02, 0x01, 0x02];

fn hash(der: &[u8]) -> String {
    Sha256::digest(der)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn parse(value: &str) -> Result<Vec<xfcc::Element<'_>>, DialectError> {
    xfcc::parse(value.as_bytes(), &Budget::default())
}

#[test]
fn accepted_values() {
    // (value, pairs of each element)
    for (value, pairs) in [
        ("", &[][..]),
        ("URI=", &[1]),
        ("DNS=a;DNS=b;DNS=a", &[3]),
        ("URI=a;URI=b", &[2]),
        ("By=a;By=b;Subject=\"\"", &[3]),
        ("By=a,By=b", &[1, 1]),
        ("dns=a;uRi=b;BY=c;SUBJECT=d", &[4]),
        ("Subject=\"a;b,c=d\"", &[1]),
        (r#"Subject="a\"b",By=c"#, &[1, 1]),
        (r#"Subject="a\\";By=c"#, &[2]),
        (r#"Subject="\\\"\\""#, &[1]),
        (r#"URI=a\b"#, &[1]),
        ("URI=a=b==", &[1]),
        ("URI= a ", &[1]),
        ("URI=\u{fc}", &[1]),
        ("Cert=", &[1]),
        ("Cert=\"\";Chain=\"\"", &[2]),
    ] {
        let elements = parse(value).unwrap();
        let counts: Vec<usize> = elements
            .iter()
            .map(|element| element.pairs().len())
            .collect();
        assert_eq!(counts, pairs, "{value}");
    }
}

#[test]
fn refused_grammar() {
    let table: &[(&str, DialectErrorKind, usize)] = &[
        // Empty elements and pairs, separators at the ends.
        (",", EmptyPair, 0),
        (";", EmptyPair, 0),
        ("By=a,", EmptyPair, 5),
        ("By=a;", EmptyPair, 5),
        (",By=a", EmptyPair, 0),
        (";By=a", EmptyPair, 0),
        ("By=a;;By=b", EmptyPair, 5),
        ("By=a,,By=b", EmptyPair, 5),
        ("By=a;,By=b", EmptyPair, 5),
        ("By=a,;By=b", EmptyPair, 5),
        // Keys.
        ("By", MissingEquals, 2),
        ("By;DNS=a", MissingEquals, 2),
        ("DNS=a,By,", MissingEquals, 8),
        ("Bye=a", UnknownKey, 0),
        ("B=a", UnknownKey, 0),
        ("URL=a", UnknownKey, 0),
        ("By =a", UnknownKey, 0),
        ("By=a; DNS=b", UnknownKey, 5),
        ("\"By\"=a", UnknownKey, 0),
        ("=", UnknownKey, 0),
        ("=a", UnknownKey, 0),
        ("By=a;Verified=true", UnknownKey, 5),
        // How a proxy merges two header lines; Envoy writes no space.
        ("By=a, By=b", UnknownKey, 5),
        ("By=a,\tBy=b", UnknownKey, 5),
        // Repeats.
        ("Subject=a;Subject=a", DuplicateKey, 10),
        ("Subject=a;SUBJECT=a", DuplicateKey, 10),
        ("Cert=;Cert=", DuplicateKey, 6),
        ("Chain=;By=a;Chain=", DuplicateKey, 12),
        ("Hash=00;DNS=a;hash=00", DuplicateKey, 14),
        // Quotes.
        ("Subject=\"", OpenQuote, 8),
        ("Subject=\"a", OpenQuote, 8),
        ("By=a;Subject=\"a;By=b", OpenQuote, 13),
        (r#"Subject="a\""#, OpenQuote, 8),
        (r#"Subject="a\\\""#, OpenQuote, 8),
        ("Subject=\"a\"b", TrailingBytes, 11),
        ("Subject=\"a\" ;By=b", TrailingBytes, 11),
        ("Subject=\"a\"\"b\"", TrailingBytes, 11),
        (r#"Subject="a\\"b""#, TrailingBytes, 13),
        ("URI=a\"b", StrayQuote, 5),
        ("URI= \"b\"", StrayQuote, 5),
        (r#"URI=a\"b"#, StrayQuote, 6),
    ];
    for (value, kind, at) in table {
        refused(parse(value), *kind, *at, value.as_bytes());
    }
}

#[test]
fn refused_contents() {
    let right = hash(DER);
    let wrong = hash(OTHER_DER);
    let short = right.split_at(1).1;
    for (value, kind, at) in [
        // Hash: 64 hex digits.
        ("Hash=".to_owned(), BadHash, 5),
        ("Hash=\"\"".to_owned(), BadHash, 6),
        (format!("By=a;Hash={short}"), BadHash, 10),
        (format!("Hash={right}0"), BadHash, 5),
        (format!("Hash={right}00"), BadHash, 5),
        (format!("Hash=x{short}"), BadHash, 5),
        (format!("Hash= {short}"), BadHash, 5),
        // Cert: one block; offsets are those in the header.
        ("Cert=\"MAMCAQE=\"".to_owned(), MissingArmour, 6),
        (format!("Cert=\"{CERT}{CERT}\""), SeveralBlocks, 81),
        (format!("By=a;Cert={CERT}x"), TextAroundBlock, 85),
        (
            format!("Cert=\"{}\"", CERT.replace("%3D", "%3d%zz")),
            BadPercentEscape,
            48,
        ),
        (
            format!("Cert=\"{}\"", CERT.replace("AQE", "AQF")),
            NotCanonicalBase64,
            44,
        ),
        (
            format!("Cert=\"{}\"", CERT.replace("CERT", "PRIV")),
            WrongLabel,
            19,
        ),
        // In quotes a backslash is part of the value, and not base64.
        (
            format!("Cert=\"{}\"", CERT.replace("AQE", "\\\"AQE")),
            BadBase64,
            42,
        ),
        (
            format!("Cert=\"{}\"", CERT.replace("MAMCAQE%3D%0A", "")),
            EmptyCertificate,
            6,
        ),
        // Chain: one block or more, none empty.
        (format!("Chain=\"{CERT}x\""), TextAroundBlock, 82),
        (format!("Chain=\"{CERT}%0A{CERT}\""), TextAroundBlock, 82),
        (
            format!("Chain=\"{CERT}{}\"", CERT.replace("MAMCAQE%3D%0A", "")),
            EmptyCertificate,
            82,
        ),
        (
            format!("Chain=\"{CERT}{}\"", CERT.replace("AQE", "A-E")),
            BadBase64,
            119,
        ),
        (
            format!("Chain=\"{}{CERT}\"", CERT.trim_end_matches("%0A")),
            TextAroundBlock,
            79,
        ),
        // Sources that disagree.
        (format!("Hash={wrong};Cert=\"{CERT}\""), HashMismatch, 5),
        (format!("Cert=\"{CERT}\";Hash={wrong}"), HashMismatch, 88),
        (format!("Hash={wrong};Chain=\"{CERT}\""), HashMismatch, 5),
        (
            format!("Hash={right};Cert=\"{CERT}\";Chain=\"{OTHER}\""),
            ChainMismatch,
            160,
        ),
        (
            format!("Cert=\"{CERT}\";Chain=\"{OTHER}{CERT}\""),
            ChainMismatch,
            90,
        ),
    ] {
        refused(parse(&value), kind, at, value.as_bytes());
        let class = match kind {
            HashMismatch | ChainMismatch => DialectErrorClass::Ambiguous,
            _ => DialectErrorClass::Malformed,
        };
        assert_eq!(parse(&value).unwrap_err().class(), class, "{value}");
    }
}

#[test]
fn accepted_contents() {
    let right = hash(DER);
    for (value, certificate, chain) in [
        (format!("Hash={right}"), false, 0),
        (
            format!("Hash={};Cert=\"{CERT}\"", right.to_uppercase()),
            true,
            0,
        ),
        (format!("Hash=\"{right}\";cert={CERT}"), true, 0),
        (format!("Cert=\"{CERT}\""), true, 0),
        (
            format!("Cert=\"{CERT}\";Chain=\"{CERT}{OTHER}\";Hash={right}"),
            true,
            2,
        ),
        (
            format!("Chain=\"{CERT}{OTHER}\";Cert=\"{CERT}\";Hash={right}"),
            true,
            2,
        ),
        (format!("Chain=\"{CERT}{CERT}\";Hash={right}"), false, 2),
        (format!("Hash={right};Cert=\"\";Chain="), false, 0),
    ] {
        let elements = parse(&value).unwrap();
        let element = &elements[0];
        assert_eq!(element.certificate(), certificate.then_some(DER), "{value}");
        assert_eq!(element.chain().len(), chain, "{value}");
        assert!(
            element.chain().first().is_none_or(|first| first == DER),
            "{value}"
        );

        let decoded = Dialect::Xfcc
            .decode(value.as_bytes(), &Budget::default())
            .unwrap();
        assert_eq!(decoded.is_some(), certificate, "{value}");
        if let Some(forwarded) = decoded {
            assert_eq!(forwarded.leaf, DER);
            assert_eq!(
                forwarded.chain,
                vec![OTHER_DER.to_vec(); chain.saturating_sub(1)]
            );
        }
    }
}

#[test]
fn pairs_keep_order_quoting_and_raw_bytes() {
    let value = r#"dns=a;Subject="CN=\"x\"\, y\C3\BC";URI=b;URI=;By="q""#;
    let elements = parse(value).unwrap();
    let pairs: Vec<(Key, &[u8], Quoting)> = elements[0]
        .pairs()
        .iter()
        .map(|pair| (pair.key, pair.value.raw, pair.value.quoting))
        .collect();
    assert_eq!(
        pairs,
        [
            (Key::Dns, b"a".as_slice(), Quoting::Unquoted),
            (Key::Subject, br#"CN=\"x\"\, y\C3\BC"#, Quoting::Quoted),
            (Key::Uri, b"b", Quoting::Unquoted),
            (Key::Uri, b"", Quoting::Unquoted),
            (Key::By, b"q", Quoting::Quoted),
        ]
    );
    assert_eq!(
        elements[0].uris().collect::<Vec<_>>(),
        [b"b".as_slice(), b""]
    );
    assert_eq!(elements[0].dns().collect::<Vec<_>>(), [b"a"]);
    assert_eq!(elements[0].by().collect::<Vec<_>>(), [b"q"]);
    assert_eq!(elements[0].hash(), None);
}

#[test]
fn hops() {
    let value = "DNS=a,DNS=b,DNS=c";
    let elements = parse(value).unwrap();
    let first = |elements: &[xfcc::Element<'_>], hops| {
        xfcc::client(elements, hops)
            .map(|client| client.map(|client| client.dns().next().unwrap().to_vec()))
    };
    assert_eq!(first(&elements, 3), Ok(Some(b"a".to_vec())));
    assert_eq!(first(&elements, 4), Ok(None));
    assert_eq!(first(&[], 1), Ok(None));
    assert_eq!(first(&[], 0), Ok(None));
    for (hops, at) in [(0, 0), (1, 6), (2, 12)] {
        refused(
            first(&elements, hops),
            MoreElementsThanHops,
            at,
            value.as_bytes(),
        );
        let class = first(&elements, hops).unwrap_err().class();
        assert_eq!(class, DialectErrorClass::Ambiguous);
    }
}

#[test]
fn budgets() {
    let budget = Budget {
        elements: 2,
        certificates: 2,
        ..Budget::default()
    };
    assert_eq!(xfcc::parse(b"DNS=a,DNS=b", &budget).unwrap().len(), 2);
    // Counted before it is read.
    for value in ["DNS=a,DNS=b,DNS=c", "DNS=a,DNS=b,!"] {
        refused(
            xfcc::parse(value.as_bytes(), &budget),
            TooManyElements,
            12,
            value.as_bytes(),
        );
    }
    let two = format!("Chain=\"{CERT}{OTHER}\"");
    assert_eq!(
        xfcc::parse(two.as_bytes(), &budget).unwrap()[0]
            .chain()
            .len(),
        2
    );
    let three = format!("Chain=\"{CERT}{OTHER}{CERT}\"");
    refused(
        xfcc::parse(three.as_bytes(), &budget),
        TooManyCertificates,
        157,
        three.as_bytes(),
    );
}

/// Size, then grammar, then contents: a fault of an earlier kind wins over one
/// that stands before it.
#[test]
fn order_of_checks() {
    refused(parse("Hash=00,By"), MissingEquals, 10, b"");
    refused(parse("Cert=x;Hash=00"), BadHash, 12, b"");
    refused(parse("Hash=00,Hash=1"), BadHash, 5, b"");
    let two = format!("Cert=\"{CERT}\",Hash=00");
    let error = Dialect::Xfcc
        .decode(two.as_bytes(), &Budget::default())
        .unwrap_err();
    assert_eq!(error.kind(), BadHash);
}

/// Envoy writes URI and DNS names as they stand in the certificate. Here, of
/// each text that a client may have there: what the header then says.
#[test]
fn texts_that_a_certificate_smuggles_in() {
    let mine = hash(DER);
    let victim = hash(OTHER_DER);
    let header = |uri: &str, certificate: &str| {
        format!("By=spiffe://td/edge;Hash={mine};{certificate}Subject=\"CN=me\";URI={uri}")
    };
    let with = format!("Cert=\"{CERT}\";Chain=\"{CERT}\";");
    let decode = |value: &str| Dialect::Xfcc.decode(value.as_bytes(), &Budget::default());

    // The neighbour: an honest certificate.
    let honest = header("spiffe://td/me", &with);
    assert_eq!(decode(&honest).unwrap().unwrap().leaf, DER);

    // Whole elements: ambiguous, with Cert and without.
    for certificate in [with.as_str(), ""] {
        for uri in [
            format!("x,By=spiffe://td/edge;Hash={victim};URI=spiffe://td/admin"),
            format!("x,By=y;Hash={victim};Cert=\"{OTHER}\""),
            "x,URI=spiffe://td/admin".to_owned(),
        ] {
            let error = decode(&header(&uri, certificate)).unwrap_err();
            assert_eq!(error.kind(), MoreElementsThanHops, "{uri}");
        }
        // A lone quote, at the end or inside.
        for uri in ["x\"", "x\";By=y", "\"x", "x,Subject=\"y"] {
            let error = decode(&header(uri, certificate)).unwrap_err();
            assert_eq!(error.class(), DialectErrorClass::Malformed, "{uri}");
        }
        // Second values of what may occur once.
        for uri in [
            format!("x;Hash={victim}"),
            "x;Subject=\"CN=admin\"".to_owned(),
        ] {
            let error = decode(&header(&uri, certificate)).unwrap_err();
            assert_eq!(error.kind(), DuplicateKey, "{uri}");
        }
    }
    // Another's certificate: a duplicate where Envoy sends one, and where it
    // does not, not the one that Envoy hashed.
    let stolen = format!("x;Cert=\"{OTHER}\"");
    assert_eq!(
        decode(&header(&stolen, &with)).unwrap_err().kind(),
        DuplicateKey
    );
    assert_eq!(
        decode(&header(&stolen, "")).unwrap_err().kind(),
        HashMismatch
    );
    let stolen = format!("x;Chain=\"{OTHER}\"");
    assert_eq!(
        decode(&header(&stolen, "")).unwrap_err().kind(),
        HashMismatch
    );

    // Names: nothing here can tell them from real ones, so what counts is that
    // the certificate is still the client's, and that they can be seen.
    for uri in ["x;DNS=admin", "x;URI=spiffe://td/admin"] {
        assert_eq!(
            decode(&header(uri, &with)).unwrap().unwrap().leaf,
            DER,
            "{uri}"
        );
        let value = header(uri, "");
        assert_eq!(decode(&value), Ok(None), "{uri}");
        let elements = parse(&value).unwrap();
        assert_eq!(
            elements[0].uris().count() + elements[0].dns().count(),
            2,
            "{uri}"
        );
    }

    // In Subject, Envoy escapes quotes: text stays text.
    let value = format!("Hash={mine};Subject=\"CN=x;URI=spiffe://td/admin\\\",By=y\"");
    let elements = parse(&value).unwrap();
    assert_eq!(elements.len(), 1);
    assert_eq!(elements[0].uris().count() + elements[0].by().count(), 0);
}

/// The one URI that may identify: `(element, the ID)`.
#[test]
fn a_spiffe_id_counts_only_where_envoy_must_have_written_it() {
    let hash = hash(DER);
    for (value, id) in [
        // What Envoy writes for a certificate with one SPIFFE ID.
        (
            format!("By=spiffe://td/edge;Hash={hash};URI=spiffe://td/me"),
            Some("spiffe://td/me"),
        ),
        (
            format!("By=spiffe://td/edge;Hash={hash};Subject=\"CN=me\";URI=spiffe://td/me"),
            Some("spiffe://td/me"),
        ),
        ("URI=spiffe://td/me".to_owned(), Some("spiffe://td/me")),
        ("uri=spiffe://td".to_owned(), Some("spiffe://td")),
        // A hop that is not an identity.
        ("By=spiffe://td/edge".to_owned(), None),
        ("Subject=\"CN=me\"".to_owned(), None),
        // Envoy without a URI name, and with two.
        ("By=spiffe://td/edge;URI=".to_owned(), None),
        ("URI=spiffe://td/me;URI=spiffe://td/me".to_owned(), None),
        ("URI=https://me;URI=spiffe://td/me".to_owned(), None),
        ("URI=;URI=spiffe://td/me".to_owned(), None),
        // A URI name `x;URI=spiffe://td/admin`, or `spiffe://td/me;DNS=x`.
        (format!("Hash={hash};URI=x;URI=spiffe://td/admin"), None),
        (format!("Hash={hash};URI=spiffe://td/me;DNS=x"), None),
        // Where the edge sends no URIs, a DNS name `x;URI=spiffe://td/admin`.
        (format!("Hash={hash};DNS=x;URI=spiffe://td/admin"), None),
        // A URI name `spiffe://td/admin;By=x`, so that it is not the last pair.
        (format!("Hash={hash};URI=spiffe://td/admin;By=x"), None),
        // Not as Envoy writes it, or not a SPIFFE ID to the byte.
        ("URI=\"spiffe://td/me\"".to_owned(), None),
        ("URI=SPIFFE://td/me".to_owned(), None),
        ("URI=spiffe://TD/me".to_owned(), None),
        ("URI=spiffe://td/me/".to_owned(), None),
        ("URI=spiffe://td/../me".to_owned(), None),
        ("URI=spiffe://td/%6De".to_owned(), None),
        ("URI=spiffe://td/me?x".to_owned(), None),
        ("URI= spiffe://td/me".to_owned(), None),
        ("URI=spiffe://td/m\u{fc}".to_owned(), None),
        ("URI=spiffe:///me".to_owned(), None),
        // With a certificate, names are read from it; also from an empty one.
        (format!("Cert=\"{CERT}\";URI=spiffe://td/me"), None),
        ("Cert=;URI=spiffe://td/me".to_owned(), None),
    ] {
        let elements = parse(&value).unwrap();
        assert_eq!(elements.len(), 1, "{value}");
        let found = elements[0].spiffe_id().map(SpiffeId::as_str);
        assert_eq!(found, id, "{value}");
    }
    // Not text at all.
    let elements = xfcc::parse(b"URI=spiffe://td/\xff", &Budget::default()).unwrap();
    assert_eq!(elements[0].spiffe_id(), None);
}

/// What a client can put before, into and behind the element.
#[test]
fn no_forged_text_becomes_a_spiffe_id() {
    let first = |value: &str| {
        let elements = parse(value).unwrap();
        let client = xfcc::client(&elements, 1).map(|client| client.unwrap().spiffe_id().is_some());
        client.map_err(DialectError::kind)
    };
    // The neighbour.
    assert_eq!(first("Subject=\"CN=x\";URI=spiffe://td/me"), Ok(true));
    // A subject is quoted, and stays one value.
    assert_eq!(first("Subject=\"CN=x;URI=spiffe://td/admin\""), Ok(false));
    assert_eq!(
        first(r#"Subject="CN=x\";URI=spiffe://td/admin""#),
        Ok(false)
    );
    // An element before Envoy's own, sent by the client or forged in a name.
    for value in [
        "URI=spiffe://td/admin,By=spiffe://td/edge;URI=spiffe://td/me",
        "By=spiffe://td/edge;URI=x,URI=spiffe://td/admin",
        "By=spiffe://td/edge;DNS=x,By=y;Hash=00;URI=spiffe://td/admin",
    ] {
        let elements = value.replace("Hash=00;", &format!("Hash={};", hash(DER)));
        assert_eq!(first(&elements), Err(MoreElementsThanHops), "{value}");
    }
    // A lone quote.
    refused(
        parse("URI=x\";URI=spiffe://td/admin"),
        StrayQuote,
        5,
        b"a lone quote",
    );
}
