//! A rejection as a response of actix.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use actix_web::{HttpResponse, HttpResponseBuilder};

use crate::adapter::answer::Answer;
use crate::response::Rejection;

use super::headers::set;

/// What the caller of these headers reads.
pub(super) fn response(rejection: &Rejection, request: &HeaderMap) -> HttpResponse {
    written(&answer(rejection, request))
}

pub(super) fn answer(rejection: &Rejection, request: &HeaderMap) -> Answer {
    let content_type = request.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    Answer::new(rejection, content_type)
}

pub(super) fn written(answer: &Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::FORBIDDEN);
    let mut response = HttpResponseBuilder::new(status).body(answer.body.clone());
    for (name, value) in &answer.headers {
        set(response.headers_mut(), name, value);
    }
    response
}
