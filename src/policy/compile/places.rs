//! Where each rule of a policy stands in its document.

use crate::policy::document::{Client, Clients, Document, Location};
use crate::policy::places::{ClientKey, ClientPart, Mark, Places, Setting, SourcedMark};
use crate::request::{CleanPath, Extent, PathSyntax, PathTable};

/// The places of what was compiled, by the numbers that it got; of a document
/// without mistakes.
pub(super) fn places(document: &Document, syntax: PathSyntax) -> Places {
    let authentication = &document.authentication;
    let issuers = authentication.issuers.iter().flat_map(|list| &list.value);
    let binding = authentication.binding_required_paths.iter();
    let binding: Vec<_> = binding.flat_map(|list| &list.value).collect();
    let mut binding_paths = PathTable::new(syntax);
    for (place, path) in (0..).zip(&binding) {
        // What clashes has been refused.
        let _ = binding_paths.insert(&path.value, Extent::Prefix, place);
    }
    let exemptions = document.exemptions.iter().filter_map(|exemption| {
        let path = CleanPath::parse(&exemption.path.value, syntax).ok()?;
        let method = exemption.method.value.as_str().into();
        Some((method, path.as_str().into(), Mark::from(&exemption.at)))
    });
    let clients = match &document.clients {
        Clients::Listed(clients) => clients.as_slice(),
        Clients::Open(_) => &[],
    };
    Places {
        source: document.source.as_str().into(),
        settings: settings(document),
        issuers: marks(issuers.map(|issuer| &issuer.at)),
        binding_paths,
        binding_required: marks(binding.iter().map(|path| &path.at)),
        exemptions: exemptions.collect(),
        identity: marks(document.identity.iter().map(|rule| &rule.at)),
        limits: document
            .limits
            .iter()
            .map(|limit| (limit.name.value.as_str().into(), Mark::from(&limit.at)))
            .collect(),
        collections: marks(document.collections.iter().map(|own| &own.at)),
        clients: marks(clients.iter().map(|client| &client.at)),
        of_clients: (0..)
            .zip(clients)
            .flat_map(|(place, client)| parts(place, client))
            .collect(),
    }
}

fn marks<'d, M: From<&'d Location>>(locations: impl Iterator<Item = &'d Location>) -> Box<[M]> {
    locations.map(M::from).collect()
}

fn settings(document: &Document) -> Box<[(Setting, SourcedMark)]> {
    let edge = &document.edge;
    let authentication = &document.authentication;
    let selectors = document.selectors.as_ref();
    let paths = document.paths.as_ref();
    let set_by = selectors.and_then(|section| section.set_by.as_ref());
    let unlisted = paths.and_then(|section| section.unlisted.as_ref());
    let clients = match &document.clients {
        Clients::Listed(_) => None,
        Clients::Open(at) => Some(at),
    };
    let all: [(Setting, Option<&Location>); 12] = [
        (Setting::Preset, Some(&edge.preset.at)),
        (Setting::TrustedProxies, Some(&edge.trusted_proxies.at)),
        (
            Setting::ClientAddress,
            edge.client_address.as_ref().map(|own| &own.at),
        ),
        (
            Setting::Verification,
            edge.verification.as_ref().map(|own| &own.at),
        ),
        (Setting::Mode, Some(&authentication.mode.at)),
        (
            Setting::Issuers,
            authentication.issuers.as_ref().map(|own| &own.at),
        ),
        (
            Setting::UnverifiedBearer,
            authentication.unverified_bearer.as_ref().map(|own| &own.at),
        ),
        (Setting::SelectorsSetBy, set_by.map(|own| &own.at)),
        (Setting::UnlistedPaths, unlisted.map(|own| &own.at)),
        (
            Setting::Revoked,
            authentication.revoked.as_ref().map(|own| &own.at),
        ),
        (
            Setting::Constraints,
            authentication.constraints.as_ref().map(|own| &own.at),
        ),
        (Setting::Clients, clients),
    ];
    all.into_iter()
        .filter_map(|(setting, at)| Some((setting, SourcedMark::from(at?))))
        .collect()
}

/// The lists of a client, and its profiles and their lists, in the order of their
/// keys.
fn parts(place: u32, client: &Client) -> impl Iterator<Item = (ClientKey, Mark)> {
    let marked = move |profile, part, at: Option<&Location>| {
        let key = ClientKey {
            client: place,
            profile,
            part,
        };
        Some((key, Mark::from(at?)))
    };
    let own = [
        (
            ClientPart::Methods,
            client.methods.as_ref().map(|list| &list.at),
        ),
        (
            ClientPart::IpAllowlist,
            client.ip_allowlist.as_ref().map(|list| &list.at),
        ),
        (
            ClientPart::Requires,
            client.requires.as_ref().map(|list| &list.at),
        ),
        (
            ClientPart::Constraints,
            client.constraints.as_ref().map(|section| &section.at),
        ),
    ];
    let own = own
        .into_iter()
        .filter_map(move |(part, at)| marked(None, part, at));
    let profiles = (0..).zip(&client.profiles).flat_map(move |(own, profile)| {
        let all = [
            (ClientPart::Whole, Some(&profile.at)),
            (
                ClientPart::Methods,
                profile.methods.as_ref().map(|list| &list.at),
            ),
            (
                ClientPart::IpAllowlist,
                profile.ip_allowlist.as_ref().map(|list| &list.at),
            ),
            (
                ClientPart::Requires,
                profile.requires.as_ref().map(|list| &list.at),
            ),
        ];
        all.into_iter()
            .filter_map(move |(part, at)| marked(Some(own), part, at))
    });
    own.chain(profiles)
}
