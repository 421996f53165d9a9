//! Parts that are written in a way of their own.

use serde::Serializer;
use serde::ser::SerializeMap;

use crate::policy::document::{Client, Clients, Location, SubjectCondition, TextList};
use crate::policy::keywords::SubjectAttribute;
use crate::policy::problem::{Problem, Problems};
use crate::policy::schema::{Definitions, Json, Table};

use super::{Anchor, Setting, Shape};

/// The clients in a list, or `"open"`.
impl Setting for Clients {
    const REQUIRED: bool = false;

    fn count(&self, _shape: Shape) -> usize {
        match self {
            Self::Listed(clients) => clients.count(Shape::Plain),
            Self::Open(_) => 1,
        }
    }

    fn write<M: SerializeMap>(
        &self,
        key: &'static str,
        shape: Shape,
        map: &mut M,
    ) -> Result<(), M::Error> {
        match self {
            Self::Listed(clients) => clients.write(key, shape, map),
            Self::Open(_) => map.serialize_entry(key, "open"),
        }
    }

    fn place(&mut self, at: Location) {
        match self {
            Self::Listed(clients) => clients.place(at),
            Self::Open(own) => own.move_to(&at),
        }
    }

    fn check(&self, shape: Shape, problems: &mut Problems) {
        match self {
            Self::Listed(clients) => clients.check(shape, problems),
            Self::Open(_) => {}
        }
    }

    fn schema(shape: Shape, definitions: &mut Definitions) -> Json {
        Json::any_of([
            Json::table([("const", Json::text("open"))]),
            Vec::<Client>::schema(shape, definitions),
        ])
    }
}

impl serde::Serialize for Clients {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Listed(clients) => serializer.collect_seq(clients),
            Self::Open(_) => serializer.serialize_str("open"),
        }
    }
}

/// A table by attribute, which is left out where there is none.
impl Setting for Vec<SubjectCondition> {
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
        map.serialize_entry(key, &ByAttribute(self))
    }

    fn place(&mut self, at: Location) {
        for condition in self {
            condition.values.place(at.key(condition.attribute.as_str()));
        }
    }

    fn check(&self, _shape: Shape, problems: &mut Problems) {
        for (place, condition) in self.iter().enumerate() {
            let before = self.iter().take(place);
            let values = &condition.values;
            if before
                .map(|one| one.attribute)
                .any(|one| one == condition.attribute)
            {
                problems.push(Problem::error(&values.at, "this attribute is listed twice"));
            }
            values.check(Shape::OneOrMore, problems);
        }
    }

    fn schema(_shape: Shape, definitions: &mut Definitions) -> Json {
        definitions.part("Subject", |definitions| {
            let mut table = Table::new(&["Attributes of the subject."]);
            for (word, _) in SubjectAttribute::WORDS {
                let values = TextList::schema(Shape::OneOrMore, definitions);
                table.add(word, &["Its values, any of which will do."], values, false);
            }
            table.set("minProperties", Json::Integer(1));
            table
        })
    }
}

struct ByAttribute<'d>(&'d [SubjectCondition]);

impl serde::Serialize for ByAttribute<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entries = self.0.iter();
        serializer.collect_map(entries.map(|one| (one.attribute.as_str(), &one.values)))
    }
}

/// Declares a struct that is written as a text, or as a table of two settings
/// where the second is there.
macro_rules! text_or_table {
    (
        $(#[doc = $about:literal])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct $name:ident {
            $(#[doc = $text_doc:literal])*
            pub $text:ident: Located<String>,
            $(#[doc = $doc:literal])*
            pub $field:ident: Option<$type:ty> $(as plain $key:literal)?,
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $(#[doc = $text_doc])*
            pub $text: Located<String>,
            $(#[doc = $doc])*
            pub $field: Option<$type>,
        }

        impl $crate::policy::parts::Setting for $name {
            fn write<M: serde::ser::SerializeMap>(
                &self,
                key: &'static str,
                _shape: $crate::policy::parts::Shape,
                map: &mut M,
            ) -> Result<(), M::Error> {
                map.serialize_entry(key, self)
            }

            fn place(&mut self, at: Location) {
                use $crate::policy::parts::{Setting, key};
                if self.$field.is_none() {
                    Setting::place(&mut self.$text, at);
                } else {
                    Setting::place(&mut self.$text, at.key(key!($text)));
                    Setting::place(&mut self.$field, at.key(key!($field $($key)?)));
                }
            }

            fn check(
                &self,
                shape: $crate::policy::parts::Shape,
                problems: &mut $crate::policy::problem::Problems,
            ) {
                use $crate::policy::parts::Setting;
                Setting::check(&self.$text, shape, problems);
                Setting::check(&self.$field, shape, problems);
            }

            fn schema(
                shape: $crate::policy::parts::Shape,
                definitions: &mut $crate::policy::schema::Definitions,
            ) -> $crate::policy::schema::Json {
                use $crate::policy::parts::{Setting, key};
                use $crate::policy::schema::{Json, Table};
                let text = <Located<String> as Setting>::schema(shape, definitions);
                let table = definitions.part(stringify!($name), |definitions| {
                    let mut table = Table::new(&[$($about),*]);
                    table.add(key!($text), &[$($text_doc),*], text.clone(), true);
                    let second = <$type as Setting>::schema(shape, definitions);
                    table.add(key!($field $($key)?), &[$($doc),*], second, false);
                    table
                });
                Json::any_of([text, table])
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap;
                use $crate::policy::parts::key;
                let Some(second) = &self.$field else {
                    return self.$text.serialize(serializer);
                };
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry(key!($text), &self.$text)?;
                map.serialize_entry(key!($field $($key)?), second)?;
                map.end()
            }
        }
    };
}

pub(in crate::policy) use text_or_table;
