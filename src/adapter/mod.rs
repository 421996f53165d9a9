//! Everything that touches a framework or a clock: thin, optional, and without
//! a decision of its own.

mod clock;
#[cfg(feature = "tower")]
mod pending;
#[cfg(feature = "sinks")]
pub mod sink;
#[cfg(feature = "tower")]
pub mod tower;
#[cfg(all(
    feature = "watch",
    any(feature = "toml", feature = "json", feature = "yaml")
))]
pub mod watch;

pub use clock::SystemClock;
