//! A subject that is believed, written again, is the whole value: nothing else
//! was there. Read as the text itself, the input reaches the inner layer too.

use certgate::certificate::{AttributeType, is_matchable};
use certgate::dialect::Budget;
use certgate::dialect::traefik_info::{NextKey, parse};

pub(crate) fn check(input: &[u8]) {
    check_value(input);
    let escaped: String = input.iter().map(|byte| format!("%{byte:02X}")).collect();
    check_value(escaped.as_bytes());
}

fn check_value(value: &[u8]) {
    let info = match parse(value, &Budget::default()) {
        Ok(info) => info,
        Err(error) => {
            assert!(error.offset() <= value.len());
            return;
        }
    };
    let text = text(value);
    let alone = info.subject_attribute();
    let keys = [
        (NextKey::Issuer, "Issuer"),
        (NextKey::SerialNumber, "SerialNumber"),
        (NextKey::NotBefore, "NB"),
        (NextKey::NotAfter, "NA"),
    ];
    let before = keys.map(|(next, key)| (info.subject_attribute_before(next), key));
    let found = before.iter().filter(|(found, _)| found.is_some()).count();
    assert!(found + usize::from(alone.is_some()) <= 1);

    if let Some((attribute, value)) = alone {
        assert_eq!(text, written(attribute, value));
    }
    for (found, key) in before {
        if let Some((attribute, value)) = found {
            let start = format!("{};{key}=\"", written(attribute, value));
            assert!(text.starts_with(&start));
        }
    }
    if let (Some(not_before), Some(not_after)) = (info.not_before(), info.not_after()) {
        let seconds = |moment: certgate::request::Timestamp| moment.unix_seconds().cast_unsigned();
        let pair = format!(
            "NB=\"{}\";NA=\"{}\"",
            seconds(not_before),
            seconds(not_after)
        );
        assert!(text.contains(&pair));
    }
}

fn written(attribute: AttributeType, value: &str) -> String {
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
