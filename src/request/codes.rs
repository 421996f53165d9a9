//! Enums whose members have stable codes.

/// Gives an enum its codes, which it serialises as, and a list of its members.
/// Every member has to be named.
macro_rules! codes {
    ($type:ident { $($member:ident = $code:literal),+ $(,)? }) => {
        impl $type {
            /// Each there is.
            pub const ALL: &'static [Self] = &[$(Self::$member),+];

            /// The stable code, in snake case.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$member => $code,)+
                }
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.code())
            }
        }
    };
}

pub(crate) use codes;
