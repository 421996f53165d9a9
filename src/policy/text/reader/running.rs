//! What is told while the policy is in force.

use crate::policy::document::{Evidence, Expiry, Limiting};
use crate::policy::keywords::{LimitHeaders, RecordedCertificate, WhenAway};
use crate::policy::text::cursor::Table;
use crate::policy::text::value;

pub(super) fn expiry(table: &mut Table<'_>) -> Option<Expiry> {
    Some(Expiry {
        at: table.at(),
        warn_days: table.optional("warn_days", |list| list.filled(value::count)),
        header: table.optional("header", value::text),
    })
}

pub(super) fn evidence(table: &mut Table<'_>) -> Option<Evidence> {
    Some(Evidence {
        at: table.at(),
        certificate: table.optional("certificate", |word| {
            value::word(word, RecordedCertificate::WORDS)
        }),
    })
}

pub(super) fn limiting(table: &mut Table<'_>) -> Option<Limiting> {
    let headers = table.optional("headers", |list| {
        list.filled(|word| value::word(word, LimitHeaders::WORDS))
    });
    let written = (table.has("when_away"), table.has("local_percent"));
    let when_away = table.optional("when_away", |word| value::word(word, WhenAway::WORDS));
    let local_percent = table.optional("local_percent", value::count);
    // One that could not be read is a problem already; the other says nothing
    // without it.
    let is_read = written == (when_away.is_some(), local_percent.is_some());
    Some(Limiting {
        at: table.at(),
        headers,
        when_away: when_away.filter(|_| is_read),
        local_percent: local_percent.filter(|_| is_read),
    })
}
