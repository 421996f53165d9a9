//! What is no certificate, beside its nearest neighbour that is one. Rules are
//! those of RFC 5280 section 4 and X.690 sections 8 to 11.

#![expect(clippy::expect_used, reason = "helpers of tests")]

mod certificate_support;

use certgate::certificate::{CertInfo, CertificateErrorKind};
use certificate_support::{Template, attribute, extension, extensions, name, seq, tlv};

use CertificateErrorKind as Kind;

/// `der` is refused with `kind`, at the place where `fault` stands in it, the
/// last one if there are several.
#[track_caller]
fn refused(der: Vec<u8>, kind: Kind, fault: &[u8]) {
    let place = der
        .windows(fault.len())
        .rposition(|window| window == fault)
        .expect("the fault is in the DER");
    let error = CertInfo::from_der(der).expect_err("refused");
    assert_eq!((error.kind(), error.offset()), (kind, place));
}

#[track_caller]
fn accepted(der: Vec<u8>) -> CertInfo {
    CertInfo::from_der(der).expect("accepted")
}

fn with_extension(kind: u8, value: &[u8]) -> Vec<u8> {
    Template::with(|t| t.extensions = extensions(&[extension(kind, value)]))
}

fn with_alternative_name(name: &[u8]) -> Vec<u8> {
    with_extension(17, &tlv(0x30, name))
}

#[test]
fn nothing_follows_a_certificate() {
    let der = Template::default().der();
    accepted(der.clone());
    for tail in [&[0x00][..], &[0x0A], &der] {
        let error = CertInfo::from_der([&der, tail].concat()).unwrap_err();
        assert_eq!(
            (error.kind(), error.offset()),
            (Kind::TrailingData, der.len())
        );
    }
}

#[test]
fn nothing_follows_inside_any_sequence() {
    const EXTRA: &[u8] = b"\x04\x05extra";
    let key = |t: &Template| t.public_key[2..].to_vec();
    let times = |t: &Template| t.validity[2..].to_vec();
    for der in [
        Template::with(|t| t.tail = EXTRA.to_vec()),
        Template::with(|t| t.tbs_tail = EXTRA.to_vec()),
        Template::with(|t| t.version = tlv(0xA0, &[b"\x02\x01\x02", EXTRA].concat())),
        Template::with(|t| t.validity = seq(&[&times(t), EXTRA])),
        Template::with(|t| t.public_key = seq(&[&key(t), EXTRA])),
        Template::with(|t| t.subject = name(&[attribute(3, &[b"\x0C\x01x", EXTRA].concat())])),
        Template::with(|t| {
            t.extensions = extensions(&[seq(&[&extension(19, b"\x30\x00")[2..], EXTRA])]);
        }),
        Template::with(|t| {
            let list = tlv(0x30, &extension(19, b"\x30\x00"));
            t.extensions = tlv(0xA3, &[&list, EXTRA].concat());
        }),
        with_extension(19, &[b"\x30\x00", EXTRA].concat()),
        with_extension(19, &tlv(0x30, &[b"\x01\x01\xFF", EXTRA].concat())),
        with_extension(15, &[b"\x03\x02\x07\x80", EXTRA].concat()),
        with_extension(37, &[&tlv(0x30, b"\x06\x01\x2A")[..], EXTRA].concat()),
        with_extension(17, &[&tlv(0x30, b"\x82\x01a")[..], EXTRA].concat()),
        with_alternative_name(&tlv(0xA4, &[b"\x30\x00", EXTRA].concat())),
        with_alternative_name(&tlv(
            0xA0,
            &[b"\x06\x01\x2A\xA0\x02\x05\x00", EXTRA].concat(),
        )),
        with_alternative_name(&tlv(
            0xA0,
            &[
                b"\x06\x01\x2A",
                &tlv(0xA0, &[b"\x05\x00", EXTRA].concat())[..],
            ]
            .concat(),
        )),
    ] {
        refused(der, Kind::TrailingData, EXTRA);
    }
}

#[test]
fn every_cut_is_noticed() {
    let whole = accepted(Template::default().der()).der().to_vec();
    for end in 0..whole.len() {
        let error = CertInfo::from_der(whole[..end].to_vec()).unwrap_err();
        assert_eq!(
            (error.kind(), error.offset()),
            (Kind::Truncated, 0),
            "cut at {end}"
        );
    }
}

#[test]
fn an_element_stays_inside_its_sequence() {
    // The serial claims more octets than its certificate has left.
    let der = Template::with(|t| t.serial = vec![0x02, 0x7F, 0x51]);
    refused(der, Kind::Truncated, &[0x02, 0x7F, 0x51]);
    let der = Template::with(|t| t.validity = seq(&[&[0x17, 0x0E], b"260101000000Z"]));
    refused(der, Kind::Truncated, b"\x17\x0E260101000000Z");
    // A second time is missing.
    let der = Template::with(|t| t.validity = seq(&[&tlv(0x17, b"260101000000Z")]));
    let subject = Template::default().subject;
    refused(der, Kind::Truncated, &subject);
}

#[test]
fn lengths_are_definite_and_shortest() {
    let name_of = |value: &[u8]| Template::with(|t| t.subject = name(&[attribute(3, value)]));
    let long = |length: &[u8], octets: usize| [&[0x0C], length, &vec![b'x'; octets]].concat();
    accepted(name_of(&long(&[0x7F], 127)));
    accepted(name_of(&long(&[0x81, 0x80], 128)));
    accepted(name_of(&long(&[0x82, 0x01, 0x00], 256)));
    for (length, octets, kind) in [
        (&[0x81, 0x7F][..], 127, Kind::NonMinimalLength),
        (&[0x81, 0x00], 0, Kind::NonMinimalLength),
        (&[0x82, 0x00, 0xFF], 255, Kind::NonMinimalLength),
        (&[0x83, 0x00, 0x01, 0x00], 256, Kind::NonMinimalLength),
        (&[0x84, 0x00, 0x00, 0x01, 0x00], 256, Kind::NonMinimalLength),
        (&[0x85, 0, 0, 0, 0, 5], 5, Kind::NonMinimalLength),
        (&[0x80], 3, Kind::IndefiniteLength),
    ] {
        let value = long(length, octets);
        refused(name_of(&value), kind, &value);
    }
    // The whole certificate in BER's indefinite form.
    let der = Template::default().der();
    let indefinite = [&[0x30, 0x80], &der[2..], &[0, 0]].concat();
    let error = CertInfo::from_der(indefinite).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (Kind::IndefiniteLength, 0));
}

#[test]
fn a_value_is_a_der_element() {
    let name_of = |value: &[u8]| Template::with(|t| t.subject = name(&[attribute(3, value)]));
    // Any type, a SEQUENCE and a UniversalString among them.
    for value in [
        &b"\x05\x00"[..],
        b"\x30\x00",
        b"\x1C\x04\0\0\0a",
        b"\x80\x01a",
    ] {
        accepted(name_of(value));
    }
    // BER's constructed string, a primitive SEQUENCE, a high tag number, tag 0.
    for value in [
        &b"\x2C\x03\x0C\x01a"[..],
        b"\x10\x00",
        b"\x9F\x1F\x01a",
        b"\x00\x00",
    ] {
        refused(name_of(value), Kind::UnexpectedElement, value);
    }
}

#[test]
fn the_version_fits_its_fields() {
    let unique_id = tlv(0x81, b"\0id");
    let some_extensions = extensions(&[extension(19, b"\x30\x00")]);
    let version = |number: u8| tlv(0xA0, &[0x02, 0x01, number]);
    accepted(Template::with(|t| t.version = Vec::new()));
    accepted(Template::with(|t| {
        t.version = version(1);
        t.unique_ids = unique_id.clone();
    }));
    accepted(Template::with(|t| {
        t.unique_ids = [unique_id.clone(), tlv(0x82, b"\0id")].concat();
    }));
    accepted(Template::with(|t| t.extensions = some_extensions.clone()));

    for number in [0, 3, 0xFF] {
        let der = Template::with(|t| t.version = version(number));
        let serial = Template::default().serial;
        refused(
            der,
            Kind::Version,
            &[&[0x02, 0x01, number], &serial[..]].concat(),
        );
    }
    for older in [Vec::new(), version(1)] {
        let der = Template::with(|t| {
            t.version = older.clone();
            t.extensions = some_extensions.clone();
        });
        refused(der, Kind::VersionMismatch, &some_extensions);
    }
    let der = Template::with(|t| {
        t.version = Vec::new();
        t.unique_ids = unique_id.clone();
    });
    refused(der, Kind::VersionMismatch, &unique_id);
    let swapped = [tlv(0x82, b"\0id"), unique_id.clone()].concat();
    let der = Template::with(|t| t.unique_ids = swapped);
    refused(der, Kind::TrailingData, &unique_id);
}

#[test]
fn integers_are_shortest() {
    for serial in [
        &[0x00][..],
        &[0x7F],
        &[0x00, 0x80],
        &[0xFF],
        &[0x80],
        &[0xFF, 0x7F],
        &[9; 30],
    ] {
        accepted(Template::with(|t| t.serial = tlv(0x02, serial)));
    }
    for serial in [
        &[][..],
        &[0x00, 0x7F],
        &[0x00, 0x00],
        &[0xFF, 0x80],
        &[0xFF, 0xFF],
    ] {
        let serial = tlv(0x02, serial);
        let der = Template::with(|t| t.serial = serial.clone());
        let algorithm = Template::default().algorithm;
        refused(der, Kind::Integer, &[serial, algorithm].concat());
    }
}

#[test]
fn both_signature_algorithms_are_the_same_octets() {
    // The same algorithm with NULL parameters is another encoding.
    let with_null = seq(&[&tlv(0x06, &[0x2B, 0x65, 0x70]), &[0x05, 0x00]]);
    accepted(Template::with(|t| {
        t.algorithm = with_null.clone();
        t.outer_algorithm = with_null.clone();
    }));
    let der = Template::with(|t| t.outer_algorithm = with_null.clone());
    refused(der, Kind::AlgorithmMismatch, &with_null);
}

#[test]
fn the_issuer_has_a_name_and_the_subject_need_not() {
    accepted(Template::with(|t| t.subject = seq(&[])));
    let empty_with_validity = [seq(&[]), Template::default().validity].concat();
    let der = Template::with(|t| t.issuer = seq(&[]));
    refused(der, Kind::EmptyIssuer, &empty_with_validity);
}

#[test]
fn an_rdn_has_an_attribute_of_type_and_value() {
    let of = |subject: Vec<u8>| Template::with(|t| t.subject = subject);
    let key = Template::default().public_key;
    refused(of(seq(&[&[0x31, 0x00]])), Kind::Truncated, &key);
    refused(
        of(name(&[seq(&[b"\x06\x03\x55\x04\x03"])])),
        Kind::Truncated,
        &key,
    );
    refused(
        of(seq(&[b"\x30\x00"])),
        Kind::UnexpectedElement,
        &[&b"\x30\x00"[..], &key].concat(),
    );
    refused(
        of(name(&[b"\x31\x00".to_vec()])),
        Kind::UnexpectedElement,
        &[&b"\x31\x00"[..], &key].concat(),
    );
    // Two attributes that DER would sort the other way round.
    accepted(of(seq(&[&tlv(
        0x31,
        &[attribute(11, b"\x0C\x01z"), attribute(3, b"\x0C\x01a")].concat(),
    )])));
}

#[test]
fn object_identifiers_are_shortest_and_bounded() {
    let of = |oid: &[u8]| {
        Template::with(|t| {
            t.subject = name(&[seq(&[&tlv(0x06, oid), b"\x0C\x01x"])]);
        })
    };
    // 2.25 and the largest UUID.
    let uuid = [&[0x69, 0x83][..], &[0xFF; 17], &[0x7F]].concat();
    let longest = [&[0x2B][..], &[0x01; 38]].concat();
    for oid in [&[0x55, 0x04, 0x03][..], &[0x2A], &uuid, &longest] {
        accepted(of(oid));
    }
    let over_128_bits = [&[0x69, 0x84][..], &[0x80; 17], &[0x00]].concat();
    let too_long = [&[0x2B][..], &[0x01; 39]].concat();
    for oid in [
        &[][..],
        &[0x55, 0x84],
        &[0x55, 0x80, 0x01],
        &[0x80, 0x01],
        &over_128_bits,
        &too_long,
    ] {
        refused(of(oid), Kind::ObjectIdentifier, &tlv(0x06, oid));
    }
    accepted(with_extension(37, &tlv(0x30, b"\x06\x01\x2A")));
    refused(
        with_extension(37, &tlv(0x30, b"\x06\x01\x80")),
        Kind::ObjectIdentifier,
        b"\x06\x01\x80",
    );
    let unread = seq(&[b"\x06\x02\x55\x84", b"\x04\x00"]);
    let der = Template::with(|t| t.extensions = extensions(&[unread]));
    refused(der, Kind::ObjectIdentifier, b"\x06\x02\x55\x84");
}

#[test]
fn times_are_in_the_forms_of_rfc_5280() {
    let of =
        |time: &[u8]| Template::with(|t| t.validity = seq(&[time, &tlv(0x17, b"270101000000Z")]));
    for (tag, time, seconds) in [
        (0x17, &b"500101000000Z"[..], -631_152_000),
        (0x17, b"491231235959Z", 2_524_607_999),
        (0x17, b"240229000000Z", 1_709_164_800),
        (0x18, b"99991231235959Z", 253_402_300_799),
        (0x18, b"20500101000000Z", 2_524_608_000),
        (0x18, b"20260101000000Z", 1_767_225_600),
        (0x18, b"24000229000000Z", 13_574_563_200),
    ] {
        let validity = accepted(of(&tlv(tag, time))).validity();
        assert_eq!(validity.not_before.unix_seconds(), seconds);
    }
    for (tag, time) in [
        (0x17, &b"2601010000Z"[..]),
        (0x17, b"260101000000"),
        (0x17, b"260101000000+0000"),
        (0x17, b"260101000000z"),
        (0x17, b"20260101000000Z"),
        (0x17, b"230229000000Z"),
        (0x17, b"260431000000Z"),
        (0x17, b"260001000000Z"),
        (0x17, b"261301000000Z"),
        (0x17, b"260100000000Z"),
        (0x17, b"260101240000Z"),
        (0x17, b"260101006000Z"),
        (0x17, b"260101000060Z"),
        (0x17, b"26010100000 Z"),
        (0x17, b""),
        (0x18, b""),
        (0x18, b"260101000000Z"),
        (0x18, b"20500101000000.5Z"),
        (0x18, b"2050010100Z"),
        (0x18, b"21000229000000Z"),
        (0x18, b"22000229000000Z"),
        (0x18, b"20500101000000"),
    ] {
        let time = tlv(tag, time);
        refused(of(&time), Kind::Time, &time);
    }
    refused(
        of(b"\x13\x0D260101000000Z"),
        Kind::UnexpectedElement,
        b"\x13\x0D260101000000Z",
    );
}

#[test]
fn bit_strings_end_in_at_most_seven_zero_bits() {
    let of = |signature: &[u8]| Template::with(|t| t.signature = signature.to_vec());
    for signature in [
        &b"\x03\x01\x00"[..],
        b"\x03\x02\x00\xFF",
        b"\x03\x02\x07\x80",
    ] {
        accepted(of(signature));
    }
    for signature in [
        &b"\x03\x00"[..],
        b"\x03\x01\x01",
        b"\x03\x02\x08\x00",
        b"\x03\x02\x07\xC0",
    ] {
        refused(of(signature), Kind::BitString, signature);
        accepted(with_extension(15, b"\x03\x02\x07\x80"));
        refused(with_extension(15, signature), Kind::BitString, signature);
    }
    let algorithm = Template::default().algorithm;
    let der = Template::with(|t| t.public_key = seq(&[&algorithm, b"\x03\x02\x08\x00"]));
    refused(der, Kind::BitString, b"\x03\x02\x08\x00");
    let der = Template::with(|t| t.unique_ids = b"\x81\x00".to_vec());
    refused(
        der,
        Kind::BitString,
        &[&b"\x81\x00"[..], &algorithm].concat(),
    );
}

#[test]
fn extensions_are_some_and_those_read_come_once() {
    accepted(with_extension(99, b"anything"));
    accepted(Template::with(|t| {
        t.extensions = extensions(&[extension(99, b""), extension(99, b"")]);
    }));
    let der = Template::with(|t| t.extensions = extensions(&[]));
    refused(der, Kind::Truncated, &Template::default().outer_algorithm);
    for (kind, value) in [
        (19, &b"\x30\x00"[..]),
        (15, b"\x03\x02\x07\x80"),
        (37, b"\x30\x03\x06\x01\x2A"),
        (17, b"\x30\x03\x82\x01a"),
    ] {
        let once = extension(kind, value);
        accepted(Template::with(|t| {
            t.extensions = extensions(std::slice::from_ref(&once));
        }));
        let der = Template::with(|t| t.extensions = extensions(&[once.clone(), once.clone()]));
        refused(der, Kind::DuplicateExtension, &once);
    }
    let end = Template::default().outer_algorithm;
    refused(with_extension(17, b"\x30\x00"), Kind::Truncated, &end);
    refused(with_extension(37, b"\x30\x00"), Kind::Truncated, &end);
    refused(with_extension(15, b""), Kind::Truncated, &end);
}

#[test]
fn booleans_are_00_or_ff() {
    let critical = |flag: &[u8]| {
        let parts = [&[0x06, 0x03, 0x55, 0x1D, 99], flag, &[0x04, 0x00]].concat();
        Template::with(|t| t.extensions = extensions(&[tlv(0x30, &parts)]))
    };
    let authority = |flag: &[u8]| with_extension(19, &tlv(0x30, flag));
    for flag in [&b"\x01\x01\xFF"[..], b"\x01\x01\x00"] {
        accepted(critical(flag));
        accepted(authority(flag));
    }
    for flag in [&b"\x01\x01\x01"[..], b"\x01\x00", b"\x01\x02\xFF\xFF"] {
        refused(critical(flag), Kind::Boolean, flag);
        refused(authority(flag), Kind::Boolean, flag);
    }
}

#[test]
fn path_lengths_are_not_negative() {
    let of = |length: &[u8]| with_extension(19, &tlv(0x30, &[b"\x01\x01\xFF", length].concat()));
    accepted(of(b"\x02\x01\x00"));
    accepted(of(b"\x02\x05\x00\xFF\xFF\xFF\xFF"));
    for length in [
        &b"\x02\x01\xFF"[..],
        b"\x02\x02\x00\x01",
        b"\x02\x00",
        b"\x02\x05\x01\0\0\0\0",
    ] {
        refused(of(length), Kind::Integer, length);
    }
}

#[test]
fn alternative_names_are_valid_for_their_types() {
    for name in [
        &b"\x82\x01a"[..],
        b"\x82\x02a\0",
        b"\x81\x03a@b",
        b"\x86\x02x:",
        b"\x87\x04\x0A\x01\x02\x03",
        b"\x87\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01",
        b"\x88\x01\x2A",
        b"\xA4\x02\x30\x00",
        b"\xA3\x00",
        b"\xA5\x00",
    ] {
        assert_eq!(
            accepted(with_alternative_name(name))
                .alternative_names()
                .count(),
            1
        );
    }
    for name in [
        &b"\x82\x02\xC3\xBC"[..],
        b"\x81\x01\xFF",
        b"\x86\x01\x80",
        b"\x87\x00",
        b"\x87\x03\x0A\x01\x02",
        b"\x87\x05\x0A\x01\x02\x03\x04",
        b"\x87\x08\x0A\0\0\0\xFF\0\0\0",
    ] {
        refused(with_alternative_name(name), Kind::AlternativeName, name);
    }
    for name in [
        &b"\x89\x00"[..],
        b"\xA2\x03\x82\x01a",
        b"\x84\x00",
        b"\x0C\x01a",
    ] {
        refused(with_alternative_name(name), Kind::UnexpectedElement, name);
    }
    refused(
        with_alternative_name(b"\x88\x01\x80"),
        Kind::ObjectIdentifier,
        b"\x88\x01\x80",
    );
}

#[test]
fn names_are_counted_together() {
    let directory_name = tlv(
        0xA4,
        &name(&[attribute(3, b"\x0C\x01d"), attribute(3, b"\x0C\x01e")]),
    );
    let der = with_alternative_name(&[b"\x82\x01a", &directory_name[..]].concat());
    // Issuer and subject one each, two alternative names, two attributes inside.
    assert!(CertInfo::from_der_within(der.clone(), 6).is_ok());
    let last = attribute(3, b"\x0C\x01e");
    let place = der
        .windows(last.len())
        .position(|window| window == last)
        .unwrap();
    let error = CertInfo::from_der_within(der, 5).unwrap_err();
    assert_eq!((error.kind(), error.offset()), (Kind::TooManyNames, place));

    let many = |count: usize| with_alternative_name(&b"\x82\x01a".repeat(count));
    assert_eq!(accepted(many(254)).alternative_names().count(), 254);
    assert_eq!(
        CertInfo::from_der(many(255)).unwrap_err().kind(),
        Kind::TooManyNames
    );
}

#[test]
fn an_error_tells_kind_and_place_and_nothing_else() {
    let error = CertInfo::from_der(vec![0x30, 0x80]).unwrap_err();
    assert_eq!(error.to_string(), "indefinite length at byte 0");
    assert_eq!(error.kind().code(), "indefinite_length");
}
