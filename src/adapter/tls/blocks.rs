//! Blocks of PEM of one kind, where those of others are passed over or refused.

use tokio_rustls::rustls::pki_types::{CertificateDer, CertificateRevocationListDer};

use crate::credential::pem::{self, Block};
use crate::credential::{KeyForm, PrivateKey};

use super::TlsError;

/// Every certificate, in order.
pub(super) fn certificates(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    blocks(text)?
        .into_iter()
        .filter(|block| block.label == b"CERTIFICATE")
        .map(|block| Ok(der(block)?.into()))
        .collect()
}

/// Every certificate of a text that holds nothing else.
pub(super) fn only_certificates(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let blocks = blocks_labelled(text, b"CERTIFICATE")?;
    blocks
        .into_iter()
        .map(|block| Ok(der(block)?.into()))
        .collect()
}

/// Every revocation list of a text that holds nothing else.
pub(super) fn only_revocation_lists(
    text: &[u8],
) -> Result<Vec<CertificateRevocationListDer<'static>>, TlsError> {
    let blocks = blocks_labelled(text, b"X509 CRL")?;
    blocks
        .into_iter()
        .map(|block| Ok(der(block)?.into()))
        .collect()
}

/// The only private key, in PKCS #8, PKCS #1 or SEC 1.
pub(super) fn only_key(text: &[u8]) -> Result<PrivateKey, TlsError> {
    let mut key = None;
    let mut is_encrypted = false;
    for block in blocks(text)? {
        is_encrypted |= block.label == b"ENCRYPTED PRIVATE KEY";
        let Some(form) = KeyForm::of_label(block.label) else {
            continue;
        };
        let Ok(der) = block.into_der() else {
            return Err(TlsError::KeyEncrypted);
        };
        if key.replace(PrivateKey::new(form, der)).is_some() {
            return Err(TlsError::SeveralKeys);
        }
    }
    let none = if is_encrypted {
        TlsError::KeyEncrypted
    } else {
        TlsError::NoKey
    };
    key.ok_or(none)
}

fn blocks(text: &[u8]) -> Result<Vec<Block<'_>>, TlsError> {
    pem::blocks(text).map_err(|_| TlsError::Pem)
}

fn blocks_labelled<'a>(text: &'a [u8], label: &[u8]) -> Result<Vec<Block<'a>>, TlsError> {
    let blocks = blocks(text)?;
    if blocks.iter().all(|block| block.label == label) {
        Ok(blocks)
    } else {
        Err(TlsError::ForeignBlock)
    }
}

fn der(block: Block<'_>) -> Result<Vec<u8>, TlsError> {
    // None of these is secret.
    let der = block.into_der().map_err(|_| TlsError::Pem)?;
    Ok(der.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// PKCS #8 as far as PEM goes.
    const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";

    #[test]
    fn there_is_one_key_in_whatever_stands_around_it() {
        let around = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n\
             -----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        for (pem, expected) in [
            (KEY.to_owned(), None),
            (format!("{around}{KEY}{around}"), None),
            (KEY.replace('\n', "\r\n"), None),
            (KEY.replace("PRIVATE", "EC PRIVATE"), None),
            (KEY.replace("PRIVATE", "RSA PRIVATE"), None),
            (format!("{KEY}{KEY}"), Some(TlsError::SeveralKeys)),
            (
                format!("{KEY}{}", KEY.replace("PRIVATE", "EC PRIVATE")),
                Some(TlsError::SeveralKeys),
            ),
            (String::new(), Some(TlsError::NoKey)),
            (around.to_owned(), Some(TlsError::NoKey)),
            ("\u{30}\u{0}".to_owned(), Some(TlsError::NoKey)),
            (
                KEY.replace("PRIVATE", "ENCRYPTED PRIVATE"),
                Some(TlsError::KeyEncrypted),
            ),
            (KEY.replace("MAA=", "M"), Some(TlsError::Pem)),
            (KEY.replace("-----END", "-----NO"), Some(TlsError::Pem)),
            (KEY.replacen("KEY-----", "KEY--", 1), Some(TlsError::Pem)),
        ] {
            assert_eq!(only_key(pem.as_bytes()).err(), expected, "{pem}");
        }
    }

    #[test]
    fn every_block_is_looked_at_for_its_kind() {
        let certificate = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        let foreign = Some(TlsError::ForeignBlock);
        for (pem, expected) in [
            (certificate.to_owned(), None),
            (format!("text\n{certificate}{certificate}"), None),
            (certificate.replace('\n', " \r\n"), None),
            (format!("{certificate}{KEY}"), foreign),
            (certificate.replace("CERT", "TRUSTED CERT"), foreign),
            (certificate.replace("CERT", "X509 CERT"), foreign),
        ] {
            let read = only_certificates(pem.as_bytes());
            assert_eq!(read.err(), expected, "{pem}");
        }
    }
}
