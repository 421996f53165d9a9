//! What clients and profiles require besides the mode.

use crate::policy::document::{self, Document, Location, WordList};
use crate::policy::problem::{Problem, Problems};
use crate::policy::{Mode, Requirement};

use super::selectors::are_set_by_edge;

/// Everything that is required, without repeats. What the mode cannot give is
/// refused, since nobody could ever present it.
pub(super) fn requires(
    list: Option<&WordList<Requirement>>,
    authentication: &document::Authentication,
    problems: &mut Problems,
) -> Box<[Requirement]> {
    let mut required = Vec::new();
    for word in list.into_iter().flat_map(|list| &list.value) {
        let mode = authentication.mode.value;
        match (mode, word.value) {
            (Mode::Bearer, _) => problems.push(
                Problem::error(&word.at, "in mode `bearer` a certificate is metadata")
                    .with_hint("use `bearer_plus_mtls_optional`"),
            ),
            (Mode::Mtls, Requirement::Binding) => problems.push(
                Problem::error(&word.at, "mode `mtls` binds no tokens")
                    .with_hint("use `bearer_plus_mtls_optional` or `bearer_plus_mtls_required`"),
            ),
            _ => {}
        }
        if required.contains(&word.value) {
            problems.push(Problem::warning(&word.at, "this stands here twice"));
        } else {
            required.push(word.value);
        }
    }
    required.into_boxed_slice()
}

/// Where a mode asks for the same of everybody. In mode `mtls` an edge that
/// names the client may leave the certificate out.
pub(super) fn warn_of_what_the_mode_requires(document: &Document, problems: &mut Problems) {
    let mode = document.authentication.mode.value;
    let by_edge = are_set_by_edge(document);
    for list in lists(document) {
        for word in &list.value {
            let by_mode = match (mode, word.value) {
                (Mode::BearerPlusMtlsRequired, _) => true,
                (Mode::Mtls, Requirement::Certificate) => !by_edge,
                _ => false,
            };
            if by_mode {
                let what = format!("mode `{}` requires this of everybody", mode.as_str());
                problems.push(Problem::warning(&word.at, what));
            }
        }
    }
}

/// Where a binding is required of somebody.
pub(super) fn binding(document: &Document) -> impl Iterator<Item = &Location> {
    let words = lists(document).flat_map(|list| &list.value);
    words
        .filter(|word| word.value == Requirement::Binding)
        .map(|word| &word.at)
}

/// Every list of a client or profile.
pub(super) fn lists(document: &Document) -> impl Iterator<Item = &WordList<Requirement>> {
    document.clients.listed().iter().flat_map(|client| {
        let profiles = client.profiles.iter();
        let profiles = profiles.filter_map(|profile| profile.requires.as_ref());
        client.requires.iter().chain(profiles)
    })
}
