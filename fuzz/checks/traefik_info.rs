//! A subject that is believed, written again, is the whole value: nothing else
//! was there. Read as the text itself, the input reaches the inner layer too.

use certgate::certificate::{AttributeType, is_matchable};
use certgate::dialect::Budget;
use certgate::dialect::traefik_info::{SubjectAttribute, parse};

pub(crate) fn check(input: &[u8]) {
    check_value(input);
    let escaped: String = input.iter().map(|byte| format!("%{byte:02X}")).collect();
    check_value(escaped.as_bytes());
}

fn check_value(value: &[u8]) {
    match parse(value, &Budget::default()) {
        Ok(Some(subject)) => assert_eq!(text(value), written(&subject)),
        Ok(None) => {}
        Err(error) => assert!(error.offset() <= value.len()),
    }
}

fn written(subject: &SubjectAttribute) -> String {
    let (attribute, value) = (subject.attribute_type(), subject.value());
    assert!(!value.is_empty() && is_matchable(value));
    assert!(!value.contains(['"', ',', ';']));
    let keyword = if attribute == AttributeType::SERIAL_NUMBER {
        "SN".to_owned()
    } else {
        attribute.to_string()
    };
    format!("Subject=\"{keyword}={value}\"")
}

/// Undoes form encoding of a value that is known to be well-formed.
fn text(value: &[u8]) -> String {
    let mut text = Vec::new();
    let mut bytes = value.iter().map(|&byte| char::from(byte));
    while let Some(byte) = bytes.next() {
        let code = match byte {
            '%' => {
                let mut digit = || bytes.next().unwrap().to_digit(16).unwrap();
                digit() * 16 + digit()
            }
            '+' => u32::from(' '),
            other => u32::from(other),
        };
        text.push(u8::try_from(code).unwrap());
    }
    String::from_utf8(text).unwrap()
}
