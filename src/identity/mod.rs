//! What a certificate proves about who is calling: rules over its subject and
//! alternative names give a client, a profile and a principal.

mod field;
mod id;
mod pattern;
mod rules;
mod template;

pub(crate) use field::{Field, FieldValue, is_spiffe};
pub(crate) use id::check_id;
pub(crate) use pattern::Pattern;
pub(crate) use rules::{Condition, IdentityRules, Mapped, MappedBy, NotMapped, Rule};
pub(crate) use template::{IdTemplate, PrincipalTemplate, TemplateError};
