//! Values of a document that show in no error: what serde says of a value in the
//! wrong place would show it.

use core::fmt;
use core::marker::PhantomData;

use secrecy::{ExposeSecret as _, SecretString};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use zeroize::Zeroizing;

/// A text that may be a secret. Absent, `null` and empty are one.
#[derive(Default)]
pub(super) struct Text(SecretString);

/// On or off. Absent and `null` are off.
#[derive(Default)]
pub(super) struct Switch(bool);

/// A secret of a text that may have room to spare. To give that back could move the
/// text, and leave what it was behind; so it is copied, and erased.
pub(super) fn secret(text: String) -> SecretString {
    let text = Zeroizing::new(text);
    SecretString::from(text.as_str())
}

impl Text {
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    pub(super) const fn secret(&self) -> &SecretString {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl Switch {
    pub(super) const fn is_on(&self) -> bool {
        self.0
    }
}

/// What a value is made of; every other kind of value is refused without a word of it.
trait Quiet: Default {
    const EXPECTED: &'static str;

    fn of_text(_: String) -> Option<Self> {
        None
    }

    fn of_bool(_: bool) -> Option<Self> {
        None
    }
}

impl Quiet for Text {
    const EXPECTED: &'static str = "text in quotes";

    fn of_text(text: String) -> Option<Self> {
        Some(Self(secret(text)))
    }
}

impl Quiet for Switch {
    const EXPECTED: &'static str = "true or false, without quotes";

    fn of_bool(value: bool) -> Option<Self> {
        Some(Self(value))
    }
}

struct QuietVisitor<T>(PhantomData<T>);

fn or_refused<T: Quiet, E: de::Error>(value: Option<T>) -> Result<T, E> {
    value.ok_or_else(|| E::custom(format_args!("expected {}", T::EXPECTED)))
}

impl<T: Quiet> Visitor<'_> for QuietVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        or_refused(T::of_text(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<T, E> {
        or_refused(T::of_text(text))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        or_refused(T::of_bool(value))
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<T, E> {
        or_refused(None)
    }

    fn visit_i128<E: de::Error>(self, _: i128) -> Result<T, E> {
        or_refused(None)
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<T, E> {
        or_refused(None)
    }

    fn visit_u128<E: de::Error>(self, _: u128) -> Result<T, E> {
        or_refused(None)
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<T, E> {
        or_refused(None)
    }

    fn visit_char<E: de::Error>(self, _: char) -> Result<T, E> {
        or_refused(None)
    }

    fn visit_none<E: de::Error>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        Ok(T::default())
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(QuietVisitor(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Switch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(QuietVisitor(PhantomData))
    }
}
