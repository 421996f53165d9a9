//! The headers that name a client and a profile.

use crate::edge::Edge;
use crate::policy::SelectorsSetBy;
use crate::policy::document::{self, Document, Located, Location};
use crate::policy::problem::{Problem, Problems};
use crate::policy::rules::Selectors;

use super::edge::{has_another_meaning, header_name};

/// The headers that select a client or profile.
pub(super) fn selectors(
    document: Option<&document::Selectors>,
    edge: Option<&Edge>,
    at: &Location,
    problems: &mut Problems,
) -> Selectors {
    let client = document.and_then(|section| section.client_header.as_ref());
    let profile = document.and_then(|section| section.profile_header.as_ref());
    let client_name = header_name(client, problems).unwrap_or("X-Client-ID");
    let profile_name = header_name(profile, problems).unwrap_or("X-Profile-ID");
    let mut refuse = |setting: Option<&Located<String>>| {
        problems.push(Problem::error(
            setting.map_or(at, |setting| &setting.at),
            "the selecting headers and those of the edge need a name each",
        ));
    };
    if has_another_meaning(client_name, edge) {
        refuse(client);
    }
    if has_another_meaning(profile_name, edge) {
        refuse(profile);
    }
    if client_name.eq_ignore_ascii_case(profile_name) {
        refuse(profile.or(client));
    }
    let set_by = document.and_then(|section| section.set_by.as_ref());
    if let Some(setting) = set_by
        && setting.value == SelectorsSetBy::TrustedEdge
        && edge.is_some_and(|edge| edge.proxies.is_empty())
    {
        problems.push(Problem::error(
            &setting.at,
            "no proxy is trusted that could set these headers",
        ));
    }
    Selectors {
        client: client_name.to_ascii_lowercase().into(),
        profile: profile_name.to_ascii_lowercase().into(),
        set_by: set_by.map_or(SelectorsSetBy::Anyone, |setting| setting.value),
    }
}

/// Whether the trusted edge sets the selecting headers, so that they identify.
pub(super) fn are_set_by_edge(document: &Document) -> bool {
    let section = document.selectors.as_ref();
    section
        .and_then(|section| section.set_by.as_ref())
        .is_some_and(|setting| setting.value == SelectorsSetBy::TrustedEdge)
}
