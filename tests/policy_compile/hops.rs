//! Several hops and their pins.

use super::{BASE, check, problems};

#[test]
fn several_hops() {
    const PIN: &str = "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF";
    const UNPINNED: &str = "every hop after the first needs the certificate by which it knows the proxy before it (list `hop_certificates` in the order of the elements, one entry for each hop but the first)";
    let envoy = |rest: &str| format!("preset = 'envoy'\nverification = 'edge-always'\n{rest}");
    let two = format!("hops = 2\nhop_certificates = ['{PIN}']");
    for (bad, problem, good) in [
        ("hops = 2".to_owned(), format!("5:8: error: edge.hops: {UNPINNED}"), two.clone()),
        (
            format!("hop_certificates = ['{PIN}']"),
            format!("5:20: error: edge.hop_certificates: {UNPINNED}"),
            format!("hop_certificates = ['{PIN}']\nhops = 2"),
        ),
        (
            format!("hops = 1\nhop_certificates = ['{PIN}']"),
            format!("6:20: error: edge.hop_certificates: {UNPINNED}"),
            "hops = 1".to_owned(),
        ),
        (
            format!("hops = 3\nhop_certificates = ['{PIN}']"),
            format!("6:20: error: edge.hop_certificates: {UNPINNED}"),
            format!("hops = 3\nhop_certificates = ['{PIN}', '{PIN}']"),
        ),
        (
            // Two certificates of one hop are one entry.
            format!("hops = 3\nhop_certificates = [['{PIN}', '{PIN}']]"),
            format!("6:20: error: edge.hop_certificates: {UNPINNED}"),
            format!("hops = 2\nhop_certificates = [['{PIN}', '{PIN}']]"),
        ),
        (
            "hops = 2\nhop_certificates = ['00']".to_owned(),
            "6:21: error: edge.hop_certificates[0]: not a SHA-256 of a certificate in hexadecimal".to_owned(),
            two.clone(),
        ),
        (
            format!("hops = 2\nhop_certificates = [['{PIN}', '{}']]", PIN.replace('f', "g")),
            "6:90: error: edge.hop_certificates[0][1]: not a SHA-256 of a certificate in hexadecimal".to_owned(),
            format!("hops = 2\nhop_certificates = [['{PIN}', '{PIN}']]"),
        ),
        (
            "hops = 0".to_owned(),
            "5:8: error: edge.hops: must be at least 1".to_owned(),
            "hops = 1".to_owned(),
        ),
        (
            "hop_certificates = []".to_owned(),
            "5:20: error: edge.hop_certificates: an empty list could be taken for everything (leave the key out, or name at least one entry)".to_owned(),
            two.clone(),
        ),
    ] {
        check(r#"preset = "nginx""#, &envoy(&bad), &problem, &envoy(&good));
    }
    let empty = BASE.replace(
        r#"preset = "nginx""#,
        &envoy("hops = 2\nhop_certificates = [[]]"),
    );
    assert_eq!(
        problems(&empty),
        [
            format!("6:20: error: edge.hop_certificates: {UNPINNED}"),
            "6:21: error: edge.hop_certificates[0]: an empty list could be taken for everything (leave the key out, or name at least one entry)".to_owned(),
        ]
    );
    check(
        r#"preset = "nginx""#,
        &format!("preset = 'nginx'\n{two}"),
        "4:8: error: edge.hops: only `x-forwarded-client-cert` has an element for each hop",
        &format!("preset = 'nginx'\ndialect = 'xfcc'\n{two}"),
    );
    check(
        r#"preset = "nginx""#,
        &format!("preset = 'envoy'\nverification = 'edge-always'\ndialect = 'pem-escaped'\n{two}"),
        "6:8: error: edge.hops: only `x-forwarded-client-cert` has an element for each hop",
        &envoy(&two),
    );
}
