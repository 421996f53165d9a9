//! A router of axum whose handler says what it needs by what it takes.

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::IntoResponse;
use certgate::adapter::axum::{AccessRejection, ClientCertificate, Identity};
use certgate::adapter::tower::{AccessDenied, PeerSource, TargetSource};
use certgate::gate::Granted;
use http::{HeaderMap, HeaderValue, Response};
use tower::ServiceExt;

use crate::cases::corpus::Message;
use crate::reply::Reply;
use crate::scene::{FrontEnd, Scene};
use crate::sight::Sight;
use crate::tower_service::{names, reply, request};

/// With what axum's own server hands to each request.
pub(crate) struct AxumRouter;

impl FrontEnd for AxumRouter {
    fn name(&self) -> &'static str {
        "axum"
    }

    async fn send(&mut self, scene: &Scene, message: &Message) -> Reply {
        let mut request = request(message, Body::empty());
        let connection = ConnectInfo(scene.connection.clone());
        request.extensions_mut().insert(connection);
        if let Some(token) = &scene.token {
            request.extensions_mut().insert(token.clone());
        }
        let layer = scene.layer_at(PeerSource::connect_info(), TargetSource::original_uri());
        // Whatever is under the first segment, with that segment taken away.
        let nested = Router::new().fallback(handler);
        let mut router = Router::new().fallback(handler);
        for prefix in prefixes(&message.target) {
            router = router.nest(&prefix, nested.clone());
        }
        let router = router.layer(layer);
        reply(&message.method, router.oneshot(request).await.unwrap()).await
    }

    async fn close(self) {}
}

/// The first segment of the target, if a router could be nested there.
fn prefixes(target: &str) -> BTreeSet<String> {
    let path = target.split('?').next().unwrap_or_default();
    let first = path.split('/').nth(1).unwrap_or_default();
    let is_plain = !first.is_empty() && first.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_plain.then(|| format!("/{first}")).into_iter().collect()
}

async fn handler(
    granted: Granted,
    demanded: Result<Identity, AccessRejection>,
    identity: Option<Identity>,
    of_whom: Result<ClientCertificate, AccessRejection>,
    certificate: Option<ClientCertificate>,
    headers: HeaderMap,
) -> impl IntoResponse {
    let why = demanded.as_ref().err().map(AccessRejection::denied);
    assert_eq!(demanded.ok(), identity);
    assert_eq!(why, nobody(&granted));
    let why = of_whom.as_ref().err().map(AccessRejection::denied);
    let without = certificate.is_none().then_some(AccessDenied::NoCertificate);
    assert_eq!(why, nobody(&granted).or(without));
    let sight = Sight::told(
        &granted,
        identity.as_deref(),
        certificate.as_deref(),
        names(&headers),
    );
    let mut response = Response::new("hello".to_owned());
    response.headers_mut().insert(
        Sight::HEADER,
        HeaderValue::from_bytes(&sight.value()).unwrap(),
    );
    // In place of the type that text has in axum.
    response.map(Body::from)
}

/// Why a handler that needs an identity is not called.
fn nobody(granted: &Granted) -> Option<AccessDenied> {
    match (granted.identity(), granted.observed()) {
        (Some(_), _) => None,
        (None, Some(_)) => Some(AccessDenied::NotProven),
        (None, None) => Some(AccessDenied::NoIdentity),
    }
}
