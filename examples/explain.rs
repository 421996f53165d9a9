//! Decides requests by a policy and says why: every check in order, with what
//! it compared.
//!
//! ```sh
//! cargo run --example explain --features toml -- \
//!     --policy examples/explain/policy.toml < examples/explain/requests.jsonl
//! cargo run --example explain --features toml -- --tree \
//!     --policy examples/explain/policy.toml < examples/explain/requests.jsonl
//! ```
//!
//! The policy is in TOML, or in the format that its name ends in, if the feature
//! of that format is on.
//!
//! Each line of standard input is a request, and gets one line in answer:
//!
//! ```json
//! {"id":1,"peer":"10.0.0.7","path":"/payments","headers":[["X-Forwarded-For","203.0.113.9"]]}
//! {"id":1,"outcome":"deny","status":401,"reason":"certificate_missing", …, "trace":[…]}
//! ```
//!
//! | member | what it is |
//! |---|---|
//! | `id` | any JSON value, which comes back as it was written |
//! | `peer` | who opened the connection: an IP address, `unix` or `unknown` |
//! | `path` | the request target, with or without a query |
//! | `method` | `GET` if absent |
//! | `headers` | `[name, value]` for each line; a value is a text or `{"base64": "…"}` |
//! | `token` | the claims `client_id` and `cnf` of a token that counts as verified |
//! | `now` | an RFC 3339 time with any offset; the system's clock if absent |
//!
//! An answer has `outcome` (`allow`, `observed` where a denial is only noted, or
//! `deny`), `status` (200 for all but `deny`), `reason`, `client`, `profile`,
//! `principal`, `collection` and `trace`; what there is not is `null`. A denial
//! tells whom the request claimed to be from, as far as that was found out, and so
//! does an observed one; it proves nothing. Where they apply there are also
//! `observed` (what is only noted), `fault` (what is wrong with malformed input,
//! and at which byte), `retry_after` (seconds) and `allowed_methods`. A line that
//! is refused is answered by `error`, with the byte `at` which it happened.
//!
//! A step of the trace that applies a rule of the policy has it as `rule`, with
//! `source`, `line`, `column` and `field`; a tree has it in brackets at the end.
//!
//! The lines share their limits, so that a rate can be seen to run out. Rates
//! follow the time that lines tell: it begins with the first line, and where a
//! line is earlier than one before it, it stands still.

#![expect(
    clippy::disallowed_methods,
    reason = "a program reads its input and the time, and writes its output"
)]

#[path = "explain/mod.rs"]
mod explain;
mod support;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use certgate::policy::{Format, Policy};
use explain::{Explainer, Form};
use support::text::visible;

const USAGE: &str = "\
Usage: explain --policy FILE [--tree]

Decides requests, one in each line of JSON on standard input:

  {\"id\":1,\"peer\":\"10.0.0.7\",\"method\":\"GET\",\"path\":\"/payments\",
   \"headers\":[[\"Name\",\"value\"]],\"token\":{\"client_id\":\"acme\",\"cnf\":{}},
   \"now\":\"2026-12-01T12:00:00+01:00\"}

Only peer and path are required. Each answer is one line of JSON with the
outcome, its reason and every check that was made.

  --policy FILE  the policy: .toml, or .json, .yaml or .yml with that feature
  --tree         write each decision as a tree for a person to read
  --help         show this

Exit status: 0; 1 if standard input or output fails; 2 for a wrong argument or
a policy that cannot be used, with every problem on standard error.
";

fn main() -> ExitCode {
    let (policy, form) = match Arguments::read(std::env::args_os().skip(1)) {
        Ok(Arguments::Run { policy, form }) => (policy, form),
        Ok(Arguments::Help) => return finish(io::stdout().write_all(USAGE.as_bytes())),
        Err(problem) => {
            complain(&problem);
            complain("try --help");
            return ExitCode::from(2);
        }
    };
    let Some(mut explainer) = load(&policy) else {
        return ExitCode::from(2);
    };
    let answer = |line: &[u8]| explainer.answer(line, form);
    finish(support::lines::answer_lines(
        io::stdin().lock(),
        io::stdout().lock(),
        answer,
    ))
}

/// What the command line asks for.
enum Arguments {
    Help,
    Run { policy: OsString, form: Form },
}

impl Arguments {
    fn read(mut arguments: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut policy = None;
        let mut form = Form::Json;
        while let Some(argument) = arguments.next() {
            match argument.to_str() {
                Some("--help" | "-h") => return Ok(Self::Help),
                Some("--tree") => form = Form::Tree,
                Some("--policy") if policy.is_none() => {
                    policy = Some(arguments.next().ok_or("--policy needs a file")?);
                }
                _ => return Err(format!("unexpected argument {}", argument.display())),
            }
        }
        let policy = policy.ok_or("missing --policy FILE")?;
        Ok(Self::Run { policy, form })
    }
}

/// Loads the policy, and reports what is wrong or odd about it.
fn load(file: &OsString) -> Option<Explainer> {
    let name = file.to_string_lossy();
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            complain(&format!("{name}: {error}"));
            return None;
        }
    };
    let format = Format::of_path(file).unwrap_or(Format::Toml);
    let loaded = match Policy::from_str_as(&text, &name, format) {
        Ok(loaded) => loaded,
        Err(problems) => {
            for problem in &problems {
                complain(&problem.to_string());
            }
            return None;
        }
    };
    for warning in &loaded.warnings {
        complain(&warning.to_string());
    }
    match Explainer::new(loaded.policy, system_nanoseconds) {
        Ok(explainer) => Some(explainer),
        Err(error) => {
            complain(&format!("{name}: {error}"));
            None
        }
    }
}

/// The time of the system's clock, in nanoseconds since the Unix epoch.
fn system_nanoseconds() -> i128 {
    let nanoseconds = |elapsed: Duration| i128::try_from(elapsed.as_nanos()).unwrap_or(i128::MAX);
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => nanoseconds(after),
        Err(before) => -nanoseconds(before.duration()),
    }
}

fn finish(done: io::Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("explain: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn complain(text: &str) {
    // There is nowhere left to say that this failed.
    let _ = writeln!(io::stderr(), "{}", visible(text));
}
