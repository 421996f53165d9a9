//! The tests that every edge passes with the guide's configuration. They are
//! made in the edge's own module, of its `stage`, `config` and `forgery`.

/// Makes the test that forges the edge's headers. Each way to do so ends as for
/// a client that forges nothing, but for those in `$others`.
macro_rules! nobody_gets_another_identity_by_a_header {
    ($others:expr) => {
        #[tokio::test]
        async fn nobody_gets_another_identity_by_a_header() {
            let Some(stage) = stage(config()).await else {
                return;
            };
            let others = stage.spoof(&forgery(&stage), FORGERS).await;
            assert_eq!(others, $others);
        }
    };
}

/// Makes the test that the client's address is the one that the edge saw.
macro_rules! the_address_is_the_connections {
    () => {
        #[tokio::test]
        async fn the_address_is_the_connections() {
            let Some(stage) = stage(config()).await else {
                return;
            };
            stage.assert_address_is_the_connections().await;
        }
    };
}

pub(crate) use {nobody_gets_another_identity_by_a_header, the_address_is_the_connections};
