//! From notes to findings: which checks can be evaluated, in what order, and what they share.

use core::fmt::Display;
use std::collections::BTreeSet;
use std::sync::Arc;

use rand_core::CryptoRngCore;
use urna_crypto::{ElectionId, Handle};
use urna_election::issuance::Eligible;
use urna_election::manifest::Manifest;
use urna_election::result::{ElectionResult, Figures};
use urna_election::{ElectionState, Phase};
use urna_log::{TreeHead, VerifierKey};

use crate::blobs::{Blobs, Lack};
use crate::check::Check;
use crate::given::Given;
use crate::notes::Notes;
use crate::openings::Opened;
use crate::reading::{Reader, Unreadable};
use crate::record::Record;
use crate::report::{Finding, Report, Status};
use crate::verify::Recount;
use crate::watch::Watch;

/// How the evaluation of a check ends.
#[derive(Debug)]
pub(crate) enum Outcome {
    Passed(String),
    Failed(Option<u64>, String),
    NotYet(String),
    NotApplicable(String),
    Erased(u64),
    Because(Check),
}

impl Outcome {
    pub(crate) fn passed(reason: impl Display) -> Self {
        Self::Passed(reason.to_string())
    }

    pub(crate) fn failed(entry: impl Into<Option<u64>>, reason: impl Display) -> Self {
        Self::Failed(entry.into(), reason.to_string())
    }

    pub(crate) fn not_yet(reason: impl Display) -> Self {
        Self::NotYet(reason.to_string())
    }

    pub(crate) fn not_applicable(reason: impl Display) -> Self {
        Self::NotApplicable(reason.to_string())
    }
}

/// Why an evaluation stops before its end.
pub(crate) enum Halt<E: core::error::Error + 'static> {
    /// It has its outcome.
    With(Outcome),
    /// The record cannot be read.
    Unreadable(Unreadable<E>),
}

impl<E: core::error::Error + 'static> From<Lack<E>> for Halt<E> {
    fn from(lack: Lack<E>) -> Self {
        match lack {
            Lack::Wrong => Self::With(Outcome::Because(Check::Blobs)),
            Lack::Erased(entry) => Self::With(Outcome::Erased(entry)),
            Lack::Withheld => Self::With(Outcome::not_yet("withheld")),
            Lack::Unreadable(unreadable) => Self::Unreadable(unreadable),
        }
    }
}

impl<E: core::error::Error + 'static> From<Outcome> for Halt<E> {
    fn from(outcome: Outcome) -> Self {
        Self::With(outcome)
    }
}

impl<E: core::error::Error + 'static> From<Unreadable<E>> for Halt<E> {
    fn from(unreadable: Unreadable<E>) -> Self {
        Self::Unreadable(unreadable)
    }
}

/// What the evaluation of a check answers.
pub(crate) type Answer<R> = Result<Outcome, Halt<<R as Record>::Error>>;

/// Everything that checks read, and what earlier ones leave for later ones.
pub(crate) struct Audit<'a, R, C, W> {
    pub(crate) reader: &'a Reader<'a, R>,
    pub(crate) blobs: Blobs<'a, R>,
    pub(crate) given: &'a Given,
    pub(crate) coins: &'a C,
    pub(crate) watch: &'a W,
    pub(crate) head: TreeHead,
    pub(crate) log_key: VerifierKey,
    pub(crate) election: ElectionId,
    pub(crate) phase: Phase,
    /// Unless it is no manifest.
    pub(crate) manifest: Option<Arc<Manifest>>,
    /// Unless there is no manifest, or it is another election's.
    pub(crate) state: Option<ElectionState>,
    pub(crate) notes: Notes,
    /// Who was ever entitled, from V-06.
    pub(crate) eligible: Option<Eligible>,
    /// Credentials that later versions of the register replaced, from V-06.
    pub(crate) superseded: BTreeSet<(Handle, [u8; 32])>,
    /// From V-10.
    pub(crate) figures: Option<Figures>,
    /// From V-12.
    pub(crate) opened: Option<Opened>,
    /// The published result, from V-14.
    pub(crate) result: Option<ElectionResult>,
    /// What V-14 has compared.
    pub(crate) recount: Option<Recount>,
}

impl<R: Record, G: CryptoRngCore, C: Fn() -> G + Sync, W: Watch> Audit<'_, R, C, W> {
    /// Evaluates all checks in order.
    pub(crate) fn report(&mut self) -> Result<Report, Unreadable<R::Error>> {
        let mut findings: Vec<Finding> = Vec::with_capacity(Check::COUNT);
        for check in Check::ALL {
            let outcome = match blocked(check, &findings) {
                Some(outcome) => outcome,
                None => match self.notes.faults.of(check) {
                    Some(fault) => Outcome::Failed(fault.entry, fault.reason.clone()),
                    None => match self.evaluate(check) {
                        Ok(outcome) | Err(Halt::With(outcome)) => outcome,
                        Err(Halt::Unreadable(unreadable)) => return Err(unreadable),
                    },
                },
            };
            findings.push(finding(check, outcome));
        }
        let (election, anchored) = (self.election, self.given.election.is_some());
        let trial = self.manifest.as_ref().is_some_and(|manifest| manifest.is_trial());
        Ok(Report { election, anchored, phase: self.phase, trial, findings })
    }

    fn evaluate(&mut self, check: Check) -> Answer<R> {
        match check {
            Check::Root => self.v_01(),
            Check::History => self.v_02(),
            Check::Entries => self.v_03(),
            Check::Manifest => self.v_04(),
            Check::Ceremony => self.v_05(),
            Check::Register => self.v_06(),
            Check::Tokens => self.v_07(),
            Check::Proofs => self.v_08(),
            Check::Sequences => self.v_09(),
            Check::Issuance => self.v_10(),
            Check::Voting => self.v_11(),
            Check::Openings => self.v_12(),
            Check::Plaintexts => self.v_13(),
            Check::Count => self.v_14(),
            Check::Receipts => self.v_15(),
            Check::Blobs => self.v_16(),
            Check::Signatures => self.v_17(),
        }
    }

    /// Manifest and state, without which no check that asks for them is evaluated.
    pub(crate) fn state(&self) -> Result<(&Arc<Manifest>, &ElectionState), Outcome> {
        let both = self.manifest.as_ref().zip(self.state.as_ref());
        both.ok_or(Outcome::Because(Check::Manifest))
    }

    /// What is to be said where entries are withheld.
    pub(crate) fn unless_withheld(&self) -> Result<(), Outcome> {
        if self.notes.withheld {
            return Err(Outcome::not_yet("entries are withheld until the close"));
        }
        Ok(())
    }

    /// For checks of something that comes into being with this phase.
    pub(crate) fn reached(&self, phase: Phase, what: &str) -> Result<(), Outcome> {
        if self.phase == Phase::Cancelled {
            return Err(Outcome::not_applicable(format_args!("the election was cancelled before {what}")));
        }
        if self.phase < phase { Err(Outcome::not_yet(format_args!("before {what}"))) } else { Ok(()) }
    }
}

/// Whether one of the checks on which this one rests keeps it from being evaluated.
fn blocked(check: Check, findings: &[Finding]) -> Option<Outcome> {
    let status = |other: &Check| findings.iter().find(|finding| finding.check == *other);
    let others = || check.rests_on().iter().filter_map(status);
    let failed = others().find_map(|finding| match finding.status {
        Status::Failed { .. } => Some(Outcome::Because(finding.check)),
        Status::NotEvaluated { because } => Some(Outcome::Because(because)),
        _ => None,
    });
    let erased = || {
        others().find_map(|finding| match finding.status {
            Status::Erased { entry } => Some(Outcome::Erased(entry)),
            _ => None,
        })
    };
    failed.or_else(erased)
}

fn finding(check: Check, outcome: Outcome) -> Finding {
    match outcome {
        Outcome::Passed(reason) => Finding::new(check, Status::Passed, reason),
        Outcome::Failed(entry, reason) => Finding::new(check, Status::Failed { entry }, reason),
        Outcome::NotYet(reason) => Finding::new(check, Status::NotYet, reason),
        Outcome::NotApplicable(reason) => Finding::new(check, Status::NotApplicable, reason),
        Outcome::Erased(entry) => {
            Finding::new(check, Status::Erased { entry }, format_args!("by entry {entry}"))
        }
        Outcome::Because(because) => {
            Finding::new(check, Status::NotEvaluated { because }, format_args!("because {because}"))
        }
    }
}
