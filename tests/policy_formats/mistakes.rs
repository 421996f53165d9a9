//! The mistakes of a document are reported in the same words in every format,
//! each at its own place.

use certgate::policy::{Document, Format};

fn mistakes(text: &str, source: &str) -> String {
    let format = Format::of_path(source).unwrap();
    let errors = Document::from_str_as(text, source, format).unwrap_err();
    errors.to_string()
}

#[test]
fn in_toml() {
    assert_eq!(
        mistakes(include_str!("mistakes.toml"), "policy.toml"),
        "\
policy.toml:3:1: error: edge.trusted_proxies: missing required key `trusted_proxies`
policy.toml:4:10: error: edge.preset: must be one of `nginx`, `ingress-nginx`, `traefik`, `traefik-info`, `haproxy`, `apache`, `caddy`, `envoy`, `istio`, `aws-alb`, `aws-alb-passthrough`, `cloudflare`, `gcp`, `azure`, `cloudfront`, `rfc9440`, `direct` (did you mean `nginx`?)
policy.toml:5:1: error: edge.trusted_proxy: unknown key `trusted_proxy` (did you mean `trusted_proxies`?)
policy.toml:6:8: error: edge.hops: expected an integer, found a string
policy.toml:10:11: error: authentication.issuers: an empty list could be taken for everything (leave the key out, or name at least one entry)
policy.toml:11:1: error: authentication.\"re alm\": unknown key `\"re alm\"` (did you mean `realm`?)
policy.toml:15:21: error: limits[0].rate.requests: must be at least 1
policy.toml:15:30: error: limits[0].rate.per: not a length of time (write a whole number and one of the units s, m, h, d, such as \"30d\")
policy.toml:19:10: error: collections[0].paths[0]: expected a table, found an integer
policy.toml:21:1: error: clients[0].id: missing required key `id`
policy.toml:23:10: error: clients[0].active: expected true or false, found a string
policy.toml:26:13: error: clients[0].profiles[0].methods: expected a list, found a string"
    );
}

#[test]
fn in_json() {
    assert_eq!(
        mistakes(include_str!("mistakes.json"), "policy.json"),
        "\
policy.json:3:11: error: edge.trusted_proxies: missing required key `trusted_proxies`
policy.json:4:15: error: edge.preset: must be one of `nginx`, `ingress-nginx`, `traefik`, `traefik-info`, `haproxy`, `apache`, `caddy`, `envoy`, `istio`, `aws-alb`, `aws-alb-passthrough`, `cloudflare`, `gcp`, `azure`, `cloudfront`, `rfc9440`, `direct` (did you mean `nginx`?)
policy.json:5:5: error: edge.trusted_proxy: unknown key `trusted_proxy` (did you mean `trusted_proxies`?)
policy.json:6:13: error: edge.hops: expected an integer, found a string
policy.json:8:50: error: authentication.issuers: an empty list could be taken for everything (leave the key out, or name at least one entry)
policy.json:8:54: error: authentication.\"re alm\": unknown key `\"re alm\"` (did you mean `realm`?)
policy.json:9:54: error: limits[0].rate.requests: must be at least 1
policy.json:9:64: error: limits[0].rate.per: not a length of time (write a whole number and one of the units s, m, h, d, such as \"30d\")
policy.json:10:51: error: collections[0].paths[0]: expected a table, found an integer
policy.json:12:5: error: clients[0].id: missing required key `id`
policy.json:14:17: error: clients[0].active: expected true or false, found a string
policy.json:15:47: error: clients[0].profiles[0].methods: expected a list, found a string"
    );
}

#[test]
fn in_yaml() {
    assert_eq!(
        mistakes(include_str!("mistakes.yaml"), "policy.yaml"),
        "\
policy.yaml:4:3: error: edge.trusted_proxies: missing required key `trusted_proxies`
policy.yaml:4:11: error: edge.preset: must be one of `nginx`, `ingress-nginx`, `traefik`, `traefik-info`, `haproxy`, `apache`, `caddy`, `envoy`, `istio`, `aws-alb`, `aws-alb-passthrough`, `cloudflare`, `gcp`, `azure`, `cloudfront`, `rfc9440`, `direct` (did you mean `nginx`?)
policy.yaml:5:3: error: edge.trusted_proxy: unknown key `trusted_proxy` (did you mean `trusted_proxies`?)
policy.yaml:6:9: error: edge.hops: expected an integer, found a string
policy.yaml:9:12: error: authentication.issuers: an empty list could be taken for everything (leave the key out, or name at least one entry)
policy.yaml:10:3: error: authentication.\"re alm\": unknown key `\"re alm\"` (did you mean `realm`?)
policy.yaml:13:22: error: limits[0].rate.requests: must be at least 1
policy.yaml:13:30: error: limits[0].rate.per: not a length of time (write a whole number and one of the units s, m, h, d, such as \"30d\")
policy.yaml:16:13: error: collections[0].paths[0]: expected a table, found an integer
policy.yaml:18:5: error: clients[0].id: missing required key `id`
policy.yaml:19:13: error: clients[0].active: expected true or false, found a string
policy.yaml:22:18: error: clients[0].profiles[0].methods: expected a list, found a string"
    );
}
