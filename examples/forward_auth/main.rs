//! A door for backends in any language: nginx, Traefik, Caddy or Envoy asks this
//! service about each request, and hands on those that a policy allows.
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
mod refused;
mod serve;

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use certgate::gate::Gate;
use certgate::limits::MemoryLimits;
use certgate::policy::Policy;
use tokio::net::TcpListener;

pub(crate) use door::Door;
pub(crate) use edge::Edge;

const USAGE: &str = "\
usage: forward_auth POLICY.toml --edge nginx|traefik|caddy|envoy
                    [--listen 127.0.0.1:9000] [--principal-header X-Principal]";

struct Arguments {
    policy: String,
    edge: Edge,
    listen: String,
    principal: String,
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
fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Arguments> {
    let (mut policy, mut edge) = (None, None);
    let mut listen = "127.0.0.1:9000".to_owned();
    let mut principal = "X-Principal".to_owned();
    while let Some(argument) = arguments.next() {
        match &*argument {
            "--edge" => edge = Some(arguments.next()?.parse().ok()?),
            "--listen" => listen = arguments.next()?,
            "--principal-header" => principal = arguments.next()?,
            _ if policy.is_none() && !argument.starts_with('-') => policy = Some(argument),
            _ => return None,
        }
    }
    Some(Arguments {
        policy: policy?,
        edge: edge?,
        listen,
        principal,
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
    let door = Door::new(gate, arguments.edge, &arguments.principal)?;
    let listener = TcpListener::bind(&arguments.listen).await?;
    eprintln!("listening on {}", listener.local_addr()?);
    serve::serve(listener, Arc::new(door), |record| {
        // Nobody is left to be told of a failure.
        drop(writeln!(io::stdout().lock(), "{record}"));
    })
    .await;
    Ok(())
}
