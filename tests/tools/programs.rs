//! The programs themselves, run as a user runs them.

use std::io::{self, Write};
use std::process::{Command, Output, Stdio};

use crate::support::lines::answer_lines;

/// What is written, and how much of it had been flushed each time.
#[derive(Default)]
struct Flushed {
    written: Vec<u8>,
    flushes: Vec<usize>,
}

impl Write for &mut Flushed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flushes.push(self.written.len());
        Ok(())
    }
}

#[test]
fn every_answer_is_flushed() {
    let mut output = Flushed::default();
    let length = |line: &[u8]| line.len().to_string();
    answer_lines(b"abc\nde\r\n\n\rf".as_slice(), &mut output, length).unwrap();
    assert_eq!(output.written, b"3\n2\n0\n2\n");
    assert_eq!(output.flushes, [2, 4, 6, 8]);
}

/// Runs an example that cargo has built or builds now, with the features of
/// this test.
fn run(example: &str, arguments: &[&str], input: &[u8]) -> Output {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
    // What cargo says about this test to the test. Passed on, it would make
    // build scripts that look at these variables run anew, here and in the next
    // build outside.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&*name);
        }
    }
    cargo.args(["run", "--quiet", "--offline", "--example", example]);
    let features = if cfg!(feature = "full") {
        "full"
    } else if cfg!(feature = "toml") {
        "toml"
    } else {
        ""
    };
    cargo.args(["--features", features, "--"]).args(arguments);
    cargo
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = cargo.spawn().unwrap();
    // A program that refuses its arguments reads nothing.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

#[test]
fn inspect_answers_every_line() {
    let input = b"{\"id\":1,\"cnf\":{}}\r\n\n\xFF\n{\"id\":2,\"dn\":\"CN=a\",\"equals\":\"cn=A\"}";
    let output = run("inspect", &[], input);
    assert_eq!(
        text(&output.stdout),
        r#"{"id":1,"binding":"missing"}
{"id":null,"error":{"code":"request_malformed","at":0,"message":"EOF while parsing a value"}}
{"id":null,"error":{"code":"request_malformed","at":0,"message":"the line is not UTF-8"}}
{"id":2,"equal":true}
"#
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));

    let absent = run("inspect", &["no-such-file.pem"], b"");
    assert_eq!(absent.status.code(), Some(1));
    let wrong = run("inspect", &["--pem"], b"");
    assert_eq!(wrong.status.code(), Some(2));
    let help = run("inspect", &["--help"], b"");
    assert!(text(&help.stdout).starts_with("Usage: inspect"));
    assert_eq!(help.status.code(), Some(0));
}

#[cfg(feature = "toml")]
#[test]
fn lint_tells_a_pipeline_what_a_policy_is_worth() {
    let folder = std::env::temp_dir().join(format!("certgate-lint-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    const GOOD: &str = r#"version = 1
[edge]
preset = "caddy"
verification = "edge-always"
trusted_proxies = ["10.0.0.0/8"]
[authentication]
mode = "mtls"
[[identity]]
client = "{subject.cn}"
"#;
    let good = file("good.toml", GOOD);
    let odd = file("odd.toml", &GOOD.replace("10.0.0.0/8", "0.0.0.0/0"));
    let bad = file(
        "bad.toml",
        &GOOD.replace("caddy", "caddie").replace("mtls", "tls"),
    );

    let output = run("lint", &[&good], b"");
    let hazard = "verification_unseen: the edge does not say that it verified a certificate: check \
                  that it refuses those that it cannot verify";
    assert_eq!(
        text(&output.stdout),
        format!("{good}: hazard: {hazard}\n{good}: loads\n")
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(
        run("lint", &["--strict", &good], b"").status.code(),
        Some(0)
    );

    assert_eq!(run("lint", &[&odd], b"").status.code(), Some(0));
    assert_eq!(run("lint", &["--strict", &odd], b"").status.code(), Some(1));

    let client = "[[clients]]\nid = \"acme\"\n[[clients.profiles]]\nid = \"prod\"\n";
    let all = "[paths]\nunlisted = \"allow\"\n";
    let due = |moment: &str| format!("{GOOD}{all}{client}token_expiry = \"{moment}\"\n");
    let overdue = file("overdue.toml", &due("2020-01-02"));
    let later = file("later.toml", &due("9000-01-02"));
    let output = run("lint", &[&overdue], b"");
    let reminder = "client \"acme\", profile \"prod\": the credentials have to be replaced by \
                    2020-01-02T00:00:00Z";
    let lines: Vec<&str> = text(&output.stdout).lines().collect();
    assert_eq!(lines[1], format!("{overdue}: warning: {reminder}"));
    assert_eq!(output.status.code(), Some(0));
    let report = run("lint", &["--json", "--strict", &overdue], b"");
    assert_eq!(report.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
    assert_eq!(report["reminders"][0]["due"], "2020-01-02T00:00:00Z");
    let strict = |days| run("lint", &["--strict", "--within", days, &later], b"");
    assert_eq!(strict("30").status.code(), Some(0));
    assert_eq!(strict("4000000000").status.code(), Some(1));
    assert_eq!(strict("soon").status.code(), Some(2));

    let output = run("lint", &[&good, &bad], b"");
    let lines: Vec<&str> = text(&output.stdout).lines().collect();
    assert_eq!(output.status.code(), Some(1));
    assert!(lines[2].starts_with(&format!("{bad}:3:10: error: edge.preset: must be one of ")));
    assert!(lines[3].starts_with(&format!(
        "{bad}:7:8: error: authentication.mode: must be one of "
    )));
    assert_eq!(lines[4], format!("{bad}: does not load"));

    let output = run("lint", &["--json", &bad], b"");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["loads"], false);
    assert_eq!(report["problems"][1]["severity"], "error");
    assert_eq!(report["problems"][1]["line"], 7);
    assert_eq!(report["problems"][1]["column"], 8);
    assert_eq!(report["problems"][1]["field"], "authentication.mode");
    assert_eq!(report["hazards"], serde_json::json!([]));

    assert_eq!(run("lint", &[], b"").status.code(), Some(2));
    assert_eq!(run("lint", &["policy.ini"], b"").status.code(), Some(2));
    assert_eq!(
        run("lint", &["no-such-file.toml"], b"").status.code(),
        Some(2)
    );
    std::fs::remove_dir_all(&folder).unwrap();
}

#[cfg(feature = "toml")]
#[test]
fn explain_reads_its_policy_and_answers() {
    let policy = ["--policy", "examples/explain/policy.toml", "--tree"];
    let line = br#"{"id":"r1","peer":"unix","path":"/payments","now":"2026-12-01T12:00:00Z"}"#;
    let output = run("explain", &policy, line);
    assert_eq!(
        text(&output.stdout),
        r#""r1": deny 401 certificate_missing
├─ request  path                  passed: /payments
├─ edge     peer                  noted: unix is not a trusted proxy: its certificate and identity headers do not exist  [examples/explain/policy.toml:8:19: edge.trusted_proxies]
├─ edge     client address        noted: unknown
├─ dialect  certificate           noted: none
├─ mode     certificate required  DENIED certificate_missing: mode mtls  [examples/explain/policy.toml:12:8: authentication.mode]
└─ found    collection            payments

"#
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));

    let unusable = run("explain", &["--policy", "Cargo.toml"], b"");
    let problems = text(&unusable.stderr);
    assert!(problems.lines().count() > 3, "{problems}");
    assert!(problems.contains("Cargo.toml:1:1: error: "), "{problems}");
    assert_eq!(unusable.status.code(), Some(2));
    assert_eq!(run("explain", &[], b"").status.code(), Some(2));
}
