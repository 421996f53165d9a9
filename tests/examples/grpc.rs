//! What a client of tonic reads.

use std::net::SocketAddr;

use http::uri::PathAndQuery;
use tokio::net::TcpListener;
use tonic::client::Grpc;
use tonic::metadata::MetadataMap;
use tonic::transport::Endpoint;
use tonic::{Code, Request, Status};

use crate::support::{AUTHORITY, Holder};
use crate::tonic_service::{self, Text};

async fn call(
    address: SocketAddr,
    method: &'static str,
    certificate: Option<&Holder>,
) -> Result<String, Status> {
    let endpoint = Endpoint::from_shared(format!("http://{address}")).unwrap();
    let mut client = Grpc::new(endpoint.connect().await.unwrap());
    client.ready().await.unwrap();
    let mut request = Request::new("hi".to_owned());
    if let Some(certificate) = certificate {
        let lines: &mut MetadataMap = request.metadata_mut();
        lines.insert("client-cert", certificate.header().parse().unwrap());
    }
    let path = PathAndQuery::from_static(method);
    let answer = client.unary(request, path, Text).await?;
    Ok(answer.into_inner())
}

#[tokio::test]
async fn who_is_denied_reads_a_grpc_status() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { tonic_service::serve(listener).await.unwrap() });

    let acme = Holder::acme();
    let answer = call(address, "/payments.Charges/List", Some(&acme)).await;
    assert_eq!(answer.unwrap(), "charges of pisp-partner-acme");

    let other = Holder::new("pisp-partner-other", AUTHORITY);
    for (method, certificate, code, message) in [
        (
            "/payments.Charges/List",
            None,
            Code::Unauthenticated,
            "certificate_missing",
        ),
        (
            "/payments.Charges/List",
            Some(&other),
            Code::PermissionDenied,
            "client_profile_mismatch",
        ),
        (
            "/admin.Keys/List",
            Some(&acme),
            Code::PermissionDenied,
            "collection_not_allowed",
        ),
        (
            "/payments.Charges/No",
            Some(&acme),
            Code::Unimplemented,
            "no such method",
        ),
    ] {
        let status = call(address, method, certificate).await.unwrap_err();
        assert_eq!(
            (status.code(), status.message()),
            (code, message),
            "{method}"
        );
    }
}
