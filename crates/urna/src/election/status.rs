//! `urna election status`, `list`, `audit`: where things stand, in plain words, and how they go on.

use std::process::ExitCode;

use serde_json::json;
use urna_api::authority::{Awaited, Draft, Listed, Status, Step};
use urna_api::board::Turnout;
use urna_election::ceremony::PackageKind;
use urna_election::manifest::draft::Schedule;
use urna_election::{Slug, TRIAL};

use super::Named;
use crate::answer::Answer;
use crate::definition::time;
use crate::organiser::{Access, refused};

/// `urna election status`.
pub(super) fn status(named: &Named) -> ExitCode {
    let slug = &named.slug;
    named.run("urna election status", async |authority| {
        let status = authority.status(slug).await.map_err(refused)?;
        let (draft, _) = authority.draft(slug).await.map_err(refused)?;
        let turnout = match status.phase.as_str() {
            "voting" | "closed" | "tallied" | "certified" => {
                authority.turnout(slug).await.map_err(refused)?
            }
            _ => None,
        };
        let next: Vec<String> =
            status.awaited.iter().filter_map(|awaited| command(awaited, slug, &status, &draft)).collect();
        let text = describe(&status, &draft, turnout.as_ref());
        let mut json = json!(status);
        if let Some(json) = json.as_object_mut() {
            json.insert("next".to_owned(), json!(next));
            json.insert("turnout".to_owned(), json!(turnout));
        }
        Ok(Answer::yes(text, json))
    })
}

/// `urna election list`.
pub(super) fn list(access: &Access) -> ExitCode {
    access.run("urna election list", async |authority| {
        let listed = authority.elections().await.map_err(refused)?;
        let line = |listed: &Listed| {
            let trial = if listed.trial { "  (a trial)" } else { "" };
            let awaited: Vec<_> = listed.awaited.iter().map(|awaited| awaited.from.as_str()).collect();
            let awaited =
                if awaited.is_empty() { String::new() } else { format!("; awaited: {}", awaited.join(", ")) };
            format!("{}  {}{trial}: {}{awaited}", listed.slug, listed.title, listed.phase)
        };
        let lines: Vec<String> = listed.iter().map(line).collect();
        let none = "You have no election yet: urna election new SLUG".to_owned();
        Ok(Answer::of(if lines.is_empty() { none } else { lines.join("\n") }, &listed))
    })
}

/// `urna election audit`.
pub(super) fn audit(named: &Named) -> ExitCode {
    named.run("urna election audit", async |authority| {
        let done = authority.audit(&named.slug).await.map_err(refused)?;
        let (draft, _) = authority.draft(&named.slug).await.map_err(refused)?;
        let lines: Vec<String> = done
            .iter()
            .map(|done| {
                let key = done.key.as_deref().map_or_else(String::new, |key| format!(" (key {key})"));
                format!("{}  {}{key}: {}", time(&draft.time_zone, done.time), done.account, done.what)
            })
            .collect();
        Ok(Answer::of(lines.join("\n"), &done))
    })
}

fn describe(status: &Status, draft: &Draft, turnout: Option<&Turnout>) -> String {
    let title = if status.title.is_empty() { "(without a title yet)" } else { &status.title };
    let mut lines = vec![format!("{}: {title}", status.slug)];
    if status.trial {
        lines.push(TRIAL.to_owned());
    }
    lines.push(phase(&status.phase).to_owned());
    if let Schedule::Times(times) = &draft.schedule {
        let zone = &draft.time_zone;
        lines.push(format!("Voting from {}", time(zone, times.opens.value())));
        lines.push(format!("      until {}", time(zone, times.closes.value())));
    }
    if let Some(id) = &status.election_id {
        lines.push(format!("Election id {id}"));
    } else if let Some(id) = &status.manifest {
        lines.push(format!("The manifest is complete; its SHA-256 is {id}"));
    }
    if !status.approved_by.is_empty() {
        lines.push(format!("Approved by {}", status.approved_by.join(", ")));
    }
    let people: u64 = status.entitled.values().sum();
    if people > 0 {
        let classes: Vec<_> =
            status.entitled.iter().map(|(class, count)| format!("{count} {class}")).collect();
        lines.push(format!("{people} people on the list of voters: {}", classes.join(", ")));
    }
    if status.unsent > 0 {
        lines.push(format!(
            "{} invitations are not sent: urna register invite {}",
            status.unsent, status.slug
        ));
    }
    if let Some(Turnout { cast, entitled }) = turnout {
        lines.push(format!(
            "{cast} of {entitled} have a ballot on the board (the final figure is the count's)"
        ));
    }
    lines.push(String::new());
    if status.awaited.is_empty() {
        lines.push(
            match status.phase.as_str() {
                "cancelled" => "Nothing is awaited: the election was cancelled.",
                _ => "Nothing is awaited.",
            }
            .to_owned(),
        );
        return lines.join("\n");
    }
    lines.push("Awaited:".to_owned());
    let slug: Option<Slug> = status.slug.parse().ok();
    for awaited in &status.awaited {
        lines.push(format!("  {}: {}", who(&awaited.from, status, draft), awaited.what));
        let next = slug.as_ref().and_then(|slug| command(awaited, slug, status, draft));
        lines.extend(next.map(|next| format!("      {next}")));
    }
    lines.join("\n")
}

fn phase(phase: &str) -> &str {
    match phase {
        "draft" => "A draft: nobody but those who organise it sees it.",
        "planned" => "Planned: the board has its log; keys, list and approvals come together.",
        "publishing" => "Being published: the board does not have entry 0 yet.",
        "announced" => "Published: everybody can read its manifest. The trustees agree and rehearse.",
        "rehearsed" => "Ready: the trustees have rehearsed; voting has not opened yet.",
        "voting" => "Voting is open.",
        "closed" => "Voting is closed.",
        "tallied" => {
            "The result is published; whoever has an unspent token can return it until it is certified."
        }
        "certified" => "The result is certified.",
        "cancelled" => "Cancelled.",
        other => other,
    }
}

/// Somebody, with the name that people know.
fn who(from: &str, status: &Status, draft: &Draft) -> String {
    let named = |id: &str, name: Option<&String>| match name.filter(|name| !name.is_empty()) {
        Some(name) => format!("{name} ({id})"),
        None => id.to_owned(),
    };
    match from.split_once(' ') {
        Some(("issuer", id)) => {
            let issuer = draft.issuers.iter().find(|issuer| issuer.id == id);
            format!("issuer {}", named(id, issuer.map(|issuer| &issuer.name)))
        }
        Some(("trustee", id)) => {
            let trustee = draft.trustees.members.iter().find(|trustee| trustee.id == id);
            format!("trustee {}", named(id, trustee.map(|trustee| &trustee.name)))
        }
        Some(("approver", account)) => account.to_owned(),
        _ if from == "owner" => format!("{}, the owner", status.owner),
        _ => from.to_owned(),
    }
}

/// The command with which it goes on, if it is one of these.
fn command(awaited: &Awaited, slug: &Slug, status: &Status, draft: &Draft) -> Option<String> {
    let id = awaited.from.split_once(' ').map_or("", |(_, id)| id);
    let by_hand = awaited.from != "clock";
    Some(match awaited.step {
        Step::FixPlan => {
            format!("urna election validate {slug}, then urna election plan {slug} --save plan.json")
        }
        Step::IssuerKeys => {
            let classes: Vec<_> = draft.classes.iter().map(|class| format!("--class {}", class.id)).collect();
            format!(
                "urna issuer keys plan.json --issuer {id} {} --data DIR > {id}.json, then urna election keys {slug} --issuer {id} \
                 {id}.json",
                classes.join(" ")
            )
        }
        Step::ElectionKey => format!("urna election keys {slug} --trustees FILE"),
        Step::CeremonyPackage if awaited.what.ends_with(&PackageKind::Enrolment.to_string()) => {
            let enrol =
                format!("urna trustee enrol --file FILE --trustee {id} --authority URL --election {slug}");
            format!(
                "{enrol}; or, of a ceremony that is held elsewhere: urna election keys {slug} --trustees FILE"
            )
        }
        Step::CeremonyPackage => "urna trustee ceremony --file FILE".to_owned(),
        Step::Agree => {
            let election = status.election_id.as_deref().unwrap_or("ID");
            format!("urna trustee agree --file FILE --election {election}")
        }
        Step::Rehearse => "urna trustee rehearse --file FILE --backup BACKUP".to_owned(),
        Step::AgreeToOpen | Step::OpenBallots => "urna trustee open --file FILE".to_owned(),
        Step::MendDraft => format!("urna election validate {slug}, then urna election edit {slug}"),
        Step::Approve => format!("urna election approve {slug}"),
        Step::Publish => format!("urna election publish {slug}"),
        Step::Register => format!("urna register load {slug} FILE"),
        Step::Open if by_hand => format!("urna election open {slug}"),
        Step::Close if by_hand => format!("urna election close {slug}"),
        Step::Tally => format!("urna election tally {slug}"),
        Step::Certify => format!("urna election certify {slug}"),
        Step::Open | Step::Close | Step::Board | Step::PostIssuance => return None,
    })
}
