//! The layer around a service that is called, without a connection.

use std::convert::Infallible;

use axum::body::Body;
use bytes::Bytes;
use certgate::gate::Granted;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt, Full};
use tower::{Layer, ServiceExt, service_fn};

use crate::cases::corpus::Message;
use crate::reply::Reply;
use crate::scene::{FrontEnd, Scene};
use crate::sight::Sight;

pub(crate) struct TowerService;

impl FrontEnd for TowerService {
    fn name(&self) -> &'static str {
        "tower"
    }

    async fn send(&mut self, scene: &Scene, message: &Message) -> Reply {
        let mut request = request(message, Body::empty());
        request.extensions_mut().insert(scene.connection.clone());
        if let Some(token) = &scene.token {
            request.extensions_mut().insert(token.clone());
        }
        let service = scene.layer().layer(service_fn(see));
        reply(&message.method, service.oneshot(request).await.unwrap()).await
    }

    async fn close(self) {}
}

/// The message of a case, with the target in absolute form where it has an authority.
pub(crate) fn request<B>(message: &Message, body: B) -> Request<B> {
    let is_authority = |(name, _): &&(String, String)| name == ":authority";
    let authority = message.headers.iter().find(is_authority);
    let mut request = Request::new(body);
    *request.method_mut() = Method::from_bytes(message.method.as_bytes()).unwrap();
    *request.uri_mut() = match authority {
        Some((_, authority)) => format!("https://{authority}{}", message.target),
        None => message.target.clone(),
    }
    .parse()
    .unwrap();
    for (name, value) in message.headers.iter().filter(|line| !is_authority(line)) {
        request.headers_mut().append(
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
    }
    request
}

/// Answers 200, with what it saw.
pub(crate) async fn see<B>(request: Request<B>) -> Result<Response<Full<Bytes>>, Infallible> {
    let granted = request.extensions().get::<Granted>().unwrap();
    let sight = Sight::of(granted, names(request.headers()));
    let body = match request.method() {
        &Method::HEAD => Bytes::new(),
        _ => Bytes::from_static(b"hello"),
    };
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(
        Sight::HEADER,
        HeaderValue::from_bytes(&sight.value()).unwrap(),
    );
    Ok(response)
}

/// The name of each line.
pub(crate) fn names(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers.iter().map(|(name, _)| name.as_str())
}

pub(crate) async fn reply<B>(method: &str, response: Response<B>) -> Reply
where
    B: http_body::Body<Error: std::fmt::Debug>,
{
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let lines = head.headers.iter();
    let lines = lines.map(|(name, value)| (name.as_str(), value.as_bytes()));
    Reply::new(method, head.status.as_u16(), lines, &body)
}
