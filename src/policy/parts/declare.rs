//! The declaration of the parts.

/// Declares structs that are tables of the document, with the place of each
/// first and then its settings. Behind a type stands its shape, where the type
/// does not say it, and then its key, where that is another word than the
/// field's; behind a struct, what else there is to say of the part.
macro_rules! parts {
    ($(
        $(#[doc = $about:literal])*
        #[derive(Clone, Debug, PartialEq $(, $derive:ident)?)]
        #[non_exhaustive]
        pub struct $name:ident {
            $(#[doc = $about_anchor:literal])*
            pub $anchor:ident: $place:ty,
            $(
                $(#[doc = $doc:literal])*
                pub $field:ident: $type:ty $(as $shape:ident $($key:literal)?)?,
            )*
        }
        $(also { $($also:tt)* })?
    )+) => {$(
        $(#[doc = $about])*
        #[derive(Clone, Debug, PartialEq $(, $derive)?)]
        #[non_exhaustive]
        pub struct $name {
            $(#[doc = $about_anchor])*
            pub $anchor: $place,
            $($(#[doc = $doc])* pub $field: $type,)*
        }

        impl $crate::policy::parts::Part for $name {
            const NAME: &'static str = stringify!($name);
            const ABOUT: &'static [&'static str] = &[$($about),*];
            $($($also)*)?

            fn count_settings(&self) -> usize {
                use $crate::policy::parts::{Setting, shape};
                let Self { $anchor: _, $($field),* } = self;
                0 $(+ Setting::count($field, shape!($($shape)?)))*
            }

            fn write_settings<M: serde::ser::SerializeMap>(
                &self,
                map: &mut M,
            ) -> Result<(), M::Error> {
                use $crate::policy::parts::{Setting, key, shape};
                let Self { $anchor: _, $($field),* } = self;
                $(
                    let shape = shape!($($shape)?);
                    Setting::write($field, key!($field $($($key)?)?), shape, map)?;
                )*
                Ok(())
            }

            fn place_settings(&mut self, at: &Location) {
                use $crate::policy::parts::{Anchor, Setting, key, shape};
                let Self { $anchor, $($field),* } = self;
                Anchor::move_to($anchor, at);
                $(
                    let key = key!($field $($($key)?)?);
                    Setting::place($field, shape!($($shape)?).place(at, key));
                )*
            }

            fn check_settings(&self, problems: &mut $crate::policy::problem::Problems) {
                use $crate::policy::parts::{Setting, shape};
                let Self { $anchor: _, $($field),* } = self;
                $(Setting::check($field, shape!($($shape)?), problems);)*
            }

            fn describe_settings(
                table: &mut $crate::policy::schema::Table,
                definitions: &mut $crate::policy::schema::Definitions,
            ) {
                use $crate::policy::parts::{Setting, key, shape};
                $(<$type as Setting>::describe(
                    key!($field $($($key)?)?),
                    &[$($doc),*],
                    shape!($($shape)?),
                    table,
                    definitions,
                );)*
            }
        }

        impl $crate::policy::parts::Setting for $name {
            fn count(&self, shape: $crate::policy::parts::Shape) -> usize {
                $crate::policy::parts::count_of_part(self, shape)
            }

            fn write<M: serde::ser::SerializeMap>(
                &self,
                key: &'static str,
                shape: $crate::policy::parts::Shape,
                map: &mut M,
            ) -> Result<(), M::Error> {
                $crate::policy::parts::write_part(self, key, shape, map)
            }

            fn place(&mut self, at: Location) {
                $crate::policy::parts::Part::place_settings(self, &at);
            }

            fn check(
                &self,
                shape: $crate::policy::parts::Shape,
                problems: &mut $crate::policy::problem::Problems,
            ) {
                let at = $crate::policy::parts::Anchor::at(&self.$anchor);
                $crate::policy::parts::check_part(self, &at, shape, problems);
            }

            fn schema(
                _shape: $crate::policy::parts::Shape,
                definitions: &mut $crate::policy::schema::Definitions,
            ) -> $crate::policy::schema::Json {
                $crate::policy::parts::schema_of_part::<Self>(definitions)
            }

            fn describe(
                key: &'static str,
                about: &[&str],
                shape: $crate::policy::parts::Shape,
                table: &mut $crate::policy::schema::Table,
                definitions: &mut $crate::policy::schema::Definitions,
            ) {
                $crate::policy::parts::describe_part::<Self>(key, about, shape, table, definitions);
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::policy::parts::write_table(self, serializer)
            }
        }
    )+};
}

/// The key of a setting.
macro_rules! key {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $key:literal) => {
        $key
    };
}

/// The shape of a setting.
macro_rules! shape {
    () => {
        $crate::policy::parts::Shape::Plain
    };
    (plain) => {
        $crate::policy::parts::Shape::Plain
    };
    (filled) => {
        $crate::policy::parts::Shape::Filled
    };
    (one_or_more) => {
        $crate::policy::parts::Shape::OneOrMore
    };
    (filled_of_one_or_more) => {
        $crate::policy::parts::Shape::FilledOfOneOrMore
    };
    (inline) => {
        $crate::policy::parts::Shape::Inline
    };
}

pub(in crate::policy) use {key, parts, shape};
