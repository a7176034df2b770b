//! What a ballot says: the voter's selection, its one encoding, and reading it back (PLA-1 to PLA-6 in
//! `spec/encoding.md`).
//!
//! All plaintexts of an election have one length. For each contest of the class's ballot style, in the manifest's
//! order, stand one tag byte (0 marks, 1 abstain) and a bitmap with a bit for every option, bit i mod 8 of byte i / 8,
//! least significant first; zeros fill the rest. Exactly one byte string encodes a selection, and every other byte
//! string makes the ballot invalid. A readable ballot that breaks one contest's rule is void in that contest only.
//!
//! [`Selection`] and [`BallotPlaintext`] are the voter's secrets; [`OpenedBallot`] is what everybody reads after the
//! opening, and the only thing that the count takes.

use urna_crypto::ElectionId;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::manifest::{ClassIndex, Contest, Manifest};

const TAG_MARKS: u8 = 0;
const TAG_ABSTAIN: u8 = 1;

/// What a voter chose in one contest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The voter abstains.
    Abstain,
    /// The marked options by their places in the contest, strictly ascending. None marked: blank, where that is allowed.
    Marks(Vec<u16>),
}

impl Zeroize for Choice {
    fn zeroize(&mut self) {
        if let Self::Marks(marks) = self {
            marks.zeroize();
        }
        *self = Self::Abstain;
    }
}

/// What a choice is under its contest's rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Between min and max marks, at least one.
    Valid,
    /// No marks, and the contest allows that.
    Blank,
    /// An abstention, and the contest offers it.
    Abstained,
    /// Breaks a rule of the contest; counts for nobody in it.
    Void(VoidReason),
}

/// Which rule of its contest a choice breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoidReason {
    /// Fewer marks than the contest's min.
    #[error("{marks} marks, where at least {min} belong")]
    TooFewMarks {
        /// How many there are.
        marks: usize,
        /// How many there must be.
        min: usize,
    },
    /// More marks than the contest's max (T-3).
    #[error("{marks} marks, where at most {max} are allowed")]
    TooManyMarks {
        /// How many there are.
        marks: usize,
        /// How many there may be.
        max: usize,
    },
    /// An abstention where the contest does not offer it.
    #[error("an abstention, which this contest does not offer")]
    AbstentionNotOffered,
}

impl Contest {
    /// What `choice` is under this contest's rules (PLA-6).
    pub fn standing(&self, choice: &Choice) -> Standing {
        match choice {
            Choice::Abstain if self.abstain => Standing::Abstained,
            Choice::Abstain => Standing::Void(VoidReason::AbstentionNotOffered),
            Choice::Marks(marks) => match marks.len() {
                marks if marks < self.min => Standing::Void(VoidReason::TooFewMarks { marks, min: self.min }),
                marks if marks > self.max => {
                    Standing::Void(VoidReason::TooManyMarks { marks, max: self.max })
                }
                0 => Standing::Blank,
                _ => Standing::Valid,
            },
        }
    }
}

/// A voter's choices, one for each contest of the ballot style in order. Secret: wiped when dropped.
#[derive(ZeroizeOnDrop)]
pub struct Selection(Vec<Choice>);

impl Selection {
    /// Takes the choices.
    pub fn new(choices: Vec<Choice>) -> Self {
        Self(choices)
    }
}

/// Why a selection is not made a ballot. A program that shows the voter the manifest's rules never gets here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// Not one choice for every contest of the ballot style.
    #[error("{choices} choices for {contests} contests")]
    Contests {
        /// How many choices there are.
        choices: usize,
        /// How many contests the ballot style has.
        contests: usize,
    },
    /// A mark that is none of the contest's options.
    #[error("a mark outside the options of contest number {contest}")]
    NoSuchOption {
        /// The contest's place in the ballot style, from 0.
        contest: usize,
    },
    /// Marks that do not ascend strictly.
    #[error("marks repeated or out of order in contest number {contest}")]
    MarksOutOfOrder {
        /// The contest's place in the ballot style, from 0.
        contest: usize,
    },
    /// The vote would be void in a contest (S1-62, S3-21).
    #[error("contest number {contest}: {reason}")]
    Void {
        /// The contest's place in the ballot style, from 0.
        contest: usize,
        /// The broken rule.
        reason: VoidReason,
    },
}

/// A ballot's plaintext, as long as every other in its election. Secret: wiped when dropped.
#[derive(ZeroizeOnDrop)]
pub struct BallotPlaintext(Vec<u8>);

impl BallotPlaintext {
    /// Encodes a selection for a voter of `class` (PLA-3). Refuses what would not count.
    ///
    /// Time and memory access depend on the contest's rules and on how many options are marked; this runs on the
    /// voter's own device only.
    ///
    /// # Errors
    /// [`SelectionError`].
    pub fn encode(
        manifest: &Manifest,
        class: ClassIndex,
        selection: &Selection,
    ) -> Result<Self, SelectionError> {
        let contests = manifest.ballot_style(class).count();
        if selection.0.len() != contests {
            return Err(SelectionError::Contests { choices: selection.0.len(), contests });
        }
        // Allocated at its full length, so that no copy is left behind by growing.
        let mut plaintext = Self(Vec::with_capacity(manifest.plaintext_length()));
        for (place, ((_, contest), choice)) in manifest.ballot_style(class).zip(&selection.0).enumerate() {
            if let Standing::Void(reason) = contest.standing(choice) {
                return Err(SelectionError::Void { contest: place, reason });
            }
            let bytes = &mut plaintext.0;
            let start = bytes.len();
            bytes.resize(start + contest.encoded_length(), 0);
            match choice {
                Choice::Abstain => bytes.get_mut(start).into_iter().for_each(|tag| *tag = TAG_ABSTAIN),
                Choice::Marks(marks) => {
                    if !marks.is_sorted_by(|a, b| a < b) {
                        return Err(SelectionError::MarksOutOfOrder { contest: place });
                    }
                    for &mark in marks {
                        let option = usize::from(mark);
                        let byte = bytes.get_mut(start + 1 + option / 8);
                        match byte {
                            Some(byte) if option < contest.options.len() => *byte |= 1 << (option % 8),
                            _ => return Err(SelectionError::NoSuchOption { contest: place }),
                        }
                    }
                }
            }
        }
        plaintext.0.resize(manifest.plaintext_length(), 0);
        Ok(plaintext)
    }

    /// The bytes to encrypt.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Why a plaintext encodes no selection. Published only as "invalid".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Not of the election's length (PLA-1).
    #[error("not of the election's plaintext length")]
    Length,
    /// A tag other than 0 and 1 (PLA-2).
    #[error("an unknown tag")]
    Tag,
    /// A set bit behind the last option, or behind the last contest (PLA-4).
    #[error("padding that is not zero")]
    Padding,
    /// An abstention with marks (PLA-5).
    #[error("an abstention with marks")]
    AbstentionWithMarks,
    /// A class that the manifest does not have.
    #[error("an unknown class")]
    Class,
}

/// A counted ballot after its opening, read under the manifest: the only thing that the count takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedBallot {
    election: ElectionId,
    class: ClassIndex,
    choices: Result<Vec<Choice>, Invalid>,
}

impl OpenedBallot {
    /// Reads a plaintext (PLA-1 to PLA-5). Whatever the bytes are, the ballot counts: as readable or as invalid.
    pub fn decode(manifest: &Manifest, class: ClassIndex, plaintext: &[u8]) -> Self {
        Self { election: *manifest.id(), class, choices: decode(manifest, class, plaintext) }
    }

    /// The election under whose manifest the ballot was read.
    pub fn election(&self) -> &ElectionId {
        &self.election
    }

    /// The voter's class.
    pub fn class(&self) -> ClassIndex {
        self.class
    }

    /// The choices, one for each contest of the ballot style in order, or why there are none.
    pub fn choices(&self) -> Result<&[Choice], Invalid> {
        match &self.choices {
            Ok(choices) => Ok(choices),
            Err(invalid) => Err(*invalid),
        }
    }
}

fn decode(manifest: &Manifest, class: ClassIndex, plaintext: &[u8]) -> Result<Vec<Choice>, Invalid> {
    if plaintext.len() != manifest.plaintext_length() {
        return Err(Invalid::Length);
    }
    if manifest.class(class).is_none() {
        return Err(Invalid::Class);
    }
    let mut rest = plaintext;
    let mut choices = Vec::new();
    for (_, contest) in manifest.ballot_style(class) {
        let (field, behind) = rest.split_at_checked(contest.encoded_length()).ok_or(Invalid::Length)?;
        let (tag, bitmap) = field.split_first().ok_or(Invalid::Length)?;
        choices.push(choice(*tag, bitmap, contest.options.len())?);
        rest = behind;
    }
    if rest.iter().any(|&byte| byte != 0) {
        return Err(Invalid::Padding);
    }
    Ok(choices)
}

fn choice(tag: u8, bitmap: &[u8], options: usize) -> Result<Choice, Invalid> {
    let mut marks = Vec::new();
    for (i, &byte) in bitmap.iter().enumerate() {
        for bit in (0..8).filter(|bit| byte >> bit & 1 == 1) {
            let option = 8 * i + bit;
            if option >= options {
                return Err(Invalid::Padding);
            }
            marks.push(u16::try_from(option).map_err(|_| Invalid::Padding)?);
        }
    }
    match tag {
        TAG_MARKS => Ok(Choice::Marks(marks)),
        TAG_ABSTAIN if marks.is_empty() => Ok(Choice::Abstain),
        TAG_ABSTAIN => Err(Invalid::AbstentionWithMarks),
        _ => Err(Invalid::Tag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::sample;
    use proptest::prelude::*;

    fn class(manifest: &Manifest, id: &str) -> ClassIndex {
        manifest.class_index(&id.parse().unwrap()).unwrap()
    }

    fn marks(options: &[u16]) -> Choice {
        Choice::Marks(options.to_vec())
    }

    fn encode(class_id: &str, choices: Vec<Choice>) -> Result<Vec<u8>, SelectionError> {
        let manifest = sample::manifest();
        let plaintext =
            BallotPlaintext::encode(&manifest, class(&manifest, class_id), &Selection::new(choices))?;
        Ok(plaintext.as_bytes().to_vec())
    }

    fn decode(class_id: &str, plaintext: &[u8]) -> Result<Vec<Choice>, Invalid> {
        let manifest = sample::manifest();
        super::decode(&manifest, class(&manifest, class_id), plaintext)
    }

    #[test]
    fn accepts_the_worked_example_of_the_specification() {
        // board: bob and eva of five; auditor: hal of three.
        assert_eq!(encode("north", vec![marks(&[1, 4]), marks(&[2])]), Ok(vec![0, 0b10010, 0, 0b100]));
        // Abstention in the first contest, and a class whose style is shorter: the rest is zeros.
        assert_eq!(encode("north", vec![Choice::Abstain, marks(&[0])]), Ok(vec![1, 0, 0, 1]));
        assert_eq!(encode("collective", vec![marks(&[0])]), Ok(vec![0, 1, 0, 0]));
        assert_eq!(encode("collective", vec![marks(&[])]), Ok(vec![0, 0, 0, 0]));
    }

    #[test]
    fn rejects_selections_that_would_not_count() {
        let void = |contest, reason| Err(SelectionError::Void { contest, reason });
        let too_many = VoidReason::TooManyMarks { marks: 3, max: 2 };
        assert_eq!(encode("north", vec![marks(&[0, 1, 2]), marks(&[0])]), void(0, too_many));
        let too_few = VoidReason::TooFewMarks { marks: 0, min: 1 };
        assert_eq!(encode("north", vec![marks(&[0]), marks(&[])]), void(1, too_few));
        assert_eq!(
            encode("north", vec![marks(&[0]), Choice::Abstain]),
            void(1, VoidReason::AbstentionNotOffered)
        );
        let missing = SelectionError::Contests { choices: 1, contests: 2 };
        assert_eq!(encode("north", vec![marks(&[0])]), Err(missing));
        // Bit 5 exists in the byte, option 5 does not; bit 8 does not exist.
        for mark in [5, 7, 8, u16::MAX] {
            let outside = SelectionError::NoSuchOption { contest: 0 };
            assert_eq!(encode("north", vec![marks(&[mark]), marks(&[0])]), Err(outside));
        }
        for order in [[1, 1], [2, 1]] {
            let unordered = SelectionError::MarksOutOfOrder { contest: 0 };
            assert_eq!(encode("north", vec![marks(&order), marks(&[0])]), Err(unordered));
        }
    }

    #[test]
    fn rejects_every_other_byte_string_as_invalid() {
        for (class, plaintext, invalid) in [
            ("north", &[0, 1, 0][..], Invalid::Length),             // PLA-1
            ("north", &[0, 1, 0, 1, 0], Invalid::Length),           // PLA-1
            ("north", &[2, 0, 0, 1], Invalid::Tag),                 // PLA-2
            ("north", &[0, 1, 255, 1], Invalid::Tag),               // PLA-2
            ("north", &[0, 0b10_0000, 0, 1], Invalid::Padding),     // PLA-4: a bit behind the options
            ("north", &[1, 0b10_0000, 0, 1], Invalid::Padding),     // PLA-4
            ("collective", &[0, 1, 0, 1], Invalid::Padding),        // PLA-4: a byte behind the contests
            ("collective", &[0, 1, 1, 0], Invalid::Padding),        // PLA-4
            ("north", &[1, 1, 0, 1], Invalid::AbstentionWithMarks), // PLA-5
        ] {
            assert_eq!(decode(class, plaintext), Err(invalid), "{plaintext:?}");
        }
    }

    #[test]
    fn reads_void_votes_as_what_they_are_pla_6() {
        let manifest = sample::manifest();
        let board = &manifest.contests()[0];
        let auditor = &manifest.contests()[1];
        assert_eq!(decode("north", &[0, 0b111, 1, 0]).unwrap(), [marks(&[0, 1, 2]), Choice::Abstain]);
        assert_eq!(
            board.standing(&marks(&[0, 1, 2])),
            Standing::Void(VoidReason::TooManyMarks { marks: 3, max: 2 })
        );
        assert_eq!(auditor.standing(&Choice::Abstain), Standing::Void(VoidReason::AbstentionNotOffered));
        assert_eq!(board.standing(&marks(&[])), Standing::Blank);
        assert_eq!(board.standing(&marks(&[3])), Standing::Valid);
        assert_eq!(board.standing(&Choice::Abstain), Standing::Abstained);
    }

    #[test]
    fn exactly_one_byte_string_encodes_a_selection() {
        // All byte strings of the short class: what decodes, re-encodes to itself unless it is void.
        let manifest = sample::manifest();
        let class = class(&manifest, "collective");
        let mut seen = std::collections::BTreeSet::new();
        for tag in 0..=255 {
            for bitmap in 0..=255 {
                let plaintext = [tag, bitmap, 0, 0];
                let Ok(choices) = super::decode(&manifest, class, &plaintext) else {
                    continue;
                };
                assert!(seen.insert(format!("{choices:?}")), "{plaintext:?}");
                if let Ok(again) = BallotPlaintext::encode(&manifest, class, &Selection::new(choices)) {
                    assert_eq!(again.as_bytes(), plaintext);
                }
            }
        }
        assert_eq!(seen.len(), 32 + 1);
    }

    fn any_choice(options: u16, max: usize, abstain: bool) -> BoxedStrategy<Choice> {
        let marks = prop::collection::btree_set(0..options, 0..=max)
            .prop_map(|marks| Choice::Marks(marks.into_iter().collect()));
        if abstain { prop_oneof![Just(Choice::Abstain), marks].boxed() } else { marks.boxed() }
    }

    /// 1 to 4 contests with 1 to 40 options, and a selection for them.
    fn any_election() -> impl Strategy<Value = (Manifest, Vec<Choice>)> {
        prop::collection::vec((1_usize..40, 1_usize..5, any::<bool>()), 1..4)
            .prop_flat_map(|shapes| {
                let choices: Vec<_> = shapes
                    .iter()
                    .map(|&(options, max, abstain)| {
                        any_choice(u16::try_from(options).unwrap(), max.min(options), abstain)
                    })
                    .collect();
                (Just(shapes), choices)
            })
            .prop_map(|(shapes, choices)| {
                let mut draft = sample::draft();
                let contest = |(i, (options, max, abstain)): (usize, &(usize, usize, bool))| {
                    let ids: Vec<String> = (0..*options).map(|option| format!("o{option}")).collect();
                    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                    let max = u64::try_from(*max.min(options)).unwrap();
                    sample::contest(&format!("c{i}"), &ids, 0, max, 1, *abstain)
                };
                draft.contests = shapes.iter().enumerate().map(contest).collect();
                let all: Vec<String> = draft.contests.iter().map(|contest| contest.id.clone()).collect();
                draft.ballot_styles[0].contests.clone_from(&all);
                draft.ballot_styles[1].contests = vec!["c0".into()];
                (Manifest::from_draft(&draft).unwrap(), choices)
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn round_trips((manifest, choices) in any_election()) {
            let class = class(&manifest, "north");
            let plaintext = BallotPlaintext::encode(&manifest, class, &Selection::new(choices.clone())).unwrap();
            prop_assert_eq!(plaintext.as_bytes().len(), manifest.plaintext_length());
            let ballot = OpenedBallot::decode(&manifest, class, plaintext.as_bytes());
            prop_assert_eq!(ballot.choices(), Ok(&choices[..]));
        }

        #[test]
        fn arbitrary_bytes_never_panic(plaintext in prop::collection::vec(any::<u8>(), 0..9)) {
            for class in ["north", "collective"] {
                let _ = decode(class, &plaintext);
            }
        }
    }
}
