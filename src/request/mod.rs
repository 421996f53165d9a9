//! The facts of one request, as plain arguments: who connected, what was asked
//! for, the header lines, the verified token, and what time it is.

mod clock;
mod codes;
mod connection;
mod headers;
mod host;
mod owned;
mod path;
mod path_table;
mod peer;
mod token;

pub use clock::{CivilDate, Now, Timestamp};
pub(crate) use codes::codes;
pub use connection::Connection;
pub use headers::HeaderLines;
pub(crate) use headers::is_token_byte;
pub(crate) use host::{HostRules, HostTaken, host_of, is_host_name};
pub use owned::OwnedRequest;
pub use path::{Case, CleanPath, Parameters, PathError, PathErrorKind, PathSyntax};
pub use path_table::{Extent, PathClash, PathTable};
pub use peer::{Peer, PeerCertificate, PeerVerification};
pub use token::{Confirmation, OtherConfirmation, ThumbprintClaim, VerifiedToken};

/// One request as the service received it.
///
/// Every field is a plain argument; nothing is looked up. What a proxy put
/// into `headers` counts only after the policy has judged `peer`.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Who opened the connection to this process, and what it says itself.
    pub peer: Peer<'a>,
    /// The method as sent, compared byte for byte.
    pub method: &'a str,
    /// The request target in origin form (`/path?query`), as it was before any
    /// router stripped a prefix. The query takes no part in a decision.
    pub target: &'a str,
    /// Every header line. HTTP/2's `:authority`, and the authority of a target in
    /// absolute form, is a line of the name `:authority`, which no other line can
    /// have.
    pub headers: &'a dyn HeaderLines,
    /// The claims of a token that the caller has verified.
    pub token: Option<&'a VerifiedToken>,
    /// The time at which to decide.
    pub now: Now,
}

impl core::fmt::Debug for Request<'_> {
    /// Method and peer; the rest may hold what belongs into no log.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Request")
            .field("peer", &self.peer)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}
