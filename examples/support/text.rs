//! Text that cannot pass for other text, in JSON and on a terminal.

use std::borrow::Cow;

use certgate::certificate::is_matchable;

/// Text for a person: control and bidirectional characters are written as
/// `\u{…}`, so that they neither steer the terminal nor reorder what it shows.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    replaced(text, |c| c.escape_unicode().to_string())
}

/// JSON on one line, with control and bidirectional characters written as
/// `\uXXXX`. Below U+0020 there can only be white space that an echoed value
/// had between its tokens.
pub(super) fn escaped_json(json: &str) -> Cow<'_, str> {
    replaced(json, |c| {
        if c < ' ' {
            " ".to_owned()
        } else {
            // None of these characters is outside the basic plane.
            format!("\\u{:04x}", u32::from(c))
        }
    })
}

fn replaced(text: &str, replacement: impl Fn(char) -> String) -> Cow<'_, str> {
    if is_matchable(text) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_matchable(c.encode_utf8(&mut [0; 4])) {
            safe.push(c);
        } else {
            safe.push_str(&replacement(c));
        }
    }
    Cow::Owned(safe)
}
