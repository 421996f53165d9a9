//! The proxies, by their addresses.

use crate::edge::{AddressSource, Proxies, is_wide, parse_network};
use crate::policy::document::{self, TextList};
use crate::policy::problem::{Problem, Problems};

pub(super) fn proxies(list: Option<&TextList>, problems: &mut Problems) -> Option<Proxies> {
    let entries = list.map_or(&[] as &[_], |list| &list.value);
    match Proxies::parse(entries.iter().map(|entry| entry.value.as_str())) {
        Ok(proxies) => Some(proxies),
        Err(errors) => {
            for (index, error) in errors {
                if let Some(entry) = entries.get(index) {
                    problems.push(Problem::error(&entry.at, error.to_string()));
                }
            }
            None
        }
    }
}

pub(super) fn warn_of_wide_ranges(list: &TextList, message: &str, problems: &mut Problems) {
    for entry in &list.value {
        if parse_network(&entry.value).is_ok_and(|network| is_wide(&network)) {
            problems.push(
                Problem::warning(&entry.at, message)
                    .with_hint("list the addresses from which the edge connects"),
            );
        }
    }
}

/// Only lists of addresses are walked along.
pub(super) fn warn_of_proxies_that_are_never_passed(
    document: &document::Edge,
    source: AddressSource,
    problems: &mut Problems,
) {
    let walks = match source {
        AddressSource::ForwardedFor | AddressSource::Forwarded => true,
        AddressSource::ProxyProtocol | AddressSource::Peer => false,
    };
    if let Some(list) = &document.address_proxies
        && !walks
    {
        problems.push(
            Problem::warning(&list.at, "this `client_address` passes over no proxies")
                .with_hint("leave the setting out"),
        );
    }
}
