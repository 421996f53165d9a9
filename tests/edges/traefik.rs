//! Traefik with `passTLSClientCert`.

use std::path::Path;

use crate::cases::{ACME, FORGERS, MISSING, REFUSED, TAKEN};
use crate::config::Config;
use crate::every_edge;
use crate::pki::Holder;
use crate::spoof::Forgery;
use crate::stage::Stage;
use crate::start;
use crate::wire;

fn config() -> Config {
    Config::new(include_str!("../../src/guide/traefik/dynamic.yml"))
}

fn policy() -> Config {
    Config::new(include_str!("../../src/guide/traefik/policy.toml")).for_all_clients()
}

const STATIC: &str = include_str!("../../src/guide/traefik/traefik.yml");

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
        "clientAuthType: VerifyClientCertIfGiven",
        "clientAuthType: RequireAndVerifyClientCert",
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
    let unverified = config().with("VerifyClientCertIfGiven\n", "RequestClientCert\n");
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

/// Traefik removes its own header from what it does not trust, and the guide
/// removes it from everything, so that it takes two mistakes to believe a
/// forged one: the middleware alone leaves it where there is no certificate.
#[tokio::test]
async fn a_forged_certificate_is_kept_out_twice() {
    let entry = Config::new(STATIC);
    let insecure = entry.clone().with(
        "  https:\n",
        "  https:\n    forwardedHeaders: { insecure: true }\n",
    );
    let not_removed = config().with("X-Forwarded-Tls-Client-Cert: \"\"", "");
    for (entry, config, expected) in [
        (&entry, config(), MISSING.1),
        (&entry, not_removed.clone(), MISSING.1),
        (&insecure, config(), MISSING.1),
        (&insecure, not_removed, ACME),
    ] {
        let Some(stage) = stage_with(entry, config, policy()).await else {
            return;
        };
        let got = stage.forge(&forgery(&stage), None).await;
        assert_eq!(got.to_string(), expected);
    }
}

every_edge::the_address_is_the_connections!();

#[tokio::test]
async fn the_certificate_counts_where_info_is_sent_too() {
    let both = config().with(
        "pem: true\n",
        "pem: true\n        info: { sans: true, subject: { commonName: true } }\n",
    );
    let Some(stage) = stage(both).await else {
        return;
    };
    stage.play(TAKEN).await;
    stage.play(&[MISSING]).await;
    let others = stage.spoof(&forgery(&stage), FORGERS).await;
    assert_eq!(others, [""; 0]);
}

/// Without the certificate, one attribute of the subject identifies, if it is
/// plain text.
#[tokio::test]
async fn info_alone_identifies_by_one_plain_attribute() {
    let info = config().with("pem: true\n", "info: { subject: { commonName: true } }\n");
    // No edge that sends no certificate could lead to a client by its SPIFFE ID.
    let policy = Config::new(include_str!("../../src/guide/traefik/info.toml"))
        .for_all_clients()
        .with("spiffe_ids = [\"spiffe://td.example/partner\"]\n", "")
        .with("spiffe_ids = [\"spiffe://td.example/admin\"]\n", "");
    let Some(stage) = stage_with(&Config::new(STATIC), info, policy).await else {
        return;
    };
    stage.play(REFUSED).await;
    stage
        .play(&[
            MISSING,
            (Some(Holder::Acme), "pisp-partner-acme/pisp-prod"),
            (Some(Holder::Beta), "aisp-partner-beta/prod"),
            (Some(Holder::SixtyNames), "pisp-partner-acme/pisp-prod"),
            (Some(Holder::Tricky), "400 header_malformed"),
            // Which Traefik does not send: the last common name is all of it.
            (Some(Holder::TwoNames), "pisp-partner-acme/pisp-prod"),
            (Some(Holder::AcmeByIntermediate), "403 identity_unmapped"),
        ])
        .await;
    let forgery = Forgery {
        certificate: (
            "X-Forwarded-Tls-Client-Cert-Info",
            "Subject%3D%22CN%3Dpisp-partner-acme%22".to_owned(),
        ),
        status: None,
    };
    let forgers = [MISSING, (Some(Holder::Beta), "aisp-partner-beta/prod")];
    assert_eq!(stage.spoof(&forgery, &forgers).await, [""; 0]);
}

fn forgery(stage: &Stage) -> Forgery {
    let certificate = wire::base64_der(stage.pki.of(Holder::Acme));
    Forgery {
        certificate: ("X-Forwarded-Tls-Client-Cert", certificate),
        status: None,
    }
}

/// Traefik with this dynamic configuration, if it is installed.
async fn stage(config: Config) -> Option<Stage> {
    stage_with(&Config::new(STATIC), config, policy()).await
}

async fn stage_with(entry: &Config, config: Config, policy: Config) -> Option<Stage> {
    let start = |traefik: &Path, files| start::traefik(traefik, entry, files);
    Stage::behind("traefik", config, policy, start).await
}
