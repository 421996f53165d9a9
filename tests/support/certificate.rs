//! Certificates made by hand, field by field, so that they are the same in
//! every run and can carry names that no certificate tool would write. The
//! signature is a dummy: certgate leaves signatures to whoever terminates TLS.

use serde::Deserialize;

use super::time;

/// The name of the issuer of a certificate that does not say otherwise.
pub const ISSUER: [&str; 3] = ["C=US", "O=Example", "CN=example-ca"];

/// What a certificate says. The names are RDNs in the order of the DER.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Certificate {
    /// Why it is like this.
    pub about: String,
    pub subject: Vec<Rdn>,
    pub issuer: Vec<Rdn>,
    pub not_before: String,
    pub not_after: String,
    /// Alternative names: `uri:…`, `dns:…`, `email:…`, `ip:…` (IPv4).
    pub san: Vec<String>,
    pub serial: u64,
    /// The octet of which its public key is made.
    pub key: u8,
    /// The purposes of its extended key usage, as dotted object identifiers;
    /// none: without the extension.
    pub purposes: Vec<String>,
    /// Other extensions, by their dotted object identifiers, with NULL in them.
    pub extensions: Vec<String>,
}

/// One attribute as `CN=value`, or several in one RDN.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Rdn {
    Single(String),
    Several(Vec<String>),
}

impl Default for Certificate {
    fn default() -> Self {
        Self {
            about: String::new(),
            subject: Vec::new(),
            issuer: rdns(ISSUER),
            not_before: "2026-01-01T00:00:00Z".to_owned(),
            not_after: "2027-01-01T00:00:00Z".to_owned(),
            san: Vec::new(),
            serial: 1,
            key: 0x5A,
            purposes: Vec::new(),
            extensions: Vec::new(),
        }
    }
}

/// RDNs of one attribute each.
pub fn rdns<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Vec<Rdn> {
    texts
        .into_iter()
        .map(|text| Rdn::Single(text.into()))
        .collect()
}

impl Certificate {
    pub fn der(&self) -> Vec<u8> {
        let ed25519 = tlv(0x30, &tlv(0x06, &[0x2B, 0x65, 0x70]));
        let key = tlv(0x03, &[&[0][..], &[self.key; 32]].concat());
        let tbs = [
            tlv(0xA0, &[0x02, 0x01, 0x02]),
            tlv(
                0x02,
                &[&[0x01][..], self.serial.to_be_bytes().as_slice()].concat(),
            ),
            ed25519.clone(),
            name(&self.issuer),
            tlv(
                0x30,
                &[utc_time(&self.not_before), utc_time(&self.not_after)].concat(),
            ),
            name(&self.subject),
            tlv(0x30, &[ed25519.clone(), key].concat()),
            self.extensions(),
        ]
        .concat();
        // Bytes whose base64 has every character of the alphabet.
        let dummy: Vec<u8> = (0..71).map(|i: u8| i.wrapping_mul(0xFB)).collect();
        let signature = tlv(0x03, &[&[0][..], &dummy].concat());
        tlv(0x30, &[tlv(0x30, &tbs), ed25519, signature].concat())
    }

    fn extensions(&self) -> Vec<u8> {
        let mut extensions = Vec::new();
        if !self.san.is_empty() {
            let names: Vec<u8> = self
                .san
                .iter()
                .flat_map(|name| general_name(name))
                .collect();
            extensions.extend(extension(&oid("2.5.29.17"), &tlv(0x30, &names)));
        }
        if !self.purposes.is_empty() {
            let purposes: Vec<u8> = self.purposes.iter().flat_map(|text| oid(text)).collect();
            extensions.extend(extension(&oid("2.5.29.37"), &tlv(0x30, &purposes)));
        }
        for id in &self.extensions {
            extensions.extend(extension(&oid(id), &[0x05, 0x00]));
        }
        if extensions.is_empty() {
            return extensions;
        }
        tlv(0xA3, &tlv(0x30, &extensions))
    }
}

fn extension(id: &[u8], value: &[u8]) -> Vec<u8> {
    tlv(0x30, &[id, &tlv(0x04, value)].concat())
}

/// An object identifier whose first two arcs fit one octet.
fn oid(dotted: &str) -> Vec<u8> {
    let mut arcs = dotted.split('.').map(|arc| arc.parse::<u32>().unwrap());
    let (root, second) = (arcs.next().unwrap(), arcs.next().unwrap());
    let mut octets = vec![(root * 40 + second) as u8];
    for arc in arcs {
        let groups = (0..5)
            .rev()
            .filter(|group| *group == 0 || arc >> (7 * group) != 0);
        octets.extend(groups.map(|group| {
            let more = if group == 0 { 0 } else { 0x80 };
            (arc >> (7 * group)) as u8 & 0x7F | more
        }));
    }
    tlv(0x06, &octets)
}

/// One DER element with its length in the shortest form.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut der = vec![tag];
    match length {
        0..=0x7F => der.push(length as u8),
        0x80..=0xFF => der.extend([0x81, length as u8]),
        _ => der.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    der.extend(content);
    der
}

fn name(rdns: &[Rdn]) -> Vec<u8> {
    let rdns: Vec<u8> = rdns
        .iter()
        .flat_map(|rdn| {
            let mut attributes: Vec<Vec<u8>> = match rdn {
                Rdn::Single(text) => vec![attribute(text)],
                Rdn::Several(texts) => texts.iter().map(|text| attribute(text)).collect(),
            };
            // DER sorts the members of a set.
            attributes.sort();
            tlv(0x31, &attributes.concat())
        })
        .collect();
    tlv(0x30, &rdns)
}

fn attribute(text: &str) -> Vec<u8> {
    let (kind, value) = text.split_once('=').unwrap();
    let oid: &[u8] = match kind {
        "CN" => &[0x55, 0x04, 0x03],
        "OU" => &[0x55, 0x04, 0x0B],
        "O" => &[0x55, 0x04, 0x0A],
        "C" => &[0x55, 0x04, 0x06],
        "L" => &[0x55, 0x04, 0x07],
        "UID" => &[0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 0x01, 0x01],
        other => panic!("attribute {other} is not in the table of the tests"),
    };
    let string_type = if kind == "C" { 0x13 } else { 0x0C };
    let parts = [tlv(0x06, oid), tlv(string_type, value.as_bytes())].concat();
    tlv(0x30, &parts)
}

fn general_name(text: &str) -> Vec<u8> {
    let (kind, value) = text.split_once(':').unwrap();
    match kind {
        "email" => tlv(0x81, value.as_bytes()),
        "dns" => tlv(0x82, value.as_bytes()),
        "uri" => tlv(0x86, value.as_bytes()),
        "ip" => tlv(0x87, &value.parse::<std::net::Ipv4Addr>().unwrap().octets()),
        other => panic!("alternative name {other} is not in the table of the tests"),
    }
}

fn utc_time(text: &str) -> Vec<u8> {
    let seconds = time::parse(text).unix_seconds();
    let shown = certgate::request::Timestamp::from_unix_seconds(seconds).to_string();
    let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
    tlv(0x17, format!("{}Z", &digits[2..]).as_bytes())
}
