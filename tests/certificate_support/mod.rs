//! Certificates made by hand, one field at a time, right or wrong.

#![allow(dead_code, reason = "each test crate uses its part")]

/// One DER element with a length in its shortest form.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
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

pub(crate) fn seq(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// An attribute of type 2.5.4.`kind`.
pub(crate) fn attribute(kind: u8, value: &[u8]) -> Vec<u8> {
    seq(&[&[0x06, 0x03, 0x55, 0x04, kind], value])
}

/// A Name of RDNs with one attribute each.
pub(crate) fn name(attributes: &[Vec<u8>]) -> Vec<u8> {
    let rdns: Vec<_> = attributes.iter().map(|a| tlv(0x31, a)).collect();
    tlv(0x30, &rdns.concat())
}

/// An extension of type 2.5.29.`kind`.
pub(crate) fn extension(kind: u8, value: &[u8]) -> Vec<u8> {
    seq(&[&[0x06, 0x03, 0x55, 0x1D, kind], &tlv(0x04, value)])
}

pub(crate) fn extensions(list: &[Vec<u8>]) -> Vec<u8> {
    tlv(0xA3, &tlv(0x30, &list.concat()))
}

/// The encoded fields of a certificate; valid by default, version 3, without
/// extensions.
#[derive(Clone)]
pub(crate) struct Template {
    pub(crate) version: Vec<u8>,
    pub(crate) serial: Vec<u8>,
    pub(crate) algorithm: Vec<u8>,
    pub(crate) issuer: Vec<u8>,
    pub(crate) validity: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) public_key: Vec<u8>,
    pub(crate) unique_ids: Vec<u8>,
    pub(crate) extensions: Vec<u8>,
    pub(crate) tbs_tail: Vec<u8>,
    pub(crate) outer_algorithm: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) tail: Vec<u8>,
}

impl Default for Template {
    fn default() -> Self {
        // 1.3.101.112, Ed25519.
        let algorithm = seq(&[&tlv(0x06, &[0x2B, 0x65, 0x70])]);
        Self {
            version: tlv(0xA0, &[0x02, 0x01, 0x02]),
            serial: tlv(0x02, &[0x51]),
            algorithm: algorithm.clone(),
            issuer: name(&[attribute(3, b"\x0C\x02CA")]),
            validity: seq(&[&tlv(0x17, b"260101000000Z"), &tlv(0x17, b"270101000000Z")]),
            subject: name(&[attribute(3, b"\x0C\x06client")]),
            public_key: seq(&[&algorithm, &tlv(0x03, b"\0keykeykey")]),
            unique_ids: Vec::new(),
            extensions: Vec::new(),
            tbs_tail: Vec::new(),
            outer_algorithm: algorithm,
            signature: tlv(0x03, b"\0signature"),
            tail: Vec::new(),
        }
    }
}

impl Template {
    pub(crate) fn with(change: impl FnOnce(&mut Self)) -> Vec<u8> {
        let mut template = Self::default();
        change(&mut template);
        template.der()
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let tbs = seq(&[
            &self.version,
            &self.serial,
            &self.algorithm,
            &self.issuer,
            &self.validity,
            &self.subject,
            &self.public_key,
            &self.unique_ids,
            &self.extensions,
            &self.tbs_tail,
        ]);
        seq(&[&tbs, &self.outer_algorithm, &self.signature, &self.tail])
    }
}
