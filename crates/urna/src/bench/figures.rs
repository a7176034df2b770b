//! Rates and latencies, for people and for programs.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::goal::Goal;
use super::machine::Machine;
use crate::load::{Pace, Sent};

/// The goal for a saturated board: ballots a second, and the latency above the batch interval that one in a hundred may
/// exceed.
const BALLOTS_PER_SECOND: f64 = 3_000.0;
const P99_ABOVE_INTERVAL: Duration = Duration::from_millis(250);
/// The goal for a saturated issuer.
const TOKENS_PER_SECOND: f64 = 1_000.0;

/// The whole report.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) machine: Machine,
    /// Unix seconds.
    pub(super) date: u64,
    pub(super) version: &'static str,
    pub(super) measured: Measured,
    pub(super) figures: Vec<Figure>,
    /// What a board of our own kept of it.
    pub(super) kept: Option<Kept>,
}

/// What lies on the disk, and how long a start on it takes.
#[derive(Debug, Serialize)]
pub(super) struct Kept {
    /// Of all files of the board.
    pub(super) bytes: u64,
    /// Until it listens: every entry is verified again.
    pub(super) start_seconds: f64,
}

impl Report {
    fn accepted(&self) -> u64 {
        self.figures.iter().map(|figure| u64::try_from(figure.accepted).unwrap_or(u64::MAX)).sum()
    }

    /// The figures that have goals: those of a saturated service.
    pub(super) fn goals(&self) -> Vec<Goal> {
        let saturated = self.figures.iter().filter(|figure| figure.pace == "in_flight");
        let goals = saturated.flat_map(|figure| {
            let at_once = format!("{} in flight", figure.at_once);
            match self.measured {
                Measured::Ballots(Policy { wait, .. }) => {
                    let limit = milliseconds(Duration::from_secs(wait.into()) + P99_ABOVE_INTERVAL);
                    let (rate, p99) = (figure.per_second, figure.p99_ms);
                    vec![
                        Goal::at_least(
                            format!("ballots admitted, {at_once}"),
                            rate,
                            BALLOTS_PER_SECOND,
                            "ballots/s",
                        ),
                        Goal::at_most(format!("99 % of the ballots answered, {at_once}"), p99, limit, "ms"),
                    ]
                }
                Measured::Tokens => {
                    let what = format!("tokens issued, both moves, {at_once}");
                    vec![Goal::at_least(what, figure.per_second, TOKENS_PER_SECOND, "tokens/s")]
                }
            }
        });
        goals.collect()
    }
}

/// For quotients that people read.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "rounded for people")]
fn bytes_as_float(bytes: u64) -> f64 {
    bytes as f64
}

/// What was measured.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Measured {
    /// Ballots admitted by a board with this batch policy.
    Ballots(Policy),
    /// Tokens issued.
    Tokens,
}

/// The manifest's policy `batch`.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Policy {
    pub(super) min: u32,
    /// Seconds.
    pub(super) wait: u32,
}

/// One way of sending.
#[derive(Debug, Serialize)]
pub(super) struct Figure {
    /// `waves` or `in_flight`.
    pub(super) pace: &'static str,
    pub(super) at_once: usize,
    pub(super) accepted: usize,
    /// How many of these got a promise first.
    pub(super) promised: usize,
    pub(super) refused: usize,
    pub(super) seconds: f64,
    pub(super) per_second: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) max_ms: f64,
}

impl Figure {
    pub(super) fn new(pace: Pace, sent: &Sent) -> Self {
        let mut latencies = sent.latencies.clone();
        latencies.sort_unstable();
        let (name, at_once) = match pace {
            Pace::Waves(at_once) => ("waves", at_once),
            Pace::InFlight(at_once) => ("in_flight", at_once),
        };
        Self {
            pace: name,
            at_once,
            accepted: latencies.len(),
            promised: sent.promised,
            refused: sent.refused.as_ref().map_or(0, |(_, count)| *count),
            seconds: sent.took.as_secs_f64(),
            per_second: sent.per_second(),
            p50_ms: milliseconds(quantile(&latencies, 50)),
            p99_ms: milliseconds(quantile(&latencies, 99)),
            max_ms: milliseconds(quantile(&latencies, 100)),
        }
    }
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// The latency that this per cent of the requests did not exceed: the nearest rank of a sorted list.
fn quantile(sorted: &[Duration], per_cent: usize) -> Duration {
    let rank = (sorted.len() * per_cent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.measured {
            Measured::Ballots(Policy { min, wait }) => {
                writeln!(f, "Ballots admitted durably over HTTP, generator and board on {}", self.machine)?;
                writeln!(f, "urna {}; batch policy: {min} together, at most {wait} s\n", self.version)?;
                "ballots"
            }
            Measured::Tokens => {
                let (machine, version) = (&self.machine, self.version);
                writeln!(f, "Tokens issued durably over HTTP, both moves, voters and issuer on {machine}")?;
                writeln!(f, "urna {version}; the voters' signatures and blinding are in it\n")?;
                "tokens"
            }
        };
        let rate = format!("{unit}/s");
        writeln!(f, "{:<24} {unit:>8} {rate:>10} {:>9} {:>9} {:>9}", "sent", "p50 ms", "p99 ms", "max ms")?;
        for figure in &self.figures {
            let sent = match (figure.pace, figure.at_once) {
                ("waves", 1) => "one after the other".to_owned(),
                ("waves", at_once) => format!("{at_once} at a time"),
                (_, at_once) => format!("always {at_once} in flight"),
            };
            writeln!(
                f,
                "{sent:<24} {:>8} {:>10.0} {:>9.1} {:>9.1} {:>9.1}",
                figure.accepted, figure.per_second, figure.p50_ms, figure.p99_ms, figure.max_ms
            )?;
            if figure.promised > 0 {
                writeln!(f, "  {} of them were promised first", figure.promised)?;
            }
        }
        if let Some(kept) = &self.kept {
            writeln!(
                f,
                "\nthe board's data: {:.1} MB, {:.0} bytes a ballot; started again on it in {:.1} s",
                bytes_as_float(kept.bytes) / 1e6,
                bytes_as_float(kept.bytes) / bytes_as_float(self.accepted()).max(1.0),
                kept.start_seconds,
            )?;
        }
        writeln!(f)?;
        self.goals().iter().try_for_each(|goal| writeln!(f, "{goal}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_nearest_ranks() {
        let sorted: Vec<_> = (1..=200).map(Duration::from_millis).collect();
        let at = |per_cent| quantile(&sorted, per_cent).as_millis();
        assert_eq!((at(50), at(99), at(100)), (100, 198, 200));
        assert_eq!(quantile(&sorted[..1], 50).as_millis(), 1);
        assert_eq!(quantile(&sorted[..3], 99).as_millis(), 3);
        assert_eq!(quantile(&[], 99), Duration::ZERO);
    }

    #[test]
    fn says_whether_the_goal_was_reached() {
        let figure = |count: u64, latency| {
            let latencies = vec![Duration::from_millis(latency); usize::try_from(count).unwrap()];
            let sent = Sent { latencies, took: Duration::from_secs(1), ..Sent::default() };
            Figure::new(Pace::InFlight(64), &sent)
        };
        let report = |measured, figure| Report {
            machine: Machine { cores: 2, cpu: "a processor".into(), kernel: "linux".into() },
            date: 0,
            version: "0.1.0",
            measured,
            figures: vec![figure],
            kept: None,
        };
        let ballots = Measured::Ballots(Policy { min: 1, wait: 1 });
        let reached = |measured, figure| -> Vec<_> {
            let goals = report(measured, figure).goals();
            goals.iter().map(|goal| (goal.goal.to_string(), goal.reached)).collect()
        };
        let both = |reached| vec![("3000".to_owned(), reached), ("1250".to_owned(), reached)];
        assert_eq!(reached(ballots, figure(3_000, 1_250)), both(true));
        assert_eq!(reached(ballots, figure(2_999, 1_251)), both(false));
        for (count, is_reached) in [(1_000, true), (999, false)] {
            assert_eq!(reached(Measured::Tokens, figure(count, 1)), [("1000".to_owned(), is_reached)]);
        }
    }
}
