//! Plays a scenario: sends its requests and collects what came of them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certgate::evidence::AuditRecord;
use http_body_util::Empty;
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, HOST};
use tokio::time::timeout;

use super::Error;
use super::client::{Answer, Connection};
use super::pki::Pki;
use super::scenario::{Call, Route};
use super::stack::Stack;

/// What came of a scenario.
pub(crate) struct Played {
    /// How many of the calls before were answered with 200.
    pub(crate) allowed_before: usize,
    /// The answer to the last call.
    pub(crate) answer: Answer,
    /// Every audit record of it, in order.
    pub(crate) records: Vec<AuditRecord>,
}

/// How long a record may take that is due: enough for the slowest machine, and
/// nothing waits for it to pass.
const RECORD_DUE: Duration = Duration::from_secs(30);

pub(crate) async fn play(stack: &mut Stack, call: &Call) -> Result<Played, Error> {
    stack.clock.set_days_ahead(call.days_ahead);
    let mut connection = connect(stack, call).await?;
    let mut allowed_before = 0;
    for _ in 0..call.calls_before {
        let answer = connection.send(request(call, &stack.pki)?).await?;
        let allowed = matches!(answer, Answer::Response(response) if response.status == 200);
        allowed_before += usize::from(allowed);
    }
    let answer = connection.send(request(call, &stack.pki)?).await?;
    stack.clock.set_days_ahead(0);
    let due = match answer {
        Answer::Refused(_) => 0,
        Answer::Response(_) => call.calls_before + 1,
    };
    Ok(Played {
        allowed_before,
        answer,
        records: records(stack, due).await?,
    })
}

async fn connect(stack: &Stack, call: &Call) -> Result<Connection, Error> {
    let to = stack.addresses(call.to);
    let credential = call.certificate.map(|holder| stack.pki.of(holder));
    match call.route {
        Route::ThroughTheEdge => {
            Connection::to_edge(to.edge, call.from, &stack.pki, credential).await
        }
        Route::PastTheEdge => Connection::to_service(to.service, call.from).await,
    }
}

fn request(call: &Call, pki: &Pki) -> Result<Request<Empty<Bytes>>, Error> {
    let mut request = Request::builder()
        .method(call.method)
        .uri(call.path)
        .header(HOST, "localhost");
    if let Some(token) = call.token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    if let Some((name, value)) = call.header {
        request = request.header(name, value);
    }
    if let Some(holder) = call.forged_client_cert {
        let value = STANDARD.encode(pki.of(holder).der());
        request = request.header("client-cert", format!(":{value}:"));
    }
    Ok(request.body(Empty::new())?)
}

/// The records that are due, and any that come unasked. A record is handed
/// over when its response has ended, which may be after the client has it.
async fn records(stack: &mut Stack, due: usize) -> Result<Vec<AuditRecord>, Error> {
    let mut records = Vec::with_capacity(due);
    while records.len() < due
        && let Some(record) = timeout(RECORD_DUE, stack.records.recv()).await?
    {
        records.push(record);
    }
    while let Ok(record) = stack.records.try_recv() {
        records.push(record);
    }
    Ok(records)
}
