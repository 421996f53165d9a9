//! Settings that are read and not enforced yet, which nobody may rely on.

use crate::policy::document::{Document, Location};
use crate::policy::problem::{Problem, Problems};

pub(super) fn refuse(document: &Document, problems: &mut Problems) {
    let pending: [Option<&Location>; 2] = [
        // expiry
        document.expiry.as_ref().map(|section| &section.at),
        // evidence
        document.evidence.as_ref().map(|section| &section.at),
    ];
    for at in pending.into_iter().flatten() {
        problems.push(Problem::error(
            at,
            "not available in this version of certgate",
        ));
    }
}
