//! Text to blocks of PEM (RFC 7468), each with its number and its place.
//!
//! What stands between blocks is passed over, since tools write there what a block
//! is about. What only looks like a line of a block is not: a certificate or a key
//! that is lost to a bad line would not be missed.

use core::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::error::{BlockPlace, CredentialErrorKind};

/// The longest text that is read. The authorities of all browsers together take a
/// quarter of it.
pub(crate) const MAX_TEXT: usize = 1 << 20;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// One block: what it says that it is, and what it holds.
pub(crate) struct Block<'a> {
    pub(crate) label: &'a [u8],
    pub(crate) place: BlockPlace,
    body: Body,
}

enum Body {
    Der(Zeroizing<Vec<u8>>),
    /// `Proc-Type: 4,ENCRYPTED`, as OpenSSL wrote it before version 1.0.
    OpenSslEncrypted,
}

/// What is wrong with the text, and where.
pub(crate) type PemError = (CredentialErrorKind, BlockPlace);

impl Block<'_> {
    /// The bytes of the block, unless OpenSSL encrypted them in its own way.
    pub(crate) fn into_der(self) -> Result<Zeroizing<Vec<u8>>, PemError> {
        match self.body {
            Body::Der(der) => Ok(der),
            Body::OpenSslEncrypted => Err((CredentialErrorKind::OpenSslEncryption, self.place)),
        }
    }
}

/// Every block of the text, in order.
pub(crate) fn blocks(text: &[u8]) -> Result<Vec<Block<'_>>, PemError> {
    if text.len() > MAX_TEXT {
        return Err((CredentialErrorKind::TextOversized, BlockPlace::TEXT));
    }
    let mut lines = Lines { text, offset: 0 };
    // What an editor may have put before the first line.
    lines.skip(b"\xEF\xBB\xBF");
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        let place = BlockPlace::new(blocks.len() + 1, line.offset);
        match boundary(line.bytes, BEGIN) {
            Some(label) => blocks.push(block(label, place, &mut lines)?),
            None if looks_like_a_boundary(line.bytes) => {
                return Err((mangled(line.bytes), place));
            }
            None => {}
        }
    }
    Ok(blocks)
}

/// The block that has begun with `label`, up to its last line.
fn block<'a>(
    label: &'a [u8],
    place: BlockPlace,
    lines: &mut Lines<'a>,
) -> Result<Block<'a>, PemError> {
    let start = lines.offset;
    let mut end = start;
    loop {
        let Some(line) = lines.next() else {
            return Err((CredentialErrorKind::BlockUnended, place));
        };
        if let Some(ended) = boundary(line.bytes, END) {
            if ended != label {
                return Err((CredentialErrorKind::BlockEndsAsAnother, place));
            }
            break;
        }
        if line.bytes.starts_with(BEGIN) {
            return Err((CredentialErrorKind::BlockUnended, place));
        }
        if looks_like_a_boundary(line.bytes) {
            return Err((mangled(line.bytes), place));
        }
        end = lines.offset;
    }
    let body = body(lines.text, start..end).map_err(|kind| (kind, place))?;
    Ok(Block { label, place, body })
}

/// What stands between the first and the last line of a block.
fn body(text: &[u8], range: Range<usize>) -> Result<Body, CredentialErrorKind> {
    let text = text.get(range).unwrap_or_default();
    if text.contains(&b':') {
        let legacy = text.trim_ascii_start().starts_with(b"Proc-Type:");
        let is_encrypted = text.windows(9).any(|part| part == b"ENCRYPTED");
        return if legacy && is_encrypted {
            Ok(Body::OpenSslEncrypted)
        } else {
            Err(CredentialErrorKind::BlockHasHeaders)
        };
    }
    // Room for all, so that no copy is left behind by one that grows.
    let mut base64 = Zeroizing::new(Vec::with_capacity(text.len()));
    for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
        base64.extend_from_slice(line.trim_ascii());
    }
    if base64.is_empty() {
        return Err(CredentialErrorKind::BlockEmpty);
    }
    let mut der = Zeroizing::new(vec![0; base64::decoded_len_estimate(base64.len())]);
    let length = STANDARD
        .decode_slice(&*base64, &mut der)
        .map_err(|_| base64_fault(&base64))?;
    der.truncate(length);
    Ok(Body::Der(der))
}

fn base64_fault(base64: &[u8]) -> CredentialErrorKind {
    if base64.windows(2).any(|pair| pair == b"\\n") {
        CredentialErrorKind::LineEndsEscaped
    } else {
        CredentialErrorKind::Base64
    }
}

/// The label of a line that is `-----BEGIN label-----`, or the same with `END`.
fn boundary<'a>(line: &'a [u8], opening: &[u8]) -> Option<&'a [u8]> {
    let label = line.strip_prefix(opening)?.strip_suffix(DASHES)?;
    let is_label = !label.is_empty()
        && label
            .iter()
            .all(|byte| matches!(byte, b' ' | b'0'..=b'9' | b'A'..=b'Z'));
    is_label.then_some(label)
}

/// Whether a line was meant as the first or last of a block: indented, cut short,
/// or with more beside it.
fn looks_like_a_boundary(line: &[u8]) -> bool {
    [b"--BEGIN".as_slice(), b"--END", b"-- BEGIN", b"-- END"]
        .iter()
        .any(|part| line.windows(part.len()).any(|window| window == *part))
}

fn mangled(line: &[u8]) -> CredentialErrorKind {
    if line.windows(2).any(|pair| pair == b"\\n") {
        CredentialErrorKind::LineEndsEscaped
    } else {
        CredentialErrorKind::BoundaryMangled
    }
}

/// Lines that end with LF, CR LF or CR, without spaces at their ends.
struct Lines<'a> {
    text: &'a [u8],
    offset: usize,
}

struct Line<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Lines<'a> {
    fn skip(&mut self, prefix: &[u8]) {
        if self.text.starts_with(prefix) {
            self.offset = prefix.len();
        }
    }

    fn next(&mut self) -> Option<Line<'a>> {
        let offset = self.offset;
        let rest = self.text.get(offset..).filter(|rest| !rest.is_empty())?;
        let length = rest
            .iter()
            .position(|byte| matches!(byte, b'\n' | b'\r'))
            .unwrap_or(rest.len());
        self.offset = offset + length + 1;
        Some(Line {
            bytes: rest.get(..length)?.trim_ascii_end(),
            offset,
        })
    }
}
