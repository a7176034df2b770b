//! One replay, in a process that does nothing else: what it took, and what the curve alone takes on the same threads.

use std::hint::black_box;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context;
use rand_core::OsRng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use urna_crypto::{Scalar, SigningKey, bare_decompress_and_sum};
use urna_verifier::command::Progress;
use urna_verifier::source::Directory;
use urna_verifier::{Given, Stage, Verdict, Verified, Watch, verify};

/// Points of a ballot's token and proof, and of all of it: openings of two trustees and the issuance row too.
const ENTRY_POINTS: f64 = 5.0;
const POINTS: f64 = 12.0;
/// How many points are multiplied at once for the floor, and how often on each thread.
const FLOOR: u16 = 4_096;
const ROUNDS: u16 = 12;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    record: PathBuf,
    #[arg(long)]
    threads: usize,
}

/// What one replay came to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Replay {
    pub(super) record: String,
    pub(super) threads: usize,
    /// Counted ballots.
    pub(super) counted: u32,
    pub(super) seconds: f64,
    /// Processor time of all threads.
    pub(super) core_seconds: f64,
    /// The part of it until the lists of the issuers: every entry, and the register.
    pub(super) entries_core_seconds: f64,
    /// The curve's own processor time for a point, in microseconds.
    pub(super) point_us: f64,
    /// The most memory that the process held, where the system tells it.
    pub(super) peak_kib: Option<u32>,
    /// Seconds from the beginning of each stage to that of the next one.
    pub(super) stages: Vec<(String, f64)>,
    /// Why the record does not verify.
    pub(super) failure: Option<String>,
}

impl Replay {
    fn each_us(&self, seconds: f64) -> f64 {
        seconds * 1e6 / f64::from(self.counted.max(1))
    }

    pub(super) fn core_us(&self) -> f64 {
        self.each_us(self.core_seconds)
    }

    pub(super) fn entries_us(&self) -> f64 {
        self.each_us(self.entries_core_seconds)
    }

    pub(super) fn floor_us(&self) -> f64 {
        self.point_us * POINTS
    }

    pub(super) fn entries_floor_us(&self) -> f64 {
        self.point_us * ENTRY_POINTS
    }

    pub(super) fn per_second(&self) -> f64 {
        f64::from(self.counted) / self.seconds
    }

    pub(super) fn mebibytes(&self) -> Option<f64> {
        self.peak_kib.map(|kib| f64::from(kib) / 1024.0)
    }
}

pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match measure(arguments) {
        Ok(replay) => {
            #[expect(clippy::print_stdout, reason = "the command's result")]
            {
                println!("{}", serde_json::to_string(&replay).unwrap_or_default());
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("urna bench replay: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn measure(arguments: &Arguments) -> anyhow::Result<Replay> {
    rayon::ThreadPoolBuilder::new().num_threads(arguments.threads).build_global()?;
    let record = Directory::open(&arguments.record)?;
    let floor = Floor::new();
    let before = floor.point_us(arguments.threads)?;
    let stages = Stages { progress: Progress::new(), begun: Mutex::default() };
    let (started, core) = (Instant::now(), core_seconds()?);
    let verified = verify(&record, &Given::default(), &|| OsRng, &stages);
    let (seconds, core_end) = (started.elapsed().as_secs_f64(), core_seconds()?);
    stages.progress.end();
    let Verified { report, counted, .. } = verified?;
    let peak_kib = status_kib("VmHWM:");
    let after = floor.point_us(arguments.threads)?;

    let failure = (report.verdict() != Verdict::Verified).then(|| {
        let failed = report.findings.iter().find(|finding| finding.status != urna_verifier::Status::Passed);
        failed.map_or_else(
            || "it is not complete".to_owned(),
            |finding| format!("{}: {}", finding.check, finding.reason),
        )
    });
    let begun = stages.begun.into_inner().unwrap_or_else(PoisonError::into_inner);
    let lists =
        begun.iter().find(|(stage, _, _)| *stage == Stage::Issuance).map_or(core_end, |(_, _, core)| *core);
    let ends =
        begun.iter().skip(1).map(|(_, at, _)| at.duration_since(started).as_secs_f64()).chain([seconds]);
    let spans = begun.iter().zip(ends).map(|((stage, at, _), end)| {
        (format!("{stage:?}").to_lowercase(), end - at.duration_since(started).as_secs_f64())
    });
    Ok(Replay {
        record: arguments.record.display().to_string(),
        threads: arguments.threads,
        counted: u32::try_from(counted.len())?,
        seconds,
        core_seconds: core_end - core,
        entries_core_seconds: lists - core,
        point_us: f64::midpoint(before, after),
        peak_kib,
        stages: spans.collect(),
        failure,
    })
}

/// Notes when each stage begins: its time, and the processor time until then.
struct Stages {
    progress: Progress,
    begun: Mutex<Vec<(Stage, Instant, f64)>>,
}

impl Watch for Stages {
    fn begin(&self, stage: Stage, total: u64) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.push((stage, Instant::now(), core_seconds().unwrap_or_default()));
        drop(begun);
        self.progress.begin(stage, total);
    }

    fn advance(&self, done: u64) {
        self.progress.advance(done);
    }
}

/// Points and full-size scalars.
struct Floor {
    points: Vec<[u8; 32]>,
    scalars: Vec<Scalar>,
}

impl Floor {
    fn new() -> Self {
        let keys: Vec<_> = (0..FLOOR).into_par_iter().map(|_| SigningKey::generate(&mut OsRng)).collect();
        Self {
            points: keys.iter().map(|key| key.public().to_bytes()).collect(),
            scalars: keys.iter().filter_map(|key| Scalar::from_bytes(&key.to_bytes()).ok()).collect(),
        }
    }

    /// Processor time for a point, with all threads at it.
    fn point_us(&self, threads: usize) -> anyhow::Result<f64> {
        let core = core_seconds()?;
        (0..threads).into_par_iter().for_each(|_| {
            for _ in 0..ROUNDS {
                black_box(bare_decompress_and_sum(&self.points, &self.scalars));
            }
        });
        let points = f64::from(FLOOR) * f64::from(ROUNDS) * f64::from(u16::try_from(threads)?);
        Ok((core_seconds()? - core) * 1e6 / points)
    }
}

/// Processor time of this process so far, in steps of 10 ms.
fn core_seconds() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("no /proc: this needs Linux")?;
    // The second field, a name in brackets, may have spaces in it; user and system time are the 14th and the 15th.
    let fields = stat.rsplit_once(')').map(|(_, fields)| fields.split_whitespace());
    let ticks = fields.into_iter().flatten().skip(11).take(2).map(str::parse::<u32>);
    let ticks = ticks.collect::<Result<Vec<_>, _>>()?.into_iter().map(f64::from).sum::<f64>();
    Ok(ticks / 100.0)
}

/// A figure of `/proc/self/status`.
fn status_kib(name: &str) -> Option<u32> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let value = status.lines().find_map(|line| line.strip_prefix(name))?;
    value.trim().strip_suffix("kB")?.trim().parse().ok()
}
