//! Contests, ballot styles and classes: numbers in range, names resolved, ballots that fit (MAN-7 to MAN-16, MAN-28).

use std::collections::{BTreeMap, BTreeSet};

use super::{CLASSES, CONTESTS, Check, OPTIONS, TITLE};
use crate::manifest::draft::{self, Draft};
use crate::manifest::{Class, Contest, ContestOption, Rule, encoded_length, largest_plaintext};

impl Check {
    pub(super) fn contests(&mut self, drafts: &[draft::Contest]) -> Option<Vec<Contest>> {
        let length = self.list_length("contests", drafts.len(), CONTESTS);
        self.distinct("contests", ".id", drafts.iter().map(|contest| contest.id.as_str()));
        let contests: Vec<_> = drafts
            .iter()
            .enumerate()
            .map(|(i, draft)| self.contest(&format!("contests[{i}]"), draft))
            .collect();
        length?;
        contests.into_iter().collect()
    }

    fn contest(&mut self, at: &str, draft: &draft::Contest) -> Option<Contest> {
        let id = self.id(&format!("{at}.id"), &draft.id);
        let title = self.text(&format!("{at}.title"), &draft.title, TITLE);
        let description = self.description(&format!("{at}.description"), draft.description.as_ref());
        let options = self.options(&format!("{at}.options"), &draft.options);
        let count = u64::try_from(draft.options.len()).unwrap_or(u64::MAX).max(1);
        let min = self.range(&format!("{at}.min"), draft.min, 0..=count);
        let max = self.range(&format!("{at}.max"), draft.max, 1..=count);
        let seats = self.range(&format!("{at}.seats"), draft.seats, 1..=count);
        if draft.min > draft.max {
            let (min, max) = (draft.min.value(), draft.max.value());
            self.note(format!("{at}.max"), Rule::MinAboveMax { min, max });
        }
        Some(Contest {
            id: id?,
            title: title?,
            description: description?,
            options: options?,
            min: min?,
            max: max?,
            seats: seats?,
            abstain: draft.abstain,
            method: draft.method,
        })
    }

    fn options(&mut self, at: &str, drafts: &[draft::ContestOption]) -> Option<Vec<ContestOption>> {
        let length = self.list_length(at, drafts.len(), OPTIONS);
        self.distinct(at, ".id", drafts.iter().map(|option| option.id.as_str()));
        let mut seen = BTreeMap::new();
        for (i, option) in drafts.iter().enumerate() {
            // What voters see of an option, so that two of the same name need something to tell them apart.
            let first = *seen.entry((&option.title, &option.description)).or_insert(i);
            if first != i {
                self.note(format!("{at}[{i}]"), Rule::SameOption { first });
            }
        }
        let options: Vec<_> = drafts
            .iter()
            .enumerate()
            .map(|(i, option)| {
                let id = self.id(&format!("{at}[{i}].id"), &option.id);
                let title = self.text(&format!("{at}[{i}].title"), &option.title, TITLE);
                let description =
                    self.description(&format!("{at}[{i}].description"), option.description.as_ref());
                Some(ContestOption { id: id?, title: title?, description: description? })
            })
            .collect();
        length?;
        options.into_iter().collect()
    }

    /// The places of each ballot style's contests, by the style's id.
    pub(super) fn ballot_styles<'d>(&mut self, draft: &'d Draft) -> BTreeMap<&'d str, Vec<usize>> {
        self.list_length("ballot_styles", draft.ballot_styles.len(), CLASSES);
        self.distinct("ballot_styles", ".id", draft.ballot_styles.iter().map(|style| style.id.as_str()));
        let mut places = BTreeMap::new();
        for (i, contest) in draft.contests.iter().enumerate() {
            places.entry(contest.id.as_str()).or_insert(i);
        }
        let of_classes: BTreeSet<&str> =
            draft.classes.iter().map(|class| class.ballot_style.as_str()).collect();
        let mut used = vec![false; draft.contests.len()];
        let mut styles = BTreeMap::new();
        for (i, style) in draft.ballot_styles.iter().enumerate() {
            let at = format!("ballot_styles[{i}]");
            self.id(&format!("{at}.id"), &style.id);
            let at = format!("{at}.contests");
            self.list_length(&at, style.contests.len(), CONTESTS);
            self.distinct(&at, "", style.contests.iter().map(String::as_str));
            let mut found: Vec<usize> = Vec::new();
            for (j, id) in style.contests.iter().enumerate() {
                match places.get(id.as_str()) {
                    None => self.note(format!("{at}[{j}]"), Rule::NotDefined { id: id.clone() }),
                    Some(&place) => {
                        if found.last().is_some_and(|&last| last > place) {
                            self.note(format!("{at}[{j}]"), Rule::OutOfOrder { id: id.clone() });
                        }
                        used.get_mut(place).into_iter().for_each(|used| *used = true);
                        // Of a list that is too long only the start: every class of the style gets a copy.
                        if found.len() < *CONTESTS.end() {
                            found.push(place);
                        }
                    }
                }
            }
            styles.entry(style.id.as_str()).or_insert(found);
            if !of_classes.contains(style.id.as_str()) {
                self.note(format!("ballot_styles[{i}]"), Rule::NotUsed { id: style.id.clone() });
            }
        }
        for (i, (contest, _)) in draft.contests.iter().zip(used).enumerate().filter(|(_, (_, used))| !used) {
            self.note(format!("contests[{i}]"), Rule::NotUsed { id: contest.id.clone() });
        }
        styles
    }

    pub(super) fn classes(
        &mut self,
        draft: &Draft,
        styles: &BTreeMap<&str, Vec<usize>>,
    ) -> Option<Vec<Class>> {
        let length = self.list_length("classes", draft.classes.len(), CLASSES);
        self.distinct("classes", ".id", draft.classes.iter().map(|class| class.id.as_str()));
        let classes: Vec<_> = draft
            .classes
            .iter()
            .enumerate()
            .map(|(i, class)| {
                let at = format!("classes[{i}]");
                let id = self.id(&format!("{at}.id"), &class.id);
                let title = self.text(&format!("{at}.title"), &class.title, TITLE);
                let district = match &class.district {
                    Some(district) => self.id(&format!("{at}.district"), district).map(Some),
                    None => Some(None),
                };
                let weight = self.range(&format!("{at}.weight"), class.weight, 1..=1_000_000);
                let contests = styles.get(class.ballot_style.as_str()).cloned();
                if contests.is_none() {
                    self.note(
                        format!("{at}.ballot_style"),
                        Rule::NotDefined { id: class.ballot_style.clone() },
                    );
                }
                Some(Class {
                    id: id?,
                    title: title?,
                    district: district?,
                    weight: u32::try_from(weight?).ok()?,
                    contests: contests?,
                })
            })
            .collect();
        length?;
        classes.into_iter().collect()
    }

    /// Every ballot must fit into an entry (MAN-28).
    pub(super) fn ballot_sizes(&mut self, draft: &Draft) {
        let contests =
            draft.contests.iter().map(|contest| (contest.id.as_str(), encoded_length(contest.options.len())));
        let lengths: BTreeMap<&str, usize> = contests.collect();
        let bytes = |id: &String| lengths.get(id.as_str()).copied().unwrap_or_default();
        let most = largest_plaintext(draft.keys.issuers.len());
        for (i, style) in draft.ballot_styles.iter().enumerate() {
            let mut sizes: Vec<(usize, &String)> = style.contests.iter().map(|id| (bytes(id), id)).collect();
            let length: usize = sizes.iter().map(|(size, _)| size).sum();
            if length > most {
                sizes.sort_by(|a, b| b.cmp(a));
                let contests = sizes.into_iter().take(3).map(|(_, id)| id.clone()).collect();
                self.note(format!("ballot_styles[{i}]"), Rule::BallotTooLarge { length, most, contests });
            }
        }
    }
}
