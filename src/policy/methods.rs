//! The methods that a collection, client or profile takes.

/// A list of methods, or every method. Methods are compared byte for byte.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Methods(Option<Box<[Box<str>]>>);

impl Methods {
    /// These methods; every method without a list.
    pub(crate) fn new(listed: Option<Vec<Box<str>>>) -> Self {
        Self(listed.map(|mut listed| {
            let mut seen: Vec<Box<str>> = Vec::new();
            listed.retain(|method| {
                let is_new = !seen.contains(method);
                seen.extend(is_new.then(|| method.clone()));
                is_new
            });
            listed.into_boxed_slice()
        }))
    }

    /// The methods, unless it is every one.
    pub(crate) fn listed(&self) -> Option<&[Box<str>]> {
        self.0.as_deref()
    }

    pub(crate) fn allow(&self, method: &str) -> bool {
        self.listed()
            .is_none_or(|listed| listed.iter().any(|allowed| **allowed == *method))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_exact_and_none_is_every_one() {
        let every = Methods::default();
        let some = Methods::new(Some(["GET", "POST", "GET"].map(Into::into).into()));
        assert!(every.allow("GET") && every.allow("anything"));
        assert!(some.allow("GET") && some.allow("POST"));
        for other in ["HEAD", "get", "", "GETS", "GET "] {
            assert!(!some.allow(other), "{other:?}");
        }
        assert_eq!(some.listed().map(<[_]>::len), Some(2));
        assert!(!Methods::new(Some(Vec::new())).allow("GET"));
    }
}
