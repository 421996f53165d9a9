//! HTTP between the edge and the door.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use certgate::evidence::AuditSink;
use certgate::limits::SharedLimits;
use certgate::request::Peer;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use super::door::Door;
use super::refused::Refusal;

/// Answers every connection until it is dropped, and hands what is to be kept to
/// `records` and `refusals`, of which neither may wait. A question has no body; one
/// that is sent is not read.
pub(crate) async fn serve<S>(
    listener: TcpListener,
    door: Arc<Door<S>>,
    records: Arc<dyn AuditSink>,
    refusals: impl Fn(Refusal) + Clone + Send + Sync + 'static,
) where
    S: SharedLimits + 'static,
{
    loop {
        let Ok((connection, address)) = listener.accept().await else {
            // Out of descriptors, most likely.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (door, records) = (Arc::clone(&door), Arc::clone(&records));
        let refusals = refusals.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let (door, records) = (Arc::clone(&door), Arc::clone(&records));
            let refusals = refusals.clone();
            async move {
                let (head, _) = request.into_parts();
                let answered = door.answer(Peer::from(address), &head).await;
                if let Some(record) = &answered.record {
                    records.record(record);
                }
                if let Some(refusal) = answered.refusal {
                    refusals(refusal);
                }
                let body = |body| Full::new(Bytes::from(body));
                Ok::<Response<_>, Infallible>(answered.response.map(body))
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .serve_connection(TokioIo::new(connection), service);
        // A connection that breaks is its caller's affair.
        tokio::spawn(async { connection.await.ok() });
    }
}
