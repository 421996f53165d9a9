//! What may be taken from claims, and out of which headers.

use super::{BASE, check, problems};

/// The base with these lines for `preset` and this section behind `[edge]`.
fn edge_with(lines: &str, section: &str) -> String {
    format!("{lines}\ntrusted_proxies = [\"10.0.0.0/8\"]\n{section}\n")
}

const EDGE: &str = r#"preset = "nginx"
trusted_proxies = ["10.0.0.0/8"]
"#;

#[test]
fn what_may_be_taken_from_claims() {
    const NGINX: &str = "preset = 'nginx'";
    let claims = |lines: &str| edge_with(NGINX, &format!("[edge.claims]\n{lines}"));
    for (bad, problem, good) in [
        (
            "use = ['subject']",
            "6:7: error: edge.claims.use: this edge does not tell all of this by itself (name the `subject_header`)",
            "use = ['subject']\nsubject_header = 'X-Subject'",
        ),
        (
            "use = ['issuer']",
            "6:7: error: edge.claims.use: this edge does not tell all of this by itself (name the `issuer_header`)",
            "use = ['issuer']\nissuer_header = 'X-Issuer'",
        ),
        (
            "use = ['thumbprint']",
            "6:7: error: edge.claims.use: this edge does not tell all of this by itself (name the `thumbprint_header`)",
            "use = ['thumbprint']\nthumbprint_header = 'X-Sha256'",
        ),
        (
            "use = ['spiffe']",
            "6:7: error: edge.claims.use: this edge does not tell all of this by itself (name the `spiffe_header`)",
            "use = ['spiffe']\nspiffe_header = 'X-Spiffe'",
        ),
        (
            "use = ['subject']\nsubject_header = 'X-Subject'\nissuer_header = 'X-Issuer'",
            "8:17: error: edge.claims.issuer_header: nothing may be taken from this header (list it under `use`, or leave the setting out)",
            "use = ['subject', 'issuer']\nsubject_header = 'X-Subject'\nissuer_header = 'X-Issuer'",
        ),
        (
            "use = ['issuer']\nissuer_header = 'X-Issuer'\nsubject_header = 'X-Subject'",
            "8:18: error: edge.claims.subject_header: nothing may be taken from this header (list it under `use`, or leave the setting out)",
            "use = ['issuer']\nissuer_header = 'X-Issuer'\nvalidity_header = 'X-Validity'",
        ),
        (
            "use = ['issuer']\nissuer_header = 'X-Issuer'\nthumbprint_header = 'X-Sha256'",
            "8:21: error: edge.claims.thumbprint_header: nothing may be taken from this header (list it under `use`, or leave the setting out)",
            "use = ['issuer', 'thumbprint']\nissuer_header = 'X-Issuer'\nthumbprint_header = 'X-Sha256'",
        ),
        (
            "use = ['issuer']\nissuer_header = 'X-Issuer'\nspiffe_header = 'X-Spiffe'",
            "8:17: error: edge.claims.spiffe_header: nothing may be taken from this header (list it under `use`, or leave the setting out)",
            "use = ['issuer', 'spiffe']\nissuer_header = 'X-Issuer'\nspiffe_header = 'X-Spiffe'",
        ),
        (
            "use = []",
            "6:7: error: edge.claims.use: an empty list could be taken for everything (leave the key out, or name at least one entry)",
            "use = ['subject']\nsubject_header = 'X-Subject'",
        ),
        (
            "use = ['san']",
            "6:8: error: edge.claims.use[0]: must be one of `subject`, `issuer`, `thumbprint`, `spiffe`",
            "use = ['spiffe']\nspiffe_header = 'X-Spiffe'",
        ),
        (
            "subject_header = 'X-Subject'",
            "5:1: error: edge.claims.use: missing required key `use`",
            "subject_header = 'X-Subject'\nuse = ['subject']",
        ),
        (
            "use = ['subject']\nsubject_header = 'X Subject'",
            "7:18: error: edge.claims.subject_header: not the name of a header",
            "use = ['subject']\nsubject_header = 'X-Subject'",
        ),
        (
            "use = ['subject']\nsubject_header = 'X-Subject'\nvalidity_header = ''",
            "8:19: error: edge.claims.validity_header: not the name of a header",
            "use = ['subject']\nsubject_header = 'X-Subject'\nvalidity_header = 'X-Validity'",
        ),
    ] {
        check(EDGE, &claims(bad), problem, &claims(good));
    }
}

#[test]
fn what_each_edge_tells_by_itself() {
    let always = |preset: &str| format!("preset = '{preset}'\nverification = 'edge-always'");
    let says = |preset: &str| format!("preset = '{preset}'");
    for (preset, told, untold) in [
        (
            says("ingress-nginx"),
            ["subject", "issuer"].as_slice(),
            ["thumbprint", "spiffe"].as_slice(),
        ),
        (
            always("traefik-info"),
            &["subject"],
            &["issuer", "thumbprint", "spiffe"],
        ),
        (always("envoy"), &["thumbprint", "spiffe"], &[]),
        (
            always("aws-alb"),
            &["subject", "issuer"],
            &["thumbprint", "spiffe"],
        ),
        (
            says("cloudflare"),
            &["thumbprint"],
            &["subject", "issuer", "spiffe"],
        ),
        (
            says("gcp"),
            &["thumbprint", "spiffe"],
            &["subject", "issuer"],
        ),
        (
            always("cloudfront"),
            &["subject", "issuer", "thumbprint"],
            &["spiffe"],
        ),
        (
            says("haproxy"),
            &[],
            &["subject", "issuer", "thumbprint", "spiffe"],
        ),
        (
            says("apache"),
            &[],
            &["subject", "issuer", "thumbprint", "spiffe"],
        ),
        (
            always("caddy"),
            &[],
            &["subject", "issuer", "thumbprint", "spiffe"],
        ),
        (
            always("traefik"),
            &[],
            &["subject", "issuer", "thumbprint", "spiffe"],
        ),
        (
            always("rfc9440"),
            &[],
            &["subject", "issuer", "thumbprint", "spiffe"],
        ),
    ] {
        let uses = |word: &str, rest: &str| {
            edge_with(&preset, &format!("[edge.claims]\nuse = ['{word}']{rest}"))
        };
        let line = if preset.contains("always") { 7 } else { 6 };
        for word in untold {
            check(
                EDGE,
                &uses(word, ""),
                &format!(
                    "{line}:7: error: edge.claims.use: this edge does not tell all of this by itself (name the `{word}_header`)"
                ),
                &uses(word, &format!("\n{word}_header = 'X-Told'")),
            );
        }
        for word in told {
            assert_eq!(problems(&BASE.replace(EDGE, &uses(word, ""))), [""; 0]);
        }
    }
}

#[test]
fn what_a_client_can_forge_in_an_element_without_its_certificate() {
    const ENVOY: &str = "preset = 'envoy'\nverification = 'edge-always'";
    let uses = |words: &str| edge_with(ENVOY, &format!("[edge.claims]\nuse = [{words}]"));
    check(
        EDGE,
        &uses("'spiffe', 'subject'"),
        "7:18: error: edge.claims.use[1]: a client can forge this part of an XFCC element that has no `Cert` (let the edge send `Cert`, or take `spiffe` and `thumbprint`)",
        &uses("'spiffe', 'thumbprint'"),
    );
    check(
        EDGE,
        &uses("'issuer'"),
        "7:8: error: edge.claims.use[0]: a client can forge this part of an XFCC element that has no `Cert` (let the edge send `Cert`, or take `spiffe` and `thumbprint`)",
        &uses("'thumbprint'"),
    );
    let nginx = |dialect: &str| {
        edge_with(
            &format!("preset = 'ingress-nginx'\ndialect = '{dialect}'"),
            "[edge.claims]\nuse = ['subject']",
        )
    };
    check(
        EDGE,
        &nginx("xfcc"),
        "7:8: error: edge.claims.use[0]: a client can forge this part of an XFCC element that has no `Cert` (let the edge send `Cert`, or take `spiffe` and `thumbprint`)",
        &nginx("pem-spaces"),
    );
}

#[test]
fn names_that_claims_and_selectors_share() {
    let claims = |lines: &str| {
        edge_with(
            "preset = 'ingress-nginx'",
            &format!("[edge.claims]\n{lines}"),
        )
    };
    for (bad, problem, good) in [
        (
            "use = ['subject']\nsubject_header = 'ssl-client-cert'",
            "2:1: error: edge: certificate, chain, status and claims need a header each",
            "use = ['subject']\nsubject_header = 'ssl-client-dn'",
        ),
        (
            "use = ['subject']\nsubject_header = 'SSL-Client-Verify'",
            "2:1: error: edge: certificate, chain, status and claims need a header each",
            "use = ['subject']\nsubject_header = 'SSL-Client-Verified'",
        ),
        (
            "use = ['subject', 'issuer']\nissuer_header = 'SSL-Client-Subject-DN'",
            "2:1: error: edge: certificate, chain, status and claims need a header each",
            "use = ['subject', 'issuer']\nissuer_header = 'SSL-Client-Subjects-Issuer'",
        ),
        (
            "use = ['subject']\nvalidity_header = 'ssl-client-subject-dn'",
            "2:1: error: edge: certificate, chain, status and claims need a header each",
            "use = ['subject']\nvalidity_header = 'ssl-client-validity'",
        ),
        (
            "use = ['subject']\nsubject_header = 'authorization'",
            "2:1: error: edge: the header `authorization` has another meaning",
            "use = ['subject']\nsubject_header = 'x-authorization'",
        ),
        (
            "use = ['subject']\nsubject_header = 'x-client-id'",
            "2:1: error: edge: the selecting headers and those of the edge need a name each",
            "use = ['subject']\nsubject_header = 'x-client'",
        ),
    ] {
        check(EDGE, &claims(bad), problem, &claims(good));
    }
    let selectors = |line: &str| {
        edge_with(
            "preset = 'ingress-nginx'",
            &format!("[edge.claims]\nuse = ['subject']\n[selectors]\n{line}"),
        )
    };
    check(
        EDGE,
        &selectors("client_header = 'SSL-Client-Subject-DN'"),
        "8:17: error: selectors.client_header: the selecting headers and those of the edge need a name each",
        // The policy takes nothing from this one.
        &selectors("client_header = 'SSL-Client-Issuer-DN'"),
    );
    check(
        EDGE,
        &selectors("set_by = 'edge'"),
        "8:10: error: selectors.set_by: must be one of `anyone`, `trusted-edge`",
        &selectors("set_by = 'trusted-edge'"),
    );
}

#[test]
fn what_an_edge_without_a_certificate_cannot_tell() {
    const INFO: &str = "preset = 'traefik-info'\nverification = 'edge-always'";
    const UNBOUND: &str = "this edge tells nothing that a token could be bound to (let it send the certificate, or take `thumbprint` under `[edge.claims]`)";
    const SUBJECT: &str = "[edge.claims]\nuse = ['subject']\n";
    const HASH: &str = "[edge.claims]\nuse = ['thumbprint']\nthumbprint_header = 'X-Hash'\n";
    const ISSUER: &str = "[edge.claims]\nuse = ['subject', 'issuer']\nissuer_header = 'X-Issuer'\n";
    let find = format!("{EDGE}[authentication]\nmode = \"mtls\"\n");
    for (authentication, problem, claims) in [
        (
            "mode = 'mtls'\nissuers = ['CN=ca']",
            "10:11: error: authentication.issuers: this edge sends no certificate and tells no issuer (take `issuer` under `[edge.claims]`, or leave the setting out)".to_owned(),
            ISSUER,
        ),
        (
            "mode = 'bearer_plus_mtls_required'",
            format!("9:8: error: authentication.mode: {UNBOUND}"),
            HASH,
        ),
        (
            "mode = 'bearer_plus_mtls_optional'\nbinding_required_paths = ['/all']",
            format!("10:26: error: authentication.binding_required_paths: {UNBOUND}"),
            HASH,
        ),
    ] {
        let edge = |claims: &str| {
            let edge = edge_with(INFO, claims.trim_end());
            format!("{edge}[authentication]\n{authentication}\n")
        };
        check(&find, &edge(SUBJECT), &problem, &edge(claims));
    }
}
