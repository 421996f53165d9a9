//! The middleware and its settings.

use std::fmt;
use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::{Service, ServiceRequest, Transform};
use actix_web::{HttpRequest, HttpResponse};

use crate::adapter::SystemClock;
use crate::adapter::pending::{Clock, OnRecord, Sink, also};
use crate::evidence::{AuditRecord, AuditSink};
use crate::gate::{Gate, InProcess};
use crate::request::Now;
use crate::response::Rejection;

use super::{GateService, PeerSource};

/// Guards an `App`, a scope or a resource by a [`Gate`].
///
/// It is made once, outside of the function that `HttpServer::new` calls for each
/// worker, and a clone of it is handed to `wrap`: all of its clones have one gate.
///
/// ```
/// # #[cfg(feature = "toml")] {
/// use std::sync::Arc;
///
/// use actix_web::{App, web};
/// use certgate::adapter::actix::{GateMiddleware, Identity};
/// use certgate::gate::Gate;
/// use certgate::policy::Policy;
///
/// # let text = "version = 1\n[edge]\npreset = \"nginx\"\ntrusted_proxies = [\"10.0.0.0/8\"]\n[authentication]\nmode = \"mtls\"\n[[identity]]\nclient = \"{subject.cn}\"";
/// let policy = Policy::from_toml_str(text, "policy.toml")?.policy;
/// let guard = GateMiddleware::new(Arc::new(Gate::new(policy)?))
///     .on_record(|record| println!("{} {:?}", record.method, record.outcome));
///
/// async fn charges(Identity(caller): Identity) -> String {
///     format!("charges of {}", caller.principal())
/// }
/// let app = move || App::new().wrap(guard.clone()).route("/charges", web::get().to(charges));
/// # let _ = app();
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct GateMiddleware<S = InProcess> {
    settings: Arc<Settings<S>>,
}

pub(super) struct Settings<S = InProcess> {
    pub(super) gate: Arc<Gate<S>>,
    pub(super) peer: PeerSource,
    pub(super) clock: Clock,
    pub(super) sink: Option<Sink>,
    pub(super) reject: Option<Arc<Reject>>,
}

/// Makes the response to a denied request.
pub(super) type Reject = dyn Fn(&Rejection, &HttpRequest) -> HttpResponse + Send + Sync;

impl<S> GateMiddleware<S> {
    /// A middleware that finds the peer by [`PeerSource::connection`], and takes time
    /// from the machine's clocks.
    #[must_use]
    pub fn new(gate: Arc<Gate<S>>) -> Self {
        let clock = SystemClock::start();
        Self {
            settings: Arc::new(Settings {
                gate,
                peer: PeerSource::connection(),
                clock: Arc::new(move || clock.now()),
                sink: None,
                reject: None,
            }),
        }
    }

    /// Finds the peer in another way.
    #[must_use]
    pub fn with_peer(self, peer: PeerSource) -> Self {
        self.with(|settings| settings.peer = peer)
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
    /// It is called on the worker that serves the request, and on many others, so it
    /// must not wait.
    #[must_use]
    pub fn on_record(self, function: impl Fn(AuditRecord) + Send + Sync + 'static) -> Self {
        self.with_sink(OnRecord(function))
    }

    /// Answers denied requests with what `response` makes, in place of the problem
    /// body and of the gRPC status. It gets the request as it came, with every header
    /// that is not to be believed, and must not keep a clone of it.
    #[must_use]
    pub fn with_rejection(
        self,
        response: impl Fn(&Rejection, &HttpRequest) -> HttpResponse + Send + Sync + 'static,
    ) -> Self {
        self.with(|settings| settings.reject = Some(Arc::new(response)))
    }

    fn with(mut self, set: impl FnOnce(&mut Settings<S>)) -> Self {
        set(Arc::make_mut(&mut self.settings));
        self
    }
}

impl<I, S> Transform<I, ServiceRequest> for GateMiddleware<S>
where
    I: Service<ServiceRequest>,
    GateService<I, S>: Service<ServiceRequest>,
{
    type Response = <GateService<I, S> as Service<ServiceRequest>>::Response;
    type Error = <GateService<I, S> as Service<ServiceRequest>>::Error;
    type Transform = GateService<I, S>;
    type InitError = ();
    type Future = Ready<Result<GateService<I, S>, ()>>;

    fn new_transform(&self, inner: I) -> Self::Future {
        let settings = Arc::clone(&self.settings);
        ready(Ok(GateService::new(Rc::new(inner), settings)))
    }
}

impl<S> Clone for GateMiddleware<S> {
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
            clock: self.clock.clone(),
            sink: self.sink.clone(),
            reject: self.reject.clone(),
        }
    }
}

impl<S> fmt::Debug for GateMiddleware<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GateMiddleware").finish_non_exhaustive()
    }
}
