//! What a request costs, beside what the limits of its caller hold.

use std::num::{NonZeroU32, NonZeroU64};

use crate::limits::LimitSet;
use crate::policy::document::{self, Located};
use crate::policy::problem::{Problem, Problems};
use crate::policy::rules::Client;

use super::owed::assigned;
use super::paths::Collections;

pub(super) fn cost(document: Option<&Located<NonZeroU64>>, problems: &mut Problems) -> NonZeroU32 {
    let Some(document) = document else {
        return NonZeroU32::MIN;
    };
    NonZeroU32::try_from(document.value).unwrap_or_else(|_| {
        problems.push(Problem::error(
            &document.at,
            "a request costs at most 4294967295",
        ));
        NonZeroU32::MIN
    })
}

/// Refuses collections that a client may call, but for whose requests its
/// limits never have room.
pub(super) fn refuse_what_never_fits(
    documents: &[document::Client],
    clients: &[Client],
    collections: &Collections,
    problems: &mut Problems,
) {
    for (document, client) in documents.iter().zip(clients) {
        for (name, collection) in assigned(document, collections) {
            let of_profiles = client.profiles.iter().map(|profile| &profile.limits);
            let mut owed = [&client.limits, &collection.limits]
                .into_iter()
                .chain(of_profiles);
            let too_small = owed.find_map(|limits| too_small(limits, collection.cost));
            if let Some((limit, requests)) = too_small {
                problems.push(
                    Problem::error(
                        &name.at,
                        format!(
                            "a request to {:?} costs {}, and the limit {limit:?} never holds more \
                             than {requests}",
                            name.value, collection.cost
                        ),
                    )
                    .with_hint("lower the collection's `cost` or raise the limit"),
                );
            }
        }
    }
}

/// The first limit that never has room for a request, and how many it holds.
fn too_small(limits: &LimitSet, cost: NonZeroU32) -> Option<(&str, u64)> {
    let cost = u64::from(cost.get());
    limits.as_slice().iter().find_map(|limit| {
        let rate = limit.rate().map(|rate| u64::from(rate.requests().get()));
        let quota = limit.quota().map(|quota| quota.requests().get());
        let holds = rate.into_iter().chain(quota).min()?;
        (holds < cost).then_some((limit.name(), holds))
    })
}
