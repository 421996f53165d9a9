//! Blocks of PEM, and nothing of them in errors.

use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

use super::TlsError;

/// Every block of this kind, in order; others are passed over.
pub(super) fn blocks<T: PemObject>(pem: &[u8]) -> Result<Vec<T>, TlsError> {
    // Errors of the reader hold what they could not read.
    T::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|_| TlsError::Pem)
}

/// The only private key, in PKCS #8, PKCS #1 or SEC 1.
pub(super) fn only_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, TlsError> {
    let mut keys: Vec<PrivateKeyDer<'static>> = blocks(pem)?;
    match (keys.pop(), keys.is_empty()) {
        (Some(key), true) => Ok(key),
        (Some(_), false) => Err(TlsError::SeveralKeys),
        (None, _) if labels(pem).any(is_encrypted) => Err(TlsError::KeyEncrypted),
        (None, _) => Err(TlsError::NoKey),
    }
}

/// Whether every block is of this kind.
pub(super) fn holds_only(pem: &[u8], label: &[u8]) -> bool {
    labels(pem).all(|found| found == label)
}

/// What each block says that it is.
fn labels(pem: &[u8]) -> impl Iterator<Item = &[u8]> {
    pem.split(|byte| matches!(byte, b'\n' | b'\r'))
        .filter_map(|line| line.strip_prefix(b"-----BEGIN "))
        .filter_map(|rest| rest.trim_ascii_end().strip_suffix(b"-----"))
}

fn is_encrypted(label: &[u8]) -> bool {
    label == b"ENCRYPTED PRIVATE KEY"
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
        for (pem, expected) in [
            (certificate.to_owned(), true),
            (format!("text\n{certificate}{certificate}"), true),
            (certificate.replace('\n', " \r\n"), true),
            (format!("{certificate}{KEY}"), false),
            (certificate.replace("CERT", "TRUSTED CERT"), false),
            (certificate.replace("CERT", "X509 CERT"), false),
        ] {
            assert_eq!(
                holds_only(pem.as_bytes(), b"CERTIFICATE"),
                expected,
                "{pem}"
            );
        }
    }
}
