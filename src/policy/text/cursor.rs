//! Going through a tree: each method returns what it could read and records a
//! problem for what it could not, so that the reader goes on.
//!
//! `None` means "absent, or wrong and recorded".

use super::document::{Located, Location, quoted_key};
use super::problem::{Problem, Problems};
use super::tree::{Key, Node, Value};

/// One value, about to be read.
pub(super) struct Cursor<'a> {
    pub(super) value: Value,
    pub(super) at: Location,
    problems: &'a mut Problems,
}

/// One table, from which settings are taken by name. What is left over at the
/// end, nobody knows.
pub(super) struct Table<'a> {
    at: Location,
    entries: Vec<(Key, Node)>,
    known: Vec<&'static str>,
    problems: &'a mut Problems,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(node: Node, at: Location, problems: &'a mut Problems) -> Self {
        Self {
            at: at.at(node.at),
            value: node.value,
            problems,
        }
    }

    pub(super) fn list<T>(self, read: impl Fn(Cursor<'_>) -> Option<T>) -> Option<Located<Vec<T>>> {
        let Value::List(items) = self.value else {
            return self.expected("a list");
        };
        let mut values = Vec::with_capacity(items.len());
        for (index, item) in items.into_iter().enumerate() {
            let cursor = Cursor::new(item, self.at.index(index), self.problems);
            values.extend(read(cursor));
        }
        Some(Located::new(values, self.at))
    }

    /// A list in which emptiness could be taken for "everything".
    pub(super) fn filled<T>(
        self,
        read: impl Fn(Cursor<'_>) -> Option<T>,
    ) -> Option<Located<Vec<T>>> {
        match &self.value {
            Value::List(items) if items.is_empty() => {
                let hint = "leave the key out, or name at least one entry".to_owned();
                self.error("an empty list could be taken for everything", Some(hint))
            }
            _ => self.list(read),
        }
    }

    /// A table, of which `read` takes the settings that it knows.
    pub(super) fn table<T>(self, read: impl FnOnce(&mut Table<'_>) -> Option<T>) -> Option<T> {
        let Value::Table(entries) = self.value else {
            return self.expected("a table");
        };
        let mut table = Table {
            at: self.at,
            entries,
            known: Vec::new(),
            problems: self.problems,
        };
        let value = read(&mut table);
        table.refuse_the_rest();
        value
    }

    pub(super) fn expected<T>(self, what: &str) -> Option<T> {
        let message = format!("expected {what}, found {}", self.value.kind());
        self.error(&message, None)
    }

    pub(super) fn error<T>(self, message: &str, hint: Option<String>) -> Option<T> {
        let problem = Problem::error(&self.at, message);
        self.problems.push(match hint {
            Some(hint) => problem.with_hint(hint),
            None => problem,
        });
        None
    }
}

impl Table<'_> {
    pub(super) fn at(&self) -> Location {
        self.at.clone()
    }

    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(Cursor<'_>) -> Option<T>,
    ) -> Option<T> {
        if self.has(key) {
            return self.optional(key, read);
        }
        self.known.push(key);
        let place = self.at.key(key);
        let message = format!("missing required key `{key}`");
        self.problems.push(Problem::error(&place, message));
        None
    }

    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        read: impl FnOnce(Cursor<'_>) -> Option<T>,
    ) -> Option<T> {
        self.known.push(key);
        let place = self.entries.iter().position(|(at, _)| at.name == key)?;
        let (_, node) = self.entries.remove(place);
        read(Cursor::new(node, self.at.key(key), self.problems))
    }

    /// Tables in a list, none if absent.
    pub(super) fn sections<T>(
        &mut self,
        key: &'static str,
        read: fn(&mut Table<'_>) -> Option<T>,
    ) -> Vec<T> {
        self.optional(key, |cursor| cursor.list(|item| item.table(read)))
            .map_or_else(Vec::new, |list| list.value)
    }

    /// Records a problem if there is nothing in the table.
    pub(super) fn refuse_empty(&mut self, message: &str) {
        if self.entries.is_empty() {
            self.problems.push(Problem::error(&self.at, message));
        }
    }

    /// Gives up on the whole table, for one reason in place of many.
    pub(super) fn abandon<T>(&mut self, reason: Problem) -> Option<T> {
        self.entries.clear();
        self.problems.push(reason);
        None
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(known, _)| known.name == key)
    }

    fn refuse_the_rest(self) {
        for (key, _) in self.entries {
            let place = self.at.key(&key.name).at(key.at);
            let hint = match nearest(&key.name, &self.known) {
                Some(known) => format!("did you mean `{known}`?"),
                None => format!("known keys: {}", quoted_list(&self.known)),
            };
            let message = format!("unknown key `{}`", quoted_key(&key.name));
            self.problems
                .push(Problem::error(&place, message).with_hint(hint));
        }
    }
}

pub(super) fn quoted_list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

/// The candidate that `text` is probably a misspelling of: a third of it has to
/// change at most, or one character, but never the whole.
pub(super) fn nearest<'w>(text: &str, candidates: &[&'w str]) -> Option<&'w str> {
    const LONGEST: usize = 64;
    if text.len() > LONGEST {
        return None;
    }
    let text = text.to_ascii_lowercase();
    candidates
        .iter()
        .map(|&word| (strsim::osa_distance(&text, word), word))
        .filter(|&(distance, word)| distance <= (word.len() / 3).max(1) && distance < word.len())
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, word)| word)
}
