//! Only a gate concludes, and what it concluded cannot be kept.

use certgate::decide::Decision;
use certgate::gate::{Concluded, Gate};
use certgate::request::Request;

fn by_hand<'d>(decision: &'d Decision<'d>) -> Concluded<'d> {
    Concluded {
        decision,
        request_id: "id",
    }
}

fn kept<'d>(gate: &'d Gate, request: &'d Request<'d>) -> &'d Decision<'d> {
    gate.decide(request, |concluded| concluded.decision)
}

fn main() {}
