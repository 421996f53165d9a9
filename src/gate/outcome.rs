//! What a change of the policy takes and gives.

use std::fmt;
use std::io::ErrorKind;

use crate::decide::Mismatch;
use crate::evidence::{ChangeAction, ChangeRefusal, PolicyChange};
use crate::limits::LimitError;
use crate::policy::{Loaded, Policy, PolicyErrors, Problem};

use super::PolicyInForce;

/// What is to be installed: a policy, or what came of reading one, so that a
/// document with mistakes, or that could not be read, is on record too.
#[derive(Debug)]
pub struct Candidate(pub(super) Result<Loaded, Refusal>);

/// A policy was put in force.
#[derive(Debug)]
#[non_exhaustive]
pub struct Installed {
    /// The policy, with its new number.
    pub in_force: PolicyInForce,
    /// What looked odd about its document.
    pub warnings: Vec<Problem>,
    /// The audit record. The gate has no place to send it to.
    pub record: PolicyChange,
}

/// A policy runs in the shadow of the one in force.
#[derive(Debug)]
#[non_exhaustive]
pub struct Shadowed {
    /// What looked odd about its document.
    pub warnings: Vec<Problem>,
    /// The audit record. The gate has no place to send it to.
    pub record: PolicyChange,
}

/// A policy was not put in force; the one before still is.
#[derive(Debug)]
#[non_exhaustive]
pub struct Refused {
    /// Why.
    pub why: Refusal,
    /// The audit record. The gate has no place to send it to.
    pub record: Box<PolicyChange>,
}

/// Why a policy is not put in force.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// Its document could not be read, for this reason.
    Unreadable(ErrorKind),
    /// Its document has these mistakes.
    Document(PolicyErrors),
    /// Its limits cannot be counted.
    Limits(LimitError),
    /// It does not pass these trials.
    Trials(Vec<Mismatch>),
    /// There is no earlier policy, or the history does not go back to it.
    NoEarlierPolicy,
}

impl Refusal {
    pub(super) fn reason(&self) -> ChangeRefusal {
        match self {
            Self::Unreadable(_) => ChangeRefusal::DocumentUnreadable,
            Self::Document(_) => ChangeRefusal::DocumentInvalid,
            Self::Limits(_) => ChangeRefusal::LimitsInvalid,
            Self::Trials(_) => ChangeRefusal::TrialsFailed,
            Self::NoEarlierPolicy => ChangeRefusal::NoEarlierPolicy,
        }
    }

    pub(super) fn details(&self) -> Vec<String> {
        let most = PolicyChange::MOST_DETAILS;
        match self {
            Self::Document(errors) => {
                let errors = errors.iter().filter(|problem| problem.is_error());
                errors.take(most).map(ToString::to_string).collect()
            }
            Self::Trials(mismatches) => {
                let mismatches = mismatches.iter().take(most);
                mismatches.map(ToString::to_string).collect()
            }
            Self::Unreadable(kind) => vec![kind.to_string()],
            Self::Limits(_) | Self::NoEarlierPolicy => Vec::new(),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(kind) => write!(f, "the document cannot be read: {kind}"),
            Self::Document(errors) => errors.fmt(f),
            Self::Limits(error) => error.fmt(f),
            Self::Trials(mismatches) => {
                f.write_str("trials failed")?;
                mismatches
                    .iter()
                    .try_for_each(|mismatch| write!(f, "\n{mismatch}"))
            }
            Self::NoEarlierPolicy => f.write_str("there is no such earlier policy to go back to"),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { record, why } = self;
        let version = record.version;
        match record.action {
            ChangeAction::Start => write!(f, "no policy is in force: {why}"),
            ChangeAction::SetShadow => write!(f, "the shadow stays as it is: {why}"),
            _ => write!(f, "version {version} of the policy stays in force: {why}"),
        }
    }
}

impl std::error::Error for Refused {}

impl From<Policy> for Candidate {
    fn from(policy: Policy) -> Self {
        Self(Ok(Loaded {
            policy,
            warnings: Vec::new(),
        }))
    }
}

impl From<Loaded> for Candidate {
    fn from(loaded: Loaded) -> Self {
        Self(Ok(loaded))
    }
}

impl From<Result<Loaded, PolicyErrors>> for Candidate {
    fn from(read: Result<Loaded, PolicyErrors>) -> Self {
        Self(read.map_err(Refusal::Document))
    }
}

impl From<ErrorKind> for Candidate {
    /// A document that could not be read.
    fn from(kind: ErrorKind) -> Self {
        Self(Err(Refusal::Unreadable(kind)))
    }
}
