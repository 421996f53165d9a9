//! What a profile says beside its client: both have to hold.

use crate::edge::{AddressSet, parse_network};
use crate::policy::document::{Client, Profile, TextList};
use crate::policy::problem::{Problem, Problems};

/// Warns where client and profile together leave nothing, and of dates in the
/// wrong order.
///
/// `addresses` are those of the client's own allowlist.
pub(super) fn check(
    client: &Client,
    addresses: Option<&AddressSet>,
    profile: &Profile,
    problems: &mut Problems,
) {
    if let (Some(outer), Some(own)) = (&client.methods, &profile.methods)
        && !own.value.iter().any(|method| has(outer, &method.value))
    {
        problems.push(Problem::warning(
            &own.at,
            "the client may use none of these methods",
        ));
    }
    // Of entries that are no range there is an error already.
    if let (Some(outer), Some(own)) = (addresses, &profile.ip_allowlist)
        && !own
            .value
            .iter()
            .filter_map(|text| parse_network(&text.value).ok())
            .any(|network| outer.meets(&network))
    {
        problems.push(Problem::warning(
            &own.at,
            "the client may come from none of these addresses",
        ));
    }
    if let (Some(rotated), Some(expiry)) = (&profile.last_rotated, &profile.token_expiry)
        && expiry.value < rotated.value
    {
        problems.push(Problem::warning(
            &expiry.at,
            "this is before the credentials were last replaced",
        ));
    }
}

fn has(list: &TextList, method: &str) -> bool {
    list.value.iter().any(|own| own.value == method)
}
