//! TLS that ends in this process, over real sockets.

#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

mod alpn;
mod client;
mod decisions;
mod edges;
mod handshakes;
mod hostile;
mod peers;
mod pki;
mod reload;
mod revocation;
mod server;
mod service;
mod settings;
mod slow;
