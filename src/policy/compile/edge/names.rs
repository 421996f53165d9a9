//! The names of headers, each of which means one thing.

use crate::edge::{Edge, EdgeNames};
use crate::policy::document::{self, Located};
use crate::policy::problem::{Problem, Problems};

use crate::policy::compile::is_token;

pub(in crate::policy::compile) fn header_name<'d>(
    setting: Option<&'d Located<String>>,
    problems: &mut Problems,
) -> Option<&'d str> {
    let setting = setting?;
    if !is_token(&setting.value) {
        problems.push(Problem::error(&setting.at, "not the name of a header"));
    }
    Some(&setting.value)
}

/// One header cannot mean two things.
pub(super) fn refuse_shared_names(
    document: &document::Edge,
    names: &EdgeNames,
    problems: &mut Problems,
) {
    for name in names.iter() {
        if HAVE_ANOTHER_MEANING.contains(&name) {
            problems.push(Problem::error(
                &document.at,
                format!("the header `{name}` has another meaning"),
            ));
        }
    }
    let mut all: Vec<&str> = names.about_clients().collect();
    all.sort_unstable();
    if all.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
        problems.push(Problem::error(
            &document.at,
            "certificate, chain, status and claims need a header each",
        ));
    }
}

/// Whether a header of this name is read for something else: what the edge
/// sends, or what a request says about its sender anyway.
pub(in crate::policy::compile) fn has_another_meaning(name: &str, edge: Option<&Edge>) -> bool {
    edge.is_some_and(|edge| {
        edge.names()
            .iter()
            .any(|other| other.eq_ignore_ascii_case(name))
    }) || HAVE_ANOTHER_MEANING
        .iter()
        .any(|other| other.eq_ignore_ascii_case(name))
}

/// What a request says about its sender anyway, in lower case.
const HAVE_ANOTHER_MEANING: &[&str] = &[
    "authorization",
    "forwarded",
    "host",
    "x-forwarded-for",
    "x-request-id",
];
