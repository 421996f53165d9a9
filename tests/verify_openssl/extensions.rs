//! The extensions of certificates.

use crate::der::{bits, extension, int, oid, seq, tlv};

pub(crate) const CLIENT: &str = "1.3.6.1.5.5.7.3.2";
pub(crate) const SERVER: &str = "1.3.6.1.5.5.7.3.1";
pub(crate) const ANY: &str = "2.5.29.37.0";

pub(crate) fn basic_constraints(is_ca: bool, path_len: Option<u64>) -> Vec<u8> {
    let flag = if is_ca { tlv(0x01, &[0xFF]) } else { vec![] };
    let length = path_len.map(int).unwrap_or_default();
    extension("2.5.29.19", true, &seq(&[&flag, &length]))
}

pub(crate) const SIGNATURE: u8 = 0x80;
pub(crate) const NON_REPUDIATION: u8 = 0x40;
pub(crate) const KEY_ENCIPHERMENT: u8 = 0x20;
pub(crate) const KEY_AGREEMENT: u8 = 0x08;
pub(crate) const CERT_SIGN: u8 = 0x04;
pub(crate) const CRL_SIGN: u8 = 0x02;

pub(crate) fn key_usage(usage: u8) -> Vec<u8> {
    let content = [usage.trailing_zeros() as u8, usage];
    extension("2.5.29.15", true, &tlv(0x03, &content))
}

pub(crate) fn purposes(purposes: &[&str]) -> Vec<u8> {
    let purposes: Vec<_> = purposes.iter().map(|purpose| oid(purpose)).collect();
    extension("2.5.29.37", false, &tlv(0x30, &purposes.concat()))
}

/// A GeneralName in text: its form, a colon, and what it is.
pub(crate) fn general_name(text: &str) -> Vec<u8> {
    let (form, value) = text.split_once(':').unwrap();
    let octets = |text: &str| -> Vec<u8> {
        text.split('.')
            .map(|octet| octet.parse().unwrap())
            .collect()
    };
    match form {
        "email" => tlv(0x81, value.as_bytes()),
        "dns" => tlv(0x82, value.as_bytes()),
        "dir" => tlv(0xA4, &crate::der::cn(value)),
        "uri" => tlv(0x86, value.as_bytes()),
        // An address, or in constraints address and mask.
        "ip" => tlv(0x87, &octets(value)),
        "rid" => tlv(0x88, &oid(value)[2..]),
        _ => panic!("{form}"),
    }
}

pub(crate) fn alternative_names(names: &[&str]) -> Vec<u8> {
    let names: Vec<_> = names.iter().map(|name| general_name(name)).collect();
    extension("2.5.29.17", false, &tlv(0x30, &names.concat()))
}

pub(crate) fn name_constraints(permitted: &[&str], excluded: &[&str]) -> Vec<u8> {
    let trees = |tag: u8, names: &[&str]| {
        let bases: Vec<_> = names
            .iter()
            .map(|name| seq(&[&general_name(name)]))
            .collect();
        if bases.is_empty() {
            Vec::new()
        } else {
            tlv(tag, &bases.concat())
        }
    };
    let both = seq(&[&trees(0xA0, permitted), &trees(0xA1, excluded)]);
    extension("2.5.29.30", true, &both)
}

pub(crate) fn subject_key_id(id: &[u8]) -> Vec<u8> {
    extension("2.5.29.14", false, &tlv(0x04, id))
}

pub(crate) fn authority_key_id(id: &[u8]) -> Vec<u8> {
    extension("2.5.29.35", false, &seq(&[&tlv(0x80, id)]))
}

/// One that nobody knows.
pub(crate) fn unknown(critical: bool) -> Vec<u8> {
    extension("1.3.6.1.4.1.55555.1", critical, &bits(&[0x80]))
}
