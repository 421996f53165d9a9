//! Header lines in JSON, whose values may be bytes that JSON has no text for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::members::{Malformed, Member};

/// A header's name and its value as received.
pub(crate) type HeaderLine = (String, Vec<u8>);

/// Reads `[[name, value], …]`. A value is a text, which stands for its UTF-8,
/// or `{"base64": "…"}`, which stands for any bytes.
pub(crate) fn read_headers(list: Member<'_>) -> Result<Vec<HeaderLine>, Malformed> {
    list.list()?
        .into_iter()
        .map(|line| match line.list()?.as_slice() {
            [name, value] => Ok((name.text()?, header_value(*value)?)),
            _ => Err(line.malformed("a header line is [name, value]")),
        })
        .collect()
}

fn header_value(value: Member<'_>) -> Result<Vec<u8>, Malformed> {
    if !value.is_object() {
        return Ok(value.text()?.into_bytes());
    }
    let object = value.object()?;
    object.unrepeated()?;
    decode_base64(object.require("base64")?)
}

/// Reads padded base64 of the standard alphabet.
pub(crate) fn decode_base64(member: Member<'_>) -> Result<Vec<u8>, Malformed> {
    STANDARD
        .decode(member.text()?)
        .map_err(|_| member.malformed("not base64 of the standard alphabet with padding"))
}
