//! Revocation lists, field by field.

use crate::certificate::Party;
use crate::der::{bits, extension, int, seq, time, tlv};
use crate::extensions::authority_key_id;

pub(crate) struct ListFields {
    pub(crate) version: Option<u64>,
    pub(crate) updates: (&'static str, Option<&'static str>),
    /// Serial numbers, each with its entry's extensions.
    pub(crate) revoked: Vec<(u64, Vec<u8>)>,
    pub(crate) extensions: Vec<u8>,
}

impl Party {
    /// Its list of these numbers, current in June 2026.
    pub(crate) fn revokes(&self, serials: &[u64], change: impl FnOnce(&mut ListFields)) -> Vec<u8> {
        let mut fields = ListFields {
            version: Some(1),
            updates: ("260501000000Z", Some("260701000000Z")),
            revoked: serials.iter().map(|serial| (*serial, Vec::new())).collect(),
            extensions: [number(1), authority_key_id(&self.key_id)].concat(),
        };
        change(&mut fields);
        fields.signed_by(self)
    }
}

impl ListFields {
    fn signed_by(&self, issuer: &Party) -> Vec<u8> {
        let entries = self.revoked.iter().map(|(serial, extensions)| {
            let extensions = wrapped(0x30, extensions);
            seq(&[&int(*serial), &time("260502000000Z"), &extensions])
        });
        let entries = wrapped(0x30, &entries.collect::<Vec<_>>().concat());
        let algorithm = &issuer.key.algorithm;
        let signed = seq(&[
            &self.version.map(int).unwrap_or_default(),
            algorithm,
            &issuer.name,
            &time(self.updates.0),
            &self.updates.1.map(time).unwrap_or_default(),
            &entries,
            &wrapped(0xA0, &wrapped(0x30, &self.extensions)),
        ]);
        seq(&[&signed, algorithm, &bits(&issuer.key.sign(&signed))])
    }
}

/// Nothing, where there is nothing in it.
fn wrapped(tag: u8, content: &[u8]) -> Vec<u8> {
    if content.is_empty() {
        Vec::new()
    } else {
        tlv(tag, content)
    }
}

pub(crate) fn number(number: u64) -> Vec<u8> {
    extension("2.5.29.20", false, &int(number))
}

pub(crate) fn delta(base: u64) -> Vec<u8> {
    extension("2.5.29.27", true, &int(base))
}

/// An IssuingDistributionPoint with these fields.
pub(crate) fn scope(fields: &[u8]) -> Vec<u8> {
    extension("2.5.29.28", true, &tlv(0x30, fields))
}

/// The field of this number that is TRUE.
pub(crate) fn only(number: u8) -> Vec<u8> {
    tlv(0x80 | number, &[0xFF])
}

pub(crate) fn reason(code: u8) -> Vec<u8> {
    extension("2.5.29.21", false, &tlv(0x0A, &[code]))
}
