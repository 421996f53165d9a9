//! A policy document written in TOML.

use ::toml::Spanned;
use ::toml::de::{DeInteger, DeTable, DeValue};
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use super::document::{Document, Location};
use super::problem::{PolicyErrors, Problem, Problems};
use super::reader;
use super::tree::{Key, Node, Positions, Value};

/// The longest text that is read, in bytes: some 100,000 clients.
const MAX_BYTES: usize = 64 << 20;

/// The deepest nesting that is read, of brackets and dotted keys; the schema
/// needs seven levels.
const MAX_DEPTH: usize = 32;

impl Document {
    /// Reads a policy document from a TOML text of at most 64 MiB. `source` is
    /// the name of the file for messages; nothing is opened.
    ///
    /// ```
    /// use certgate::policy::{Document, Mode};
    ///
    /// let document = Document::from_toml_str(
    ///     r#"
    ///     version = 1
    ///
    ///     [edge]
    ///     preset = "nginx"
    ///     trusted_proxies = ["10.0.0.0/8"]
    ///
    ///     [authentication]
    ///     mode = "mtls"
    ///     "#,
    ///     "policy.toml",
    /// )?;
    /// assert_eq!(document.authentication.mode.value, Mode::Mtls);
    /// # Ok::<(), certgate::policy::PolicyErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Every place where the text is not TOML; or else every key that is
    /// unknown, missing, or not available in this version, and every value that
    /// has the wrong type, is not one of the words that a setting takes, or is
    /// an empty list where that could be taken for "everything".
    pub fn from_toml_str(text: &str, source: &str) -> Result<Self, PolicyErrors> {
        let mut problems = Problems::new(source);
        match Self::read_toml(text, source, &mut problems) {
            Some(document) => problems.into_result().map(|_| document),
            None => Err(problems.into_errors()),
        }
    }

    /// The document as far as it can be read, so that what is there can be
    /// looked at for further problems.
    pub(super) fn read_toml(text: &str, source: &str, problems: &mut Problems) -> Option<Self> {
        let root = parse(text, problems)?;
        reader::read(root, source, problems)
    }
}

/// The tree of a text that is TOML all through.
fn parse(text: &str, problems: &mut Problems) -> Option<Node> {
    if text.len() > MAX_BYTES {
        let message = format!("the text is longer than {MAX_BYTES} bytes");
        problems.push(Problem::error(&Location::none(), message));
        return None;
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
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
/// The parser bounds each of the two, but not the product; a tree that is
/// thousands of levels deep could not even be dropped on a small stack.
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
        field: String::new(),
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
        let place = Location::none().at(self.positions.of(start));
        let problem = Problem::error(&place, "the integer does not fit into 64 bits");
        self.problems.push(problem);
        // Stands in until the problem ends the reading.
        Value::Integer(i64::MAX)
    }
}
