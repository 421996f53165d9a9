//! The schema and the reader take the same documents.

use certgate::policy::Document;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::any_document::document;
use crate::schema::{EVERY_KEY, SCHEMA};

/// What does not belong somewhere, and here and there does.
fn misfits() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(7.5),
        json!("x"),
        json!("open"),
        json!("1m"),
        json!("2026-12-31"),
        json!([]),
        json!(["x"]),
        json!([["x"]]),
        json!({}),
        json!({"id": "x"}),
    ]
}

#[derive(Clone, Debug)]
enum Change {
    Replace(Value),
    Remove,
    Add(&'static str, Value),
}

const KEYS: &[&str] = &["x", "ID", "id", "uses"];

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => select(misfits()).prop_map(Change::Replace),
        2 => Just(Change::Remove),
        2 => (select(KEYS), select(misfits())).prop_map(|(key, value)| Change::Add(key, value)),
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
                let key = entries.keys().next_back().cloned();
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

/// Whether both take the document, and so neither more than the other.
fn taken(document: &Value) -> bool {
    let text = document.to_string();
    let read = Document::from_json_str(&text, "policy");
    assert_eq!(read.is_ok(), SCHEMA.is_valid(document), "{text} {read:?}");
    read.is_ok()
}

#[test]
fn they_take_the_same_of_every_setting() {
    let mut document: Value = serde_json::from_str(EVERY_KEY).unwrap();
    // One client has every setting.
    document["clients"].as_array_mut().unwrap().truncate(1);
    assert!(taken(&document));
    let mut changes: Vec<Change> = misfits().into_iter().map(Change::Replace).collect();
    changes.push(Change::Remove);
    changes.extend(KEYS.iter().map(|key| Change::Add(key, json!(["x"]))));
    let (mut fine, mut wrong) = (0, 0);
    for number in 0..count(&document) {
        for change in &changes {
            let mut document = document.clone();
            make(change, &mut document, &mut { number });
            if taken(&document) {
                fine += 1;
            } else {
                wrong += 1;
            }
        }
    }
    assert!(fine > 400 && wrong > 2000, "{fine} {wrong}");
}

proptest! {
    #[test]
    fn they_take_the_same_of_any_document(
        mut document in document(),
        change in change(),
        at in any::<Index>(),
    ) {
        assert!(taken(&document));
        let mut number = at.index(count(&document));
        make(&change, &mut document, &mut number);
        taken(&document);
    }
}
