//! Apache httpd with `SSL_CLIENT_CERT` and `SSL_CLIENT_VERIFY`.

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
    Config::new(include_str!("../../src/guide/apache/certgate.conf"))
}

fn policy() -> Config {
    Config::new(include_str!("../../src/guide/apache/policy.toml")).for_all_clients()
}

#[tokio::test]
async fn with_optional_certificates_each_client_is_who_its_certificate_says() {
    let Some(stage) = stage(config()).await else {
        return;
    };
    stage.play(TAKEN).await;
    stage.play(REFUSED).await;
    stage.play(&[MISSING]).await;
    let absent = stage.arriving(None, "X-SSL-Client-Cert").await;
    assert_eq!(absent, ["(null)"]);
}

#[tokio::test]
async fn with_required_certificates_nobody_else_reaches_the_service() {
    let required = config().with(OPTIONAL, "SSLVerifyClient require\n");
    let Some(stage) = stage(required).await else {
        return;
    };
    stage.play(TAKEN).await;
    stage.play(REFUSED).await;
    stage.play(&[(None, "handshake refused")]).await;
}

#[tokio::test]
async fn what_apache_did_not_verify_is_unverified() {
    let unverified = config().with(OPTIONAL, "SSLVerifyClient optional_no_ca\n");
    let Some(stage) = stage(unverified).await else {
        return;
    };
    stage
        .play(&[
            MISSING,
            (Some(Holder::Acme), ACME),
            (Some(Holder::Stranger), "401 certificate_unverified"),
            // It lets pass what it has no authority for, and no other fault.
            (Some(Holder::Expired), "handshake refused"),
        ])
        .await;
    let stranger = [(Some(Holder::Stranger), "401 certificate_unverified")];
    let others = stage.spoof(&forgery(&stage), &stranger).await;
    assert_eq!(others, DROPPED.map(|line| line.replace("Beta", "Stranger")));
}

#[tokio::test]
async fn a_resumed_session_is_what_it_was() {
    let unverified = config().with(OPTIONAL, "SSLVerifyClient optional_no_ca\n");
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

every_edge::nobody_gets_another_identity_by_a_header!(DROPPED);

#[tokio::test]
async fn without_the_certificates_line_a_forged_one_is_unverified() {
    let without = config().with("RequestHeader set X-SSL-Client-Cert", "# ");
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
        .with("RequestHeader set X-SSL-Client-Cert", "# ")
        .with("RequestHeader set X-SSL-Client-Verify", "# ");
    let Some(stage) = stage(without).await else {
        return;
    };
    let got = stage.forge(&forgery(&stage), None).await;
    assert_eq!(got.to_string(), ACME);
}

every_edge::the_address_is_the_connections!();

#[tokio::test]
async fn the_other_forms_of_the_certificate_say_the_same() {
    for (expression, dialect) in [
        ("expr=%{escape:%{SSL_CLIENT_CERT}}", "pem-escaped"),
        ("expr=%{base64:%{SSL_CLIENT_CERT}}", "pem-base64"),
    ] {
        let other = config().with("%{SSL_CLIENT_CERT}s", expression);
        let policy = policy().with("[edge]\n", &format!("[edge]\ndialect = \"{dialect}\"\n"));
        let Some(stage) = stage_with(other, policy).await else {
            return;
        };
        stage.play(TAKEN).await;
        stage.play(REFUSED).await;
        stage.play(&[MISSING]).await;
        let absent = stage.arriving(None, "X-SSL-Client-Cert").await;
        assert_eq!(absent, [""], "{dialect}");
        let forgery = Forgery {
            certificate: (
                "X-SSL-Client-Cert",
                wire::in_dialect(dialect, stage.pki.of(Holder::Acme)),
            ),
            status: STATUS,
        };
        assert_eq!(stage.spoof(&forgery, FORGERS).await, DROPPED, "{dialect}");
    }
}

const OPTIONAL: &str = "SSLVerifyClient       optional\n";

const STATUS: Option<(&str, &str)> = Some(("X-SSL-Client-Verify", "SUCCESS"));

/// Apache drops what a client names in `Connection`, its own headers too.
const DROPPED: [&str; 2] = [
    "in connection, sent as Beta: 401 certificate_missing",
    "in connection, not sent as Beta: 401 certificate_missing",
];

fn forgery(stage: &Stage) -> Forgery {
    let certificate = wire::pem_spaces(stage.pki.of(Holder::Acme));
    Forgery {
        certificate: ("X-SSL-Client-Cert", certificate),
        status: STATUS,
    }
}

/// Apache with this configuration, if it is installed.
async fn stage(config: Config) -> Option<Stage> {
    stage_with(config, policy()).await
}

async fn stage_with(config: Config, policy: Config) -> Option<Stage> {
    Stage::behind("apache2", config, policy, start).await
}

fn start(apache: &Path, files: Files) -> Running {
    let Files {
        directory,
        config,
        port,
    } = files.listening_at("*:443");
    let root = directory.path().display();
    let config = format!(
        "ServerRoot {root}\nListen 127.0.0.1:{port}\n{AROUND}{}",
        config.text()
    );
    let mut command = Command::new(apache);
    command
        // One process in the foreground.
        .args(["-X", "-f"])
        .arg(directory.write("apache2.conf", &config));
    Running::start(&mut command, directory, port)
}

/// What Debian's own configuration has around a site.
const AROUND: &str = "\
DefaultRuntimeDir .
PidFile apache2.pid
ErrorLog /dev/stderr
User www-data
Group www-data
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule headers_module /usr/lib/apache2/modules/mod_headers.so
LoadModule proxy_module /usr/lib/apache2/modules/mod_proxy.so
LoadModule proxy_http_module /usr/lib/apache2/modules/mod_proxy_http.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
";
