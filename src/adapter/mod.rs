//! Everything that touches a framework or a clock: thin, optional, and without
//! a decision of its own.

mod clock;
pub mod tower;

pub use clock::SystemClock;
