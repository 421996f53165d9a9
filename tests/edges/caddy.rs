//! Caddy with the certificate's DER in base64.

use crate::cases::{ACME, FORGERS, MISSING, REFUSED, TAKEN};
use crate::config::Config;
use crate::every_edge;
use crate::pki::Holder;
use crate::spoof::Forgery;
use crate::stage::Stage;
use crate::start;
use crate::wire;

fn config() -> Config {
    Config::new(include_str!("../../src/guide/caddy/Caddyfile"))
}

fn policy() -> Config {
    Config::new(include_str!("../../src/guide/caddy/policy.toml")).for_all_clients()
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
    let required = config().with("mode verify_if_given", "mode require_and_verify");
    let Some(stage) = stage(required).await else {
        return;
    };
    stage.play(TAKEN).await;
    stage.play(REFUSED).await;
    stage.play(&[(None, "handshake refused")]).await;
}

/// So `edge-always` is true only of the modes that the guide names: this edge
/// can be told to verify nothing, and says nothing of it.
#[tokio::test]
async fn in_a_mode_that_verifies_nothing_a_stranger_is_believed() {
    let unverified = config().with("mode verify_if_given", "mode request");
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

/// So the line that sets it is what keeps a forged header out.
#[tokio::test]
async fn without_its_line_a_forged_certificate_is_believed() {
    let without = config().with("header_up X-SSL-Client-DER", "# ");
    let Some(stage) = stage(without).await else {
        return;
    };
    let got = stage.forge(&forgery(&stage), None).await;
    assert_eq!(got.to_string(), ACME);
}

every_edge::the_address_is_the_connections!();

/// As PEM the certificate has line ends, without which it stays away.
#[tokio::test]
async fn pem_says_the_same_with_its_line_ends_replaced() {
    const DER: &str = "X-SSL-Client-DER {http.request.tls.client.certificate_der_base64}";
    const PEM: &str = "X-SSL-Client-Cert {http.request.tls.client.certificate_pem}";
    let replaced = format!("{PEM}\n\t\theader_up X-SSL-Client-Cert \"\\n\" \" \"");
    let policy = policy().with(
        "[edge]\n",
        "[edge]\ncertificate_header = \"X-SSL-Client-Cert\"\ndialect = \"pem-spaces\"\n",
    );
    let config = config().with(DER, &replaced);
    let Some(stage) = stage_with(config, policy).await else {
        return;
    };
    stage.play(TAKEN).await;
    stage.play(REFUSED).await;
    let absent = stage.arriving(None, "X-SSL-Client-Cert").await;
    assert_eq!(
        absent,
        ["-----BEGIN CERTIFICATE----- -----END CERTIFICATE-----"]
    );
    stage.play(&[MISSING]).await;
    let forgery = Forgery {
        certificate: (
            "X-SSL-Client-Cert",
            wire::pem_spaces(stage.pki.of(Holder::Acme)),
        ),
        status: None,
    };
    assert_eq!(stage.spoof(&forgery, FORGERS).await, [""; 0]);
}

fn forgery(stage: &Stage) -> Forgery {
    let certificate = wire::base64_der(stage.pki.of(Holder::Acme));
    Forgery {
        certificate: ("X-SSL-Client-DER", certificate),
        status: None,
    }
}

/// Caddy with this configuration, if it is installed.
async fn stage(config: Config) -> Option<Stage> {
    stage_with(config, policy()).await
}

async fn stage_with(config: Config, policy: Config) -> Option<Stage> {
    Stage::behind("caddy", config, policy, start::caddy).await
}
