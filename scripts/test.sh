#!/usr/bin/env bash
# Everything that has to hold before a change lands. Installs what is missing
# on a Debian machine that has Rust; needs no other setup.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

if ! cargo nextest --version >/dev/null 2>&1; then
    step "install cargo-nextest"
    cargo install --locked cargo-nextest
fi
step "edges for tests/edges, Redis for tests/redis, a broker for tests/kafka"
export CERTGATE_EDGES_BIN=${CERTGATE_EDGES_BIN:-$PWD/target/edges/bin}
scripts/install_edges.sh
export CERTGATE_REQUIRE_EDGES=1

step "formatting"
cargo fmt --check

step "lints, each feature alone and all together"
for features in "" toml json yaml tower axum actix claims jsonwebtoken credential verify tls redis watch tracing \
    metrics sinks kafka testing axum,tls actix,tls toml,tower toml,watch; do
    cargo clippy --locked --lib --features "$features" -- -D warnings
done
cargo clippy --locked --all-targets --all-features -- -D warnings

step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --all-features
RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps

step "tests without features"
cargo nextest run --locked --no-tests=fail
step "tests with every feature"
cargo nextest run --locked --all-features --no-tests=fail
step "doctests"
cargo test --locked --doc --all-features

step "the main job"
cargo run --locked --features full --example partner_gateway

step "benches compile"
cargo bench --locked --all-features --no-run

step "package"
cargo package --locked --allow-dirty

step "fuzz targets"
scripts/fuzz.sh "${FUZZ_SECONDS:-10}"

step "all passed"
