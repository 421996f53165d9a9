//! The guide's files, with the paths and ports of a test.

/// A text in which literals are replaced, each of which has to be there. What
/// stands in for one is never taken for another: ports are by chance what they are.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    /// With a private-use character for each replacement.
    text: String,
    replacements: Vec<String>,
}

impl Config {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            replacements: Vec::new(),
        }
    }

    /// Replaces every occurrence.
    #[must_use]
    pub(crate) fn with(mut self, literal: &str, replacement: &str) -> Self {
        let shown = self.text();
        assert!(self.text.contains(literal), "no `{literal}` in:\n{shown}");
        let mark = mark(self.replacements.len());
        self.text = self.text.replace(literal, &mark.to_string());
        self.replacements.push(replacement.to_owned());
        self
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
        self.text.push_str(more);
        self
    }

    pub(crate) fn text(&self) -> String {
        let replacements = self.replacements.iter().enumerate();
        replacements.fold(self.text.clone(), |text, (place, replacement)| {
            text.replace(mark(place), replacement)
        })
    }
}

fn mark(place: usize) -> char {
    let first = 0xE000;
    char::from_u32(first + u32::try_from(place).unwrap()).unwrap()
}
