//! Certificates that x509-cert builds, which encodes in its own way.

use std::str::FromStr as _;
use std::time::Duration;

use ring::signature::{Ed25519KeyPair, KeyPair as _};
use signature::{Keypair, Signer};
use x509_cert::TbsCertificate;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{Builder as _, CertificateBuilder};
use x509_cert::der::asn1::BitString;
use x509_cert::der::{Decode as _, Document, Encode as _};
use x509_cert::ext::Extension;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{
    AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, EncodePublicKey, ObjectIdentifier,
    SignatureBitStringEncoding, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef,
};
use x509_cert::time::Validity;

use crate::keys::pem;
use crate::pki::{load, sent};

/// An Ed25519 key, as the builder asks for keys.
struct Key(Ed25519KeyPair);

#[derive(Clone)]
struct Public(Vec<u8>);

struct Signature(Vec<u8>);

const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

fn algorithm() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned {
        oid: ED25519,
        parameters: None,
    }
}

impl Keypair for Key {
    type VerifyingKey = Public;

    fn verifying_key(&self) -> Public {
        Public(self.0.public_key().as_ref().to_vec())
    }
}

impl Signer<Signature> for Key {
    fn try_sign(&self, message: &[u8]) -> signature::Result<Signature> {
        Ok(Signature(self.0.sign(message).as_ref().to_vec()))
    }
}

impl DynSignatureAlgorithmIdentifier for Key {
    fn signature_algorithm_identifier(&self) -> x509_cert::spki::Result<AlgorithmIdentifierOwned> {
        Ok(algorithm())
    }
}

impl Public {
    fn info(&self) -> SubjectPublicKeyInfoOwned {
        SubjectPublicKeyInfoOwned {
            algorithm: algorithm(),
            subject_public_key: BitString::from_bytes(&self.0).unwrap(),
        }
    }
}

impl EncodePublicKey for Public {
    fn to_public_key_der(&self) -> x509_cert::spki::Result<Document> {
        Ok(Document::try_from(self.info().to_der()?)?)
    }
}

impl SignatureBitStringEncoding for Signature {
    fn to_bitstring(&self) -> x509_cert::der::Result<BitString> {
        BitString::from_bytes(&self.0)
    }
}

/// A client by this authority, without extensions.
struct Client {
    issuer: Name,
    subject: Name,
}

impl BuilderProfile for Client {
    fn get_issuer(&self, _: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        _: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        Ok(Vec::new())
    }
}

#[test]
fn a_certificate_of_x509_cert_loads_with_its_key() {
    let pkcs8 = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).unwrap();
    let client = Key(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap());
    let authority = Ed25519KeyPair::generate_pkcs8(&ring::rand::SystemRandom::new()).unwrap();
    let authority = Key(Ed25519KeyPair::from_pkcs8(authority.as_ref()).unwrap());
    let profile = Client {
        issuer: Name::from_str("CN=Upstream CA").unwrap(),
        subject: Name::from_str("CN=pisp-partner-acme,OU=pisp-prod").unwrap(),
    };
    let validity = Validity::from_now(Duration::from_secs(3600)).unwrap();
    let serial = SerialNumber::from(42_u32);
    let info = client.verifying_key().info();
    let certificate = CertificateBuilder::new(profile, serial, validity, info)
        .unwrap()
        .build::<_, Signature>(&authority)
        .unwrap();
    let der = certificate.to_der().unwrap();
    assert!(x509_cert::Certificate::from_der(&der).is_ok());
    let bundle = pem("PRIVATE KEY", pkcs8.as_ref()) + &pem("CERTIFICATE", &der);
    let credential = load(bundle).unwrap();
    assert_eq!(sent(&credential), ["CN=pisp-partner-acme,OU=pisp-prod"]);
    assert_eq!(credential.certificate().der(), der);
}
