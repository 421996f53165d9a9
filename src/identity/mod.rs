//! What a certificate proves about who is calling: rules over its subject and
//! alternative names give a client, a profile and a principal.

mod id;
mod listed;
mod rules;
mod template;

pub(crate) use id::check_id;
pub(crate) use listed::{Lasts, Listed, ListedKey, Listing};
pub(crate) use rules::{IdentityRules, Mapped, MappedBy, NotMapped, Rule};
pub(crate) use template::{IdTemplate, PrincipalTemplate, TemplateError};
