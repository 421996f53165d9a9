//! A peer is judged while the facts are read, and nowhere else.

use certgate::edge::{Edge, Standing};
use certgate::request::Peer;

fn judged(edge: &'static Edge) -> Standing<'static> {
    edge.judge(Peer::UNIX, Default::default())
}

fn main() {}
