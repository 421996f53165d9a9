//! What the name of the header with the certificate tells about the edge.

use crate::edge::Preset;
use crate::policy::document::{Edge, Located};
use crate::policy::problem::{Problem, Problems};

/// The presets whose certificate header that is.
fn presets_of(header: &str) -> Vec<(&'static str, Preset)> {
    let mut found: Vec<(&str, Preset)> = Vec::new();
    for &(word, preset) in Preset::WORDS {
        let own = preset.facts().certificate;
        if own.is_some_and(|own| own.name.eq_ignore_ascii_case(header))
            && found.iter().all(|&(_, known)| known != preset)
        {
            found.push((word, preset));
        }
    }
    found
}

/// The one preset that is known by this header.
pub(super) fn preset(header: &Located<String>, problems: &mut Problems) -> Option<Located<Preset>> {
    let presets = presets_of(&header.value);
    let message = match *presets.as_slice() {
        [(_, preset)] => return Some(Located::new(preset, header.at.clone())),
        [] => "no edge is known by this header".to_owned(),
        _ => format!("several edges send this header: {}", names(&presets)),
    };
    problems.push(
        Problem::error(&header.at, message).with_hint("start from a document that has the preset"),
    );
    None
}

/// The header of an edge that writes certificates in another way than the
/// document's, unless that says how.
pub(super) fn refuse_another_edge(edge: &Edge, header: &Located<String>, problems: &mut Problems) {
    let presets = presets_of(&header.value);
    let own = edge.preset.value.facts().certificate;
    if edge.dialect.is_some() || presets.is_empty() {
        return;
    }
    let dialect = own.map(|own| own.dialect);
    let is_alike = |preset: Preset| preset.facts().certificate.map(|one| one.dialect) == dialect;
    if !presets.iter().any(|&(_, preset)| is_alike(preset)) {
        let message = format!(
            "this is the header of {}, where certificates are written in another way than the \
             document's edge writes them",
            names(&presets)
        );
        problems.push(
            Problem::error(&header.at, message)
                .with_hint("change `edge.preset`, or write out `edge.dialect`"),
        );
    }
}

fn names(presets: &[(&str, Preset)]) -> String {
    let names: Vec<String> = presets
        .iter()
        .map(|(word, _)| format!("`{word}`"))
        .collect();
    names.join(", ")
}
