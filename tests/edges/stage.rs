//! An edge with a service behind it, and the cases that are played on them.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::cases::{ACME, Case};
use crate::client::{Client, PARTNER, Reply};
use crate::config::Config;
use crate::files::Files;
use crate::outcome::Outcome;
use crate::pki::{Holder, Pki};
use crate::program::{self, Running};
use crate::service::{HeaderLines, Service};
use crate::spoof::{Forgery, Spoof};

/// An address outside of the partners' network.
const ELSEWHERE: Ipv4Addr = Ipv4Addr::new(127, 0, 51, 7);

/// A running edge and the service behind it.
pub(crate) struct Stage {
    pub(crate) pki: Pki,
    service: Service,
    edge: Running,
    address: SocketAddr,
}

impl Stage {
    /// Starts a service with this policy, and the edge that `start` makes in
    /// front of it.
    pub(crate) async fn set(
        policy: Config,
        start: impl FnOnce(&Pki, SocketAddr, u16) -> Running,
    ) -> Self {
        Self::set_with(Pki::generate(), policy, start).await
    }

    /// The same with a program that `start` runs on the files of `config`;
    /// `None` if it is not installed.
    pub(crate) async fn behind(
        program: &str,
        config: Config,
        policy: Config,
        start: impl FnOnce(&Path, Files) -> Running,
    ) -> Option<Self> {
        let program = program::find_or_skip(program)?;
        let stage = Self::set(policy, |pki, service, port| {
            start(&program, Files::write(config, pki, service, port))
        });
        Some(stage.await)
    }

    /// The same with certificates that the policy names.
    pub(crate) async fn set_with(
        pki: Pki,
        policy: Config,
        start: impl FnOnce(&Pki, SocketAddr, u16) -> Running,
    ) -> Self {
        let service = Service::start(&policy.text()).await;
        let port = program::free_port();
        let edge = start(&pki, service.address(), port);
        let address = (Ipv4Addr::LOCALHOST, port).into();
        let stage = Self {
            pki,
            service,
            edge,
            address,
        };
        stage.wait_until_served().await;
        stage
    }

    /// Some edges accept connections before they have read all of their
    /// configuration.
    async fn wait_until_served(&self) {
        let client = Client::new(&self.pki, None);
        let begun = Instant::now();
        loop {
            let reply = client
                .send(PARTNER, self.address, &request("", "", None))
                .await;
            if !matches!(reply, Err(_) | Ok(Reply::Response(404 | 502 | 503, _))) {
                return;
            }
            let log = self.log();
            assert!(begun.elapsed() < program::START_DUE, "{reply:?}:\n{log}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Plays each case, and again where the edge resumes sessions. A resumed
    /// session brings no certificate along: the edge remembers it, and what it
    /// thought of it.
    pub(crate) async fn play_resumed(&self, cases: &[Case]) {
        for (holder, expected) in cases {
            let client = self.client(*holder);
            for resumed in [false, true] {
                let request = request("", "", None);
                let reply = client.send(PARTNER, self.address, &request).await;
                let got = Outcome::of(reply.unwrap(), &self.pki).to_string();
                assert_eq!(got, *expected, "{holder:?}, resumed: {resumed}");
                assert_eq!(client.has_resumed(), resumed, "{holder:?}");
            }
        }
    }

    /// Sends a plain request as each holder.
    pub(crate) async fn play(&self, cases: &[Case]) {
        for (holder, expected) in cases {
            let got = self.call(*holder).await.to_string();
            assert_eq!(got, *expected, "{holder:?}, {}", self.log());
        }
    }

    /// Sends a plain request as `holder`.
    pub(crate) async fn call(&self, holder: Option<Holder>) -> Outcome {
        self.send(holder, PARTNER, &request("", "", None)).await
    }

    /// Sends `forgery` in every way, as each holder of a case, and gives those
    /// that did not end as the case says, with how they ended.
    ///
    /// # Panics
    ///
    /// A forged value arrived at the service under the name of the header
    /// that the edge sets, or was believed.
    pub(crate) async fn spoof(&self, forgery: &Forgery, cases: &[Case]) -> Vec<String> {
        let mut others = Vec::new();
        for spoof in forgery.spoofs() {
            for (holder, expected) in cases {
                self.service.arrived();
                let request = request(&spoof.connection, &spoof.lines, spoof.trailers.as_deref());
                let got = self.send(*holder, PARTNER, &request).await;
                self.assert_not_believed(forgery, &spoof, *holder, &got);
                let is_refused = spoof.is_malformed && got == Outcome::EdgeAnswered(400);
                if !is_refused && got.to_string() != *expected {
                    let holder = holder.map_or("nobody".to_owned(), |who| format!("{who:?}"));
                    others.push(format!("{} as {holder}: {got}", spoof.name));
                }
            }
        }
        others
    }

    /// Sends `forgery` as it is, without a look at what arrives.
    pub(crate) async fn forge(&self, forgery: &Forgery, holder: Option<Holder>) -> Outcome {
        let lines = forgery.lines(str::to_owned);
        self.send(holder, PARTNER, &request("", &lines, None)).await
    }

    fn assert_not_believed(
        &self,
        forgery: &Forgery,
        spoof: &Spoof,
        holder: Option<Holder>,
        got: &Outcome,
    ) {
        if let Outcome::Allowed {
            certificate: Some(whose),
            ..
        } = got
        {
            assert_eq!(Some(*whose), holder, "{}: {got}", spoof.name);
        }
        for (name, value) in self.service.arrived().unwrap_or_default() {
            assert!(
                !name.eq_ignore_ascii_case(forgery.certificate.0) || !value.contains(&spoof.value),
                "{}: the edge passed the forged {name} on",
                spoof.name
            );
        }
    }

    /// The address is the one that the edge saw, whatever a client says of it.
    pub(crate) async fn assert_address_is_the_connections(&self) {
        let acme = Some(Holder::Acme);
        let forged = "X-Forwarded-For: 127.0.113.42\r\n";
        for (from, lines, expected) in [
            (PARTNER, "", ACME),
            (PARTNER, "X-Forwarded-For: 127.0.51.7\r\n", ACME),
            (ELSEWHERE, "", "403 ip_not_allowed"),
            (ELSEWHERE, forged, "403 ip_not_allowed"),
        ] {
            let got = self.send(acme, from, &request("", lines, None)).await;
            assert_eq!(got.to_string(), expected, "{from} {lines}");
        }
    }

    /// Sends a whole request.
    pub(crate) async fn send(
        &self,
        holder: Option<Holder>,
        from: Ipv4Addr,
        request: &str,
    ) -> Outcome {
        self.send_to(self.address, holder, from, request).await
    }

    /// The same past the edge, to another address.
    pub(crate) async fn send_to(
        &self,
        address: SocketAddr,
        holder: Option<Holder>,
        from: Ipv4Addr,
        request: &str,
    ) -> Outcome {
        let reply = self.client(holder).send(from, address, request).await;
        Outcome::of(reply.unwrap(), &self.pki)
    }

    fn client(&self, holder: Option<Holder>) -> Client {
        Client::new(&self.pki, holder.map(|holder| self.pki.of(holder)))
    }

    /// The values that a plain request of `holder` arrives with under a name.
    pub(crate) async fn arriving(&self, holder: Option<Holder>, name: &str) -> Vec<String> {
        self.service.arrived();
        self.call(holder).await;
        let lines: HeaderLines = self.service.arrived().expect("the service was asked");
        let named = |line: &(String, String)| line.0.eq_ignore_ascii_case(name);
        lines
            .into_iter()
            .filter(named)
            .map(|(_, value)| value)
            .collect()
    }

    fn log(&self) -> String {
        self.edge.log()
    }
}

/// A request for what acme may do.
pub(crate) fn request(connection: &str, lines: &str, trailers: Option<&str>) -> String {
    let head = format!(
        "POST /payments HTTP/1.1\r\nHost: localhost\r\nConnection: close{connection}\r\n{lines}"
    );
    match trailers {
        None => format!("{head}Content-Length: 4\r\n\r\nbody"),
        Some(trailers) => {
            format!("{head}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n{trailers}\r\n")
        }
    }
}
