//! The example, against rustls and against openssl.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use certgate::request::Timestamp;
use serde_json::json;

use crate::openssl::Openssl;
use crate::outgoing_call::run;
use crate::pki::{Authority, credential};
use crate::server::start;

const PASSPHRASE: &str = "correct horse";

/// As the program is started.
async fn outgoing_call(
    arguments: &[&str],
    variables: &[(&str, &str)],
    now: Timestamp,
) -> Result<String, String> {
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    let environment = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name)?;
        Some(found.1.to_owned())
    };
    run(&arguments, environment, now)
        .await
        .map_err(|error| error.to_string())
}

/// 2030-01-01T00:00:00Z
fn in_2030() -> Timestamp {
    Timestamp::from_unix_seconds(1_893_456_000)
}

fn real_now() -> Timestamp {
    certgate::adapter::SystemClock::start().now().wall
}

#[tokio::test]
async fn a_server_of_rustls_sees_the_certificate() {
    let Some(files) = Openssl::or_skip() else {
        return;
    };
    let (clients, servers) = (Authority::new("Clients"), Authority::new("Servers"));
    let server = start(&credential(&servers.server(), None), &clients).await;
    let to = format!("localhost:{}", server.port());
    let bundle = clients.client("pisp-partner-acme");
    files.write("client.pem", &bundle);
    files.write("servers.pem", &servers.pem());
    let path = |name: &str| files.path(name);

    let arguments = [&*to, &path("client.pem"), &path("servers.pem")];
    let answer = outgoing_call(&arguments, &[], in_2030()).await.unwrap();
    assert_eq!(
        answer,
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nCN=pisp-partner-acme"
    );

    let document = json!({
        "name": "payments-upstream-mtls", "type": "mtls",
        "client_certificate_use_env": true, "client_certificate_env_var": "BUNDLE",
        "ca_certificate": servers.pem(),
    });
    files.write("credential.json", &document.to_string());
    let call = async |variables: &[(&str, &str)], now| {
        outgoing_call(&[&to, &path("credential.json")], variables, now).await
    };
    let answer = call(&[("BUNDLE", &bundle)], in_2030()).await.unwrap();
    assert!(answer.ends_with("\r\n\r\nCN=pisp-partner-acme"));
    assert_eq!(
        call(&[], in_2030()).await.unwrap_err(),
        "client_certificate: the variable that _env_var names is not set, is empty, or is not UTF-8"
    );
    // 2100-01-01T00:00:01Z
    let late = Timestamp::from_unix_seconds(4_102_444_801);
    assert_eq!(
        call(&[("BUNDLE", &bundle)], late).await.unwrap_err(),
        "client_certificate: block 1 at byte 0: this certificate has expired; renew it"
    );
    let usage = outgoing_call(&[&to], &[], in_2030()).await.unwrap_err();
    assert!(usage.starts_with("usage: outgoing_call HOST:PORT CREDENTIAL.json"));
}

/// `openssl s_server`, which ends with this value.
struct Server(Child, SocketAddr);

impl Server {
    fn start(files: &Openssl, options: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap();
        drop(free);
        let child = Command::new("openssl")
            .args(["s_server", "-www", "-Verify", "1", "-verify_return_error"])
            .args([
                "-cert",
                "server.crt",
                "-key",
                "server.key",
                "-CAfile",
                "ca.crt",
            ])
            .args(["-accept", &address.to_string()])
            .args(options.split_whitespace())
            .current_dir(files.directory())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self(child, address);
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "s_server does not listen"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[tokio::test]
async fn a_server_of_openssl_sees_the_certificate() {
    let Some(files) = Openssl::or_skip() else {
        return;
    };
    files.authority();
    files.run(
        "req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -keyout server.key \
         -out server.csr -subj /CN=localhost",
    );
    files.write("localhost.ext", "subjectAltName = DNS:localhost\n");
    files.run(
        "x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out server.crt \
         -days 30 -extfile localhost.ext",
    );
    files.write("passphrase", PASSPHRASE);
    files.run("genrsa -out rsa.plain 2048");
    files.run("pkcs8 -topk8 -in rsa.plain -out rsa.key -passout file:passphrase");
    files.run("ecparam -genkey -name prime256v1 -out ec.key");
    files.run("ec -in ec.key -no_public -out bare.key");
    files.run("genpkey -algorithm ed25519 -out ed25519.key");
    for (name, from, passphrase) in [
        ("rsa", "rsa.plain", Some(PASSPHRASE)),
        ("ec", "ec.key", None),
        ("bare", "bare.key", None),
        ("ed25519", "ed25519.key", None),
    ] {
        files.run(&format!(
            "req -new -key {from} -out {name}.csr -subj /OU=pisp-prod/CN=pisp-{name}"
        ));
        files.run(&format!(
            "x509 -req -in {name}.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out {name}.crt \
             -days 30"
        ));
        let bundle = files.text(&format!("{name}.key")) + &files.text(&format!("{name}.crt"));
        files.write("client.pem", &bundle);
        for version in ["-tls1_2", "-tls1_3"] {
            let server = Server::start(&files, version);
            let to = format!("localhost:{}", server.1.port());
            let arguments = [&*to, &files.path("client.pem"), &files.path("ca.crt")];
            let variables: Vec<_> = passphrase
                .map(|passphrase| ("CREDENTIAL_PASSPHRASE", passphrase))
                .into_iter()
                .collect();
            let answer = outgoing_call(&arguments, &variables, real_now())
                .await
                .unwrap();
            assert!(answer.starts_with("HTTP/1.0 200 ok"), "{name}: {answer}");
            // Version 1 of X.509, as `openssl x509 -req` makes it.
            let answer = answer.replace(" = ", "=");
            let subject = format!("Subject: OU=pisp-prod, CN=pisp-{name}");
            assert!(answer.contains(&subject), "{name} {version}: {answer}");
        }
    }
    // A server that wants somebody else's.
    files.write(
        "client.pem",
        &Authority::new("Upstream-CA").client("pisp-rsa"),
    );
    let server = Server::start(&files, "");
    let to = format!("localhost:{}", server.1.port());
    let arguments = [&*to, &files.path("client.pem"), &files.path("ca.crt")];
    let refused = outgoing_call(&arguments, &[], real_now())
        .await
        .unwrap_err();
    assert!(refused.contains("alert"), "{refused}");
}
