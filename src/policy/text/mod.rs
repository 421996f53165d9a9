//! A policy document read from a text.
//!
//! Each format has a front end that makes the same tree of a text, with the
//! place of every key and value; one reader makes the document of the tree. So
//! a mistake has the same words in every format.

mod cursor;
mod load;
mod mapping;
mod reader;
mod tree;
mod value;

#[cfg(feature = "json")]
mod json;
#[cfg(any(feature = "toml", feature = "json"))]
mod positions;
#[cfg(feature = "toml")]
mod toml;
#[cfg(feature = "yaml")]
mod yaml;

use std::ffi::OsStr;
use std::path::Path;

use super::document::{self, Document, Location};
use super::problem::{self, Problem, Problems};
use super::{Loaded, Policy};

use tree::Node;

/// The deepest nesting that is read, of whatever a format nests; the schema
/// needs seven levels. A tree that is thousands of levels deep could not even
/// be dropped on a small stack.
const MAX_DEPTH: usize = 32;

/// A format that policy documents are written in. Each needs the feature of its
/// name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// TOML 1.1.
    #[cfg(feature = "toml")]
    Toml,
    /// JSON as in RFC 8259: no comments, no trailing commas.
    #[cfg(feature = "json")]
    Json,
    /// YAML 1.2, but for what makes YAML dangerous: anchors and aliases, tags,
    /// merge keys, directives, keys that are no strings, repeated keys, several
    /// documents.
    ///
    /// A value without quotes is `true` or `false`, a decimal integer, or a
    /// string; `yes`, `no`, `on` and `off` are strings. An empty value, `null` and
    /// `~` are nothing that a setting takes, nor is what may be another number
    /// (`1.5`, `1e3`, `010`, `0o10`, `0x10`, `.inf`, `.nan`): where such a text is
    /// meant as a string, it needs quotes. Booleans and `null` may be capitalised.
    #[cfg(feature = "yaml")]
    Yaml,
}

impl Format {
    /// The longest text that is read, in bytes: 64 MiB, more than a million clients
    /// with a collection each.
    pub const MAX_BYTES: usize = 64 << 20;

    /// The format that a file's name ends in, in any case: `.toml`, `.json`,
    /// `.yaml` or `.yml`. `None` for another name, and for a format whose feature
    /// is off.
    #[must_use]
    pub fn of_path(path: impl AsRef<Path>) -> Option<Self> {
        let extension = path.as_ref().extension().and_then(OsStr::to_str)?;
        match extension.to_ascii_lowercase().as_str() {
            #[cfg(feature = "toml")]
            "toml" => Some(Self::Toml),
            #[cfg(feature = "json")]
            "json" => Some(Self::Json),
            #[cfg(feature = "yaml")]
            "yaml" | "yml" => Some(Self::Yaml),
            _ => None,
        }
    }

    /// The tree of a text that is of this format all through.
    fn tree(self, text: &str, problems: &mut Problems) -> Option<Node> {
        if text.len() > Self::MAX_BYTES {
            let longest = Self::MAX_BYTES;
            let message = format!("the text is longer than {longest} bytes");
            problems.push(Problem::error(&Location::none(), message));
            return None;
        }
        // The byte order mark that some editors write.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match self {
            #[cfg(feature = "toml")]
            Self::Toml => toml::tree(text, problems),
            #[cfg(feature = "json")]
            Self::Json => json::tree(text, problems),
            #[cfg(feature = "yaml")]
            Self::Yaml => yaml::tree(text, problems),
        }
    }
}

/// The document as far as it can be read, so that what is there can be looked
/// at for further problems.
fn read(text: &str, source: &str, format: Format, problems: &mut Problems) -> Option<Document> {
    let root = format.tree(text, problems)?;
    reader::read(root, source, problems)
}
