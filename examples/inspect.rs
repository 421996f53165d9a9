//! Shows what certgate reads in certificate headers, certificates and
//! distinguished names, and whether a token is bound to a certificate.
//!
//! For a person, give it files; every certificate of a PEM file is shown:
//!
//! ```sh
//! cargo run --example inspect -- tests/data/captures/certs/acme.der
//! cargo run --example inspect -- tests/data/captures/certs/spiffe.chain.pem
//! ```
//!
//! For a script, give it JSON lines; each gets one line in answer:
//!
//! ```sh
//! echo '{"id":1,"dialect":"rfc9440","headers":[["Client-Cert","::"]]}' |
//!     cargo run -q --example inspect
//! echo '{"id":2,"dn":"/C=GB/O=Example/CN=ca"}' | cargo run -q --example inspect
//! echo '{"id":3,"dn":"CN=Example  CA,C=GB","equals":"cn=example ca, C=gb"}' |
//!     cargo run -q --example inspect
//! echo '{"id":4,"cnf":{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}}' |
//!     cargo run -q --example inspect
//! ```
//!
//! | line | answer |
//! |---|---|
//! | `dialect`, `headers`, `hops` (1) | `certificates`, the client's first; or `absent: true` |
//! | `der` | `certificates`, one |
//! | `dn`, `grammar` (`configuration`, or `request`) | `rdns` most specific first, `canonical`, `warnings` |
//! | `dn`, `equals`, `grammar` | `equal` |
//! | `cnf`, `der` if there is a certificate | `binding` |
//!
//! Every line may have an `id`, which is any JSON value and comes back as it
//! was written. A line that is refused is answered by `error`, with a `code`,
//! the byte `at` which it happened and, where there is one, a `kind`.
//!
//! `headers` is a list of `[name, value]`, one for each line, in the order
//! received; a value is a text or `{"base64": "…"}`. The certificate is in
//! `Client-Cert` and `Client-Cert-Chain` for the dialect `rfc9440`, in
//! `X-Forwarded-Client-Cert` for `xfcc`, and for the others in the header that
//! comes first. For `base64-der` another header with `chain` in its name holds
//! the rest of the chain as HAProxy sends it; empty it says nothing, without a
//! certificate it is `header_malformed`, and beside a chain in the first header
//! `header_ambiguous`.
//!
//! Nothing is verified here: a header that decodes may still be forged.

#![expect(
    clippy::disallowed_methods,
    reason = "a program reads its input and writes its output"
)]

#[path = "inspect/mod.rs"]
mod inspect;
mod support;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

const USAGE: &str = "\
Usage: inspect [FILE...]

Shows the certificates of PEM or DER files. Without a file it reads JSON lines
from standard input and answers each with one JSON line:

  {\"id\":1,\"dialect\":\"pem-escaped\",\"headers\":[[\"X-SSL-Client-Cert\",\"…\"]]}
      the certificates that a proxy forwarded; dialects are pem-escaped,
      base64-der, rfc9440 and xfcc (with \"hops\":n)
  {\"id\":2,\"der\":\"base64\"}
      a certificate
  {\"id\":3,\"dn\":\"CN=a,O=b\"}  or with  \"equals\":\"…\",  \"grammar\":\"request\"
      a distinguished name, taken apart or compared
  {\"id\":4,\"cnf\":{\"x5t#S256\":\"…\"},\"der\":\"base64\"}
      whether a token is bound to the certificate

Exit status: 0; 1 if a file or standard input cannot be read; 2 for a wrong
argument.
";

fn main() -> ExitCode {
    let files: Vec<OsString> = std::env::args_os().skip(1).collect();
    let is_flag = |file: &&OsString| file.as_encoded_bytes().starts_with(b"-");
    let done = match files.iter().find(is_flag) {
        Some(flag) if flag == "--help" || flag == "-h" => io::stdout()
            .write_all(USAGE.as_bytes())
            .map_err(|error| error.to_string()),
        Some(_) => {
            complain(USAGE);
            return ExitCode::from(2);
        }
        None if files.is_empty() => {
            support::lines::answer_lines(io::stdin().lock(), io::stdout().lock(), inspect::answer)
                .map_err(|error| error.to_string())
        }
        None => files.iter().try_for_each(show),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("inspect: {}\n", support::text::visible(&error)));
            ExitCode::FAILURE
        }
    }
}

fn show(file: &OsString) -> Result<(), String> {
    let name = file.to_string_lossy();
    let failed = |error: String| format!("{name}: {error}");
    let contents = std::fs::read(file).map_err(|error| failed(error.to_string()))?;
    let certificates = inspect::read_file(contents).map_err(failed)?;
    let page = inspect::describe(&name, &certificates);
    io::stdout()
        .write_all(page.as_bytes())
        .map_err(|error| error.to_string())
}

fn complain(text: &str) {
    // There is nowhere left to say that this failed.
    let _ = io::stderr().write_all(text.as_bytes());
}
