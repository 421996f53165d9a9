//! Envoy with `x-forwarded-client-cert` and no `Cert` in it: the `URI` alone
//! may identify, and a client writes it.

use crate::cases::{Case, MISSING, REFUSED};
use crate::config::Config;
use crate::envoy::{forgery, stage_with};
use crate::pki::Holder;
use crate::stage::Stage;

/// With the URI, or with all that Envoy has besides the certificate.
const URI: &str = "{ uri: true }";
const NAMES: &str = "{ subject: true, uri: true, dns: true }";

fn policy() -> Config {
    Config::new(include_str!("../../src/guide/envoy/without-cert.toml")).and(ADMIN)
}

const ADMIN: &str = "
[[clients]]
id = \"admin\"
collections = [\"payments\"]
spiffe_ids = [\"spiffe://td.example/admin\"]
";

const WORKLOAD: Case = (Some(Holder::Workload), "partner/prod");

const CASES: &[Case] = &[
    MISSING,
    WORKLOAD,
    (Some(Holder::Acme), "403 identity_unmapped"),
    (Some(Holder::Tricky), "403 identity_unmapped"),
    (Some(Holder::ForgedElement), "400 header_ambiguous"),
    (Some(Holder::ForgedUri), "403 identity_unmapped"),
    (Some(Holder::ForgedDns), "403 identity_unmapped"),
    (Some(Holder::LoneQuote), "400 header_malformed"),
];

#[tokio::test]
async fn only_a_lone_spiffe_id_identifies() {
    let Some(stage) = stage(URI).await else {
        return;
    };
    stage.play(CASES).await;
    stage.play(REFUSED).await;
}

#[tokio::test]
async fn beside_other_names_only_a_lone_spiffe_id_identifies() {
    let Some(stage) = stage(NAMES).await else {
        return;
    };
    stage.play(CASES).await;
}

#[tokio::test]
async fn nobody_gets_another_identity_by_a_header() {
    let Some(stage) = stage(URI).await else {
        return;
    };
    let others = stage.spoof(&forgery(&stage), &[MISSING, WORKLOAD]).await;
    assert_eq!(others, [""; 0]);
}

async fn stage(details: &str) -> Option<Stage> {
    let config = crate::envoy::config().with("{ cert: true }", details);
    stage_with(config, policy()).await
}
