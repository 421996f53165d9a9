//! Makes a test of each edge out of a function.

/// A module for each edge, with a test of each name that plays the function of
/// that name on it.
macro_rules! through_every_edge {
    ($($name:ident),* $(,)?) => {
        through_every_edge!(@ nginx Nginx $($name)*);
        through_every_edge!(@ traefik Traefik $($name)*);
        through_every_edge!(@ caddy Caddy $($name)*);
        through_every_edge!(@ envoy Envoy $($name)*);
    };
    (@ $module:ident $front:ident $($name:ident)*) => {
        mod $module {
            $(
                #[tokio::test]
                async fn $name() {
                    super::$name($crate::front::Front::$front).await;
                }
            )*
        }
    };
}

pub(crate) use through_every_edge;
