//! Text to blocks of PEM (RFC 7468), each with its number and its place.
//!
//! What stands between blocks is passed over, since tools write there what a block
//! is about. What only looks like a line of a block is not: a certificate or a key
//! that is lost to a bad line would not be missed.

use core::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;
use zeroize::Zeroizing;

/// Why a text is no PEM, and where. It holds nothing of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("block {} at byte {}: {kind}", .place.number, .place.offset)]
pub struct PemError {
    kind: PemErrorKind,
    place: BlockPlace,
}

/// What is wrong with a block of PEM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[non_exhaustive]
pub enum PemErrorKind {
    /// Line ends are written as a backslash and an n.
    #[error("its line ends are a backslash and an n; put line feeds in their place")]
    LineEndsEscaped,
    /// A first or last line of a block is not exactly that.
    #[error(
        "a line with BEGIN or END is indented, cut short or has more in it; it has to stand alone on its line, with five dashes on both sides"
    )]
    BoundaryMangled,
    /// A block that does not end.
    #[error("the block has no last line -----END …-----; it was cut short: copy the whole file")]
    BlockUnended,
    /// The last line of a block names something else than its first.
    #[error(
        "the block ends as something else than it begins as; lines are missing: copy the whole file"
    )]
    BlockEndsAsAnother,
    /// Nothing between the first and the last line.
    #[error("the block is empty; copy the whole file")]
    BlockEmpty,
    /// Lines with a colon in a block.
    #[error(
        "the block has header lines, which RFC 7468 has no place for; remove them, or export it again"
    )]
    BlockHasHeaders,
    /// Something that is no base64.
    #[error(
        "the block is not base64 of whole bytes; lines are missing or damaged: copy the whole file"
    )]
    Base64,
    /// A private key that OpenSSL encrypted in its legacy form.
    #[error(
        "the private key is encrypted in the legacy form of OpenSSL (Proc-Type: 4,ENCRYPTED); convert it: openssl pkey -in FILE -aes-256-cbc -out FILE.key"
    )]
    OpenSslEncryption,
}

impl PemError {
    /// What is wrong.
    #[must_use]
    pub const fn kind(self) -> PemErrorKind {
        self.kind
    }

    /// In which block, counted from 1.
    #[must_use]
    pub const fn block(self) -> usize {
        self.place.number
    }

    /// Where that block begins, in bytes from the start of the text.
    #[must_use]
    pub const fn offset(self) -> usize {
        self.place.offset
    }

    #[cfg(feature = "credential")]
    pub(crate) const fn place(self) -> BlockPlace {
        self.place
    }
}

impl PemErrorKind {
    /// A stable `snake_case` name, for records and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::LineEndsEscaped => "line_ends_escaped",
            Self::BoundaryMangled => "boundary_mangled",
            Self::BlockUnended => "block_unended",
            Self::BlockEndsAsAnother => "block_ends_as_another",
            Self::BlockEmpty => "block_empty",
            Self::BlockHasHeaders => "block_has_headers",
            Self::Base64 => "base64",
            Self::OpenSslEncryption => "openssl_encryption",
        }
    }

    const fn at(self, place: BlockPlace) -> PemError {
        PemError { kind: self, place }
    }
}

/// A block of PEM, counted from 1, and the byte in which it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BlockPlace {
    pub(crate) number: usize,
    pub(crate) offset: usize,
}

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

impl Block<'_> {
    /// The bytes of the block, unless OpenSSL encrypted them in its own way.
    pub(crate) fn into_der(self) -> Result<Zeroizing<Vec<u8>>, PemError> {
        match self.body {
            Body::Der(der) => Ok(der),
            Body::OpenSslEncrypted => Err(PemErrorKind::OpenSslEncryption.at(self.place)),
        }
    }
}

/// Every block of the text, in order.
pub(crate) fn blocks(text: &[u8]) -> Result<Vec<Block<'_>>, PemError> {
    let mut lines = Lines { text, offset: 0 };
    // What an editor may have put before the first line.
    lines.skip(b"\xEF\xBB\xBF");
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        let place = BlockPlace {
            number: blocks.len() + 1,
            offset: line.offset,
        };
        match boundary(line.bytes, BEGIN) {
            Some(label) => blocks.push(block(label, place, &mut lines)?),
            None if looks_like_a_boundary(line.bytes) => {
                return Err(mangled(line.bytes).at(place));
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
            return Err(PemErrorKind::BlockUnended.at(place));
        };
        if let Some(ended) = boundary(line.bytes, END) {
            if ended != label {
                return Err(PemErrorKind::BlockEndsAsAnother.at(place));
            }
            break;
        }
        if line.bytes.starts_with(BEGIN) {
            return Err(PemErrorKind::BlockUnended.at(place));
        }
        if looks_like_a_boundary(line.bytes) {
            return Err(mangled(line.bytes).at(place));
        }
        end = lines.offset;
    }
    let body = body(lines.text, start..end).map_err(|kind| kind.at(place))?;
    Ok(Block { label, place, body })
}

/// What stands between the first and the last line of a block.
fn body(text: &[u8], range: Range<usize>) -> Result<Body, PemErrorKind> {
    let text = text.get(range).unwrap_or_default();
    if text.contains(&b':') {
        let legacy = text.trim_ascii_start().starts_with(b"Proc-Type:");
        let is_encrypted = text.windows(9).any(|part| part == b"ENCRYPTED");
        return if legacy && is_encrypted {
            Ok(Body::OpenSslEncrypted)
        } else {
            Err(PemErrorKind::BlockHasHeaders)
        };
    }
    // Room for all, so that no copy is left behind by one that grows.
    let mut base64 = Zeroizing::new(Vec::with_capacity(text.len()));
    for line in text.split(|byte| matches!(byte, b'\n' | b'\r')) {
        base64.extend_from_slice(line.trim_ascii());
    }
    if base64.is_empty() {
        return Err(PemErrorKind::BlockEmpty);
    }
    let mut der = Zeroizing::new(vec![0; base64::decoded_len_estimate(base64.len())]);
    let length = STANDARD
        .decode_slice(&*base64, &mut der)
        .map_err(|_| base64_fault(&base64))?;
    der.truncate(length);
    Ok(Body::Der(der))
}

fn base64_fault(base64: &[u8]) -> PemErrorKind {
    if base64.windows(2).any(|pair| pair == b"\\n") {
        PemErrorKind::LineEndsEscaped
    } else {
        PemErrorKind::Base64
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
/// with more beside it, or rewritten by a word processor.
fn looks_like_a_boundary(line: &[u8]) -> bool {
    [b"--BEGIN".as_slice(), b"--END", b"-- BEGIN", b"-- END"]
        .iter()
        .any(|part| line.windows(part.len()).any(|window| window == *part))
        || looks_like_a_rewritten_boundary(line)
}

/// Whether a line begins with a dash of any kind, then `begin` or `end`, and names
/// something that PEM is for, in letters of either case.
fn looks_like_a_rewritten_boundary(line: &[u8]) -> bool {
    // The dashes of Unicode, and that of Windows-1252, are bytes beyond ASCII. No copy
    // is made: the line can be one of a key.
    let is_text = |byte: &u8| !matches!(byte, b'-' | b' ' | 0x80..);
    let start = line.iter().position(is_text).unwrap_or(line.len());
    let (dashes, rest) = line.split_at_checked(start).unwrap_or_default();
    let begins = |word: &[u8]| {
        rest.get(..word.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(word))
    };
    let names = |what: &[u8]| {
        let mut parts = rest.windows(what.len());
        parts.any(|part| part.eq_ignore_ascii_case(what))
    };
    dashes.iter().any(|byte| *byte != b' ')
        && (begins(b"begin ") || begins(b"end "))
        && (names(b"certificate") || names(b" key") || names(b" crl"))
}

fn mangled(line: &[u8]) -> PemErrorKind {
    if line.windows(2).any(|pair| pair == b"\\n") {
        PemErrorKind::LineEndsEscaped
    } else {
        PemErrorKind::BoundaryMangled
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
