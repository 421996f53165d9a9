//! Documents without a text: constructors take what a part must have, and
//! methods named like the fields set the rest.
//!
//! The document gives its parts their places, so that a problem names the
//! setting.

mod access;
mod edge;

use super::document::{
    Authentication, Authority, Budget, Chain, Client, Clients, Collection, Constraints, Document,
    Edge, Evidence, Exemption, Expiry, IdentityRule, Limit, Limiting, Located, Location,
    PathSettings, Proof, Revoked, Selectors, TextList, When,
};
use super::parts::Setting;

/// Methods that set settings. Of each it says what the method takes: a text,
/// texts, a value, a list of values, of entries that are made from others, a
/// part, or parts.
macro_rules! setters {
    ($($part:ident { $($field:ident: $kind:ident $(($type:ty))?,)+ })+) => {$(
        impl $part {
            $($crate::policy::builder::setter! { $field $kind $($type)? })+
        }
    )+};
}

/// One of them.
macro_rules! setter {
    (@ $field:ident ($($argument:tt)+) $value:expr) => {
        #[doc = concat!("Sets [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
        #[must_use]
        pub fn $field(mut self, $($argument)+) -> Self {
            self.$field = $value;
            self
        }
    };
    ($field:ident text) => {
        $crate::policy::builder::setter! { @ $field (text: impl Into<String>) Some($crate::policy::builder::located(text.into())) }
    };
    ($field:ident texts) => {
        $crate::policy::builder::setter! { @ $field (texts: impl IntoIterator<Item = impl Into<String>>) Some($crate::policy::builder::texts(texts)) }
    };
    ($field:ident value $type:ty) => {
        $crate::policy::builder::setter! { @ $field (value: $type) Some($crate::policy::builder::located(value)) }
    };
    ($field:ident values $type:ty) => {
        $crate::policy::builder::setter! { @ $field (values: impl IntoIterator<Item = $type>) Some($crate::policy::builder::values(values)) }
    };
    ($field:ident entries $type:ty) => {
        $crate::policy::builder::setter! { @ $field (entries: impl IntoIterator<Item = impl Into<$type>>) Some($crate::policy::builder::entries(entries)) }
    };
    ($field:ident part $type:ty) => {
        $crate::policy::builder::setter! { @ $field (part: $type) Some(part) }
    };
    ($field:ident parts $type:ty) => {
        $crate::policy::builder::setter! { @ $field (parts: impl IntoIterator<Item = $type>) parts.into_iter().collect() }
    };
}

use {setter, setters};

/// Parts that need nothing, and are mostly of no use without a setting.
macro_rules! empty {
    ($($part:ident),+ $(,)?) => {$(
        impl $part {
            /// None of its settings yet.
            #[must_use]
            pub fn new() -> Self {
                Self::default()
            }
        }
    )+};
}

empty! {
    Budget, Chain, Constraints, Evidence, Expiry, IdentityRule, Limiting, PathSettings, Proof, Revoked,
    Selectors, When,
}

impl Document {
    /// A document of what every document has, in which nobody may call.
    ///
    /// The module's documentation has an example.
    #[must_use]
    pub fn new(edge: Edge, authentication: Authentication) -> Self {
        let document = Self {
            source: String::new(),
            edge,
            authentication,
            authorities: Vec::new(),
            selectors: None,
            paths: None,
            identity: Vec::new(),
            limits: Vec::new(),
            collections: Vec::new(),
            exemptions: Vec::new(),
            clients: Clients::Listed(Vec::new()),
            expiry: None,
            evidence: None,
            limiting: None,
        };
        document.placed()
    }

    /// Sets the [name](field@Self::source) that its problems have in front.
    #[must_use]
    pub fn source(mut self, name: impl Into<String>) -> Self {
        self.source = name.into();
        self
    }

    /// Lists the [clients](field@Self::clients) that may call.
    #[must_use]
    pub fn clients(mut self, clients: impl IntoIterator<Item = Client>) -> Self {
        self.clients = Clients::Listed(clients.into_iter().collect());
        self.placed()
    }

    /// Lets everybody call who proves a principal, as `clients = "open"`, in place
    /// of any [clients](field@Self::clients) that are listed.
    #[must_use]
    pub fn open_clients(mut self) -> Self {
        self.clients = Clients::Open(Location::none());
        self.placed()
    }

    /// The same with a place for each setting that has none in a text or a
    /// variable.
    fn placed(mut self) -> Self {
        self.place(Location::none());
        self
    }
}

/// Methods of the document, which knows the places.
macro_rules! sections {
    ($($field:ident: $argument:ty => $convert:expr,)+) => {
        impl Document {$(
            #[doc = concat!("Sets [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
            #[must_use]
            pub fn $field(mut self, $field: $argument) -> Self {
                self.$field = $convert($field);
                self.placed()
            }
        )+}
    };
}

sections! {
    edge: Edge => std::convert::identity,
    authentication: Authentication => std::convert::identity,
    authorities: impl IntoIterator<Item = Authority> => Vec::from_iter,
    selectors: Selectors => Some,
    paths: PathSettings => Some,
    identity: impl IntoIterator<Item = IdentityRule> => Vec::from_iter,
    limits: impl IntoIterator<Item = Limit> => Vec::from_iter,
    collections: impl IntoIterator<Item = Collection> => Vec::from_iter,
    exemptions: impl IntoIterator<Item = Exemption> => Vec::from_iter,
    expiry: Expiry => Some,
    evidence: Evidence => Some,
    limiting: Limiting => Some,
}

fn located<T>(value: T) -> Located<T> {
    Located::new(value, Location::none())
}

fn values<T>(values: impl IntoIterator<Item = T>) -> Located<Vec<Located<T>>> {
    located(values.into_iter().map(located).collect())
}

fn texts(texts: impl IntoIterator<Item = impl Into<String>>) -> TextList {
    values(texts.into_iter().map(Into::into))
}

fn entries<T>(entries: impl IntoIterator<Item = impl Into<T>>) -> Located<Vec<T>> {
    located(entries.into_iter().map(Into::into).collect())
}
