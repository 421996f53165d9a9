//! A policy document written in TOML.

use ::toml::Spanned;
use ::toml::de::{DeInteger, DeTable, DeValue};

use super::document::{Document, Location};
use super::problem::{PolicyErrors, Problem, Problems};
use super::reader;
use super::tree::{Key, Node, Positions, Value};

/// The longest text that is read, in bytes: some 100,000 clients.
const MAX_BYTES: usize = 64 << 20;

/// The deepest nesting that is read; the schema needs seven levels.
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
        let root = parse(text, &mut problems);
        reader::read(root, source, problems)
    }
}

/// The tree of a text without syntax errors.
fn parse(text: &str, problems: &mut Problems) -> Option<Node> {
    if text.len() > MAX_BYTES {
        let message = format!("the text is longer than {MAX_BYTES} bytes");
        problems.push(Problem::error(&Location::none(), message));
        return None;
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let positions = Positions::new(text);
    let (root, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        let mut front_end = FrontEnd {
            positions,
            problems,
        };
        return Some(front_end.table(root.span().start, root.into_inner(), 0));
    }
    // One mistake can upset the parser several times on its line.
    let mut last_line = None;
    for error in errors {
        let position = error.span().map(|span| positions.of(span.start));
        let line = position.map(|position| position.line);
        if line.is_none() || line != last_line {
            let place = Location {
                position,
                field: String::new(),
            };
            problems.push(Problem::error(&place, error.message()));
        }
        last_line = line;
    }
    None
}

struct FrontEnd<'a> {
    positions: Positions<'a>,
    problems: &'a mut Problems,
}

impl FrontEnd<'_> {
    fn node(&mut self, value: Spanned<DeValue<'_>>, depth: usize) -> Node {
        let start = value.span().start;
        let at = self.positions.of(start);
        let value = match value.into_inner() {
            DeValue::String(text) => Value::String(text.into_owned()),
            DeValue::Integer(integer) => self.integer(&integer, start),
            DeValue::Boolean(flag) => Value::Boolean(flag),
            DeValue::Float(_) => Value::Other("a float"),
            DeValue::Datetime(_) => Value::Other("a date or time"),
            DeValue::Array(_) | DeValue::Table(_) if depth >= MAX_DEPTH => {
                self.problem(start, "nested too deeply");
                Value::Other("a nested value")
            }
            DeValue::Array(items) => Value::List(
                items
                    .into_iter()
                    .map(|item| self.node(item, depth + 1))
                    .collect(),
            ),
            DeValue::Table(table) => return self.table(start, table, depth),
        };
        Node { at, value }
    }

    /// The entries in the order of the text.
    fn table(&mut self, start: usize, table: DeTable<'_>, depth: usize) -> Node {
        let mut entries: Vec<_> = table.into_iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let entries = entries.into_iter().map(|(key, value)| {
            let key = Key {
                at: self.positions.of(key.span().start),
                name: key.into_inner().into_owned(),
            };
            (key, self.node(value, depth + 1))
        });
        let value = Value::Table(entries.collect());
        Node {
            at: self.positions.of(start),
            value,
        }
    }

    fn integer(&mut self, integer: &DeInteger<'_>, start: usize) -> Value {
        match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(value) => Value::Integer(value),
            Err(_) => {
                self.problem(start, "the integer is too large");
                // Stands in until the problem ends the reading.
                Value::Integer(i64::MAX)
            }
        }
    }

    fn problem(&mut self, start: usize, message: &str) {
        let place = Location::none().at(self.positions.of(start));
        self.problems.push(Problem::error(&place, message));
    }
}
