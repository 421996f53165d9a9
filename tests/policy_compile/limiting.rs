//! `[limiting]`.

use super::{BASE, problems};

fn with(lines: &str) -> Vec<String> {
    problems(&format!("{BASE}[limiting]\n{lines}\n"))
}

#[track_caller]
fn refused(lines: &str, problem: &str, neighbour: &str) {
    assert_eq!(with(lines), [problem], "{lines}");
    assert_eq!(with(neighbour), [""; 0], "{neighbour}");
}

#[test]
fn headers_are_those_that_there_are_each_once() {
    let both = "headers = [\"ratelimit\", \"x-ratelimit\"]";
    refused(
        "headers = [\"ratelimit\", \"x-ratelimit\", \"ratelimit\"]",
        "20:40: error: limiting.headers[2]: these headers are listed twice",
        both,
    );
    refused(
        "headers = []",
        "20:11: error: limiting.headers: an empty list could be taken for everything (leave the \
         key out, or name at least one entry)",
        "",
    );
    refused(
        "headers = [\"ratelimit\", \"rate-limit\"]",
        "20:25: error: limiting.headers[1]: must be one of `ratelimit`, `x-ratelimit` (did you \
         mean `ratelimit`?)",
        both,
    );
}

#[test]
fn a_store_that_is_away_denies_allows_or_is_stood_in_for() {
    refused(
        "when_away = \"ignore\"",
        "20:13: error: limiting.when_away: must be one of `deny`, `allow`, `local`",
        "when_away = \"allow\"",
    );
    refused(
        "when_away = \"locally\"\nlocal_percent = 25",
        "20:13: error: limiting.when_away: must be one of `deny`, `allow`, `local`",
        "when_away = \"local\"\nlocal_percent = 25",
    );
    refused(
        "when_away = \"local\"",
        "20:13: error: limiting.when_away: `local` needs `local_percent` (with four instances, 25 \
         holds the limits among them)",
        "when_away = \"local\"\nlocal_percent = 25",
    );
    for other in ["when_away = \"deny\"", "when_away = \"allow\""] {
        refused(
            &format!("{other}\nlocal_percent = 25"),
            "21:17: error: limiting.local_percent: only `when_away = \"local\"` holds limits to a \
             share",
            other,
        );
    }
    refused(
        "local_percent = 25",
        "20:17: error: limiting.local_percent: only `when_away = \"local\"` holds limits to a \
         share",
        "",
    );
}

#[test]
fn a_share_is_from_1_to_100_percent() {
    let percent = |percent: &str| format!("when_away = \"local\"\nlocal_percent = {percent}");
    let place = "21:17: error: limiting.local_percent";
    for (bad, what) in [
        ("0", "must be at least 1"),
        ("-1", "must be at least 1"),
        ("101", "a share is at most 100 percent"),
        ("256", "a share is at most 100 percent"),
        ("25.5", "expected an integer, found a float"),
        ("\"25\"", "expected an integer, found a string"),
    ] {
        refused(&percent(bad), &format!("{place}: {what}"), &percent("100"));
    }
    assert_eq!(with(&percent("1")), [""; 0]);
}

#[test]
fn nothing_else_is_set_there() {
    refused(
        "header = [\"ratelimit\"]",
        "20:1: error: limiting.header: unknown key `header` (did you mean `headers`?)",
        "headers = [\"ratelimit\"]",
    );
}

#[test]
fn names_that_are_told_are_short() {
    let name = |length: usize, headers: &str| {
        let name = "é".repeat(length / 2);
        let base = BASE.replace("\"some\"", &format!("\"{name}\""));
        problems(&format!("{base}[limiting]\nheaders = [\"{headers}\"]\n"))
    };
    assert_eq!(
        name(130, "ratelimit"),
        ["13:8: error: limits[0].name: a name that `ratelimit` tells has at most 128 bytes"]
    );
    assert_eq!(name(128, "ratelimit"), [""; 0]);
    assert_eq!(name(130, "x-ratelimit"), [""; 0]);
}
