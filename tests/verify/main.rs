//! Certificates that are verified in this process: paths to authorities,
//! revocation lists, what is tolerated, and when it is forgotten.

#![cfg(all(feature = "toml", feature = "verify"))]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod ask;
mod dangerous;
mod gate;
mod lists;
mod paths;
mod pins;
mod pki;
mod settings;
mod store;
