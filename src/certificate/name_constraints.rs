//! The names that an authority may give (RFC 5280 section 4.2.1.10), as far as they
//! can stand in a subject too.

use super::extensions;
use super::reader::{Checked, tag};

const NAME_CONSTRAINTS: &[u8] = b"\x55\x1D\x1E";

const PERMITTED: u8 = tag::context_constructed(0);
const EXCLUDED: u8 = tag::context_constructed(1);

const RFC822_NAME: u8 = tag::context(1);
const DNS_NAME: u8 = tag::context(2);

/// The subtrees of an authority's name constraints; none without that extension.
///
/// They are for whoever has seen to it already that the extension is as it should
/// be: what cannot be read is passed over.
#[derive(Clone, Copy, Default)]
pub(crate) struct NameConstraints<'a> {
    permitted: &'a [u8],
    excluded: &'a [u8],
}

/// What the names of a subtree are, of the forms that can stand in a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subtree<'a> {
    /// A host and all below it.
    Dns(&'a [u8]),
    /// E-mail addresses, of whatever mailbox, host or domain.
    Email,
    /// Names of another form.
    Other,
}

impl<'a> NameConstraints<'a> {
    /// Those among these extensions, which the walk has passed.
    pub(super) fn among(extensions: &'a [u8]) -> Self {
        let mut read = Self::default();
        let Some(value) = extensions::value_of(NAME_CONSTRAINTS, extensions) else {
            return read;
        };
        let Ok(both) = extensions::only_element(&value, tag::SEQUENCE) else {
            return read;
        };
        for subtrees in (Checked {
            bytes: both.content,
        }) {
            match subtrees.tag {
                PERMITTED => read.permitted = subtrees.content,
                EXCLUDED => read.excluded = subtrees.content,
                _ => {}
            }
        }
        read
    }

    /// The subtrees in one of which a name has to be, if there are any of its form.
    pub(crate) fn permitted(self) -> impl Iterator<Item = Subtree<'a>> + Clone {
        subtrees(self.permitted)
    }

    /// The subtrees in none of which a name may be.
    pub(crate) fn excluded(self) -> impl Iterator<Item = Subtree<'a>> + Clone {
        subtrees(self.excluded)
    }
}

/// Each `SEQUENCE { base GeneralName, … }`.
fn subtrees(bytes: &[u8]) -> impl Iterator<Item = Subtree<'_>> + Clone {
    let all = Checked { bytes };
    all.filter_map(|subtree| {
        let base = Checked {
            bytes: subtree.content,
        }
        .next()?;
        Some(match base.tag {
            DNS_NAME => Subtree::Dns(base.content),
            RFC822_NAME => Subtree::Email,
            _ => Subtree::Other,
        })
    })
}
