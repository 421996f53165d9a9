//! Bodies around the bodies of the application.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::gate::Granted;

use super::headers::strip;
use crate::adapter::pending::Pending;

pin_project! {
    /// A request's body without the trailers that are stripped from headers:
    /// some proxies forward trailers as they come. What is stripped is said by
    /// the policy that let the request through.
    #[derive(Debug)]
    pub struct RequestBody<B> {
        #[pin]
        inner: B,
        granted: Granted,
    }
}

impl<B> RequestBody<B> {
    pub(super) fn new(inner: B, granted: Granted) -> Self {
        Self { inner, granted }
    }
}

impl<B: Body> Body for RequestBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        let mut frame = ready!(this.inner.poll_frame(context));
        if let Some(Ok(frame)) = &mut frame
            && let Some(trailers) = frame.trailers_mut()
        {
            strip(trailers, this.granted.in_force().policy());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

pin_project! {
    /// The application's response body, or the problem of a rejection. When it
    /// has ended or is dropped, its audit record is complete.
    #[derive(Debug)]
    pub struct ResponseBody<B> {
        #[pin]
        inner: Inner<B>,
        record: Option<Pending>,
    }
}

pin_project! {
    #[project = InnerProjection]
    #[derive(Debug)]
    enum Inner<B> {
        Application { #[pin] body: B },
        Rejection { body: Option<Bytes> },
    }
}

impl<B> ResponseBody<B> {
    pub(super) fn application(body: B, record: Option<Pending>) -> Self {
        Self {
            inner: Inner::Application { body },
            record,
        }
    }

    pub(super) fn rejection(body: String, record: Option<Pending>) -> Self {
        Self {
            inner: Inner::Rejection {
                body: Some(Bytes::from(body)).filter(|body| !body.is_empty()),
            },
            record,
        }
    }
}

impl<B> Body for ResponseBody<B>
where
    B: Body,
    B::Data: From<Bytes>,
{
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        let frame = match this.inner.project() {
            InnerProjection::Application { body } => ready!(body.poll_frame(context)),
            InnerProjection::Rejection { body } => {
                body.take().map(|body| Ok(Frame::data(body.into())))
            }
        };
        if matches!(frame, None | Some(Err(_))) {
            // Whoever holds the body may keep it for longer.
            drop(this.record.take());
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match &self.inner {
            Inner::Application { body } => body.is_end_stream(),
            Inner::Rejection { body } => body.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Inner::Application { body } => body.size_hint(),
            Inner::Rejection { body } => {
                SizeHint::with_exact(body.as_ref().map_or(0, |body| body.len() as u64))
            }
        }
    }
}
