//! What this process has in memory stays there: keys, passphrases, open sessions.

use std::io;

#[cfg(target_os = "linux")]
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use rustix::process::{Resource, Rlimit, setrlimit};

/// Forbids core files of this process and of those that it starts, and other processes of the same user to look into its memory
/// or to trace it.
///
/// # Errors
/// The system refuses, which a limit that is only lowered gives it no reason for.
pub(crate) fn keep_to_itself() -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    // A core file that goes to a program instead of a file knows no limit.
    #[cfg(target_os = "linux")]
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{dumpable_behavior, getrlimit};

    use super::*;

    #[test]
    fn keeps_to_itself() {
        assert_ne!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        keep_to_itself().unwrap();
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        assert_eq!(getrlimit(Resource::Core), Rlimit { current: Some(0), maximum: Some(0) });
    }
}
