//! An edge that connects by TLS, beside partners that do.

use certgate::decide::Reason;

use crate::client::{Client, TLS12, TLS13, get};
use crate::pki::{Held, Pki, hex_sha256};
use crate::service::{Guard, POLICY};

const EDGE: [u8; 4] = [127, 0, 0, 2];
const ELSEWHERE: [u8; 4] = [127, 0, 0, 3];

/// [`POLICY`], whose edge has to show the certificate with this thumbprint.
fn proving(edge: &Held) -> String {
    let proof = format!(
        "[edge.proof]\ncertificate_sha256 = [\"{}\"]\n\n[authentication]",
        hex_sha256(edge.der())
    );
    POLICY.replace("[authentication]", &proof)
}

#[tokio::test]
async fn an_edge_is_known_by_its_certificate_and_its_clients_by_theirs() {
    let pki = Pki::new();
    let (acme, globex) = (pki.partners.client("acme"), pki.partners.client("globex"));
    let (edge, another) = (pki.partners.client("edge"), pki.partners.client("edge"));
    let forwarded = acme.escaped_pem();
    let forwarded = [
        ("X-SSL-Client-Cert", &*forwarded),
        ("X-SSL-Client-Verify", "SUCCESS"),
    ];
    let guard = Guard::new(&proving(&edge));
    let address = guard.serve_axum(pki.requested()).await;
    for version in [&TLS12, &TLS13] {
        for (held, from, headers, status, reason) in [
            // The same request of acme's, with the edge and without.
            (Some(&edge), EDGE, &forwarded[..], 200, None),
            (Some(&acme), ELSEWHERE, &[], 200, None),
            // Nobody else speaks for acme: no other certificate at the edge's
            // address, none there, and not the edge's own somewhere else.
            (
                Some(&another),
                EDGE,
                &forwarded[..],
                401,
                Some("certificate_missing"),
            ),
            (None, EDGE, &forwarded[..], 401, Some("certificate_missing")),
            (
                Some(&edge),
                ELSEWHERE,
                &forwarded[..],
                401,
                Some("certificate_missing"),
            ),
            (
                Some(&globex),
                ELSEWHERE,
                &forwarded[..],
                403,
                Some("client_unknown"),
            ),
            // The edge is no client, and no client stands at its address.
            (Some(&edge), EDGE, &[], 401, Some("certificate_missing")),
            (Some(&acme), EDGE, &[], 401, Some("certificate_missing")),
        ] {
            let client = match held {
                Some(held) => Client::with(&pki, held, version),
                None => Client::anonymous(&pki, version),
            };
            let request = get("/payments", headers);
            let response = client.from(from).http1(address, &request).await.unwrap();
            assert!(
                response.starts_with(&format!("HTTP/1.1 {status} ")),
                "{response}"
            );
            let record = guard.record();
            assert_eq!(record.reason.map(Reason::code), reason);
            if status == 200 {
                assert_eq!(record.client_id.as_deref(), Some("acme"));
                assert_eq!(record.thumbprint.as_deref(), Some(&*hex_sha256(acme.der())));
                assert!(response.ends_with("\r\n\r\nacme 0"), "{response}");
            }
        }
    }
}
