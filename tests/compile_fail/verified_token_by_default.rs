//! There is no token that is verified by default.

use certgate::request::VerifiedToken;

fn by_default() -> VerifiedToken {
    VerifiedToken::default()
}

fn main() {}
