//! How a voter's command ends that does not get there: which exit status a failure of the driver has.

use std::path::Path;

use urna_client::ClientError;
use urna_client::driver::{DriverError, Failure, StorageError, answer};

use crate::answer::End;

impl End {
    pub(super) fn storage(error: StorageError) -> Self {
        let text = error.to_string();
        if matches!(error, StorageError::InUse(_)) { Self::no(text) } else { Self::unreadable(text) }
    }

    /// What the driver says. Checkpoints that convict the board are kept beside the saved form.
    pub(super) fn failure(failure: &Failure, state: Option<&Path>) -> Self {
        let mut text = failure.to_string();
        if let (
            Some(ClientError::Forked { kept, other } | ClientError::NotContinued { kept, other, .. }),
            Some(state),
        ) = (failure.error.rule(), state)
        {
            let mut path = state.as_os_str().to_owned();
            path.push(".evidence");
            let both = format!("{kept}\n\n{other}\n");
            text = match std::fs::write(&path, &both) {
                Ok(()) => format!("{text}. Both checkpoints are in {}", Path::new(&path).display()),
                Err(error) => format!("{text}. Both checkpoints could not be written ({error}):\n{both}"),
            };
        }
        Self::new(status(&failure.error), text, answer::failed(failure))
    }
}

/// 1 where somebody says no, 2 where nothing can be said or an argument is wrong.
const fn status(error: &DriverError) -> u8 {
    match error {
        DriverError::Unanswered { .. }
        | DriverError::Address { .. }
        | DriverError::LinkNeeded
        | DriverError::ManifestNeeded
        | DriverError::OtherElectionSaved { .. }
        | DriverError::OtherLinkSaved
        | DriverError::AlreadySaved
        | DriverError::Storage(StorageError::File { .. })
        | DriverError::Rule(
            ClientError::Saved(_)
            | ClientError::SavedVersion(_)
            | ClientError::SavedContradiction { .. }
            | ClientError::Selection(_),
        ) => 2,
        _ => 1,
    }
}
