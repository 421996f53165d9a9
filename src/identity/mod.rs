//! What a certificate proves about who is calling: rules over its subject and
//! alternative names give a client, a profile and a principal.

mod field;
mod id;
mod rules;
mod template;

pub use field::{Field, FieldValue};
pub use id::{IdError, check_id};
pub use rules::{Condition, IdentityRules, Mapped, MappedBy, Mapping, NotMapped, Rule};
pub use template::{IdTemplate, PrincipalTemplate, TemplateError};
