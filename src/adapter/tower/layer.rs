//! The layer and its settings.

use std::fmt;
use std::sync::Arc;

use http::Response;
use http::request::Parts;
use tower_layer::Layer;

use crate::adapter::SystemClock;
use crate::evidence::{AuditRecord, AuditSink};
use crate::gate::{Gate, InProcess};
use crate::request::Now;
use crate::response::Rejection;

use super::{GateService, PeerSource, TargetSource};
use crate::adapter::pending::{Clock, OnRecord, Sink, also};

/// Guards a service by a [`Gate`].
///
/// ```
/// # #[cfg(feature = "toml")] {
/// use std::sync::Arc;
///
/// use certgate::adapter::tower::{GateLayer, PeerSource, TargetSource};
/// use certgate::gate::Gate;
/// use certgate::policy::Policy;
///
/// # let text = "version = 1\n[edge]\npreset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n[authentication]\nmode = \"mtls\"\n[[identity]]\nclient = \"{subject.cn}\"";
/// let policy = Policy::from_toml_str(text, "policy.toml")?.policy;
/// let layer = GateLayer::new(
///     Arc::new(Gate::new(policy)?),
///     PeerSource::extension(),
///     TargetSource::request_uri(),
/// )
/// .on_record(|record| println!("{} {:?}", record.method, record.outcome));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct GateLayer<S = InProcess> {
    settings: Arc<Settings<S>>,
}

pub(super) struct Settings<S = InProcess> {
    pub(super) gate: Arc<Gate<S>>,
    pub(super) peer: PeerSource,
    pub(super) target: TargetSource,
    pub(super) clock: Clock,
    pub(super) sink: Option<Sink>,
    pub(super) reject: Option<Arc<Reject>>,
}

/// Makes the response to a denied request.
pub(super) type Reject = dyn Fn(&Rejection, &Parts) -> Response<String> + Send + Sync;

impl<S> GateLayer<S> {
    /// A layer that takes time from the machine's clocks.
    #[must_use]
    pub fn new(gate: Arc<Gate<S>>, peer: PeerSource, target: TargetSource) -> Self {
        let clock = SystemClock::start();
        Self {
            settings: Arc::new(Settings {
                gate,
                peer,
                target,
                clock: Arc::new(move || clock.now()),
                sink: None,
                reject: None,
            }),
        }
    }

    /// Takes time from `clock` instead, for decisions and latencies.
    #[must_use]
    pub fn with_clock(self, clock: impl Fn() -> Now + Send + Sync + 'static) -> Self {
        self.with(|settings| settings.clock = Arc::new(clock))
    }

    /// Hands every audit record to `sink`, when the response has ended, besides the
    /// sinks that it was given before.
    #[must_use]
    pub fn with_sink(self, sink: impl AuditSink + 'static) -> Self {
        self.with(|settings| settings.sink = Some(also(settings.sink.take(), sink)))
    }

    /// Hands every audit record to a function, as to a [sink](Self::with_sink).
    ///
    /// It is called on the task that serves the request, so it must not wait.
    #[must_use]
    pub fn on_record(self, function: impl Fn(AuditRecord) + Send + Sync + 'static) -> Self {
        self.with_sink(OnRecord(function))
    }

    /// Answers denied requests with what `response` makes, in place of the
    /// problem body and of the gRPC status. It gets the head of the request as
    /// it came, with every header that is not to be believed.
    #[must_use]
    pub fn with_rejection(
        self,
        response: impl Fn(&Rejection, &Parts) -> Response<String> + Send + Sync + 'static,
    ) -> Self {
        self.with(|settings| settings.reject = Some(Arc::new(response)))
    }

    fn with(mut self, set: impl FnOnce(&mut Settings<S>)) -> Self {
        set(Arc::make_mut(&mut self.settings));
        self
    }
}

impl<I, S> Layer<I> for GateLayer<S> {
    type Service = GateService<I, S>;

    fn layer(&self, inner: I) -> GateService<I, S> {
        GateService::new(inner, Arc::clone(&self.settings))
    }
}

impl<S> Clone for GateLayer<S> {
    fn clone(&self) -> Self {
        Self {
            settings: Arc::clone(&self.settings),
        }
    }
}

impl<S> Clone for Settings<S> {
    fn clone(&self) -> Self {
        Self {
            gate: Arc::clone(&self.gate),
            peer: self.peer.clone(),
            target: self.target.clone(),
            clock: Arc::clone(&self.clock),
            sink: self.sink.clone(),
            reject: self.reject.clone(),
        }
    }
}

impl<S> fmt::Debug for GateLayer<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateLayer").finish_non_exhaustive()
    }
}
