//! The schema of audit records that is checked in.

use std::sync::LazyLock;

use certgate::evidence::Evidence;
use jsonschema::Validator;
use serde_json::Value;

pub static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(Evidence::JSON_SCHEMA).unwrap());

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    jsonschema::draft7::meta::validate(&SCHEMA).unwrap();
    jsonschema::draft7::new(&SCHEMA).unwrap()
});

/// Whether the schema has it so.
pub fn follows(value: &Value) -> bool {
    VALIDATOR.is_valid(value)
}

/// Panics if a record does not follow the schema.
pub fn check(record: &impl serde::Serialize) {
    let value = serde_json::to_value(record).unwrap();
    assert!(follows(&value), "{value:#}");
}
