//! A request that is kept.

use core::fmt;

use super::{Connection, Now, Peer, Request, VerifiedToken};

/// A request with everything that a decision looks at, owned: for the trials
/// that a policy has to pass, and for traffic that is decided again.
///
/// It holds whatever the request held, secrets too; `Debug` shows the method
/// and the peer.
///
/// ```
/// use std::time::Duration;
///
/// use certgate::request::{Now, OwnedRequest, Peer, Timestamp};
///
/// let now = Now {
///     wall: Timestamp::from_unix_seconds(1_776_330_562),
///     monotonic: Duration::ZERO,
/// };
/// let kept = OwnedRequest::new(Peer::address("10.0.0.7".parse()?), "GET", "/payments", now)
///     .with_header("X-SSL-Client-Verify", "SUCCESS");
/// assert_eq!(kept.request().target, "/payments");
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[derive(Clone)]
pub struct OwnedRequest {
    connection: Connection,
    method: Box<str>,
    target: Box<str>,
    headers: Vec<Line>,
    token: Option<VerifiedToken>,
    now: Now,
}

/// The name and value of a header line.
type Line = (Box<[u8]>, Box<[u8]>);

impl OwnedRequest {
    /// A request without header lines and without a token; the arguments are
    /// those of [`Request`].
    #[must_use]
    pub fn new(peer: Peer<'_>, method: &str, target: &str, now: Now) -> Self {
        Self {
            connection: peer.into(),
            method: method.into(),
            target: target.into(),
            headers: Vec::new(),
            token: None,
            now,
        }
    }

    /// The same request with one header line more.
    #[must_use]
    pub fn with_header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        let line = (name.as_ref().into(), value.as_ref().into());
        self.headers.push(line);
        self
    }

    /// The same request with this token, which the caller has verified.
    #[must_use]
    pub fn with_token(self, token: VerifiedToken) -> Self {
        Self {
            token: Some(token),
            ..self
        }
    }

    /// The request, borrowed, as decisions take it.
    #[must_use]
    pub fn request(&self) -> Request<'_> {
        Request {
            peer: self.connection.peer(),
            method: &self.method,
            target: &self.target,
            headers: &self.headers,
            token: self.token.as_ref(),
            now: self.now,
        }
    }
}

/// Copies every part of the request.
impl From<&Request<'_>> for OwnedRequest {
    fn from(request: &Request<'_>) -> Self {
        let mut kept = Self::new(request.peer, request.method, request.target, request.now);
        request.headers.visit(&mut |name, value| {
            kept.headers.push((name.into(), value.into()));
        });
        kept.token = request.token.cloned();
        kept
    }
}

impl fmt::Debug for OwnedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.request().fmt(f)
    }
}
