//! How far the work is, on a terminal only.

use std::sync::{Mutex, PoisonError};

use indicatif::{ProgressBar, ProgressStyle};

use crate::watch::{Stage, Watch};

/// A bar for each stage, with rate and time left.
#[derive(Default)]
pub struct Progress(Mutex<Option<ProgressBar>>);

impl Progress {
    /// No stage yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the bar away.
    pub fn end(&self) {
        if let Some(bar) = self.bar().take() {
            bar.finish_and_clear();
        }
    }

    fn bar(&self) -> std::sync::MutexGuard<'_, Option<ProgressBar>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch for Progress {
    fn begin(&self, stage: Stage, total: u64) {
        let what = match stage {
            Stage::Tiles => "hashes",
            Stage::Bundles => "bundles of entries",
            Stage::Entries => "entries",
            Stage::Issuance => "lists of issuers",
            Stage::Openings => "counted ballots",
            Stage::Blobs => "blobs",
        };
        let style = ProgressStyle::with_template("{msg:20} {bar:30} {pos}/{len}  {per_sec}  {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        self.end();
        // Drawn on standard error, if that is a terminal.
        *self.bar() = Some(ProgressBar::new(total).with_style(style).with_message(what));
    }

    fn advance(&self, done: u64) {
        if let Some(bar) = &*self.bar() {
            bar.inc(done);
        }
    }
}
