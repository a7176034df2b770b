//! The fault table: every step of the store, failed in three ways at every call, then tried again or behind a loss of
//! power. Whatever happens, no answer that left is lost, nobody has two, and everybody ends with a valid token.

use std::collections::BTreeMap;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use urna_crypto::Token;
use urna_election::entry::Cause;
use urna_election::issuance::{Eligible, check_list};
use urna_election::register::Register;
use urna_issuer::{Issuer, IssuerError, Refusal};

use crate::memory::{Failure, Fault, MemoryStore, STEPS};
use crate::observer::Observer;
use crate::sample::{Device, Hours, NOW, Posted, Sample, Saved, open_session, rng, send};

/// What is done when the issuer has stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recovery {
    /// It is opened again.
    Retry,
    /// The power fails first, and what was not durable is lost.
    LosePower,
}

/// An issuer and what is around it.
struct Story<'a> {
    sample: &'a Sample,
    recovery: Recovery,
    store: MemoryStore,
    issuer: Issuer<MemoryStore>,
    /// What stands in the board's log.
    posted: Vec<Posted>,
    observer: Observer,
    /// Of all sessions: it must never repeat itself.
    rng: ChaCha20Rng,
}

impl<'a> Story<'a> {
    fn begin(
        sample: &'a Sample,
        devices: &[Device],
        fault: Option<Fault>,
        recovery: Recovery,
        careless: &[&'static str],
    ) -> Result<Self, String> {
        let mut store = MemoryStore::with_fault(fault);
        store.break_sync(careless);
        let mut posted = sample.until_register(&devices.iter().collect::<Vec<_>>());
        posted.push(sample.opened(2));
        let issuer = match sample.open(store.clone(), &posted) {
            Ok(issuer) => issuer,
            Err(_) => {
                store = recovered(&store, recovery);
                sample.open(store.clone(), &posted).map_err(|error| format!("does not start: {error}"))?
            }
        };
        let (observer, rng) = (Observer::default(), ChaCha20Rng::seed_from_u64(3));
        Ok(Self { sample, recovery, store, issuer, posted, observer, rng })
    }

    fn recover(&mut self) -> Result<(), String> {
        self.store = recovered(&self.store, self.recovery);
        self.reopen()
    }

    fn reopen(&mut self) -> Result<(), String> {
        let issuer = self.sample.open(self.store.clone(), &self.posted);
        self.issuer = match issuer {
            Ok(issuer) => issuer,
            Err(_) => {
                self.store = recovered(&self.store, self.recovery);
                let issuer = self.sample.open(self.store.clone(), &self.posted);
                issuer.map_err(|error| format!("does not start: {error}"))?
            }
        };
        Ok(())
    }

    /// Runs what may hit the fault, and runs it again behind a recovery.
    fn twice<T>(
        &mut self,
        act: impl Fn(&Issuer<MemoryStore>) -> Result<T, IssuerError>,
    ) -> Result<T, String> {
        match act(&self.issuer) {
            Ok(done) => Ok(done),
            Err(_) => {
                self.recover()?;
                act(&self.issuer).map_err(|error| error.to_string())
            }
        }
    }

    /// The board has a further entry; the issuer reads it.
    fn post(&mut self, posted: Posted) -> Result<(), String> {
        self.posted.push(posted.clone());
        if self.issuer.follow(&posted.0, &posted.1, &mut rng()).is_err() {
            self.recover()?;
        }
        Ok(())
    }

    /// A voter asks until there is a token, keeping what a device keeps.
    fn vote(&mut self, device: &Device) -> Result<Token, String> {
        let mut saved: Vec<Saved> = Vec::new();
        for _ in 0..10 {
            for saved in saved.iter().rev() {
                let request = device.challenge(saved);
                let receiver = send(&self.issuer, request.clone(), NOW);
                let _ = self.issuer.commit();
                match receiver.try_recv().map_err(|error| error.to_string())? {
                    Ok(answer) => {
                        self.observer.see(&request, &answer)?;
                        return Ok(device.finish(saved, &answer));
                    }
                    Err(Refusal::Stopped | Refusal::UnknownOutcome) => self.recover()?,
                    Err(Refusal::SessionExpired | Refusal::AlreadyIssued) => {}
                    Err(refusal) => return Err(refusal.to_string()),
                }
            }
            match open_session(&self.issuer, device, NOW, &mut self.rng) {
                Ok(opened) => saved.push(opened),
                Err(Refusal::Stopped) => self.recover()?,
                Err(Refusal::AlreadyIssued) => {}
                Err(refusal) => return Err(refusal.to_string()),
            }
        }
        Err("no token after ten attempts".into())
    }
}

fn recovered(store: &MemoryStore, recovery: Recovery) -> MemoryStore {
    match recovery {
        Recovery::Retry => store.killed(),
        Recovery::LosePower => store.without_power(),
    }
}

/// A whole election of an issuer that keeps a roll; returns how often each step was called.
fn tell(
    fault: Option<Fault>,
    recovery: Recovery,
    careless: &[&'static str],
) -> Result<BTreeMap<&'static str, usize>, String> {
    let sample = Sample::new(Hours::WithBallot);
    let devices = sample.devices(4);
    let mut story = Story::begin(&sample, &devices, fault, recovery, careless)?;
    let mut tokens = Vec::new();
    for device in &devices[..2] {
        tokens.push(story.vote(device)?);
    }
    // Two asked before one commit, as they come in life.
    let saved: Vec<_> = devices[2..]
        .iter()
        .filter_map(|device| Some((device, open_session(&story.issuer, device, NOW, &mut story.rng).ok()?)))
        .collect();
    let asked: Vec<_> = saved
        .iter()
        .map(|(device, saved)| (device.challenge(saved), send(&story.issuer, device.challenge(saved), NOW)))
        .collect();
    let _ = story.issuer.commit();
    for (request, receiver) in asked {
        if let Ok(Ok(answer)) = receiver.try_recv() {
            story.observer.see(&request, &answer)?;
        }
    }
    if story.issuer.is_stopped() {
        story.recover()?;
    }
    // A restart in every run, and a newer register behind it, without the first person.
    story.reopen()?;
    let rows: Vec<_> = devices[1..].iter().map(Device::row).collect();
    story.post(sample.register(3, Cause::Nightly, &rows))?;
    for (device, saved) in &saved {
        let receiver = send(&story.issuer, device.challenge(saved), NOW);
        let _ = story.issuer.commit();
        match receiver.try_recv().map_err(|error| error.to_string())? {
            Ok(answer) => {
                story.observer.see(&device.challenge(saved), &answer)?;
                tokens.push(device.finish(saved, &answer));
            }
            Err(Refusal::Stopped | Refusal::UnknownOutcome) => {
                story.recover()?;
                tokens.push(again(&mut story, device, saved)?);
            }
            Err(Refusal::SessionExpired) => tokens.push(story.vote(device)?),
            Err(refusal) => return Err(refusal.to_string()),
        }
    }
    for device in
        devices[2..].iter().filter(|device| !saved.iter().any(|(other, _)| other.handle == device.handle))
    {
        tokens.push(story.vote(device)?);
    }
    story.post(sample.closed(4))?;
    let list = story.twice(|issuer| issuer.issuance_list())?;
    let blob = story.twice(|issuer| issuer.issuance_blob(&list, 0))?.ok_or("no blob")?;
    let entry = story.twice(|issuer| issuer.issuance_entry(&list, &mut rng()))?;
    story.post((entry, Vec::new()))?;
    let roll = story.twice(|issuer| issuer.roll())?.ok_or("no roll")?;
    story.twice(|issuer| issuer.destroy_keys())?;
    // Whatever is only in memory by now is lost.
    story.store = story.store.without_power();
    story.reopen()?;
    if !story.issuer.are_keys_destroyed() {
        return Err("the keys are there again".into());
    }
    let disk = story.store.durable();
    story.observer.check(&disk)?;
    if tokens.len() != 4 || disk.rows.len() != 4 || story.store.doubled() > 0 {
        return Err(format!("{} tokens and {} rows", tokens.len(), disk.rows.len()));
    }
    let seconds: String = disk.rows.keys().map(|handle| format!("{handle},office,{NOW}\n")).collect();
    if roll != format!("handle,issuer,second\n{seconds}") {
        return Err(format!("the roll is {roll}"));
    }
    let mut eligible = Eligible::default();
    eligible.add(&Register::parse(&sample.manifest, &story.posted[3].1).map_err(|error| error.to_string())?);
    let issuer = &sample.manifest.issuers()[0];
    check_list(&sample.manifest, issuer, &list.body, [blob], &eligible, &mut rng())
        .map_err(|error| error.to_string())?;
    Ok(story.store.calls())
}

/// Asks again for a session that may have been answered; otherwise with a new one.
fn again(story: &mut Story<'_>, device: &Device, saved: &Saved) -> Result<Token, String> {
    let request = device.challenge(saved);
    let receiver = send(&story.issuer, request.clone(), NOW);
    let _ = story.issuer.commit();
    match receiver.try_recv().map_err(|error| error.to_string())? {
        Ok(answer) => {
            story.observer.see(&request, &answer)?;
            Ok(device.finish(saved, &answer))
        }
        Err(Refusal::SessionExpired) => story.vote(device),
        Err(refusal) => Err(refusal.to_string()),
    }
}

fn table(failure: Failure, recovery: Recovery) {
    let clean = tell(None, recovery, &[]).unwrap();
    for step in STEPS {
        let calls = clean.get(step).copied().unwrap_or_default();
        assert!(calls > 0, "the story never comes to {step}");
        for call in 0..calls {
            let fault = Fault { step, call, failure };
            if let Err(what) = tell(Some(fault), recovery, &[]) {
                panic!("{fault:?}, {recovery:?}: {what}");
            }
        }
    }
}

/// Whoever adds a step adds its row.
#[test]
fn has_a_row_for_every_step_of_the_store() {
    let source = include_str!("../../src/store.rs");
    let (_, after) = source.split_once("pub trait Store: Send + Sync + 'static {").unwrap();
    let (body, _) = after.split_once("\n}\n").unwrap();
    let methods: Vec<_> = body
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("fn "))
        .filter_map(|line| line.split(['(', '<']).next())
        .collect();
    assert_eq!(methods, STEPS);
}

#[test]
fn loses_nothing_when_a_step_fails_and_is_tried_again() {
    table(Failure::Failed, Recovery::Retry);
}

#[test]
fn loses_nothing_when_a_step_fails_and_then_the_power() {
    table(Failure::Failed, Recovery::LosePower);
}

#[test]
fn loses_nothing_when_a_step_only_seems_to_fail_and_is_tried_again() {
    table(Failure::Written, Recovery::Retry);
}

#[test]
fn loses_nothing_when_a_step_only_seems_to_fail_and_then_the_power() {
    table(Failure::Written, Recovery::LosePower);
}

#[test]
fn loses_nothing_when_half_of_a_step_is_done_and_it_is_tried_again() {
    table(Failure::Torn, Recovery::Retry);
}

#[test]
fn loses_nothing_when_half_of_a_step_is_done_and_then_the_power_fails() {
    table(Failure::Torn, Recovery::LosePower);
}

/// The table can fail: where a step forgets to make durable what it writes, the loss of power at the end is found.
#[test]
fn finds_what_is_lost_without_a_sync() {
    assert!(tell(None, Recovery::LosePower, &STEPS).is_err());
    assert!(tell(None, Recovery::LosePower, &["set_keys_destroyed"]).is_err());
}
