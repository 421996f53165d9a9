//! The tree that a text of any format is read into, with the place of every
//! node; what a key or value means is not known here.

use super::document::{Location, Position};
use super::problem::{Problem, Problems};

/// A value and where it starts.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) at: Position,
    pub(super) value: Value,
}

/// A key of a table and where it starts.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) at: Position,
    pub(super) name: String,
}

/// A value. Kinds that no setting takes keep only their name, for messages.
#[derive(Debug)]
pub(super) enum Value {
    String(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Node>),
    /// Each key once: the front end refuses repetitions.
    Table(Vec<(Key, Node)>),
    /// Anything else, with its name, as in "a date".
    Other(&'static str),
}

impl Value {
    /// What kind of value this is, as in "found a list".
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::String(_) => "a string",
            Self::Integer(_) => "an integer",
            Self::Boolean(_) => "a boolean",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(name) => name,
        }
    }

    /// A table of these entries, but for the repetitions of a key, which are
    /// problems.
    #[cfg(any(feature = "json", feature = "yaml"))]
    pub(super) fn table(mut entries: Vec<(Key, Node)>, problems: &mut Problems) -> Self {
        let mut keys: Vec<&Key> = entries.iter().map(|(key, _)| key).collect();
        // Stable, so that the repetitions of a key stay in the order of the text.
        keys.sort_by_key(|key| key.name.as_str());
        let mut repetitions = Vec::new();
        for same in keys.chunk_by(|one, next| one.name == next.name) {
            let Some((first, again)) = same.split_first() else {
                continue;
            };
            for key in again {
                let problem = Problem::error(&Location::none().at(key.at), "duplicate key");
                problems.push(problem.with_hint(format!("the first is at {}", first.at)));
                repetitions.push(key.at);
            }
        }
        if !repetitions.is_empty() {
            repetitions.sort();
            entries.retain(|(key, _)| repetitions.binary_search(&key.at).is_err());
        }
        Self::Table(entries)
    }

    /// An integer that `i64` does not hold, which is a problem. What is returned
    /// stands in until the problem ends the reading.
    pub(super) fn too_large(at: Position, problems: &mut Problems) -> Self {
        let place = Location::none().at(at);
        problems.push(Problem::error(
            &place,
            "the integer does not fit into 64 bits",
        ));
        Self::Integer(i64::MAX)
    }
}
