//! The seventeen checks, one function each. Faults that a single entry shows were noted while the log was replayed, and such a
//! check has failed before its function is asked; here is what needs more than one entry, and what a pass says.

mod blobs;
mod issuance;
mod keys;
mod log;
mod openings;
mod register;
mod voters;

use core::fmt::Display;

/// `1 ballot`, `2 ballots`.
fn plural(count: impl Into<u64>, one: &str, many: &str) -> String {
    let count = count.into();
    format!("{count} {}", if count == 1 { one } else { many })
}

/// At most ten of them, and how many more there are.
fn listed<T: Display>(items: &[T]) -> String {
    let shown: Vec<String> = items.iter().take(10).map(T::to_string).collect();
    let more = items.len().saturating_sub(shown.len());
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

/// A length as a figure.
fn length<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}
