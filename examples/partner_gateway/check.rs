//! Holds what came of a scenario against what was expected.

use std::fmt::Debug;

use certgate::decide::Reason;
use certgate::evidence::{AuditRecord, Outcome};
use serde_json::Value;

use super::client::{Answer, Response};
use super::edge;
use super::pki::{Holder, Pki};
use super::play::Played;
use super::scenario::{Expected, ExpectedAnswer, ExpectedHeader, Scenario};

/// Everything that is not as expected, in words; empty if all is.
pub(crate) fn differences(scenario: &Scenario, played: &Played, pki: &Pki) -> Vec<String> {
    let Scenario { call, expected, .. } = scenario;
    let mut found = Differences::default();
    found.compare(
        "calls allowed before",
        &call.calls_before,
        &played.allowed_before,
    );
    match (&expected.answer, &played.answer) {
        (ExpectedAnswer::Handshake(alert), Answer::Refused(got)) => {
            found.compare("alert", alert, got);
            found.compare("audit records", &0, &played.records.len());
        }
        (
            ExpectedAnswer::Status {
                status,
                reason,
                header,
            },
            Answer::Response(response),
        ) => {
            found.compare("status", status, &response.status);
            match reason {
                Some(reason) => found.problem(*status, reason, response),
                None => found.who_is_calling(expected, response),
            }
            if let Some(header) = header {
                found.header(header, response);
            }
            found.compare(
                "audit records",
                &(call.calls_before + 1),
                &played.records.len(),
            );
            if let Some((record, before)) = played.records.split_last() {
                let id = response.body.get("request_id").and_then(Value::as_str);
                found.compare("request id", &Some(&*record.request_id), &id);
                found.compare("recorded method", &call.method, &&*record.method);
                found.compare("recorded path", &call.path, &&*record.path);
                found.record(*status, *reason, expected, pki, record);
                for record in before {
                    found.record(200, None, expected, pki, record);
                }
            }
        }
        (ExpectedAnswer::Handshake(_), Answer::Response(response)) => {
            found.compare("answer", &"refused", &&*response.status.to_string());
        }
        (ExpectedAnswer::Status { .. }, Answer::Refused(_)) => {
            found.compare("answer", &"a response", &"refused");
        }
    }
    found.0
}

#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare<T: Debug + PartialEq>(&mut self, what: &str, expected: &T, got: &T) {
        if expected != got {
            self.0
                .push(format!("{what}: expected {expected:?}, got {got:?}"));
        }
    }

    /// The problem body of a denial.
    fn problem(&mut self, status: u16, reason: &str, response: &Response) {
        let member = |name| response.body.get(name).cloned().unwrap_or_default();
        self.compare("reason", &Value::from(reason), &member("reason"));
        self.compare(
            "status in the body",
            &Value::from(status),
            &member("status"),
        );
        let kind = response.headers.get("content-type");
        let kind = kind.and_then(|kind| kind.to_str().ok());
        self.compare("content-type", &Some("application/problem+json"), &kind);
    }

    /// What the service saw of an allowed request.
    fn who_is_calling(&mut self, expected: &Expected, response: &Response) {
        let member = |name| response.body.get(name).cloned().unwrap_or_default();
        self.compare("client", &Value::from(expected.client), &member("client"));
        self.compare(
            "profile",
            &Value::from(expected.profile),
            &member("profile"),
        );
        let stripped = Value::Bool(false);
        self.compare(
            "client-cert behind the gate",
            &stripped,
            &member("client_cert_header"),
        );
    }

    fn header(&mut self, expected: &ExpectedHeader, response: &Response) {
        let value = |name| response.headers.get(name)?.to_str().ok();
        match expected {
            ExpectedHeader::Is(name, expected) => {
                self.compare(name, &Some(*expected), &value(*name));
            }
            ExpectedHeader::Seconds(name, range) => {
                let seconds = value(*name).and_then(|text| text.parse().ok());
                if !seconds.is_some_and(|seconds| range.contains(&seconds)) {
                    self.0.push(format!(
                        "{name}: expected seconds in {range:?}, got {seconds:?}"
                    ));
                }
            }
        }
    }

    fn record(
        &mut self,
        status: u16,
        reason: Option<&str>,
        expected: &Expected,
        pki: &Pki,
        record: &AuditRecord,
    ) {
        let outcome = match reason {
            None => Outcome::Allow,
            Some(_) => Outcome::Deny,
        };
        let trusted = expected.peer == edge::ADDRESS.to_string();
        self.compare("recorded outcome", &outcome, &record.outcome);
        self.compare("recorded status", &Some(status), &record.status);
        self.compare("recorded trust", &trusted, &record.peer_trusted);

        let got_reason = record.reason.map(Reason::code);
        let thumbprint = expected.certificate.map(|holder| thumbprint(pki, holder));
        // A certificate that names a client does so by the rule of that name.
        let rule = expected.client.and(expected.certificate).map(|_| "cn-ou");
        let client_ip = Some(expected.client_ip);
        for (what, expected, got) in [
            ("reason", reason, got_reason),
            ("client", expected.client, record.client_id.as_deref()),
            ("profile", expected.profile, record.profile_id.as_deref()),
            (
                "collection",
                expected.collection,
                record.collection.as_deref(),
            ),
            ("client_ip", client_ip, record.client_ip.as_deref()),
            ("peer", Some(expected.peer), Some(&*record.peer)),
            (
                "thumbprint",
                thumbprint.as_deref(),
                record.thumbprint.as_deref(),
            ),
            ("rule", rule, record.identity_rule.as_deref()),
            (
                "limit",
                expected.limit.filter(|_| status == 429),
                record.limit.as_deref(),
            ),
        ] {
            self.compare(&format!("recorded {what}"), &expected, &got);
        }
    }
}

fn thumbprint(pki: &Pki, holder: Holder) -> String {
    let digest = pki.of(holder).sha256();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
