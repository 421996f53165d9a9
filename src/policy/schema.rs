//! The JSON Schema of the policy document, for editors and other checks.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use super::document::Document;
use super::parts::table_of_part;

impl Document {
    /// The JSON Schema (draft 7) of the policy document, as text.
    ///
    /// Its descriptions are those of the types in [`document`](super::document).
    /// What it refuses is no policy; what it takes may still be none, because it
    /// knows shapes and not meanings. The repository has it as
    /// `policy.schema.json`.
    ///
    /// An editor finds it by a comment on the first line of a policy:
    /// `#:schema ./policy.schema.json` in TOML (Taplo, Even Better TOML),
    /// `# yaml-language-server: $schema=./policy.schema.json` in YAML. JSON has no
    /// comments, and `$schema` is no key of a policy: name it in the editor's
    /// settings (`json.schemas` in Visual Studio Code).
    #[must_use]
    pub fn json_schema() -> String {
        let mut definitions = Definitions::default();
        let mut document = table_of_part::<Self>(&mut definitions);
        document.set("title", Json::text("certgate policy"));
        let draft = Json::text("http://json-schema.org/draft-07/schema#");
        let mut entries = vec![("$schema", draft)];
        entries.extend(document.into_entries());
        let definitions = definitions.0.into_iter();
        let definitions =
            definitions.map(|(name, table)| (name, table.map_or(Json::Nothing, Table::into_json)));
        entries.push(("definitions", Json::Table(definitions.collect())));
        format!("{}\n", Json::Table(entries))
    }
}

/// The tables that a schema refers to, by name; `None` while it is being
/// described.
#[derive(Default)]
pub(super) struct Definitions(BTreeMap<&'static str, Option<Table>>);

/// The description of one table.
pub(super) struct Table {
    about: String,
    settings: Vec<(&'static str, Json)>,
    required: Vec<&'static str>,
    others: Vec<(&'static str, Json)>,
}

/// A value of JSON, as much of it as a schema is made of.
#[derive(Clone, Debug)]
pub(super) enum Json {
    Nothing,
    Text(String),
    Integer(i64),
    False,
    List(Vec<Json>),
    Table(Vec<(&'static str, Json)>),
}

impl Definitions {
    /// A reference to the table of that name, which is described once.
    pub(super) fn part(
        &mut self,
        name: &'static str,
        describe: impl FnOnce(&mut Self) -> Table,
    ) -> Json {
        if !self.0.contains_key(name) {
            self.0.insert(name, None);
            let table = describe(self);
            self.0.insert(name, Some(table));
        }
        let place = format!("#/definitions/{name}");
        Json::table([("$ref", Json::Text(place))])
    }
}

impl Table {
    pub(super) fn new(about: &[&str]) -> Self {
        Self {
            about: sentence(about),
            settings: Vec::new(),
            required: Vec::new(),
            others: Vec::new(),
        }
    }

    /// Adds a setting, with its documentation by lines.
    pub(super) fn add(&mut self, key: &'static str, about: &[&str], schema: Json, required: bool) {
        let mut entries = vec![("description", Json::Text(sentence(about)))];
        if let Json::Table(schema) = schema {
            entries.extend(schema);
        }
        self.settings.push((key, Json::Table(entries)));
        if required {
            self.required.push(key);
        }
    }

    /// Adds a keyword about the whole table.
    pub(super) fn set(&mut self, keyword: &'static str, value: Json) {
        self.others.push((keyword, value));
    }

    /// Takes it back that a setting is required.
    pub(super) fn not_always(&mut self, key: &str) {
        self.required.retain(|required| *required != key);
    }

    pub(super) fn into_json(self) -> Json {
        Json::Table(self.into_entries())
    }

    fn into_entries(self) -> Vec<(&'static str, Json)> {
        let mut entries = vec![
            ("description", Json::Text(self.about)),
            ("type", Json::text("object")),
            ("additionalProperties", Json::False),
        ];
        if !self.required.is_empty() {
            entries.push(("required", Json::texts(self.required)));
        }
        entries.extend(self.others);
        entries.push(("properties", Json::Table(self.settings)));
        entries
    }
}

impl Json {
    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(super) fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    pub(super) fn table<const N: usize>(entries: [(&'static str, Self); N]) -> Self {
        Self::Table(entries.into())
    }

    /// The schema of values of that JSON type.
    pub(super) fn of_type(name: &str) -> Self {
        Self::table([("type", Self::text(name))])
    }

    /// The schema of lists of what has that schema.
    pub(super) fn list_of(entry: Self) -> Self {
        Self::table([("type", Self::text("array")), ("items", entry)])
    }

    /// The schema of such lists that are not empty.
    pub(super) fn filled_list_of(entry: Self) -> Self {
        Self::table([
            ("type", Self::text("array")),
            ("minItems", Self::Integer(1)),
            ("items", entry),
        ])
    }

    /// The schema of what has one of these.
    pub(super) fn any_of<const N: usize>(schemas: [Self; N]) -> Self {
        Self::table([("anyOf", Self::List(schemas.into()))])
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, indent: usize) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("null"),
            Self::Text(text) => quote(text, f),
            Self::Integer(integer) => write!(f, "{integer}"),
            Self::False => f.write_str("false"),
            Self::List(items) => {
                let items = items.iter().map(|item| (None, item));
                block(f, ['[', ']'], items, indent)
            }
            Self::Table(entries) => {
                let entries = entries.iter().map(|(key, value)| (Some(*key), value));
                block(f, ['{', '}'], entries, indent)
            }
        }
    }
}

/// Indented by two spaces a level.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, 0)
    }
}

fn block<'j>(
    f: &mut fmt::Formatter<'_>,
    [open, close]: [char; 2],
    entries: impl Iterator<Item = (Option<&'j str>, &'j Json)>,
    indent: usize,
) -> fmt::Result {
    f.write_char(open)?;
    let mut is_empty = true;
    for (key, value) in entries {
        let comma = if is_empty { "" } else { "," };
        is_empty = false;
        write!(f, "{comma}\n{:1$}", "", indent + 2)?;
        if let Some(key) = key {
            quote(key, f)?;
            f.write_str(": ")?;
        }
        value.write(f, indent + 2)?;
    }
    if !is_empty {
        write!(f, "\n{:1$}", "", indent)?;
    }
    f.write_char(close)
}

/// Documentation has no control characters but line breaks, which are gone by
/// then; patterns have backslashes.
fn quote(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

/// The lines of a documentation comment as one text.
fn sentence(lines: &[&str]) -> String {
    let lines: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
    lines.join(" ").trim().to_owned()
}
