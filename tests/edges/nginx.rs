//! nginx with `$ssl_client_escaped_cert` and `$ssl_client_verify`.

use crate::cases::{ACME, Case, FORGERS, MISSING, TAKEN};
use crate::config::Config;
use crate::every_edge;
use crate::pki::Holder;
use crate::spoof::Forgery;
use crate::stage::Stage;
use crate::start;
use crate::wire;

fn config() -> Config {
    Config::new(include_str!("../../src/guide/nginx/nginx.conf"))
}

fn policy() -> Config {
    Config::new(include_str!("../../src/guide/nginx/policy.toml")).for_all_clients()
}

const OPTIONAL: &str = "ssl_verify_client      optional;";

/// nginx ends the handshake and then refuses the request.
const REFUSED: &[Case] = &[
    (Some(Holder::Stranger), "edge 400"),
    (Some(Holder::Expired), "edge 400"),
];

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
    let required = config().with(OPTIONAL, "ssl_verify_client on;");
    let Some(stage) = stage(required).await else {
        return;
    };
    stage.play(TAKEN).await;
    stage.play(REFUSED).await;
    stage.play(&[(None, "edge 400")]).await;
}

#[tokio::test]
async fn what_nginx_did_not_verify_is_unverified() {
    let unverified = config().with(OPTIONAL, "ssl_verify_client optional_no_ca;");
    let Some(stage) = stage(unverified).await else {
        return;
    };
    stage
        .play(&[
            MISSING,
            (Some(Holder::Acme), ACME),
            (Some(Holder::Stranger), "401 certificate_unverified"),
            // It lets pass what it has no authority for, and no other fault.
            (Some(Holder::Expired), "edge 400"),
        ])
        .await;
    let stranger = [(Some(Holder::Stranger), "401 certificate_unverified")];
    let others = stage.spoof(&forgery(&stage), &stranger).await;
    assert_eq!(others, [""; 0]);
}

#[tokio::test]
async fn a_resumed_session_is_what_it_was() {
    let unverified = config().with(OPTIONAL, "ssl_verify_client optional_no_ca;");
    let Some(stage) = stage(unverified).await else {
        return;
    };
    stage
        .play_resumed(&[
            MISSING,
            (Some(Holder::Acme), ACME),
            (Some(Holder::AcmeByIntermediate), "401 issuer_not_allowed"),
            (Some(Holder::Stranger), "401 certificate_unverified"),
        ])
        .await;
}

every_edge::nobody_gets_another_identity_by_a_header!([""; 0]);

#[tokio::test]
async fn without_the_certificates_line_a_forged_one_is_unverified() {
    let without = config().with("proxy_set_header X-SSL-Client-Cert", "# ");
    let Some(stage) = stage(without).await else {
        return;
    };
    let got = stage.forge(&forgery(&stage), None).await;
    assert_eq!(got.to_string(), "401 certificate_unverified");
}

/// So the lines that set them are what keeps forged headers out.
#[tokio::test]
async fn without_its_lines_a_forged_certificate_is_believed() {
    let without = config()
        .with("proxy_set_header X-SSL-Client-Cert", "# ")
        .with("proxy_set_header X-SSL-Client-Verify", "# ");
    let Some(stage) = stage(without).await else {
        return;
    };
    let got = stage.forge(&forgery(&stage), None).await;
    assert_eq!(got.to_string(), ACME);
}

every_edge::the_address_is_the_connections!();

/// The client's name from a map at the edge, and nothing of the certificate.
#[tokio::test]
async fn an_nginx_that_names_the_client_is_believed_and_its_clients_are_not() {
    // The certificates of the tests have their attributes in the other order.
    let naming = Config::new(include_str!("../../src/guide/nginx/naming.conf")).with(
        "CN=pisp-partner-acme,OU=pisp-prod,O=Acme",
        "O=Acme,OU=pisp-prod,CN=pisp-partner-acme",
    );
    let policy = Config::new(include_str!("../../src/guide/nginx/naming.toml")).for_all_clients();
    let Some(stage) = stage_with(naming.clone(), policy.clone()).await else {
        return;
    };
    const NAMED: &str = "pisp-partner-acme/pisp-prod";
    let unnamed = |holder| (Some(holder), "401 certificate_missing");
    stage
        .play(&[
            (Some(Holder::Acme), NAMED),
            (Some(Holder::AcmeRsa), NAMED),
            (Some(Holder::SixtyNames), NAMED),
            unnamed(Holder::Beta),
            unnamed(Holder::Tricky),
            unnamed(Holder::TwoNames),
            MISSING,
        ])
        .await;
    stage.play(REFUSED).await;
    let forgery = Forgery {
        certificate: ("X-Client-ID", "pisp-partner-acme".to_owned()),
        status: Some(("X-SSL-Client-Verify", "SUCCESS")),
    };
    let forgers = [MISSING, unnamed(Holder::Beta)];
    assert_eq!(stage.spoof(&forgery, &forgers).await, [""; 0]);

    // So the line that sets it is what keeps a forged one out, and the status
    // keeps out who has no certificate at all.
    let without = naming.with("proxy_set_header X-Client-ID", "# ");
    let Some(stage) = stage_with(without, policy).await else {
        return;
    };
    let got = stage.forge(&forgery, Some(Holder::Beta)).await;
    assert_eq!(got.to_string(), NAMED);
    let got = stage.forge(&forgery, None).await;
    assert_eq!(got.to_string(), "401 certificate_unverified");
}

/// What ingress-nginx makes of `auth-tls-pass-certificate-to-upstream`.
#[tokio::test]
async fn the_headers_of_ingress_nginx_say_the_same() {
    let ingress = config()
        .with("X-SSL-Client-Cert ", "ssl-client-cert ")
        .with(
            "X-SSL-Client-Verify ",
            "ssl-client-subject-dn $ssl_client_s_dn; \
             proxy_set_header ssl-client-issuer-dn $ssl_client_i_dn; \
             proxy_set_header ssl-client-verify ",
        );
    let policy = policy().with("preset = \"nginx\"", "preset = \"ingress-nginx\"");
    let Some(stage) = stage_with(ingress, policy).await else {
        return;
    };
    stage.play(TAKEN).await;
    stage.play(REFUSED).await;
    stage.play(&[MISSING]).await;
    let certificate = wire::pem_escaped(stage.pki.of(Holder::Acme));
    let forgery = Forgery {
        certificate: ("ssl-client-cert", certificate),
        status: Some(("ssl-client-verify", "SUCCESS")),
    };
    assert_eq!(stage.spoof(&forgery, FORGERS).await, [""; 0]);
}

fn forgery(stage: &Stage) -> Forgery {
    let certificate = wire::pem_escaped(stage.pki.of(Holder::Acme));
    Forgery {
        certificate: ("X-SSL-Client-Cert", certificate),
        status: Some(("X-SSL-Client-Verify", "SUCCESS")),
    }
}

/// nginx with this configuration, if it is installed.
async fn stage(config: Config) -> Option<Stage> {
    stage_with(config, policy()).await
}

async fn stage_with(config: Config, policy: Config) -> Option<Stage> {
    Stage::behind("nginx", config, policy, start::nginx).await
}
