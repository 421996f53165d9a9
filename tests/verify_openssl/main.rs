//! Verification in this process, against `openssl verify` on the same chains: every
//! axis on which a chain can be right or wrong, with the neighbours of each value.
//!
//! Where the two do not agree, [`differences`] says why, and which is the stricter.
//! Certificates and lists are made here, octet by octet; openssl makes and uses the
//! keys that nothing here can.

#![cfg(all(feature = "toml", feature = "verify"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "tests start programs, write files, and fail by panicking"
)]

mod algorithms;
mod case;
mod certificate;
mod constraints;
mod der;
mod differences;
mod extensions;
mod key;
mod lengths;
mod list;
mod names;
mod openssl;
mod purposes;
mod revocation;
mod roles;
mod validity;
mod ways;
