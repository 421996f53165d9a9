//! What is a revocation list and what is none, beside its nearest neighbour that is
//! one (RFC 5280 section 5 and X.690 sections 8 to 11); and x509-cert, which reads the
//! same of whatever both take.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "helpers of tests")]

mod certificate_support;

use certgate::certificate::{CertificateErrorKind as Kind, ListScope, RevocationList};
use certificate_support::{attribute, extension, name, seq, tlv};
use proptest::prelude::*;
use x509_cert::certificate::Rfc5280;
use x509_cert::crl::CertificateList;
use x509_cert::der::{Decode as _, Encode as _};

/// The encoded fields of a list; valid by default, version 2, with the number 1 and
/// one entry, 7.
#[derive(Clone)]
struct Template {
    version: Vec<u8>,
    algorithm: Vec<u8>,
    issuer: Vec<u8>,
    this_update: Vec<u8>,
    next_update: Vec<u8>,
    revoked: Vec<u8>,
    extensions: Vec<u8>,
    signed_tail: Vec<u8>,
    outer_algorithm: Vec<u8>,
    signature: Vec<u8>,
    tail: Vec<u8>,
}

impl Default for Template {
    fn default() -> Self {
        let algorithm = seq(&[&tlv(0x06, &[0x2B, 0x65, 0x70])]);
        Self {
            version: tlv(0x02, &[1]),
            algorithm: algorithm.clone(),
            issuer: name(&[attribute(3, b"\x0C\x02CA")]),
            this_update: tlv(0x17, b"260101000000Z"),
            next_update: tlv(0x17, b"260201000000Z"),
            revoked: tlv(0x30, &entry(&[7], &[])),
            extensions: wrapped(&[number(&[1])]),
            signed_tail: Vec::new(),
            outer_algorithm: algorithm,
            signature: tlv(0x03, b"\0signature"),
            tail: Vec::new(),
        }
    }
}

impl Template {
    fn der(&self) -> Vec<u8> {
        let signed = seq(&[
            &self.version,
            &self.algorithm,
            &self.issuer,
            &self.this_update,
            &self.next_update,
            &self.revoked,
            &self.extensions,
            &self.signed_tail,
        ]);
        seq(&[&signed, &self.outer_algorithm, &self.signature, &self.tail])
    }
}

fn entry(serial: &[u8], extensions: &[Vec<u8>]) -> Vec<u8> {
    let extensions = if extensions.is_empty() {
        Vec::new()
    } else {
        tlv(0x30, &extensions.concat())
    };
    seq(&[
        &tlv(0x02, serial),
        &tlv(0x17, b"260102000000Z"),
        &extensions,
    ])
}

fn wrapped(extensions: &[Vec<u8>]) -> Vec<u8> {
    tlv(0xA0, &tlv(0x30, &extensions.concat()))
}

fn number(number: &[u8]) -> Vec<u8> {
    extension(20, &tlv(0x02, number))
}

fn scope(fields: &[Vec<u8>]) -> Vec<u8> {
    extension(28, &tlv(0x30, &fields.concat()))
}

/// An extension that nobody knows.
fn unknown(critical: bool) -> Vec<u8> {
    let flag = if critical {
        tlv(0x01, &[0xFF])
    } else {
        Vec::new()
    };
    seq(&[&[0x06, 0x03, 0x2A, 0x03, 0x04], &flag, &tlv(0x04, b"")])
}

fn read(change: impl FnOnce(&mut Template)) -> Result<RevocationList, Kind> {
    let mut template = Template::default();
    change(&mut template);
    let der = template.der();
    RevocationList::from_der(der.clone()).map_err(|error| {
        assert!(error.offset() <= der.len());
        error.kind()
    })
}

#[track_caller]
fn accepted(change: impl FnOnce(&mut Template)) -> RevocationList {
    read(change).expect("accepted")
}

#[track_caller]
fn refused(kind: Kind, change: impl FnOnce(&mut Template)) {
    assert_eq!(read(change).map(drop), Err(kind));
}

fn serials(list: &RevocationList) -> Vec<u8> {
    let revokes = |serial: &u8| {
        let certificate = certificate_support::Template::with(|fields| {
            fields.serial = tlv(0x02, &[*serial]);
        });
        let certificate = certgate::certificate::CertInfo::from_der(certificate).unwrap();
        list.revokes(certificate.serial())
    };
    (0..=127).filter(revokes).collect()
}

#[test]
fn a_list_says_whom_it_revokes() {
    let list = accepted(|_| {});
    assert_eq!(serials(&list), [7]);
    assert_eq!(list.issuer().to_string(), "CN=CA");
    assert_eq!(list.this_update().to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(list.next_update().to_string(), "2026-02-01T00:00:00Z");
    assert_eq!(list.number().unwrap().as_bytes(), [1]);
    assert_eq!(list.signature(), b"signature");
    assert_eq!(list.algorithm(), [0x06, 0x03, 0x2B, 0x65, 0x70]);
    let entries = [entry(&[9], &[]), entry(&[2], &[]), entry(&[0x7F], &[])];
    let list = accepted(|t| t.revoked = tlv(0x30, &entries.concat()));
    assert_eq!(serials(&list), [2, 9, 127]);
    assert_eq!(list.len(), 3);
    for nobody in [Vec::new(), tlv(0x30, &[])] {
        let list = accepted(|t| t.revoked.clone_from(&nobody));
        assert_eq!((serials(&list), list.is_empty()), (Vec::new(), true));
    }
    // The same number twice is one certificate.
    let twice = [entry(&[7], &[]), entry(&[7], &[])].concat();
    assert_eq!(serials(&accepted(|t| t.revoked = tlv(0x30, &twice))), [7]);
}

#[test]
fn versions_and_what_they_have() {
    let first = |t: &mut Template| {
        t.version.clear();
        t.extensions.clear();
    };
    assert_eq!(serials(&accepted(first)), [7]);
    refused(Kind::Version, |t| t.version = tlv(0x02, &[0]));
    refused(Kind::Version, |t| t.version = tlv(0x02, &[2]));
    refused(Kind::Integer, |t| t.version = tlv(0x02, &[0, 1]));
    refused(Kind::VersionMismatch, |t| t.version.clear());
    refused(Kind::VersionMismatch, |t| {
        first(t);
        t.revoked = tlv(0x30, &entry(&[7], &[unknown(false)]));
    });
}

#[test]
fn times_and_names_are_there() {
    refused(Kind::NoNextUpdate, |t| t.next_update.clear());
    refused(Kind::EmptyIssuer, |t| t.issuer = tlv(0x30, &[]));
    refused(Kind::Time, |t| t.this_update = tlv(0x17, b"2601010000Z"));
    refused(Kind::Time, |t| t.next_update = tlv(0x17, b"260201000000+"));
    let list = accepted(|t| t.next_update = tlv(0x18, b"20500101000000Z"));
    assert_eq!(list.next_update().to_string(), "2050-01-01T00:00:00Z");
    refused(Kind::Time, |t| {
        t.revoked = tlv(0x30, &seq(&[&tlv(0x02, &[7]), &tlv(0x17, b"x")]));
    });
    refused(Kind::Truncated, |t| {
        t.revoked = tlv(0x30, &seq(&[&tlv(0x02, &[7])]));
    });
}

#[test]
fn lists_that_are_not_whole_are_refused() {
    let with = |extra: Vec<u8>| move |t: &mut Template| t.extensions = wrapped(&[extra]);
    let only = |field: u8| tlv(0x80 | field, &[0xFF]);
    let of = |fields: &[Vec<u8>]| accepted(with(scope(fields))).scope();
    assert_eq!(of(&[]), ListScope::All);
    assert_eq!(of(&[only(1)]), ListScope::EndEntities);
    assert_eq!(of(&[only(2)]), ListScope::Authorities);
    // FALSE is the default, and should not be written.
    assert_eq!(of(&[tlv(0x81, &[0])]), ListScope::All);
    let point = tlv(0xA0, &tlv(0xA0, &tlv(0x86, b"http://crl.example/1")));
    let reasons = tlv(0x83, &[1, 0x06]);
    for fields in [
        vec![only(1), only(2)],
        vec![point],
        vec![reasons],
        vec![only(4)],
        vec![only(5)],
        vec![only(1), only(4)],
    ] {
        refused(Kind::PartialList, with(scope(&fields)));
    }
    refused(Kind::Boolean, with(scope(&[tlv(0x81, &[1])])));
    refused(Kind::PartialList, with(extension(27, &tlv(0x02, &[1]))));
    accepted(with(unknown(false)));
    refused(Kind::CriticalExtension, with(unknown(true)));
    let two = |one: Vec<u8>, other: Vec<u8>| {
        move |t: &mut Template| t.extensions = wrapped(&[one, other])
    };
    accepted(two(number(&[1]), unknown(false)));
    refused(Kind::DuplicateExtension, two(number(&[1]), number(&[1])));
    refused(
        Kind::DuplicateExtension,
        two(unknown(false), unknown(false)),
    );
    refused(Kind::DuplicateExtension, two(scope(&[only(1)]), scope(&[])));
}

#[test]
fn entries_that_are_not_of_the_issuer_s_certificates_are_refused() {
    let with =
        |extra: Vec<u8>| move |t: &mut Template| t.revoked = tlv(0x30, &entry(&[7], &[extra]));
    let reason = |code: u8| extension(21, &tlv(0x0A, &[code]));
    for code in [0, 1, 6, 10] {
        assert_eq!(serials(&accepted(with(reason(code)))), [7]);
    }
    refused(Kind::PartialList, with(reason(8)));
    let other = tlv(0x30, &tlv(0xA4, &name(&[attribute(3, b"\x0C\x01X")])));
    refused(Kind::PartialList, with(extension(29, &other)));
    accepted(with(unknown(false)));
    refused(Kind::CriticalExtension, with(unknown(true)));
    refused(
        Kind::UnexpectedElement,
        with(extension(21, &tlv(0x02, &[1]))),
    );
}

#[test]
fn der_is_strict() {
    refused(Kind::TrailingData, |t| t.tail = vec![0x05, 0x00]);
    refused(Kind::TrailingData, |t| t.signed_tail = vec![0x05, 0x00]);
    refused(Kind::AlgorithmMismatch, |t| {
        t.outer_algorithm = seq(&[&[0x06, 0x01, 0x2A]]);
    });
    refused(Kind::BitString, |t| t.signature = tlv(0x03, b""));
    refused(Kind::BitString, |t| t.signature = tlv(0x03, &[1, 0x80]));
    refused(Kind::Integer, |t| {
        t.revoked = tlv(0x30, &entry(&[0, 7], &[]));
    });
    refused(Kind::Integer, |t| t.revoked = tlv(0x30, &entry(&[], &[])));
    refused(Kind::NonMinimalLength, |t| {
        t.revoked = vec![0x30, 0x81, 0x00];
    });
    refused(Kind::IndefiniteLength, |t| {
        t.revoked = vec![0x30, 0x80, 0x00, 0x00];
    });
    refused(Kind::TrailingData, |t| {
        t.revoked = tlv(0x31, &entry(&[7], &[]));
    });
    let der = Template::default().der();
    for cut in 0..der.len() {
        assert!(
            RevocationList::from_der(der[..cut].to_vec()).is_err(),
            "{cut}"
        );
    }
    let longer = [der, vec![0]].concat();
    let error = RevocationList::from_der(longer).expect_err("refused");
    assert_eq!(error.kind(), Kind::TrailingData);
}

/// Made by `openssl ca -gencrl` 3.0, with an entry each of 07, 0A0B0C and FF01.
#[test]
fn openssl_s_lists_are_read() {
    let read = |bytes: &[u8]| RevocationList::from_der(bytes.to_vec());
    let revoked = read(include_bytes!("../fuzz/seeds/revocation_list/revoked")).unwrap();
    assert_eq!((revoked.len(), serials(&revoked)), (3, vec![7]));
    assert_eq!(revoked.issuer().to_string(), "CN=Example CA,O=Example");
    assert_eq!(revoked.scope(), ListScope::All);
    assert_eq!(revoked.authority_key_id().map(<[u8]>::len), Some(20));
    let empty = read(include_bytes!("../fuzz/seeds/revocation_list/empty")).unwrap();
    assert!(empty.is_empty());
    let clients = read(include_bytes!("../fuzz/seeds/revocation_list/of_clients")).unwrap();
    assert_eq!(
        (clients.scope(), clients.len()),
        (ListScope::EndEntities, 3)
    );
    let point = read(include_bytes!("../fuzz/seeds/revocation_list/of_a_point"));
    assert_eq!(point.unwrap_err().kind(), Kind::PartialList);
}

#[cfg(feature = "verify")]
#[test]
fn texts_hold_one_list_or_more_and_nothing_else() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use certgate::trust::RevocationLists;

    let der = Template::default().der();
    let block_of = |label: &str, der: &[u8]| {
        let base64 = STANDARD.encode(der);
        let lines: Vec<_> = base64.as_bytes().chunks(64).collect();
        let lines = lines.iter().map(|line| str::from_utf8(line).unwrap());
        let body: Vec<_> = lines.collect();
        format!(
            "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
            body.join("\n")
        )
    };
    let block = |label: &str| block_of(label, &der);
    let one = block("X509 CRL");
    let added = |bytes: &[u8]| {
        let mut lists = RevocationLists::new();
        let added = lists.add(bytes);
        assert_eq!(lists.iter().len(), *added.as_ref().unwrap_or(&0));
        added.map_err(|error| error.to_string())
    };
    assert_eq!(added(&der), Ok(1));
    assert_eq!(added(one.as_bytes()), Ok(1));
    assert_eq!(added(format!("{one}{one}").as_bytes()), Ok(2));
    assert_eq!(added(one.replace('\n', "\r\n").as_bytes()), Ok(1));
    assert_eq!(added(format!("Issued today.\n\n{one}\n").as_bytes()), Ok(1));
    assert_eq!(added(format!("\u{feff}{one}").as_bytes()), Ok(1));
    for text in [
        String::new(),
        "text".to_owned(),
        block("CERTIFICATE"),
        format!("{one}{}", block("CERTIFICATE")),
        format!("{one}{}", block("SOMETHING")),
        one.replace("-----END X509 CRL-----", ""),
        one.replace("END X509 CRL", "END CERTIFICATE"),
        one.replacen('M', "*", 1),
        // A list that would be lost beside another.
        format!("{one}{}", one.replacen("-----B", "----B", 1)),
        format!("{one} {one}"),
        // Two lists in the DER of one.
        String::from_utf8_lossy(&[&der[..], &der].concat()).into_owned(),
    ] {
        assert_eq!(added(text.as_bytes()).map_err(drop), Err(()), "{text}");
    }
    assert!(added(&[&der[..], &der].concat()).is_err());
    let second = format!("{one}{}", block_of("X509 CRL", &der[1..]));
    assert!(
        added(second.as_bytes())
            .unwrap_err()
            .starts_with("revocation list 2: ")
    );
}

/// What x509-cert reads is what is read here.
fn agrees(der: &[u8]) -> Result<bool, TestCaseError> {
    let Ok(list) = RevocationList::from_der(der.to_vec()) else {
        return Ok(false);
    };
    // It knows no lists of version 1.
    let Ok(other) = CertificateList::<Rfc5280>::from_der(der) else {
        return Ok(true);
    };
    let signed = &other.tbs_cert_list;
    let seconds = |time: &x509_cert::time::Time| time.to_unix_duration().as_secs() as i64;
    prop_assert_eq!(
        list.this_update().unix_seconds(),
        seconds(&signed.this_update)
    );
    let next = signed.next_update.as_ref().map(seconds);
    prop_assert_eq!(Some(list.next_update().unix_seconds()), next);
    prop_assert_eq!(list.issuer().as_der(), signed.issuer.to_der().unwrap());
    prop_assert_eq!(list.signature(), other.signature.as_bytes().unwrap());
    prop_assert_eq!(list.signed(), signed.to_der().unwrap());
    let entries = signed.revoked_certificates.as_deref().unwrap_or_default();
    prop_assert_eq!(list.len(), entries.len());
    for entry in entries {
        let serial = tlv(0x02, entry.serial_number.as_bytes());
        let certificate = certificate_support::Template::with(|fields| fields.serial = serial);
        let certificate = certgate::certificate::CertInfo::from_der(certificate).unwrap();
        prop_assert!(list.revokes(certificate.serial()));
    }
    Ok(true)
}

proptest! {
    #[test]
    fn x509_cert_reads_the_same(
        numbers in prop::collection::vec(1_u64..u64::MAX, 0..40),
        reasons in prop::collection::vec(prop::option::of(0_u8..8), 40),
        (year, month, day) in (0_u8..50, 1_u8..13, 1_u8..29),
        change in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
    ) {
        let entries = numbers.iter().zip(&reasons).map(|(number, reason)| {
            let octets = number.to_be_bytes();
            let mut serial = octets[number.leading_zeros() as usize / 8..].to_vec();
            if serial[0] & 0x80 != 0 {
                serial.insert(0, 0);
            }
            let reason = reason.map(|code| extension(21, &tlv(0x0A, &[code])));
            entry(&serial, &reason.into_iter().collect::<Vec<_>>())
        });
        let entries: Vec<_> = entries.collect();
        let mut der = Template {
            this_update: tlv(0x17, format!("{year:02}{month:02}{day:02}112233Z").as_bytes()),
            revoked: if entries.is_empty() { Vec::new() } else { tlv(0x30, &entries.concat()) },
            ..Template::default()
        }
        .der();
        prop_assert!(CertificateList::<Rfc5280>::from_der(&der).is_ok());
        prop_assert!(agrees(&der)?);
        if let Some((place, octet)) = change {
            let place = place.index(der.len());
            der[place] = octet;
            agrees(&der)?;
        }
    }
}
