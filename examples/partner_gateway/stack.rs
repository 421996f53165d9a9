//! Everything that runs: two services, each behind its gate and its edge.

use std::net::SocketAddr;
use std::sync::Arc;

use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
use certgate::evidence::AuditRecord;
use certgate::gate::Gate;
use certgate::policy::Policy;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::clock::Clock;
use super::pki::Pki;
use super::scenario::Service;
use super::tokens::Tokens;
use super::{Error, edge, service};

/// Whether gates stand before the services. Without them the table has to
/// fail, or it would prove nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gates {
    InPlace,
    Absent,
}

pub(crate) struct Stack {
    pub(crate) pki: Pki,
    pub(crate) clock: Clock,
    /// The audit records of both gates, in order; closed if there are none.
    pub(crate) records: UnboundedReceiver<AuditRecord>,
    payments: Addresses,
    workflow: Addresses,
}

/// Where a service and the edge before it listen.
#[derive(Clone, Copy)]
pub(crate) struct Addresses {
    pub(crate) edge: SocketAddr,
    pub(crate) service: SocketAddr,
}

impl Stack {
    pub(crate) async fn start(gates: Gates) -> Result<Self, Error> {
        let pki = Pki::generate()?;
        let tokens = Arc::new(Tokens::issue(&pki));
        let clock = Clock::start();
        let (sink, records) = unbounded_channel();
        let start = async |policy: &str, name: &str| -> Result<Addresses, Error> {
            let guard = match gates {
                Gates::InPlace => Some(gate(policy, name, &clock, &sink)?),
                Gates::Absent => None,
            };
            let service = service::start(guard, Arc::clone(&tokens)).await?;
            let edge = edge::start(&pki, service).await?;
            Ok(Addresses { edge, service })
        };
        let payments = start(include_str!("partner.toml"), "partner.toml").await?;
        let workflow = start(include_str!("workflow.toml"), "workflow.toml").await?;
        Ok(Self {
            pki,
            clock,
            records,
            payments,
            workflow,
        })
    }

    pub(crate) fn addresses(&self, of: Service) -> Addresses {
        match of {
            Service::Payments => self.payments,
            Service::Workflow => self.workflow,
        }
    }
}

/// A gate over a policy: this is all that a service has to write.
fn gate(
    policy: &str,
    name: &str,
    clock: &Clock,
    sink: &UnboundedSender<AuditRecord>,
) -> Result<GateLayer, Error> {
    let loaded = Policy::from_toml_str(policy, name)?;
    if let Some(warning) = loaded.warnings.first() {
        return Err(warning.to_string().into());
    }
    let (clock, sink) = (clock.clone(), sink.clone());
    Ok(GateLayer::new(
        Arc::new(Gate::new(loaded.policy)?),
        PeerSource::extension(),
        TargetSource::request_uri(),
    )
    .with_clock(move || clock.now())
    // The receiver is gone only when the example ends.
    .on_record(move |record| drop(sink.send(record))))
}
