//! A decision as HTTP says it: of a denial the status, header lines and a problem
//! body, and of any decision how the client's limits stand. This is the one place
//! that maps reasons to the wire.

mod challenge;
mod limit_headers;

use serde::Serialize;

use crate::decide::{Deny, Reason};
use crate::limits::Refusal;
#[cfg(any(feature = "tower", feature = "actix"))]
use crate::policy::Policy;

pub(crate) use limit_headers::{Lines, of_allow as limit_headers};

/// What the caller gets to see of a denial, independent of any framework.
///
/// It tells the reason's [`wire_code`](Reason::wire_code), never what was in
/// the request. A service may answer in its own way instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    problem: Problem,
    challenge: Option<String>,
    allow: Option<String>,
    retry_after: Option<u64>,
    limits: Lines,
    grpc_status: u8,
}

/// A problem body (RFC 9457). Its `reason` and `request_id` are extension
/// members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// The problem's type: `about:blank`, since the status says it all.
    pub r#type: &'static str,
    /// The status in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The reason's code on the wire.
    pub reason: &'static str,
    /// What to quote when asking about this response; left out where no gate gave
    /// the request an id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub request_id: String,
}

impl Rejection {
    /// The media type of the body.
    pub const CONTENT_TYPE: &'static str = "application/problem+json";

    /// Puts a denial into the form of the wire.
    #[must_use]
    pub fn new(deny: &Deny<'_>, request_id: &str) -> Self {
        let reason = deny.reason();
        let policy = deny.findings().policy();
        Self {
            problem: Problem {
                r#type: "about:blank",
                title: title(reason.status()),
                status: reason.status(),
                reason: reason.wire_code(),
                request_id: request_id.to_owned(),
            },
            challenge: challenge::challenge(reason, policy.mode(), policy.realm()),
            allow: (reason == Reason::MethodNotAllowed).then(|| deny.allowed_methods().join(", ")),
            retry_after: deny.refusal().map(Refusal::retry_after_seconds),
            limits: limit_headers::of_deny(deny),
            grpc_status: grpc_status(reason.status()),
        }
    }

    /// Of a request that the service itself refuses, after a gate or without one:
    /// `status` with `code`, and the challenge that a denial for `like` has under
    /// `policy`.
    #[cfg(any(feature = "tower", feature = "actix"))]
    pub(crate) fn by_service(
        (status, code): (u16, &'static str),
        like: Option<Reason>,
        policy: Option<&Policy>,
        request_id: &str,
    ) -> Self {
        let challenged = like.zip(policy);
        Self {
            problem: Problem {
                r#type: "about:blank",
                title: title(status),
                status,
                reason: code,
                request_id: request_id.to_owned(),
            },
            challenge: challenged.and_then(|(reason, policy)| {
                challenge::challenge(reason, policy.mode(), policy.realm())
            }),
            allow: None,
            retry_after: None,
            limits: Lines::default(),
            grpc_status: grpc_status(status),
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.problem.status
    }

    /// The body.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }

    /// The header lines besides `Content-Type`, names in lower case:
    /// `www-authenticate` on 401, `allow` on 405, `retry-after` on 429, and
    /// always `cache-control`; on 429 also those that tell how the client's limits
    /// stand, where the policy has `headers` under `[limiting]`.
    ///
    /// `retry-after` says when this request fits into the window that refused it.
    /// That is never before the window resets, which is what `ratelimit` tells as
    /// `t`, and `x-ratelimit-reset`.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, String)> {
        [
            ("www-authenticate", self.challenge.clone()),
            ("allow", self.allow.clone()),
            (
                "retry-after",
                self.retry_after.map(|seconds| seconds.to_string()),
            ),
            ("cache-control", Some("no-store".to_owned())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .chain(self.limits.iter().cloned())
    }

    /// The status code for a caller that speaks gRPC.
    #[must_use]
    pub fn grpc_status(&self) -> u8 {
        self.grpc_status
    }
}

/// Whether a request's `Content-Type` says that its caller reads gRPC statuses.
#[must_use]
pub fn is_grpc(content_type: &[u8]) -> bool {
    const GRPC: &[u8] = b"application/grpc";
    content_type
        .split_at_checked(GRPC.len())
        .is_some_and(|(kind, rest)| {
            kind.eq_ignore_ascii_case(GRPC)
                && rest.first().is_none_or(|next| b"+; \t".contains(next))
        })
}

fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        _ => "Service Unavailable",
    }
}

/// The codes of gRPC's status list: `INVALID_ARGUMENT`, `UNAUTHENTICATED`,
/// `PERMISSION_DENIED`, `UNIMPLEMENTED`, `RESOURCE_EXHAUSTED`, `INTERNAL`,
/// `UNAVAILABLE`.
fn grpc_status(status: u16) -> u8 {
    match status {
        400 => 3,
        401 => 16,
        403 => 7,
        405 => 12,
        429 => 8,
        500 => 13,
        _ => 14,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_grpc_status() {
        for reason in Reason::ALL {
            let expected = match reason.status() {
                400 => 3,
                401 => 16,
                403 => 7,
                405 => 12,
                429 => 8,
                503 => 14,
                other => panic!("{reason} has status {other}"),
            };
            assert_eq!(grpc_status(reason.status()), expected);
            assert_ne!(title(reason.status()), "");
        }
    }

    #[test]
    fn grpc_is_told_by_the_content_type() {
        for yes in [
            "application/grpc",
            "application/grpc+proto",
            "Application/gRPC;x=1",
        ] {
            assert!(is_grpc(yes.as_bytes()), "{yes}");
        }
        for no in [
            "",
            "application/json",
            "application/grpcweb",
            "application/grpc-web+proto",
        ] {
            assert!(!is_grpc(no.as_bytes()), "{no}");
        }
    }
}
