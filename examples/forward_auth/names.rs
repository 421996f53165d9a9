//! The headers in which the backend finds who is calling.

use certgate::policy::Policy;
use http::HeaderName;

use super::edge::Edge;

/// What the configuration of the edge calls the headers that it copies; those beside
/// this file have the default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Copied {
    pub(crate) client: String,
    pub(crate) profile: String,
    pub(crate) principal: String,
}

impl Default for Copied {
    fn default() -> Self {
        Self {
            client: "X-Client-ID".to_owned(),
            profile: "X-Profile-ID".to_owned(),
            principal: "X-Principal".to_owned(),
        }
    }
}

/// The headers of the answer that the edge copies into the backend's request.
/// Every allowed answer has all of them, empty where there is nothing to say, so
/// that none that the client sent is left.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) client: HeaderName,
    pub(crate) profile: HeaderName,
    pub(crate) principal: HeaderName,
    pub(crate) request_id: HeaderName,
}

impl Names {
    /// Client and profile go by the names of the policy's `[selectors]`.
    ///
    /// # Errors
    ///
    /// The edge would not copy one of them, since it calls it otherwise; or what it
    /// calls the principal is no name, or one that means something else already.
    pub(crate) fn new(edge: Edge, policy: &Policy, copied: &Copied) -> Result<Self, String> {
        let name = |text: &str| {
            HeaderName::from_bytes(text.as_bytes()).map_err(|_| format!("{text} names no header"))
        };
        let names = Self {
            client: name(policy.client_header())?,
            profile: name(policy.profile_header())?,
            principal: name(&copied.principal)?,
            request_id: HeaderName::from_static("x-request-id"),
        };
        for (what, answered, copied) in [
            ("client", &names.client, &copied.client),
            ("profile", &names.profile, &copied.profile),
        ] {
            if *answered != name(copied)? {
                return Err(format!(
                    "the policy calls the header of the {what} {answered} ([selectors] \
                     {what}_header), and the edge copies {copied}: let its configuration copy \
                     {answered}, and start with --{what}-header {answered}"
                ));
            }
        }
        let chosen = &names.principal;
        let others = [&names.client, &names.profile, &names.request_id];
        let is_taken = others.contains(&chosen)
            || is_of_the_edge(chosen, edge, policy)
            || chosen == http::header::HOST
            || chosen == http::header::AUTHORIZATION
            || chosen.as_str().starts_with("x-auth-");
        if is_taken {
            return Err(format!("{chosen} means something else already"));
        }
        Ok(names)
    }

    fn all(&self) -> [&HeaderName; 4] {
        [
            &self.client,
            &self.profile,
            &self.principal,
            &self.request_id,
        ]
    }

    /// Whether the edge cannot be relied on to keep this header, if it is in a
    /// question, from the backend: a header that no application may see, or
    /// another spelling of one of these. What the edge writes itself, its
    /// configuration has to remove.
    pub(crate) fn leave_in(&self, name: &HeaderName, edge: Edge, policy: &Policy) -> bool {
        if self.all().contains(&name) || is_of_the_edge(name, edge, policy) {
            return false;
        }
        let is_spelling = |known: &HeaderName| folded(known).eq(folded(name));
        policy.strips(name.as_str().as_bytes()) || self.all().into_iter().any(is_spelling)
    }
}

fn is_of_the_edge(name: &HeaderName, edge: Edge, policy: &Policy) -> bool {
    edge.writes(name) || policy.edge().names().iter().any(|known| name == known)
}

/// Servers fold whatever is no letter or digit, as CGI does.
fn folded(name: &HeaderName) -> impl Iterator<Item = u8> {
    let fold = |byte: u8| {
        if byte.is_ascii_alphanumeric() {
            byte
        } else {
            b'-'
        }
    };
    name.as_str().bytes().map(fold)
}
