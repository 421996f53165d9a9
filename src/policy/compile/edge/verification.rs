//! Who verified the certificates, and how that is known.

use crate::edge::{Verification, Verifies};
use crate::policy::Verification as VerificationWord;
use crate::policy::document;
use crate::policy::problem::{Problem, Problems};

use super::names::header_name;

/// The status headers, and who verified.
pub(super) fn verification<'d>(
    document: &'d document::Edge,
    problems: &mut Problems,
) -> (Vec<&'d str>, Option<Verification>) {
    let verifies = document.preset.value.facts().verifies;
    if is_in_process(document) {
        warn_of_a_status_that_is_not_read(document, problems);
        let statuses = statuses(document, problems).unwrap_or_default();
        let headers = statuses.into_iter().map(|(name, _)| name);
        return (headers.collect(), Some(Verification::InProcess));
    }
    if verifies == Verifies::OnAccept {
        return (Vec::new(), Some(Verification::OnAccept));
    }
    if verifies == Verifies::Never {
        refuse_a_word_for_what_never_verifies(document, problems);
        return (Vec::new(), Some(Verification::Pinned));
    }
    let Some(statuses) = statuses(document, problems) else {
        return (Vec::new(), None);
    };
    let headers: Vec<&str> = statuses.iter().map(|(name, _)| *name).collect();
    let by_status =
        || Verification::EdgeStatus(statuses.iter().map(|(_, w)| (*w).into()).collect());
    let wanted = document.verification.as_ref();
    let verification = match (wanted, headers.is_empty()) {
        (None, false) => Some(by_status()),
        (Some(setting), silent) => match (setting.value, silent) {
            (VerificationWord::EdgeStatus, false) => Some(by_status()),
            (VerificationWord::EdgeStatus, true) => {
                problems.push(
                    Problem::error(&setting.at, "this edge has no verify status of its own")
                        .with_hint("name a `status_header` and its `status_value`"),
                );
                None
            }
            (VerificationWord::EdgeAlways, false) => {
                problems.push(Problem::warning(
                    &setting.at,
                    "this edge reports its verify status, and `edge-always` does not look at it",
                ));
                Some(Verification::EdgeAlways)
            }
            (VerificationWord::EdgeAlways, true) => Some(Verification::EdgeAlways),
            (VerificationWord::InProcess, _) => Some(Verification::InProcess),
        },
        (None, true) => {
            problems.push(
                Problem::error(
                    &document.preset.at,
                    "this edge does not say whether it verified a certificate",
                )
                .with_hint(
                    "write `verification = \"edge-always\"` if it refuses every certificate that \
                     it cannot verify, or name a `status_header` and its `status_value`",
                ),
            );
            None
        }
    };
    (headers, verification)
}

/// Whether this process verifies certificates, whatever the edge does.
pub(in super::super) fn is_in_process(document: &document::Edge) -> bool {
    let word = document.verification.as_ref().map(|setting| setting.value);
    word == Some(VerificationWord::InProcess)
}

fn warn_of_a_status_that_is_not_read(document: &document::Edge, problems: &mut Problems) {
    if let Some(setting) = document
        .status_header
        .as_ref()
        .or(document.status_value.as_ref())
    {
        problems.push(Problem::warning(
            &setting.at,
            "certificates are verified in this process, which does not look at a status",
        ));
    }
}

/// Settings that would say that such an edge verified anything.
fn refuse_a_word_for_what_never_verifies(document: &document::Edge, problems: &mut Problems) {
    let settings = [
        document.verification.as_ref().map(|setting| &setting.at),
        document.status_header.as_ref().map(|setting| &setting.at),
        document.status_value.as_ref().map(|setting| &setting.at),
    ];
    for at in settings.into_iter().flatten() {
        problems.push(
            Problem::error(
                at,
                "this edge forwards what it is given, and verifies nothing",
            )
            .with_hint(
                "leave the setting out, and pin certificates in the identity rules; or verify them \
                 with `verification = \"in-process\"`",
            ),
        );
    }
}

/// The verify statuses that the document or the preset names: headers, and
/// for each the word in it that means verified.
fn statuses<'d>(
    document: &'d document::Edge,
    problems: &mut Problems,
) -> Option<Vec<(&'d str, &'d str)>> {
    let preset = match document.preset.value.facts().verifies {
        Verifies::Says(statuses) => statuses,
        Verifies::Silently | Verifies::Never | Verifies::OnAccept => &[],
    };
    let (header, word) = (&document.status_header, &document.status_value);
    if let Some(empty) = word
        .as_ref()
        .filter(|word| word.value.trim() != word.value || word.value.is_empty())
    {
        problems.push(Problem::error(
            &empty.at,
            "the word that means verified is empty, or has spaces around it",
        ));
    }
    let named = header_name(header.as_ref(), problems);
    let status = match (named, word, preset) {
        (None, None, statuses) => return Some(statuses.to_vec()),
        (Some(name), Some(word), _) => (name, word.value.as_str()),
        // Another header need not use the preset's word, but the same may use
        // another.
        (None, Some(word), [(name, _)]) => (*name, word.value.as_str()),
        _ => {
            if let Some(setting) = header.as_ref().or(word.as_ref()) {
                problems.push(Problem::error(
                    &setting.at,
                    "`status_header` and `status_value` belong together",
                ));
            }
            return None;
        }
    };
    Some(vec![status])
}
