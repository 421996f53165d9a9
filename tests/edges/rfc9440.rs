//! RFC 9440, which HAProxy writes when it is told to.

use crate::cases::{ACME, FORGERS, MISSING, REFUSED, TAKEN};
use crate::config::Config;
use crate::every_edge;
use crate::haproxy;
use crate::pki::Holder;
use crate::spoof::Forgery;
use crate::stage::Stage;
use crate::wire;

fn config() -> Config {
    Config::new(include_str!("../../src/guide/rfc9440/haproxy.cfg"))
}

fn policy() -> Config {
    Config::new(include_str!("../../src/guide/rfc9440/policy.toml")).for_all_clients()
}

#[tokio::test]
async fn with_optional_certificates_each_client_is_who_its_certificate_says() {
    let Some(stage) = stage(config()).await else {
        return;
    };
    stage.play(TAKEN).await;
    stage.play(REFUSED).await;
    stage.play(&[MISSING]).await;
    let absent = stage.arriving(None, "Client-Cert").await;
    assert_eq!(absent, ["::"]);
}

every_edge::nobody_gets_another_identity_by_a_header!([""; 0]);

/// So the line that sets it is what keeps a forged header out.
#[tokio::test]
async fn without_its_line_a_forged_certificate_is_believed() {
    let without = config().with("http-request set-header Client-Cert", "# ");
    let Some(stage) = stage(without).await else {
        return;
    };
    let got = stage.forge(&forgery(&stage), None).await;
    assert_eq!(got.to_string(), ACME);
}

fn forgery(stage: &Stage) -> Forgery {
    let certificate = wire::rfc9440(stage.pki.of(Holder::Acme));
    Forgery {
        certificate: ("Client-Cert", certificate),
        status: None,
    }
}

async fn stage(config: Config) -> Option<Stage> {
    Stage::behind("haproxy", config, policy(), haproxy::start).await
}
