//! How far the work is, as often as a person can see.

use std::sync::{Mutex, PoisonError};

use serde_json::json;
use urna_verifier::{Stage, Watch};

use crate::Outside;

/// Says the stage, and each per cent of it once.
pub struct Progress<'o, O> {
    outside: &'o O,
    at: Mutex<At>,
}

#[derive(Default)]
struct At {
    stage: &'static str,
    done: u64,
    total: u64,
    said: Option<u64>,
}

impl At {
    fn per_cent(&self) -> u64 {
        let share = u128::from(self.done) * 100 / u128::from(self.total.max(1));
        u64::try_from(share).unwrap_or(100).min(100)
    }
}

impl<'o, O: Outside> Progress<'o, O> {
    /// At the beginning.
    pub fn new(outside: &'o O) -> Self {
        Self { outside, at: Mutex::default() }
    }

    fn change(&self, change: impl FnOnce(&mut At)) {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut at);
        let per_cent = at.per_cent();
        if at.said != Some(per_cent) {
            at.said = Some(per_cent);
            let said = json!({ "progress": { "stage": at.stage, "per_cent": per_cent } });
            self.outside.say(said.to_string().as_bytes());
        }
    }
}

impl<O: Outside> Watch for Progress<'_, O> {
    fn begin(&self, stage: Stage, total: u64) {
        let stage = match stage {
            // Nothing is copied here.
            Stage::Tiles | Stage::Bundles | Stage::Entries => "entries",
            Stage::Issuance => "issuance",
            Stage::Openings => "openings",
            Stage::Blobs => "blobs",
        };
        self.change(|at| *at = At { stage, total, ..At::default() });
    }

    fn advance(&self, done: u64) {
        self.change(|at| at.done = at.done.saturating_add(done));
    }
}
