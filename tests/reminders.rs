//! Which profiles have credentials that have to be replaced.

#![cfg(feature = "toml")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use certgate::policy::{Policy, Reminded};
use certgate::request::Timestamp;

const POLICY: &str = r#"version = 1
[edge]
preset = "nginx"
trusted_proxies = ["10.0.0.0/8"]
[authentication]
mode = "mtls"
[paths]
unlisted = "allow"
[[identity]]
client = "{subject.cn}"
[[clients]]
id = "acme"
[[clients.profiles]]
id = "prod"
last_rotated = "2026-01-02"
token_expiry = "2027-01-02T00:00:00Z"
[[clients.profiles]]
id = "test"
token_expiry = "2027-01-02T00:00:01Z"
[[clients.profiles]]
id = "never"
last_rotated = "2020-01-02"
[[clients.profiles]]
id = "off"
active = false
token_expiry = "2020-01-02"
[[clients]]
id = "closed"
active = false
[[clients.profiles]]
id = "prod"
token_expiry = "2020-01-02"
[[clients]]
id = "beta"
[[clients.profiles]]
id = "prod"
token_expiry = "2026-12-01"
"#;

fn due(now: &str, days: u32) -> Vec<String> {
    let policy = Policy::from_toml_str(POLICY, "policy.toml").unwrap().policy;
    let now = Timestamp::parse_rfc3339_utc(now.as_bytes()).unwrap();
    let names = policy.reminders(now, days);
    names
        .map(|reminder| match reminder.of {
            Reminded::Profile { id, .. } => format!("{}/{id}", reminder.client),
            _ => reminder.client.to_owned(),
        })
        .collect()
}

#[test]
fn what_is_due_within_so_many_days_and_what_is_overdue() {
    for (now, days, expected) in [
        ("2026-11-20T00:00:00Z", 7, &[] as &[&str]),
        ("2026-11-24T00:00:00Z", 7, &["beta/prod"]),
        ("2026-12-25T23:59:59Z", 7, &["beta/prod"]),
        ("2026-12-26T00:00:00Z", 7, &["acme/prod", "beta/prod"]),
        (
            "2026-12-26T00:00:01Z",
            7,
            &["acme/prod", "acme/test", "beta/prod"],
        ),
        ("2027-01-01T23:59:59Z", 0, &["beta/prod"]),
        ("2027-01-02T00:00:00Z", 0, &["acme/prod", "beta/prod"]),
        (
            "2100-01-01T00:00:00Z",
            0,
            &["acme/prod", "acme/test", "beta/prod"],
        ),
        (
            "2026-01-01T00:00:00Z",
            u32::MAX,
            &["acme/prod", "acme/test", "beta/prod"],
        ),
    ] {
        assert_eq!(due(now, days), expected, "{now} and {days} days");
    }
}

#[test]
fn a_reminder_says_what_is_due() {
    let policy = Policy::from_toml_str(POLICY, "policy.toml").unwrap().policy;
    let now = Timestamp::parse_rfc3339_utc(b"2027-01-03T00:00:00Z").unwrap();
    let lines: Vec<String> = policy
        .reminders(now, 0)
        .map(|due| due.to_string())
        .collect();
    assert_eq!(
        lines,
        [
            "client \"acme\", profile \"prod\": the credentials have to be replaced by 2027-01-02T00:00:00Z, and were last replaced on 2026-01-02T00:00:00Z",
            "client \"acme\", profile \"test\": the credentials have to be replaced by 2027-01-02T00:00:01Z",
            "client \"beta\", profile \"prod\": the credentials have to be replaced by 2026-12-01T00:00:00Z",
        ]
    );
}
