//! V-12, V-13, V-14: agreement and openings, plaintexts, the count.

use std::collections::BTreeMap;

use rand_core::CryptoRngCore;
use urna_election::Id;
use urna_election::Phase;
use urna_election::count::Count;
use urna_election::entry::{Agreed, Opening, ResultPublished};
use urna_election::issuance;
use urna_election::json::{Integer, IntegerTooLarge};
use urna_election::manifest::Trustee;
use urna_election::opening::sharing_index;
use urna_election::result::{ContestResult, ElectionResult, Figures};

use super::{length, listed, plural};
use crate::audit::{Answer, Audit, Halt, Outcome};
use crate::check::Check;
use crate::openings::{Opened, Openings, Piece, Tally};
use crate::parallel;
use crate::record::Record;
use crate::verify::Recount;
use crate::watch::{Stage, Watch};

impl<R: Record, G: CryptoRngCore, C: Fn() -> G + Sync, W: Watch> Audit<'_, R, C, W> {
    /// V-12: enough trustees agreed on this log, and at least t opened exactly what is counted. What one `agreed` or
    /// `opening` must say in its place was asked entry by entry.
    pub(crate) fn v_12(&mut self) -> Answer<R> {
        self.unless_withheld()?;
        self.reached(Phase::Closed, "voting closed")?;
        let (agreed, others) = self.agreement()?;
        let opened = self.open()?;
        let (manifest, _) = self.state()?;
        let counted = self.notes.close.as_ref().map_or(0, |close| close.counted.len());
        let chunks = counted.div_ceil(urna_crypto::CHUNK);
        let complete = opened.chunks.values().filter(|done| **done == chunks).count();
        // Where nothing is counted, nothing is to be opened.
        let threshold = if counted == 0 { 0 } else { manifest.trustees().threshold.into() };
        let reason = format!("{agreed} agreed, {complete} opened{others}");
        self.opened = Some(opened);
        if complete >= threshold {
            return Ok(Outcome::Passed(reason));
        }
        match self.phase {
            Phase::Closed => Ok(Outcome::NotYet(format!("{reason}, of {threshold} needed"))),
            _ => Ok(Outcome::failed(None, format_args!("{reason}, where {threshold} are needed"))),
        }
    }

    /// V-13: the published openings are the combination, and every ballot was decrypted with them. Both were done along with
    /// V-12, for each ballot once.
    pub(crate) fn v_13(&mut self) -> Answer<R> {
        self.reached(Phase::Tallied, "the result")?;
        let opened = self.opened.as_mut().ok_or(Outcome::Because(Check::Openings))?;
        if let Some(outcome) = opened.combination.take() {
            return Ok(outcome);
        }
        let counted = self.notes.close.as_ref().map_or(0, |close| length(&close.counted));
        let of = |entries: &[String]| {
            if entries.is_empty() { String::new() } else { format!(" (entries {})", listed(entries)) }
        };
        let invalid: Vec<_> = opened.invalid.iter().map(u64::to_string).collect();
        let void: Vec<_> =
            opened.void.iter().map(|(entry, contest)| format!("{entry} in {contest}")).collect();
        Ok(Outcome::passed(format!(
            "{counted} opened, {} invalid{}, {} void{}",
            invalid.len(),
            of(&invalid),
            void.len(),
            of(&void)
        )))
    }

    /// V-14: the count equals the published result in every field.
    pub(crate) fn v_14(&mut self) -> Answer<R> {
        self.reached(Phase::Tallied, "the result")?;
        let (entry, published) = self.notes.result.as_ref().ok_or(Outcome::not_yet("before the result"))?;
        let opened = self.opened.as_ref().ok_or(Outcome::Because(Check::Openings))?;
        let bytes = self.blobs.read(&published.result)?;
        let failed = |reason: String| Outcome::Failed(Some(*entry), reason);
        let result = ElectionResult::parse(&bytes).map_err(|error| failed(error.to_string()))?;
        let computed = match &opened.computed {
            None => return Ok(Outcome::Because(Check::Plaintexts)),
            Some(computed) => computed.as_ref().map_err(|error| failed(error.to_string()))?,
        };
        let computed =
            self.as_of(computed, result.returned, published).map_err(|error| failed(error.to_string()))?;
        let difference = difference(&computed, &result);
        self.recount = Some(Recount { computed, published: result.clone() });
        if let Some(difference) = difference {
            return Ok(failed(difference));
        }
        let late = self.figures.map_or(0, |figures| figures.returned).saturating_sub(result.returned.value());
        let reason = if late == 0 {
            "counts equal".to_owned()
        } else {
            let gap = result.gap.value().saturating_sub(late);
            format!(
                "counts equal; {} since the result, the gap now is {gap}",
                plural(late, "return", "returns")
            )
        };
        self.result = Some(result);
        Ok(Outcome::Passed(reason))
    }

    /// What was computed, with as many returns as the result says, if that many can have been in the log from which it was made:
    /// behind the openings that it names, and before itself. Anybody may return a token in between.
    fn as_of(
        &self,
        computed: &ElectionResult,
        returned: Integer,
        published: &ResultPublished,
    ) -> Result<ElectionResult, IntegerTooLarge> {
        let members = &self.state().map_or(&[][..], |(manifest, _)| &manifest.trustees().members);
        let is_named = |signer: &Id| {
            let place = members.iter().position(|trustee| trustee.id == *signer);
            place.is_some_and(|place| published.trustees.contains(&sharing_index(place)))
        };
        let agreed = self.notes.agreed.iter().map(|(entry, signer, _)| (entry, signer));
        let opened = self.notes.openings.iter().map(|(entry, signer, _)| (entry, signer));
        let named = agreed.chain(opened).filter(|(_, signer)| is_named(signer));
        let made_behind = named.map(|(entry, _)| *entry).max().unwrap_or(0);
        let returns = &self.notes.returned_before_result;
        let least = length(&returns.iter().filter(|entry| **entry < made_behind).collect::<Vec<_>>());
        let mut computed = computed.clone();
        if (least..=length(returns)).contains(&returned.value()) {
            let later = length(returns).saturating_sub(returned.value());
            computed.returned = returned;
            computed.gap = Integer::try_from(computed.gap.value().saturating_add(later))?;
        }
        Ok(computed)
    }

    /// How many trustees agreed on this log, and who agreed on another one.
    fn agreement(&self) -> Result<(u64, String), Halt<R::Error>> {
        let (_, state) = self.state()?;
        let close = self.notes.close.as_ref().ok_or(Outcome::not_yet("before voting closed"))?;
        let expected = state.agreement(close.root).map_err(|error| match self.phase {
            Phase::Closed => Outcome::not_yet(error),
            _ => Outcome::failed(None, error),
        })?;
        let same = |(_, _, agreed): &&(u64, urna_election::Id, Agreed)| *agreed == expected;
        let agreed = u64::try_from(self.notes.agreed.iter().filter(same).count()).unwrap_or(0);
        let others = self.notes.agreed.iter().filter(|agreed| !same(agreed));
        let others: Vec<_> = others.map(|(entry, signer, _)| format!("{signer} at entry {entry}")).collect();
        let text = if others.is_empty() {
            String::new()
        } else {
            format!("; agreed on another root: {}", listed(&others))
        };
        let needed = state.agreement_threshold();
        match (state.agreed(), self.phase) {
            (Some(digest), _) if digest == expected.digest() => Ok((agreed, text)),
            (Some(_), _) => {
                let reason = format!("the trustees agreed to open what another log holds{text}");
                Err(Outcome::failed(None, reason).into())
            }
            (None, Phase::Closed) => {
                Err(Outcome::not_yet(format_args!("{agreed} of {needed} trustees have agreed{text}")).into())
            }
            (None, _) => {
                let reason = format!("{agreed} trustees agreed where {needed} are needed{text}");
                Err(Outcome::failed(None, reason).into())
            }
        }
    }

    /// Opens everything once more, as far as there is something to open it with.
    fn open(&self) -> Result<Opened, Halt<R::Error>> {
        let (manifest, state) = self.state()?;
        let counted = self.notes.close.as_ref().map_or(&[][..], |close| &close.counted);
        let mut posted = BTreeMap::new();
        for (entry, signer, opening) in &self.notes.openings {
            let members = &manifest.trustees().members;
            let place = members.iter().position(|trustee| trustee.id == *signer);
            if let (Some(place), Ok(chunk)) = (place, usize::try_from(opening.position)) {
                posted.insert((chunk, place), (*entry, opening));
            }
        }
        let combined = self.notes.result.as_ref();
        let complete = self.complete(&posted, counted.len())?;
        let openings = Openings {
            manifest,
            reader: self.reader,
            blobs: &self.blobs,
            bundles: &self.notes.bundles,
            counted,
            posted,
            combined: combined
                .map(|(entry, result)| (*entry, result.combined.as_slice(), result.trustees.as_slice())),
            complete,
            wanted: &self.notes.wanted,
        };
        self.watch.begin(Stage::Openings, length(counted));
        let check = |number| openings.check(number, &mut (self.coins)(), self.watch);
        let pieces = parallel::map((0..openings.pieces()).collect(), check);
        let mut opened = Opened::default();
        let mut count = Count::new(manifest);
        let mut blobs = Vec::new();
        for piece in pieces {
            let Piece { chunks, combination, combined, count: part, invalid, void, wanted } = piece?;
            blobs.push(combined);
            for place in chunks {
                *opened.chunks.entry(place).or_default() += 1;
            }
            opened.combination = opened.combination.or(combination);
            count.merge(part).map_err(|error| Outcome::failed(None, error))?;
            opened.invalid.extend(invalid);
            opened.void.extend(void);
            opened.wanted.extend(wanted);
        }
        if self.notes.result.is_some() && opened.combination.is_none() {
            let figures = issuance::figures(state).map_err(|error| Outcome::failed(None, error))?;
            let figures = Figures { returned: length(&self.notes.returned_before_result), ..figures };
            opened.turnout = count.turnout().ok();
            opened.computed = Some(ElectionResult::new(manifest, &count, figures));
        }
        if let (Some(trustees), Some(figures)) = (openings.complete, self.figures) {
            let result = ElectionResult::new(manifest, &count, figures);
            let result = result.map_err(|error| Outcome::failed(None, error))?;
            opened.tally = Some(Tally { trustees, combined: blobs, result });
        }
        Ok(opened)
    }

    /// Where there is no result yet: the first t trustees who agreed and have opened everything that is counted.
    fn complete(
        &self,
        posted: &BTreeMap<(usize, usize), (u64, &Opening)>,
        counted: usize,
    ) -> Result<Option<Vec<u16>>, Halt<R::Error>> {
        let (manifest, state) = self.state()?;
        if self.phase != Phase::Closed {
            return Ok(None);
        }
        let agreed = state.agreed();
        let chunks = counted.div_ceil(urna_crypto::CHUNK);
        let trustees = manifest.trustees();
        let is_complete = |(place, trustee): &(usize, &Trustee)| {
            let mut agreements = self.notes.agreed.iter();
            agreements.any(|(_, signer, body)| *signer == trustee.id && Some(body.digest()) == agreed)
                && (0..chunks).all(|chunk| posted.contains_key(&(chunk, *place)))
        };
        let complete = trustees.members.iter().enumerate().filter(is_complete);
        let complete: Vec<u16> = complete.map(|(place, _)| sharing_index(place)).collect();
        let needed = complete.get(..usize::from(trustees.threshold));
        Ok(needed.map(<[u16]>::to_vec))
    }
}

/// The first field in which the published result is not the computed one.
fn difference(computed: &ElectionResult, published: &ElectionResult) -> Option<String> {
    if computed == published {
        return None;
    }
    if computed.trial != published.trial {
        return Some(format!("trial: {} by the manifest, {} published", computed.trial, published.trial));
    }
    let figures = [
        ("entitled", computed.entitled, published.entitled),
        ("issued", computed.issued, published.issued),
        ("seen", computed.seen, published.seen),
        ("returned", computed.returned, published.returned),
        ("counted", computed.counted, published.counted),
        ("gap", computed.gap, published.gap),
    ];
    let contests = computed.contests.iter().zip(&published.contests);
    let first = figures.into_iter().find_map(|(name, computed, published)| differ(name, computed, published));
    let first =
        first.or_else(|| contests.clone().find_map(|(computed, published)| in_contest(computed, published)));
    Some(
        first
            .unwrap_or_else(|| "the published result is of another election or of other contests".to_owned()),
    )
}

fn differ(what: &str, computed: Integer, published: Integer) -> Option<String> {
    (computed != published).then(|| format!("{what}: {computed} counted, {published} published"))
}

fn in_contest(computed: &ContestResult, published: &ContestResult) -> Option<String> {
    if computed == published {
        return None;
    }
    let contest = &computed.id;
    let options = computed.options.iter().zip(&published.options);
    let option = options.clone().find_map(|(computed, published)| {
        differ(&format!("contest `{contest}`, option `{}`", computed.id), computed.votes, published.votes)
    });
    let ballots = [
        ("blank", computed.blank, published.blank),
        ("abstain", computed.abstain, published.abstain),
        ("void", computed.void, published.void),
        ("invalid", computed.invalid, published.invalid),
    ];
    let figure = || {
        ballots.into_iter().find_map(|(name, computed, published)| {
            differ(&format!("contest `{contest}`, {name}"), computed, published)
        })
    };
    let other = || format!("contest `{contest}`: titles, options, districts, winners or ties differ");
    Some(option.or_else(figure).unwrap_or_else(other))
}
