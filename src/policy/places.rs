//! Where the rules of a policy stand in its document, for whoever asks why: looked
//! at when a decision is traced, and by nothing else.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::request::{CleanPath, PathTable};
use crate::trust::IssuerId;

use super::document::{Location, Position};
use super::rules::{ClientId, CollectionId};

/// Where a rule stands in the document that the policy was made of.
///
/// `Display` prints `policy.toml:12:5: clients[0].profiles[1].methods`, without
/// what is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Place {
    /// The name of the file, as given by the caller, or of the variable; empty
    /// without either.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// The line, from 1, if the policy came from a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column in characters, from 1, if the policy came from a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// The setting, such as `clients[0].profiles[1].methods`.
    pub field: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.source.is_empty() {
            write!(f, "{}:", self.source)?;
        }
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, "{line}:{column}:")?;
        }
        if !self.source.is_empty() || self.line.is_some() {
            f.write_str(" ")?;
        }
        f.write_str(&self.field)
    }
}

/// A line and a column in little room; a line of 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    line: u32,
    column: u32,
}

/// A mark, and the file or variable that it is in where that is not the document's
/// own.
#[derive(Clone, Debug)]
pub(super) struct SourcedMark {
    mark: Mark,
    source: Option<Arc<str>>,
}

/// The places of a policy's rules. A client takes the room of one mark, and of one
/// more for each of its own lists and profiles; names of fields are made when they
/// are asked for.
#[derive(Debug)]
pub(crate) struct Places {
    pub(super) source: Box<str>,
    pub(super) settings: Box<[(Setting, SourcedMark)]>,
    pub(super) issuers: Box<[Mark]>,
    /// The place of each path in its list.
    pub(super) binding_paths: PathTable<u32>,
    pub(super) binding_required: Box<[SourcedMark]>,
    pub(super) exemptions: Box<[ExemptionMark]>,
    pub(super) identity: Box<[SourcedMark]>,
    pub(super) limits: Box<[(Box<str>, Mark)]>,
    pub(super) collections: Box<[Mark]>,
    pub(super) clients: Box<[Mark]>,
    /// In the order of their keys.
    pub(super) of_clients: Box<[(ClientKey, Mark)]>,
}

/// Method, path and place of an exemption.
pub(super) type ExemptionMark = (Box<str>, Box<str>, Mark);

/// A setting that stands in the document once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    Preset,
    TrustedProxies,
    ClientAddress,
    Verification,
    Mode,
    Issuers,
    UnverifiedBearer,
    SelectorsSetBy,
    UnlistedPaths,
    Revoked,
    Constraints,
    Clients,
}

/// A part of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ClientKey {
    pub(super) client: u32,
    /// The profile's place; the client's own setting if absent.
    pub(super) profile: Option<u32>,
    pub(super) part: ClientPart,
}

/// What of a client or profile is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ClientPart {
    /// The profile itself.
    Whole,
    Methods,
    IpAllowlist,
    Requires,
    Constraints,
}

impl Setting {
    const fn field(self) -> &'static str {
        match self {
            Self::Preset => "edge.preset",
            Self::TrustedProxies => "edge.trusted_proxies",
            Self::ClientAddress => "edge.client_address",
            Self::Verification => "edge.verification",
            Self::Mode => "authentication.mode",
            Self::Issuers => "authentication.issuers",
            Self::UnverifiedBearer => "authentication.unverified_bearer",
            Self::SelectorsSetBy => "selectors.set_by",
            Self::UnlistedPaths => "paths.unlisted",
            Self::Revoked => "authentication.revoked",
            Self::Constraints => "authentication.constraints",
            Self::Clients => "clients",
        }
    }
}

impl ClientPart {
    const fn field(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Methods => ".methods",
            Self::IpAllowlist => ".ip_allowlist",
            Self::Requires => ".requires",
            Self::Constraints => ".constraints",
        }
    }
}

impl From<&Location> for Mark {
    fn from(at: &Location) -> Self {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        at.position
            .map_or(Self::default(), |Position { line, column }| Self {
                line: number(line),
                column: number(column),
            })
    }
}

impl From<&Location> for SourcedMark {
    fn from(at: &Location) -> Self {
        Self {
            mark: at.into(),
            source: at.source.clone(),
        }
    }
}

impl Places {
    /// A setting that the document has.
    pub(crate) fn setting(&self, setting: Setting) -> Option<Place> {
        let mut settings = self.settings.iter();
        let (_, mark) = settings.find(|(known, _)| *known == setting)?;
        Some(self.sourced(mark, setting.field().to_owned()))
    }

    /// An issuer that is allowed.
    pub(crate) fn issuer(&self, id: IssuerId) -> Option<Place> {
        let field = format!("authentication.issuers[{}]", id.0);
        Some(self.place(*self.issuers.get(id.0 as usize)?, field))
    }

    /// The rule by which a token has to be bound on this path.
    pub(crate) fn binding_required(&self, path: &CleanPath<'_>) -> Option<Place> {
        let place = *self.binding_paths.get(path)?;
        let mark = self.binding_required.get(place as usize)?;
        let field = format!("authentication.binding_required_paths[{place}]");
        Some(self.sourced(mark, field))
    }

    /// The exemption of a method and path.
    pub(crate) fn exemption(&self, method: &str, path: &CleanPath<'_>) -> Option<Place> {
        let mut exemptions = self.exemptions.iter().enumerate();
        let (place, (.., mark)) = exemptions.find(|(_, (own_method, own_path, _))| {
            **own_method == *method && **own_path == *path.as_str()
        })?;
        Some(self.place(*mark, format!("exemptions[{place}]")))
    }

    /// The identity rule at a place.
    pub(crate) fn identity_rule(&self, place: usize) -> Option<Place> {
        Some(self.sourced(self.identity.get(place)?, format!("identity[{place}]")))
    }

    /// The limit of a name.
    pub(crate) fn limit(&self, name: &str) -> Option<Place> {
        let mut limits = self.limits.iter().enumerate();
        let (place, (_, mark)) = limits.find(|(_, (own, _))| **own == *name)?;
        Some(self.place(*mark, format!("limits[{place}]")))
    }

    pub(crate) fn collection(&self, id: CollectionId) -> Option<Place> {
        let mark = *self.collections.get(id.0 as usize)?;
        Some(self.place(mark, format!("collections[{}]", id.0)))
    }

    pub(crate) fn client(&self, id: ClientId) -> Option<Place> {
        let mark = *self.clients.get(id.place())?;
        Some(self.place(mark, format!("clients[{}]", id.place())))
    }

    /// A part of a client's profile; the profile itself where it leaves that part
    /// out.
    pub(crate) fn profile(
        &self,
        client: ClientId,
        profile: usize,
        part: ClientPart,
    ) -> Option<Place> {
        self.profile_part(client, profile, part)
            .or_else(|| self.profile_part(client, profile, ClientPart::Whole))
    }

    /// A part of a client's profile, if it has it.
    pub(crate) fn profile_part(
        &self,
        client: ClientId,
        profile: usize,
        part: ClientPart,
    ) -> Option<Place> {
        let mark = self.part(client, Some(u32::try_from(profile).ok()?), part)?;
        let field = part.field();
        let field = format!("clients[{}].profiles[{profile}]{field}", client.0);
        Some(self.place(mark, field))
    }

    /// A part of a client's own, if it has it.
    pub(crate) fn client_part(&self, client: ClientId, part: ClientPart) -> Option<Place> {
        let mark = self.part(client, None, part)?;
        Some(self.place(mark, format!("clients[{}]{}", client.0, part.field())))
    }

    fn part(&self, client: ClientId, profile: Option<u32>, part: ClientPart) -> Option<Mark> {
        let key = ClientKey {
            client: client.0,
            profile,
            part,
        };
        let found = self
            .of_clients
            .binary_search_by_key(&key, |(known, _)| *known);
        let (_, mark) = self.of_clients.get(found.ok()?)?;
        Some(*mark)
    }

    fn place(&self, mark: Mark, field: String) -> Place {
        Self::place_in(&self.source, mark, field)
    }

    fn sourced(&self, at: &SourcedMark, field: String) -> Place {
        let source = at.source.as_deref().unwrap_or(&self.source);
        Self::place_in(source, at.mark, field)
    }

    fn place_in(source: &str, mark: Mark, field: String) -> Place {
        let known = |number: u32| (mark.line > 0).then_some(number);
        Place {
            source: source.to_owned(),
            line: known(mark.line),
            column: known(mark.column),
            field,
        }
    }
}
