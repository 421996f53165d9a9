//! Names of limits, as an independent parser of structured fields reads them.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use sfv::{BareItem, Item, List, ListEntry, Parser};

use crate::{Ask, Told, gate, seconds};

/// One member of a list: its name, and its parameters.
type Member = (String, Vec<(String, i64)>);

fn parse(line: &str, name: &str) -> Vec<Member> {
    let value = line.strip_prefix(name).unwrap();
    let list: List = Parser::new(value).parse().unwrap();
    list.into_iter().map(member).collect()
}

fn member(entry: ListEntry) -> Member {
    let ListEntry::Item(Item { bare_item, params }) = entry else {
        panic!("an inner list");
    };
    let BareItem::String(name) = bare_item else {
        panic!("{bare_item:?}");
    };
    let params = params.into_iter().map(|(key, value)| match value {
        BareItem::Integer(value) => (key.as_str().to_owned(), value.into()),
        other => panic!("{other:?}"),
    });
    (name.as_str().to_owned(), params.collect())
}

/// Both headers for a client with limits of these names, a rate and a quota each.
fn told(names: &[String]) -> [Vec<Member>; 2] {
    let limits: Vec<String> = names
        .iter()
        .map(|name| {
            let name = toml::Value::from(name.as_str());
            format!(
                "[[limits]]\nname = {name}\nrate = {{ requests = 2, per = '1m' }}\n\
                 quota = {{ requests = 9223372036854775807, per = '30d' }}\n"
            )
        })
        .collect();
    let all = toml::Value::from(names.to_vec());
    let gate = gate(&limits.concat(), &all.to_string());
    let Told(status, lines) = Ask::at(seconds(0)).told(&gate);
    assert_eq!(status, 200);
    let printable = |line: &String| line.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    assert!(lines.iter().all(printable), "{lines:?}");
    [
        parse(&lines[0], "ratelimit-policy: "),
        parse(&lines[1], "ratelimit: "),
    ]
}

fn params(params: &[(&str, i64)]) -> Vec<(String, i64)> {
    let own = |&(key, value): &(&str, i64)| (key.to_owned(), value);
    params.iter().map(own).collect()
}

/// Holds that the headers have each window once, by a name that leads back to its
/// limit.
fn check(names: &[String]) {
    let [policy, standing] = told(names);
    let told: Vec<&String> = policy.iter().map(|(name, _)| name).collect();
    assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), names.len() * 2);
    for (pair, name) in told.chunks(2).zip(names) {
        for (told, kind) in pair.iter().zip(["-rate", "-quota"]) {
            let limit = told.strip_suffix(kind).unwrap();
            let limit = percent_decode_str(limit).decode_utf8().unwrap();
            assert_eq!(limit, *name);
        }
    }
    for (place, (name, standing)) in standing.iter().enumerate() {
        assert_eq!(name, told[place]);
        let (q, r) = match place % 2 {
            0 => (
                params(&[("q", 2), ("w", 60)]),
                params(&[("r", 1), ("t", 60)]),
            ),
            _ => (
                params(&[("q", 999_999_999_999_999)]),
                params(&[("r", 999_999_999_999_999), ("t", 31 * 86_400)]),
            ),
        };
        assert_eq!((&policy[place].1, standing), (&q, &r));
    }
}

#[test]
fn names_that_look_alike_are_told_apart() {
    for names in [
        ["a", "a-rate", "a-quota", "A"],
        ["%", "%25", "%2525", "\u{25}-rate"],
        ["\"", "\\", "\\\"", "\"\\"],
        ["\u{e9}", "%C3%A9", "e\u{301}", "\u{ff05}"],
        [" ", "  ", "\t", "\u{0}"],
        ["a, \"b", "a\";q=9", "\u{7f}", "\u{10ffff}"],
    ] {
        check(&names.map(str::to_owned));
    }
}

#[test]
fn the_longest_names_are_told() {
    check(&["\u{e9}".repeat(64), "a".repeat(128), "\"".repeat(128)]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_names_are_told_apart(names in prop::collection::btree_set("[ -~\\PC]{1,30}", 1..=4)) {
        check(&names.into_iter().collect::<Vec<_>>());
    }
}
