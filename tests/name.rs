//! Distinguished names: text in and out, and when two are the same.

#![expect(clippy::expect_used, clippy::panic, reason = "helpers of tests")]

mod certificate_support;

use certgate::certificate::{
    AttributeType, CertInfo, DistinguishedName, NameErrorKind, NameWarning, is_matchable,
};
use certificate_support::{Template, attribute, name, seq, tlv};
use proptest::prelude::*;

use NameErrorKind as Kind;

/// A certificate with this subject.
fn certificate(subject: &[u8]) -> CertInfo {
    CertInfo::from_der(Template::with(|t| t.subject = subject.to_vec())).expect("a valid name")
}

/// A certificate whose subject is one common name.
fn common_name(value: &[u8]) -> CertInfo {
    certificate(&name(&[attribute(3, value)]))
}

fn utf8(text: &str) -> Vec<u8> {
    tlv(0x0C, text.as_bytes())
}

fn parse(text: &str) -> DistinguishedName {
    DistinguishedName::parse(text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

fn configured(text: &str) -> DistinguishedName {
    let configured = DistinguishedName::parse_configured(text);
    configured
        .unwrap_or_else(|error| panic!("{text:?}: {error}"))
        .name
}

#[track_caller]
fn refused(text: &str, kind: Kind, offset: usize) {
    let error = DistinguishedName::parse(text).expect_err(text);
    assert_eq!((error.kind(), error.offset()), (kind, offset), "{text:?}");
}

#[test]
fn examples_of_rfc_4514_and_2253_parse_and_print() {
    for (text, printed) in [
        // RFC 4514 section 4.
        (
            "UID=jsmith,DC=example,DC=net",
            "UID=jsmith,DC=example,DC=net",
        ),
        (
            "OU=Sales+CN=J.  Smith,DC=example,DC=net",
            "OU=Sales+CN=J.  Smith,DC=example,DC=net",
        ),
        (
            r#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#,
            r#"CN=James \"Jim\" Smith\, III,DC=example,DC=net"#,
        ),
        (
            r"CN=Before\0dAfter,DC=example,DC=net",
            r"CN=Before\0DAfter,DC=example,DC=net",
        ),
        (
            "1.3.6.1.4.1.1466.0=#04024869",
            "1.3.6.1.4.1.1466.0=#04024869",
        ),
        (r"CN=Lu\C4\8Di\C4\87", "CN=Lučić"),
        // RFC 2253 section 5 and 4.
        (
            r"CN=L. Eagle,O=Sue\, Grabbit and Runn,C=GB",
            r"CN=L. Eagle,O=Sue\, Grabbit and Runn,C=GB",
        ),
        (
            r#"O="Sue, Grabbit and Runn";C=GB"#,
            r"O=Sue\, Grabbit and Runn,C=GB",
        ),
        (r#"CN="a\"b\\c + d ""#, r#"CN=a\"b\\c \+ d\ "#),
        // Corners.
        ("", ""),
        ("CN=", "CN="),
        ("CN=,O=x", "CN=,O=x"),
        ("CN=a=b#c", "CN=a=b#c"),
        (r"CN=\#a", r"CN=\#a"),
        (r"CN=\ a\ ", r"CN=\ a\ "),
        (r"CN=\ ", r"CN=\ "),
        (r"CN=\00", r"CN=\00"),
        (r"CN=\20\23", r"CN=\ #"),
        ("CN=a\u{202E}b", r"CN=a\E2\80\AEb"),
        ("CN=a\u{85}", r"CN=a\C2\85"),
        ("2.5.4.3=x,1.2.3=y", "CN=x,1.2.3=y"),
        (
            "commonName=x,EMAILADDRESS=a@b,surname=z",
            "CN=x,emailAddress=a@b,SN=z",
        ),
        ("CN=#0C0141", "CN=#0c0141"),
    ] {
        let name = parse(text);
        assert_eq!(name.to_string(), printed, "{text}");
        assert_eq!(parse(printed), name, "{text}");
    }
}

#[test]
fn requests_get_the_rfcs_alone() {
    refused("CN", Kind::MissingEquals, 2);
    refused("CN:x", Kind::MissingEquals, 2);
    refused("=x", Kind::AttributeType, 0);
    refused("CN=a,", Kind::AttributeType, 5);
    refused("CN=a,,O=b", Kind::AttributeType, 5);
    refused("CN=a+", Kind::AttributeType, 5);
    refused(",CN=a", Kind::AttributeType, 0);
    refused("CN=a, O=b", Kind::AttributeType, 5);
    refused(" CN=a", Kind::AttributeType, 0);
    refused("CN =a", Kind::MissingEquals, 2);
    refused("CN= a", Kind::Space, 3);
    refused("CN=a  ", Kind::Space, 4);
    refused("CN=a ,O=b", Kind::Space, 4);
    refused("nope=a", Kind::AttributeType, 0);
    refused("E=a", Kind::AttributeType, 0);
    refused("email=a", Kind::AttributeType, 0);
    refused("OID.2.5.4.3=a", Kind::AttributeType, 0);
    refused("2.5.4.03=a", Kind::AttributeType, 0);
    refused("2..5=a", Kind::AttributeType, 0);
    refused("2=a", Kind::AttributeType, 0);
    refused("3.1=a", Kind::AttributeType, 0);
    refused("1.40=a", Kind::AttributeType, 0);
    refused("/C=US/CN=a", Kind::AttributeType, 0);
    refused("CN=a\"b", Kind::Character, 4);
    refused("CN=a<b", Kind::Character, 4);
    refused("CN=a>b", Kind::Character, 4);
    refused("CN=a\0", Kind::Character, 4);
    refused("CN=\"a\0\"", Kind::Character, 5);
    refused("CN=\"a\"b", Kind::Character, 6);
    refused("CN=\"a", Kind::OpenQuote, 3);
    refused("CN=\"a\\\"", Kind::OpenQuote, 3);
    refused("CN=a\\", Kind::Escape, 4);
    refused("CN=a\\x", Kind::Escape, 4);
    refused("CN=a\\4", Kind::Escape, 4);
    refused("CN=a\\4g", Kind::Escape, 4);
    refused("CN=#", Kind::HexValue, 3);
    refused("CN=#0", Kind::HexValue, 3);
    refused("CN=#0C0", Kind::HexValue, 3);
    refused("CN=#0C02", Kind::HexValue, 3);
    refused("CN=#0C014141", Kind::HexValue, 3);
    refused("CN=#0C81014100", Kind::HexValue, 3);
    refused("CN=#0C0141x", Kind::Character, 10);
    refused("CN=#0C0141 ", Kind::Character, 10);
    refused("O=x,CN=\\C3", Kind::Utf8, 7);
    refused("CN=\\FF", Kind::Utf8, 3);
}

#[test]
fn configuration_may_be_written_by_hand() {
    let wanted = parse("emailAddress=a@b,CN=x y,O=Example\\, Ltd,C=US");
    for text in [
        "emailAddress=a@b,CN=x y,O=Example\\, Ltd,C=US",
        "  E = a@b , CN =  x y ; O=\"Example, Ltd\" , C=US  ",
        "email=a@b, OID.2.5.4.3=x y, oid.2.5.4.10=Example\\, Ltd, C = US",
        "/C=US/O=Example, Ltd/CN=x y/emailAddress=a@b",
        "/C=US/O=Example, Ltd/CN=x y/E=a@b",
    ] {
        let configured = DistinguishedName::parse_configured(text).expect(text);
        assert_eq!(configured.name, wanted, "{text}");
        assert_eq!(configured.warnings, [], "{text}");
    }
    assert_eq!(configured(r"CN=\ a\  ").to_string(), r"CN=\ a\ ");
    assert_eq!(configured("CN = a + OU = b").to_string(), "CN=a+OU=b");
    assert_eq!(configured("CN=#0C0141 , O=x").to_string(), "CN=#0c0141,O=x");
    for (text, kind, offset) in [
        ("CN=a,", Kind::AttributeType, 5),
        ("OID.CN=a", Kind::AttributeType, 0),
        ("CN=\"a\" b", Kind::Character, 7),
        ("/", Kind::AttributeType, 1),
        ("/x/CN=a", Kind::AttributeType, 1),
        ("/C=US/CN=a\\/b", Kind::Escape, 10),
        ("/CN=a\0", Kind::Character, 5),
    ] {
        let error = DistinguishedName::parse_configured(text).expect_err(text);
        assert_eq!((error.kind(), error.offset()), (kind, offset), "{text:?}");
    }
}

#[test]
fn names_that_cannot_be_meant_warn() {
    for (text, warning) in [
        ("CN=x,O=Example", None),
        ("/O=Example/CN=host/x.example", None),
        ("/O=a+b/CN=x", None),
        ("CN=x", None),
        ("", Some(NameWarning::Empty)),
        ("  ", Some(NameWarning::Empty)),
        ("CN=a\\00", Some(NameWarning::Unmatchable)),
        ("CN=a\u{200F}", Some(NameWarning::Unmatchable)),
        ("CN=#0C0100", Some(NameWarning::Unmatchable)),
        ("/O=Example/CN=x/y=z", Some(NameWarning::Ambiguous)),
        ("/O=Example/CN=x+OU=z", Some(NameWarning::Ambiguous)),
        ("C=US,O=Example,CN=x", Some(NameWarning::Reversed)),
        ("/CN=x/O=Example/C=US", Some(NameWarning::Reversed)),
    ] {
        let warnings = DistinguishedName::parse_configured(text)
            .expect(text)
            .warnings;
        assert_eq!(warnings, Vec::from_iter(warning), "{text:?}");
    }
}

#[test]
fn values_match_by_characters_with_ascii_case_and_spaces_folded() {
    for (rule, value, same) in [
        ("CN=Example CA", utf8("example ca"), true),
        ("CN=Example CA", utf8("  Example   CA "), true),
        (r"CN=\ \ Example  CA\ ", utf8("EXAMPLE CA"), true),
        ("CN=Example CA", utf8("ExampleCA"), false),
        ("CN=Example CA", utf8("Example\u{A0}CA"), false),
        ("CN=Example CA", utf8("Example CA1"), false),
        ("CN=Example CA", utf8("Example"), false),
        ("CN=", utf8("   "), true),
        // No folding beyond ASCII.
        ("CN=K", utf8("\u{212A}"), false),
        ("CN=A", utf8("\u{FF21}"), false),
        ("CN=ü", utf8("Ü"), false),
        ("CN=ü", utf8("u\u{308}"), false),
        ("CN=ss", utf8("ß"), false),
        // The type of string does not count, its characters do.
        ("CN=ab", tlv(0x13, b"AB"), true),
        ("CN=a@b_c*", tlv(0x13, b"a@b_c*"), true),
        ("CN=ab", tlv(0x16, b"ab"), true),
        ("CN=12", tlv(0x12, b"12"), true),
        ("CN=ab", tlv(0x1A, b"ab"), true),
        ("CN=ab", tlv(0x1E, b"\0a\0b"), true),
        ("CN=aü", tlv(0x1E, b"\0a\0\xFC"), true),
        ("CN=a😀", tlv(0x1C, b"\0\0\0a\0\x01\xF6\0"), true),
        ("CN=ab", tlv(0x14, b"ab"), true),
        // No text: T61 beyond ASCII, broken UTF-8, surrogates, half a character.
        ("CN=ü", tlv(0x14, b"\xFC"), false),
        ("CN=ü", tlv(0x13, b"\xFC"), false),
        ("CN=ü", tlv(0x0C, b"\xFC"), false),
        ("CN=😀", tlv(0x1E, b"\xD8\x3D\xDE\x00"), false),
        ("CN=a", tlv(0x1E, b"\0a\0"), false),
        ("CN=a", tlv(0x1C, b"\0\x11\0\0"), false),
        ("CN=a", tlv(0x04, b"a"), false),
        ("CN=", tlv(0x05, b""), false),
        // Written as DER, the octets of the value decide.
        ("CN=#0C0161", utf8("a"), true),
        ("CN=#0C0161", utf8("A"), false),
        ("CN=#0C0161", tlv(0x13, b"a"), false),
        ("CN=#040161", tlv(0x04, b"a"), true),
        ("CN=#1401FC", tlv(0x14, b"\xFC"), true),
        // Types are told apart, and found by number.
        ("OU=a", utf8("a"), false),
        ("2.5.4.3=a", utf8("a"), true),
        ("O=x,CN=a", utf8("a"), false),
    ] {
        let certificate = common_name(&value);
        assert_eq!(
            parse(rule).matches(certificate.subject()),
            same,
            "{rule} {value:02x?}"
        );
    }
}

#[test]
fn control_and_bidirectional_characters_never_match_and_are_escaped() {
    for c in [
        '\0', '\n', '\u{1F}', '\u{7F}', '\u{85}', '\u{9F}', '\u{61C}', '\u{200E}', '\u{200F}',
        '\u{2028}', '\u{2029}', '\u{202A}', '\u{202E}', '\u{2066}', '\u{2069}',
    ] {
        let text = format!("a{c}b");
        assert!(!is_matchable(&text));
        let certificate = common_name(&utf8(&text));
        let subject = certificate.subject();
        let printed = subject.to_string();
        assert!(
            printed.starts_with("CN=a\\") && is_matchable(&printed),
            "{printed}"
        );
        let value = subject.values(AttributeType::COMMON_NAME).next().unwrap();
        assert_eq!(
            (value.text().as_deref(), value.matchable()),
            (Some(&*text), None)
        );

        let name = parse(&printed);
        assert_eq!(name, DistinguishedName::from_name(subject));
        assert!(!name.matches(subject), "{printed}");
        let hex: String = utf8(&text)
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect();
        assert!(!parse(&format!("CN=#{hex}")).matches(subject), "{printed}");

        // Equal to itself, and to nothing that only folds to it.
        assert!(subject == common_name(&utf8(&text)).subject());
        assert!(subject != common_name(&utf8(&text.to_uppercase())).subject());
        assert!(name != parse(&printed.replacen('a', "A", 1)));
    }
    for c in [
        '\u{A0}', '\u{200D}', '\u{2027}', '\u{202F}', '\u{2065}', '\u{206A}', 'ü',
    ] {
        let text = format!("a{c}b");
        let certificate = common_name(&utf8(&text));
        assert_eq!(certificate.subject().to_string(), format!("CN={text}"));
        assert!(parse(&format!("CN={text}")).matches(certificate.subject()));
    }
}

#[test]
fn rdns_keep_their_order_and_their_attributes_need_not() {
    let rdn = |attributes: &[Vec<u8>]| tlv(0x31, &attributes.concat());
    let cn = |text| attribute(3, &utf8(text));
    let ou = |text| attribute(11, &utf8(text));
    let of = |rdns: &[Vec<u8>]| certificate(&tlv(0x30, &rdns.concat()));
    let base = of(&[rdn(&[ou("a")]), rdn(&[cn("x"), ou("y")])]);
    for (text, same) in [
        ("CN=x+OU=y,OU=a", true),
        ("OU=Y+CN=X,OU=A", true),
        ("OU=a,CN=x+OU=y", false),
        ("CN=x,OU=y,OU=a", false),
        ("CN=x,OU=a", false),
        ("CN=x+OU=y+OU=y,OU=a", false),
        ("CN=x+OU=y,OU=a,C=US", false),
        ("CN=x+OU=y", false),
        ("", false),
    ] {
        assert_eq!(parse(text).matches(base.subject()), same, "{text}");
    }
    assert!(base.subject() == of(&[rdn(&[ou("A")]), rdn(&[ou("y"), cn("x")])]).subject());
    assert!(base.subject() != of(&[rdn(&[cn("x"), ou("y")]), rdn(&[ou("a")])]).subject());

    // As often on one side as on the other.
    let twice = of(&[rdn(&[ou("a"), ou("a"), ou("b")])]);
    for (text, same) in [
        ("OU=a+OU=b+OU=a", true),
        ("OU=b+OU=b+OU=a", false),
        ("OU=a+OU=a+OU=a", false),
        ("OU=a+OU=#0C0161+OU=b", false),
    ] {
        assert_eq!(parse(text).matches(twice.subject()), same, "{text}");
    }
    assert!(twice.subject() != of(&[rdn(&[ou("a"), ou("b"), ou("b")])]).subject());
    assert_ne!(parse("OU=a+OU=a+OU=b"), parse("OU=a+OU=b+OU=b"));
    // One value may not stand for two.
    let two = of(&[rdn(&[ou("a"), ou("b")])]);
    assert!(!parse("OU=a+OU=#0C0161").matches(two.subject()));
    assert!(parse("OU=b+OU=#0C0161").matches(two.subject()));
}

#[test]
fn an_empty_name_matches_nothing() {
    let nobody = certificate(&seq(&[]));
    assert!(nobody.subject().is_empty() && nobody.subject().to_string().is_empty());
    assert!(!parse("").matches(nobody.subject()));
    assert_eq!(parse(""), DistinguishedName::from_name(nobody.subject()));
}

#[test]
fn text_and_hexadecimal_are_never_equal() {
    assert_ne!(parse("CN=a"), parse("CN=#0C0161"));
    assert_eq!(parse("CN=#0C0161"), parse("CN=#0c0161"));
    assert_ne!(parse("CN=#0C0161"), parse("CN=#0C0141"));
    assert_eq!(
        parse("CN=#0C0161")
            .values(AttributeType::COMMON_NAME)
            .next()
            .unwrap()
            .text()
            .as_deref(),
        Some("a")
    );
}

#[test]
fn types_without_keyword_print_as_numbers_and_hexadecimal() {
    let subject = name(&[
        seq(&[b"\x06\x02\x2A\x03", &utf8("a")]),
        attribute(3, &tlv(0x14, b"\xFC")),
    ]);
    let certificate = certificate(&subject);
    let text = certificate.subject().to_string();
    assert_eq!(text, "CN=#1401fc,1.2.3=#0c0161");
    assert!(parse(&text).matches(certificate.subject()));
    assert_eq!(parse("1.2.3=a").to_string(), "1.2.3=a");
}

#[test]
fn attribute_types_are_read_and_printed() {
    for (text, printed) in [
        ("cn", "CN"),
        ("userid", "UID"),
        ("0.9.2342.19200300.100.1.25", "DC"),
        ("1.2.840.113549.1.9.1", "emailAddress"),
        ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
        ("2.5.4.97", "organizationIdentifier"),
        ("0.0", "0.0"),
        ("2.999.1", "2.999.1"),
        (
            "2.25.340282366920938463463374607431768211455",
            "2.25.340282366920938463463374607431768211455",
        ),
    ] {
        assert_eq!(text.parse::<AttributeType>().unwrap().to_string(), printed);
    }
    let error = "2.25.340282366920938463463374607431768211456"
        .parse::<AttributeType>()
        .unwrap_err();
    assert_eq!(error.kind(), Kind::AttributeType);
    let known = [
        AttributeType::COMMON_NAME,
        AttributeType::USER_ID,
        AttributeType::JURISDICTION_STATE,
    ];
    for attribute_type in known {
        assert_eq!(attribute_type.to_string().parse(), Ok(attribute_type));
    }
}

/// Any characters, the troublesome ones often.
fn any_text() -> impl Strategy<Value = String> {
    let c = prop_oneof![
        4 => prop::sample::select(" ,+=\"\\#;<>aA/\0\n\u{202E}ü€😀".chars().collect::<Vec<_>>()),
        1 => any::<char>(),
    ];
    prop::collection::vec(c, 0..8).prop_map(String::from_iter)
}

fn any_value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => any_text().prop_map(|text| utf8(&text)),
        1 => "[ -~]{0,8}".prop_map(|text| tlv(0x13, text.as_bytes())),
        1 => any_text().prop_map(|text| {
            tlv(0x1C, &text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect::<Vec<_>>())
        }),
        1 => (prop::sample::select(vec![0x04_u8, 0x0C, 0x13, 0x14, 0x16, 0x1E, 0x80]), prop::collection::vec(any::<u8>(), 0..8))
            .prop_map(|(tag, octets)| tlv(tag, &octets)),
    ]
}

/// The DER of a Name with RDNs of one to three attributes.
fn any_name() -> impl Strategy<Value = Vec<u8>> {
    let attribute = (
        prop::sample::select(vec![3_u8, 6, 10, 11, 120]),
        any_value(),
    )
        .prop_map(|(kind, value)| attribute(kind, &value));
    let rdn = prop::collection::vec(attribute, 1..4).prop_map(|rdn| tlv(0x31, &rdn.concat()));
    prop::collection::vec(rdn, 0..5).prop_map(|rdns| tlv(0x30, &rdns.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn names_survive_text(der in any_name()) {
        let certificate = certificate(&der);
        let subject = certificate.subject();
        let text = subject.to_string();
        prop_assert!(is_matchable(&text));
        for parsed in [parse(&text), configured(&text)] {
            prop_assert_eq!(&parsed, &DistinguishedName::from_name(subject));
            prop_assert_eq!(parsed.to_string(), &*text);
            let matchable = subject.attributes().all(|attribute| {
                attribute.value().text().is_none_or(|text| is_matchable(&text))
            });
            prop_assert_eq!(parsed.matches(subject), matchable && !subject.is_empty());
        }
    }

    #[test]
    fn equal_names_are_equal_both_ways_and_match_alike(left in any_name(), right in any_name()) {
        let (left, right) = (certificate(&left), certificate(&right));
        let (left, right) = (left.subject(), right.subject());
        let same = left;
        prop_assert!(left == same);
        prop_assert_eq!(left == right, right == left);
        if DistinguishedName::from_name(left).matches(right) {
            prop_assert!(left == right);
        }
    }

    #[test]
    fn text_survives_printing(text in any_text(), spaced in any::<bool>()) {
        let text = format!("CN={text}");
        let parsed = if spaced {
            DistinguishedName::parse_configured(&text).map(|configured| configured.name)
        } else {
            DistinguishedName::parse(&text)
        };
        if let Ok(parsed) = parsed {
            prop_assert_eq!(&parse(&parsed.to_string()), &parsed);
            prop_assert_eq!(&configured(&parsed.to_string()), &parsed);
        }
    }

    #[test]
    fn text_never_panics_and_errors_point_inside(text in any_text(), prefix in prop::sample::select(vec!["", "CN=", "/CN=", "CN=#", "CN=\"", "OID."])) {
        let text = format!("{prefix}{text}");
        for error in [DistinguishedName::parse(&text).err(), DistinguishedName::parse_configured(&text).err()].into_iter().flatten() {
            prop_assert!(error.offset() <= text.len());
        }
    }

    /// What a request may say, configuration may say too, with the same result.
    #[test]
    fn configuration_takes_what_requests_take(text in any_text()) {
        let text = format!("CN={text},O=x");
        if let Ok(parsed) = DistinguishedName::parse(&text) {
            prop_assert_eq!(configured(&text), parsed);
        }
    }

    #[test]
    fn case_and_spaces_do_not_count(text in "[ a-zA-Z0-9]{0,12}") {
        let looser = format!("  {}  ", text.to_ascii_uppercase().replace(' ', "   "));
        let (plain, loose) = (common_name(&utf8(&text)), common_name(&utf8(&looser)));
        prop_assert!(plain.subject() == loose.subject());
        prop_assert!(DistinguishedName::from_name(plain.subject()).matches(loose.subject()));
    }
}
