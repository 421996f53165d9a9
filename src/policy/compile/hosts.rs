//! The hosts of a collection.

use std::collections::HashSet;

use crate::policy::document::Collection;
use crate::policy::problem::{Problem, Problems};
use crate::request::is_host_name;

use super::refuse_empty;

/// The collection's hosts in lower case; one `None` where it is for every host.
pub(super) fn hosts(collection: &Collection, problems: &mut Problems) -> Vec<Option<String>> {
    let Some(list) = &collection.hosts else {
        return vec![None];
    };
    refuse_empty(Some(list), problems);
    let mut seen: HashSet<String> = HashSet::new();
    let mut hosts = Vec::with_capacity(list.value.len());
    for text in &list.value {
        if !is_host_name(&text.value) {
            problems.push(match hint(&text.value) {
                Some(hint) => Problem::error(&text.at, "not the name of a host").with_hint(hint),
                None => Problem::error(&text.at, "not the name of a host"),
            });
            continue;
        }
        let host = text.value.to_ascii_lowercase();
        if seen.insert(host.clone()) {
            hosts.push(Some(host));
        } else {
            problems.push(Problem::warning(&text.at, "this host is listed twice"));
        }
    }
    hosts
}

fn hint(text: &str) -> Option<&'static str> {
    if text.contains('*') {
        Some("every host is written out")
    } else if !text.is_ascii() {
        Some("write it in its ASCII form, `xn--…`")
    } else if text.contains(':') {
        Some("a name without port and scheme; ports do not count")
    } else if text.ends_with('.') {
        Some("leave the dot at its end out")
    } else {
        None
    }
}
