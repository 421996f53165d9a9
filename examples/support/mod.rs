//! What the two tools share: a loop that answers each line of JSON with one
//! line of JSON, readers that know where in the line a mistake is, and text
//! that is safe to print.

pub(crate) mod headers;
pub(crate) mod lines;
pub(crate) mod members;
pub(crate) mod text;
