//! The middleware of actix, and a handler that takes what it needs.

use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, HttpMessage as _, HttpRequest, HttpResponse, web};
use certgate::adapter::actix::{
    AccessRejection, ClientCertificate, GateMiddleware, Identity, PeerSource,
};
use certgate::gate::Granted;
use certgate::request::Connection;
use std::sync::Arc;

use crate::cases::corpus::Message;
use crate::reply::Reply;
use crate::scene::{FrontEnd, Scene};
use crate::sight::Sight;

pub(crate) struct Actix;

impl FrontEnd for Actix {
    fn name(&self) -> &'static str {
        "actix"
    }

    async fn send(&mut self, scene: &Scene, message: &Message) -> Reply {
        let guard = GateMiddleware::new(Arc::clone(&scene.gate))
            .with_peer(PeerSource::from_fn(|request| {
                let extension = request.app_data::<web::Data<Connection>>();
                extension.unwrap().peer()
            }))
            .with_clock(scene.clock())
            .on_record(scene.recorder());
        let app = App::new()
            .app_data(web::Data::new(scene.connection.clone()))
            .wrap(guard)
            .default_service(web::to(handler));
        let app = init_service(app).await;
        let request = request(message).to_request();
        if let Some(token) = &scene.token {
            request.extensions_mut().insert(token.clone());
        }
        let response = actix_web::test::call_service(&app, request).await;
        let (head, body) = response.into_parts().1.into_parts();
        let body = actix_web::body::to_bytes(body).await;
        let Ok(body) = body else {
            panic!("the body failed");
        };
        let lines = head.headers().iter();
        let lines = lines.map(|(name, value)| (name.as_str(), value.as_bytes()));
        Reply::new(&message.method, head.status().as_u16(), lines, &body)
    }

    async fn close(self) {}
}

/// The message of a case, in actix' own types.
fn request(message: &Message) -> TestRequest {
    let is_authority = |(name, _): &&(String, String)| name == ":authority";
    let authority = message.headers.iter().find(is_authority);
    let target = &message.target;
    let mut request = TestRequest::default()
        .method(Method::from_bytes(message.method.as_bytes()).unwrap())
        .uri(&match authority {
            Some((_, authority)) => format!("https://{authority}{target}"),
            None => target.clone(),
        });
    for (name, value) in message.headers.iter().filter(|line| !is_authority(line)) {
        request = request.append_header((
            HeaderName::from_bytes(name.as_bytes()).unwrap(),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        ));
    }
    request
}

async fn handler(
    request: HttpRequest,
    granted: Granted,
    demanded: Result<Identity, AccessRejection>,
    identity: Option<Identity>,
    certificate: Option<ClientCertificate>,
) -> HttpResponse {
    assert_eq!(demanded.ok(), identity);
    let names = request.headers().iter().map(|(name, _)| name.as_str());
    let sight = Sight::told(&granted, identity.as_deref(), certificate.as_deref(), names);
    let mut response = HttpResponse::Ok().body("hello");
    response.headers_mut().insert(
        HeaderName::from_static(Sight::HEADER),
        HeaderValue::from_bytes(&sight.value()).unwrap(),
    );
    response
}
