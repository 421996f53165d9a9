//! The examples that are services, started and asked over real sockets.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests fail by panicking, and real services tell real time"
)]

#[expect(dead_code, reason = "a program's `main`")]
#[path = "../../examples/axum_service.rs"]
mod axum_service;
#[expect(dead_code, reason = "a program's `main`")]
#[path = "../../examples/hyper_service.rs"]
mod hyper_service;
#[expect(dead_code, reason = "a program's `main`")]
#[path = "../../examples/jwt_service.rs"]
mod jwt_service;
#[expect(dead_code, reason = "a program's `main`")]
#[path = "../../examples/sans_io.rs"]
mod sans_io;
#[expect(dead_code, reason = "a program's `main`")]
#[path = "../../examples/tonic_service.rs"]
mod tonic_service;

mod grpc;
mod services;
mod support;
mod tokens;
