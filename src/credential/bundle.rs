//! Blocks of PEM to what a credential is made of.

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

use crate::certificate::CertInfo;

use super::decrypt::decrypt;
use super::error::{BlockPlace, CredentialError, CredentialErrorKind};
use super::pem::{self, Block};
use super::private_key::{KeyForm, PrivateKey};

/// A certificate and where it stood.
pub(super) struct Placed {
    pub(super) certificate: CertInfo,
    pub(super) place: BlockPlace,
}

/// What a text holds, in any order.
#[derive(Default)]
pub(super) struct Bundle<'a> {
    pub(super) certificates: Vec<Placed>,
    pub(super) key: Option<KeyBlock<'a>>,
}

/// The only private key of a text.
pub(super) struct KeyBlock<'a> {
    block: Block<'a>,
    pub(super) place: BlockPlace,
}

impl<'a> Bundle<'a> {
    /// Reads a text that may hold certificates and one private key.
    pub(super) fn read(text: &'a [u8]) -> Result<Self, CredentialError> {
        let mut bundle = Self::default();
        for block in read_blocks(text)? {
            let place = block.place;
            let at = |kind| CredentialError::new(kind).at(place);
            match block.label {
                b"CERTIFICATE" => bundle.take_certificate(block)?,
                b"ENCRYPTED PRIVATE KEY" => bundle.take_key(block)?,
                label if KeyForm::of_label(label).is_some() => bundle.take_key(block)?,
                // `openssl ecparam -genkey` writes the curve before the key, which
                // names it as well.
                b"EC PARAMETERS" => {}
                label => return Err(at(foreign(label))),
            }
        }
        Ok(bundle)
    }

    fn take_certificate(&mut self, block: Block<'a>) -> Result<(), CredentialError> {
        let place = block.place;
        let at = |kind| CredentialError::new(kind).at(place);
        let der = block.into_der().map_err(|(kind, _)| at(kind))?;
        let certificate = CertInfo::from_der(der.to_vec())
            .map_err(|error| at(CredentialErrorKind::CertificateMalformed(error.kind())))?;
        let mut others = self.certificates.iter();
        if others.any(|other| other.certificate == certificate) {
            return Err(at(CredentialErrorKind::CertificateRepeated));
        }
        self.certificates.push(Placed { certificate, place });
        Ok(())
    }

    fn take_key(&mut self, block: Block<'a>) -> Result<(), CredentialError> {
        let place = block.place;
        if self.key.is_some() {
            return Err(CredentialError::new(CredentialErrorKind::SeveralKeys).at(place));
        }
        self.key = Some(KeyBlock { block, place });
        Ok(())
    }
}

impl KeyBlock<'_> {
    /// The private key, decrypted if it was encrypted. An empty passphrase is none.
    pub(super) fn open(
        self,
        passphrase: Option<&SecretString>,
    ) -> Result<PrivateKey, CredentialErrorKind> {
        let form = KeyForm::of_label(self.block.label);
        let der = self.block.into_der().map_err(|(kind, _)| kind)?;
        let passphrase = passphrase.filter(|passphrase| !passphrase.expose_secret().is_empty());
        match (form, passphrase) {
            (Some(form), None) => Ok(PrivateKey::new(form, der)),
            (Some(_), Some(_)) => Err(CredentialErrorKind::PassphraseUnneeded),
            (None, Some(passphrase)) => decrypted(&der, passphrase),
            (None, None) => Err(CredentialErrorKind::PassphraseMissing),
        }
    }
}

fn decrypted(
    der: &Zeroizing<Vec<u8>>,
    passphrase: &SecretString,
) -> Result<PrivateKey, CredentialErrorKind> {
    Ok(PrivateKey::new(KeyForm::Pkcs8, decrypt(der, passphrase)?))
}

/// The blocks of a text, of which there is one at least.
fn read_blocks(text: &[u8]) -> Result<Vec<Block<'_>>, CredentialError> {
    let blocks = pem::blocks(text).map_err(|(kind, place)| CredentialError::new(kind).at(place))?;
    if blocks.is_empty() {
        return Err(CredentialError::new(no_block(text)));
    }
    Ok(blocks)
}

/// What a text without PEM is instead.
fn no_block(text: &[u8]) -> CredentialErrorKind {
    match text {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => CredentialErrorKind::Utf16,
        // SEQUENCE { INTEGER 3: PFX (RFC 7292 section 4), in DER or in BER.
        [0x30, 0x80, 0x02, 0x01, 0x03, ..]
        | [0x30, 0x82, _, _, 0x02, 0x01, 0x03, ..]
        | [0x30, 0x83, _, _, _, 0x02, 0x01, 0x03, ..] => CredentialErrorKind::Pkcs12,
        [0x30, 0x80..=0x84, ..] => CredentialErrorKind::Der,
        // An Ed25519 key is this short.
        [0x30, length, rest @ ..] if rest.len() == usize::from(*length) => CredentialErrorKind::Der,
        _ => CredentialErrorKind::NoBlock,
    }
}

/// What a block is that is neither a certificate nor a key.
fn foreign(label: &[u8]) -> CredentialErrorKind {
    match label {
        b"CERTIFICATE REQUEST" | b"NEW CERTIFICATE REQUEST" => CredentialErrorKind::SigningRequest,
        b"X509 CRL" => CredentialErrorKind::RevocationList,
        b"PUBLIC KEY" | b"RSA PUBLIC KEY" => CredentialErrorKind::PublicKey,
        b"TRUSTED CERTIFICATE" => CredentialErrorKind::TrustedCertificate,
        b"PKCS7" | b"CMS" => CredentialErrorKind::Pkcs7,
        b"OPENSSH PRIVATE KEY" => CredentialErrorKind::OpenSshKey,
        _ => CredentialErrorKind::ForeignBlock,
    }
}
