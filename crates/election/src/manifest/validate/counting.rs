//! The count of any manifest ends, in bounded memory and with a result that can be published (MAN-30, MAN-31).

use std::collections::BTreeSet;

use super::Check;
use crate::manifest::{Class, Contest, Rule};
use crate::result::{ContestResult, ElectionResult};

/// The most figures of a count: one for each option on the ballot of each class. With as many, each of its own district,
/// count and result take 90 MB.
const FIGURES: u64 = 500_000;

/// What one contest adds to count and result.
struct Size {
    /// Bytes of the result.
    length: u64,
    options: u64,
    classes: u64,
    districts: u64,
}

impl Size {
    fn new(place: usize, contest: &Contest, classes: &[Class]) -> Self {
        let voting = || classes.iter().filter(|class| class.votes_on(place));
        let districts: BTreeSet<_> = voting().filter_map(|class| class.district.as_ref()).collect();
        Self {
            length: ContestResult::longest(contest, &districts),
            options: number(contest.options.len()),
            classes: number(voting().count()),
            districts: number(districts.len()),
        }
    }

    const fn figures(&self) -> u64 {
        self.options.saturating_mul(self.classes)
    }
}

impl Check {
    /// Count and result must not grow beyond their limits, whatever the ballots are. Found out only after the opening,
    /// it would be too late to mend.
    pub(super) fn counting(&mut self, contests: &[Contest], classes: &[Class]) {
        let sizes = contests.iter().enumerate();
        let sizes: Vec<Size> = sizes.map(|(place, contest)| Size::new(place, contest, classes)).collect();
        let length = ElectionResult::longest(sizes.iter().map(|size| size.length));
        let most = number(ElectionResult::LIMIT);
        if let (true, Some((place, size))) = (length > most, largest(&sizes, |size| size.length)) {
            let (options, districts) = (size.options, size.districts);
            let rule = Rule::ResultTooLarge { length, most, options, districts };
            self.note(format!("contests[{place}]"), rule);
        }
        let figures = sizes.iter().fold(0, |sum: u64, size| sum.saturating_add(size.figures()));
        if let (true, Some((place, size))) = (figures > FIGURES, largest(&sizes, Size::figures)) {
            let (options, classes) = (size.options, size.classes);
            let rule = Rule::CountTooLarge { figures, most: FIGURES, options, classes };
            self.note(format!("contests[{place}]"), rule);
        }
    }
}

fn largest(sizes: &[Size], by: impl Fn(&Size) -> u64) -> Option<(usize, &Size)> {
    sizes.iter().enumerate().max_by_key(|(_, size)| by(size))
}

fn number(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Manifest;
    use crate::manifest::draft::Draft;
    use crate::manifest::sample;

    /// The sample with one contest of so many options, and so many classes, each of its own district.
    fn draft(options: usize, classes: usize) -> Draft {
        let mut draft = sample::draft();
        let ids: Vec<String> = (0..options).map(|i| format!("{i:0>40}")).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        draft.contests = vec![sample::contest("board", &ids, 0, 1, 1, true)];
        draft.ballot_styles.truncate(1);
        draft.ballot_styles[0].contests = vec!["board".into()];
        let district = |i| format!("{i:0>40}");
        draft.classes = (0..classes)
            .map(|i| sample::class(&format!("class-{i}"), "full", Some(&district(i)), 1))
            .collect();
        draft.policy.smallest_class.confirmed.clear();
        draft
    }

    /// The problems but those of the keys, which these drafts do not have.
    fn problems(draft: &Draft) -> Vec<String> {
        let mut problems = sample::problems(draft);
        problems.retain(|problem| !problem.contains("MAN-24"));
        problems
    }

    /// Gives titles of the first language this many bytes more.
    fn lengthen(draft: &mut Draft, mut bytes: usize) {
        for option in &mut draft.contests[0].options {
            let title = option.title.get_mut("en").unwrap();
            let more = bytes.min(500 - title.len());
            *title += &"x".repeat(more);
            bytes -= more;
        }
        assert_eq!(bytes, 0);
    }

    #[test]
    fn rejects_results_that_could_be_one_byte_too_long_man_30() {
        // 480,000 figures, which are not too many to count.
        let mut draft = draft(60_000, 8);
        let districts = draft.classes.iter().map(|class| class.district.clone().unwrap());
        let districts: BTreeSet<crate::id::Id> = districts.map(|id| id.parse().unwrap()).collect();
        let checked =
            Check { languages: ["en", "cs"].map(|tag| tag.parse().unwrap()).into(), ..Check::default() }
                .contests(&draft.contests)
                .unwrap();
        let contest = ContestResult::longest(&checked[0], &districts.iter().collect());
        let length = usize::try_from(ElectionResult::longest([contest].into_iter())).unwrap();
        lengthen(&mut draft, ElectionResult::LIMIT - length);
        assert_eq!(problems(&draft), [""; 0]);
        lengthen(&mut draft, 1);
        assert_eq!(problems(&draft), ["contests[0] (MAN-30)"]);
    }

    #[test]
    fn rejects_more_figures_than_a_count_can_have_man_31() {
        assert_eq!(problems(&draft(500, 1_000)), [""; 0]);
        let mut one_more = draft(500, 1_000);
        one_more.contests.push(sample::contest("auditor", &["fay"], 0, 1, 1, true));
        one_more.ballot_styles.push(crate::manifest::draft::BallotStyle {
            contests: vec!["board".into(), "auditor".into()],
            id: "both".into(),
        });
        one_more.classes[0].ballot_style = "both".into();
        assert_eq!(problems(&one_more), ["contests[0] (MAN-31)"]);
        // Districts that classes share make the result short, and the count no smaller.
        let mut hostile = draft(65_535, 1_000);
        hostile.classes.iter_mut().for_each(|class| class.district = None);
        assert_eq!(problems(&hostile), ["contests[0] (MAN-31)"]);
        assert_eq!(problems(&draft(3_000, 600)), ["contests[0] (MAN-30)", "contests[0] (MAN-31)"]);
    }

    #[test]
    fn the_longest_result_is_as_long_as_it_says_man_30() {
        let manifest: Manifest = sample::manifest();
        let sizes = manifest.contests().iter().enumerate();
        let sizes = sizes.map(|(place, contest)| Size::new(place, contest, manifest.classes()).length);
        let longest = ElectionResult::longest(sizes);
        let written = crate::result::tests::extreme(&manifest).to_bytes().len();
        assert_eq!(longest, number(written));
    }
}
