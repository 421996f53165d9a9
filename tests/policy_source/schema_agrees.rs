//! The schema and the reader take the same documents.

use certgate::policy::Document;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::any_document::document;
use crate::schema::SCHEMA;

/// What does not belong somewhere, and here and there does.
fn misfit() -> impl Strategy<Value = Value> {
    select(vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(1),
        json!(7.5),
        json!(""),
        json!("x"),
        json!("open"),
        json!("1m"),
        json!("0s"),
        json!("1.5m"),
        json!("01m"),
        json!("direct"),
        json!("2026-12-31"),
        json!("2026-12-31T10:00:00+01:00"),
        json!([]),
        json!([""]),
        json!([[]]),
        json!([["x"]]),
        json!([1]),
        json!({}),
        json!({"x": 1}),
        json!([{}]),
        json!({"id": "x"}),
        json!({"sha256": "x", "until": "2026-12-31"}),
        json!({"cn": "x"}),
        json!(9223372036854775807_u64),
    ])
}

#[derive(Clone, Debug)]
enum Change {
    Replace(Value),
    Remove,
    Add(&'static str, Value),
}

fn change() -> impl Strategy<Value = Change> {
    const KEYS: &[&str] = &[
        "x", "ID", "id", "name", "limits", "cost", "use", "uses", "at", "match",
    ];
    prop_oneof![
        3 => misfit().prop_map(Change::Replace),
        2 => Just(Change::Remove),
        2 => (select(KEYS), misfit()).prop_map(|(key, value)| Change::Add(key, value)),
    ]
}

/// The values of a document, depth first.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Object(entries) => entries.values().map(count).sum(),
        Value::Array(items) => items.iter().map(count).sum::<usize>(),
        _ => 0,
    }
}

/// Makes the change at the value of that number; a removal takes its last entry.
fn make(change: &Change, value: &mut Value, number: &mut usize) {
    if *number == 0 {
        match (change, value) {
            (Change::Replace(new), value) => *value = new.clone(),
            (Change::Remove, Value::Object(entries)) => {
                let key = entries.keys().last().cloned();
                entries.retain(|name, _| Some(name) != key.as_ref());
            }
            (Change::Remove, Value::Array(items)) => drop(items.pop()),
            (Change::Add(key, new), Value::Object(entries)) => {
                entries.insert((*key).to_owned(), new.clone());
            }
            (Change::Add(_, new), Value::Array(items)) => items.push(new.clone()),
            _ => {}
        }
        *number = usize::MAX;
        return;
    }
    *number -= 1;
    let inside: Vec<&mut Value> = match value {
        Value::Object(entries) => entries.values_mut().collect(),
        Value::Array(items) => items.iter_mut().collect(),
        _ => Vec::new(),
    };
    for value in inside {
        if *number != usize::MAX {
            make(change, value, number);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn what_the_reader_takes_the_schema_takes(
        mut document in document(),
        change in proptest::option::of(change()),
        at in any::<Index>(),
    ) {
        if let Some(change) = &change {
            let mut number = at.index(count(&document));
            make(change, &mut document, &mut number);
        }
        let text = document.to_string();
        let read = Document::from_json_str(&text, "policy");
        prop_assert_eq!(read.is_ok(), SCHEMA.is_valid(&document), "{} {:?}", text, read);
        prop_assert!(change.is_some() || read.is_ok());
    }
}
