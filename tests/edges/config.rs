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

    /// A policy for the clients of the tests.
    #[must_use]
    pub(crate) fn for_all_clients(self) -> Self {
        // What stands for the partners' network here.
        self.with("203.0.113.0/24", "127.0.113.0/24")
            .and(include_str!("clients.toml"))
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
