//! How limits are told, and what holds while nobody can count.

use crate::limits::{Away, Share};
use crate::policy::document::{Limit, Limiting};
use crate::policy::keywords::{LimitHeaders, WhenAway};
use crate::policy::problem::{Problem, Problems};

/// The longest name of a limit that headers tell, in bytes: a response has many of
/// them, and proxies take only so much.
const LONGEST_TOLD: usize = 128;

/// The headers that tell a client how its limits stand, in the order of the
/// document.
pub(super) fn headers(
    section: Option<&Limiting>,
    limits: &[Limit],
    problems: &mut Problems,
) -> Box<[LimitHeaders]> {
    let mut headers = Vec::new();
    let list = section.and_then(|section| section.headers.as_ref());
    for entry in list.into_iter().flat_map(|list| &list.value) {
        if headers.contains(&entry.value) {
            problems.push(Problem::error(&entry.at, "these headers are listed twice"));
        } else {
            headers.push(entry.value);
        }
    }
    if headers.contains(&LimitHeaders::RateLimit) {
        let names = limits.iter().map(|limit| &limit.name);
        for name in names.filter(|name| name.value.len() > LONGEST_TOLD) {
            problems.push(Problem::error(
                &name.at,
                "a name that `ratelimit` tells has at most 128 bytes",
            ));
        }
    }
    headers.into()
}

/// What becomes of a request while the shared store is away.
pub(super) fn away(section: Option<&Limiting>, problems: &mut Problems) -> Away {
    let Some(section) = section else {
        return Away::Deny;
    };
    let when_away = section.when_away.as_ref();
    let share = share(section, problems);
    match (when_away.map(|setting| setting.value), share) {
        (Some(WhenAway::Local), Some(share)) => return Away::Local(share),
        (Some(WhenAway::Local), None) if section.local_percent.is_none() => {
            let at = when_away.map_or(&section.at, |setting| &setting.at);
            problems.push(
                Problem::error(at, "`local` needs `local_percent`")
                    .with_hint("with four instances, 25 holds the limits among them"),
            );
        }
        (Some(WhenAway::Allow), _) => {
            refuse_share(section, problems);
            return Away::Allow;
        }
        (Some(WhenAway::Deny) | None, _) => refuse_share(section, problems),
        (Some(WhenAway::Local), None) => {}
    }
    Away::Deny
}

fn share(section: &Limiting, problems: &mut Problems) -> Option<Share> {
    let percent = section.local_percent.as_ref()?;
    let share = u8::try_from(percent.value.get()).ok().map(Share::percent);
    if let Some(Ok(share)) = share {
        return Some(share);
    }
    problems.push(Problem::error(
        &percent.at,
        "a share is at most 100 percent",
    ));
    None
}

fn refuse_share(section: &Limiting, problems: &mut Problems) {
    if let Some(percent) = &section.local_percent {
        problems.push(Problem::error(
            &percent.at,
            "only `when_away = \"local\"` holds limits to a share",
        ));
    }
}
