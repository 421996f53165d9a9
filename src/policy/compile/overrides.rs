//! What a profile says beside its client: both have to hold.

use ipnet::IpNet;

use crate::edge::parse_network;
use crate::policy::document::{Client, Profile, TextList};
use crate::policy::problem::{Problem, Problems};

/// Warns where client and profile together leave nothing, and of dates in the
/// wrong order.
pub(super) fn check(client: &Client, profile: &Profile, problems: &mut Problems) {
    if let (Some(outer), Some(own)) = (&client.methods, &profile.methods)
        && !own.value.iter().any(|method| has(outer, &method.value))
    {
        problems.push(Problem::warning(
            &own.at,
            "the client may use none of these methods",
        ));
    }
    if let (Some(outer), Some(own)) = (&client.ip_allowlist, &profile.ip_allowlist)
        && are_apart(&networks(outer), &networks(own))
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

/// Those that are ranges; of the others there is an error already.
fn networks(list: &TextList) -> Vec<IpNet> {
    let texts = list.value.iter();
    texts
        .filter_map(|text| parse_network(&text.value).ok())
        .collect()
}

fn are_apart(outer: &[IpNet], own: &[IpNet]) -> bool {
    let meet = |one: &IpNet, other: &IpNet| one.contains(other) || other.contains(one);
    !outer
        .iter()
        .any(|one| own.iter().any(|other| meet(one, other)))
}
