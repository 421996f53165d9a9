//! Credentials of outgoing calls: what loads, and why anything else does not.

#![cfg(feature = "credential")]
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "helpers of tests fail by panicking, and openssl makes what they load"
)]

mod authorities;
mod blocks;
mod bundles;
mod builder;
mod document;
mod encrypted;
mod handle;
mod hostile;
mod keys;
mod messages;
mod openssl;
mod pki;
mod redaction;
mod validity;
#[cfg(feature = "tls")]
mod versions;
