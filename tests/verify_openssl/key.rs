//! Keys, and what they sign.

use std::path::PathBuf;

use rcgen::{KeyPair, PKCS_ED25519, PublicKeyData as _, SignatureAlgorithm, SigningKey as _};

use crate::der::{oid, seq};
use crate::openssl;

pub(crate) struct Key {
    kind: Kind,
    /// The SubjectPublicKeyInfo.
    pub(crate) public: Vec<u8>,
    /// The AlgorithmIdentifier of its signatures.
    pub(crate) algorithm: Vec<u8>,
}

enum Kind {
    Here(Box<KeyPair>),
    /// A file with the key, and what openssl is asked to sign with it.
    OpenSsl(PathBuf, &'static [&'static str]),
}

impl Key {
    pub(crate) fn new() -> Self {
        Self::of(&rcgen::PKCS_ECDSA_P256_SHA256, "1.2.840.10045.4.3.2")
    }

    pub(crate) fn p384() -> Self {
        Self::of(&rcgen::PKCS_ECDSA_P384_SHA384, "1.2.840.10045.4.3.3")
    }

    pub(crate) fn ed25519() -> Self {
        Self::of(&PKCS_ED25519, "1.3.101.112")
    }

    fn of(kind: &'static SignatureAlgorithm, algorithm: &str) -> Self {
        let pair = KeyPair::generate_for(kind).unwrap();
        Self {
            public: pair.subject_public_key_info(),
            kind: Kind::Here(Box::new(pair)),
            algorithm: seq(&[&oid(algorithm)]),
        }
    }

    /// A key that openssl makes, and signs with: `openssl genpkey` and
    /// `openssl dgst` or `openssl pkeyutl` with these words.
    pub(crate) fn by_openssl(
        made: &[&str],
        signs: &'static [&'static str],
        algorithm: Vec<u8>,
    ) -> Self {
        let file = openssl::scratch("key.pem");
        let words = [&["genpkey", "-out", file.to_str().unwrap()], made].concat();
        openssl::run(&words, &[]);
        let public = ["pkey", "-pubout", "-outform", "DER", "-in"];
        let public = openssl::run(&[&public, &[file.to_str().unwrap()][..]].concat(), &[]);
        Self {
            kind: Kind::OpenSsl(file, signs),
            public,
            algorithm,
        }
    }

    /// The same key with signatures of another kind.
    pub(crate) fn signing(&self, signs: &'static [&'static str], algorithm: Vec<u8>) -> Self {
        let Kind::OpenSsl(file, _) = &self.kind else {
            panic!("not a key of openssl");
        };
        Self {
            kind: Kind::OpenSsl(file.clone(), signs),
            public: self.public.clone(),
            algorithm,
        }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.kind {
            Kind::Here(pair) => pair.sign(message).unwrap(),
            Kind::OpenSsl(file, words) => {
                let input = openssl::scratch("message");
                std::fs::write(&input, message).unwrap();
                let (file, input) = (file.to_str().unwrap(), input.to_str().unwrap());
                let words: Vec<_> = words
                    .iter()
                    .map(|word| match *word {
                        "KEY" => file,
                        "MESSAGE" => input,
                        word => word,
                    })
                    .collect();
                openssl::run(&words, &[])
            }
        }
    }

    /// What it goes by where nothing else is said.
    pub(crate) fn id(&self) -> Vec<u8> {
        self.public[self.public.len() - 20..].to_vec()
    }
}
