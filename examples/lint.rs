//! Checks policies, as a step of a pipeline does: every mistake with its place,
//! every warning, what a policy leaves to the edge, and which credentials of
//! profiles and listed certificates end within 30 days (`--within DAYS`).
//!
//! ```sh
//! cargo run --example lint --features full -- examples/explain/policy.toml
//! cargo run --example lint --features full -- --json --strict policy.yaml
//! ```
//!
//! The format follows from the file's name: `.toml`, `.json`, `.yaml` or `.yml`,
//! as far as the feature of that name is on.
//!
//! | exit status | meaning |
//! |---|---|
//! | 0 | every policy loads |
//! | 1 | one does not, or with `--strict` has a warning or a reminder |
//! | 2 | wrong arguments, or a file that cannot be read |
//!
//! With `--json`, a line for each file:
//!
//! ```json
//! {"file":"policy.toml","loads":true,"problems":[{"severity":"warning","line":4,"column":19,
//!  "field":"edge.trusted_proxies","message":"…","hint":"…"}],
//!  "hazards":[{"code":"verification_unseen","message":"…"}],
//!  "reminders":[{"client":"acme","profile":"prod","due":"2027-01-02T00:00:00Z"}]}
//! ```
//!
//! A reminder without a profile is about a certificate or key that the client lists.
//!
//! ```sh
//! cargo run --example lint --features full -- --within 90 policy.toml
//! ```

#![expect(
    clippy::disallowed_methods,
    reason = "a program reads files and the clock, and writes its output"
)]

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use certgate::policy::{Format, Hazard, Loaded, Policy, Problem, Reminded, Reminder, Severity};
use certgate::request::Timestamp;
use serde_json::{Value, json};

const USAGE: &str = "\
Usage: lint [--json] [--strict] [--within DAYS] FILE...

Checks policies. With --strict a warning is a failure, too, and so are
credentials that have to be replaced within DAYS (30).

Exit status: 0; 1 if a policy does not load or, with --strict, has a warning;
2 for a wrong argument or a file that cannot be read.
";

/// What was asked for.
struct Arguments {
    output: Output,
    warnings: Warnings,
    /// How many days ahead reminders are due.
    within: u32,
    files: Vec<String>,
}

enum Output {
    Person,
    Json,
}

#[derive(PartialEq)]
enum Warnings {
    Tolerated,
    Refused,
}

/// What was found out about a file.
struct Report {
    file: String,
    problems: Vec<Problem>,
    /// `None` of a policy that does not load.
    hazards: Option<Vec<Hazard>>,
    reminders: Vec<Due>,
}

/// A [`Reminder`], owned.
struct Due {
    message: String,
    client: String,
    profile: Option<String>,
    due: Timestamp,
}

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--help") {
        return match write!(io::stdout(), "{USAGE}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    let Some(arguments) = parse(std::env::args().skip(1)) else {
        let _ = write!(io::stderr(), "{USAGE}");
        return ExitCode::from(2);
    };
    match run(&arguments, &mut io::stdout().lock()) {
        Ok(status) => status,
        Err(error) => {
            let _ = writeln!(io::stderr(), "lint: {error}");
            ExitCode::from(2)
        }
    }
}

/// `None` if the arguments are not those of the usage.
fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Arguments> {
    let mut parsed = Arguments {
        output: Output::Person,
        warnings: Warnings::Tolerated,
        within: 30,
        files: Vec::new(),
    };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => parsed.output = Output::Json,
            "--strict" => parsed.warnings = Warnings::Refused,
            "--within" => parsed.within = arguments.next()?.parse().ok()?,
            other if other.starts_with('-') => return None,
            _ => parsed.files.push(argument),
        }
    }
    (!parsed.files.is_empty()).then_some(parsed)
}

fn run(arguments: &Arguments, out: &mut impl Write) -> io::Result<ExitCode> {
    let mut status = ExitCode::SUCCESS;
    for file in &arguments.files {
        let report = check(file, arguments.within)?;
        match arguments.output {
            Output::Person => report.print(out)?,
            Output::Json => writeln!(out, "{}", report.to_json())?,
        }
        if report.fails(&arguments.warnings) {
            status = ExitCode::FAILURE;
        }
    }
    Ok(status)
}

fn check(file: &str, within: u32) -> io::Result<Report> {
    let unreadable = |why: &dyn std::fmt::Display| io::Error::other(format!("{file}: {why}"));
    let format = Format::of_path(file)
        .ok_or_else(|| unreadable(&"no format has this ending, or its feature is off"))?;
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(&error))?;
    let (problems, hazards, reminders) = match Policy::from_str_as(&text, file, format) {
        Ok(Loaded {
            policy, warnings, ..
        }) => {
            let reminders = policy.reminders(now(), within).map(Due::from).collect();
            (warnings, Some(policy.hazards()), reminders)
        }
        Err(errors) => (errors.iter().cloned().collect(), None, Vec::new()),
    };
    Ok(Report {
        file: file.to_owned(),
        problems,
        hazards,
        reminders,
    })
}

/// The time of day, to the second.
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since.map_or(0, |since| since.as_secs());
    Timestamp::from_unix_seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
}

impl From<Reminder<'_>> for Due {
    fn from(reminder: Reminder<'_>) -> Self {
        Self {
            message: reminder.to_string(),
            client: reminder.client.to_owned(),
            profile: match reminder.of {
                Reminded::Profile { id, .. } => Some(id.to_owned()),
                _ => None,
            },
            due: reminder.due,
        }
    }
}

impl Report {
    fn fails(&self, warnings: &Warnings) -> bool {
        let is_odd = !self.problems.is_empty() || !self.reminders.is_empty();
        self.hazards.is_none() || (*warnings == Warnings::Refused && is_odd)
    }

    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        for problem in &self.problems {
            writeln!(out, "{problem}")?;
        }
        for hazard in self.hazards.iter().flatten() {
            writeln!(out, "{}: hazard: {}: {hazard}", self.file, hazard.code())?;
        }
        for reminder in &self.reminders {
            writeln!(out, "{}: warning: {}", self.file, reminder.message)?;
        }
        let loads = if self.hazards.is_some() {
            "loads"
        } else {
            "does not load"
        };
        writeln!(out, "{}: {loads}", self.file)
    }

    fn to_json(&self) -> Value {
        let problem = |problem: &Problem| {
            json!({
                "severity": match problem.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                },
                "line": problem.position.map(|position| position.line),
                "column": problem.position.map(|position| position.column),
                "field": problem.field,
                "message": problem.message,
                "hint": problem.hint,
            })
        };
        let hazard =
            |hazard: &Hazard| json!({ "code": hazard.code(), "message": hazard.to_string() });
        let reminder = |due: &Due| {
            json!({
                "client": due.client,
                "profile": due.profile,
                "due": due.due.to_string(),
            })
        };
        json!({
            "file": self.file,
            "loads": self.hazards.is_some(),
            "problems": self.problems.iter().map(problem).collect::<Vec<_>>(),
            "hazards": self.hazards.iter().flatten().map(hazard).collect::<Vec<_>>(),
            "reminders": self.reminders.iter().map(reminder).collect::<Vec<_>>(),
        })
    }
}
