//! A record is one line, whatever is in it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use certgate::adapter::sink::JsonLines;
use certgate::evidence::AuditSink;
use serde_json::Value;

use crate::records::record;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn whatever_ends_a_line_or_turns_text_is_escaped() {
    let kept = Kept::default();
    let sink = JsonLines::new(kept.clone()).unwrap();
    let mut forged = record("r0", 0);
    forged.client_id = Some(
        "a\n{\"id\":\"forged\"}\r\u{0}\u{7}\u{b}\u{c}\u{1b}[31m\u{7f}\u{85}\u{2028}\u{2029}\u{202e}b\\Müller 日本 🦀"
            .to_owned(),
    );
    sink.record(&forged);
    sink.close();
    let written = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
    let escaped = r#""client_id":"a\n{\"id\":\"forged\"}\r\u0000\u0007\u000b\f\u001b[31m\u007f\u0085\u2028\u2029\u202eb\\Müller 日本 🦀","#;
    assert!(written.contains(escaped), "{written}");
    assert_eq!(written.matches('\n').count(), 1);
    // It still says the same.
    let read: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(read, serde_json::to_value(&forged).unwrap());
}
