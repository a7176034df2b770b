//! What authority, issuer and board keep on a disk, so that what they have acknowledged survives the loss of power, and a disk
//! that is full or fails stops them and nothing worse. The only crate that names sled.
//!
//! ```text
//! Database::open ─> Tree: get, put, remove, swap ─┬─> Database::sync: only now is it on the disk
//!                   Values: the same in parts ────┘
//! ```
//!
//! # What holds
//!
//! 1. **Durable is what was written before [`Database::sync`] returned.** sled's `flush` starts writing and never calls fsync
//!    (its issue 1452), so one function flushes and then calls `sync_data` on the file, and nothing else commits.
//! 2. **After a failure nothing more is read or written** until the database is opened again: the operating system reports a
//!    failed write once and calls the next attempt a success, and what can be read meanwhile may not be on the disk. Opening
//!    reads what is there, and makes it durable before anybody sees it.
//! 3. **No side files.** Values larger than a quarter of a segment would become files that nobody syncs; so would a page, on
//!    which up to twenty values lie together. A [`Tree`] takes at most [`MOST`] bytes; [`Values`] cuts what is longer.
//! 4. **A crash leaves the writes up to some moment.** Each write is there as a whole or not at all, and none without those
//!    before it, because sled's log is read back up to its first gap.
//! 5. **One write at a time.** sled's batches are not used. While one is applied it holds a place in sled's log; a buffer that
//!    fills meanwhile is written when the place is given back, and if that fails nobody wakes the thread that waits in `flush`
//!    (`exit_reservation`): on a full disk a writer now and then stood still for ever, and with it all others, because the
//!    batches of all databases wait for one lock. Who has several writes that belong together orders them so that each
//!    moment between two of them is one to go on from.
//! 6. **No panic leaves this crate.** sled panics where it cannot go on, also on closing (`Log::drop`), in whatever thread lets
//!    go of the last handle: that is caught, and is a failure like others.
//!
//! | module | what | start reading at |
//! |---|---|---|
//! | `database` | sled | [`Database`] |
//! | `values` | values cut into parts | [`Values`] |
//! | `files` | folders, locks, files replaced as a whole | [`replace_file`] |
//! | `copying` | what is in a folder, for a backup | [`each_file`] |
//! | [`secret`] | files that only their owner reads | [`secret::write_new`] |
//! | `error` | what went wrong, where, and what to do | [`DiskError`] |
//! | `crash` | with the feature of this name, for tests: cells of a machine that crashes | `Machine` |

mod copying;
#[cfg(any(test, feature = "crash"))]
pub mod crash;
mod database;
mod error;
mod files;
pub mod secret;
mod values;

pub use copying::{Copied, each_file};
pub use database::{Cell, Cells, Database, MOST, Tree};
pub use error::DiskError;
pub use files::{FileLock, FolderLock, make_folder, read_file, remove_unfinished, replace_file, sync_folder};
pub use values::Values;
