//! How a command ends that does not get there.

use urna_disk::DiskError;
use urna_trustee::driver::{DriverError, FileError};

use crate::answer::End;
use crate::organiser;

/// 1 where somebody says no, 2 where nothing can be said or an argument is wrong.
pub(super) fn of(error: DriverError) -> End {
    let text = error.to_string();
    match error {
        DriverError::Service(error) => organiser::refused(error),
        DriverError::Trustee(_)
        | DriverError::OtherAttempt { .. }
        | DriverError::NoReceipt
        | DriverError::File(FileError::SameFile(_) | FileError::Disk(DiskError::InUse { .. })) => {
            End::no(text)
        }
        _ => End::unreadable(text),
    }
}
