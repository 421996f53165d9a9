//! Certificates, field by field. They are valid in 2026, those of authorities from 2020
//! to 2040.

use std::rc::Rc;

use crate::der::{bits, cn, int, seq, time, tlv};
use crate::extensions::{
    CERT_SIGN, CLIENT, CRL_SIGN, SIGNATURE, authority_key_id, basic_constraints, key_usage,
    purposes, subject_key_id,
};
use crate::key::Key;

/// One who signs: a name and a key.
#[derive(Clone)]
pub(crate) struct Party {
    pub(crate) name: Vec<u8>,
    pub(crate) key: Rc<Key>,
    /// What certificates and lists name its key by.
    pub(crate) key_id: Vec<u8>,
}

impl Party {
    pub(crate) fn new(name: &str) -> Self {
        Self::with(name, Key::new())
    }

    pub(crate) fn with(name: &str, key: Key) -> Self {
        Self {
            name: cn(name),
            key_id: key.id(),
            key: Rc::new(key),
        }
    }

    /// The same name with another key.
    pub(crate) fn namesake(&self) -> Self {
        let key = Key::new();
        Self {
            name: self.name.clone(),
            key_id: key.id(),
            key: Rc::new(key),
        }
    }

    /// The same key under another name.
    pub(crate) fn named(&self, name: Vec<u8>) -> Self {
        Self {
            name,
            ..self.clone()
        }
    }

    /// Its certificate as an authority, by this issuer.
    pub(crate) fn by(&self, issuer: &Party, change: impl FnOnce(&mut Fields)) -> Vec<u8> {
        let mut fields = Fields::authority(self, issuer);
        change(&mut fields);
        fields.signed_by(issuer)
    }

    pub(crate) fn root(&self, change: impl FnOnce(&mut Fields)) -> Vec<u8> {
        self.by(self, change)
    }

    /// A client's certificate by this issuer.
    pub(crate) fn client(&self, change: impl FnOnce(&mut Fields)) -> Vec<u8> {
        let mut fields = Fields::client(self);
        change(&mut fields);
        fields.signed_by(self)
    }
}

/// The fields of a certificate; extensions in DER, by what they are.
pub(crate) struct Fields {
    /// 2 is version 3; none is version 1.
    pub(crate) version: Option<u64>,
    pub(crate) serial: u64,
    pub(crate) issuer: Vec<u8>,
    pub(crate) validity: (&'static str, &'static str),
    pub(crate) subject: Vec<u8>,
    pub(crate) public: Vec<u8>,
    pub(crate) constraints: Vec<u8>,
    pub(crate) usage: Vec<u8>,
    pub(crate) purposes: Vec<u8>,
    pub(crate) key_ids: Vec<u8>,
    pub(crate) others: Vec<u8>,
}

pub(crate) const CLIENT_DATES: (&str, &str) = ("260101000000Z", "270101000000Z");
pub(crate) const AUTHORITY_DATES: (&str, &str) = ("200101000000Z", "400101000000Z");

impl Fields {
    fn authority(own: &Party, issuer: &Party) -> Self {
        Self {
            version: Some(2),
            serial: 2,
            issuer: issuer.name.clone(),
            validity: AUTHORITY_DATES,
            subject: own.name.clone(),
            public: own.key.public.clone(),
            constraints: basic_constraints(true, None),
            usage: key_usage(CERT_SIGN | CRL_SIGN),
            purposes: Vec::new(),
            key_ids: [
                subject_key_id(&own.key_id),
                authority_key_id(&issuer.key_id),
            ]
            .concat(),
            others: Vec::new(),
        }
    }

    fn client(issuer: &Party) -> Self {
        thread_local! { static KEY: Key = Key::new(); }
        Self {
            version: Some(2),
            serial: 7,
            issuer: issuer.name.clone(),
            validity: CLIENT_DATES,
            subject: cn("acme"),
            public: KEY.with(|key| key.public.clone()),
            constraints: Vec::new(),
            usage: key_usage(SIGNATURE),
            purposes: purposes(&[CLIENT]),
            key_ids: authority_key_id(&issuer.key_id),
            others: Vec::new(),
        }
    }

    /// A certificate of version 1, which has no extensions.
    pub(crate) fn version_1(&mut self) {
        self.version = None;
        for extension in [
            &mut self.constraints,
            &mut self.usage,
            &mut self.purposes,
            &mut self.key_ids,
            &mut self.others,
        ] {
            extension.clear();
        }
    }

    pub(crate) fn signed_by(&self, signer: &Party) -> Vec<u8> {
        let version = self.version.map(|version| tlv(0xA0, &int(version)));
        let extensions = [
            &self.constraints[..],
            &self.usage,
            &self.purposes,
            &self.key_ids,
            &self.others,
        ]
        .concat();
        let extensions = match self.version {
            Some(2) if !extensions.is_empty() => tlv(0xA3, &tlv(0x30, &extensions)),
            _ => Vec::new(),
        };
        let algorithm = &signer.key.algorithm;
        let signed = seq(&[
            &version.unwrap_or_default(),
            &int(self.serial),
            algorithm,
            &self.issuer,
            &seq(&[&time(self.validity.0), &time(self.validity.1)]),
            &self.subject,
            &self.public,
            &extensions,
        ]);
        seq(&[&signed, algorithm, &bits(&signer.key.sign(&signed))])
    }
}
