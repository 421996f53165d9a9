//! What each dialect accepts and what it refuses, with kind and offset.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests of literal values")]

mod absent;
mod alb;
mod base64_der;
mod base64_der_escaped;
mod names;
mod pem_base64;
mod pem_escaped;
mod pem_escaped_chain;
mod pem_spaces;
mod properties;
mod rfc9440;
mod traefik_info;
mod xfcc;

use certgate::dialect::{DialectError, DialectErrorKind};

/// Five bytes of DER, whose base64 ends in one `=`: `MAMCAQE=`.
const DER: &[u8] = &[0x30, 0x03, 0x02, 0x01, 0x01];

/// The refusal expected of a value.
fn refused<T: std::fmt::Debug>(
    result: Result<T, DialectError>,
    kind: DialectErrorKind,
    at: usize,
    value: &[u8],
) {
    let found = result.map_err(|error| (error.kind(), error.offset()));
    match found {
        Err(found) => assert_eq!(found, (kind, at), "{}", value.escape_ascii()),
        Ok(accepted) => panic!("accepted {}: {accepted:?}", value.escape_ascii()),
    }
}
