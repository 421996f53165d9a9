//! A bank's payments API and its partners, from the TLS handshake to the audit
//! trail.
//!
//! ```text
//!  partner's client          edge                       service
//!  ----------------          ----                       -------
//!  a certificate    -- TLS -->  verifies it     -- HTTP -->  gate  -->  handler
//!  of the bank's CA          removes Client-Cert        decides,   answers with
//!                            and X-Forwarded-For,       records    who is calling
//!  from 127.0.113.42         then sets its own
//!  ("203.0.113.42")          from 127.0.0.2             on 127.0.0.1
//! ```
//!
//! Everything is real but the internet: certificates are made in memory, the
//! edge asks for them in the handshake, and every scenario sends requests. The
//! policies are `partner.toml` (mode `mtls`) and `workflow.toml` (mode
//! `bearer_plus_mtls_optional`), each with its service and edge. `stack.rs` has
//! the few lines that a service needs, and `scenarios.rs` what is expected.
//!
//! ```text
//! cargo run --features full --example partner_gateway
//! cargo run --features full --example partner_gateway -- --serve
//! cargo run --features full --example partner_gateway -- --without-gate
//! ```
//!
//! The first prints a table and the audit records, and fails unless every
//! scenario is as expected. `--serve` stays up and prints curl commands.
//! `--without-gate` runs the same against services that nothing guards, and
//! has to fail.
//!
//! It needs all of 127.0.0.0/8 on the loopback interface, as Linux has it.

#![expect(
    clippy::print_stderr,
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "an example is a program: it prints, and reads its arguments"
)]

mod check;
mod client;
mod clock;
mod edge;
mod pki;
mod play;
mod scenario;
mod scenarios;
mod serve;
mod service;
mod stack;
mod table;
mod tokens;

use std::io::{self, Write as _};
use std::process::ExitCode;

pub(crate) use stack::Gates;
use stack::Stack;
pub(crate) use table::{Report, Row};

pub(crate) type Error = Box<dyn std::error::Error + Send + Sync>;

const USAGE: &str = "usage: partner_gateway [--serve] [--without-gate]";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let (mut gates, mut stay) = (Gates::InPlace, false);
    for argument in std::env::args().skip(1) {
        match &*argument {
            "--serve" => stay = true,
            "--without-gate" => gates = Gates::Absent,
            _ => {
                eprintln!("{USAGE}");
                return ExitCode::from(2);
            }
        }
    }
    let done = if stay {
        serve_until_stopped(gates).await
    } else {
        print_table(gates).await
    };
    done.unwrap_or_else(|error| {
        eprintln!("partner_gateway: {error}");
        ExitCode::FAILURE
    })
}

async fn serve_until_stopped(gates: Gates) -> Result<ExitCode, Error> {
    serve::serve(Stack::start(gates).await?).await?;
    Ok(ExitCode::SUCCESS)
}

async fn print_table(gates: Gates) -> Result<ExitCode, Error> {
    let report = run(gates).await?;
    write!(io::stdout().lock(), "{report}")?;
    Ok(if report.as_expected() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Plays every scenario, one after the other.
pub(crate) async fn run(gates: Gates) -> Result<Report, Error> {
    let mut stack = Stack::start(gates).await?;
    let mut rows = Vec::new();
    for scenario in scenarios::all() {
        let played = play::play(&mut stack, &scenario.call).await?;
        let differences = check::differences(&scenario, &played, &stack.pki);
        rows.push(Row::new(&scenario, played, differences));
    }
    Ok(Report { rows })
}
