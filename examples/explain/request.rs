//! From a line to the facts of a request.

use std::net::IpAddr;

use certgate::request::{Confirmation, Peer, VerifiedToken};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::support::headers::{HeaderLine, read_headers};
use crate::support::members::{Malformed, Member, Object};

/// What one line asks about.
pub(super) struct Asked {
    pub(super) peer: Peer<'static>,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) headers: Vec<HeaderLine>,
    pub(super) token: Option<VerifiedToken>,
    /// In nanoseconds since the Unix epoch, if the line says it.
    pub(super) now: Option<i128>,
}

impl Asked {
    pub(super) fn read(object: &Object<'_>) -> Result<Self, Malformed> {
        object.unrepeated()?;
        Ok(Self {
            peer: read_peer(object.require("peer")?)?,
            method: match object.get("method") {
                Some(method) => method.text()?,
                None => "GET".to_owned(),
            },
            path: object.require("path")?.text()?,
            headers: match object.get("headers") {
                Some(headers) => read_headers(headers)?,
                None => Vec::new(),
            },
            token: object.get("token").map(read_token).transpose()?,
            now: object.get("now").map(read_moment).transpose()?,
        })
    }
}

fn read_peer(member: Member<'_>) -> Result<Peer<'static>, Malformed> {
    match member.text()?.as_str() {
        "unix" => Ok(Peer::UNIX),
        "unknown" => Ok(Peer::UNKNOWN),
        address => {
            match address.parse::<IpAddr>() {
                Ok(address) => Ok(Peer::address(address)),
                Err(_) => Err(member
                    .malformed("a peer is an IP address without a port, \"unix\" or \"unknown\"")),
            }
        }
    }
}

/// The claims of a token that counts as verified.
fn read_token(member: Member<'_>) -> Result<VerifiedToken, Malformed> {
    let token = member.object()?;
    token.unrepeated()?;
    let client = token.get("client_id").map(Member::text).transpose()?;
    let confirmation = match token.get_any("cnf") {
        Some(claim) => claim.read()?,
        None => Confirmation::default(),
    };
    Ok(VerifiedToken::assert_verified(
        client.as_deref(),
        confirmation,
    ))
}

fn read_moment(member: Member<'_>) -> Result<i128, Malformed> {
    OffsetDateTime::parse(&member.text()?, &Rfc3339)
        .map(OffsetDateTime::unix_timestamp_nanos)
        .map_err(|_| member.malformed("a time is written as in RFC 3339, 2026-04-16T09:09:22Z"))
}
