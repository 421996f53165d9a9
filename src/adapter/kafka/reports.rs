//! What librdkafka tells.

use std::sync::Arc;

use rdkafka::ClientContext;
use rdkafka::client::DefaultClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{DeliveryResult, ProducerContext};

use super::tally::{Pending, Tally};

/// Tells the tally.
pub(super) struct Reports(pub(super) Arc<Tally>);

impl ClientContext for Reports {
    fn error(&self, error: KafkaError, reason: &str) {
        self.0.note(code(&error));
        // Into the service's log, as without this.
        DefaultClientContext.error(error, reason);
    }
}

impl ProducerContext for Reports {
    type DeliveryOpaque = Box<Pending>;

    fn delivery(&self, result: &DeliveryResult<'_>, pending: Box<Pending>) {
        match result {
            Ok(_) => self.0.delivered(&pending),
            Err((error, _)) => self.0.lost(&pending, code(error)),
        }
    }
}

pub(super) fn code(error: &KafkaError) -> RDKafkaErrorCode {
    error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Fail)
}
