//! One audit record a change of the policy.

use core::net::IpAddr;

use serde::Serialize;

use crate::policy::{PolicyDifference, cut};
use crate::request::{Timestamp, codes};

/// Who changes the policy, when, and why: for the record of it.
///
/// ```
/// use certgate::evidence::{ActorType, Change};
/// use certgate::request::Timestamp;
///
/// let at = Timestamp::from_unix_seconds(1_776_330_562);
/// let change = Change::new(at, ActorType::User, "jo@example.com")
///     .from_address("192.0.2.7".parse()?)
///     .with_note("CHG-1042: onboard globex");
/// # let _ = change;
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    at: Timestamp,
    actor_type: ActorType,
    actor_id: Box<str>,
    ip_address: Option<IpAddr>,
    note: Option<Box<str>>,
}

/// What kind of actor changes a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ActorType {
    /// A person.
    User,
    /// Another service or a pipeline, by its own credentials.
    Service,
    /// This process, which follows a file, say.
    System,
}

codes!(ActorType {
    User = "user",
    Service = "service",
    System = "system",
});

impl Change {
    /// A change by this actor. Of the id, a record holds the first 256 bytes.
    #[must_use]
    pub fn new(at: Timestamp, actor_type: ActorType, actor_id: &str) -> Self {
        Self {
            at,
            actor_type,
            actor_id: cut(actor_id, PolicyChange::LONGEST_ID).into(),
            ip_address: None,
            note: None,
        }
    }

    /// The same change, asked for from this address.
    #[must_use]
    pub fn from_address(self, ip_address: IpAddr) -> Self {
        Self {
            ip_address: Some(ip_address.to_canonical()),
            ..self
        }
    }

    /// The same change, with a note: the number of a ticket, say. A record
    /// holds its first 1,024 bytes.
    #[must_use]
    pub fn with_note(self, note: &str) -> Self {
        Self {
            note: Some(cut(note, PolicyChange::LONGEST_NOTE).into()),
            ..self
        }
    }

    /// When it is made.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// What an auditor needs of one change of the policy, made or refused.
///
/// It tells names of the policy (clients, profiles, rules) and nothing of what
/// they stand for, and its length is bounded: see [`PolicyDifference`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PolicyChange {
    /// The version of this schema: 1.
    pub schema: u32,
    /// This record's id.
    pub id: String,
    /// When the change was made or refused.
    pub created_at: Timestamp,
    /// Who made it.
    pub actor_id: String,
    /// What kind of actor that is.
    pub actor_type: ActorType,
    /// From where, if that is known.
    pub ip_address: Option<String>,
    /// What the actor says about it.
    pub note: Option<String>,
    /// What was to be done.
    pub action: ChangeAction,
    /// What was to be changed: `policy`, `shadow_policy` or `revocation_lists`.
    pub resource_type: &'static str,
    /// Whether it was done.
    pub outcome: ChangeOutcome,
    /// Why it was not.
    pub reason: Option<ChangeRefusal>,
    /// More about the reason: a line each for the first mistakes of a document
    /// and the first trials that failed.
    pub details: Vec<String>,
    /// The version that is in force after the change; 0 if there is none.
    pub version: u64,
    /// The version that was in force before: the same, if the change was refused
    /// or is the shadow's; 0 if there was none.
    pub previous_version: u64,
    /// The version whose policy a rollback restored.
    pub restored_version: Option<u64>,
    /// What changes, or would have: for a shadow, if it were put in force. Absent
    /// where there was no policy to compare.
    pub changes: Option<PolicyDifference>,
}

/// What is to be done to a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeAction {
    /// A gate's first policy is to be put in force.
    Start,
    /// Another policy is to be put in force.
    Install,
    /// An earlier one is to be put in force again.
    Rollback,
    /// A policy is to run in the shadow of the one in force.
    SetShadow,
    /// None is to, from now on.
    ClearShadow,
    /// Other revocation lists are to be asked.
    ReplaceRevocationLists,
}

codes!(ChangeAction {
    Start = "start",
    Install = "install",
    Rollback = "rollback",
    SetShadow = "set_shadow",
    ClearShadow = "clear_shadow",
    ReplaceRevocationLists = "replace_revocation_lists",
});

/// Whether a change was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeOutcome {
    /// It was.
    Applied,
    /// It was not: the policy that was in force still is.
    Refused,
}

codes!(ChangeOutcome {
    Applied = "applied",
    Refused = "refused",
});

/// Why a change was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeRefusal {
    /// The document could not be read.
    DocumentUnreadable,
    /// The document has mistakes.
    DocumentInvalid,
    /// Its limits cannot be counted.
    LimitsInvalid,
    /// It does not decide every trial as expected.
    TrialsFailed,
    /// There is no earlier policy, or not any more.
    NoEarlierPolicy,
}

codes!(ChangeRefusal {
    DocumentUnreadable = "document_unreadable",
    DocumentInvalid = "document_invalid",
    LimitsInvalid = "limits_invalid",
    TrialsFailed = "trials_failed",
    NoEarlierPolicy = "no_earlier_policy",
});

/// The versions before and after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Versions {
    pub(crate) previous: u64,
    pub(crate) version: u64,
    pub(crate) restored: Option<u64>,
}

impl Versions {
    /// Those of a change that leaves the policy in force as it is.
    pub(crate) const fn staying(version: u64) -> Self {
        Self {
            previous: version,
            version,
            restored: None,
        }
    }
}

impl PolicyChange {
    /// The version of the schema.
    pub const SCHEMA: u32 = 1;

    const LONGEST_ID: usize = 256;
    const LONGEST_NOTE: usize = 1_024;
    const LONGEST_DETAIL: usize = 512;
    pub(crate) const MOST_DETAILS: usize = 16;

    /// The record of a change that was made.
    pub(crate) fn applied(
        id: String,
        change: &Change,
        action: ChangeAction,
        versions: Versions,
        changes: Option<PolicyDifference>,
    ) -> Self {
        Self {
            schema: Self::SCHEMA,
            id,
            created_at: change.at,
            actor_id: change.actor_id.clone().into(),
            actor_type: change.actor_type,
            ip_address: change.ip_address.map(|address| address.to_string()),
            note: change.note.clone().map(Into::into),
            action,
            resource_type: match action {
                ChangeAction::Start | ChangeAction::Install | ChangeAction::Rollback => "policy",
                ChangeAction::SetShadow | ChangeAction::ClearShadow => "shadow_policy",
                ChangeAction::ReplaceRevocationLists => "revocation_lists",
            },
            outcome: ChangeOutcome::Applied,
            reason: None,
            details: Vec::new(),
            version: versions.version,
            previous_version: versions.previous,
            restored_version: versions.restored,
            changes,
        }
    }

    /// The record of a change that was not made.
    pub(crate) fn refused(
        id: String,
        change: &Change,
        action: ChangeAction,
        version: u64,
        changes: Option<PolicyDifference>,
        reason: ChangeRefusal,
        details: Vec<String>,
    ) -> Self {
        Self {
            outcome: ChangeOutcome::Refused,
            reason: Some(reason),
            details: details
                .into_iter()
                .take(Self::MOST_DETAILS)
                .map(|detail| cut(&detail, Self::LONGEST_DETAIL).to_owned())
                .collect(),
            ..Self::applied(id, change, action, Versions::staying(version), changes)
        }
    }
}
