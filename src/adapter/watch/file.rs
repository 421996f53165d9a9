//! A policy file, read whole.

use std::fmt;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::gate::Candidate;
use crate::policy::{Format, Policy};

/// A policy file and what was found there; `Debug` does not show the text.
pub struct PolicyFile {
    pub(super) path: PathBuf,
    pub(super) format: Format,
    pub(super) found: Found,
}

/// What is to be found at a path.
pub(super) struct Found {
    text: Result<String, ErrorKind>,
    pub(super) digest: Digest,
}

/// What tells two findings apart: the SHA-256 of the text, or why there is none.
pub(super) type Digest = Result<[u8; 32], ErrorKind>;

impl PolicyFile {
    /// Reads what stands at a path now, at most
    /// [`Format::MAX_BYTES`]. That it cannot be read is found out by whoever takes
    /// the [`candidate`](Self::candidate).
    #[must_use]
    pub fn read(path: impl Into<PathBuf>, format: Format) -> Self {
        let path = path.into();
        Self {
            found: Found::at(&path),
            path,
            format,
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What a gate takes: the policy, its mistakes, or why it could not be read.
    #[must_use]
    pub fn candidate(&self) -> Candidate {
        self.found.candidate(&self.path, self.format)
    }
}

impl Found {
    pub(super) fn at(path: &Path) -> Self {
        let text = read(path);
        let digest = match &text {
            Ok(text) => Ok(Sha256::digest(text).into()),
            Err(kind) => Err(*kind),
        };
        Self { text, digest }
    }

    pub(super) fn candidate(&self, path: &Path, format: Format) -> Candidate {
        match &self.text {
            Ok(text) => Policy::from_str_as(text, &path.to_string_lossy(), format).into(),
            Err(kind) => (*kind).into(),
        }
    }
}

/// The whole text of a regular file that is not too long.
#[expect(
    clippy::disallowed_methods,
    reason = "this is where policies come from"
)]
fn read(path: &Path) -> Result<String, ErrorKind> {
    let kind = |error: std::io::Error| error.kind();
    // A pipe would have to be waited for.
    if !std::fs::metadata(path).map_err(kind)?.is_file() {
        return Err(ErrorKind::InvalidInput);
    }
    let file = std::fs::File::open(path).map_err(kind)?;
    let longest = Format::MAX_BYTES as u64;
    if file.metadata().map_err(kind)?.len() > longest {
        return Err(ErrorKind::FileTooLarge);
    }
    let mut text = String::new();
    // It may grow meanwhile.
    file.take(longest + 1)
        .read_to_string(&mut text)
        .map_err(kind)?;
    if text.len() as u64 > longest {
        return Err(ErrorKind::FileTooLarge);
    }
    Ok(text)
}

impl fmt::Debug for PolicyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyFile")
            .field("path", &self.path)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}
