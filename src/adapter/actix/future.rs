//! The response to come.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::Error;
use actix_web::dev::ServiceResponse;
use pin_project_lite::pin_project;

use crate::adapter::pending::Pending;
use crate::gate::Granted;

use super::ResponseBody;
use super::headers::add_to_response;

pin_project! {
    /// The application's response, or a rejection that is ready at once.
    pub struct ResponseFuture<F, B> {
        #[pin]
        inner: Inner<F, B>,
    }
}

pin_project! {
    #[project = InnerProjection]
    enum Inner<F, B> {
        Application { #[pin] future: F, record: Option<Pending>, granted: Granted },
        Rejected { response: Option<ServiceResponse<ResponseBody<B>>> },
    }
}

impl<F, B> ResponseFuture<F, B> {
    pub(super) fn application(future: F, record: Option<Pending>, granted: Granted) -> Self {
        Self {
            inner: Inner::Application {
                future,
                record,
                granted,
            },
        }
    }

    pub(super) fn rejected(response: ServiceResponse<ResponseBody<B>>) -> Self {
        Self {
            inner: Inner::Rejected {
                response: Some(response),
            },
        }
    }
}

impl<F, B> Future for ResponseFuture<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = Result<ServiceResponse<ResponseBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().inner.project() {
            InnerProjection::Application {
                future,
                record,
                granted,
            } => {
                let answered = ready!(future.poll(context));
                let mut record = record.take();
                if let Some(record) = &mut record {
                    record.respond(status(&answered));
                }
                let mut response = answered?;
                add_to_response(response.headers_mut(), granted);
                Poll::Ready(Ok(
                    response.map_body(|_, body| ResponseBody::application(body, record))
                ))
            }
            InnerProjection::Rejected { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                // Polled again after it was ready, which no executor does.
                None => Poll::Pending,
            },
        }
    }
}

/// Of an error of a middleware between, the server answers with its status.
fn status<B>(answered: &Result<ServiceResponse<B>, Error>) -> u16 {
    match answered {
        Ok(response) => response.status().as_u16(),
        Err(error) => error.as_response_error().status_code().as_u16(),
    }
}

impl<F, B> fmt::Debug for ResponseFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
