//! The body around the body of the application.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::http::Error;
use actix_web::web::Bytes;
use pin_project_lite::pin_project;

use crate::adapter::pending::Pending;

pin_project! {
    /// The application's response body, or the problem of a rejection. When it has
    /// ended or is dropped, its audit record is complete.
    #[derive(Debug)]
    pub struct ResponseBody<B> {
        #[pin]
        inner: EitherBody<B>,
        record: Option<Pending>,
    }
}

impl<B> ResponseBody<B> {
    pub(super) fn application(body: B, record: Option<Pending>) -> Self {
        Self {
            inner: EitherBody::left(body),
            record,
        }
    }

    pub(super) fn rejection(body: BoxBody, record: Option<Pending>) -> Self {
        Self {
            inner: EitherBody::right(body),
            record,
        }
    }
}

impl<B: MessageBody + 'static> MessageBody for ResponseBody<B> {
    type Error = Error;

    fn size(&self) -> BodySize {
        self.inner.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Error>>> {
        let this = self.project();
        let next = ready!(this.inner.poll_next(context));
        if matches!(next, None | Some(Err(_))) {
            // Whoever holds the body may keep it for longer.
            drop(this.record.take());
        }
        Poll::Ready(next)
    }
}
