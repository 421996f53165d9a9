//! Everything that touches a framework, a file or a clock: thin, optional, and without
//! a decision of its own.

mod clock;
#[cfg(any(feature = "tower", feature = "actix"))]
mod pending;
#[cfg(any(feature = "tower", feature = "actix"))]
mod options;
#[cfg(any(feature = "tower", feature = "actix"))]
mod answer;
#[cfg(any(feature = "tower", feature = "actix"))]
mod decided;
#[cfg(any(feature = "axum", feature = "actix"))]
mod caller;
#[cfg(any(feature = "tower", feature = "actix"))]
mod access;

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "claims")]
pub mod claims;
#[cfg(feature = "kafka")]
pub mod kafka;
#[cfg(feature = "metrics")]
pub mod metrics;
#[cfg(feature = "redis")]
pub mod redis;
#[cfg(feature = "sinks")]
pub mod sink;
#[cfg(feature = "tls")]
pub mod tls;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(feature = "tracing")]
pub mod tracing;
#[cfg(all(
    feature = "watch",
    any(feature = "toml", feature = "json", feature = "yaml")
))]
pub mod watch;

pub use clock::SystemClock;
