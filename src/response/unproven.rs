//! Rejections of requests that a gate let go on, by handlers that ask for more than
//! was proven.

use crate::decide::Reason;
use crate::policy::Policy;

use super::{Problem, Rejection, challenge, grpc_status, title};

impl Rejection {
    /// For a handler that needs what this request was not asked for.
    pub(crate) fn unproven(reason: Reason, policy: &Policy, request_id: &str) -> Self {
        Self {
            problem: Problem {
                r#type: "about:blank",
                title: title(reason.status()),
                status: reason.status(),
                reason: reason.wire_code(),
                request_id: request_id.to_owned(),
            },
            challenge: challenge::challenge(reason, policy.mode(), policy.realm()),
            allow: None,
            retry_after: None,
            limits: Box::default(),
            grpc_status: grpc_status(reason.status()),
        }
    }

    /// For a handler without a gate around it, which is a mistake of the service:
    /// `INTERNAL` in gRPC.
    pub(crate) fn unguarded() -> Self {
        Self {
            problem: Problem {
                r#type: "about:blank",
                title: "Internal Server Error",
                status: 500,
                reason: "internal_error",
                request_id: String::new(),
            },
            challenge: None,
            allow: None,
            retry_after: None,
            limits: Box::default(),
            grpc_status: 13,
        }
    }
}
