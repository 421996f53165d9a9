//! The client's address by the `Forwarded` field of RFC 7239.

use core::net::IpAddr;
use std::borrow::Cow;

use crate::request::is_token_byte;

use super::{ClientAddress, Lines};

/// Something in a line is not what the grammar has there.
#[derive(Debug, PartialEq, Eq)]
struct Malformed;

impl ClientAddress {
    /// The header of RFC 7239.
    pub(super) const FORWARDED: &'static str = "forwarded";

    /// Walks `Forwarded` from the right, past proxies that are trusted to have
    /// appended to it (`passed`), to the first `for` that names no such proxy.
    ///
    /// An element without an address (none at all, `unknown`, an obfuscated
    /// identifier) ends the walk, and so does a line that is malformed: where
    /// its elements begin and end cannot be told then. A quotation mark that a
    /// client leaves open takes in what the proxies append to the line, but
    /// what they write has an even number of them, so that the line ends within
    /// quotes and is malformed.
    pub(super) fn forwarded(lines: &Lines<'_>, passed: impl Fn(IpAddr) -> bool) -> Self {
        // Read from the left, the way quotes work; the last that stays is the
        // first from the right.
        let mut client = Self::Unknown;
        for line in lines.as_slice() {
            let read = elements(line, |node| match node {
                Some(address) if passed(address) => {}
                Some(address) => client = Self::Known(address),
                None => client = Self::Unknown,
            });
            if read.is_err() {
                client = Self::Unknown;
            }
        }
        client
    }
}

/// Calls `each` with the address in the `for` of every element of one line
/// (RFC 7239 section 4).
fn elements(line: &[u8], mut each: impl FnMut(Option<IpAddr>)) -> Result<(), Malformed> {
    let mut rest = line;
    loop {
        let (node, after) = element(skip_space(rest))?;
        each(node.and_then(|node| parse_node(&node)));
        match skip_space(after).split_first() {
            None => return Ok(()),
            Some((b',', next)) => rest = next,
            Some(_) => return Err(Malformed),
        }
    }
}

/// What the `for` of one element says, and what stands behind the element.
type Element<'r> = (Option<Cow<'r, [u8]>>, &'r [u8]);

/// `[ forwarded-pair ] *( ";" [ forwarded-pair ] )`
fn element(mut rest: &[u8]) -> Result<Element<'_>, Malformed> {
    let mut node = None;
    loop {
        let (name, after) = split_token(rest);
        if !name.is_empty() {
            let (value, after) = value(after.strip_prefix(b"=").ok_or(Malformed)?)?;
            if name.eq_ignore_ascii_case(b"for") && node.replace(value).is_some() {
                return Err(Malformed);
            }
            rest = after;
        }
        match rest.strip_prefix(b";") {
            Some(next) => rest = next,
            None => return Ok((node, rest)),
        }
    }
}

/// `token / quoted-string`, and what stands behind it.
fn value(bytes: &[u8]) -> Result<(Cow<'_, [u8]>, &[u8]), Malformed> {
    if let Some(quoted) = bytes.strip_prefix(b"\"") {
        return quoted_text(quoted);
    }
    match split_token(bytes) {
        ([], _) => Err(Malformed),
        (token, rest) => Ok((Cow::Borrowed(token), rest)),
    }
}

/// The text of a quoted string whose first quotation mark is gone (RFC 9110
/// section 5.6.4).
fn quoted_text(bytes: &[u8]) -> Result<(Cow<'_, [u8]>, &[u8]), Malformed> {
    let is_text = |byte: u8| matches!(byte, b'\t' | b' '..=b'~' | 0x80..);
    let mut escapes = 0;
    let mut places = bytes.iter().copied().enumerate();
    while let Some((at, byte)) = places.next() {
        match byte {
            b'"' => {
                let (text, rest) = bytes.split_at(at);
                let text = match escapes {
                    0 => Cow::Borrowed(text),
                    _ => Cow::Owned(unescaped(text)),
                };
                return Ok((text, rest.strip_prefix(b"\"").unwrap_or(rest)));
            }
            b'\\' if places.next().is_some_and(|(_, byte)| is_text(byte)) => escapes += 1,
            b'\\' => return Err(Malformed),
            byte if is_text(byte) => {}
            _ => return Err(Malformed),
        }
    }
    Err(Malformed)
}

fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    while let Some(byte) = bytes.next() {
        plain.extend(match byte {
            b'\\' => bytes.next(),
            byte => Some(byte),
        });
    }
    plain
}

/// An address, or an address with a port (RFC 7239 section 6): IPv6 in
/// brackets. `None` for `unknown`, for an obfuscated identifier, and for what
/// is no node at all.
fn parse_node(node: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(node).ok()?;
    let (address, port) = match text.strip_prefix('[') {
        Some(bracketed) => {
            let (address, rest) = bracketed.split_once(']')?;
            let port = match rest {
                "" => None,
                rest => Some(rest.strip_prefix(':')?),
            };
            (IpAddr::V6(address.parse().ok()?), port)
        }
        None => {
            let (address, port) = match text.split_once(':') {
                Some((address, port)) => (address, Some(port)),
                None => (text, None),
            };
            (IpAddr::V4(address.parse().ok()?), port)
        }
    };
    port.is_none_or(is_port).then(|| address.to_canonical())
}

/// A port, or an obfuscated one.
fn is_port(text: &str) -> bool {
    match text.strip_prefix('_') {
        Some(name) => {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        }
        None => text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok(),
    }
}

/// The token that `bytes` begin with, which may be empty, and the rest.
fn split_token(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|&byte| !is_token_byte(byte));
    bytes.split_at(end.unwrap_or(bytes.len()))
}

fn skip_space(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::edge::Proxies;

    fn walk(lines: &[&str]) -> Option<String> {
        let trusted = Proxies::parse(["10.0.0.0/8"]).unwrap();
        let passed = Proxies::parse(["172.16.0.1", "2001:db8::1"]).unwrap();
        let mut collected = Lines::default();
        for line in lines {
            collected.push(line.as_bytes());
        }
        ClientAddress::forwarded(&collected, |address| {
            trusted.include_address(address) || passed.include_address(address)
        })
        .ip()
        .map(|address| address.to_string())
    }

    #[test]
    fn the_examples_of_rfc_7239() {
        for (lines, client) in [
            // Section 4.
            (&[r#"for="_gazonk""#] as &[&str], None),
            (
                &[r#"For="[2001:db8:cafe::17]:4711""#],
                Some("2001:db8:cafe::17"),
            ),
            (
                &["for=192.0.2.60;proto=http;by=203.0.113.43"],
                Some("192.0.2.60"),
            ),
            (
                &["for=192.0.2.43, for=198.51.100.17"],
                Some("198.51.100.17"),
            ),
            // Section 6.
            (&[r#"for="192.0.2.43:47011""#], Some("192.0.2.43")),
            (
                &[r#"for="[2001:db8:cafe::17]:47011""#],
                Some("2001:db8:cafe::17"),
            ),
            (&["for=_hidden, for=_SEVKISEK"], None),
            // Section 7.1.
            (
                &[r#"for=192.0.2.43,for="[2001:db8:cafe::17]",for=unknown"#],
                None,
            ),
            (
                &[
                    "for=192.0.2.43",
                    r#"for="[2001:db8:cafe::17]", for=unknown"#,
                ],
                None,
            ),
            // Section 7.4.
            (
                &[r#"for=192.0.2.43, for="[2001:db8:cafe::17]""#],
                Some("2001:db8:cafe::17"),
            ),
        ] {
            assert_eq!(walk(lines).as_deref(), client, "{lines:?}");
        }
    }

    #[test]
    fn the_rightmost_address_that_is_no_proxy_is_the_client() {
        const CLIENT: Option<&str> = Some("203.0.113.5");
        for lines in [
            &["for=203.0.113.5"] as &[&str],
            &["for=198.51.100.9, for=203.0.113.5"],
            &["for=203.0.113.5, for=10.1.1.1"],
            &[r#"for=203.0.113.5 ,	for=172.16.0.1,for="[2001:db8::1]:80""#],
            &["for=198.51.100.9", "for=203.0.113.5", "for=10.1.1.1"],
            &[r#"for="[::ffff:203.0.113.5]""#],
            &["FOR=203.0.113.5"],
            &["proto=https;for=203.0.113.5"],
            &[";;for=203.0.113.5;;proto=https;"],
            &[r#"for="203.0.113.5""#],
            &[r#"for="203.0.113.5:1""#],
            &[r#"for="203.0.113.5:65535""#],
            &[r#"for="203.0.113.5:_a.b-c_D9""#],
            &[r#"for="\2\03.0.113.5""#],
            &[r#"host="a, for=198.51.100.9";for=203.0.113.5"#],
            &[r#"host="\",for=198.51.100.9";for=203.0.113.5"#],
            &["secret=for;for=203.0.113.5;x=\"\u{fc}\t\""],
            // What stands left of the client's was written by anybody.
            &["for=unknown, for=203.0.113.5"],
            &[", for=203.0.113.5, for=10.0.0.1"],
            &["for=\"", "for=203.0.113.5"],
        ] {
            assert_eq!(walk(lines).as_deref(), CLIENT, "{lines:?}");
        }
    }

    #[test]
    fn what_is_malformed_or_names_no_address_ends_the_walk() {
        for line in [
            "",
            " ",
            ",",
            "for",
            "for=",
            "for =203.0.113.5",
            "for= 203.0.113.5",
            "for=203.0.113.5; proto=http",
            "for=203.0.113.5;for=203.0.113.5",
            "for=203.0.113.5;FOR=_x",
            "for=203.0.113.5,",
            "for=203.0.113.5, proto=http",
            "for=203.0.113.5 for=10.0.0.1",
            "for=203.0.113.5;=x",
            "for=203.0.113.5;x",
            "for=203.0.113.5;\u{fc}=x",
            "203.0.113.5",
            "x-for=203.0.113.5",
            // Neither `:` nor `[` is a character of a token.
            "for=203.0.113.5:80",
            "for=[2001:db8::7]",
            "for=2001:db8::7",
            r#"for="2001:db8::7""#,
            r#"for="[2001:db8::7""#,
            r#"for="[2001:db8::7]80""#,
            r#"for="[2001:db8::7%eth0]""#,
            r#"for="[203.0.113.5]""#,
            r#"for="203.0.113.5:""#,
            r#"for="203.0.113.5:+80""#,
            r#"for="203.0.113.5:65536""#,
            r#"for="203.0.113.5:_""#,
            r#"for="203.0.113.5:_x y""#,
            r#"for="203.0.113.05""#,
            r#"for=" 203.0.113.5""#,
            r#"for="""#,
            r#"for="203.0.113.5"#,
            r#"for="203.0.113.5\"#,
            r#"for="203.0.113.5\""#,
            r#"for="203.0.113.5"x"#,
            "for=\"203.0.113.5\u{0}\"",
            "for=\"203.0.113.5\\\u{7f}\"",
            "for=unknown",
            "for=_203.0.113.5",
            "for=10.0.0.1",
        ] {
            assert_eq!(walk(&[line]), None, "{line}");
            assert_eq!(walk(&["for=203.0.113.5", line]), neighbour(line), "{line}");
            assert_eq!(walk(&[line, "for=10.0.0.1"]), None, "{line}");
        }
        assert_eq!(walk(&[]), None);
    }

    /// A proxy on a line of its own is passed over, whatever else is not.
    fn neighbour(line: &str) -> Option<String> {
        (line == "for=10.0.0.1").then(|| "203.0.113.5".to_owned())
    }

    #[test]
    fn a_quote_that_is_left_open_takes_no_proxy_s_word_away() {
        for appended in [
            "for=203.0.113.5",
            r#"for="203.0.113.5:80""#,
            r#"for=203.0.113.5;host="a""#,
            r#"for=203.0.113.5;host=";for=198.51.100.9""#,
            r#"for=203.0.113.5;host=",for=198.51.100.9,x=\"""#,
        ] {
            for sent in [
                r#"for=198.51.100.9;x=""#,
                r#"for=198.51.100.9, for=""#,
                r#"for=198.51.100.9;x="a\"#,
            ] {
                let line = format!("{sent}, {appended}");
                assert_eq!(walk(&[&line]), None, "{line}");
            }
            let line = format!("for=198.51.100.9, {appended}");
            assert_eq!(walk(&[&line]).as_deref(), Some("203.0.113.5"), "{line}");
        }
    }

    /// A hop as a proxy may write it: with a port or without, quoted or, where
    /// it is a token, not, with needless escapes.
    fn written() -> impl Strategy<Value = (IpAddr, String)> {
        let address = prop_oneof![
            (0u8..4, 0u8..2).prop_map(|(a, b)| IpAddr::from([10 + a, 0, 0, b])),
            (0u16..3).prop_map(|last| IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, last])),
        ];
        let port = prop_oneof![Just(""), Just(":80"), Just(":_x")];
        (address, port, any::<bool>(), 0usize..8).prop_map(|(address, port, quoted, escaped)| {
            let mut node = match address {
                IpAddr::V4(v4) => format!("{v4}{port}"),
                IpAddr::V6(v6) => format!("[{v6}]{port}"),
            };
            if quoted || node.contains(':') {
                node.insert(escaped.min(node.len() - 1), '\\');
                node = format!("\"{node}\"");
            }
            (address, node)
        })
    }

    proptest! {
        #[test]
        fn the_walk_is_that_of_x_forwarded_for(
            hops in proptest::collection::vec((written(), any::<bool>()), 0..6),
        ) {
            let mut lines: Vec<String> = Vec::new();
            for ((_, node), new_line) in &hops {
                match lines.last_mut() {
                    Some(line) if !new_line => line.push_str(&format!(", proto=http;for={node}")),
                    _ => lines.push(format!("for={node};by=_x")),
                }
            }
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let is_proxy = |address: &IpAddr| match address {
                IpAddr::V4(v4) => v4.octets()[0] == 10,
                IpAddr::V6(v6) => v6.segments()[7] == 1,
            };
            let addresses = hops.iter().rev().map(|((address, _), _)| address);
            let client = addresses.copied().find(|address| !is_proxy(address));
            prop_assert_eq!(walk(&lines), client.map(|address| address.to_string()));
        }

        #[test]
        fn no_line_makes_it_panic(
            lines in proptest::collection::vec("[for=\",;\\\\ \\[\\]:_x10.\u{e9}]{0,24}", 0..4),
        ) {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            walk(&lines);
        }

        #[test]
        fn no_bytes_make_it_panic(line in proptest::collection::vec(any::<u8>(), 0..64)) {
            let mut lines = Lines::default();
            lines.push(&line);
            ClientAddress::forwarded(&lines, |_| false);
        }
    }
}
