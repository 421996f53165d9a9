//! Certificates and revocation lists in PEM (RFC 7468), and nothing of them in
//! errors.

use rustls_pki_types::pem::{PemObject as _, SectionKind};

/// Why a text does not hold what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PemError {
    /// A block does not end, or holds something that is no base64.
    #[error("a block of the PEM text cannot be read: it does not end, or is no base64")]
    Block,
    /// There is no block of the kind that is wanted.
    #[error("nothing of the kind is here: PEM has it between lines of BEGIN and END, DER as it is")]
    Nothing,
    /// There is a block of another kind.
    #[error("block {number} of the PEM text is of another kind")]
    OtherKind {
        /// Which block, from 1.
        number: usize,
    },
}

/// What a block holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Certificate,
    RevocationList,
}

/// Whether these bytes are DER rather than text: those of a SEQUENCE.
pub(super) fn is_der(bytes: &[u8]) -> bool {
    bytes.first() == Some(&0x30)
}

/// Whether a block holds a private key, encrypted or not.
pub(super) fn holds_private_key(text: &[u8]) -> bool {
    const END_OF_LABEL: &[u8] = b"PRIVATE KEY-----";
    text.windows(END_OF_LABEL.len())
        .any(|part| part == END_OF_LABEL)
}

/// The DER of every block, all of which have to be of this kind; one at least.
/// Text around them is passed over.
pub(super) fn blocks(text: &[u8], kind: Kind) -> Result<Vec<Vec<u8>>, PemError> {
    let label: &[u8] = match kind {
        Kind::Certificate => b"CERTIFICATE",
        Kind::RevocationList => b"X509 CRL",
    };
    // The reader below passes over blocks of kinds that it does not know.
    for (found, number) in labels(text).zip(1..) {
        if found != label {
            return Err(PemError::OtherKind { number });
        }
    }
    let blocks = <(SectionKind, Vec<u8>)>::pem_slice_iter(text)
        .map(|block| block.map(|(_, der)| der))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| PemError::Block)?;
    if blocks.is_empty() {
        return Err(PemError::Nothing);
    }
    Ok(blocks)
}

/// What each block says that it is.
fn labels(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| matches!(byte, b'\n' | b'\r'))
        .filter_map(|line| line.strip_prefix(b"-----BEGIN "))
        .filter_map(|rest| rest.trim_ascii_end().strip_suffix(b"-----"))
}
