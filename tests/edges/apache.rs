//! Apache httpd with `SSL_CLIENT_CERT` and `SSL_CLIENT_VERIFY`.

use std::path::Path;
use std::process::Command;

use crate::cases::{ACME, FORGERS, MISSING, REFUSED, TAKEN};
use crate::config::Config;
use crate::files::Files;
use crate::pki::Holder;
use crate::program::{self, Running};
use crate::spoof::Forgery;
use crate::stage::Stage;
use crate::wire;

fn config() -> Config {
    Config::new(include_str!("../../src/guide/apache/certgate.conf"))
}

fn policy() -> Config {
    Config::new(include_str!("../../src/guide/apache/policy.toml"))
}

#[tokio::test]
async fn observe() {
    let Some(stage) = stage(config().with("optional\n", "optional_no_ca\n").with("    ProxyPass", "    RequestHeader set X-E \"expr=%{escape:%{SSL_CLIENT_CERT}}\"\nRequestHeader set X-B \"expr=%{base64:%{SSL_CLIENT_CERT}}\"\nProxyPass")).await else {
        return;
    };
    let f = forgery(&stage);
    for h in [
        None,
        Some(Holder::Acme),
        Some(Holder::Stranger),
        Some(Holder::Expired),
    ] {
        let a = stage.call(h).await;
        eprintln!("{h:?} {a}");
        if matches!(a, crate::outcome::Outcome::HandshakeRefused) {
            continue;
        }
        for n in [
            "X-SSL-Client-Cert",
            "X-SSL-Client-Verify",
            "X-E",
            "X-B",
            "X-Forwarded-For",
        ] {
            eprintln!("{n} {:?}", stage.arriving(h, n).await);
        }
    }
    eprintln!("{:?}", stage.spoof(&f, FORGERS).await);
}

fn forgery(stage: &Stage) -> Forgery {
    let certificate = wire::pem_escaped(stage.pki.of(Holder::Acme));
    Forgery {
        certificate: ("X-SSL-Client-Cert", certificate),
        status: Some(("X-SSL-Client-Verify", "SUCCESS")),
    }
}

/// Apache with this configuration, if it is installed.
async fn stage(config: Config) -> Option<Stage> {
    let apache = program::find_or_skip("apache2")?;
    let stage = Stage::set(policy(), |pki, service, port| {
        start(&apache, Files::write(config, pki, service, port))
    });
    Some(stage.await)
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
