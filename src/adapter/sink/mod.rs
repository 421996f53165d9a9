//! Places for audit records that never keep a request waiting.
//!
//! [`JsonLines`] writes lines on a thread of its own; a [`Channel`] hands owned
//! records to the service. Both are an [`AuditSink`](crate::evidence::AuditSink) for
//! the layer, behind an [`Arc`](std::sync::Arc) if somebody else is to look after
//! them; and they take the records of changes of the policy from whoever makes those.
//!
//! ```
//! use std::fs::OpenOptions;
//! use std::sync::Arc;
//!
//! use certgate::adapter::sink::JsonLines;
//! use certgate::evidence::AuditSink;
//!
//! # let folder = std::env::temp_dir().join(format!("certgate-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(&folder)?;
//! # let path = folder.join("audit.jsonl");
//! let file = OpenOptions::new().create(true).append(true).open(path)?;
//! let records = Arc::new(JsonLines::new(file)?);
//! // let layer = layer.with_sink(Arc::clone(&records));
//! // records.change(&installed.record);
//! # fn is_sink(_: impl AuditSink + 'static) {}
//! # is_sink(Arc::clone(&records));
//!
//! // What an alert should look at:
//! assert_eq!((records.dropped(), records.failed(), records.last_error()), (0, 0, None));
//!
//! // When the service stops, after its last request:
//! records.close();
//! # std::fs::remove_dir_all(folder)?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! The receiver of a channel can be awaited on any runtime:
//!
//! ```
//! use std::num::NonZeroUsize;
//!
//! use certgate::adapter::sink::{Channel, WhenFull};
//! use certgate::evidence::Evidence;
//!
//! let capacity = NonZeroUsize::new(1_000).unwrap_or(NonZeroUsize::MIN);
//! let (sink, mut evidence) = Channel::new(WhenFull::Drop { capacity });
//! // let layer = layer.with_sink(sink);
//! # drop(sink);
//! let keep = async move {
//!     while let Some(evidence) = evidence.recv().await {
//!         match evidence {
//!             Evidence::Request(record) => println!("{} {:?}", record.id, record.outcome),
//!             Evidence::Change(change) => println!("{} {:?}", change.id, change.outcome),
//!             Evidence::Gap(gap) => eprintln!("{} records are lost", gap.lost()),
//!             _ => {}
//!         }
//!     }
//! };
//! # drop(keep);
//! ```
//!
//! # Lines
//!
//! Every record is one line, whatever is in it: JSON in which everything is escaped
//! that ends a line, controls a terminal or turns the direction of text.
//! `audit.schema.json` describes the three shapes. A record of a request has
//! `method`, one of a change of the policy has `action`; the third tells of records
//! that are missing at that place, which a reader should look for:
//!
//! ```json
//! {"schema":1,"lost_requests":3,"lost_changes":0,"first_created_at":"2027-01-01T00:00:00Z","last_created_at":"2027-01-01T00:00:02Z"}
//! ```
//!
//! # What is promised
//!
//! - To hand over a record takes a lock for a moment and the memory for a copy. It
//!   waits for no reader and no writer.
//! - Records are kept in the order in which they were handed over: that in which
//!   responses ended, and not that of `created_at`.
//! - While there is room, none is dropped. One that finds no room is dropped and
//!   counted, and a gap stands in its place, as soon as there is somebody to tell.
//! - A line that cannot be written is counted and not tried again; the writing goes
//!   on with the next, after a line that tells of the gap. So that no record stands
//!   behind a gap of which nothing is told, records are lost until that line is
//!   written. What was left half way is ended with a line break, so a file may hold
//!   a line that is no JSON, or an empty one, before the line about the gap.
//! - A writer that panics has failed, and is used again.
//! - What is queued when a sink is closed or dropped is written, and flushed. It is
//!   flushed as well whenever nothing is queued.
//! - When the channel is dropped, its receiver still gets what is queued.
//!
//! # What is not
//!
//! - A process that is killed, or aborts, loses what is queued, and no line tells of
//!   it. [`JsonLines`] does not sync a file to its disk: it loses, with the machine,
//!   what the system had not written either.
//! - Nothing is sent twice, and nothing is acknowledged.
//! - Files are not rotated. Hand over a writer that opens its file again when it is
//!   told to, or make a sink of the new file and close the old one. A tool that copies
//!   and truncates (`copytruncate` of logrotate) needs a file that was opened for
//!   appending, and may lose what is written between the two.
//! - To close a sink whose writer never returns never returns.

mod channel;
mod json_lines;
mod line;
mod lines;
mod queue;

#[cfg(feature = "kafka")]
pub(super) use line::json_of;

pub use channel::{Channel, Receiver, WhenFull};
pub use json_lines::JsonLines;
