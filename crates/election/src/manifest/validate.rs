//! From draft to content: every rule, every problem (MAN-3 to MAN-28, MAN-30 to MAN-34).
//!
//! Each function reads one part of the draft, notes what is wrong and goes on; it gives the typed value only if
//! nothing was. Contests, ballot styles and classes are read in [`contests`], keys in [`keys`]; what it costs to count
//! them is asked in [`counting`].

mod contests;
mod counting;
mod keys;

use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::ops::RangeInclusive;

use super::draft::{self, Draft, Texts};
use super::{
    Batch, Board, ClassIndex, Content, Issuance, Policy, Problem, Revote, Rule, Schedule, Text, Trustees,
};
use crate::id::{Id, Language, Slug};
use crate::json::{Base64, Integer};
use crate::plan::{Party, Plan};

/// The version of the specification that this program executes.
const SPEC: u32 = 1;

// Longest texts, in bytes of UTF-8.
const TITLE: usize = 500;
const DESCRIPTION: usize = 20_000;
const NAME: usize = 200;
const URL: usize = 300;
const ORIGIN: usize = 200;
const TIME_ZONE: usize = 64;

// Lengths of lists.
const LANGUAGES: RangeInclusive<usize> = 1..=20;
const CONTESTS: RangeInclusive<usize> = 1..=100;
const OPTIONS: RangeInclusive<usize> = 1..=65_535;
const CLASSES: RangeInclusive<usize> = 1..=1_000;
const ISSUERS: RangeInclusive<usize> = 1..=16;
const TRUSTEES: RangeInclusive<usize> = 1..=255;

/// The most seconds that a ballot waits for others: a day, so that a broken promise is seen while it can still be mended.
const LONGEST_WAIT: u64 = 86_400;
/// For how many seconds a session may be answered (MAN-15).
const FORM_TIME_LIMIT: RangeInclusive<u64> = 60..=3_600;

/// How many problems are listed; a hostile document could have more than fit into memory.
const MOST_PROBLEMS: usize = 1_000;

/// Problems found so far.
#[derive(Default)]
struct Check {
    languages: Vec<Language>,
    problems: Vec<Problem>,
}

/// Checks a whole draft.
pub(super) fn validate(draft: &Draft) -> Result<(Content, Plan), Vec<Problem>> {
    let mut check = Check::default();
    // None means that at least one problem was noted.
    let found = check.manifest(draft);
    match found {
        Some(found) if check.problems.is_empty() => Ok(found),
        _ => Err(check.problems),
    }
}

/// Checks a plan by the rules of the same fields in a manifest.
pub(crate) fn plan_problems(plan: &Plan) -> Vec<Problem> {
    let mut check = Check::default();
    check.spec(plan.spec.into());
    check.signer_key("authority_key", &plan.authority_key);
    for (list, parties, allowed) in
        [("issuers", &plan.issuers, ISSUERS), ("trustees", &plan.trustees, TRUSTEES)]
    {
        check.list_length(list, parties.len(), allowed);
        check.distinct(list, ".id", parties.iter().map(|party| party.id.as_str()));
        for (i, party) in parties.iter().enumerate() {
            check.name(&format!("{list}[{i}].name"), &party.name, NAME);
        }
    }
    check.threshold("threshold", plan.threshold.into(), plan.trustees.len(), plan.trustees.len() == 1);
    check.problems
}

impl Check {
    fn manifest(&mut self, draft: &Draft) -> Option<(Content, Plan)> {
        self.spec(draft.spec.value());
        let languages = self.languages(&draft.languages);
        let slug = self.slug(&draft.slug);
        let title = self.text("title", &draft.title, TITLE);
        let description = self.description("description", draft.description.as_ref());
        self.name("organiser.name", &draft.organiser.name, NAME);
        self.name("organiser.contact", &draft.organiser.contact, NAME);
        self.time_zone(&draft.time_zone);
        self.schedule(draft.schedule);
        let board = self.board(&draft.board, &draft.slug);

        let contests = self.contests(&draft.contests);
        let styles = self.ballot_styles(draft);
        let classes = self.classes(draft, &styles);
        let policy = self.policy(draft);
        if let (Some(contests), Some(classes)) = (&contests, &classes) {
            self.counting(contests, classes);
        }

        let keys = self.keys(draft);
        let threshold = self.trustee_count(&draft.keys.trustees);
        self.sharing(&keys, threshold);
        let plan = self.plan(draft, slug, threshold);
        // Proofs are over the plan id, so they can be checked only once there is a plan.
        let issuers = keys.issuers.map(|issuers| self.possession(draft, plan.as_ref(), issuers));
        self.ballot_sizes(draft);

        let plan = plan?;
        let content = Content {
            languages: languages?,
            title: title?,
            description: description?,
            organiser: draft.organiser.clone(),
            authority_key: keys.authority?,
            board: board?,
            booth: draft.booth.0,
            classes: classes?,
            contests: contests?,
            election_key: keys.election_key?,
            issuers: issuers?,
            trustees: Trustees { members: keys.trustees?, threshold: plan.threshold },
            policy: policy?,
            schedule: draft.schedule,
            time_zone: draft.time_zone.clone(),
            trial: draft.trial,
            witnesses: draft.witnesses,
        };
        Some((content, plan))
    }

    fn note(&mut self, field: impl Into<String>, rule: impl Into<Rule>) {
        if self.problems.len() >= MOST_PROBLEMS {
            return;
        }
        self.problems.push(Problem { field: field.into(), rule: rule.into() });
    }

    fn ok<T>(&mut self, field: &str, result: Result<T, impl Into<Rule>>) -> Option<T> {
        result.map_err(|error| self.note(field, error)).ok()
    }

    fn range(&mut self, field: &str, found: Integer, allowed: RangeInclusive<u64>) -> Option<usize> {
        let (found, least, most) = (found.value(), *allowed.start(), *allowed.end());
        if !allowed.contains(&found) {
            self.note(field, Rule::Range { found, least, most });
            return None;
        }
        usize::try_from(found).ok()
    }

    fn list_length(&mut self, field: &str, found: usize, allowed: RangeInclusive<usize>) -> Option<()> {
        let (least, most) = (*allowed.start(), *allowed.end());
        if !allowed.contains(&found) {
            self.note(field, Rule::ListLength { found, least, most });
            return None;
        }
        Some(())
    }

    /// Notes every entry of a list that equals an earlier one.
    fn distinct<'a>(&mut self, list: &str, member: &str, names: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeMap::new();
        for (i, name) in names.enumerate() {
            let first = *seen.entry(name).or_insert(i);
            if first != i {
                self.note(format!("{list}[{i}]{member}"), Rule::Repeated { id: name.to_owned(), first });
            }
        }
    }

    fn spec(&mut self, found: u64) {
        if found != u64::from(SPEC) {
            self.note("spec", Rule::SpecVersion { found });
        }
    }

    fn slug(&mut self, slug: &str) -> Option<Slug> {
        self.ok("slug", slug.parse::<Slug>())
    }

    fn id(&mut self, field: &str, id: &str) -> Option<Id> {
        self.ok(field, id.parse::<Id>())
    }

    fn languages(&mut self, tags: &[String]) -> Option<Vec<Language>> {
        let length = self.list_length("languages", tags.len(), LANGUAGES);
        self.distinct("languages", "", tags.iter().map(String::as_str));
        let languages: Vec<Option<Language>> = tags
            .iter()
            .enumerate()
            .map(|(i, tag)| self.ok(&format!("languages[{i}]"), tag.parse::<Language>()))
            .collect();
        // Texts are compared with the tags that are right, so that one wrong tag is one problem.
        self.languages = languages.iter().flatten().take(*LANGUAGES.end()).cloned().collect();
        length?;
        languages.into_iter().collect()
    }

    /// A text in exactly the manifest's languages (MAN-12, MAN-13).
    fn text(&mut self, field: &str, texts: &Texts, most: usize) -> Option<Text> {
        let before = self.problems.len();
        let languages = std::mem::take(&mut self.languages);
        for language in languages.iter().filter(|language| !texts.contains_key(language.as_str())) {
            self.note(field, Rule::TextMissing { language: language.to_string() });
        }
        for (tag, text) in texts {
            if languages.iter().any(|language| language.as_str() == tag) {
                self.name(&format!("{field}.{tag}"), text, most);
            } else {
                self.note(field, Rule::TextSuperfluous { language: tag.clone() });
            }
        }
        let in_order = languages
            .iter()
            .filter_map(|language| Some((language.clone(), texts.get(language.as_str())?.clone())))
            .collect();
        self.languages = languages;
        (self.problems.len() == before).then_some(Text(in_order))
    }

    fn description(&mut self, field: &str, texts: Option<&Texts>) -> Option<Option<Text>> {
        match texts {
            Some(texts) => self.text(field, texts, DESCRIPTION).map(Some),
            None => Some(None),
        }
    }

    /// Free text for people: not empty, not too long, no control characters (MAN-13).
    fn name(&mut self, field: &str, text: &str, most: usize) {
        if text.is_empty() {
            self.note(field, Rule::Empty);
        }
        if text.len() > most {
            self.note(field, Rule::TextLength { length: text.len(), most });
        }
        if text.trim() != text {
            self.note(field, Rule::SpaceAtEnd);
        }
        if let Some(character) = text.chars().find(|&c| is_control(c)) {
            self.note(field, Rule::ControlCharacter { character: character.into() });
        }
    }

    fn time_zone(&mut self, zone: &str) {
        let part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'+' | b'-'))
        };
        if zone.len() > TIME_ZONE || !zone.split('/').all(part) {
            self.note("time_zone", Rule::TimeZone);
        }
    }

    fn schedule(&mut self, schedule: Schedule) {
        let Schedule::Times(times) = schedule else { return };
        if times.opens < times.issuance_opens {
            self.note("schedule.times.opens", Rule::TimesOutOfOrder { earlier: "issuance_opens" });
        }
        if times.closes <= times.opens {
            self.note("schedule.times.closes", Rule::TimesOutOfOrder { earlier: "opens" });
        }
        if times.opening_not_before < times.closes {
            self.note("schedule.times.opening_not_before", Rule::TimesOutOfOrder { earlier: "closes" });
        }
    }

    fn url(&mut self, field: &str, url: &str) {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        let printable =
            |b: u8| b.is_ascii_graphic() && !matches!(b, b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b'\\');
        if url.len() > URL
            || !rest.is_some_and(|rest| !rest.starts_with('/') && rest.bytes().all(printable))
            || url.ends_with('/')
        {
            self.note(field, Rule::Url);
        }
    }

    fn board(&mut self, board: &draft::Board, slug: &str) -> Option<Board> {
        let before = self.problems.len();
        let name = board.origin.strip_suffix(slug).and_then(|rest| rest.strip_suffix('/'));
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b':' | b'_' | b'/' | b'-');
        if board.origin.len() > ORIGIN
            || !name.is_some_and(|name| {
                !name.is_empty() && name.bytes().all(allowed) && name.split('/').all(|part| !part.is_empty())
            })
        {
            self.note("board.origin", Rule::Origin { slug: slug.to_owned() });
        }
        self.url("board.url", &board.url);
        let log_key = self.signer_key("board.log_key", &board.log_key);
        let promise_key = self.signer_key("board.promise_key", &board.promise_key);
        let valid = self.problems.len() == before;
        let board = Board {
            origin: board.origin.clone(),
            url: board.url.clone(),
            log_key: log_key?,
            promise_key: promise_key?,
        };
        valid.then_some(board)
    }

    /// How long ballots wait for each other (MAN-32, MAN-33).
    fn batch(&mut self, batch: draft::Batch) -> Option<Batch> {
        let (min, wait) = (batch.min.value(), batch.wait.value());
        let length = usize::try_from(min).ok().filter(|min| (1..=Batch::MOST).contains(min));
        if length.is_none() {
            let most = u64::try_from(Batch::MOST).unwrap_or(u64::MAX);
            self.note("policy.batch.min", Rule::BatchMin { found: min, most });
        }
        let seconds = NonZeroU64::new(wait).filter(|wait| wait.get() <= LONGEST_WAIT);
        if seconds.is_none() {
            self.note("policy.batch.wait", Rule::BatchWait { found: wait, most: LONGEST_WAIT });
        }
        Some(Batch { min: length?, wait: seconds? })
    }

    fn policy(&mut self, draft: &Draft) -> Option<Policy> {
        let policy = &draft.policy;
        let batch = self.batch(policy.batch);
        let form = self.range("policy.form_time_limit", policy.form_time_limit, FORM_TIME_LIMIT);
        let limit = self.range("policy.revote_limit", policy.revote_limit, 1..=1_000);
        if policy.revote == Revote::Never && policy.revote_limit.value() != 1 {
            self.note("policy.revote_limit", Rule::RevoteNever { found: policy.revote_limit.value() });
        }
        if let (Issuance::WithBallot, Schedule::Times(times)) = (policy.issuance, draft.schedule)
            && times.issuance_opens != times.opens
        {
            self.note(
                "schedule.times.issuance_opens",
                Rule::IssuanceWithBallot { opens: times.opens.value() },
            );
        }
        let small = &policy.smallest_class;
        let at = "policy.smallest_class.confirmed";
        let entitled = self.range("policy.smallest_class.entitled", small.entitled, 2..=1_000_000);
        self.distinct(at, "", small.confirmed.iter().map(String::as_str));
        let classes: BTreeMap<&str, usize> =
            draft.classes.iter().enumerate().map(|(i, class)| (class.id.as_str(), i)).collect();
        let confirmed: Vec<Option<ClassIndex>> = small
            .confirmed
            .iter()
            .enumerate()
            .map(|(i, id)| {
                let place = classes.get(id.as_str()).copied();
                if place.is_none() {
                    self.note(format!("{at}[{i}]"), Rule::NotDefined { id: id.clone() });
                }
                place.map(ClassIndex)
            })
            .collect();
        Some(Policy {
            batch: batch?,
            blank_counts_as: policy.blank_counts_as,
            credentials: policy.credentials,
            disclosure: policy.disclosure,
            form_time_limit: u64::try_from(form?).ok()?,
            interim_figures: policy.interim_figures,
            invalid_counts_as: policy.invalid_counts_as,
            issuance: policy.issuance,
            revote: policy.revote,
            revote_limit: u32::try_from(limit?).ok()?,
            smallest_class: u64::try_from(entitled?).ok()?,
            confirmed_small: confirmed.into_iter().collect::<Option<_>>()?,
        })
    }

    /// t and n, and the word solo (MAN-26, MAN-27).
    fn trustee_count(&mut self, trustees: &draft::Trustees) -> Option<u16> {
        if trustees.solo && (trustees.members.len() != 1 || trustees.threshold.value() != 1) {
            self.note("keys.trustees.solo", Rule::SoloWithSeveral);
            return None;
        }
        self.threshold(
            "keys.trustees.threshold",
            trustees.threshold.value(),
            trustees.members.len(),
            trustees.solo,
        )
    }

    fn threshold(&mut self, field: &str, found: u64, trustees: usize, solo: bool) -> Option<u16> {
        if found < 2 && !(solo && found == 1) {
            self.note(field, Rule::ThresholdBelowTwo { found });
            return None;
        }
        if usize::try_from(found).map_or(true, |found| found > trustees) {
            self.note(field, Rule::ThresholdAboveTrustees { found, trustees });
            return None;
        }
        u16::try_from(found).ok()
    }

    fn plan(&mut self, draft: &Draft, slug: Option<Slug>, threshold: Option<u16>) -> Option<Plan> {
        fn parties<'a>(members: impl Iterator<Item = (&'a String, &'a String)>) -> Option<Vec<Party>> {
            members.map(|(id, name)| Some(Party { id: id.parse().ok()?, name: name.clone() })).collect()
        }
        Some(Plan {
            authority_key: Base64(draft.authority_key.0),
            issuers: parties(draft.keys.issuers.iter().map(|issuer| (&issuer.id, &issuer.name)))?,
            slug: slug?,
            spec: SPEC,
            threshold: threshold?,
            trustees: parties(draft.keys.trustees.members.iter().map(|member| (&member.id, &member.name)))?,
        })
    }
}

/// Control characters, and those that change the direction of the text behind them, which can disguise a name.
fn is_control(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
