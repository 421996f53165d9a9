//! What stands behind a key: texts, numbers, words, moments, lengths of time,
//! and lists.

use std::num::NonZeroU64;
use std::time::Duration;

use serde::ser::{Error as _, Serialize, Serializer};

use crate::dialect::Dialect;
use crate::edge::{ClaimUse, Preset};
use crate::policy::document::Location;
use crate::policy::keywords::{
    AddressSource, DirectTls, IdentityHeaders, Letters, LimitHeaders, Mode, Observe, PathMatch,
    PathParameters, RecordedCertificate, Requirement, Revocation, SelectorsSetBy, StaleLists,
    UnlistedPaths, UnverifiedBearer, Verification, WhenAway,
};
use crate::policy::problem::{Problem, Problems};
use crate::policy::schema::{Definitions, Json};
use crate::request::Timestamp;

use super::{Content, Setting, Shape};

impl Content for String {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }

    fn check(&self, _at: &Location, _shape: Shape, _problems: &mut Problems) {}

    fn schema(_shape: Shape, _definitions: &mut Definitions) -> Json {
        Json::of_type("string")
    }
}

impl Content for bool {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(*self)
    }

    fn check(&self, _at: &Location, _shape: Shape, _problems: &mut Problems) {}

    fn schema(_shape: Shape, _definitions: &mut Definitions) -> Json {
        Json::of_type("boolean")
    }
}

/// Texts have integers of 64 bits with a sign.
impl Content for NonZeroU64 {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }

    fn check(&self, at: &Location, _shape: Shape, problems: &mut Problems) {
        if i64::try_from(self.get()).is_err() {
            problems.push(Problem::error(at, format!("must be at most {}", i64::MAX)));
        }
    }

    fn schema(_shape: Shape, _definitions: &mut Definitions) -> Json {
        Json::table([
            ("type", Json::text("integer")),
            ("minimum", Json::Integer(1)),
            ("maximum", Json::Integer(i64::MAX)),
        ])
    }
}

/// A whole number of the largest unit that goes, such as `1m`.
impl Content for Duration {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        const UNITS: [(u64, char); 4] = [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')];
        let seconds = self.as_secs();
        let unit = UNITS.iter().find(|(unit, _)| seconds.is_multiple_of(*unit));
        match unit {
            Some((unit, name)) if self.subsec_nanos() == 0 && seconds > 0 => {
                serializer.collect_str(&format_args!("{}{name}", seconds / unit))
            }
            _ => Err(S::Error::custom("a length of time in whole seconds")),
        }
    }

    fn check(&self, at: &Location, _shape: Shape, problems: &mut Problems) {
        if self.is_zero() {
            problems.push(Problem::error(at, "must be longer than zero"));
        } else if self.subsec_nanos() != 0 {
            problems.push(Problem::error(at, "must be whole seconds"));
        }
    }

    fn schema(_shape: Shape, _definitions: &mut Definitions) -> Json {
        Json::table([
            ("type", Json::text("string")),
            ("pattern", Json::text("^0*[1-9][0-9]*[smhd]$")),
        ])
    }
}

impl Content for Timestamp {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }

    fn check(&self, at: &Location, _shape: Shape, problems: &mut Problems) {
        // Far from now the calendar itself would overflow.
        if !(EARLIEST..=LATEST).contains(&self.unix_seconds()) {
            problems.push(Problem::error(at, "must be in the years 0000 to 9999"));
        }
    }

    fn schema(_shape: Shape, _definitions: &mut Definitions) -> Json {
        Json::table([
            ("type", Json::text("string")),
            (
                "pattern",
                Json::text("^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$"),
            ),
        ])
    }
}

/// 0000-01-01T00:00:00Z.
const EARLIEST: i64 = -62_167_219_200;

/// 9999-12-31T23:59:59Z.
const LATEST: i64 = 253_402_300_799;

/// One word out of a few.
macro_rules! words {
    ($($name:ty: $words:expr,)+) => {$(
        impl Content for $name {
            fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match $words.iter().find(|(_, value)| value == self) {
                    Some((word, _)) => serializer.serialize_str(word),
                    None => Err(S::Error::custom("a value without a word")),
                }
            }

            fn check(&self, _at: &Location, _shape: Shape, _problems: &mut Problems) {}

            fn schema(_shape: Shape, _definitions: &mut Definitions) -> Json {
                let words = $words;
                let words = words.iter().map(|&(word, _)| word);
                Json::table([("enum", Json::texts(words))])
            }
        }
    )+};
}

words! {
    Preset: Preset::WORDS,
    Dialect: Dialect::ALL.map(|dialect| (dialect.as_str(), dialect)),
    ClaimUse: ClaimUse::WORDS,
    AddressSource: AddressSource::WORDS,
    Verification: Verification::WORDS,
    IdentityHeaders: IdentityHeaders::WORDS,
    DirectTls: DirectTls::WORDS,
    SelectorsSetBy: SelectorsSetBy::WORDS,
    Mode: Mode::WORDS,
    Observe: Observe::WORDS,
    Requirement: Requirement::WORDS,
    RecordedCertificate: RecordedCertificate::WORDS,
    UnverifiedBearer: UnverifiedBearer::WORDS,
    UnlistedPaths: UnlistedPaths::WORDS,
    Letters: Letters::WORDS,
    PathParameters: PathParameters::WORDS,
    PathMatch: PathMatch::WORDS,
    LimitHeaders: LimitHeaders::WORDS,
    Revocation: Revocation::WORDS,
    StaleLists: StaleLists::WORDS,
    WhenAway: WhenAway::WORDS,
}

/// A list is written as a list, even of one.
impl<T: Setting + Serialize> Content for Vec<T> {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }

    fn place(&mut self, at: &Location) {
        for (index, entry) in self.iter_mut().enumerate() {
            entry.place(at.index(index));
        }
    }

    fn check(&self, at: &Location, shape: Shape, problems: &mut Problems) {
        if self.is_empty() && shape != Shape::Plain {
            problems.push(
                Problem::error(at, "an empty list could be taken for everything")
                    .with_hint("leave the key out, or name at least one entry"),
            );
        }
        for entry in self {
            entry.check(shape.of_entries(), problems);
        }
    }

    fn schema(shape: Shape, definitions: &mut Definitions) -> Json {
        let entry = T::schema(shape.of_entries(), definitions);
        match shape {
            Shape::Plain | Shape::Inline => Json::list_of(entry),
            Shape::Filled | Shape::FilledOfOneOrMore => Json::filled_list_of(entry),
            Shape::OneOrMore => Json::any_of([entry.clone(), Json::filled_list_of(entry)]),
        }
    }
}
