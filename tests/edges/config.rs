//! The guide's files, with the paths and ports of a test.

/// A text in which literals are replaced, each of which has to be there.
#[derive(Clone, Debug)]
pub(crate) struct Config(String);

impl Config {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Replaces every occurrence.
    #[must_use]
    pub(crate) fn with(self, literal: &str, replacement: &str) -> Self {
        assert!(self.0.contains(literal), "no `{literal}` in:\n{}", self.0);
        Self(self.0.replace(literal, replacement))
    }

    #[must_use]
    pub(crate) fn and(mut self, more: &str) -> Self {
        self.0.push_str(more);
        self
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}
