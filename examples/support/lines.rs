//! One answer for each line, whatever is in it.

use std::io::{self, BufRead, Write};

use serde::Serialize;
use serde_json::value::RawValue;

use super::members::{Malformed, Member, Object};
use super::text::escaped_json;

/// The `id` of a line: any JSON value, or nothing that could be read.
pub(crate) type Id<'a> = Option<&'a RawValue>;

/// Why a line gets no answer, as the member `error` says it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    /// The byte that is at fault; what it is counted in follows from `code`.
    pub(crate) at: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<&'static str>,
    /// Which certificate, counted from the client's own, 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate: Option<usize>,
    /// Which header, if it is not the one with the client's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) header: Option<Box<str>>,
    /// Which member of the line, if there are several of the kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<Box<str>>,
}

impl Fault {
    pub(crate) fn new(code: &'static str, kind: &'static str, at: Option<usize>) -> Self {
        Self {
            code,
            at,
            kind: Some(kind),
            certificate: None,
            header: None,
            member: None,
            message: None,
        }
    }
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Self {
        Self {
            kind: None,
            message: Some(malformed.message.into()),
            ..Self::new("request_malformed", "", Some(malformed.at))
        }
    }
}

/// Writes one answer for each line of `input`, and flushes it before the next
/// line is read.
pub(crate) fn answer_lines(
    mut input: impl BufRead,
    mut output: impl Write,
    mut answer: impl FnMut(&[u8]) -> String,
) -> io::Result<()> {
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        output.write_all(answer(text).as_bytes())?;
        output.write_all(b"\n")?;
        output.flush()?;
        line.clear();
    }
    Ok(())
}

/// Reads a line as an object, and has `answer` answer it.
pub(crate) fn take_apart<T>(
    line: &[u8],
    answer: impl FnOnce(&Object<'_>) -> Result<T, Fault>,
) -> (Id<'_>, Result<T, Fault>) {
    let object = match str::from_utf8(line) {
        Ok(text) => Member::line(text).object(),
        Err(error) => Err(Malformed {
            at: error.valid_up_to(),
            message: "the line is not UTF-8".to_owned(),
        }),
    };
    match object {
        Ok(object) => {
            let id = object.get_any("id").and_then(|id| id.read().ok());
            (id, answer(&object))
        }
        Err(malformed) => (None, Err(malformed.into())),
    }
}

/// The line that answers: `id`, and the members of the answer or `error`.
pub(crate) fn to_json<T: Serialize>(id: Id<'_>, answer: Result<T, Fault>) -> String {
    #[derive(Serialize)]
    struct Answer<'a, T> {
        id: Id<'a>,
        #[serde(flatten)]
        members: T,
    }
    #[derive(Serialize)]
    struct Failed {
        error: Fault,
    }
    let json = match answer {
        Ok(members) => serde_json::to_string(&Answer { id, members }),
        Err(error) => {
            let members = Failed { error };
            serde_json::to_string(&Answer { id, members })
        }
    };
    match json {
        Ok(json) => escaped_json(&json).into_owned(),
        Err(_) => r#"{"id":null,"error":{"code":"answer_unwritable","at":null}}"#.to_owned(),
    }
}
