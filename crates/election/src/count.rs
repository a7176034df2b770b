//! The count: votes per option, and how many ballots were blank, abstaining, void or invalid (CNT-1 to CNT-7).
//!
//! Two kinds of figures, never mixed: **votes** are weighted (one mark is as many votes as the class's weight, S3-23);
//! **ballots** are people and are not. A [`Count`] adds up [`OpenedBallot`]s one by one, can be made in parts and
//! merged, and gives the same figures in any order. Votes are kept per class and contest; totals and districts are
//! sums over classes, so they cannot disagree.

mod top_n;

use std::collections::BTreeMap;

use urna_crypto::ElectionId;

use crate::id::Id;
use crate::manifest::{ClassIndex, CountsAs, Manifest, Method};
use crate::selection::{Choice, OpenedBallot, Standing};

pub use top_n::{Outcome, Tie, top_n};

/// Why something cannot be added to a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountError {
    /// A ballot or a count of another election.
    #[error("read under another election's manifest")]
    OtherElection,
    /// A figure beyond 2^64 - 1.
    #[error("a figure does not fit into 64 bits")]
    Overflow,
}

/// Figures of one contest in one class. All but the votes are ballots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Figures {
    /// Marks per option, in ballots; weighted when read.
    marks: Vec<u64>,
    blank: u64,
    abstain: u64,
    void: u64,
}

/// Figures of one class, in ballots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ClassFigures {
    counted: u64,
    blank: u64,
    invalid: u64,
    /// By the contest's place in the manifest.
    contests: BTreeMap<usize, Figures>,
}

/// A count in progress, or done.
#[derive(Clone, Debug)]
pub struct Count<'m> {
    manifest: &'m Manifest,
    classes: BTreeMap<ClassIndex, ClassFigures>,
}

/// How many took part, in people and in weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turnout {
    /// Counted ballots, whatever is on them.
    pub counted: u64,
    /// Ballots that are blank in every contest.
    pub blank: u64,
    /// Ballots that encode no selection.
    pub invalid: u64,
    /// Counted ballots after the policies `blank_counts_as` and `invalid_counts_as`: the voters who took part (C5).
    pub participated: u64,
    /// The same with each ballot weighted by its class: the electronic part of a weighted quorum (T-6, S3-46).
    pub weighted: u64,
}

impl Turnout {
    /// Participation of `entitled` voters in tenths of a percent, rounded half up: 300 is 30.0 % (T-10).
    /// `None` if nobody is entitled or the figures do not fit.
    pub fn tenths_of_percent(&self, entitled: u64) -> Option<u64> {
        let tenths = self.participated.checked_mul(2_000)?.checked_add(entitled)?;
        tenths.checked_div(entitled.checked_mul(2)?)
    }
}

/// The figures of one contest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContestCount {
    /// Votes per option, weighted, in the manifest's order.
    pub votes: Vec<u64>,
    /// The same per class that votes on the contest.
    pub by_class: BTreeMap<ClassIndex, Vec<u64>>,
    /// The same per district: the sum over its classes (S1-101).
    pub by_district: BTreeMap<Id, Vec<u64>>,
    /// Ballots without a mark in this contest.
    pub blank: u64,
    /// Ballots that abstain in this contest.
    pub abstain: u64,
    /// Readable ballots that break this contest's rules (S3-40).
    pub void: u64,
    /// Unreadable ballots of the classes that vote on this contest.
    pub invalid: u64,
    /// Who wins.
    pub outcome: Outcome,
}

impl<'m> Count<'m> {
    /// An empty count.
    pub fn new(manifest: &'m Manifest) -> Self {
        Self { manifest, classes: BTreeMap::new() }
    }

    fn election(&self) -> &'m ElectionId {
        self.manifest.id()
    }

    /// Adds one counted ballot (CNT-1 to CNT-3).
    ///
    /// # Errors
    /// [`CountError::OtherElection`]. The caller gives each counted ballot once.
    pub fn add(&mut self, ballot: &OpenedBallot) -> Result<(), CountError> {
        if ballot.election() != self.election() {
            return Err(CountError::OtherElection);
        }
        let class = self.classes.entry(ballot.class()).or_default();
        increase(&mut class.counted, 1)?;
        let Ok(choices) = ballot.choices() else {
            return increase(&mut class.invalid, 1);
        };
        let mut all_blank = true;
        for ((place, contest), choice) in self.manifest.ballot_style(ballot.class()).zip(choices) {
            let figures = class.contests.entry(place).or_default();
            let standing = contest.standing(choice);
            all_blank &= standing == Standing::Blank;
            match standing {
                Standing::Valid => figures.mark(choice, contest.options.len())?,
                Standing::Blank => increase(&mut figures.blank, 1)?,
                Standing::Abstained => increase(&mut figures.abstain, 1)?,
                Standing::Void(_) => increase(&mut figures.void, 1)?,
            }
        }
        if all_blank { increase(&mut class.blank, 1) } else { Ok(()) }
    }

    /// Adds another part of the same election's count, such as another thread's.
    ///
    /// # Errors
    /// [`CountError`].
    pub fn merge(&mut self, other: Self) -> Result<(), CountError> {
        if other.election() != self.election() {
            return Err(CountError::OtherElection);
        }
        for (class, theirs) in other.classes {
            let ours = self.classes.entry(class).or_default();
            increase(&mut ours.counted, theirs.counted)?;
            increase(&mut ours.blank, theirs.blank)?;
            increase(&mut ours.invalid, theirs.invalid)?;
            for (place, theirs) in theirs.contests {
                let ours = ours.contests.entry(place).or_default();
                increase(&mut ours.blank, theirs.blank)?;
                increase(&mut ours.abstain, theirs.abstain)?;
                increase(&mut ours.void, theirs.void)?;
                ours.marks.resize(ours.marks.len().max(theirs.marks.len()), 0);
                ours.marks.iter_mut().zip(theirs.marks).try_for_each(|(ours, more)| increase(ours, more))?;
            }
        }
        Ok(())
    }

    /// How many took part (CNT-5).
    ///
    /// # Errors
    /// [`CountError::Overflow`].
    pub fn turnout(&self) -> Result<Turnout, CountError> {
        let policy = self.manifest.policy();
        let mut turnout = Turnout::default();
        for (index, class) in &self.classes {
            let mut participated = class.counted;
            if policy.blank_counts_as == CountsAs::Unused {
                participated = participated.saturating_sub(class.blank);
            }
            if policy.invalid_counts_as == CountsAs::Unused {
                participated = participated.saturating_sub(class.invalid);
            }
            increase(&mut turnout.counted, class.counted)?;
            increase(&mut turnout.blank, class.blank)?;
            increase(&mut turnout.invalid, class.invalid)?;
            increase(&mut turnout.participated, participated)?;
            increase(&mut turnout.weighted, self.weighted(*index, participated)?)?;
        }
        Ok(turnout)
    }

    /// The figures of every contest, in the manifest's order (CNT-4, CNT-6, CNT-7).
    ///
    /// # Errors
    /// [`CountError::Overflow`].
    pub fn contests(&self) -> Result<Vec<ContestCount>, CountError> {
        (0..self.manifest.contests().len()).map(|place| self.contest(place)).collect()
    }

    fn contest(&self, place: usize) -> Result<ContestCount, CountError> {
        let contest = self.manifest.contests().get(place);
        let options = contest.map_or(0, |contest| contest.options.len());
        let mut votes = vec![0; options];
        let mut by_class = BTreeMap::new();
        let mut by_district: BTreeMap<Id, Vec<u64>> = BTreeMap::new();
        let (mut blank, mut abstain, mut void, mut invalid) = (0, 0, 0, 0);
        for (index, class) in self.manifest.class_indices() {
            if !class.votes_on(place) {
                continue;
            }
            let district = class
                .district
                .as_ref()
                .map(|id| by_district.entry(id.clone()).or_insert_with(|| vec![0; options]));
            let mut class_votes = vec![0; options];
            if let Some(figures) = self.classes.get(&index) {
                increase(&mut invalid, figures.invalid)?;
                if let Some(figures) = figures.contests.get(&place) {
                    increase(&mut blank, figures.blank)?;
                    increase(&mut abstain, figures.abstain)?;
                    increase(&mut void, figures.void)?;
                    for (votes, &marks) in class_votes.iter_mut().zip(&figures.marks) {
                        *votes = self.weighted(index, marks)?;
                    }
                }
            }
            votes.iter_mut().zip(&class_votes).try_for_each(|(sum, &more)| increase(sum, more))?;
            if let Some(district) = district {
                district.iter_mut().zip(&class_votes).try_for_each(|(sum, &more)| increase(sum, more))?;
            }
            by_class.insert(index, class_votes);
        }
        let outcome = match contest {
            Some(contest) => match contest.method {
                Method::TopN => top_n(&votes, contest.seats),
            },
            None => Outcome::default(),
        };
        Ok(ContestCount { votes, by_class, by_district, blank, abstain, void, invalid, outcome })
    }

    fn weighted(&self, class: ClassIndex, ballots: u64) -> Result<u64, CountError> {
        let weight = self.manifest.class(class).map_or(0, |class| class.weight);
        ballots.checked_mul(weight.into()).ok_or(CountError::Overflow)
    }
}

impl Figures {
    fn mark(&mut self, choice: &Choice, options: usize) -> Result<(), CountError> {
        let Choice::Marks(marks) = choice else {
            return Ok(());
        };
        // Made when first needed: an election may have many classes that nobody votes in.
        self.marks.resize(options, 0);
        let found = marks.iter().map(|&mark| usize::from(mark));
        for mark in found {
            self.marks.get_mut(mark).map_or(Ok(()), |sum| increase(sum, 1))?;
        }
        Ok(())
    }
}

fn increase(sum: &mut u64, more: u64) -> Result<(), CountError> {
    *sum = sum.checked_add(more).ok_or(CountError::Overflow)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Draft, sample};
    use crate::selection::Choice::Abstain;
    use proptest::prelude::*;

    fn marks(options: &[u16]) -> Choice {
        Choice::Marks(options.to_vec())
    }

    /// A plaintext with these choices, void ones too, which the voter's encoder refuses.
    fn plaintext(manifest: &Manifest, class: ClassIndex, choices: &[Choice]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for ((_, contest), choice) in manifest.ballot_style(class).zip(choices) {
            let start = bytes.len();
            bytes.resize(start + contest.encoded_length(), 0);
            match choice {
                Abstain => bytes[start] = 1,
                Choice::Marks(marks) => {
                    marks
                        .iter()
                        .for_each(|&mark| bytes[start + 1 + usize::from(mark) / 8] |= 1 << (mark % 8));
                }
            }
        }
        bytes.resize(manifest.plaintext_length(), 0);
        bytes
    }

    fn ballot(manifest: &Manifest, class: &str, choices: &[Choice]) -> OpenedBallot {
        let class = manifest.class_index(&class.parse().unwrap()).unwrap();
        OpenedBallot::decode(manifest, class, &plaintext(manifest, class, choices))
    }

    fn invalid(manifest: &Manifest, class: &str) -> OpenedBallot {
        let class = manifest.class_index(&class.parse().unwrap()).unwrap();
        OpenedBallot::decode(manifest, class, b"")
    }

    fn count<'m>(manifest: &'m Manifest, ballots: &[OpenedBallot]) -> Count<'m> {
        let mut count = Count::new(manifest);
        ballots.iter().for_each(|ballot| count.add(ballot).unwrap());
        count
    }

    fn changed(change: impl Fn(&mut Draft)) -> Manifest {
        let mut draft = sample::draft();
        change(&mut draft);
        Manifest::from_draft(&draft).unwrap()
    }

    #[test]
    fn sixteen_marks_void_one_contest_only_t_3() {
        // S3: a board of at most 15, auditors without a limit.
        let ids: Vec<String> = (0..20).map(|i| format!("m{i}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        let manifest = changed(|draft| draft.contests[0] = sample::contest("board", &ids, 0, 15, 15, false));
        let fifteen: Vec<u16> = (0..15).collect();
        let sixteen: Vec<u16> = (0..16).collect();
        let ballots = [
            ballot(&manifest, "north", &[marks(&fifteen), marks(&[0])]),
            ballot(&manifest, "north", &[marks(&sixteen), marks(&[2])]),
        ];
        let contests = count(&manifest, &ballots).contests().unwrap();
        assert_eq!(contests[0].votes[..16], [[1; 15].as_slice(), &[0]].concat());
        assert_eq!((contests[0].void, contests[1].void), (1, 0));
        assert_eq!(contests[1].votes, [1, 0, 1]);
    }

    #[test]
    fn an_empty_ballot_of_a_collective_member_weighs_three_and_votes_for_nobody_t_6() {
        let manifest = sample::manifest();
        let count = count(&manifest, &[ballot(&manifest, "collective", &[marks(&[])])]);
        let turnout = count.turnout().unwrap();
        assert_eq!((turnout.participated, turnout.weighted, turnout.blank), (1, 3, 1));
        let contests = count.contests().unwrap();
        assert_eq!(contests[0].votes, [0; 5]);
        assert_eq!(contests[0].blank, 1);
        assert_eq!(contests[0].outcome, Outcome::default());
    }

    #[test]
    fn fifty_who_choose_and_ten_who_abstain_of_200_are_30_percent_t_10() {
        let manifest = changed(|draft| draft.contests[1].abstain = true);
        let mut ballots = vec![ballot(&manifest, "north", &[marks(&[0]), marks(&[1])]); 50];
        ballots.extend(vec![ballot(&manifest, "south", &[Abstain, Abstain]); 10]);
        // Five who "will not vote" never appear on the board.
        let count = count(&manifest, &ballots);
        let turnout = count.turnout().unwrap();
        assert_eq!(turnout.participated, 60);
        assert_eq!(turnout.tenths_of_percent(200), Some(300));
        assert_eq!(count.contests().unwrap()[0].abstain, 10);
    }

    #[test]
    fn rounds_turnout_half_up() {
        let turnout = |participated| Turnout { participated, ..Turnout::default() };
        assert_eq!(turnout(1).tenths_of_percent(3), Some(333));
        assert_eq!(turnout(2).tenths_of_percent(3), Some(667));
        assert_eq!(turnout(1).tenths_of_percent(2_000), Some(1));
        assert_eq!(turnout(0).tenths_of_percent(0), None);
        assert_eq!(turnout(u64::MAX).tenths_of_percent(9), None);
    }

    #[test]
    fn weighs_by_class_and_sums_by_district() {
        let manifest = sample::manifest();
        let ballots = [
            ballot(&manifest, "north", &[marks(&[0, 1]), marks(&[0])]),
            ballot(&manifest, "north", &[marks(&[0]), marks(&[1])]),
            ballot(&manifest, "south", &[marks(&[1]), marks(&[1])]),
            ballot(&manifest, "collective", &[marks(&[1, 4])]),
        ];
        let contests = count(&manifest, &ballots).contests().unwrap();
        let board = &contests[0];
        assert_eq!(board.votes, [2, 5, 0, 0, 3]);
        let by_class: Vec<&[u64]> = board.by_class.values().map(Vec::as_slice).collect();
        assert_eq!(by_class, [[2, 1, 0, 0, 0], [0, 1, 0, 0, 0], [0, 3, 0, 0, 3]]);
        let districts: Vec<(&str, &[u64])> =
            board.by_district.iter().map(|(id, votes)| (id.as_str(), votes.as_slice())).collect();
        assert_eq!(districts, [("n", &[2, 1, 0, 0, 0][..]), ("s", &[0, 1, 0, 0, 0][..])]);
        assert_eq!(board.outcome, Outcome { winners: vec![1, 4], ties: vec![] });
        assert_eq!(contests[1].votes, [1, 2, 0]);
        assert_eq!(contests[1].by_class.len(), 2);
    }

    #[test]
    fn policies_say_who_took_part_c5() {
        for (blank, unreadable, expected, weighted) in [
            (CountsAs::Participated, CountsAs::Participated, 4, 8),
            (CountsAs::Unused, CountsAs::Participated, 3, 5),
            (CountsAs::Participated, CountsAs::Unused, 3, 7),
            (CountsAs::Unused, CountsAs::Unused, 2, 4),
        ] {
            let manifest = changed(|draft| {
                draft.contests[1].min = sample::number(0);
                draft.policy.blank_counts_as = blank;
                draft.policy.invalid_counts_as = unreadable;
            });
            let ballots = [
                ballot(&manifest, "collective", &[marks(&[])]),
                ballot(&manifest, "collective", &[marks(&[0])]),
                // Blank in one contest only is not blank.
                ballot(&manifest, "north", &[marks(&[]), marks(&[0])]),
                invalid(&manifest, "north"),
            ];
            let count = count(&manifest, &ballots);
            let expected = Turnout { counted: 4, blank: 1, invalid: 1, participated: expected, weighted };
            assert_eq!(count.turnout(), Ok(expected));
            let contests = count.contests().unwrap();
            assert_eq!((contests[0].blank, contests[0].invalid), (2, 1));
            assert_eq!((contests[1].blank, contests[1].invalid), (0, 1));
        }
    }

    #[test]
    fn an_invalid_ballot_is_counted_where_its_class_votes() {
        let manifest = sample::manifest();
        let contests = count(&manifest, &[invalid(&manifest, "collective")]).contests().unwrap();
        assert_eq!((contests[0].invalid, contests[1].invalid), (1, 0));
    }

    #[test]
    fn rejects_ballots_and_counts_of_another_election() {
        let manifest = sample::manifest();
        let other = changed(|draft| draft.trial = true);
        let mut count = Count::new(&manifest);
        assert_eq!(
            count.add(&ballot(&other, "north", &[marks(&[]), marks(&[0])])),
            Err(CountError::OtherElection)
        );
        assert_eq!(count.merge(Count::new(&other)), Err(CountError::OtherElection));
        assert_eq!(count.turnout(), Ok(Turnout::default()));
    }

    #[test]
    fn rejects_figures_beyond_64_bits() {
        let manifest = sample::manifest();
        let mut count = count(&manifest, &[ballot(&manifest, "collective", &[marks(&[0])])]);
        for figures in count.classes.values_mut() {
            figures.counted = u64::MAX;
            figures.contests.values_mut().for_each(|figures| figures.marks[0] = u64::MAX / 2);
        }
        assert_eq!(count.clone().contests(), Err(CountError::Overflow));
        assert_eq!(count.turnout(), Err(CountError::Overflow));
        assert_eq!(count.add(&ballot(&manifest, "collective", &[marks(&[0])])), Err(CountError::Overflow));
    }

    fn any_ballot() -> impl Strategy<Value = (usize, [u8; 4])> {
        let tag = || prop_oneof![6 => Just(0), 2 => Just(1), 1 => Just(2_u8)];
        (0_usize..3, tag(), 0_u8..32, tag(), 0_u8..8).prop_map(|(class, a, b, c, d)| (class, [a, b, c, d]))
    }

    proptest! {
        #[test]
        fn is_the_same_in_any_order_and_in_parts(
            plaintexts in prop::collection::vec(any_ballot(), 0..40),
            cut in 0_usize..40,
        ) {
            let manifest = sample::manifest();
            let class = |place: usize| manifest.class_indices().nth(place).unwrap().0;
            let ballots: Vec<OpenedBallot> =
                plaintexts.iter().map(|(place, bytes)| OpenedBallot::decode(&manifest, class(*place), bytes)).collect();
            let whole = count(&manifest, &ballots);
            let (front, back) = ballots.split_at(cut.min(ballots.len()));
            let mut parts = count(&manifest, back);
            parts.merge(count(&manifest, front)).unwrap();
            prop_assert_eq!(parts.turnout(), whole.turnout());
            prop_assert_eq!(parts.contests(), whole.contests());

            // Every ballot is accounted for in every contest of its class (T-15).
            let turnout = whole.turnout().unwrap();
            prop_assert_eq!(turnout.counted, u64::try_from(ballots.len()).unwrap());
            for (place, contest) in whole.contests().unwrap().iter().enumerate() {
                let sum = |choose: fn(Standing) -> bool| {
                    let standings = ballots.iter().filter_map(|ballot| {
                        let choices = ballot.choices().ok()?;
                        let (i, _) = manifest.ballot_style(ballot.class()).enumerate().find(|(_, (p, _))| *p == place)?;
                        Some(manifest.contests()[place].standing(&choices[i]))
                    });
                    u64::try_from(standings.filter(|standing| choose(*standing)).count()).unwrap()
                };
                prop_assert_eq!(contest.blank, sum(|standing| standing == Standing::Blank));
                prop_assert_eq!(contest.abstain, sum(|standing| standing == Standing::Abstained));
                prop_assert_eq!(contest.void, sum(|standing| matches!(standing, Standing::Void(_))));
                let of_classes = ballots.iter().filter(|b| manifest.class(b.class()).unwrap().votes_on(place)).count();
                let valid = sum(|standing| standing == Standing::Valid);
                let all = contest.blank + contest.abstain + contest.void + contest.invalid + valid;
                prop_assert_eq!(all, u64::try_from(of_classes).unwrap());
                for (option, votes) in contest.votes.iter().enumerate() {
                    prop_assert_eq!(*votes, contest.by_class.values().map(|votes| votes[option]).sum::<u64>());
                }
            }
        }
    }
}
