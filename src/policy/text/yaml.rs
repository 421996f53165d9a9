//! The tree of a text in YAML, without what makes YAML dangerous.
//!
//! Each node is written once, where it stands: no anchors, aliases and merge
//! keys. What a value is can be seen: no tags, and no number that another
//! version of YAML takes for another one.

use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, StrInput, options};

use super::MAX_DEPTH;
use super::document::{Location, Position};
use super::problem::{Problem, Problems};
use super::tree::{Key, Node, Value};

/// The tree of a text that is YAML all through and has nothing in it that is
/// refused.
pub(super) fn tree(text: &str, problems: &mut Problems) -> Option<Node> {
    let options = options! {
        strict_indentation: true,
        disallow_directives: true,
        emit_comments: false,
        emit_unresolved_aliases: true,
        emit_anchor_events: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut front_end = FrontEnd {
        events: Parser::new_from_str_with_options(text, options),
        depth: 0,
        refused: false,
        problems,
    };
    if let Some(at) = control_character(text) {
        let hint = "there are escapes in double quotes, such as `\\r`";
        front_end.refuse(at, "control characters are not allowed", hint);
        return None;
    }
    let root = front_end.document().ok()?;
    (!front_end.refused).then_some(root)
}

/// Nothing more can be read; why is among the problems.
struct Stop;

struct FrontEnd<'t, 'p> {
    events: Parser<'t, StrInput<'t>>,
    depth: usize,
    /// Whether there is no tree in the end. What is refused is reported
    /// altogether, and before anything is made of the values.
    refused: bool,
    problems: &'p mut Problems,
}

impl<'t> FrontEnd<'t, '_> {
    fn document(&mut self) -> Result<Node, Stop> {
        let mut root = None;
        loop {
            let (event, at) = self.next()?;
            match event {
                Event::DocumentStart(..) if root.is_some() => {
                    return Err(self.stop(at, "a policy is one document", None));
                }
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                Event::StreamEnd => break,
                start => root = Some(self.node(start, at)?),
            }
        }
        // Without a document there are comments at most.
        let nothing = || Node {
            at: START,
            value: NULL,
        };
        Ok(root.unwrap_or_else(nothing))
    }

    /// The node that an event starts.
    fn node(&mut self, event: Event<'t>, at: Position) -> Result<Node, Stop> {
        let value = match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) => plain(&text, at, self.problems),
            Event::Scalar(text, ..) => Value::String(text.into_owned()),
            Event::SequenceStart(..) => self.nested(at, Self::sequence)?,
            Event::MappingStart(..) => self.nested(at, Self::mapping)?,
            _ => Value::Other(ALIAS),
        };
        Ok(Node { at, value })
    }

    fn nested(
        &mut self,
        at: Position,
        read: fn(&mut Self) -> Result<Value, Stop>,
    ) -> Result<Value, Stop> {
        if self.depth == MAX_DEPTH {
            return Err(self.stop(at, TOO_DEEP, None));
        }
        self.depth += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn sequence(&mut self) -> Result<Value, Stop> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Ok(Value::List(items)),
                (event, at) => items.push(self.node(event, at)?),
            }
        }
    }

    fn mapping(&mut self) -> Result<Value, Stop> {
        let mut entries = Vec::new();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, _) => return Ok(Value::table(entries, self.problems)),
                (event, at) => self.key(event, at)?,
            };
            let (event, at) = self.next()?;
            let value = self.node(event, at)?;
            entries.extend(key.map(|key| (key, value)));
        }
    }

    /// `None` if the key is refused.
    fn key(&mut self, event: Event<'t>, at: Position) -> Result<Option<Key>, Stop> {
        if matches!(&event, Event::Scalar(name, ScalarStyle::Plain, ..) if name == "<<") {
            self.refuse(at, "merge keys are not allowed", WRITE_OUT);
            return Ok(None);
        }
        match self.node(event, at)?.value {
            Value::String(name) => return Ok(Some(Key { at, name })),
            Value::Other(ALIAS) => {}
            _ => self.refuse(at, "keys must be strings", "put it in quotes"),
        }
        Ok(None)
    }

    /// The next event that is part of the tree, and where it stands.
    fn next(&mut self) -> Result<(Event<'t>, Position), Stop> {
        loop {
            let (event, span) = match self.events.next_event() {
                Some(Ok(next)) => next,
                Some(Err(error)) => return Err(self.not_yaml(&error)),
                None => return Err(Stop),
            };
            let at = position(&span.start);
            if let Some(tag) = span.tag_start() {
                let hint = "leave it out; what is in quotes is a string";
                self.refuse(position(&tag), "tags are not allowed", hint);
            }
            match event {
                Event::Anchor(..) => self.refuse(at, "anchors are not allowed", WRITE_OUT),
                Event::Alias(_) | Event::UnresolvedAlias(_) => {
                    self.refuse(at, "aliases are not allowed", WRITE_OUT);
                    return Ok((event, at));
                }
                _ => return Ok((event, at)),
            }
        }
    }

    fn not_yaml(&mut self, error: &ScanError) -> Stop {
        let at = position(error.marker());
        match error.kind() {
            ErrorKind::RecursionLimitExceeded => self.stop(at, TOO_DEEP, None),
            ErrorKind::UnexpectedCharacter { .. } => self.stop(
                at,
                "no value without quotes starts like this",
                Some("put it in quotes"),
            ),
            kind @ ErrorKind::MappingValueNotAllowed => self.stop(
                at,
                &kind.to_string(),
                Some("indent the keys of one table alike, and put a value with a `: ` in quotes"),
            ),
            kind => self.stop(at, &kind.to_string(), None),
        }
    }

    fn stop(&mut self, at: Position, message: &str, hint: Option<&str>) -> Stop {
        let problem = Problem::error(&Location::none().at(at), message);
        self.problems.push(match hint {
            Some(hint) => problem.with_hint(hint),
            None => problem,
        });
        Stop
    }

    fn refuse(&mut self, at: Position, message: &str, hint: &str) {
        self.refused = true;
        let Stop = self.stop(at, message, Some(hint));
    }
}

const START: Position = Position { line: 1, column: 1 };

const TOO_DEEP: &str = "nested too deeply";

const WRITE_OUT: &str = "write the value out where it is needed";

const NULL: Value = Value::Other("null");

/// Stands in for an alias, which is refused.
const ALIAS: &str = "an alias";

fn position(marker: &Marker) -> Position {
    Position {
        line: marker.line(),
        column: marker.col() + 1,
    }
}

/// The first control character but tabs and line breaks, which YAML does not
/// allow either. A carriage return alone is one: YAML takes it for a line break,
/// and few editors show it as one.
fn control_character(text: &str) -> Option<Position> {
    let mut at = START;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let allowed = match character {
            '\n' | '\t' => true,
            '\r' => characters.peek() == Some(&'\n'),
            other => !other.is_control(),
        };
        if !allowed {
            return Some(at);
        }
        at.column += 1;
        if character == '\n' {
            at.line += 1;
            at.column = 1;
        }
    }
    None
}

/// What a value without quotes is, as in the core schema of YAML 1.2; but the
/// only numbers are decimal ones, since the versions of YAML and its parsers
/// disagree on the others.
fn plain(text: &str, at: Position, problems: &mut Problems) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return NULL,
        "true" | "True" | "TRUE" => return Value::Boolean(true),
        "false" | "False" | "FALSE" => return Value::Boolean(false),
        _ => {}
    }
    let number = text.strip_prefix(['+', '-']).unwrap_or(text);
    if is_digits(number, 10) {
        if number.len() > 1 && number.starts_with('0') {
            return Value::Other("a number with a leading zero");
        }
        return match text.parse() {
            Ok(integer) => Value::Integer(integer),
            Err(_) => Value::too_large(at, problems),
        };
    }
    let is = |prefix, radix| {
        let digits = number.strip_prefix(prefix);
        digits.is_some_and(|digits| is_digits(digits, radix))
    };
    if is("0x", 16) {
        Value::Other("a hexadecimal number")
    } else if is("0o", 8) {
        Value::Other("an octal number")
    } else if is_float(number) {
        Value::Other("a float")
    } else {
        Value::String(text.to_owned())
    }
}

fn is_digits(text: &str, radix: u32) -> bool {
    !text.is_empty() && text.chars().all(|character| character.is_digit(radix))
}

fn is_float(number: &str) -> bool {
    if let ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN" = number {
        return true;
    }
    let mantissa = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            if !is_digits(digits, 10) {
                return false;
            }
            mantissa
        }
        None => number,
    };
    match mantissa.split_once('.') {
        Some(("", fraction)) => is_digits(fraction, 10),
        Some((whole, "")) => is_digits(whole, 10),
        Some((whole, fraction)) => is_digits(whole, 10) && is_digits(fraction, 10),
        None => is_digits(mantissa, 10),
    }
}
