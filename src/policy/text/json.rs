//! The tree of a text in JSON, read as strictly as RFC 8259 has it.
//!
//! Not `serde_json`, which knows the place of a mistake but of no key and
//! value, and takes the last of repeated keys.

use super::MAX_DEPTH;
use super::document::Location;
use super::positions::Positions;
use super::problem::{Problem, Problems};
use super::tree::{Key, Node, Value};

/// The tree of a text that is JSON all through; or else the last problem is
/// where it first is not.
pub(super) fn tree(text: &str, problems: &mut Problems) -> Option<Node> {
    let mut parser = Parser {
        text,
        at: 0,
        depth: 0,
        positions: Positions::new(text),
        problems,
    };
    match parser.document() {
        Ok(root) => Some(root),
        Err(Wrong { at, message, hint }) => {
            let place = Location::none().at(parser.positions.of(at));
            let problem = Problem::error(&place, message);
            problems.push(match hint {
                Some(hint) => problem.with_hint(hint),
                None => problem,
            });
            None
        }
    }
}

/// Where a text is no JSON, and why.
struct Wrong {
    at: usize,
    message: &'static str,
    hint: Option<&'static str>,
}

impl Wrong {
    fn new(at: usize, message: &'static str) -> Self {
        let hint = None;
        Self { at, message, hint }
    }

    fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }
}

/// What has been read of a text. Each method starts at its own first byte and
/// ends behind its last one.
struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    positions: Positions<'a>,
    problems: &'a mut Problems,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<Node, Wrong> {
        self.skip_space();
        let root = self.value()?;
        self.skip_space();
        match self.peek() {
            None => Ok(root),
            Some(_) => Err(self.unexpected("expected the end of the text")),
        }
    }

    fn value(&mut self) -> Result<Node, Wrong> {
        let at = self.positions.of(self.at);
        let value = match self.peek() {
            Some(b'{') => self.object()?,
            Some(b'[') => self.array()?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ if self.skip("true") => Value::Boolean(true),
            _ if self.skip("false") => Value::Boolean(false),
            _ if self.skip("null") => Value::Other("null"),
            _ => return Err(self.unexpected("expected a value")),
        };
        Ok(Node { at, value })
    }

    fn object(&mut self) -> Result<Value, Wrong> {
        let mut entries = Vec::new();
        self.bracketed(b'}', "expected `,` or `}`", |parser| {
            let key = parser.key()?;
            entries.push((key, parser.value()?));
            Ok(())
        })?;
        Ok(Value::table(entries, self.problems))
    }

    /// A key and the colon behind it.
    fn key(&mut self) -> Result<Key, Wrong> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("expected a key in double quotes"));
        }
        let at = self.positions.of(self.at);
        let name = self.string()?;
        self.skip_space();
        if !self.skip(":") {
            return Err(self.unexpected("expected `:`"));
        }
        self.skip_space();
        Ok(Key { at, name })
    }

    fn array(&mut self) -> Result<Value, Wrong> {
        let mut items = Vec::new();
        self.bracketed(b']', "expected `,` or `]`", |parser| {
            items.push(parser.value()?);
            Ok(())
        })?;
        Ok(Value::List(items))
    }

    /// Entries between an opening bracket and the closing one.
    fn bracketed(
        &mut self,
        closing: u8,
        expected: &'static str,
        mut entry: impl FnMut(&mut Self) -> Result<(), Wrong>,
    ) -> Result<(), Wrong> {
        if self.depth == MAX_DEPTH {
            return Err(Wrong::new(self.at, "nested too deeply"));
        }
        self.depth += 1;
        self.at += 1;
        self.skip_space();
        while self.peek() != Some(closing) {
            entry(self)?;
            self.skip_space();
            let comma = self.at;
            if self.skip(",") {
                self.skip_space();
                if self.peek() == Some(closing) {
                    return Err(Wrong::new(comma, "a comma after the last entry"));
                }
            } else if self.peek() != Some(closing) {
                return Err(self.unexpected(expected));
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }

    fn string(&mut self) -> Result<String, Wrong> {
        let opening = self.at;
        self.at += 1;
        let mut string = String::new();
        loop {
            let rest = self.rest();
            let special = |byte| matches!(byte, b'"' | b'\\' | 0..=0x1f);
            let plain = rest.bytes().position(special).unwrap_or(rest.len());
            string.push_str(rest.get(..plain).unwrap_or_default());
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => string.push(self.escape()?),
                None | Some(b'\n' | b'\r') => {
                    return Err(Wrong::new(opening, "the string does not end in its line")
                        .with_hint("close the quotes; a line break within is written `\\n`"));
                }
                Some(_) => {
                    return Err(Wrong::new(self.at, "a control character in a string")
                        .with_hint("write it as an escape, such as `\\t` or `\\u0000`"));
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, Wrong> {
        let backslash = self.at;
        self.at += 1;
        let escaped = self.peek();
        self.at += 1;
        Ok(match escaped {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(backslash),
            _ => {
                return Err(Wrong::new(backslash, "unknown escape").with_hint(
                    "there are `\\\"`, `\\\\`, `\\/`, `\\b`, `\\f`, `\\n`, `\\r`, `\\t` and `\\u` with four hexadecimal digits",
                ));
            }
        })
    }

    /// What follows a `\u`: one unit of UTF-16, or the two of a pair.
    fn unicode(&mut self, backslash: usize) -> Result<char, Wrong> {
        let mut units = vec![self.unit(backslash)?];
        let is_high = |unit: &u16| (0xd800..0xdc00).contains(unit);
        if units.iter().all(is_high) && self.skip("\\u") {
            units.push(self.unit(self.at.saturating_sub(2))?);
        }
        match char::decode_utf16(units).next() {
            Some(Ok(character)) => Ok(character),
            _ => Err(Wrong::new(backslash, "half of a surrogate pair")
                .with_hint("write the character itself, or both halves")),
        }
    }

    fn unit(&mut self, backslash: usize) -> Result<u16, Wrong> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        let hexadecimal = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        self.at += 4;
        match u16::from_str_radix(digits, 16) {
            Ok(unit) if hexadecimal => Ok(unit),
            _ => Err(Wrong::new(
                backslash,
                "expected four hexadecimal digits after `\\u`",
            )),
        }
    }

    fn number(&mut self) -> Result<Value, Wrong> {
        let start = self.at;
        self.skip("-");
        if self.skip("0") {
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(Wrong::new(start, "a number does not start with zeros"));
            }
        } else {
            self.digits()?;
        }
        let mut whole = true;
        if self.skip(".") {
            whole = false;
            self.digits()?;
        }
        if self.skip("e") || self.skip("E") {
            whole = false;
            let _signed = self.skip("+") || self.skip("-");
            self.digits()?;
        }
        if !whole {
            return Ok(Value::Other("a float"));
        }
        let number = self.text.get(start..self.at).unwrap_or_default();
        Ok(match number.parse() {
            Ok(integer) => Value::Integer(integer),
            Err(_) => Value::too_large(self.positions.of(start), self.problems),
        })
    }

    fn digits(&mut self) -> Result<(), Wrong> {
        let rest = self.rest();
        let other = |byte: u8| !byte.is_ascii_digit();
        match rest.bytes().position(other).unwrap_or(rest.len()) {
            0 => Err(self.unexpected("expected a digit")),
            count => {
                self.at += count;
                Ok(())
            }
        }
    }

    /// Something else than was expected stands here.
    fn unexpected(&self, expected: &'static str) -> Wrong {
        let wrong = Wrong::new(self.at, expected);
        match self.peek() {
            Some(b'/' | b'#') => wrong.with_hint("JSON has no comments"),
            Some(b'\'') => wrong.with_hint("strings and keys stand in double quotes"),
            _ => wrong,
        }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes past that text, if it stands here.
    fn skip(&mut self, expected: &str) -> bool {
        let found = self.rest().starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }
}
