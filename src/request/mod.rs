//! The facts of one request, as plain arguments: who connected, what was asked
//! for, the header lines, and what time it is.

mod clock;

pub use clock::{CivilDate, Now, Timestamp};
