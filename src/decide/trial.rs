//! Requests with the outcome that they have to have under a policy.

use core::fmt;

use crate::policy::Policy;
use crate::request::{OwnedRequest, Request};

use super::Reason;
use super::forecast::{Forecast, Verdict, forecast};

/// A request, and the outcome that it must have for a policy to be put in
/// force. Nothing is charged for it; see [`Forecast`].
#[derive(Clone, Debug)]
pub struct Trial {
    /// A name for reports.
    pub name: String,
    /// The request. Its time is a part of it: certificates run out.
    pub request: OwnedRequest,
    /// What has to come of it.
    pub expect: Expected,
}

/// The outcome that a request must have.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expected {
    /// It goes on, as this client's and under this profile.
    Allow {
        /// The client's id; `None` where nothing names one, which only a
        /// policy with `clients = "open"` allows.
        client: Option<String>,
        /// The profile's id; `None` where the client has none.
        profile: Option<String>,
    },
    /// It goes on, because its path is exempt from authentication.
    Exempt,
    /// It goes on although this would have denied it, which the policy only
    /// observes.
    Observed(Reason),
    /// It is denied, for this reason. No trial is denied by a limit.
    Deny(Reason),
}

/// A trial whose outcome is another than expected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Mismatch {
    /// The trial's name.
    pub trial: String,
    /// What was expected.
    pub expected: Expected,
    /// What the policy decides.
    pub found: Forecast,
}

/// The trials that a policy does not pass, in order.
#[must_use]
pub fn run_trials(policy: &Policy, trials: &[Trial]) -> Vec<Mismatch> {
    run_trials_with(trials, |request| forecast(policy, request))
}

/// Like [`run_trials`], of whatever forecasts.
pub(crate) fn run_trials_with(
    trials: &[Trial],
    forecast: impl Fn(&Request<'_>) -> Forecast,
) -> Vec<Mismatch> {
    trials
        .iter()
        .filter_map(|trial| {
            let found = forecast(&trial.request.request());
            (!trial.expect.is_met_by(&found)).then(|| Mismatch {
                trial: trial.name.clone(),
                expected: trial.expect.clone(),
                found,
            })
        })
        .collect()
}

impl Expected {
    /// Whether this is what the policy decides.
    #[must_use]
    pub fn is_met_by(&self, found: &Forecast) -> bool {
        match self {
            Self::Allow { client, profile } => {
                found.verdict == Verdict::Allow
                    && found.client.as_deref() == client.as_deref()
                    && found.profile.as_deref() == profile.as_deref()
            }
            Self::Exempt => found.verdict == Verdict::Exempt,
            Self::Observed(reason) => found.verdict == Verdict::Observed(*reason),
            Self::Deny(reason) => found.verdict == Verdict::Deny(*reason),
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allow { client, profile } => {
                f.write_str("allow")?;
                if let Some(client) = client {
                    write!(f, " {client}")?;
                }
                match profile {
                    Some(profile) => write!(f, "/{profile}"),
                    None => Ok(()),
                }
            }
            Self::Exempt => f.write_str("exempt"),
            Self::Observed(reason) => write!(f, "observed {reason}"),
            Self::Deny(reason) => write!(f, "deny {reason}"),
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            trial,
            expected,
            found,
        } = self;
        write!(f, "{trial}: expected {expected}, got {found}")
    }
}
