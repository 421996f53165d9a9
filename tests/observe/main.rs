//! Denials that are only observed: what they may change of a decision, and what
//! they leave as it is.

#![cfg(feature = "toml")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking"
)]

mod cached;
mod compared;
mod recorded;
mod strict;
#[path = "../support/mod.rs"]
mod support;

use certgate::policy::Policy;

use support::policies;

/// The policy of that name, with these stages observed for every request.
fn observing(name: &str, stages: &str) -> Policy {
    let text = policies::text(name);
    assert!(!text.contains("observe"), "{name}");
    let text = text.replacen(
        "[authentication]\n",
        &format!("[authentication]\nobserve = {stages}\n"),
        1,
    );
    assert!(text.contains("observe"), "{name}");
    let loaded = Policy::from_toml_str(&text, name);
    loaded.unwrap_or_else(|errors| panic!("{errors}")).policy
}
