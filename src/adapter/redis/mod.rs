//! Limits that many processes share, in Redis.

mod settings;
mod pause;
mod link;
mod request;
mod store;

pub use settings::{RedisLimitsError, RedisSettings};
pub use store::RedisLimits;
