//! Why a question of the edge is not decided: it is denied instead.

use std::fmt;

use http::StatusCode;

/// Why a request is denied without a look at the policy's rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The one who asks is no trusted proxy of the policy.
    PeerNotTrusted,
    /// What the edge has to say of the original request, under this name, is
    /// not there as it has to be.
    Line(&'static str, Fault),
    /// The client sent a header that no application may see, or another spelling
    /// of one that the answer sets, and the edge left it in.
    LeftIn,
    /// What was proven cannot be written into a header.
    Unwritable,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Absent,
    Repeated,
    Malformed,
}

impl Refused {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::PeerNotTrusted => StatusCode::FORBIDDEN,
            Self::Line(..) | Self::LeftIn => StatusCode::BAD_REQUEST,
            Self::Unwritable => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The reason in the problem body.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::PeerNotTrusted => "peer_not_trusted",
            Self::Line(..) => "original_request_unclear",
            Self::LeftIn => "header_not_allowed",
            Self::Unwritable => "internal_error",
        }
    }
}

/// A refusal, as a line for whoever looks after this: it is no decision, so there may
/// be no audit record of it.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) refused: Refused,
    pub(crate) peer: String,
    pub(crate) request_id: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            refused,
            peer,
            request_id,
        } = self;
        write!(
            f,
            "refused: {refused} (from {peer}, request {request_id:?})"
        )
    }
}

/// Which line, and never what was in it.
impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(name, fault) => write!(f, "{name}: {fault}"),
            other => f.write_str(other.code()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "absent",
            Self::Repeated => "repeated",
            Self::Malformed => "malformed",
        })
    }
}
