//! From the organiser's draft to the manifest: what others give is filled in, and everything that is wrong or still missing
//! is said at once, with the field where the organiser finds it.

mod preset;

use urna_api::Item;
use urna_api::authority::Draft;
use urna_crypto::{Ed25519Key, IssuerKey, IssuerPossession, Signature, TrusteeKey, TrusteePossession};
use urna_election::json::Base64;
use urna_election::manifest::{Manifest, ManifestError, Schedule, draft};
use urna_election::{Id, Party, Plan, PlanError, Slug};
use urna_log::VerifierKey;

use crate::bundles::Bundles;
use crate::records::{Election, LogRecord};

pub(crate) use preset::preset;

/// An invitation's words must have the link in them.
pub(crate) const LINK: &str = "{link}";

// What is wrong besides the rules of manifests, or missing: for programs in English, and for the desk to say it in other words.
pub(crate) const NO_PLAN: &str = "the plan is not fixed yet, so there is no log for it";
pub(crate) const NO_ISSUER_KEYS: &str = "has not given its keys yet";
pub(crate) const CLASS_WITHOUT_KEY: &str =
    "has not given a key for every class of this draft; remove its keys, and have it make others";
pub(crate) const NO_ELECTION_KEY: &str = "have not made the election key yet";
pub(crate) const UNKNOWN_BOOTH: &str =
    "names a bundle that this authority does not have; null is for the newest";
pub(crate) const NO_APPROVER: &str = "name at least one account whose approval is needed";
pub(crate) const REPEATED_APPROVER: &str = "stands in this list already";
pub(crate) const UNKNOWN_APPROVER: &str =
    "has no API key with a role in this election; make one, or correct the name";
pub(crate) const NO_LINK: &str = "must have {link} in it, where the link will be";
pub(crate) const BAD_SUBJECT: &str = "must be one line that says something";
pub(crate) const NOT_THE_PLAN: &str =
    "differs from the plan, which is fixed; restore it, or make another election";
pub(crate) const IS_NO_MORE: &str = "which is no more";
pub(crate) const OPENS_IN_THE_PAST: &str = "has passed; choose a later time";

/// What a draft is checked against, besides the rules of manifests.
pub(crate) struct Circumstances<'a> {
    pub(crate) slug: &'a Slug,
    pub(crate) authority: &'a Ed25519Key,
    pub(crate) bundles: &'a Bundles,
    pub(crate) election: &'a Election,
    /// Accounts that have a key with a role in this election.
    pub(crate) accounts: &'a [String],
    /// How many people are listed, by class id.
    pub(crate) listed: &'a std::collections::BTreeMap<Id, u64>,
    pub(crate) now: u64,
}

/// Makes the manifest of a draft.
///
/// # Errors
/// Every problem at once: broken rules, and what others have still to give.
pub(crate) fn complete(draft: &Draft, circumstances: &Circumstances<'_>) -> Result<Manifest, Vec<Item>> {
    let Filled { draft: filled, mut missing, hidden } = fill(draft, circumstances);
    let manifest = match Manifest::from_draft(&filled) {
        Ok(manifest) => Some(manifest),
        Err(ManifestError::Json(error)) => {
            missing.insert(0, Item::field("", error.to_string()));
            None
        }
        Err(ManifestError::Invalid(problems)) => {
            let shown =
                problems.into_iter().filter(|problem| !hidden.iter().any(|h| problem.field.starts_with(h)));
            let shown = shown.map(|problem| {
                let text = format!("{} ({})", problem.rule, problem.rule.number());
                Item::field(draft_field(&problem.field), text)
            });
            missing.splice(0..0, shown);
            None
        }
    };
    missing.extend(beyond_the_manifest(draft, circumstances));
    if let Some(manifest) = &manifest {
        missing.extend(listed(manifest, circumstances));
    }
    match manifest {
        Some(manifest) if missing.is_empty() => Ok(manifest),
        _ => Err(missing),
    }
}

/// Makes the plan of a draft.
///
/// # Errors
/// Every problem in the fields that the plan has.
pub(crate) fn plan(draft: &Draft, slug: &Slug, authority: &Ed25519Key) -> Result<Plan, Vec<Item>> {
    let mut problems = Vec::new();
    let mut parties = |list: &str, members: Vec<(&String, &String)>| {
        let mut parties = Vec::new();
        for (place, (id, name)) in members.into_iter().enumerate() {
            match id.parse::<Id>() {
                Ok(id) => parties.push(Party { id, name: name.clone() }),
                Err(error) => {
                    problems.push(Item::field(format!("{list}[{place}].id"), format!("{error} (MAN-5)")));
                }
            }
        }
        parties
    };
    let issuers = parties("issuers", draft.issuers.iter().map(|issuer| (&issuer.id, &issuer.name)).collect());
    let trustees = parties(
        "trustees.members",
        draft.trustees.members.iter().map(|trustee| (&trustee.id, &trustee.name)).collect(),
    );
    let threshold = u16::try_from(draft.trustees.threshold.value());
    let Ok(threshold) = threshold else {
        problems.push(Item::field("trustees.threshold", "there are at most 255 trustees (MAN-26)"));
        return Err(problems);
    };
    let authority_key = Base64(authority.to_bytes());
    let plan = Plan { authority_key, issuers, slug: slug.clone(), spec: 1, threshold, trustees };
    if !problems.is_empty() {
        return Err(problems);
    }
    match Plan::parse(&plan.to_bytes()) {
        Ok(plan) => Ok(plan),
        Err(PlanError::Json(error)) => Err(vec![Item::field("", error.to_string())]),
        Err(PlanError::Invalid(found)) => {
            let item = |problem: urna_election::manifest::Problem| {
                let field = match problem.field.as_str() {
                    "threshold" => "trustees.threshold".to_owned(),
                    field if field.starts_with("trustees") => {
                        field.replacen("trustees", "trustees.members", 1)
                    }
                    field => field.to_owned(),
                };
                Item::field(field, format!("{} ({})", problem.rule, problem.rule.number()))
            };
            Err(found.into_iter().map(item).collect())
        }
    }
}

/// A manifest's draft with what is known, and placeholders for what is not.
struct Filled {
    draft: draft::Draft,
    /// What is awaited.
    missing: Vec<Item>,
    /// Beginnings of fields that hold placeholders: what is wrong there is that it is missing, which is said already.
    hidden: Vec<String>,
}

fn fill(draft: &Draft, circumstances: &Circumstances<'_>) -> Filled {
    let Circumstances { slug, authority, bundles, election, .. } = circumstances;
    let (mut missing, mut hidden) = (Vec::new(), Vec::new());
    let log = election.plan.as_ref().and_then(|plan| plan.log.as_ref());
    let board = log.and_then(board).unwrap_or_else(|| {
        missing.push(Item::field("", NO_PLAN));
        hidden.push("board".to_owned());
        let nothing = Base64([0; 32]);
        draft::Board { log_key: nothing, origin: String::new(), promise_key: nothing, url: String::new() }
    });
    let mut issuers = Vec::new();
    for (place, issuer) in draft.issuers.iter().enumerate() {
        let given = issuer.id.parse::<Id>().ok().and_then(|id| election.issuers.get(&id));
        let field = format!("keys.issuers[{place}]");
        let (signing_key, keys) = match given {
            None => {
                missing.push(Item::field(format!("issuers[{place}]"), NO_ISSUER_KEYS));
                hidden.extend([format!("{field}.keys"), format!("{field}.signing_key")]);
                (Base64([0; 32]), Vec::new())
            }
            Some(given) => {
                let key = |class: &draft::Class| given.keys.iter().find(|key| key.class == class.id).cloned();
                let keys: Vec<_> = draft.classes.iter().filter_map(key).collect();
                if keys.len() < draft.classes.len() {
                    missing.push(Item::field(format!("issuers[{place}]"), CLASS_WITHOUT_KEY));
                    hidden.push(format!("{field}.keys"));
                }
                (given.signing_key, keys)
            }
        };
        let draft_issuer = draft::Issuer {
            id: issuer.id.clone(),
            keys,
            name: issuer.name.clone(),
            signing_key,
            url: issuer.url.clone(),
        };
        issuers.push(draft_issuer);
    }
    let given = election.trustees.as_ref();
    let mut members = Vec::new();
    for (place, trustee) in draft.trustees.members.iter().enumerate() {
        let keys = given.and_then(|given| given.members.iter().find(|member| member.id == trustee.id));
        let (key, share_key) = keys.map_or_else(
            || {
                let field = format!("keys.trustees.members[{place}]");
                hidden.extend([format!("{field}.key"), format!("{field}.share_key")]);
                (Base64([0; 32]), Base64([0; 32]))
            },
            |keys| (keys.key, keys.share_key),
        );
        let (id, name) = (trustee.id.clone(), trustee.name.clone());
        members.push(draft::Trustee { id, key, name, share_key });
    }
    if given.is_none() {
        missing.push(Item::field("trustees", NO_ELECTION_KEY));
        hidden.push("keys.election_key".to_owned());
    }
    let booth = draft.booth.unwrap_or(Base64(*bundles.newest().sha256()));
    if bundles.find(&booth.0).is_none() {
        missing.push(Item::field("booth", UNKNOWN_BOOTH));
    }
    let election_key = given.map_or(Base64([0; 32]), |given| given.election_key);
    let (solo, threshold) = (draft.trustees.solo, draft.trustees.threshold);
    let draft = draft::Draft {
        authority_key: Base64(authority.to_bytes()),
        ballot_styles: draft.ballot_styles.clone(),
        board,
        booth,
        classes: draft.classes.clone(),
        contests: draft.contests.clone(),
        description: draft.description.clone(),
        keys: draft::Keys { election_key, issuers, trustees: draft::Trustees { members, solo, threshold } },
        languages: draft.languages.clone(),
        organiser: draft.organiser.clone(),
        policy: draft.policy.clone(),
        schedule: draft.schedule,
        slug: slug.to_string(),
        spec: 1_u32.into(),
        time_zone: draft.time_zone.clone(),
        title: draft.title.clone(),
        trial: draft.trial,
        witnesses: draft.witnesses,
    };
    Filled { draft, missing, hidden }
}

/// The board of a log that was created.
fn board(log: &LogRecord) -> Option<draft::Board> {
    let key = |text: &str| Some(Base64(text.parse::<VerifierKey>().ok()?.to_bytes()));
    Some(draft::Board {
        log_key: key(&log.log_key)?,
        origin: log.origin.clone(),
        promise_key: key(&log.promise_key)?,
        url: log.url.clone(),
    })
}

/// Where the organiser finds a field of the manifest.
fn draft_field(field: &str) -> String {
    match field.strip_prefix("keys.") {
        Some(rest) if rest.starts_with("issuers") || rest.starts_with("trustees") => rest.to_owned(),
        _ => field.to_owned(),
    }
}

/// What must hold besides the rules of manifests.
fn beyond_the_manifest(draft: &Draft, circumstances: &Circumstances<'_>) -> Vec<Item> {
    let mut problems = Vec::new();
    if draft.approvers.is_empty() {
        problems.push(Item::field("approvers", NO_APPROVER));
    }
    for (place, approver) in draft.approvers.iter().enumerate() {
        let field = format!("approvers[{place}]");
        if draft.approvers.iter().take(place).any(|before| before == approver) {
            problems.push(Item::field(field, REPEATED_APPROVER));
        } else if !circumstances.accounts.contains(approver) {
            problems.push(Item::field(field, UNKNOWN_APPROVER));
        }
    }
    if let Some(words) = &draft.invitation {
        if !words.text.contains(LINK) {
            problems.push(Item::field("invitation.text", NO_LINK));
        }
        if words.subject.trim().is_empty() || words.subject.chars().any(char::is_control) {
            problems.push(Item::field("invitation.subject", BAD_SUBJECT));
        }
    }
    if let Some(fixed) = &circumstances.election.plan {
        // What keeps the draft from having a plan is said already, as broken rules of the manifest.
        if let Ok(now) = plan(draft, circumstances.slug, circumstances.authority) {
            let differs = [
                ("issuers", now.issuers != fixed.plan.issuers),
                ("trustees.members", now.trustees != fixed.plan.trustees),
                ("trustees.threshold", now.threshold != fixed.plan.threshold),
            ];
            for (field, _) in differs.into_iter().filter(|(_, differs)| *differs) {
                problems.push(Item::field(field, NOT_THE_PLAN));
            }
            if now.authority_key != fixed.plan.authority_key {
                let problem = "the plan names another key of the authority than the one that is here now";
                problems.push(Item::field("", problem));
            }
        }
    }
    if let Schedule::Times(times) = draft.schedule
        && times.opens.value() <= circumstances.now
        && circumstances.election.published.is_none()
    {
        problems.push(Item::field("schedule.times.opens", OPENS_IN_THE_PAST));
    }
    problems
}

/// Whether the people who are listed fit the classes (MAN-29).
fn listed(manifest: &Manifest, circumstances: &Circumstances<'_>) -> Vec<Item> {
    let count = |id: &Id| circumstances.listed.get(id).copied().unwrap_or(0);
    let entitled: Vec<u64> = manifest.classes().iter().map(|class| count(&class.id)).collect();
    let small = manifest.class_size_problems(&entitled).into_iter();
    let mut problems: Vec<Item> = small
        .map(|problem| Item::field(problem.field, format!("{} ({})", problem.rule, problem.rule.number())))
        .collect();
    for (id, people) in circumstances.listed {
        if manifest.class_index(id).is_none() {
            let problem =
                format!("{people} people on the list of voters are in the class {id}, {IS_NO_MORE}");
            problems.push(Item::field("classes", problem));
        }
    }
    problems
}

/// Whether an issuer's keys prove that it has their secrets, over the plan (TOK-1).
pub(crate) fn proves_issuer_keys(plan: &Plan, issuer: &Id, keys: &[draft::ClassKey]) -> bool {
    let plan = plan.id();
    keys.iter().all(|key| {
        let statement = IssuerPossession { plan: &plan, issuer: issuer.as_str(), class: &key.class };
        let proved = || {
            let public = IssuerKey::from_bytes(&key.key.0).ok()?;
            let proof = Signature::from_bytes(&key.proof.0).ok()?;
            proof.verify(&public, &statement).ok()
        };
        proved().is_some()
    })
}

/// Whether a trustee's enrolment key proves that its owner has the secret, over the plan (TRU-1).
pub(crate) fn proves_enrolment(plan: &Plan, trustee: &str, key: &[u8; 32], proof: &[u8; 64]) -> bool {
    let statement = TrusteePossession { plan: &plan.id(), trustee };
    let proved = || {
        let public = TrusteeKey::from_bytes(key).ok()?;
        let proof = Signature::from_bytes(proof).ok()?;
        proof.verify(&public, &statement).ok()
    };
    proved().is_some()
}
