//! Settings that are read and not enforced yet, which nobody may rely on.

use crate::policy::document::{Clients, Document, Location};
use crate::policy::problem::{Problem, Problems};

pub(super) fn refuse(document: &Document, problems: &mut Problems) {
    let mut pending: Vec<Option<&Location>> = vec![
        // expiry
        document.expiry.as_ref().map(|section| &section.at),
        // evidence
        document.evidence.as_ref().map(|section| &section.at),
    ];
    if let Clients::Open(at) = &document.clients {
        pending.push(Some(at));
    }
    for collection in &document.collections {
        pending.extend([
            // collections
            collection.hosts.as_ref().map(|list| &list.at),
            collection.methods.as_ref().map(|list| &list.at),
        ]);
    }
    for client in document.clients.listed() {
        pending.extend([
            // requirements and overrides
            client.requires.as_ref().map(|list| &list.at),
            client.methods.as_ref().map(|list| &list.at),
            client.ip_allowlist.as_ref().map(|list| &list.at),
        ]);
        for profile in &client.profiles {
            pending.extend([
                // requirements
                profile.requires.as_ref().map(|list| &list.at),
                // reminders
                profile.last_rotated.as_ref().map(|moment| &moment.at),
                profile.token_expiry.as_ref().map(|moment| &moment.at),
            ]);
        }
    }
    for at in pending.into_iter().flatten() {
        problems.push(Problem::error(
            at,
            "not available in this version of certgate",
        ));
    }
}
