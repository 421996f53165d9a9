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
    #[cfg(feature = "json")]
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

/// Turns byte offsets of a text into positions.
///
/// Marks are kept at the start of every line and within long lines, so that a
/// look-up counts the characters of a short stretch only.
#[derive(Debug)]
pub(super) struct Positions<'t> {
    text: &'t str,
    marks: Vec<(usize, Position)>,
}

/// The longest stretch between two marks, in bytes, give or take a character.
const STRETCH: usize = 256;

impl<'t> Positions<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut here = START;
        let mut marks = Vec::new();
        let mut last = 0;
        for (offset, character) in text.char_indices() {
            if offset >= last + STRETCH {
                marks.push((offset, here));
                last = offset;
            }
            here.column += 1;
            if character == '\n' {
                here = Position {
                    line: here.line + 1,
                    column: 1,
                };
                last = offset + 1;
                marks.push((last, here));
            }
        }
        Self { text, marks }
    }

    pub(super) fn of(&self, offset: usize) -> Position {
        let before = self.marks.partition_point(|&(mark, _)| mark <= offset);
        let (mark, position) = before
            .checked_sub(1)
            .and_then(|last| self.marks.get(last))
            .copied()
            .unwrap_or((0, START));
        let stretch = self.text.get(mark..offset).unwrap_or_default();
        Position {
            line: position.line,
            column: position.column + stretch.chars().count(),
        }
    }
}

/// Where every text starts.
pub(super) const START: Position = Position { line: 1, column: 1 };

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_characters_from_one() {
        let text = "é = 1\r\n\n日本 = \"x\"";
        let positions = Positions::new(text);
        for (offset, line, column) in [
            (0, 1, 1),
            (2, 1, 2),
            (7, 1, 7),
            (8, 2, 1),
            (9, 3, 1),
            (12, 3, 2),
            (15, 3, 3),
            (text.len(), 3, 9),
        ] {
            assert_eq!(positions.of(offset), Position { line, column }, "{offset}");
        }
    }

    #[test]
    fn long_lines_are_counted_like_short_ones() {
        let text = format!("{}\n{}", "é".repeat(1000), "x日".repeat(1000));
        let positions = Positions::new(&text);
        let mut expected = START;
        for (offset, character) in text.char_indices() {
            assert_eq!(positions.of(offset), expected, "{offset}");
            expected.column += 1;
            if character == '\n' {
                expected = Position { line: 2, column: 1 };
            }
        }
    }
}
