//! Everything that touches a framework, a file or a clock: thin, optional, and without
//! a decision of its own.

mod clock;
#[cfg(feature = "tower")]
mod pending;

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
