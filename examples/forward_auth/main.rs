//! certgate for backends in any language: nginx, Traefik, Caddy or Envoy asks this
//! service about every request, and hands on those that the policy allows.
//!
//! ```text
//!  client  -- TLS -->  edge  -- the request -->  backend
//!                       |  ^                      reads X-Client-ID, X-Profile-ID,
//!                  head |  | 200 and who it is,   X-Principal, X-Request-ID
//!                       v  | or a denial
//!                    forward_auth
//! ```
//!
//! ```sh
//! cargo run --example forward_auth --features full -- policy.toml --edge nginx
//! ```
//!
//! It listens on 127.0.0.1:9000 unless `--listen` says otherwise. It writes an audit
//! record for each request that it decides to its output, as a line of JSON
//! (`audit.schema.json`), and what it refuses without a decision to its error output.
//! Neither keeps a request waiting: what is not read in time is dropped, counted and
//! told. On SIGINT and SIGTERM it ends when what it has is written. The configuration
//! of each edge lies beside this file: `nginx.conf`, `traefik.yaml` (with the
//! `traefik.yml` of the guide), `Caddyfile`, `envoy.yaml`. The tests run them as they
//! are. The policy is that of the guide for the same edge, in mode `mtls`: nothing
//! here verifies a token.
//!
//! # What it believes
//!
//! | `--edge` | method | target | host |
//! |---|---|---|---|
//! | `nginx` | `X-Original-Method` | `X-Original-URI` | `X-Original-Host` |
//! | `traefik`, `caddy` | `X-Forwarded-Method` | `X-Forwarded-Uri` | `X-Forwarded-Host` |
//! | `envoy` | its own | its own, behind `/forward-auth` | `Host` |
//!
//! Each of them, and `X-Forwarded-For`, has to be there exactly once and well formed;
//! else the answer is 400 `original_request_unclear`, whatever the question itself was
//! sent to. Who is no trusted proxy of the policy gets 403 `peer_not_trusted`.
//!
//! A header that no application may see (those that the tower layer strips: forwarded
//! certificates, method overrides) or another spelling of one that the answer sets
//! (`X_Client_ID`) is removed by the edge, or the request is 400 `header_not_allowed`,
//! since the edge would hand it on.
//!
//! # What it answers
//!
//! An allow is 200 with `X-Client-ID`, `X-Profile-ID`, `X-Principal` and
//! `X-Request-ID`. Each of them is there, and empty where nobody is proven: on exempt
//! paths, and where a denial is only observed. The edge puts them in the place of the
//! client's own. Other names have to be those of the edge's configuration too, so they
//! are said here: `--principal-header`, and `--client-header` and `--profile-header`,
//! which have to be what `[selectors]` of the policy calls them.
//!
//! A denial has the status, the headers and the problem body of every other
//! certgate. nginx is told 401 or 403, and the status and the body in `X-Auth-Status`
//! and `X-Auth-Problem`; `@denied` in its configuration makes the response of it.
//! Envoy takes 503 for a failure of this service, and answers 503 without the body.
//! While this service is away nobody gets in.
//!
//! # Preflights
//!
//! A browser sends no certificate with the `OPTIONS` of CORS. Either the edge
//! answers it before it asks, or the policy exempts it by its exact path, and the
//! backend answers:
//!
//! ```toml
//! [[exemptions]]
//! method = "OPTIONS"
//! path = "/payments/charges"
//! ```
//!
//! # Try it without an edge
//!
//! With a certificate that has the names of the guide's policy, and the part of
//! nginx played by curl:
//!
//! ```sh
//! openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem \
//!   -subj '/C=GB/O=Example Bank/CN=Partner CA'
//! openssl req -x509 -newkey rsa:2048 -nodes -keyout acme.key -out acme.pem \
//!   -CA ca.pem -CAkey ca.key -subj '/O=Acme/OU=pisp-prod/CN=pisp-partner-acme'
//!
//! cargo run --example forward_auth --features full -- src/guide/nginx/policy.toml --edge nginx
//!
//! ask() {
//!   curl -i 127.0.0.1:9000 -H 'X-Original-Host: localhost' -H 'X-Forwarded-For: 203.0.113.5' \
//!     -H "X-Original-Method: $1" -H "X-Original-URI: $2" "${@:3}"
//! }
//! acme() {
//!   ask "$@" -H 'X-SSL-Client-Verify: SUCCESS' -H "X-SSL-Client-Cert: $(jq -sRr @uri acme.pem)"
//! }
//! acme GET /payments         # 200, X-Client-ID: pisp-partner-acme
//! acme DELETE /payments      # 403, X-Auth-Status: 405, Allow: GET, POST
//! acme GET /payments/../x    # 403, X-Auth-Status: 400
//! ask GET /payments          # 401 certificate_missing
//! curl -i 127.0.0.1:9000     # 403, X-Auth-Status: 400, original_request_unclear
//! ```

#![expect(
    clippy::print_stderr,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "an example is a program: it prints, and reads files and its arguments"
)]

mod answer;
mod door;
mod edge;
mod names;
mod original;
mod refusals;
pub(crate) mod refused;
mod serve;

use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use certgate::adapter::sink::JsonLines;
use certgate::evidence::AuditSink;
use certgate::gate::Gate;
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

pub(crate) use door::Door;
pub(crate) use edge::Edge;
pub(crate) use names::Copied;
pub(crate) use refusals::Refusals;
pub(crate) use serve::serve;

const USAGE: &str = "\
usage: forward_auth POLICY.toml --edge nginx|traefik|caddy|envoy
                    [--listen 127.0.0.1:9000] [--principal-header X-Principal]
                    [--client-header X-Client-ID] [--profile-header X-Profile-ID]";

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Arguments {
    pub(crate) policy: String,
    pub(crate) edge: Edge,
    pub(crate) listen: String,
    pub(crate) copied: Copied,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Some(arguments) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("forward_auth: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `None` if the arguments are not those of the usage.
pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Arguments> {
    let (mut policy, mut edge) = (None, None);
    let mut listen = "127.0.0.1:9000".to_owned();
    let mut copied = Copied::default();
    while let Some(argument) = arguments.next() {
        match &*argument {
            "--edge" => edge = Some(arguments.next()?.parse().ok()?),
            "--listen" => listen = arguments.next()?,
            "--client-header" => copied.client = arguments.next()?,
            "--profile-header" => copied.profile = arguments.next()?,
            "--principal-header" => copied.principal = arguments.next()?,
            _ if policy.is_none() && !argument.starts_with('-') => policy = Some(argument),
            _ => return None,
        }
    }
    Some(Arguments {
        policy: policy?,
        edge: edge?,
        listen,
        copied,
    })
}

async fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(&arguments.policy)?;
    let loaded = Policy::from_toml_str(&text, &arguments.policy)?;
    for warning in &loaded.warnings {
        eprintln!("{warning}");
    }
    // A store that other processes share may take its place.
    let counters = MemoryLimits::new(loaded.policy.limits())?;
    let gate = Gate::new(loaded.policy)?.sharing(counters)?;
    for hazard in gate.hazards() {
        eprintln!("{}: {hazard}", hazard.code());
    }
    let door = Door::new(gate, arguments.edge, &arguments.copied)?;
    let listener = TcpListener::bind(&arguments.listen).await?;
    let (mut interrupt, mut terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    eprintln!("listening on {}", listener.local_addr()?);
    let records = Arc::new(JsonLines::new(io::stdout())?);
    let refusals = Arc::new(Refusals::start(io::stderr())?);
    let (sink, told) = (Arc::clone(&records), Arc::clone(&refusals));
    tokio::select! {
        () = serve(listener, Arc::new(door), sink as Arc<dyn AuditSink>, move |refusal| {
            told.tell(refusal);
        }) => {}
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    records.close();
    refusals.close();
    let (dropped, failed) = (records.dropped(), records.failed());
    if (dropped, failed) != (0, 0) {
        eprintln!("forward_auth: {dropped} records were dropped, {failed} could not be written");
    }
    Ok(())
}
