//! A rejection as whoever sent the request reads it, without the types of any
//! framework.

use crate::response::{Rejection, is_grpc};

/// The whole response to a request that goes no further.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Names in lower case. Values are made of codes, numbers, methods, the realm
    /// and the names of limits, all of them printable ASCII by their own rules.
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

impl Answer {
    /// For a request with this `Content-Type`: a problem body, or for gRPC a status
    /// in the head of a response without a body ("Trailers-Only").
    pub(super) fn new(rejection: &Rejection, content_type: Option<&[u8]>) -> Self {
        match content_type.is_some_and(is_grpc) {
            true => Self::grpc(rejection),
            false => Self::problem(rejection),
        }
    }

    fn problem(rejection: &Rejection) -> Self {
        let content_type = ("content-type", Rejection::CONTENT_TYPE.to_owned());
        Self {
            status: rejection.status(),
            headers: [content_type]
                .into_iter()
                .chain(rejection.headers())
                .collect(),
            body: serde_json::to_string(rejection.problem()).unwrap_or_default(),
        }
    }

    fn grpc(rejection: &Rejection) -> Self {
        let head = [
            ("content-type", "application/grpc".to_owned()),
            ("grpc-status", rejection.grpc_status().to_string()),
            ("grpc-message", rejection.problem().reason.to_owned()),
        ];
        Self {
            status: 200,
            headers: head.into_iter().chain(rejection.headers()).collect(),
            body: String::new(),
        }
    }
}
