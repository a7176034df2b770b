//! `urna bench record`: a whole, valid election of any size as the directory that `urna mirror` would have filled.
//!
//! ```text
//! manifest, ceremony, rehearsal ── register ── ballots, 1,024 at a time ── close ── issuance list ── agreed, openings
//!   ── verified and tallied by urna-verifier, as an authority does it ── result, certified
//! ```
//!
//! Ballots go to the disk as they are made. What stays in memory is what a board keeps too, and for each voter a secret, a
//! salt and a handle.

mod crowd;
mod directory;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, ensure};
use rand_core::OsRng;
use rayon::prelude::*;
use urna_crypto::{ElectionId, Point, SignedEntry};
use urna_election::blob::BlobKind;
use urna_election::entry::{
    Cause, Certified, Entry, Issuance, Register, ResultPublished, VotingClosed, VotingOpened,
};
use urna_election::manifest::Manifest;
use urna_election::{CountedBallot, Id, opening};
use urna_verifier::Given;
use urna_verifier::command::Progress;
use urna_verifier::source::Directory as Source;

use crate::demo::Trustees;
use crate::demo::ballot_file::{BallotFile, Line, Named};
use crate::load::memory::{Election, log_key};
use crate::load::organisation::{Authority, Organisation, Planned, Terms, Trustee};
use crate::progress::progress_bar;
use crowd::{Crowd, IssuerKeys};
use directory::Directory;

/// How many options stand for election; a fourth of the ballots is blank.
const OPTIONS: usize = 3;
/// The only class.
const CLASS: &str = "class-1";

#[derive(clap::Args)]
#[command(after_help = "\
Complete example:

  urna bench record --ballots 100000 --dir /tmp/record-100000
  urna bench verify /tmp/record-100000

makes an election of 100,000 voters who all cast one ballot, with one class, one issuer and trustees of whom two of three have
opened, as files that `urna-verify` and any static web server can read: about 1.6 kilobytes and half a millisecond of one core
for each ballot. All cores are used. The directory appears when the record is complete.

Exit status: 0 the record is there; 2 wrong arguments, or the disk refuses.")]
pub(crate) struct Arguments {
    /// How many ballots
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    ballots: u32,
    /// The directory to be made; what lies there is never overwritten
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Print JSON instead of a line
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> ExitCode {
    let started = Instant::now();
    let election = match make(arguments.ballots, &arguments.dir) {
        Ok(election) => election,
        Err(error) => {
            eprintln!("urna bench record: {error:#}");
            return ExitCode::from(2);
        }
    };
    let (ballots, directory) = (arguments.ballots, arguments.dir.display());
    let seconds = started.elapsed().as_secs_f64();
    #[expect(clippy::print_stdout, reason = "the command's result")]
    if arguments.json {
        let said = serde_json::json!({
            "ballots": ballots, "directory": directory.to_string(), "election_id": election.to_string(), "seconds": seconds,
        });
        println!("{said}");
    } else {
        println!("{directory}: election {election}, {ballots} ballots, made in {seconds:.0} s");
        println!("urna bench verify {directory}");
    }
    ExitCode::SUCCESS
}

/// Makes the record; its directory appears at the end.
pub(super) fn make(ballots: u32, directory: &Path) -> anyhow::Result<ElectionId> {
    let directory = std::path::absolute(directory).context("the directory's name")?;
    let parent = directory.parent().context("the directory has no name")?;
    fs::create_dir_all(parent).with_context(|| format!("cannot make the folder {}", parent.display()))?;
    let is_empty = || fs::read_dir(&directory).is_ok_and(|mut inside| inside.next().is_none());
    ensure!(!directory.exists() || is_empty(), "{} is there already, and not empty", directory.display());
    // Removed with what is in it, unless the record is complete.
    let building = tempfile::tempdir_in(parent)
        .with_context(|| format!("cannot make a folder in {}", parent.display()))?;
    let unfinished = building.path().join("record");
    let election = write(usize::try_from(ballots)?, &unfinished)?;
    fs::rename(&unfinished, &directory)
        .with_context(|| format!("cannot rename the record to {}", directory.display()))?;
    Ok(election)
}

/// The whole election, into this new folder.
fn write(voters: usize, folder: &Path) -> anyhow::Result<ElectionId> {
    let planned = Planned::new(
        Authority::generate(),
        "bench".parse()?,
        Trustees::Shared { threshold: 2, count: 3 },
        1,
    )?;
    let log = log_key(&planned.plan)?;
    let issuer = IssuerKeys::generate(&planned.plan, CLASS)?;
    let mut terms = Terms::trial(&planned.plan, &log);
    terms.title = "A record to be measured";
    terms.issuers = Some(vec![issuer.draft()]);
    let (mut election, round_1) = Election::publish(Organisation::found(planned, &shape(voters), terms)?)?;
    election.rehearse(round_1)?;
    let Election { manifest, authority, trustees, board, .. } = election;
    let mut log = Directory::begin(folder, Arc::clone(&manifest), log, &board.record)?;
    let class: Id = CLASS.parse()?;
    let all = BTreeMap::from([(class.clone(), u64::try_from(voters)?.try_into()?)]);

    let crowd = Crowd::invite(Arc::clone(&manifest), issuer, class, voters)?;
    let blobs = crowd.register()?.to_blobs(&manifest);
    let rows = log.put_all(BlobKind::RegisterRows, blobs)?;
    let register = Register { cause: Cause::Initial, entitled: all.clone(), rows };
    log.authority(&authority, register, Entry::Register)?;
    log.authority(&authority, VotingOpened { details: None }, Entry::VotingOpened)?;
    let rows = crowd.vote(&mut log, OPTIONS)?;
    log.authority(&authority, VotingClosed { details: None }, Entry::VotingClosed)?;
    let root = log.root();
    let issuer = crowd.into_issuer();
    let sign = |statement: &SignedEntry<'_>| issuer.signing_key.sign(statement, &mut OsRng);
    log.party(&issuer.id, sign, Issuance { issued: all, rows }, Entry::Issuance)?;
    open(&mut log, &manifest, &trustees, root)?;

    log.publish()?;
    let source = Source::open(folder)?;
    let given = Given { election: Some(*manifest.id()), ..Given::default() };
    let progress = Progress::new();
    let verified = urna_verifier::verify(&source, &given, &|| OsRng, &progress);
    progress.end();
    let verified = verified?;
    let report = &verified.report;
    let tally = verified.tally.with_context(|| format!("the record does not verify\n{report}"))?;
    let combined = log.put_all(BlobKind::CombinedOpenings, tally.combined)?;
    let result = log.put(BlobKind::Result, &tally.result.to_bytes())?;
    let published = ResultPublished { combined, result, trustees: tally.trustees };
    log.authority(&authority, published, Entry::Result)?;
    log.authority(&authority, Certified { details: None }, Entry::Certified)?;
    log.publish()?;
    Ok(*manifest.id())
}

/// What the manifest's draft is made from.
fn shape(voters: usize) -> BallotFile {
    let named = |id: String| Named { name: id.clone(), id };
    BallotFile {
        districts: vec![named(CLASS.to_owned())],
        options: (1..=OPTIONS).map(|number| named(format!("option-{number}"))).collect(),
        lines: (0..voters).map(|_| Line { district: 0, choice: None }).collect(),
    }
}

/// All trustees agree; as many as are needed open every counted ballot.
fn open(
    log: &mut Directory,
    manifest: &Manifest,
    trustees: &[Trustee],
    root: urna_log::Hash,
) -> anyhow::Result<()> {
    let agreed = log.state().agreement(root)?;
    let digest = agreed.digest();
    for Trustee { id, key, .. } in trustees {
        log.party(id, |statement| key.sign(statement, &mut OsRng), agreed.clone(), Entry::Agreed)?;
    }
    let counted = log.state().counted();
    let ephemerals: Vec<Point> = counted.par_iter().filter_map(CountedBallot::point).collect();
    let threshold = usize::from(manifest.trustees().threshold);
    let progress = progress_bar("partial decryptions", threshold * ephemerals.len());
    for Trustee { id, key, share } in trustees.iter().take(threshold) {
        let chunks: Vec<_> = opening::chunks(&ephemerals).collect();
        let open = |(position, chunk): &(u32, &[Point])| {
            let opened = opening::open_chunk(manifest, share, &digest, *position, chunk, &mut OsRng);
            progress.inc(u64::try_from(chunk.len()).unwrap_or(0));
            opened
        };
        let opened = chunks.par_iter().map(open).collect::<Result<Vec<_>, _>>()?;
        for (body, blob) in opened {
            log.put(body.chunk.kind, &blob)?;
            log.party(id, |statement| key.sign(statement, &mut OsRng), body, Entry::Opening)?;
        }
    }
    progress.finish_and_clear();
    Ok(())
}
