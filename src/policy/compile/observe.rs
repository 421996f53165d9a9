//! What is only observed: everywhere, in a collection, for a client.

use crate::policy::Observe;
use crate::policy::document::{Authentication, Client, Collection, Document, WordList};
use crate::policy::observe::{Enforcement, Observing, Switches};
use crate::policy::problem::{Problem, Problems};

pub(super) fn observing(document: &Document, problems: &mut Problems) -> Observing {
    let Authentication { observe, .. } = &document.authentication;
    let everywhere = switches(observe.as_ref(), problems);
    if let Some(list) = observe
        && (everywhere.certificates, everywhere.policy)
            == (Enforcement::Observed, Enforcement::Observed)
    {
        problems.push(
            Problem::warning(
                &list.at,
                "nothing is enforced but well-formed paths, tokens and what they are bound to",
            )
            .with_hint("observe single collections or clients, for as long as it takes"),
        );
    }
    for list in document
        .clients
        .listed()
        .iter()
        .filter_map(|client| client.observe.as_ref())
    {
        warn_of_what_is_observed_everywhere(list, everywhere, problems);
    }
    let of = |collection: &Collection| {
        let list = collection.observe.as_ref();
        if let Some(list) = list {
            warn_of_what_is_observed_everywhere(list, everywhere, problems);
        }
        switches(list, problems)
    };
    Observing {
        everywhere,
        collections: document.collections.iter().map(of).collect(),
    }
}

/// A client's own switch: of policy alone, since its certificate is judged
/// before it is known to be the client's.
pub(super) fn of_client(client: &Client, problems: &mut Problems) -> Enforcement {
    let list = client.observe.as_ref();
    for word in list.into_iter().flat_map(|list| &list.value) {
        if word.value == Observe::Certificates {
            problems.push(
                Problem::error(
                    &word.at,
                    "certificates are judged before it is known whose they are",
                )
                .with_hint("observe them in a collection, or under [authentication]"),
            );
        }
    }
    switches(list, problems).policy
}

fn switches(list: Option<&WordList<Observe>>, problems: &mut Problems) -> Switches {
    let mut switches = Switches::ENFORCED;
    for word in list.into_iter().flat_map(|list| &list.value) {
        let switch = match word.value {
            Observe::Certificates => &mut switches.certificates,
            Observe::Policy => &mut switches.policy,
        };
        if *switch == Enforcement::Observed {
            problems.push(Problem::warning(&word.at, "this stands here twice"));
        }
        *switch = Enforcement::Observed;
    }
    switches
}

fn warn_of_what_is_observed_everywhere(
    list: &WordList<Observe>,
    everywhere: Switches,
    problems: &mut Problems,
) {
    for word in &list.value {
        let already = match word.value {
            Observe::Certificates => everywhere.certificates,
            Observe::Policy => everywhere.policy,
        };
        if already == Enforcement::Observed {
            problems.push(Problem::warning(
                &word.at,
                "this is observed everywhere already",
            ));
        }
    }
}
