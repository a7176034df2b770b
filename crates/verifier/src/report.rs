//! The report: seventeen findings and a verdict, for people and programs.

use core::fmt::{self, Display};

use serde::Serialize;
use urna_crypto::ElectionId;
use urna_election::Phase;
use urna_election::result::printable;

use crate::check::Check;
use crate::record::Hexadecimal;

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The rule was evaluated on everything that it concerns and that should exist in this phase, and holds.
    Passed,
    /// It was evaluated and does not hold.
    Failed {
        /// The first entry that is wrong, where one can be named.
        entry: Option<u64>,
    },
    /// What it needs cannot exist in this phase.
    NotYet,
    /// There is nothing to check in this election or call.
    NotApplicable,
    /// Another check on which it rests failed.
    NotEvaluated {
        /// Which.
        because: Check,
    },
    /// What it needs was lawfully erased.
    Erased {
        /// By which entry.
        entry: u64,
    },
}

impl Status {
    /// As in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed { .. } => "failed",
            Self::NotYet => "not yet",
            Self::NotApplicable => "not applicable",
            Self::NotEvaluated { .. } => "not evaluated",
            Self::Erased { .. } => "erased",
        }
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which check.
    pub check: Check,
    /// How it ended.
    pub status: Status,
    /// More, in English, for people; without control characters.
    pub reason: String,
}

impl Finding {
    pub(crate) fn new(check: Check, status: Status, reason: impl Display) -> Self {
        Self { check, status, reason: printable(&reason.to_string()) }
    }
}

/// The answer to the whole question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every check passed and the record is complete.
    Verified,
    /// A check failed.
    Failed,
    /// Nothing failed, but not everything could be checked.
    SoFar,
}

impl Verdict {
    /// As in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Failed => "failed",
            Self::SoFar => "so far",
        }
    }

    /// The exit status of a program that gives this answer. 2 is left for what is no answer: a record that cannot be read,
    /// wrong arguments.
    pub const fn exit_status(self) -> u8 {
        match self {
            Self::Verified => 0,
            Self::Failed => 1,
            Self::SoFar => 3,
        }
    }
}

/// What the verifier found out about a record that it could read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// SHA-256 of the manifest in the record.
    pub election: ElectionId,
    /// Whether the caller gave an election id to compare it with.
    pub anchored: bool,
    /// Where the election stands, by its log.
    pub phase: Phase,
    /// Whether the manifest says that this is a trial, which decides nothing (C22).
    pub trial: bool,
    /// All seventeen, in order.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The answer to the whole question.
    pub fn verdict(&self) -> Verdict {
        let any = |found: fn(Status) -> bool| self.findings.iter().any(|finding| found(finding.status));
        if any(|status| matches!(status, Status::Failed { .. })) {
            return Verdict::Failed;
        }
        let is_done = |status| matches!(status, Status::Passed | Status::NotApplicable);
        let all = self.findings.len() == Check::COUNT && self.findings.iter().all(|f| is_done(f.status));
        if all && matches!(self.phase, Phase::Tallied | Phase::Certified) {
            Verdict::Verified
        } else {
            Verdict::SoFar
        }
    }

    /// What this check found.
    pub fn finding(&self, check: Check) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.check == check)
    }

    /// The first check that failed.
    pub fn first_failure(&self) -> Option<&Finding> {
        self.findings.iter().find(|finding| matches!(finding.status, Status::Failed { .. }))
    }
}

/// The report as one JSON object (`spec/verification.md`).
#[derive(Serialize)]
struct Document<'a> {
    verdict: &'a str,
    election_id: String,
    anchor: &'a str,
    phase: &'a str,
    trial: bool,
    checks: Vec<CheckDocument<'a>>,
}

#[derive(Serialize)]
struct CheckDocument<'a> {
    id: &'a str,
    status: &'a str,
    entry: Option<u64>,
    reason: Option<&'a str>,
}

impl<'a> CheckDocument<'a> {
    fn of(finding: &'a Finding) -> Self {
        let entry = match finding.status {
            Status::Failed { entry } => entry,
            _ => None,
        };
        let reason = Some(finding.reason.as_str()).filter(|reason| !reason.is_empty());
        Self { id: finding.check.id(), status: finding.status.as_str(), entry, reason }
    }
}

impl Serialize for Report {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Document {
            verdict: self.verdict().as_str(),
            election_id: Hexadecimal(self.election.as_bytes()).to_string(),
            anchor: if self.anchored { "given" } else { "none" },
            phase: self.phase.as_str(),
            trial: self.trial,
            checks: self.findings.iter().map(CheckDocument::of).collect(),
        }
        .serialize(serializer)
    }
}

/// The report's lines for people, one a check.
impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Finding { check, status, reason } in &self.findings {
            match status {
                Status::Failed { entry: Some(entry) } => {
                    writeln!(f, "{check}  FAILED at entry {entry} because {reason}")?;
                }
                Status::Failed { entry: None } => writeln!(f, "{check}  FAILED because {reason}")?,
                other => writeln!(f, "{check}  {:14}  {reason}", other.as_str())?,
            }
        }
        match self.verdict() {
            Verdict::Verified => writeln!(f, "\nverified: every check passed and the record is complete"),
            Verdict::Failed => writeln!(f, "\nFAILED: this record does not prove its result"),
            Verdict::SoFar => writeln!(f, "\nso far: everything that can be checked so far passed"),
        }
    }
}
