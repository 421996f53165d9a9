//! Starts edges on the files of a test. Those of the forward_auth example start
//! here too.

use std::path::Path;
use std::process::Command;

use crate::config::Config;
use crate::files::Files;
use crate::program::Running;

pub(crate) fn nginx(nginx: &Path, files: Files) -> Running {
    let Files {
        directory,
        config,
        port,
    } = files
        .listening_at("443 ssl")
        // Where nobody has to be root.
        .with("http {", &format!("http {{ {OWN_PATHS}"));
    let mut command = Command::new(nginx);
    command
        .args([
            "-g",
            "daemon off; master_process off; error_log stderr; pid nginx.pid;",
        ])
        .arg("-p")
        .arg(directory.path())
        .arg("-c")
        .arg(directory.write("nginx.conf", &config.text()));
    Running::start(&mut command, directory, port)
}

const OWN_PATHS: &str = "access_log off; client_body_temp_path body; proxy_temp_path proxy; \
    fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;";

pub(crate) fn traefik(traefik: &Path, entry: &Config, files: Files) -> Running {
    let Files {
        directory,
        config,
        port,
    } = files;
    let dynamic = directory.write("dynamic.yml", &config.text());
    let config = entry
        .clone()
        .with(":443", &format!("127.0.0.1:{port}"))
        .with("/etc/certgate/dynamic.yml", &dynamic);
    let mut command = Command::new(traefik);
    command
        .arg("--configFile")
        .arg(directory.write("traefik.yml", &config.text()));
    Running::start(&mut command, directory, port)
}

pub(crate) fn caddy(caddy: &Path, files: Files) -> Running {
    let Files {
        directory,
        config,
        port,
    } = files.listening_at("localhost:443");
    // No second site for redirects, and no port to change it by.
    let options = "{\n\tauto_https disable_redirects\n\tadmin off\n\tpersist_config off\n}\n";
    let config = format!("{options}{}", config.text());
    let mut command = Command::new(caddy);
    command
        .env("HOME", directory.path())
        .env("XDG_DATA_HOME", directory.path())
        .env("XDG_CONFIG_HOME", directory.path())
        .args(["run", "--adapter", "caddyfile", "--config"])
        .arg(directory.write("Caddyfile", &config));
    Running::start(&mut command, directory, port)
}

pub(crate) fn envoy(envoy: &Path, files: Files) -> Running {
    envoy_at("port_value: 443 }", envoy, files)
}

/// Starts an Envoy whose configuration listens at `literal`.
pub(crate) fn envoy_at(literal: &str, envoy: &Path, files: Files) -> Running {
    let Files {
        directory,
        config,
        port,
    } = files.listening_at(literal);
    let mut command = Command::new(envoy);
    command
        .args(["--disable-hot-restart", "--concurrency", "1"])
        .args(["--log-level", "warning", "-c"])
        .arg(directory.write("envoy.yaml", &config.text()));
    Running::start(&mut command, directory, port)
}
