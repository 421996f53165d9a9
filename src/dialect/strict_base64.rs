//! Base64 (RFC 4648 section 4) of which exactly one spelling is accepted:
//! standard alphabet, full padding, unused bits zero, nothing else between.

use base64::Engine as _;

use super::{DialectError, DialectErrorKind};

/// Decodes base64 that stands in the value as it is, `base` bytes from its
/// start.
pub(super) fn decode(encoded: &[u8], base: usize) -> Result<Vec<u8>, DialectError> {
    decode_quietly(encoded).ok_or_else(|| {
        let symbols = encoded.iter().enumerate();
        fault(
            symbols.map(|(at, &byte)| (base + at, byte)),
            base + encoded.len(),
        )
    })
}

/// Decodes, or says only that it cannot; [`fault`] says why.
pub(super) fn decode_quietly(encoded: &[u8]) -> Option<Vec<u8>> {
    engine().decode(encoded).ok()
}

/// Why `symbols` (each with its offset) do not decode. `end` is the offset
/// after the last one.
///
/// Kept apart from decoding: it runs for refused values alone, and is told
/// where each symbol stood before escapes and line ends were removed.
pub(super) fn fault(symbols: impl Iterator<Item = (usize, u8)>, end: usize) -> DialectError {
    let mut count = 0_usize;
    let mut padding = 0;
    let mut last = end;
    for (at, byte) in symbols {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => {
                count += 1;
                last = at;
            }
            b'=' if padding < padding_due(count) => padding += 1,
            // Padding that is not due, or a symbol after padding.
            b'=' | b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {
                return DialectErrorKind::BadBase64Padding.at(at);
            }
            _ => return DialectErrorKind::BadBase64.at(at),
        }
    }
    if padding < padding_due(count) || count % 4 == 1 {
        return DialectErrorKind::BadBase64Padding.at(end);
    }
    // Nothing else is left for a decoder to refuse.
    DialectErrorKind::NotCanonicalBase64.at(last)
}

/// Where in base64 the byte at `index` begins.
pub(super) const fn symbol_of_byte(index: usize) -> usize {
    index / 3 * 4 + index % 3
}

/// How many `=` complete a last group of `count % 4` symbols.
const fn padding_due(count: usize) -> usize {
    match count % 4 {
        2 => 2,
        3 => 1,
        _ => 0,
    }
}

#[cfg(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_feature = "neon")
))]
fn engine() -> &'static impl base64::Engine {
    use std::sync::LazyLock;

    use base64::engine::{Simd, general_purpose};

    // Constant tables and the processor's instruction set, found out once.
    static ENGINE: LazyLock<Simd> = LazyLock::new(|| Simd::standard(general_purpose::PAD));
    &*ENGINE
}

#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_feature = "neon")
)))]
fn engine() -> &'static impl base64::Engine {
    &base64::engine::general_purpose::STANDARD
}
