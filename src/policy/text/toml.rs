//! The tree of a text in TOML.

use ::toml::Spanned;
use ::toml::de::{DeInteger, DeTable, DeValue};
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use super::MAX_DEPTH;
use super::document::Location;
use super::positions::Positions;
use super::problem::{Problem, Problems};
use super::tree::{Key, Node, Value};

/// The tree of a text that is TOML all through; or else the problems are the
/// first of each line.
pub(super) fn tree(text: &str, problems: &mut Problems) -> Option<Node> {
    let positions = Positions::new(text);
    if let Some(offset) = too_deep(text) {
        let place = Location::none().at(positions.of(offset));
        problems.push(Problem::error(&place, "nested too deeply"));
        return None;
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        let mut front_end = FrontEnd {
            positions,
            problems,
        };
        return Some(front_end.table(root.span().start, root.into_inner()));
    }
    report(&errors, &positions, problems);
    None
}

/// Where the nesting of brackets and dotted keys first exceeds [`MAX_DEPTH`].
///
/// The parser bounds each of the two, but not the product.
fn too_deep(text: &str) -> Option<usize> {
    let mut open: Vec<(TokenKind, usize)> = Vec::new();
    let mut depth = 0;
    for token in Source::new(text).lex() {
        let inside = open.last().map_or(0, |&(_, outside)| outside + 1);
        let kind = token.kind();
        match kind {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => {
                open.push((kind, depth));
                depth += 1;
            }
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => {
                // Brackets that do not match stay open: rather too deep than not.
                if let Some((_, outside)) = open.pop_if(|(bracket, _)| closes(*bracket, kind)) {
                    depth = outside;
                }
            }
            TokenKind::Dot => depth += 1,
            TokenKind::Comma | TokenKind::Newline => depth = inside,
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Some(token.span().start());
        }
    }
    None
}

fn closes(opening: TokenKind, closing: TokenKind) -> bool {
    matches!(
        (opening, closing),
        (TokenKind::LeftSquareBracket, TokenKind::RightSquareBracket)
            | (TokenKind::LeftCurlyBracket, TokenKind::RightCurlyBracket)
    )
}

/// Records the first syntax error of each line: one mistake can upset the
/// parser several times.
fn report(errors: &[::toml::de::Error], positions: &Positions<'_>, problems: &mut Problems) {
    let place = |error: &::toml::de::Error| Location {
        position: error.span().map(|span| positions.of(span.start)),
        ..Location::none()
    };
    let mut found: Vec<_> = errors.iter().map(|error| (place(error), error)).collect();
    found.sort_by_key(|(place, _)| place.position);
    found.dedup_by_key(|(place, _)| place.position.map(|position| position.line));
    for (place, error) in found {
        problems.push(Problem::error(&place, error.message()));
    }
}

/// The tree in the shape that every format shares.
struct FrontEnd<'a> {
    positions: Positions<'a>,
    problems: &'a mut Problems,
}

impl FrontEnd<'_> {
    fn node(&mut self, value: Spanned<DeValue<'_>>) -> Node {
        let start = value.span().start;
        let value = match value.into_inner() {
            DeValue::String(text) => Value::String(text.into_owned()),
            DeValue::Integer(integer) => self.integer(&integer, start),
            DeValue::Boolean(flag) => Value::Boolean(flag),
            DeValue::Float(_) => Value::Other("a float"),
            DeValue::Datetime(_) => Value::Other("a date or time"),
            DeValue::Array(items) => {
                Value::List(items.into_iter().map(|item| self.node(item)).collect())
            }
            DeValue::Table(table) => return self.table(start, table),
        };
        Node {
            at: self.positions.of(start),
            value,
        }
    }

    /// The entries in the order of the text.
    fn table(&mut self, start: usize, table: DeTable<'_>) -> Node {
        let mut entries: Vec<_> = table.into_iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let entries = entries.into_iter().map(|(key, value)| {
            let key = Key {
                at: self.positions.of(key.span().start),
                name: key.into_inner().into_owned(),
            };
            (key, self.node(value))
        });
        Node {
            value: Value::Table(entries.collect()),
            at: self.positions.of(start),
        }
    }

    fn integer(&mut self, integer: &DeInteger<'_>, start: usize) -> Value {
        if let Ok(value) = i64::from_str_radix(integer.as_str(), integer.radix()) {
            return Value::Integer(value);
        }
        Value::too_large(self.positions.of(start), self.problems)
    }
}
