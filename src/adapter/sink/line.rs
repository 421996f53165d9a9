//! Evidence as JSON on one line.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter};

use crate::certificate::is_matchable;
use crate::evidence::Evidence;

/// The line, with its end.
pub(super) fn line_of(evidence: &Evidence) -> io::Result<Vec<u8>> {
    let mut line = json_of(evidence)?;
    line.push(b'\n');
    Ok(line)
}

/// The same for any record, without the end of the line.
pub(in crate::adapter) fn json_of(record: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut json = Vec::with_capacity(1_024);
    record.serialize(&mut Serializer::with_formatter(&mut json, OneLine))?;
    Ok(json)
}

/// Compact JSON that is one line for every reader: besides what JSON demands,
/// whatever ends a line somewhere, controls a terminal or turns the direction of
/// text is escaped.
struct OneLine;

impl Formatter for OneLine {
    fn write_string_fragment<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if is_matchable(fragment) {
            return CompactFormatter.write_string_fragment(writer, fragment);
        }
        let mut buffer = [0; 4];
        for c in fragment.chars() {
            let text: &str = c.encode_utf8(&mut buffer);
            if is_matchable(text) {
                writer.write_all(text.as_bytes())?;
            } else {
                // All of them are in the basic plane.
                write!(writer, "\\u{:04x}", u32::from(c))?;
            }
        }
        Ok(())
    }

    fn write_char_escape<W: Write + ?Sized>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        CompactFormatter.write_char_escape(writer, escape)
    }
}
