//! `inspect` on header values that real proxies sent, and on broken ones.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::certificate_support::{Template, attribute, extension, extensions, name, tlv};
use crate::data::{captured, der, file, inspects};
use crate::inspect;

/// What there is to say about a captured certificate, up to its `der`.
const ACME: &str = r#"{"subject":"CN=pisp-partner-acme,OU=pisp-prod,O=Acme Payment Services,C=GB","issuer":"CN=Example Root CA,O=Example Root Trust Ltd,C=GB","serial":"0a1b2c3d4e5f60718293","notBefore":"2026-11-21T21:51:13Z","notAfter":"2036-11-18T21:51:13Z","sha256Fingerprint":"FC:33:35:48:C0:12:DD:C0:F2:A0:7C:E8:D7:72:18:AB:FF:26:0E:3E:53:24:97:8D:C9:E9:DD:00:B1:C2:04:3E","x5tS256":"_DM1SMAS3cDyoHzo13IYq_8mDj5TJJeNyendALHCBD4","cn":["pisp-partner-acme"],"ou":["pisp-prod"],"san":{"dns":[],"email":[],"uri":[],"ip":[],"dirname":[],"other":[]},"der":""#;
const SPIFFE: &str = r#"{"subject":"CN=api.payments,O=Example Mesh,C=US","issuer":"CN=Example Issuing CA 1,OU=Issuing,O=Example Root Trust Ltd,C=GB","serial":"f0e1d2c3b4a5968778695a4b3c2d1e0f","notBefore":"2026-11-21T21:51:13Z","notAfter":"2036-11-18T21:51:13Z","sha256Fingerprint":"A4:55:6B:67:B2:55:21:34:40:55:F3:6A:48:1C:C8:CB:44:32:45:26:88:27:2A:59:D1:A4:01:5D:CE:4D:96:9C","x5tS256":"pFVrZ7JVITRAVfNqSBzIy0QyRSaIJypZ0aQBXc5Nlpw","cn":["api.payments"],"ou":[],"san":{"dns":["api.payments.svc","api2.payments.svc"],"email":["ops@example.com"],"uri":["spiffe://prod.example.com/ns/payments/sa/api"],"ip":["10.1.2.3","2001:db8::42"],"dirname":[],"other":[]},"der":""#;
const ISSUING_CA: &str = r#"{"subject":"CN=Example Issuing CA 1,OU=Issuing,O=Example Root Trust Ltd,C=GB","issuer":"CN=Example Root CA,O=Example Root Trust Ltd,C=GB","serial":"1002","notBefore":"2026-11-21T21:51:13Z","notAfter":"2036-11-18T21:51:13Z","sha256Fingerprint":"00:60:26:1F:89:A7:48:FA:9B:21:74:9E:5A:DA:A1:32:CF:83:CA:56:FD:2F:C4:F5:47:1B:2E:1D:6A:FD:82:C3","x5tS256":"AGAmH4mnSPqbIXSeWtqhMs-Dylb9L8T1RxsuHWr9gsM","cn":["Example Issuing CA 1"],"ou":["Issuing"],"san":{"dns":[],"email":[],"uri":[],"ip":[],"dirname":[],"other":[]},"der":""#;
const TRICKY: &str = r#"{"subject":"CN=\\ #tricky\\\\name\\ ,CN=x+OU=y,OU=100% sure,OU=Zahlungen \\<EU\\>,OU=a+OU=b,O=Müller\\, \\\"Söhne\\\" & Co\\; K=V \\+ X,L=Köln\\, NRW,ST=Baden/W=rttemberg,C=DE,DC=example,DC=com","issuer":"CN=Example Root CA,O=Example Root Trust Ltd,C=GB","serial":"7f","notBefore":"2026-11-21T21:51:14Z","notAfter":"2036-11-18T21:51:14Z","sha256Fingerprint":"D0:1D:B1:B2:6A:96:BB:D2:33:8B:3C:3F:7C:15:5D:E8:BC:07:15:4A:C2:E7:0C:79:A4:AD:80:EA:51:52:E7:9F","x5tS256":"0B2xsmqWu9Izizw_fBVd6LwHFUrC5wx5pK2A6lFS558","cn":["x"," #tricky\\name "],"ou":["a","b","Zahlungen <EU>","100% sure","y"],"san":{"dns":[],"email":[],"uri":[],"ip":[],"dirname":[],"other":[]},"der":""#;

const SPIFFE_ELEMENT: &str = r#"{"by":["spiffe://prod.example.com/edge/server"],"hash":"a4556b67b25521344055f36a481cc8cb4432452688272a59d1a4015dce4d969c","subject":"CN=api.payments,O=Example Mesh,C=US","uri":["spiffe://prod.example.com/ns/payments/sa/api"],"dns":["api.payments.svc","api2.payments.svc"],"certificate":true,"chain":2}"#;
const HOP_ELEMENT: &str = r#"{"by":["spiffe://prod.example.com/edge/server"],"hash":"82f8f0fcf3f8f3f72d4181d2f492b236512e76c5db19aadce370efeb0133ff84","subject":"CN=hop-a,O=Example,C=GB","uri":["spiffe://prod.example.com/edge/hop-a"],"dns":["hop-a.example.com"],"certificate":true,"chain":1}"#;

/// The certificates of a client with an issuing CA, as the JSON that shows
/// them.
fn spiffe_chain() -> String {
    let chain = std::fs::read(file("certs/spiffe.chain.pem")).unwrap();
    let blocks = pem::parse_many(chain).unwrap();
    let issuing = STANDARD.encode(blocks.last().unwrap().contents());
    format!(r#"{SPIFFE}{}"}},{ISSUING_CA}{issuing}"}}"#, der("spiffe"))
}

fn line(dialect: &str, hops: usize, headers: &[[String; 2]]) -> String {
    json!({ "id": 1, "dialect": dialect, "hops": hops, "headers": headers }).to_string()
}

fn own(name: &str, value: &str) -> [String; 2] {
    [name.to_owned(), value.to_owned()]
}

#[test]
fn every_dialect_gives_the_certificate() {
    let acme = format!(r#"{{"id":1,"certificates":[{ACME}{}"}}]}}"#, der("acme"));
    let tricky = format!(
        r#"{{"id":1,"certificates":[{TRICKY}{}"}}]}}"#,
        der("tricky")
    );
    let nginx = |cert| captured("nginx", "escaped", cert, "X-SSL-Client-Cert");
    inspects(&line("pem-escaped", 1, &[nginx("acme")]), &acme);
    inspects(&line("pem-escaped", 1, &[nginx("tricky")]), &tricky);
    let traefik = captured("traefik", "pem", "acme", "X-Forwarded-Tls-Client-Cert");
    inspects(&line("base64-der", 1, &[traefik]), &acme);
    let haproxy = captured("haproxy", "rfc9440", "acme", "Client-Cert");
    inspects(&line("rfc9440", 1, &[haproxy]), &acme);
    inspects(&format!(r#"{{"id":1,"der":"{}"}}"#, der("acme")), &acme);
}

#[test]
fn a_chain_follows_the_certificate() {
    let both = format!(r#"{{"id":1,"certificates":[{}]}}"#, spiffe_chain());
    let traefik = captured("traefik", "pem", "spiffe", "X-Forwarded-Tls-Client-Cert");
    inspects(&line("base64-der", 1, &[traefik]), &both);

    let leaf = captured("haproxy", "der", "spiffe", "X-SSL-Client-DER");
    let chain = captured("haproxy", "der", "spiffe", "X-SSL-Client-Chain-DER");
    let [_, concatenated] = &chain;
    let field = own("client-cert-chain", &format!(":{concatenated}:"));
    inspects(&line("base64-der", 1, &[leaf.clone(), chain]), &both);

    let [_, base64] = &leaf;
    let lines = [field, own("CLIENT-CERT", &format!(":{base64}:"))];
    inspects(&line("rfc9440", 1, &lines), &both);
}

#[test]
fn xfcc_shows_its_elements() {
    let envoy = captured(
        "envoy",
        "SANITIZE_SET-full-required",
        "spiffe",
        "x-forwarded-client-cert",
    );
    let chain = spiffe_chain();
    inspects(
        &line("xfcc", 1, &[envoy]),
        &format!(r#"{{"id":1,"certificates":[{chain}],"elements":[{SPIFFE_ELEMENT}]}}"#),
    );

    let style = "HOPA-SANITIZE_SET-full-to-APPEND_FORWARD";
    let two = captured("envoy", style, "spiffe", "x-forwarded-client-cert");
    let elements = format!(r#""elements":[{SPIFFE_ELEMENT},{HOP_ELEMENT}]"#);
    for (hops, expected) in [
        (1, r#"{"id":1,"error":{"code":"header_ambiguous","at":4251,"kind":"more_elements_than_hops"}}"#.to_owned()),
        (2, format!(r#"{{"id":1,"certificates":[{chain}],{elements}}}"#)),
        (3, format!(r#"{{"id":1,"absent":true,{elements}}}"#)),
    ] {
        inspects(&line("xfcc", hops, std::slice::from_ref(&two)), &expected);
    }

    let claims = "SANITIZE_SET-subjecturidns-required";
    let claims = captured("envoy", claims, "tricky", "x-forwarded-client-cert");
    inspects(
        &line("xfcc", 1, &[claims]),
        r#"{"id":1,"absent":true,"elements":[{"by":["spiffe://prod.example.com/edge/server"],"hash":"d01db1b26a96bbd2338b3c3f7c155de8bc07154ac2e70c79a4ad80ea5152e79f","subject":"CN=\\ #tricky\\\\name\\ ,OU=y+CN=x,OU=100% sure,OU=Zahlungen \\<EU\\>,OU=b+OU=a,O=M\\C3\\BCller\\, \\\"S\\C3\\B6hne\\\" & Co\\; K=V \\+ X,L=K\\C3\\B6ln\\, NRW,ST=Baden/W=rttemberg,C=DE,DC=example,DC=com","uri":[""],"dns":[],"certificate":false,"chain":0}]}"#,
    );
    // `Subject="CN=` and the byte FF, as base64 on the way in and out.
    inspects(
        r#"{"id":1,"dialect":"xfcc","headers":[["X-Forwarded-Client-Cert",{"base64":"U3ViamVjdD0iQ049/yI="}]]}"#,
        r#"{"id":1,"absent":true,"elements":[{"by":[],"hash":null,"subject":{"base64":"Q049/w=="},"uri":[],"dns":[],"certificate":false,"chain":0}]}"#,
    );
}

#[test]
fn no_certificate_is_absent() {
    let empty = |name: &str| own(name, "");
    for (dialect, headers) in [
        ("pem-escaped", vec![]),
        ("pem-escaped", vec![empty("X-SSL-Client-Cert")]),
        (
            "pem-spaces",
            vec![captured("haproxy", "pemline", "none", "SSL_CLIENT_CERT")],
        ),
        (
            "base64-der",
            vec![
                captured("haproxy", "der", "none", "X-SSL-Client-DER"),
                captured("haproxy", "der", "none", "X-SSL-Client-Chain-DER"),
            ],
        ),
        (
            "rfc9440",
            vec![captured("haproxy", "rfc9440", "none", "Client-Cert")],
        ),
        (
            "rfc9440",
            vec![own("X-SSL-Client-Cert", "x"), empty("Client-Cert-Chain")],
        ),
        ("xfcc", vec![empty("X-Forwarded-Client-Cert")]),
        ("xfcc", vec![own("Client-Cert", ":MAA=:")]),
    ] {
        inspects(&line(dialect, 1, &headers), r#"{"id":1,"absent":true}"#);
    }
}

#[test]
fn what_does_not_decode_is_refused_at_its_byte() {
    let acme = der("acme");
    let long = "A".repeat(32 * 1024 + 1);
    let trailing = STANDARD.encode([STANDARD.decode(&acme).unwrap(), vec![0]].concat());
    for (dialect, headers, error) in [
        (
            "pem-escaped",
            vec![own("C", "-----BEGIN%2")],
            r#"{"code":"header_malformed","at":10,"kind":"bad_percent_escape"}"#,
        ),
        (
            "pem-escaped",
            vec![own("C", "(null)")],
            r#"{"code":"header_malformed","at":0,"kind":"missing_armour"}"#,
        ),
        (
            "pem-escaped",
            vec![own("C", "x"), own("c", "")],
            r#"{"code":"header_ambiguous","at":null,"kind":"repeated_header","header":"C"}"#,
        ),
        (
            "base64-der",
            vec![own("C", "MAA")],
            r#"{"code":"header_malformed","at":3,"kind":"bad_base64_padding"}"#,
        ),
        (
            "base64-der",
            vec![own("C", &long)],
            r#"{"code":"header_oversized","at":32768,"kind":"oversized"}"#,
        ),
        (
            "base64-der",
            vec![own("C", &trailing)],
            r#"{"code":"certificate_malformed","at":930,"kind":"trailing_data","certificate":0}"#,
        ),
        (
            "base64-der",
            vec![own("C", &format!("{acme},MAA="))],
            r#"{"code":"certificate_malformed","at":2,"kind":"truncated","certificate":1}"#,
        ),
        (
            "base64-der",
            vec![own("C", &acme), own("C-Chain", "MAA")],
            r#"{"code":"header_malformed","at":3,"kind":"bad_base64_padding","header":"C-Chain"}"#,
        ),
        (
            "base64-der",
            vec![own("C", ""), own("C-Chain", "MAA=")],
            r#"{"code":"header_malformed","at":0,"kind":"chain_without_certificate","header":"C-Chain"}"#,
        ),
        (
            "base64-der",
            vec![own("C", "MAA=,MAA="), own("C-Chain", "MAA=")],
            r#"{"code":"header_ambiguous","at":0,"kind":"two_chains","header":"C-Chain"}"#,
        ),
        (
            "base64-der",
            vec![own("C", ""), own("C-Chain", ""), own("c-chain", "")],
            r#"{"code":"header_ambiguous","at":null,"kind":"repeated_header","header":"C-Chain"}"#,
        ),
        (
            "rfc9440",
            vec![own("client-cert", ":MAA=")],
            r#"{"code":"header_malformed","at":5,"kind":"missing_colon"}"#,
        ),
        (
            "rfc9440",
            vec![own("client-cert-chain", ":MAA=:")],
            r#"{"code":"header_malformed","at":0,"kind":"chain_without_certificate","header":"Client-Cert-Chain"}"#,
        ),
        (
            "rfc9440",
            vec![own("Client-Cert", "::"), own("client-cert-chain", ":MAA=:")],
            r#"{"code":"header_malformed","at":0,"kind":"chain_without_certificate","header":"Client-Cert-Chain"}"#,
        ),
        (
            "xfcc",
            vec![own("x-forwarded-client-cert", "By=a;Evil=b")],
            r#"{"code":"header_malformed","at":5,"kind":"unknown_key"}"#,
        ),
        (
            "xfcc",
            vec![
                own("x-forwarded-client-cert", "By=a"),
                own("X-Forwarded-Client-Cert", "By=a"),
            ],
            r#"{"code":"header_ambiguous","at":null,"kind":"repeated_header","header":"X-Forwarded-Client-Cert"}"#,
        ),
    ] {
        inspects(
            &line(dialect, 1, &headers),
            &format!(r#"{{"id":1,"error":{error}}}"#),
        );
    }
}

#[test]
fn every_kind_of_name_is_shown_and_nothing_steers_the_terminal() {
    let oid = |octets: &[u8]| tlv(0x06, octets);
    let upn = oid(b"\x2B\x06\x01\x04\x01\x82\x37\x14\x02\x03");
    let names = [
        // otherName: a user principal name, one with a line feed, and 1.2.3.
        tlv(0xA0, &[upn.clone(), tlv(0xA0, b"\x0C\x03a@b")].concat()),
        tlv(0xA0, &[upn, tlv(0xA0, b"\x0C\x02a\n")].concat()),
        tlv(
            0xA0,
            &[oid(&[0x2A, 0x03]), tlv(0xA0, &[0x05, 0x00])].concat(),
        ),
        tlv(0x81, b"a@b\x1B"),
        tlv(0xA3, b""),
        tlv(
            0xA4,
            &name(&[attribute(6, b"\x13\x02GB"), attribute(3, b"\x0C\x01x")]),
        ),
        tlv(0xA5, b""),
        tlv(0x88, &[0x2A, 0x03]),
    ];
    let der = Template::with(|template| {
        let bidirectional = attribute(3, "\x0C\x05a\u{202E}b".as_bytes());
        template.subject = name(&[attribute(11, &[0x04, 0x01, 0x61]), bidirectional]);
        template.extensions = extensions(&[extension(0x11, &tlv(0x30, &names.concat()))]);
    });
    let answer = inspect::answer(format!(r#"{{"der":"{}"}}"#, STANDARD.encode(&der)).as_bytes());
    let shown = r##""cn":["a\u202eb"],"ou":["#040161"],"san":{"dns":[],"email":["a@b\u001b"],"uri":[],"ip":[],"dirname":["CN=x,C=GB"],"other":["upn:a@b","otherName:1.3.6.1.4.1.311.20.2.3:#0c02610a","otherName:1.2.3:#0500","x400Address:#a300","ediPartyName:#a500","registeredID:1.2.3"]}"##;
    assert!(answer.contains(shown), "{answer}");

    let page = inspect::describe("x", &inspect::read_file(der).unwrap());
    assert!(page.contains(r"common name          a\u{202e}b"), "{page}");
    assert!(page.contains(r"e-mail               a@b\u{1b}"), "{page}");
}

#[test]
fn a_person_reads_aligned_sections() {
    let chain = std::fs::read(file("certs/spiffe.chain.pem")).unwrap();
    let certificates = inspect::read_file(chain).unwrap();
    assert_eq!(certificates.len(), 2);
    let page = inspect::describe("a\u{1B}.pem", certificates.get(..1).unwrap());
    assert_eq!(
        page,
        r"a\u{1b}.pem: certificate 1 of 1

  Names
    subject              CN=api.payments,O=Example Mesh,C=US
    common name          api.payments
    issuer               CN=Example Issuing CA 1,OU=Issuing,O=Example Root Trust Ltd,C=GB
    serial               f0e1d2c3b4a5968778695a4b3c2d1e0f

  Validity
    not before           2026-11-21T21:51:13Z
    not after            2036-11-18T21:51:13Z

  Thumbprint
    SHA-256              A4:55:6B:67:B2:55:21:34:40:55:F3:6A:48:1C:C8:CB:44:32:45:26:88:27:2A:59:D1:A4:01:5D:CE:4D:96:9C
    x5t#S256             pFVrZ7JVITRAVfNqSBzIy0QyRSaIJypZ0aQBXc5Nlpw

  Subject alternative names
    DNS                  api.payments.svc
                         api2.payments.svc
    e-mail               ops@example.com
    URI                  spiffe://prod.example.com/ns/payments/sa/api
    IP                   10.1.2.3
                         2001:db8::42
"
    );
    let der = std::fs::read(file("certs/acme.der")).unwrap();
    assert_eq!(inspect::read_file(der).unwrap().len(), 1);
    let key = b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
    assert!(inspect::read_file(key.to_vec()).is_err());
    assert!(inspect::read_file(Vec::new()).is_err());
}
