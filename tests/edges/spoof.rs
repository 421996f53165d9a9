//! The ways in which a client can name a header that only the edge may set.

/// The headers by which an edge speaks, with values that a client would like
/// to be believed.
#[derive(Clone, Debug)]
pub(crate) struct Forgery {
    /// The certificate header and somebody else's certificate in it.
    pub(crate) certificate: (&'static str, String),
    /// The status header and the word that means verified.
    pub(crate) status: Option<(&'static str, &'static str)>,
}

/// What a client adds to its request.
pub(crate) struct Spoof {
    pub(crate) name: &'static str,
    /// The value that must not be believed.
    pub(crate) value: String,
    /// More members of the `Connection` line.
    pub(crate) connection: String,
    /// More header lines.
    pub(crate) lines: String,
    /// Whether the edge may refuse the request as none.
    pub(crate) is_malformed: bool,
    /// The trailer section of a chunked body, if the request has a body.
    pub(crate) trailers: Option<String>,
}

impl Forgery {
    /// Every way to send it.
    pub(crate) fn spoofs(&self) -> Vec<Spoof> {
        let lines = |change: fn(&str) -> String| self.lines(change);
        let exact = lines(str::to_owned);
        let spoof = |name, lines| Spoof {
            name,
            value: self.certificate.1.clone(),
            connection: String::new(),
            lines,
            is_malformed: false,
            trailers: None,
        };
        vec![
            spoof("exact", exact.clone()),
            spoof("lower case", lines(str::to_ascii_lowercase)),
            spoof("upper case", lines(str::to_ascii_uppercase)),
            spoof("underscores", lines(|name| name.replace('-', "_"))),
            spoof("dots", lines(|name| name.replace('-', "."))),
            spoof("twice", format!("{exact}{exact}")),
            spoof("empty first", lines(|name| format!("{name}: \r\n{name}"))),
            spoof("beside an identity", format!("{exact}{IDENTITIES}")),
            Spoof {
                connection: format!(", {}", self.names()),
                ..spoof("in connection, sent", exact.clone())
            },
            Spoof {
                connection: format!(", {}", self.names()),
                ..spoof("in connection, not sent", String::new())
            },
            Spoof {
                is_malformed: true,
                ..spoof("a space before the colon", lines(|name| format!("{name} ")))
            },
            Spoof {
                is_malformed: true,
                ..spoof("in a folded line", format!("X-Other: a\r\n {exact}"))
            },
            Spoof {
                is_malformed: true,
                ..spoof("after a lone line feed", format!("X-Other: a\n{exact}"))
            },
            Spoof {
                trailers: Some(exact),
                ..spoof("trailers", format!("Trailer: {}\r\n", self.names()))
            },
        ]
    }

    /// The header lines, under names changed by `change`.
    pub(crate) fn lines(&self, change: fn(&str) -> String) -> String {
        let (certificate, value) = &self.certificate;
        let status = self
            .status
            .map(|(name, word)| format!("{}: {word}\r\n", change(name)));
        format!(
            "{}: {value}\r\n{}",
            change(certificate),
            status.unwrap_or_default()
        )
    }

    fn names(&self) -> String {
        let names: Vec<&str> = [self.certificate.0]
            .into_iter()
            .chain(self.status.map(|(name, _)| name))
            .collect();
        names.join(", ")
    }
}

/// Other headers in which some service believes. The guide's configurations
/// remove those that select, and choose ids of requests themselves.
const IDENTITIES: &str = "X-Client-ID: pisp-partner-acme\r\n\
    X-Profile-ID: pisp-prod\r\n\
    X-Request-ID: forged\r\n\
    X-Client-DN: CN=pisp-partner-acme\r\n\
    ssl-client-subject-dn: CN=pisp-partner-acme\r\n\
    X-Forwarded-Tls-Client-Cert-Info: Subject=\"CN=pisp-partner-acme\"\r\n\
    Cf-Cert-Verified: true\r\n";
