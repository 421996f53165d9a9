//! Header lines without the types of any framework.

/// The header lines of one request.
///
/// A decision visits them once and looks at every line, so that repeated names
/// are seen rather than hidden behind a map's first entry. Names may be in any
/// case; values are the bytes as received, without surrounding white space.
///
/// They can be looked at from another thread, since a decision that waits for a
/// store may go on there.
///
/// Slices of pairs are header lines:
///
/// ```
/// use certgate::request::HeaderLines;
///
/// let lines = [("X-Request-ID", "r1"), ("Accept", "*/*")];
/// let mut names = Vec::new();
/// lines.visit(&mut |name, _value| names.push(name));
/// assert_eq!(names, [b"X-Request-ID".as_slice(), b"Accept"]);
/// ```
pub trait HeaderLines: Sync {
    /// Calls `line` with the name and value of each line, in order.
    fn visit<'a>(&'a self, line: &mut dyn FnMut(&'a [u8], &'a [u8]));
}

impl<N: AsRef<[u8]> + Sync, V: AsRef<[u8]> + Sync> HeaderLines for &[(N, V)] {
    fn visit<'a>(&'a self, line: &mut dyn FnMut(&'a [u8], &'a [u8])) {
        for (name, value) in *self {
            line(name.as_ref(), value.as_ref());
        }
    }
}

impl<N: AsRef<[u8]> + Sync, V: AsRef<[u8]> + Sync> HeaderLines for Vec<(N, V)> {
    fn visit<'a>(&'a self, line: &mut dyn FnMut(&'a [u8], &'a [u8])) {
        for (name, value) in self {
            line(name.as_ref(), value.as_ref());
        }
    }
}

impl<N, V, const LINES: usize> HeaderLines for [(N, V); LINES]
where
    N: AsRef<[u8]> + Sync,
    V: AsRef<[u8]> + Sync,
{
    fn visit<'a>(&'a self, line: &mut dyn FnMut(&'a [u8], &'a [u8])) {
        for (name, value) in self {
            line(name.as_ref(), value.as_ref());
        }
    }
}

/// RFC 9110 section 5.6.2: what methods, header names and other tokens are made
/// of.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
