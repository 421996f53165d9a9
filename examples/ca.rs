//! A certificate authority for trying things out: client certificates with the
//! client as CN and the profile as OU, and a second authority to rotate to.
//!
//! ```text
//! cargo run --example ca -- new pki --name "Example CA"
//! cargo run --example ca -- client pki --client pisp-partner-acme --profile pisp-prod
//! cargo run --example ca -- rotate pki
//! ```
//!
//! Authorities are numbered, and the last one signs:
//!
//! ```text
//! pki/trusted.pem                              every authority, for whoever verifies
//! pki/1/ca.pem  pki/1/ca.key                   the first, and its key
//! pki/1/clients/pisp-partner-acme.pisp-prod.pem    what it signed
//! pki/1/clients/pisp-partner-acme.pisp-prod.key
//! ```
//!
//! Keys are for their owner to read alone, and lie here unencrypted: **it is no
//! authority for production.** It keeps no record of what it signed, revokes nothing,
//! and makes the keys of clients, which they would make themselves. No file is
//! overwritten but `trusted.pem`, by `rotate`.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that writes files, and prints"
)]

#[path = "ca/arguments.rs"]
mod arguments;
#[path = "ca/authority.rs"]
mod authority;
#[path = "ca/files.rs"]
mod files;
#[path = "ca/rotation.rs"]
mod rotation;

use std::error::Error;
use std::process::ExitCode;

use certgate::adapter::SystemClock;
use certgate::request::Timestamp;

use arguments::Command;
use authority::Authority;
use files::Directory;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let now = SystemClock::start().now().wall;
    match run(&arguments, now) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What it has done.
pub(crate) fn run(arguments: &[String], now: Timestamp) -> Result<String, Box<dyn Error>> {
    match Command::parse(arguments)? {
        Command::New { directory, name } => new(&directory, &name, now),
        Command::Client {
            directory,
            client,
            profile,
            days,
        } => issue(&directory, &client, &profile, days, now),
        Command::Rotate { directory } => rotation::rotate(&Directory::open(&directory)?, now),
    }
}

fn new(directory: &str, name: &str, now: Timestamp) -> Result<String, Box<dyn Error>> {
    let directory = Directory::create(directory)?;
    let authority = Authority::new(name, now)?;
    directory.add_authority(&authority)?;
    Ok(format!(
        "{name} signs until {}\nwhoever verifies clients takes {}",
        authority.not_after(),
        directory.trusted().display(),
    ))
}

fn issue(
    directory: &str,
    client: &str,
    profile: &str,
    days: u32,
    now: Timestamp,
) -> Result<String, Box<dyn Error>> {
    let directory = Directory::open(directory)?;
    let issued = directory.signer()?.issue(client, profile, days, now)?;
    let certificate = directory.add_client(client, profile, &issued)?;
    Ok(format!(
        "{client}, {profile}, until {}\n{}\n{}",
        issued.not_after,
        certificate.display(),
        certificate.with_extension("key").display(),
    ))
}
