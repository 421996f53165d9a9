//! What a certificate says, against literal values and against x509-cert.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers of tests"
)]

mod certificate_support;

use std::net::IpAddr;

use certgate::certificate::{
    AttributeType, BasicConstraints, CertInfo, GeneralName, SpiffeId, SpiffeIdError, Thumbprint,
    ThumbprintError, Validity, ValidityAt, Version,
};
use certgate::request::Timestamp;
use certificate_support::{Template, attribute, extension, extensions, name, seq, tlv};
use proptest::prelude::*;
use x509_cert::der::{Decode as _, Encode as _};

const CAPTURED: &[(&str, &[u8])] = &[
    ("acme", include_bytes!("data/certificates/acme.der")),
    ("big", include_bytes!("data/certificates/big.der")),
    ("ed25519", include_bytes!("data/certificates/ed25519.der")),
    ("expired", include_bytes!("data/certificates/expired.der")),
    (
        "nosubject",
        include_bytes!("data/certificates/nosubject.der"),
    ),
    ("spiffe", include_bytes!("data/certificates/spiffe.der")),
    ("tricky", include_bytes!("data/certificates/tricky.der")),
    (
        "untrusted",
        include_bytes!("data/certificates/untrusted.der"),
    ),
];

fn captured(name: &str) -> CertInfo {
    let (_, der) = CAPTURED.iter().find(|(known, _)| *known == name).unwrap();
    CertInfo::from_der(der.to_vec()).unwrap()
}

#[test]
fn fields_of_an_ordinary_client() {
    let acme = captured("acme");
    assert_eq!(acme.version(), Version::V3);
    assert_eq!(acme.serial().to_string(), "0a1b2c3d4e5f60718293");
    assert_eq!(
        acme.issuer().to_string(),
        "CN=Example Root CA,O=Example Root Trust Ltd,C=GB"
    );
    let validity = acme.validity();
    assert_eq!(validity.not_before.to_string(), "2026-11-21T21:51:13Z");
    assert_eq!(validity.not_after.to_string(), "2036-11-18T21:51:13Z");
    assert_eq!(acme.basic_constraints(), Some(BasicConstraints::EndEntity));
    let usage = acme.key_usage().unwrap();
    assert!(usage.digital_signature() && !usage.key_cert_sign() && !usage.decipher_only());
    let purposes = acme.extended_key_usage().unwrap();
    assert!(purposes.client_auth() && !purposes.any_purpose());
    assert_eq!(
        purposes
            .purposes()
            .map(|p| p.to_string())
            .collect::<Vec<_>>(),
        ["1.3.6.1.5.5.7.3.2"]
    );
    assert_eq!(
        acme.extension_ids()
            .map(|id| id.to_string())
            .collect::<Vec<_>>(),
        [
            "2.5.29.19",
            "2.5.29.15",
            "2.5.29.37",
            "2.5.29.14",
            "2.5.29.35"
        ]
    );
    assert_eq!(acme.alternative_names().count(), 0);
    assert_eq!(
        acme.thumbprint().hex(),
        "fc333548c012ddc0f2a07ce8d77218abff260e3e5324978dc9e9dd00b1c2043e"
    );
    assert_eq!(
        acme.thumbprint().x5t_s256(),
        "_DM1SMAS3cDyoHzo13IYq_8mDj5TJJeNyendALHCBD4"
    );
    assert_eq!(
        format!("{acme:?}"),
        "CertInfo(fc333548c012ddc0f2a07ce8d77218abff260e3e5324978dc9e9dd00b1c2043e)"
    );
}

#[test]
fn special_characters_of_a_subject_are_escaped_and_its_attributes_stay_apart() {
    let tricky = captured("tricky");
    assert_eq!(
        tricky.subject().to_string(),
        concat!(
            r"CN=\ #tricky\\name\ ,CN=x+OU=y,OU=100% sure,OU=Zahlungen \<EU\>,OU=a+OU=b,",
            r#"O=Müller\, \"Söhne\" & Co\; K=V \+ X,L=Köln\, NRW,ST=Baden/W=rttemberg,"#,
            "C=DE,DC=example,DC=com"
        )
    );
    let names = |attribute_type| {
        let values = tricky.subject().values(attribute_type);
        values
            .map(|value| value.text().unwrap().into_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(AttributeType::COMMON_NAME), ["x", r" #tricky\name "]);
    assert_eq!(names(AttributeType::DOMAIN_COMPONENT), ["com", "example"]);
    let sizes = |rdns: Vec<certgate::certificate::Rdn<'_>>| {
        rdns.iter()
            .map(|rdn| rdn.attributes().count())
            .collect::<Vec<_>>()
    };
    let mut forwards = sizes(tricky.subject().rdns().collect());
    assert_eq!(forwards, [1, 1, 1, 1, 1, 1, 2, 1, 1, 2, 1]);
    forwards.reverse();
    assert_eq!(sizes(tricky.subject().rdns().rev().collect()), forwards);
}

#[test]
fn alternative_names_keep_their_types() {
    let spiffe = captured("spiffe");
    let ip = |text: &str| GeneralName::Ip(text.parse::<IpAddr>().unwrap());
    assert_eq!(
        spiffe.alternative_names().collect::<Vec<_>>(),
        [
            GeneralName::Uri("spiffe://prod.example.com/ns/payments/sa/api"),
            GeneralName::Dns("api.payments.svc"),
            GeneralName::Dns("api2.payments.svc"),
            GeneralName::Email("ops@example.com"),
            ip("10.1.2.3"),
            ip("2001:db8::42"),
        ]
    );
    assert_eq!(
        spiffe.serial().to_string(),
        "f0e1d2c3b4a5968778695a4b3c2d1e0f"
    );
    assert_eq!(spiffe.serial().as_bytes()[..2], [0x00, 0xF0]);
    let ids: Vec<_> = spiffe
        .spiffe_ids()
        .map(|id| id.unwrap().to_string())
        .collect();
    assert_eq!(ids, ["spiffe://prod.example.com/ns/payments/sa/api"]);
    assert!(captured("nosubject").subject().is_empty());
}

#[test]
fn other_names_of_the_sort_upn_have_text() {
    // 1.3.6.1.4.1.311.20.2.3 and the same with another last arc.
    let other = |last: u8, value: &[u8]| {
        let oid = [&b"\x2B\x06\x01\x04\x01\x82\x37\x14\x02"[..], &[last]].concat();
        tlv(0xA0, &[tlv(0x06, &oid), tlv(0xA0, value)].concat())
    };
    let certificate = |names: &[Vec<u8>]| {
        let names = tlv(0x30, &names.concat());
        let der = Template::with(|t| t.extensions = extensions(&[extension(17, &names)]));
        CertInfo::from_der(der).unwrap()
    };
    let with_upns = certificate(&[
        other(3, b"\x0C\x03a@b"),
        other(4, b"\x0C\x03a@b"),
        other(3, b"\x16\x03a@b"),
        other(3, b"\x0C\x03a\0b"),
        tlv(0xA4, &name(&[attribute(3, b"\x0C\x01x")])),
        tlv(0x88, &[0x2A, 0x03]),
    ]);
    let names: Vec<_> = with_upns.alternative_names().collect();
    let upns: Vec<_> = names.iter().map(GeneralName::upn).collect();
    assert_eq!(upns, [Some("a@b"), None, None, None, None, None]);
    assert!(matches!(names[1], GeneralName::Other { type_id, value }
        if type_id.to_string() == "1.3.6.1.4.1.311.20.2.4" && value == b"\x0C\x03a@b"));
    assert!(matches!(names[4], GeneralName::DirectoryName(name) if name.to_string() == "CN=x"));
    assert!(matches!(names[5], GeneralName::RegisteredId(id) if id.to_string() == "1.2.3"));
}

#[test]
fn texts_of_alternative_names_with_control_characters_are_not_matchable() {
    assert_eq!(GeneralName::Dns("a.example").matchable(), Some("a.example"));
    assert_eq!(GeneralName::Dns("a.example\0.evil").matchable(), None);
    assert_eq!(GeneralName::Uri("x:\r\ny").matchable(), None);
}

#[test]
fn serial_numbers_print_as_their_value_and_never_alike() {
    for (octets, text) in [
        (&[0x00][..], "00"),
        (&[0x05], "05"),
        (&[0x00, 0xC8], "c8"),
        (&[0x0A, 0x00], "0a00"),
        (&[0xFF], "-01"),
        (&[0x80], "-80"),
        (&[0xFF, 0x00], "-0100"),
        (&[0xFF, 0x7F], "-81"),
        (&[0x80, 0x00], "-8000"),
        (&[0xFE, 0xFF], "-0101"),
    ] {
        let der = Template::with(|t| t.serial = tlv(0x02, octets));
        assert_eq!(CertInfo::from_der(der).unwrap().serial().to_string(), text);
    }
}

#[test]
fn both_bounds_of_validity_are_inside() {
    let at = |seconds| {
        let validity = Validity {
            not_before: Timestamp::from_unix_seconds(10),
            not_after: Timestamp::from_unix_seconds(20),
        };
        validity.at(Timestamp::from_unix_seconds(seconds))
    };
    assert_eq!(at(9), ValidityAt::NotYetValid);
    assert_eq!(at(10), ValidityAt::Valid);
    assert_eq!(at(20), ValidityAt::Valid);
    assert_eq!(at(21), ValidityAt::Expired);
}

#[test]
fn key_usages_and_constraints_are_read_bit_by_bit() {
    let with = |kind, value: &[u8]| {
        let der = Template::with(|t| t.extensions = extensions(&[extension(kind, value)]));
        CertInfo::from_der(der).unwrap()
    };
    for (bit, octets) in [
        (0, &[7, 0x80][..]),
        (1, &[6, 0x40]),
        (2, &[5, 0x20]),
        (3, &[4, 0x10]),
        (4, &[3, 0x08]),
        (5, &[2, 0x04]),
        (6, &[1, 0x02]),
        (7, &[0, 0x01]),
        (8, &[7, 0x00, 0x80]),
    ] {
        let usage = with(15, &tlv(0x03, octets)).key_usage().unwrap();
        let bits = [
            usage.digital_signature(),
            usage.content_commitment(),
            usage.key_encipherment(),
            usage.data_encipherment(),
            usage.key_agreement(),
            usage.key_cert_sign(),
            usage.crl_sign(),
            usage.encipher_only(),
            usage.decipher_only(),
        ];
        assert_eq!(bits, std::array::from_fn(|at| at == bit));
    }
    let authority = |path_len| Some(BasicConstraints::Authority { path_len });
    for (value, constraints) in [
        (&b"\x30\x00"[..], Some(BasicConstraints::EndEntity)),
        (b"\x30\x03\x01\x01\x00", Some(BasicConstraints::EndEntity)),
        (b"\x30\x03\x02\x01\x00", Some(BasicConstraints::EndEntity)),
        (b"\x30\x03\x01\x01\xFF", authority(None)),
        (b"\x30\x06\x01\x01\xFF\x02\x01\x03", authority(Some(3))),
    ] {
        assert_eq!(with(19, value).basic_constraints(), constraints);
    }
}

#[test]
fn text_forms_of_a_certificate_are_canonical() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    for (_, der) in CAPTURED {
        let certificate = CertInfo::from_der(der.to_vec()).unwrap();
        let field = certificate.to_rfc9440();
        let base64 = field
            .strip_prefix(':')
            .and_then(|rest| rest.strip_suffix(':'))
            .unwrap();
        assert_eq!(STANDARD.decode(base64).unwrap(), *der);
        let pem = certificate.to_pem();
        let body = pem
            .strip_prefix("-----BEGIN CERTIFICATE-----\n")
            .and_then(|rest| rest.strip_suffix("\n-----END CERTIFICATE-----\n"))
            .unwrap();
        let lines: Vec<_> = body.split('\n').collect();
        let (last, full) = lines.split_last().unwrap();
        assert!(full.iter().all(|line| line.len() == 64) && (1..=64).contains(&last.len()));
        assert_eq!(lines.concat(), base64);
    }
}

#[test]
fn thumbprints_are_read_in_each_form_and_no_other() {
    // RFC 8705 section 3.1, whose last character has trailing bits.
    let example = "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2";
    let thumbprint = Thumbprint::from_x5t_s256(example).unwrap();
    assert_eq!(
        thumbprint.x5t_s256(),
        "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg0"
    );
    assert_eq!(Thumbprint::from_hex(&thumbprint.hex()), Ok(thumbprint));
    assert_eq!(
        Thumbprint::from_hex(&thumbprint.hex().to_uppercase()),
        Ok(thumbprint)
    );
    assert_eq!(
        Thumbprint::from_hex(&thumbprint.colon_hex()),
        Ok(thumbprint)
    );
    assert_eq!(
        Thumbprint::from_hex(&thumbprint.colon_hex().to_lowercase()),
        Ok(thumbprint)
    );
    assert!(thumbprint.colon_hex().starts_with("6F:07:0A:D1:EB:1C:"));
    assert_ne!(thumbprint, Thumbprint::from_bytes([0; 32]));

    let padded = format!("{example}=");
    let padded_short = format!("{}=", &example[..42]);
    let plus = example.replace('_', "/");
    for (text, error) in [
        ("", ThumbprintError::Length),
        (&example[..42], ThumbprintError::Length),
        (&padded, ThumbprintError::Length),
        (&thumbprint.hex(), ThumbprintError::Length),
        (&padded_short, ThumbprintError::Character),
        (&plus, ThumbprintError::Character),
        (
            "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dü",
            ThumbprintError::Character,
        ),
        (
            "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-d ",
            ThumbprintError::Length,
        ),
        (
            "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg\n",
            ThumbprintError::Character,
        ),
    ] {
        assert_eq!(Thumbprint::from_x5t_s256(text), Err(error), "{text:?}");
    }
    let hex = thumbprint.hex();
    for (text, error) in [
        (&hex[..62], ThumbprintError::Length),
        (&format!("0x{hex}")[..], ThumbprintError::Length),
        (&hex.replace('6', "g"), ThumbprintError::Character),
        (&format!("+{}", &hex[1..]), ThumbprintError::Character),
        (
            &thumbprint.colon_hex().replace(':', " "),
            ThumbprintError::Character,
        ),
        (
            &format!("{}:::", &thumbprint.colon_hex()[..92]),
            ThumbprintError::Character,
        ),
    ] {
        assert_eq!(Thumbprint::from_hex(text), Err(error), "{text:?}");
    }
}

#[test]
fn spiffe_ids_are_strict() {
    let long_path = format!("spiffe://td/{}", "a".repeat(2048 - 12));
    let long_domain = format!("spiffe://{}", "a".repeat(255));
    for (id, domain, path) in [
        ("spiffe://example.org/a/b", "example.org", "/a/b"),
        ("spiffe://td", "td", ""),
        ("spiffe://a-b_c.1/X.y-z_0/...", "a-b_c.1", "/X.y-z_0/..."),
        (&long_path, "td", &long_path[11..]),
        (&long_domain, &long_domain[9..], ""),
    ] {
        let id = SpiffeId::parse(id).unwrap();
        assert_eq!((id.trust_domain(), id.path()), (domain, path));
    }
    for (id, error) in [
        ("", SpiffeIdError::Scheme),
        ("SPIFFE://td/a", SpiffeIdError::Scheme),
        ("spiffe:/td/a", SpiffeIdError::Scheme),
        ("https://td/a", SpiffeIdError::Scheme),
        ("spiffe://", SpiffeIdError::TrustDomain),
        ("spiffe:///a", SpiffeIdError::TrustDomain),
        ("spiffe://TD/a", SpiffeIdError::TrustDomain),
        ("spiffe://user@td/a", SpiffeIdError::TrustDomain),
        ("spiffe://td:8443/a", SpiffeIdError::TrustDomain),
        ("spiffe://td?q", SpiffeIdError::TrustDomain),
        ("spiffe://t%64/a", SpiffeIdError::TrustDomain),
        ("spiffe://td/", SpiffeIdError::Path),
        ("spiffe://td/a/", SpiffeIdError::Path),
        ("spiffe://td//a", SpiffeIdError::Path),
        ("spiffe://td/.", SpiffeIdError::Path),
        ("spiffe://td/a/../b", SpiffeIdError::Path),
        ("spiffe://td/a?q=1", SpiffeIdError::Path),
        ("spiffe://td/a#f", SpiffeIdError::Path),
        ("spiffe://td/a%2Fb", SpiffeIdError::Path),
        ("spiffe://td/a b", SpiffeIdError::Path),
        ("spiffe://td/ü", SpiffeIdError::Path),
        (&format!("{long_path}a"), SpiffeIdError::Length),
        (&format!("{long_domain}a"), SpiffeIdError::TrustDomain),
    ] {
        assert_eq!(SpiffeId::parse(id), Err(error), "{id}");
    }
}

#[test]
fn every_spiffe_uri_is_reported_valid_or_not() {
    let uris = [
        &b"spiffe://td/a"[..],
        b"SPIFFE://td/a",
        b"https://spiffe:x",
        b"spiffe:x",
        b"spiffe",
    ];
    let names: Vec<_> = uris.iter().flat_map(|uri| tlv(0x86, uri)).collect();
    let der = Template::with(|t| t.extensions = extensions(&[extension(17, &tlv(0x30, &names))]));
    let certificate = CertInfo::from_der(der).unwrap();
    let ids: Vec<_> = certificate
        .spiffe_ids()
        .map(|id| id.map(SpiffeId::as_str))
        .collect();
    assert_eq!(
        ids,
        [
            Ok("spiffe://td/a"),
            Err(SpiffeIdError::Scheme),
            Err(SpiffeIdError::Scheme)
        ]
    );
}

#[test]
fn a_certificate_costs_little_beside_its_der() {
    assert!(size_of::<CertInfo>() <= 240, "{}", size_of::<CertInfo>());
}

/// Every field as x509-cert reads it.
fn agree_with_oracle(der: &[u8]) {
    use x509_cert::ext::pkix::{
        BasicConstraints as OracleConstraints, ExtendedKeyUsage, KeyUsage, SubjectAltName,
    };
    let ours = CertInfo::from_der(der.to_vec()).unwrap();
    let oracle = x509_cert::Certificate::from_der(der).unwrap();
    let tbs = oracle.tbs_certificate();
    assert_eq!(
        ours.serial().as_bytes(),
        &tbs.serial_number().to_der().unwrap()[2..]
    );
    assert_eq!(ours.issuer().as_der(), tbs.issuer().to_der().unwrap());
    assert_eq!(ours.subject().as_der(), tbs.subject().to_der().unwrap());
    let key = tbs.subject_public_key_info().to_der().unwrap();
    assert_eq!(ours.public_key_info(), key);
    assert_eq!(ours.public_key_sha256(), *Thumbprint::of(&key).as_bytes());
    let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs() as i64;
    assert_eq!(
        ours.validity().not_before.unix_seconds(),
        seconds(tbs.validity().not_before)
    );
    assert_eq!(
        ours.validity().not_after.unix_seconds(),
        seconds(tbs.validity().not_after)
    );

    let ours_flat: Vec<_> = ours.subject().attributes().collect();
    let oracle_flat: Vec<_> = tbs
        .subject()
        .iter_rdn()
        .flat_map(x509_cert::name::RelativeDistinguishedName::iter)
        .collect();
    assert_eq!(ours_flat.len(), oracle_flat.len());
    for (ours, oracle) in ours_flat.iter().zip(oracle_flat) {
        assert_eq!(ours.attribute_type().as_bytes(), oracle.oid.as_bytes());
        assert_eq!(ours.value().as_der(), oracle.value.to_der().unwrap());
        assert_eq!(ours.value().as_bytes(), oracle.value.value());
    }

    let constraints = tbs.get_extension::<OracleConstraints>().unwrap();
    let constraints = constraints.map(|(_, oracle)| match oracle.ca {
        true => BasicConstraints::Authority {
            path_len: oracle.path_len_constraint.map(u32::from),
        },
        false => BasicConstraints::EndEntity,
    });
    assert_eq!(ours.basic_constraints(), constraints);
    let usage = tbs
        .get_extension::<KeyUsage>()
        .unwrap()
        .map(|(_, oracle)| oracle);
    assert_eq!(
        ours.key_usage().map(|ours| (
            ours.digital_signature(),
            ours.key_agreement(),
            ours.key_cert_sign()
        )),
        usage.map(|o| (o.digital_signature(), o.key_agreement(), o.key_cert_sign()))
    );
    let purposes = tbs.get_extension::<ExtendedKeyUsage>().unwrap();
    let purposes =
        purposes.map(|(_, oracle)| oracle.0.iter().map(ToString::to_string).collect::<Vec<_>>());
    let ours_purposes = ours.extended_key_usage();
    assert_eq!(
        ours_purposes.map(|ours| ours.purposes().map(|p| p.to_string()).collect::<Vec<_>>()),
        purposes
    );
    let extensions = tbs.extensions().into_iter().flatten();
    assert_eq!(
        ours.extension_ids()
            .map(|id| id.to_string())
            .collect::<Vec<_>>(),
        extensions
            .map(|oracle| oracle.extn_id.to_string())
            .collect::<Vec<_>>()
    );
    let names = tbs.get_extension::<SubjectAltName>().unwrap();
    let names = names.map_or_else(Vec::new, |(_, oracle)| oracle.0);
    let ours_names: Vec<_> = ours.alternative_names().collect();
    assert_eq!(ours_names.len(), names.len());
    for (ours, oracle) in ours_names.iter().zip(&names) {
        use x509_cert::ext::pkix::name::GeneralName as Oracle;
        let (ours, oracle) = match (ours, oracle) {
            (GeneralName::Dns(ours), Oracle::DnsName(oracle))
            | (GeneralName::Email(ours), Oracle::Rfc822Name(oracle))
            | (GeneralName::Uri(ours), Oracle::UniformResourceIdentifier(oracle)) => {
                (ours.as_bytes().to_vec(), oracle.as_bytes())
            }
            (GeneralName::Ip(IpAddr::V4(ours)), Oracle::IpAddress(oracle)) => {
                (ours.octets().to_vec(), oracle.as_bytes())
            }
            (GeneralName::Ip(IpAddr::V6(ours)), Oracle::IpAddress(oracle)) => {
                (ours.octets().to_vec(), oracle.as_bytes())
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(ours, oracle);
    }
}

#[test]
fn captured_certificates_read_as_x509_cert_reads_them() {
    for (_, der) in CAPTURED {
        agree_with_oracle(der);
    }
}

/// Everything that can be asked of a certificate, for panics.
fn ask_everything(certificate: &CertInfo) {
    let _ = format!(
        "{certificate:?} {:?} {}",
        certificate.version(),
        certificate.serial()
    );
    for name in [certificate.issuer(), certificate.subject()] {
        let _ = format!(
            "{name} {name:?} {:?}",
            name.attributes().collect::<Vec<_>>()
        );
        let same = name;
        assert!(name == same && name.rdns().rev().count() == name.rdns().count());
    }
    let _ = format!("{:?}", certificate.alternative_names().collect::<Vec<_>>());
    let _ = certificate
        .alternative_names()
        .filter_map(|name| name.upn())
        .count();
    let _ = certificate.spiffe_ids().count();
    let _ = format!(
        "{:?} {:?}",
        certificate.extended_key_usage(),
        certificate.key_usage()
    );
    let _ = (
        certificate.to_pem(),
        certificate.to_rfc9440(),
        certificate.public_key_sha256(),
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_certificates_read_as_x509_cert_reads_them(
        serial in prop::collection::vec(any::<u8>(), 1..19),
        subject in prop::collection::vec((3_u8..12, "[ -~ü]{0,20}"), 0..5),
        names in prop::collection::vec((prop::sample::select(vec![0x81_u8, 0x82, 0x86]), "[ -~]{0,20}"), 0..6),
        usage in prop::option::of(any::<u8>()),
        path_len in prop::option::of(0_u8..128),
    ) {
        let list: Vec<_> = names.iter().flat_map(|(tag, text)| tlv(*tag, text.as_bytes())).collect();
        let mut all = Vec::new();
        if let Some(bits) = usage {
            // Named bits in their shortest form, which x509-cert asks for.
            let bits = bits | 1;
            all.push(extension(15, &[0x03, 0x02, 0x00, bits]));
        }
        if let Some(length) = path_len {
            all.push(extension(19, &[0x30, 0x06, 0x01, 0x01, 0xFF, 0x02, 0x01, length]));
        }
        if !list.is_empty() {
            all.push(extension(17, &tlv(0x30, &list)));
        }
        let subject: Vec<_> = subject
            .iter()
            .map(|(kind, text)| attribute(*kind, &tlv(0x0C, text.as_bytes())))
            .collect();
        let der = Template::with(|t| {
            t.serial = tlv(0x02, &[&[0x01], &serial[..]].concat());
            t.subject = name(&subject);
            if !all.is_empty() {
                t.extensions = extensions(&all);
            }
        });
        agree_with_oracle(&der);
    }

    #[test]
    fn damaged_certificates_never_panic(
        which in 0..CAPTURED.len(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut der = CAPTURED[which].1.to_vec();
        for (place, octet) in damage {
            let place = place.index(der.len());
            der[place] ^= octet;
        }
        if let Some(cut) = cut {
            der.truncate(cut.index(der.len()));
        }
        if let Ok(certificate) = CertInfo::from_der(der.clone()) {
            ask_everything(&certificate);
            prop_assert_eq!(certificate.der(), der);
        }
    }

    #[test]
    fn random_octets_never_panic(octets in prop::collection::vec(any::<u8>(), 0..200)) {
        let wrapped = seq(&[&octets]);
        prop_assert!(CertInfo::from_der(octets).is_err());
        prop_assert!(CertInfo::from_der(wrapped).is_err());
    }

    #[test]
    fn odd_names_and_names_of_names_never_panic(
        octets in prop::collection::vec(any::<u8>(), 0..40),
        tag in any::<u8>(),
    ) {
        for der in [
            Template::with(|t| t.subject = name(&[attribute(3, &tlv(tag, &octets))])),
            Template::with(|t| t.extensions = extensions(&[extension(17, &tlv(0x30, &tlv(tag, &octets)))])),
            Template::with(|t| t.serial = tlv(0x02, &octets)),
        ] {
            if let Ok(certificate) = CertInfo::from_der(der) {
                ask_everything(&certificate);
            }
        }
    }
}
