//! What there is to see, and what is to be done next, for a page. Nothing is done by it.

use rand_core::CryptoRngCore;
use serde_json::{Value, json};
use urna_api::authority::CeremonyShown;
use urna_election::ceremony::PackageKind;
use urna_election::entry::{Entry, Kind};
use urna_trustee::{Stage, signer};

use crate::operation::{Key, Opening, Public, all_agreed};

/// The page's view. `shown` is the ceremony, before there is a manifest; `entries` are the board's official ones, afterwards.
pub(crate) fn of<R: CryptoRngCore>(
    public: &Public,
    key: Option<&Key<R>>,
    kept: bool,
    shown: Option<&CeremonyShown>,
    entries: &[Entry],
) -> Value {
    let manifest = public.manifest.as_ref();
    let own = public.id.as_ref();
    let step = step(public, key, kept, shown, entries);
    let packages = shown.and_then(|shown| shown.packages.as_deref()).unwrap_or_default();
    let people = public.plan.trustees.iter().map(|party| {
        let sent = |kind| {
            manifest.is_some()
                || packages.iter().any(|package| package.trustee == party.id && package.kind == kind)
        };
        let signed = |kind| entries.iter().any(|entry| signer(entry, kind) == Some(&party.id));
        json!({
            "id": party.id.as_str(),
            "name": party.name,
            "own": Some(&party.id) == own,
            "enrolled": sent(PackageKind::Enrolment),
            "round1": sent(PackageKind::Round1),
            "round2": sent(PackageKind::Round2),
            "confirmed": sent(PackageKind::Confirmation),
            "agreed": signed(Kind::Ceremony),
            "rehearsed": signed(Kind::Rehearsal),
            "counted": signed(Kind::Agreed),
            "opened": signed(Kind::Opening),
        })
    });
    let hash = key.and_then(|key| key.driver.trustee().exchange().round_1());
    let hash =
        hash.map(|round_1| round_1.hash().iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    json!({
        "step": step,
        "open": key.is_some(),
        "kept": kept,
        "slug": public.plan.slug.as_str(),
        "plan": public.plan.id().to_string(),
        "threshold": public.plan.threshold,
        "attempt": shown.map(|shown| shown.attempt),
        "people": people.collect::<Vec<_>>(),
        "ceremony_hash": hash,
        "holds_share": key.is_some_and(|key| key.driver.trustee().stage() == Stage::HoldsShare),
        "election": manifest.map(|manifest| manifest.id().to_string()),
        "manifest": manifest.and_then(|manifest| serde_json::from_slice::<Value>(manifest.bytes()).ok()),
        "problems": key.map(|key| key.problems.as_slice()).unwrap_or_default(),
        "restart": key.and_then(|key| restart(key, public, shown)),
        "verified": key.and_then(|key| key.close.as_ref()).map(|close| json!({
            "ballots": close.ballots,
            "small": close.small.iter().map(|(class, cast)| json!({ "class": class.as_str(), "cast": cast }))
                .collect::<Vec<_>>(),
        })),
        "waiting": key.and_then(|key| match &key.opening {
            Opening::Waiting { needed, agreed, otherwise } => {
                Some(json!({ "needed": needed, "agreed": agreed, "otherwise": otherwise }))
            }
            Opening::NotBegun | Opening::Done => None,
        }),
    })
}

/// The attempt that the authority is at, if it is another than the file's: what going along means.
fn restart<R: CryptoRngCore>(key: &Key<R>, public: &Public, shown: Option<&CeremonyShown>) -> Option<Value> {
    let shown = shown?;
    let own = key.driver.trustee().exchange().attempt();
    let forgotten = key.forgotten(shown.packages.as_deref().unwrap_or_default());
    let forgotten = public.plan.trustees.iter().filter(|party| forgotten.contains(&party.id));
    (shown.attempt != own).then(|| {
        json!({
            "own": own,
            "attempt": shown.attempt,
            "again": forgotten.map(|party| party.name.as_str()).collect::<Vec<_>>(),
        })
    })
}

/// Where a trustee is: the part of the page that says so.
fn step<R: CryptoRngCore>(
    public: &Public,
    key: Option<&Key<R>>,
    kept: bool,
    shown: Option<&CeremonyShown>,
    entries: &[Entry],
) -> &'static str {
    let Some(own) = &public.id else { return "who" };
    let Some(key) = key else {
        let packages = shown.and_then(|shown| shown.packages.as_deref()).unwrap_or_default();
        let is_enrolled = public.manifest.is_some()
            || packages
                .iter()
                .any(|package| package.trustee == *own && package.kind == PackageKind::Enrolment);
        return match (kept, is_enrolled) {
            (true, _) => "locked",
            (false, true) => "elsewhere",
            (false, false) => "enrol",
        };
    };
    let trustee = key.driver.trustee();
    if trustee.election().is_none() {
        let is_made = trustee.stage() == Stage::HoldsShare && trustee.exchange().awaited().is_none();
        return match &public.manifest {
            Some(_) => "agree",
            None if shown.is_some_and(|shown| shown.attempt != trustee.exchange().attempt()) => "restart",
            None if is_made => "prepared",
            None => "ceremony",
        };
    }
    let has = |kind| entries.iter().any(|entry| entry.kind() == kind);
    if has(Kind::Cancelled) {
        return "cancelled";
    }
    if has(Kind::Result) {
        return "over";
    }
    if !all_agreed(&public.plan, entries) {
        return "agreed";
    }
    if !entries.iter().any(|entry| signer(entry, Kind::Rehearsal) == Some(own)) {
        return "rehearse";
    }
    let issuers = public.manifest.iter().flat_map(|manifest| manifest.issuers());
    let mut lists =
        issuers.map(|issuer| entries.iter().any(|entry| signer(entry, Kind::Issuance) == Some(&issuer.id)));
    if !has(Kind::VotingClosed) || !lists.all(|is_there| is_there) {
        return "voting";
    }
    match (&key.opening, trustee.agreed()) {
        (Opening::Done, _) => "opened",
        (_, Some(_)) => "opening",
        (_, None) if key.close.is_some() => "verified",
        (_, None) => "verify",
    }
}
