//! Everything that touches a framework or a clock: thin, optional, and without
//! a decision of its own.

#[cfg(feature = "actix")]
pub mod actix;
#[cfg(any(feature = "tower", feature = "actix"))]
mod answer;
mod clock;
#[cfg(any(feature = "tower", feature = "actix"))]
mod decided;
#[cfg(any(feature = "tower", feature = "actix"))]
mod options;
#[cfg(any(feature = "tower", feature = "actix"))]
mod pending;
#[cfg(feature = "redis")]
pub mod redis;
#[cfg(feature = "tls")]
pub mod tls;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(all(
    feature = "watch",
    any(feature = "toml", feature = "json", feature = "yaml")
))]
pub mod watch;

pub use clock::SystemClock;
