//! The response to come.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Response;
use pin_project_lite::pin_project;

use super::ResponseBody;
use super::headers::Added;
use crate::adapter::pending::Pending;

pin_project! {
    /// The application's response, or a rejection that is ready at once.
    #[derive(Debug)]
    pub struct ResponseFuture<F, R> {
        #[pin]
        inner: Inner<F, R>,
    }
}

pin_project! {
    #[project = InnerProjection]
    #[derive(Debug)]
    enum Inner<F, R> {
        Application { #[pin] future: F, record: Option<Pending>, added: Added },
        Rejected { response: Option<Response<ResponseBody<R>>> },
    }
}

impl<F, R> ResponseFuture<F, R> {
    pub(super) fn inner(future: F, record: Option<Pending>, added: Added) -> Self {
        Self {
            inner: Inner::Application {
                future,
                record,
                added,
            },
        }
    }

    pub(super) fn rejected(response: Response<ResponseBody<R>>) -> Self {
        Self {
            inner: Inner::Rejected {
                response: Some(response),
            },
        }
    }
}

impl<F, R, E> Future for ResponseFuture<F, R>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = Result<Response<ResponseBody<R>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().inner.project() {
            InnerProjection::Application {
                future,
                record,
                added,
            } => {
                let outcome = ready!(future.poll(context));
                let mut record = record.take();
                let mut response = outcome?;
                for (name, value) in core::mem::take(added) {
                    response.headers_mut().insert(name, value);
                }
                if let Some(record) = &mut record {
                    record.respond(response.status().as_u16());
                }
                Poll::Ready(Ok(
                    response.map(|body| ResponseBody::application(body, record))
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
