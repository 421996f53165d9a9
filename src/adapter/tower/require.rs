//! What single routes demand, as layers inside of the gate's.

use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use crate::adapter::access::{AccessDenied, proven};
use crate::gate::{Granted, SenderBinding};

use super::headers::Added;
use super::reject::{grant, refusal};
use super::{ResponseBody, ResponseFuture};

/// Serves only requests whose path the policy has in this collection: a guard
/// against a route that moved away from the rules which were written for it.
///
/// The gate has decided already whether the caller may use the path's collection.
/// What is not proven, or belongs elsewhere, is refused as
/// [`AccessDenied`] says.
///
/// ```
/// # #[cfg(feature = "axum")] {
/// use axum::Router;
/// use axum::routing::post;
/// use certgate::adapter::tower::{GateLayer, RequireBinding, RequireCollection};
///
/// fn service(gate: GateLayer) -> Router {
///     let payouts = post(|| async { "paid" })
///         .route_layer(RequireBinding::new())
///         .route_layer(RequireCollection::new("payments"));
///     Router::new().route("/payments/payouts", payouts).layer(gate)
/// }
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RequireCollection(Arc<str>);

/// Serves only requests with a token that is bound to the caller's certificate
/// (RFC 8705), whatever the policy asks of the path. A request without a token is
/// refused too.
#[derive(Clone, Debug, Default)]
pub struct RequireBinding(());

/// A service behind a requirement; made by [`RequireCollection`] and
/// [`RequireBinding`].
#[derive(Clone, Debug)]
pub struct RequireService<I> {
    inner: I,
    wanted: Wanted,
}

#[derive(Clone, Debug)]
enum Wanted {
    Collection(Arc<str>),
    BoundToken,
}

impl RequireCollection {
    /// The collection by its name in the policy, compared byte for byte. Of a name
    /// that is in no policy every request is refused.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }
}

impl RequireBinding {
    /// The requirement has no settings.
    #[must_use]
    pub fn new() -> Self {
        Self(())
    }
}

impl<I> Layer<I> for RequireCollection {
    type Service = RequireService<I>;

    fn layer(&self, inner: I) -> RequireService<I> {
        let wanted = Wanted::Collection(Arc::clone(&self.0));
        RequireService { inner, wanted }
    }
}

impl<I> Layer<I> for RequireBinding {
    type Service = RequireService<I>;

    fn layer(&self, inner: I) -> RequireService<I> {
        let wanted = Wanted::BoundToken;
        RequireService { inner, wanted }
    }
}

impl Wanted {
    fn of(&self, granted: &Granted) -> Result<(), AccessDenied> {
        proven(granted)?;
        match (self, granted.sender_binding()) {
            (Self::Collection(name), _) if granted.collection() == Some(&**name) => Ok(()),
            (Self::Collection(_), _) => Err(AccessDenied::OtherCollection),
            (Self::BoundToken, SenderBinding::Bound) => Ok(()),
            (Self::BoundToken, SenderBinding::Unbound) => Err(AccessDenied::TokenNotBound),
            (Self::BoundToken, SenderBinding::NoToken) => Err(AccessDenied::NoToken),
        }
    }
}

impl<I, B, R> Service<Request<B>> for RequireService<I>
where
    I: Service<Request<B>, Response = Response<R>>,
    R: Body,
    R::Data: From<bytes::Bytes>,
{
    type Response = Response<ResponseBody<R>>;
    type Error = I::Error;
    type Future = ResponseFuture<I::Future, R>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), I::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (parts, body) = request.into_parts();
        let granted = grant(&parts);
        match granted.and_then(|granted| self.wanted.of(granted)) {
            Ok(()) => {
                let request = Request::from_parts(parts, body);
                ResponseFuture::inner(self.inner.call(request), None, Added::new())
            }
            Err(denied) => {
                let response = refusal(denied, granted.ok(), &parts);
                ResponseFuture::rejected(response.map(|body| ResponseBody::rejection(body, None)))
            }
        }
    }
}
