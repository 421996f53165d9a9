//! JSON of which every part knows its place in the line.

use core::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

/// A value in a line of JSON, not read yet.
#[derive(Clone, Copy)]
pub(crate) struct Member<'a> {
    text: &'a str,
    at: usize,
}

/// Why a line is not what was expected, and at which of its bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) at: usize,
    pub(crate) message: String,
}

impl<'a> Member<'a> {
    /// A whole line.
    pub(crate) const fn line(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Reads the value as a `T`.
    pub(crate) fn read<T: Deserialize<'a>>(self) -> Result<T, Malformed> {
        serde_json::from_str(self.text).map_err(|error| {
            let text = error.to_string();
            // The place is said in bytes of the whole line instead.
            let message = text
                .rsplit_once(" at line ")
                .map_or(&*text, |(said, _)| said);
            let within = match error.classify() {
                Category::Data => 0,
                Category::Eof => self.text.len(),
                Category::Syntax | Category::Io => error.column().saturating_sub(1),
            };
            Malformed {
                at: self.at + within,
                message: message.to_owned(),
            }
        })
    }

    /// Reads the value as a text, which JSON may have escaped.
    pub(crate) fn text(self) -> Result<String, Malformed> {
        self.read()
    }

    /// The items of a list.
    pub(crate) fn list(self) -> Result<Vec<Self>, Malformed> {
        let items: Vec<&'a RawValue> = self.read()?;
        Ok(items.into_iter().map(|item| self.part(item)).collect())
    }

    /// The members of an object, in the order written.
    pub(crate) fn object(self) -> Result<Object<'a>, Malformed> {
        let Entries(entries) = self.read()?;
        Ok(Object {
            at: self.at,
            entries: entries
                .into_iter()
                .map(|(name, value)| (name, self.part(value)))
                .collect(),
        })
    }

    pub(crate) fn malformed(self, message: impl Into<String>) -> Malformed {
        Malformed {
            at: self.at,
            message: message.into(),
        }
    }

    pub(crate) fn is_object(self) -> bool {
        self.text.starts_with('{')
    }

    fn is_null(self) -> bool {
        self.text == "null"
    }

    /// A value that was read out of this one, which borrows its text.
    fn part(self, value: &'a RawValue) -> Self {
        let text = value.get();
        let before = text
            .as_ptr()
            .addr()
            .saturating_sub(self.text.as_ptr().addr());
        Self {
            text,
            at: self.at + before,
        }
    }
}

/// The members of a JSON object.
pub(crate) struct Object<'a> {
    at: usize,
    entries: Vec<(String, Member<'a>)>,
}

impl<'a> Object<'a> {
    /// The member of that name, `null` included.
    pub(crate) fn get_any(&self, name: &str) -> Option<Member<'a>> {
        self.entries
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, member)| *member)
    }

    /// The member of that name; `null` is like none.
    pub(crate) fn get(&self, name: &str) -> Option<Member<'a>> {
        self.get_any(name).filter(|member| !member.is_null())
    }

    pub(crate) fn require(&self, name: &str) -> Result<Member<'a>, Malformed> {
        self.get(name)
            .ok_or_else(|| self.malformed(format!("missing member {name:?}")))
    }

    /// Refuses names that come twice. Members that nobody asks for are left
    /// alone: lines may carry more than these programs read.
    pub(crate) fn unrepeated(&self) -> Result<(), Malformed> {
        for (place, (name, member)) in self.entries.iter().enumerate() {
            let mut earlier = self.entries.iter().take(place);
            if earlier.any(|(earlier, _)| earlier == name) {
                return Err(member.malformed(format!("member {name:?} is repeated")));
            }
        }
        Ok(())
    }

    pub(crate) fn malformed(&self, message: impl Into<String>) -> Malformed {
        Malformed {
            at: self.at,
            message: message.into(),
        }
    }
}

/// The members of an object with their values unread, repeated ones too.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Entries<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntriesVisitor;

        impl<'de> Visitor<'de> for EntriesVisitor {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(EntriesVisitor)
    }
}
