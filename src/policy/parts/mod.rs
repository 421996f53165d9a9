//! What every part of a document can do besides being read: be written, be given
//! its places, be held to what a text can say, and describe itself.
//!
//! A part is declared once, by [`parts!`], which makes the struct and all of
//! these from the same lines.

mod declare;
mod entries;
mod values;

use serde::Serializer;
use serde::ser::SerializeMap;

use super::document::{Located, Location};
use super::problem::{Problem, Problems};
use super::schema::{Definitions, Json, Table};

pub(super) use declare::{key, parts, shape};
pub(super) use entries::text_or_table;

/// How a setting is written, where its type does not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// As its type is.
    Plain,
    /// A list that may not be empty.
    Filled,
    /// A text, or a list that may not be empty.
    OneOrMore,
    /// A list that may not be empty, of such.
    FilledOfOneOrMore,
    /// A table whose settings stand among those around it.
    Inline,
}

impl Shape {
    /// Where a setting of this shape stands.
    pub(super) fn place(self, around: &Location, key: &str) -> Location {
        match self {
            Self::Inline => around.clone(),
            _ => around.key(key),
        }
    }

    /// The shape of the entries of a list of this shape.
    fn of_entries(self) -> Self {
        match self {
            Self::FilledOfOneOrMore => Self::OneOrMore,
            _ => Self::Plain,
        }
    }
}

/// A setting: what stands behind a key, or as an entry of a list.
pub(super) trait Setting {
    /// Whether every table that may have it must.
    const REQUIRED: bool = true;

    /// How many keys it is written with.
    fn count(&self, _shape: Shape) -> usize {
        1
    }

    /// Writes it into the table around it.
    fn write<M: SerializeMap>(
        &self,
        key: &'static str,
        shape: Shape,
        map: &mut M,
    ) -> Result<(), M::Error>;

    /// Gives it a place, unless it has one in a text or a variable.
    fn place(&mut self, at: Location);

    /// Finds what no text could say.
    fn check(&self, shape: Shape, problems: &mut Problems);

    /// What it may be.
    fn schema(shape: Shape, definitions: &mut Definitions) -> Json;

    /// Adds it to the description of the table around it.
    fn describe(
        key: &'static str,
        about: &[&str],
        shape: Shape,
        table: &mut Table,
        definitions: &mut Definitions,
    ) {
        let schema = Self::schema(shape, definitions);
        table.add(key, about, schema, Self::REQUIRED);
    }
}

/// A table of the document.
pub(super) trait Part {
    /// Its name among the definitions of the schema.
    const NAME: &'static str;
    /// Its documentation, by lines.
    const ABOUT: &'static [&'static str];
    /// Why it may not be empty, if it may not.
    const NEVER_EMPTY: Option<&'static str> = None;
    /// The version that is written first, in the table that has one.
    const VERSION: Option<i64> = None;

    /// How many settings are there.
    fn count_settings(&self) -> usize;

    /// Writes the settings that are there.
    fn write_settings<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error>;

    /// Gives the settings their places in the table there.
    fn place_settings(&mut self, at: &Location);

    /// Finds among the settings what no text could say.
    fn check_settings(&self, problems: &mut Problems);

    /// Describes the settings.
    fn describe_settings(table: &mut Table, definitions: &mut Definitions);

    /// What the settings do not say by themselves.
    fn refine(_table: &mut Table) {}
}

/// Writes a whole table.
pub(super) fn write_table<P: Part, S: Serializer>(
    part: &P,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let version = usize::from(P::VERSION.is_some());
    let mut map = serializer.serialize_map(Some(version + part.count_settings()))?;
    if let Some(version) = P::VERSION {
        map.serialize_entry("version", &version)?;
    }
    part.write_settings(&mut map)?;
    map.end()
}

/// Writes a table into the one around it.
pub(super) fn write_part<P: Part + serde::Serialize, M: SerializeMap>(
    part: &P,
    key: &'static str,
    shape: Shape,
    map: &mut M,
) -> Result<(), M::Error> {
    match shape {
        Shape::Inline => part.write_settings(map),
        _ => map.serialize_entry(key, part),
    }
}

/// How many keys a table is written with.
pub(super) fn count_of_part<P: Part>(part: &P, shape: Shape) -> usize {
    match shape {
        Shape::Inline => part.count_settings(),
        _ => 1,
    }
}

/// Finds what no text could say in a table.
pub(super) fn check_part<P: Part>(part: &P, at: &Location, shape: Shape, problems: &mut Problems) {
    if shape != Shape::Inline
        && part.count_settings() == 0
        && let Some(message) = P::NEVER_EMPTY
    {
        problems.push(Problem::error(at, message));
    }
    part.check_settings(problems);
}

/// Describes a table as a setting of the one around it.
pub(super) fn describe_part<P: Part>(
    key: &'static str,
    about: &[&str],
    shape: Shape,
    table: &mut Table,
    definitions: &mut Definitions,
) {
    match shape {
        Shape::Inline => P::describe_settings(table, definitions),
        _ => table.add(key, about, schema_of_part::<P>(definitions), true),
    }
}

/// A reference to the table among the definitions.
pub(super) fn schema_of_part<P: Part>(definitions: &mut Definitions) -> Json {
    definitions.part(P::NAME, |definitions| table_of_part::<P>(definitions))
}

/// The description of a table itself.
pub(super) fn table_of_part<P: Part>(definitions: &mut Definitions) -> Table {
    let mut table = Table::new(P::ABOUT);
    if let Some(version) = P::VERSION {
        let version = Json::table([("const", Json::Integer(version))]);
        table.add("version", &["The version of this schema."], version, true);
    }
    P::describe_settings(&mut table, definitions);
    if P::NEVER_EMPTY.is_some() {
        table.set("minProperties", Json::Integer(1));
    }
    P::refine(&mut table);
    table
}

/// A place that a struct keeps of itself.
pub(super) trait Anchor {
    /// The place itself.
    fn at(&self) -> Location;

    /// Moves it there, unless it is one in a text or a variable.
    fn move_to(&mut self, at: &Location);
}

impl Anchor for Location {
    fn at(&self) -> Location {
        self.clone()
    }

    fn move_to(&mut self, at: &Location) {
        if self.position.is_none() && self.source.is_none() {
            self.clone_from(at);
        }
    }
}

/// A document has no place, and keeps the name of its file.
impl Anchor for String {
    fn at(&self) -> Location {
        Location::none()
    }

    fn move_to(&mut self, _at: &Location) {}
}

impl<S: Setting> Setting for Option<S> {
    const REQUIRED: bool = false;

    fn count(&self, shape: Shape) -> usize {
        self.as_ref().map_or(0, |setting| setting.count(shape))
    }

    fn write<M: SerializeMap>(
        &self,
        key: &'static str,
        shape: Shape,
        map: &mut M,
    ) -> Result<(), M::Error> {
        match self {
            Some(setting) => setting.write(key, shape, map),
            None => Ok(()),
        }
    }

    fn place(&mut self, at: Location) {
        if let Some(setting) = self {
            setting.place(at);
        }
    }

    fn check(&self, shape: Shape, problems: &mut Problems) {
        if let Some(setting) = self {
            setting.check(shape, problems);
        }
    }

    fn schema(shape: Shape, definitions: &mut Definitions) -> Json {
        S::schema(shape, definitions)
    }
}

/// Tables in a list, which is left out where there are none.
impl<P: Part + Setting + serde::Serialize> Setting for Vec<P> {
    const REQUIRED: bool = false;

    fn count(&self, _shape: Shape) -> usize {
        usize::from(!self.is_empty())
    }

    fn write<M: SerializeMap>(
        &self,
        key: &'static str,
        _shape: Shape,
        map: &mut M,
    ) -> Result<(), M::Error> {
        if self.is_empty() {
            return Ok(());
        }
        map.serialize_entry(key, self)
    }

    fn place(&mut self, at: Location) {
        for (index, part) in self.iter_mut().enumerate() {
            part.place(at.index(index));
        }
    }

    fn check(&self, _shape: Shape, problems: &mut Problems) {
        for part in self {
            part.check(Shape::Plain, problems);
        }
    }

    fn schema(_shape: Shape, definitions: &mut Definitions) -> Json {
        Json::list_of(schema_of_part::<P>(definitions))
    }
}

/// What a place is kept of.
pub(super) trait Content {
    /// Writes it.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Gives its entries their places.
    fn place(&mut self, _at: &Location) {}

    /// Finds what no text could say.
    fn check(&self, at: &Location, shape: Shape, problems: &mut Problems);

    /// What it may be.
    fn schema(shape: Shape, definitions: &mut Definitions) -> Json;
}

impl<C: Content> Setting for Located<C> {
    fn write<M: SerializeMap>(
        &self,
        key: &'static str,
        _shape: Shape,
        map: &mut M,
    ) -> Result<(), M::Error> {
        map.serialize_entry(key, self)
    }

    fn place(&mut self, at: Location) {
        self.value.place(&at);
        self.at.move_to(&at);
    }

    fn check(&self, shape: Shape, problems: &mut Problems) {
        self.value.check(&self.at, shape, problems);
    }

    fn schema(shape: Shape, definitions: &mut Definitions) -> Json {
        C::schema(shape, definitions)
    }
}

impl<C: Content> serde::Serialize for Located<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.write(serializer)
    }
}
