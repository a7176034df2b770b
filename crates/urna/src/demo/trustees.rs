//! The demo's trustees: each with a key file and a backup of its own, and all that `urna trustee` does.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, bail, ensure};
use rand_core::OsRng;
use urna_api::client::{AuthorityClient, BoardClient};
use urna_election::Plan;
use urna_election::entry::Kind;
use urna_election::manifest::Manifest;
use urna_trustee::driver::{FileDriver, Opened};
use urna_trustee::{Cost, Sharing, Stage, Trustee, VerifiedClose};
use urna_verifier::source::{Directory, Prefix, mirror};
use urna_verifier::{Given, verify};

use super::Trustees;
use crate::progress::progress_bar;
use crate::trustee::trustee_keys;

/// Trials have passphrases that everybody knows, and so cheap a key is made of them as the program allows.
const PASSPHRASE: &str = "a passphrase of the demo";

/// All trustees of the demo.
pub(super) struct AllTrustees {
    members: Vec<(FileDriver, PathBuf)>,
    threshold: usize,
}

impl AllTrustees {
    /// Enrolment and key ceremony over the authority; at its end the authority has the election's key.
    pub(super) async fn hold_ceremony(
        folder: &Path,
        plan: &Plan,
        trustees: Trustees,
        authority: &str,
        organiser: &AuthorityClient,
    ) -> anyhow::Result<Self> {
        let sharing = if trustees == Trustees::Solo { Sharing::Solo } else { Sharing::Shared };
        let courier = AuthorityClient::new(authority)?;
        let mut members = Vec::new();
        for party in &plan.trustees {
            let mut trustee = Trustee::enrol(plan.clone(), &party.id, sharing, &mut OsRng)?;
            trustee.set_authority(Some(authority.to_owned()));
            let own = folder.join(party.id.as_str());
            std::fs::create_dir_all(&own).with_context(|| own.display().to_string())?;
            let driver = FileDriver::create(&own.join("key"), PASSPHRASE, Cost::new(8, 1, 1)?, trustee)?;
            members.push((driver, own.join("backup")));
        }
        // Enrolments, round 1, round 2, confirmations: each turn brings what the one before has made.
        for _ in 0..=4 {
            for (driver, _) in &mut members {
                let held = driver.hold_ceremony(&courier).await?;
                ensure!(held.advanced.is_clean(), "a package of the key ceremony was refused");
            }
        }
        if trustees == Trustees::Solo
            && let Some(keys) = members.first().and_then(|(driver, _)| driver.trustee().public_keys())
        {
            organiser.put_trustee_keys(&plan.slug, &trustee_keys(keys)).await?;
        }
        for (driver, backup) in &members {
            ensure!(driver.trustee().stage() == Stage::HoldsShare, "the key ceremony did not end");
            driver.back_up(backup, PASSPHRASE)?;
        }
        Ok(Self { members, threshold: plan.threshold.into() })
    }

    /// Every trustee agrees to the published manifest, and rehearses with its backup.
    pub(super) async fn agree_and_rehearse(&mut self, manifest: &Manifest) -> anyhow::Result<()> {
        let board = BoardClient::new(&manifest.board().url)?;
        for (driver, _) in &mut self.members {
            driver.change(|trustee, rng| trustee.agree(manifest.id(), manifest, rng)).await??;
            driver.keep_manifest(manifest)?;
            driver.post(&board, manifest, Kind::Ceremony).await?;
        }
        for (driver, backup) in &mut self.members {
            driver.rehearse(backup, PASSPHRASE).await?;
            driver.post(&board, manifest, Kind::Rehearsal).await?;
        }
        Ok(())
    }

    /// Every trustee reads the record, makes all checks and agrees to open; then the first t of them open.
    pub(super) async fn open(&mut self, manifest: &Manifest, folder: &Path) -> anyhow::Result<()> {
        let board = BoardClient::new(&manifest.board().url)?;
        let prefix = Prefix::new(&format!("{}/{}/", manifest.board().url, manifest.slug()))?;
        let progress = progress_bar("trustees: verify, agree", self.members.len());
        let mut closes = Vec::new();
        for (place, (driver, _)) in self.members.iter_mut().enumerate() {
            let own = folder.join(format!("read-by-{}", place + 1));
            mirror(&prefix, &own, &()).await?;
            let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
            let given = Given { election: Some(*manifest.id()), now, ..Given::default() };
            let record = Directory::open(&own)?;
            let verified = tokio::task::block_in_place(|| verify(&record, &given, &|| OsRng, &()))?;
            let close = VerifiedClose::of(manifest.id(), &verified)
                .map_err(|error| anyhow::anyhow!("{error}\n{}", verified.report))?;
            driver.agree_to_open(&board, manifest, &close, now).await?;
            closes.push(close);
            progress.inc(1);
        }
        progress.finish_and_clear();
        let chunks = closes.first().map_or(0, |close| close.chunks());
        let progress = progress_bar("trustees: open", self.threshold * usize::try_from(chunks)?);
        for ((driver, _), close) in self.members.iter_mut().zip(&closes).take(self.threshold) {
            let before = progress.position();
            let told = |position: u32, _| progress.set_position(before + u64::from(position));
            match driver.open_ballots(&board, manifest, close, told).await? {
                Opened::All { .. } => {}
                Opened::Waiting(error) => bail!("a trustee does not open: {error}"),
            }
        }
        progress.finish_and_clear();
        Ok(())
    }
}
