//! A response, whoever made it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::sight::Sight;

/// What the caller gets, without what servers add on their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// Names in lower case, with all of their lines.
    pub(crate) headers: BTreeMap<String, Vec<String>>,
    /// Empty, if the request's method is HEAD.
    pub(crate) body: String,
    /// Where the request was handed on.
    pub(crate) sight: Option<Sight>,
}

impl Reply {
    pub(crate) fn new<'h>(
        method: &str,
        status: u16,
        lines: impl Iterator<Item = (&'h str, &'h [u8])>,
        body: &[u8],
    ) -> Self {
        let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in lines {
            let value = String::from_utf8(value.to_vec()).unwrap();
            headers.entry(name.to_lowercase()).or_default().push(value);
        }
        headers.remove("date");
        let length = headers.remove("content-length");
        let is_head = method == "HEAD";
        if let Some(length) = length.filter(|_| !is_head) {
            assert_eq!(length, [body.len().to_string()]);
        }
        let sight = headers.remove(Sight::HEADER).map(|values| {
            let value: Result<[String; 1], _> = values.try_into();
            serde_json::from_str(value.unwrap().first().unwrap()).unwrap()
        });
        let body = match is_head {
            true => String::new(),
            false => String::from_utf8(body.to_vec()).unwrap(),
        };
        Self {
            status,
            headers,
            body,
            sight,
        }
    }

    /// The problem, without its request's id, which has to be one that a gate made.
    pub(crate) fn take_problem(&mut self) -> Option<Value> {
        let mut problem: Value = serde_json::from_str(&self.body).ok()?;
        let id = problem.as_object_mut()?.remove("request_id")?;
        assert!(id.as_str()?.starts_with("req_"), "{id}");
        self.body = problem.to_string();
        Some(problem)
    }
}
