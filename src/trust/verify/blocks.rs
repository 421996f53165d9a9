//! What operators hand over: PEM with blocks of one kind, or the DER of one.

use crate::certificate::PemError;
use crate::certificate::pem;

/// A block of another kind than is wanted, by its number from 1.
pub(super) struct Foreign {
    pub(super) number: usize,
}

/// The DER of each block, all of which have to be of this kind, or the only DER.
/// Text around blocks is passed over.
pub(super) fn only(bytes: &[u8], label: &[u8]) -> Result<Result<Vec<Vec<u8>>, Foreign>, PemError> {
    if is_der(bytes) {
        return Ok(Ok(vec![bytes.to_vec()]));
    }
    let blocks = pem::blocks(bytes)?;
    if let Some(foreign) = blocks.iter().position(|block| block.label != label) {
        let number = foreign + 1;
        return Ok(Err(Foreign { number }));
    }
    let ders = blocks
        .into_iter()
        .map(|block| Ok(block.into_der()?.to_vec()))
        .collect::<Result<_, PemError>>()?;
    Ok(Ok(ders))
}

/// Whether a block is a private key, encrypted or not.
pub(super) fn hold_private_key(bytes: &[u8]) -> bool {
    const END_OF_LABEL: &[u8] = b"PRIVATE KEY-----";
    !is_der(bytes)
        && bytes
            .windows(END_OF_LABEL.len())
            .any(|part| part == END_OF_LABEL)
}

/// Text does not begin with the tag of a SEQUENCE and a length of two octets or more,
/// or with a shorter one that is right.
fn is_der(bytes: &[u8]) -> bool {
    match bytes {
        [0x30, 0x80..=0x84, ..] => true,
        [0x30, length, content @ ..] => content.len() == usize::from(*length),
        _ => false,
    }
}
