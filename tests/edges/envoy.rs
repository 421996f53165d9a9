//! Envoy with `x-forwarded-client-cert` and `Cert` in it.

use crate::cases::{ACME, BETA, Case, FORGERS, MISSING, REFUSED, TAKEN, UNKNOWN, WORKLOAD};
use crate::config::Config;
use crate::every_edge;
use crate::pki::Holder;
use crate::spoof::Forgery;
use crate::stage::Stage;
use crate::start;
use crate::wire;

pub(crate) fn config() -> Config {
    Config::new(include_str!("../../src/guide/envoy/envoy.yaml"))
}

fn policy() -> Config {
    Config::new(include_str!("../../src/guide/envoy/policy.toml")).for_all_clients()
}

#[tokio::test]
async fn with_optional_certificates_each_client_is_who_its_certificate_says() {
    let Some(stage) = stage(config()).await else {
        return;
    };
    stage.play(TAKEN).await;
    stage.play(REFUSED).await;
    stage.play(&[MISSING]).await;
}

#[tokio::test]
async fn with_required_certificates_nobody_else_reaches_the_service() {
    let required = config().with(
        "require_client_certificate: false",
        "require_client_certificate: true",
    );
    let Some(stage) = stage(required).await else {
        return;
    };
    stage.play(TAKEN).await;
    stage.play(REFUSED).await;
    stage.play(&[(None, "handshake refused")]).await;
}

#[tokio::test]
async fn a_resumed_session_is_what_it_was() {
    let Some(stage) = stage(config()).await else {
        return;
    };
    stage
        .play_resumed(&[
            MISSING,
            (Some(Holder::Acme), ACME),
            (Some(Holder::AcmeByIntermediate), "401 issuer_not_allowed"),
        ])
        .await;
}

/// So `edge-always` is true only of the modes that the guide names: this edge
/// can be told to verify nothing, and says nothing of it.
#[tokio::test]
async fn in_a_mode_that_verifies_nothing_a_stranger_is_believed() {
    let unverified = config().with(
        "validation_context:\n",
        "validation_context:\n                  trust_chain_verification: ACCEPT_UNTRUSTED\n",
    );
    let Some(stage) = stage(unverified).await else {
        return;
    };
    stage
        .play(&[
            MISSING,
            (
                Some(Holder::Stranger),
                "pisp-partner-acme/pisp-prod by Stranger",
            ),
            // The one thing that the service sees for itself.
            (Some(Holder::Expired), "401 certificate_expired"),
        ])
        .await;
}

every_edge::nobody_gets_another_identity_by_a_header!([""; 0]);

/// URI and DNS names are copied into the header as they are, and nothing is
/// read from there where the certificate is.
#[tokio::test]
async fn what_a_name_writes_into_the_header_is_not_believed() {
    let Some(stage) = stage(with_details(config())).await else {
        return;
    };
    stage.play(WITH_DETAILS).await;
}

#[tokio::test]
async fn a_mode_that_writes_no_element_denies() {
    let silent = with_details(config()).with("SANITIZE_SET", "SANITIZE");
    let Some(stage) = stage(silent).await else {
        return;
    };
    for holder in [None, Some(Holder::Acme), Some(Holder::ForgedElement)] {
        stage.play(&[(holder, MISSING.1)]).await;
        let got = stage.forge(&forgery(&stage), holder).await;
        assert_eq!(got.to_string(), MISSING.1, "{holder:?}");
    }
}

#[tokio::test]
async fn an_element_before_the_edges_own_is_ambiguous() {
    let appending = with_details(config()).with("SANITIZE_SET", "APPEND_FORWARD");
    let Some(stage) = stage(appending).await else {
        return;
    };
    stage.play(WITH_DETAILS).await;
    for (holder, expected) in [
        // Without a certificate Envoy appends nothing, and passes nothing on.
        MISSING,
        (Some(Holder::Acme), "400 header_ambiguous"),
        (Some(Holder::Beta), "400 header_ambiguous"),
        (Some(Holder::ForgedElement), "400 header_ambiguous"),
        (Some(Holder::ForgedUri), "400 header_ambiguous"),
        (Some(Holder::LoneQuote), "400 header_malformed"),
    ] {
        let got = stage.forge(&forgery(&stage), holder).await;
        assert_eq!(got.to_string(), expected, "{holder:?}");
    }
}

/// So the mode is what keeps forged elements out: these pass them on.
#[tokio::test]
async fn in_other_modes_a_forged_element_is_believed() {
    for (mode, without_certificate) in [("FORWARD_ONLY", MISSING.1), ("ALWAYS_FORWARD_ONLY", ACME)]
    {
        let forwarding = with_details(config()).with("SANITIZE_SET", mode);
        let Some(stage) = stage(forwarding).await else {
            return;
        };
        for (holder, expected) in [(None, without_certificate), (Some(Holder::Beta), ACME)] {
            let got = stage.forge(&forgery(&stage), holder).await;
            assert_eq!(got.to_string(), expected, "{mode} {holder:?}");
        }
        // Envoy writes nothing of its own, so no name can.
        for holder in [Holder::Acme, Holder::ForgedElement, Holder::ForgedUri] {
            stage.play(&[(Some(holder), MISSING.1)]).await;
        }
    }
}

fn with_details(config: Config) -> Config {
    config.with(
        "{ cert: true }",
        "{ cert: true, chain: true, subject: true, uri: true, dns: true }",
    )
}

const WITH_DETAILS: &[Case] = &[
    MISSING,
    (Some(Holder::Acme), ACME),
    (Some(Holder::Beta), BETA),
    (Some(Holder::AcmeByIntermediate), "401 issuer_not_allowed"),
    (
        Some(Holder::SixtyNames),
        "pisp-partner-acme/pisp-prod by SixtyNames",
    ),
    (
        Some(Holder::Tricky),
        "tricky,CN=pisp-partner-acme+OU=\"a\\\";/CN=x;#=\u{e9}/prod by Tricky",
    ),
    (Some(Holder::Workload), WORKLOAD),
    (Some(Holder::ForgedElement), "400 header_ambiguous"),
    (Some(Holder::ForgedUri), UNKNOWN),
    (Some(Holder::ForgedDns), UNKNOWN),
    (Some(Holder::LoneQuote), "400 header_malformed"),
];

every_edge::the_address_is_the_connections!();

pub(crate) fn forgery(stage: &Stage) -> Forgery {
    let certificate = wire::xfcc(stage.pki.of(Holder::Acme));
    Forgery {
        certificate: ("X-Forwarded-Client-Cert", certificate),
        status: None,
    }
}

/// Envoy with this configuration, if it is installed.
async fn stage(config: Config) -> Option<Stage> {
    stage_with(config, policy()).await
}

pub(crate) async fn stage_with(config: Config, policy: Config) -> Option<Stage> {
    Stage::behind("envoy", config, policy, start::envoy).await
}
