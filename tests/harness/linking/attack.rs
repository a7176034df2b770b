//! Matches people to ballots by every pair of marks, and by several at once.
//!
//! The attacker knows more than any dump says: when each person took a token, to the second, and when the log grew. So it knows
//! about which batch each ballot came with, and has to choose among those of its class in it; that set is inevitably public.
//!
//! ```text
//! people of a class, by the moment of the request ─ cut into the sizes of the batches ─┐ each set ordered by one mark
//! ballots of the class, by batch ──────────────────────────────────────────────────────┘ each set ordered by another ─> laid side by side
//! ```
//!
//! Thousands of pairs are tried, of which some link many by chance. So an attacker *learns* on an election whose truth it knows
//! which ones tell something, and then tries those on others: only what was learned is judged at the level of 99 %, and
//! whatever else stands out at a level divided by the number of pairs.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result};

use super::assignment::cheapest;
use super::chance::Chance;
use super::marks::{Evidence, Mark};
use super::voting::Recording;

/// The level at which what was learned is judged.
const LEVEL: f64 = 0.01;
/// How many pairs are laid on top of each other.
const TOGETHER: usize = 5;

/// Among whom a ballot's person is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Within {
    Class,
    Batch,
}

/// One way of linking.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Signal {
    within: Within,
    of_person: Arc<str>,
    of_ballot: Arc<str>,
    is_reversed: bool,
}

impl Signal {
    fn text(&self) -> String {
        let Self { within, of_person, of_ballot, is_reversed } = self;
        let order = if *is_reversed { "in reverse" } else { "in order" };
        let within = if *within == Within::Class { "class" } else { "class and batch" };
        format!("{of_person} / {of_ballot}, {order} within {within}")
    }
}

/// An election with its marks, and the truth to judge by.
struct Case {
    evidence: Evidence,
    /// The person of each ballot.
    truth: Vec<usize>,
    /// For each kind of set: people and ballots, set by set, sets of the same size.
    people: HashMap<Within, Vec<Vec<usize>>>,
    ballots: HashMap<Within, Vec<Vec<usize>>>,
}

impl Case {
    fn of(recording: &Recording) -> Result<Self> {
        let evidence = Evidence::of(recording)?;
        let truth = evidence.ballots.iter().map(|ballot| {
            let is_theirs = |person: &super::voting::Person| person.pseudonym == ballot.pseudonym;
            recording.people.iter().position(is_theirs).context("a ballot of nobody")
        });
        let truth = truth.collect::<Result<_>>()?;
        let mut by_class: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut by_batch: BTreeMap<(&str, usize), Vec<usize>> = BTreeMap::new();
        for (place, ballot) in evidence.ballots.iter().enumerate() {
            by_class.entry(&ballot.class).or_default().push(place);
            by_batch.entry((&ballot.class, ballot.batch)).or_default().push(place);
        }
        let mut people_of_class: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (place, person) in recording.people.iter().enumerate() {
            people_of_class.entry(&person.class).or_default().push(place);
        }
        let asked = |place: &usize| recording.people.get(*place).map(|person| person.asked);
        let mut people_by_batch = Vec::new();
        for (class, people) in &mut people_of_class {
            people.sort_by_key(asked);
            let mut people = people.iter().copied();
            for ((_, _), set) in by_batch.iter().filter(|((of, _), _)| of == class) {
                people_by_batch.push(people.by_ref().take(set.len()).collect());
            }
        }
        // Where a mark says nothing, nothing else is to speak for it: the order is then that of hashes and keys.
        let people_in_class = people_of_class.into_values();
        let people_of = |sets: &mut dyn Iterator<Item = Vec<usize>>| -> Vec<Vec<usize>> {
            let sorted = |mut set: Vec<usize>| {
                set.sort_by_key(|place| recording.people.get(*place).map(|person| *person.handle.as_bytes()));
                set
            };
            sets.map(sorted).collect()
        };
        let ballots_of = |sets: &mut dyn Iterator<Item = Vec<usize>>| -> Vec<Vec<usize>> {
            let sorted = |mut set: Vec<usize>| {
                set.sort_by_key(|place| evidence.ballots.get(*place).map(|ballot| ballot.pseudonym));
                set
            };
            sets.map(sorted).collect()
        };
        let people = [
            (Within::Class, people_of(&mut { people_in_class })),
            (Within::Batch, people_of(&mut people_by_batch.into_iter())),
        ];
        let ballots = [
            (Within::Class, ballots_of(&mut by_class.into_values())),
            (Within::Batch, ballots_of(&mut by_batch.into_values())),
        ];
        Ok(Self { truth, people: people.into(), ballots: ballots.into(), evidence })
    }

    fn chance(&self, within: Within) -> Chance {
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let sets = self.ballots.get(&within).map_or(0, Vec::len);
        Chance { ballots: count(self.truth.len()), sets: count(sets) }
    }

    /// Everybody in the order of the sets and, within each, of the mark.
    fn ordered(sets: Option<&Vec<Vec<usize>>>, mark: &Mark, is_reversed: bool) -> Vec<usize> {
        let mut ordered = Vec::new();
        for set in sets.into_iter().flatten() {
            let mut set = set.clone();
            set.sort_by_key(|place| mark.values.get(*place));
            if is_reversed {
                set.reverse();
            }
            ordered.extend(set);
        }
        ordered
    }

    fn right(&self, links: impl Iterator<Item = (usize, usize)>) -> u32 {
        let right = links.filter(|(ballot, person)| self.truth.get(*ballot) == Some(person)).count();
        u32::try_from(right).unwrap_or(u32::MAX)
    }

    /// How many each signal links.
    fn all(&self) -> Vec<(Signal, u32)> {
        let mut linked = Vec::new();
        for within in [Within::Class, Within::Batch] {
            let people: Vec<_> = distinct(&self.evidence.of_people)
                .into_iter()
                .map(|mark| (mark, Self::ordered(self.people.get(&within), mark, false)))
                .collect();
            for of_ballot in distinct(&self.evidence.of_ballots) {
                for is_reversed in [false, true] {
                    let ballots = Self::ordered(self.ballots.get(&within), of_ballot, is_reversed);
                    for (of_person, people) in &people {
                        let right = self.right(ballots.iter().copied().zip(people.iter().copied()));
                        let signal = Signal {
                            within,
                            of_person: of_person.name.clone(),
                            of_ballot: of_ballot.name.clone(),
                            is_reversed,
                        };
                        linked.push((signal, right));
                    }
                }
            }
        }
        linked
    }

    /// People and ballots in the orders of a signal.
    fn orders(&self, signal: &Signal) -> Option<(Vec<usize>, Vec<usize>)> {
        let find = |marks: &[Mark], name: &Arc<str>| marks.iter().find(|mark| mark.name == *name).cloned();
        let of_person = find(&self.evidence.of_people, &signal.of_person)?;
        let of_ballot = find(&self.evidence.of_ballots, &signal.of_ballot)?;
        let people = Self::ordered(self.people.get(&signal.within), &of_person, false);
        Some((people, Self::ordered(self.ballots.get(&signal.within), &of_ballot, signal.is_reversed)))
    }

    /// How many one signal links.
    fn alone(&self, signal: &Signal) -> u32 {
        self.orders(signal).map_or(0, |(people, ballots)| self.right(ballots.into_iter().zip(people)))
    }

    /// How many are linked by several signals at once, each as heavy as it was when it was learned.
    fn together(&self, signals: &[(Signal, u32)]) -> u32 {
        let mut orders = Vec::new();
        for (signal, weight) in signals {
            let Some((people, ballots)) = self.orders(signal) else { continue };
            let places = |order: Vec<usize>| -> HashMap<usize, i64> { order.into_iter().zip(0..).collect() };
            orders.push((places(people), places(ballots), i64::from(*weight)));
        }
        let mut right = 0;
        let sets =
            |of: &HashMap<Within, Vec<Vec<usize>>>| of.get(&Within::Class).cloned().unwrap_or_default();
        for (people, ballots) in sets(&self.people).into_iter().zip(sets(&self.ballots)) {
            let cost = |ballot: usize, person: usize| {
                let (Some(ballot), Some(person)) = (ballots.get(ballot), people.get(person)) else {
                    return 0;
                };
                let apart = |(people, ballots, weight): &(HashMap<usize, i64>, HashMap<usize, i64>, i64)| {
                    let place = |of: &HashMap<usize, i64>, whose| of.get(whose).copied().unwrap_or_default();
                    (place(people, person) - place(ballots, ballot)).abs() * weight
                };
                orders.iter().map(apart).sum()
            };
            let found = cheapest(ballots.len(), cost);
            let links = ballots
                .iter()
                .zip(found)
                .filter_map(|(ballot, person)| Some((*ballot, *people.get(person)?)));
            right += self.right(links);
        }
        right
    }

    /// How many are linked by what stands beside each other.
    fn beside(&self) -> Vec<(String, u32)> {
        let links = |guesses: &[Option<usize>]| {
            self.right(guesses.iter().enumerate().filter_map(|(ballot, person)| Some((ballot, (*person)?))))
        };
        self.evidence.beside.iter().map(|(name, guesses)| (name.clone(), links(guesses))).collect()
    }
}

/// Of marks that order everybody alike, one.
fn distinct(marks: &[Mark]) -> Vec<&Mark> {
    let mut orders = HashSet::new();
    let is_new = |mark: &&Mark| {
        let mut places: Vec<usize> = (0..mark.values.len()).collect();
        places.sort_by_key(|place| mark.values.get(*place));
        orders.insert(places)
    };
    marks.iter().filter(is_new).collect()
}

/// What one signal links.
#[derive(Clone, Debug)]
pub struct Linked {
    /// How it links.
    pub signal: String,
    /// How many ballots it gave to the right person.
    pub right: u32,
}

/// What was linked of elections that the attacker did not learn on.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Picking blindly among those of the same class in the same batch.
    pub chance: Chance,
    /// Picking blindly among those of the same class.
    pub chance_in_class: Chance,
    /// How many signals were tried.
    pub signals: u32,
    /// The signal that linked most while learning.
    pub learned: Linked,
    /// The best of those together, by the cheapest assignment.
    pub together: Linked,
    /// What links by standing beside each other or by being the same.
    pub beside: Vec<Linked>,
    /// The signals that linked most without having been learned, the best first.
    pub best: Vec<Linked>,
}

impl Outcome {
    /// What is more than chance explains: the learned ones at the level of 99 %, the others at one divided by their number.
    pub fn findings(&self) -> Vec<&Linked> {
        let bound = self.chance.bound(LEVEL);
        let of_many = self.chance.bound(LEVEL / f64::from(self.signals.max(1)));
        let learned = [&self.learned, &self.together].into_iter().filter(move |linked| linked.right > bound);
        let others = self.best.iter().chain(&self.beside).filter(move |linked| linked.right > of_many);
        learned.chain(others).collect()
    }

    /// The most that was linked by something that was learned, of all ballots.
    pub fn most(&self) -> f64 {
        let right = self.learned.right.max(self.together.right);
        f64::from(right) / f64::from(self.chance.ballots.max(1))
    }
}

/// Learns on the first election, and attacks the others.
///
/// # Errors
/// What cannot be read.
pub fn attack(learned_on: &Recording, others: &[Recording]) -> Result<Outcome> {
    let learning = Case::of(learned_on)?;
    let mut learned = learning.all();
    learned.sort_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
    learned.truncate(TOGETHER);
    let (first, _) = learned.first().cloned().context("nothing to try")?;
    let mut outcome = Outcome {
        chance: Chance { ballots: 0, sets: 0 },
        chance_in_class: Chance { ballots: 0, sets: 0 },
        signals: 0,
        learned: Linked { signal: first.text(), right: 0 },
        together: Linked { signal: format!("the {} best together", learned.len()), right: 0 },
        beside: Vec::new(),
        best: Vec::new(),
    };
    let (mut all, mut beside) = (HashMap::<Signal, u32>::new(), BTreeMap::<String, u32>::new());
    for other in others {
        let case = Case::of(other)?;
        outcome.chance = outcome.chance + case.chance(Within::Batch);
        outcome.chance_in_class = outcome.chance_in_class + case.chance(Within::Class);
        outcome.learned.right += case.alone(&first);
        outcome.together.right += case.together(&learned);
        for (signal, right) in case.all() {
            *all.entry(signal).or_default() += right;
        }
        for (name, right) in case.beside() {
            *beside.entry(name).or_default() += right;
        }
    }
    outcome.signals = u32::try_from(all.len() + beside.len())?;
    outcome.beside = beside.into_iter().map(|(signal, right)| Linked { signal, right }).collect();
    let mut best: Vec<_> = all.into_iter().collect();
    best.sort_by(|one, other| (other.1, &one.0).cmp(&(one.1, &other.0)));
    best.truncate(20);
    outcome.best = best.into_iter().map(|(signal, right)| Linked { signal: signal.text(), right }).collect();
    Ok(outcome)
}
