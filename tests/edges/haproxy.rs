//! HAProxy with `ssl_c_der`, `ssl_c_chain_der` and `ssl_c_verify`.

use std::path::Path;
use std::process::Command;

use crate::cases::{ACME, FORGERS, MISSING, REFUSED, TAKEN};
use crate::config::Config;
use crate::every_edge;
use crate::files::Files;
use crate::pki::Holder;
use crate::program::Running;
use crate::spoof::Forgery;
use crate::stage::Stage;
use crate::wire;

fn config() -> Config {
    Config::new(include_str!("../../src/guide/haproxy/haproxy.cfg"))
}

fn policy() -> Config {
    Config::new(include_str!("../../src/guide/haproxy/policy.toml")).for_all_clients()
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
    let required = config().with("verify optional\n", "verify required\n");
    let Some(stage) = stage(required).await else {
        return;
    };
    stage.play(TAKEN).await;
    stage.play(REFUSED).await;
    stage.play(&[(None, "handshake refused")]).await;
}

#[tokio::test]
async fn what_haproxy_did_not_verify_is_unverified() {
    let lenient = "verify optional crt-ignore-err all ca-ignore-err all\n";
    let unverified = config().with("verify optional\n", lenient);
    let Some(stage) = stage(unverified).await else {
        return;
    };
    stage
        .play(&[
            MISSING,
            (Some(Holder::Acme), ACME),
            (Some(Holder::Stranger), "401 certificate_unverified"),
            (Some(Holder::Expired), "401 certificate_unverified"),
        ])
        .await;
    let stranger = [(Some(Holder::Stranger), "401 certificate_unverified")];
    let others = stage.spoof(&forgery(&stage), &stranger).await;
    assert_eq!(others, [""; 0]);
}

#[tokio::test]
async fn a_resumed_session_is_what_it_was() {
    let lenient = "verify optional crt-ignore-err all ca-ignore-err all\n";
    let unverified = config().with("verify optional\n", lenient);
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

/// The status alone keeps a forged certificate out, as long as it tells a
/// certificate that verified from none.
#[tokio::test]
async fn without_the_certificates_line_a_forged_one_is_unverified() {
    let without = config().with("http-request set-header X-SSL-Client-DER", "# ");
    let always_zero = without
        .clone()
        .with("http-request set-header X-SSL-Client-Verify    NONE", "# ");
    for (config, expected) in [(without, "401 certificate_unverified"), (always_zero, ACME)] {
        let Some(stage) = stage(config).await else {
            return;
        };
        let got = stage.forge(&forgery(&stage), None).await;
        assert_eq!(got.to_string(), expected);
    }
}

/// So the lines that set them are what keeps forged headers out.
#[tokio::test]
async fn without_its_lines_a_forged_certificate_is_believed() {
    let without = config()
        .with("http-request set-header X-SSL-Client-DER", "# ")
        .with("http-request set-header X-SSL-Client-Verify", "# ");
    let Some(stage) = stage(without).await else {
        return;
    };
    let got = stage.forge(&forgery(&stage), None).await;
    assert_eq!(got.to_string(), ACME);
}

every_edge::the_address_is_the_connections!();

#[tokio::test]
async fn the_other_forms_of_the_certificate_say_the_same() {
    for (expression, dialect, absent) in [
        ("%[ssl_c_der,base64,url_enc]", "base64-der-escaped", ""),
        (
            "\"-----BEGIN CERTIFICATE----- %[ssl_c_der,base64] -----END CERTIFICATE----- \"",
            "pem-spaces",
            "-----BEGIN CERTIFICATE-----  -----END CERTIFICATE-----",
        ),
    ] {
        let other = config()
            .with("X-SSL-Client-DER ", "X-SSL-Client-Cert ")
            .with("%[ssl_c_der,base64]", expression)
            .with(
                "set-header X-SSL-Client-Chain-DER",
                "del-header X-SSL-Client-Chain-DER #",
            );
        let settings = format!(
            "[edge]\ncertificate_header = \"X-SSL-Client-Cert\"\ndialect = \"{dialect}\"\n"
        );
        let policy = policy().with("[edge]\n", &settings);
        let Some(stage) = stage_with(other, policy).await else {
            return;
        };
        stage.play(TAKEN).await;
        stage.play(&[MISSING]).await;
        let arriving = stage.arriving(None, "X-SSL-Client-Cert").await;
        assert_eq!(arriving, [absent], "{dialect}");
        let forgery = Forgery {
            certificate: (
                "X-SSL-Client-Cert",
                wire::in_dialect(dialect, stage.pki.of(Holder::Acme)),
            ),
            status: STATUS,
        };
        assert_eq!(stage.spoof(&forgery, FORGERS).await, [""; 0], "{dialect}");
    }
}

const STATUS: Option<(&str, &str)> = Some(("X-SSL-Client-Verify", "0"));

fn forgery(stage: &Stage) -> Forgery {
    let certificate = wire::base64_der(stage.pki.of(Holder::Acme));
    Forgery {
        certificate: ("X-SSL-Client-DER", certificate),
        status: STATUS,
    }
}

/// HAProxy with this configuration, if it is installed.
async fn stage(config: Config) -> Option<Stage> {
    stage_with(config, policy()).await
}

async fn stage_with(config: Config, policy: Config) -> Option<Stage> {
    Stage::behind("haproxy", config, policy, start).await
}

pub(crate) fn start(haproxy: &Path, files: Files) -> Running {
    let Files {
        directory,
        config,
        port,
    } = files.listening_at("bind :443");
    let mut command = Command::new(haproxy);
    command
        .args(["-db", "-f"])
        .arg(directory.write("haproxy.cfg", &config.text()));
    Running::start(&mut command, directory, port)
}
