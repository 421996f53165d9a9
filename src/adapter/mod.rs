//! Everything that touches a framework or a clock: thin, optional, and without
//! a decision of its own.

#[cfg(feature = "axum")]
pub mod axum;
#[cfg(feature = "claims")]
pub mod claims;
mod clock;
#[cfg(feature = "redis")]
pub mod redis;
#[cfg(feature = "tls")]
pub mod tls;
#[cfg(feature = "tower")]
mod pending;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(all(
    feature = "watch",
    any(feature = "toml", feature = "json", feature = "yaml")
))]
pub mod watch;

pub use clock::SystemClock;
