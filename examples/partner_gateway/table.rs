//! The table of all scenarios, and the audit records below it.

use std::fmt;

use certgate::evidence::AuditRecord;
use serde_json::Value;

use super::client::Answer;
use super::play::Played;
use super::scenario::{ExpectedAnswer, Scenario};

/// What came of all scenarios.
pub(crate) struct Report {
    pub(crate) rows: Vec<Row>,
}

/// What came of one.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) expected: String,
    pub(crate) got: String,
    pub(crate) reason: String,
    /// Everything that is not as expected.
    pub(crate) differences: Vec<String>,
    pub(crate) records: Vec<AuditRecord>,
}

impl Row {
    pub(crate) fn new(scenario: &Scenario, played: Played, differences: Vec<String>) -> Self {
        let (got, reason) = match &played.answer {
            Answer::Refused(alert) => ("refused".to_owned(), format!("{alert:?}")),
            Answer::Response(response) => {
                let reason = response.body.get("reason").and_then(Value::as_str);
                (
                    response.status.to_string(),
                    reason.unwrap_or("-").to_owned(),
                )
            }
        };
        Self {
            name: scenario.name,
            expected: expected(&scenario.expected.answer),
            got,
            reason,
            differences,
            records: played.records,
        }
    }

    pub(crate) fn as_expected(&self) -> bool {
        self.differences.is_empty()
    }
}

fn expected(answer: &ExpectedAnswer) -> String {
    match answer {
        ExpectedAnswer::Handshake(alert) => format!("refused {alert:?}"),
        ExpectedAnswer::Status {
            status,
            reason: Some(reason),
            ..
        } => format!("{status} {reason}"),
        ExpectedAnswer::Status { status, .. } => status.to_string(),
    }
}

impl Report {
    pub(crate) fn as_expected(&self) -> bool {
        self.rows.iter().all(Row::as_expected)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        table(f, &self.rows)?;
        differences(f, &self.rows)?;
        writeln!(f, "\nAudit records:")?;
        for row in &self.rows {
            audit(f, row)?;
        }
        let failed = self.rows.iter().filter(|row| !row.as_expected()).count();
        match failed {
            0 => writeln!(f, "\nall {} scenarios are as expected", self.rows.len()),
            _ => writeln!(
                f,
                "\n{failed} of {} scenarios are not as expected",
                self.rows.len()
            ),
        }
    }
}

fn table(f: &mut fmt::Formatter<'_>, rows: &[Row]) -> fmt::Result {
    const HEAD: [&str; 4] = ["scenario", "expected", "got", "reason"];
    let cells: Vec<[&str; 4]> = rows
        .iter()
        .map(|row| [row.name, &row.expected, &row.got, &row.reason])
        .collect();
    let width = HEAD.map(str::len);
    let [name, expected, got, reason] = cells.iter().fold(width, |mut width, cells| {
        for (width, cell) in width.iter_mut().zip(cells) {
            *width = cell.len().max(*width);
        }
        width
    });
    let mut line = |[a, b, c, d]: [&str; 4], mark: &str| {
        let text = format!("{a:name$} | {b:expected$} | {c:got$} | {d:reason$} {mark}");
        writeln!(f, "{}", text.trim_end())
    };
    line(HEAD, "")?;
    let rule = [name, expected, got, reason].map(|width| "-".repeat(width));
    line(rule.each_ref().map(String::as_str), "")?;
    for (row, cells) in rows.iter().zip(cells) {
        line(
            cells,
            if row.as_expected() {
                ""
            } else {
                "<- NOT AS EXPECTED"
            },
        )?;
    }
    Ok(())
}

fn differences(f: &mut fmt::Formatter<'_>, rows: &[Row]) -> fmt::Result {
    for row in rows.iter().filter(|row| !row.as_expected()) {
        writeln!(f, "\n{}:", row.name)?;
        for difference in &row.differences {
            writeln!(f, "  {difference}")?;
        }
    }
    Ok(())
}

/// A scenario's records. Of many allowed ones the first and the last are
/// shown; all of them were checked.
fn audit(f: &mut fmt::Formatter<'_>, row: &Row) -> fmt::Result {
    writeln!(f, "\n# {}", row.name)?;
    match &*row.records {
        [] => writeln!(f, "# none: no request came to be decided"),
        [first, between @ .., last_allowed, denied] if !between.is_empty() => {
            json(f, first)?;
            writeln!(f, "# … {} more allowed …", between.len())?;
            json(f, last_allowed)?;
            json(f, denied)
        }
        few => few.iter().try_for_each(|record| json(f, record)),
    }
}

fn json(f: &mut fmt::Formatter<'_>, record: &AuditRecord) -> fmt::Result {
    let text = serde_json::to_string(record).map_err(|_| fmt::Error)?;
    writeln!(f, "{text}")
}
