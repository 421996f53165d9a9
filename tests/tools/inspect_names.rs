//! `inspect` on names, tokens, and lines that ask for nothing.

use crate::data::{der, inspects};
use crate::inspect;

#[test]
fn a_name_is_taken_apart() {
    for (line, expected) in [
        (
            r#"{"id":1,"dn":"CN=Acme\\, Ltd,OU=a+OU=b,C=GB"}"#,
            r#"{"id":1,"rdns":[[["CN","Acme, Ltd"]],[["OU","a"],["OU","b"]],[["C","GB"]]],"canonical":"CN=Acme\\, Ltd,OU=a+OU=b,C=GB","warnings":[]}"#,
        ),
        (
            r#"{"id":2,"dn":"CN=M\\C3\\BCller,O=\\ x\\ ,2.5.4.99=#0403020100"}"#,
            r##"{"id":2,"rdns":[[["CN","Müller"]],[["O"," x "]],[["2.5.4.99","#0403020100"]]],"canonical":"CN=Müller,O=\\ x\\ ,2.5.4.99=#0403020100","warnings":[]}"##,
        ),
        (
            r#"{"id":3,"dn":"/C=GB/O=Example/CN=ca"}"#,
            r#"{"id":3,"rdns":[[["CN","ca"]],[["O","Example"]],[["C","GB"]]],"canonical":"CN=ca,O=Example,C=GB","warnings":[]}"#,
        ),
        (
            r#"{"id":4,"dn":"C = GB, CN = ca"}"#,
            r#"{"id":4,"rdns":[[["C","GB"]],[["CN","ca"]]],"canonical":"C=GB,CN=ca","warnings":["reversed"]}"#,
        ),
        (
            r#"{"id":5,"dn":""}"#,
            r#"{"id":5,"rdns":[],"canonical":"","warnings":["empty"]}"#,
        ),
        (
            r#"{"id":6,"dn":"CN=a\\00b\u202e"}"#,
            r#"{"id":6,"rdns":[[["CN","a\u0000b\u202e"]]],"canonical":"CN=a\\00b\\E2\\80\\AE","warnings":["unmatchable"]}"#,
        ),
        (
            r#"{"id":7,"dn":"E=a@example.com, OID.2.5.4.3=x"}"#,
            r#"{"id":7,"rdns":[[["emailAddress","a@example.com"]],[["CN","x"]]],"canonical":"emailAddress=a@example.com,CN=x","warnings":["reversed"]}"#,
        ),
        (
            r#"{"id":8,"dn":"CN=a;O=\"b, c\"","grammar":"request"}"#,
            r#"{"id":8,"rdns":[[["CN","a"]],[["O","b, c"]]],"canonical":"CN=a,O=b\\, c","warnings":[]}"#,
        ),
    ] {
        inspects(line, expected);
    }
}

#[test]
fn a_text_that_is_no_name_is_refused_at_its_byte() {
    for (dn, kind, at) in [
        ("CN=a,O", "missing_equals", 6),
        ("XX=a", "attribute_type", 0),
        (r"CN=a,O=b\\x", "escape", 8),
        (r#"CN=\"a"#, "open_quote", 3),
        ("CN=#04", "hex_value", 3),
        (r"CN=\\C3", "utf8", 3),
    ] {
        inspects(
            &format!(r#"{{"dn":"{dn}"}}"#),
            &format!(
                r#"{{"id":null,"error":{{"code":"name_malformed","at":{at},"kind":"{kind}"}}}}"#
            ),
        );
    }
    // What a person may write, a request may not.
    for dn in ["CN=a, O=b", "/C=GB/CN=a", "OID.2.5.4.3=a"] {
        let line = format!(r#"{{"id":1,"dn":"{dn}","grammar":"request"}}"#);
        let refused = r#"{"id":1,"error":{"code":"name_malformed""#;
        assert!(
            inspect::answer(line.as_bytes()).starts_with(refused),
            "{dn}"
        );
    }
}

#[test]
fn names_are_compared() {
    for (first, second, equal) in [
        ("CN=Example  CA,C=GB", "cn=example ca, C=gb", true),
        ("OU=a+OU=b,C=GB", "OU=B+OU=A,C=GB", true),
        ("CN=ca,O=x,C=GB", "/C=GB/O=x/CN=ca", true),
        (r"CN=a\\2Cb", r"CN=a\\,b", true),
        ("CN=ca,O=x,C=GB", "C=GB,O=x,CN=ca", false),
        ("CN=ca,O=x", "CN=ca", false),
        ("CN=\u{FF21}", "CN=\u{FF41}", false),
        ("CN=\u{212A}", "CN=k", false),
    ] {
        inspects(
            &format!(r#"{{"id":"e","dn":"{first}","equals":"{second}"}}"#),
            &format!(r#"{{"id":"e","equal":{equal}}}"#),
        );
    }
    inspects(
        r#"{"id":1,"dn":"CN=a","equals":"CN=a,"}"#,
        r#"{"id":1,"error":{"code":"name_malformed","at":5,"kind":"attribute_type","member":"equals"}}"#,
    );
    // A member that is `null` is as if it were not there.
    inspects(
        r#"{"dn":"CN=a","equals":"CN=a","der":null,"grammar":null}"#,
        r#"{"id":null,"equal":true}"#,
    );
}

#[test]
fn a_token_is_held_to_the_certificate() {
    let acme = der("acme");
    let cases = [
        // The thumbprint as `certs.json` has it.
        (
            r#"{"x5t#S256":"_DM1SMAS3cDyoHzo13IYq_8mDj5TJJeNyendALHCBD4"}"#,
            "match",
        ),
        // The example of RFC 8705 section 3.1, whose last character has
        // trailing bits.
        (
            r#"{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}"#,
            "mismatch",
        ),
        (
            r#"{"x5t#S256":"_DM1SMAS3cDyoHzo13IYq_8mDj5TJJeNyendALHCBD4="}"#,
            "malformed",
        ),
        (r#"{"x5t#S256":7}"#, "malformed"),
        (r#"{"x5t#S256":""}"#, "malformed"),
        (
            r#"{"x5t#S256":"_DM1SMAS3cDyoHzo13IYq_8mDj5TJJeNyendALHCBD4","x5t#S256":"a"}"#,
            "malformed",
        ),
        ("null", "malformed"),
        ("[]", "malformed"),
        ("{}", "missing"),
        (r#"{"jkt":"k"}"#, "unsupported"),
    ];
    for (cnf, binding) in cases {
        inspects(
            &format!(r#"{{"id":1,"cnf":{cnf},"der":"{acme}"}}"#),
            &format!(r#"{{"id":1,"binding":"{binding}"}}"#),
        );
    }
    inspects(
        r#"{"id":1,"cnf":{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}}"#,
        r#"{"id":1,"binding":"mismatch"}"#,
    );
}

#[test]
fn a_line_that_asks_for_nothing_is_refused_at_its_byte() {
    for (line, id, at) in [
        ("", "null", 0),
        (r#"{"id":1,"dn":"CN"#, "null", 16),
        (r#"{"id":1,"dn":"CN=a"} x"#, "null", 21),
        ("[]", "null", 0),
        ("\u{FEFF}{}", "null", 0),
        ("{}", "null", 0),
        (r#"{"id":[1, 2]}"#, "[1, 2]", 0),
        (r#"{"id":1,"dn":7}"#, "1", 13),
        (r#"{"id":1,"dn":"CN=a","grammar":"x"}"#, "1", 30),
        (r#"{"id":1,"dn":"CN=a","dn":"CN=b"}"#, "1", 25),
        (r#"{"id":1,"der":"MIID"}"#, "1", usize::MAX),
        (r#"{"id":1,"der":"-_-_"}"#, "1", 14),
        (r#"{"id":1,"dialect":"pem","headers":[]}"#, "1", 18),
        (r#"{"id":1,"dialect":"xfcc"}"#, "1", 0),
        (r#"{"id":1,"headers":[]}"#, "1", 0),
        (
            r#"{"id":1,"dialect":"xfcc","hops":0,"headers":[]}"#,
            "1",
            32,
        ),
        (r#"{"id":1,"dialect":"xfcc","headers":[["a"]]}"#, "1", 36),
        (
            r#"{"id":1,"dialect":"xfcc","headers":[["a", {"base64":"+"}]]}"#,
            "1",
            52,
        ),
    ] {
        let answer = inspect::answer(line.as_bytes());
        let error = if at == usize::MAX {
            r#"{"code":"certificate_malformed","at":0,"kind":"truncated","certificate":0}}"#
                .to_owned()
        } else {
            format!(r#"{{"code":"request_malformed","at":{at},"message":""#)
        };
        let expected = format!(r#"{{"id":{id},"error":{error}"#);
        assert!(answer.starts_with(&expected), "{line}\n{answer}");
    }
    let answer = inspect::answer(b"{\"id\":1,\"dn\":\"\xFF\"}");
    let expected = r#"{"id":null,"error":{"code":"request_malformed","at":14,"message":"the line is not UTF-8"}}"#;
    assert_eq!(answer, expected);
}

#[test]
fn an_id_comes_back_as_it_was_written() {
    for (id, echoed) in [
        ("null", "null"),
        ("1e400", "1e400"),
        ("18446744073709551616000", "18446744073709551616000"),
        (r#"{"b": 1.50, "a": []}"#, r#"{"b": 1.50, "a": []}"#),
        (r#""\u00fc\/""#, r#""\u00fc\/""#),
        ("\"\u{202E}\u{7F}\u{85}\"", r#""\u202e\u007f\u0085""#),
        ("[1,\t2]", "[1, 2]"),
    ] {
        inspects(
            &format!(r#"{{"id":{id},"cnf":{{}}}}"#),
            &format!(r#"{{"id":{echoed},"binding":"missing"}}"#),
        );
    }
}
