//! Checks policies, as a step of a pipeline does: every mistake with its place,
//! every warning, and what a policy leaves to the edge.
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
//! | 1 | one does not, or with `--strict` has a warning |
//! | 2 | wrong arguments, or a file that cannot be read |
//!
//! With `--json`, a line for each file:
//!
//! ```json
//! {"file":"policy.toml","loads":true,"problems":[{"severity":"warning","line":4,"column":19,
//!  "field":"edge.trusted_proxies","message":"…","hint":"…"}],
//!  "hazards":[{"code":"verification_unseen","message":"…"}]}
//! ```

#![expect(
    clippy::disallowed_methods,
    reason = "a program reads files and writes its output"
)]

use std::io::{self, Write};
use std::process::ExitCode;

use certgate::policy::{Format, Hazard, Loaded, Policy, Problem, Severity};
use serde_json::{Value, json};

const USAGE: &str = "\
Usage: lint [--json] [--strict] FILE...

Checks policies. With --strict a warning is a failure, too.
";

/// What was asked for.
#[derive(Default)]
struct Arguments {
    output: Output,
    warnings: Warnings,
    files: Vec<String>,
}

#[derive(Default)]
enum Output {
    #[default]
    Person,
    Json,
}

#[derive(Default, PartialEq)]
enum Warnings {
    #[default]
    Tolerated,
    Refused,
}

/// What was found out about a file.
struct Report {
    file: String,
    problems: Vec<Problem>,
    /// `None` of a policy that does not load.
    hazards: Option<Vec<Hazard>>,
}

fn main() -> ExitCode {
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
fn parse(arguments: impl Iterator<Item = String>) -> Option<Arguments> {
    let mut parsed = Arguments::default();
    for argument in arguments {
        match argument.as_str() {
            "--json" => parsed.output = Output::Json,
            "--strict" => parsed.warnings = Warnings::Refused,
            other if other.starts_with('-') => return None,
            _ => parsed.files.push(argument),
        }
    }
    (!parsed.files.is_empty()).then_some(parsed)
}

fn run(arguments: &Arguments, out: &mut impl Write) -> io::Result<ExitCode> {
    let mut status = ExitCode::SUCCESS;
    for file in &arguments.files {
        let report = check(file)?;
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

fn check(file: &str) -> io::Result<Report> {
    let unreadable = |why: &dyn std::fmt::Display| io::Error::other(format!("{file}: {why}"));
    let format = Format::of_path(file)
        .ok_or_else(|| unreadable(&"no format has this ending, or its feature is off"))?;
    let text = std::fs::read_to_string(file).map_err(|error| unreadable(&error))?;
    let (problems, hazards) = match Policy::from_str_as(&text, file, format) {
        Ok(Loaded {
            policy, warnings, ..
        }) => (warnings, Some(policy.hazards())),
        Err(errors) => (errors.iter().cloned().collect(), None),
    };
    Ok(Report {
        file: file.to_owned(),
        problems,
        hazards,
    })
}

impl Report {
    fn fails(&self, warnings: &Warnings) -> bool {
        self.hazards.is_none() || (*warnings == Warnings::Refused && !self.problems.is_empty())
    }

    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        for problem in &self.problems {
            writeln!(out, "{problem}")?;
        }
        for hazard in self.hazards.iter().flatten() {
            writeln!(out, "{}: hazard: {}: {hazard}", self.file, hazard.code())?;
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
        json!({
            "file": self.file,
            "loads": self.hazards.is_some(),
            "problems": self.problems.iter().map(problem).collect::<Vec<_>>(),
            "hazards": self.hazards.iter().flatten().map(hazard).collect::<Vec<_>>(),
        })
    }
}
