//! What is handed on as evidence: records, and word of those that were lost.

use serde::Serialize;

use crate::request::Timestamp;

use super::{AuditRecord, PolicyChange};

/// One piece of evidence, owned. It serialises as what it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Evidence {
    /// The record of a request.
    Request(Box<AuditRecord>),
    /// The record of a change of the policy.
    Change(Box<PolicyChange>),
    /// Records that stood here and were lost.
    Gap(Gap),
}

impl Evidence {
    /// The JSON Schema (draft 7) of what this serialises as. The repository and the
    /// package have it as `audit.schema.json`.
    ///
    /// Every member is always there, `null` where there is nothing to say; a later
    /// version of this crate may add one, or a word.
    pub const JSON_SCHEMA: &str = include_str!("../../audit.schema.json");
}

/// Records that were lost, between what stands before and after this: whoever keeps
/// them was too slow, or could not be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Gap {
    /// The version of this schema: 1.
    pub schema: u32,
    /// How many records of requests.
    pub lost_requests: u64,
    /// How many records of changes of the policy.
    pub lost_changes: u64,
    /// The earliest `created_at` of the lost records.
    pub first_created_at: Timestamp,
    /// The latest.
    pub last_created_at: Timestamp,
}

impl Gap {
    /// The version of the schema.
    pub const SCHEMA: u32 = 1;

    /// What is missing when this is lost.
    #[must_use]
    pub fn of(lost: &Evidence) -> Self {
        match lost {
            Evidence::Request(record) => Self::of_request(record),
            Evidence::Change(change) => Self::of_change(change),
            Evidence::Gap(gap) => *gap,
        }
    }

    /// What is missing when this record of a request is lost.
    #[must_use]
    pub const fn of_request(lost: &AuditRecord) -> Self {
        Self {
            lost_requests: 1,
            ..Self::at(lost.created_at)
        }
    }

    /// What is missing when this record of a change is lost.
    #[must_use]
    pub const fn of_change(lost: &PolicyChange) -> Self {
        Self {
            lost_changes: 1,
            ..Self::at(lost.created_at)
        }
    }

    /// Both gaps as one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            schema: Self::SCHEMA,
            lost_requests: self.lost_requests.saturating_add(other.lost_requests),
            lost_changes: self.lost_changes.saturating_add(other.lost_changes),
            first_created_at: self.first_created_at.min(other.first_created_at),
            last_created_at: self.last_created_at.max(other.last_created_at),
        }
    }

    /// How many records, of whatever kind.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost_requests.saturating_add(self.lost_changes)
    }

    const fn at(moment: Timestamp) -> Self {
        Self {
            schema: Self::SCHEMA,
            lost_requests: 0,
            lost_changes: 0,
            first_created_at: moment,
            last_created_at: moment,
        }
    }
}
