//! Values and where they stand.

use std::fmt;
use std::sync::Arc;

/// A value and the place it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub at: Location,
}

/// A place in a policy: the setting, and where it stands if it was read from a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file or variable, where it is not the document's own.
    pub source: Option<Arc<str>>,
    /// Where in the text; `None` for a policy that was not read from one.
    pub position: Option<Position>,
    /// The setting, such as `clients[0].profiles[1].methods`; empty for the
    /// document itself.
    pub field: String,
}

/// A place in a text. `Display` prints `line:column`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters (Unicode scalar values), from 1.
    pub column: usize,
}

impl<T> Located<T> {
    /// A value at a place.
    #[must_use]
    pub const fn new(value: T, at: Location) -> Self {
        Self { value, at }
    }
}

impl Default for Location {
    fn default() -> Self {
        Self::none()
    }
}

impl Location {
    /// The document itself, without a text.
    #[must_use]
    pub fn none() -> Self {
        Self {
            source: None,
            position: None,
            field: String::new(),
        }
    }

    /// The setting `name` inside of this one, at the same position.
    ///
    /// A name that needs quotes in TOML is quoted and its control characters are
    /// escaped.
    #[must_use]
    pub fn key(&self, name: &str) -> Self {
        let dot = if self.field.is_empty() { "" } else { "." };
        let name = quoted_key(name);
        Self {
            source: self.source.clone(),
            position: self.position,
            field: format!("{}{dot}{name}", self.field),
        }
    }

    /// Entry `index` of this list, from 0, at the same position.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        Self {
            source: self.source.clone(),
            position: self.position,
            field: format!("{}[{index}]", self.field),
        }
    }

    /// The same setting in another file than the document's own, or in a
    /// variable.
    #[must_use]
    pub fn of(mut self, source: &Arc<str>) -> Self {
        self.source = Some(Arc::clone(source));
        self
    }

    /// The same setting at that position.
    #[must_use]
    pub fn at(mut self, position: Position) -> Self {
        self.position = Some(position);
        self
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A key as messages show it: as TOML would write it, and not endless.
pub(super) fn quoted_key(name: &str) -> String {
    const SHOWN: usize = 64;
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.len() <= SHOWN && name.chars().all(bare) {
        return name.to_owned();
    }
    let shown: String = name.chars().take(SHOWN).collect();
    let rest = if shown.len() < name.len() { "…" } else { "" };
    format!("{shown:?}{rest}")
}
