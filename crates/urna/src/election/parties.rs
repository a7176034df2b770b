//! `urna election plan`, `keys`: what the other parties need, and what they give.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgGroup, Args};
use serde::de::DeserializeOwned;
use serde_json::json;
use urna_api::authority::{Draft, IssuerKeys, TrusteeKeys};
use urna_election::{Id, Plan};

use super::{Irreversible, Named};
use crate::answer::{Answer, End};
use crate::organiser::{json_error, refused};
use crate::prompt::confirm;

#[derive(Args)]
#[command(after_help = "\
Example:
  urna election plan council-2027 --save plan.json

Slug, ids and names of issuers and trustees, and the threshold stay what they are from then on; everything else of the draft can
still be edited. Issuers and trustees make their keys for this plan.")]
pub(super) struct PlanArguments {
    #[command(flatten)]
    act: Irreversible,
    /// Write the plan to this file, for issuers and trustees; it is public
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
}

#[derive(Args)]
#[command(group(ArgGroup::new("whose").required(true).args(["issuer", "trustees", "remove_issuer"])))]
#[command(after_help = "\
Examples:
  urna election keys council-2027 --issuer office office.json   what `urna issuer keys` printed
  urna election keys council-2027 --trustees trustees.json      what the trustees' ceremony ended with
  urna election keys council-2027 --remove-issuer office        so that it can give others

An issuer's keys prove themselves: --authority URL is enough to give them. Such a proof shows that their maker has the secrets,
not who that is: compare the keys with what the issuer's people say.")]
pub(super) struct KeysArguments {
    #[command(flatten)]
    election: Named,
    /// The issuer whose keys FILE has
    #[arg(long, value_name = "ID", requires = "file")]
    issuer: Option<Id>,
    /// FILE has the trustees' keys
    #[arg(long, requires = "file")]
    trustees: bool,
    /// Remove this issuer's keys
    #[arg(long, value_name = "ID", conflicts_with = "file")]
    remove_issuer: Option<Id>,
    /// Do not ask before keys are removed
    #[arg(long)]
    yes: bool,
    /// File with the keys
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// `urna election plan`.
pub(super) fn plan(arguments: &PlanArguments) -> ExitCode {
    let PlanArguments { act: Irreversible { election, yes }, save } = arguments;
    let slug = &election.slug;
    election.run("urna election plan", async |authority| {
        let (draft, _) = authority.draft(slug).await.map_err(refused)?;
        let status = authority.status(slug).await.map_err(refused)?;
        if status.phase == "draft" {
            confirm(&about_to_fix(&draft), Some(slug.as_str()), *yes)?;
        }
        let planned = authority.fix_plan(slug).await.map_err(refused)?;
        let plan = authority.plan(slug).await.map_err(refused)?;
        if let Some(path) = save {
            write_plan(path, &plan)?;
        }
        let mut text =
            format!("The plan is fixed, and the board has made the log.\n\nPlan id  {}\n", planned.plan_id);
        let file = save.as_deref().unwrap_or(Path::new("plan.json")).display();
        if save.is_none() {
            text.push_str(&format!("\nThe issuers need it: urna election plan {slug} --save {file}\n"));
        }
        let classes: Vec<String> =
            draft.classes.iter().map(|class| format!("--class {}", class.id)).collect();
        let (authority, _) = election.access.client()?;
        for issuer in &draft.issuers {
            let (id, name, classes) = (&issuer.id, &issuer.name, classes.join(" "));
            let line = if issuer.url == authority.trim_end_matches('/') {
                format!("\n{name}:  runs beside the authority, and gives its keys by itself")
            } else {
                format!("\n{name}:  urna issuer keys {file} --issuer {id} {classes} --data DIR")
            };
            text.push_str(&line);
        }
        text.push_str("\nThe trustees hold their key ceremony with this plan.");
        let json = json!({ "plan": plan, "plan_id": planned.plan_id });
        Ok(Answer::yes(text, json))
    })
}

fn about_to_fix(draft: &Draft) -> String {
    let mut text = "This fixes, for good:\n".to_owned();
    for issuer in &draft.issuers {
        text.push_str(&format!("  issuer   {} ({})\n", issuer.name, issuer.id));
    }
    for trustee in &draft.trustees.members {
        text.push_str(&format!("  trustee  {} ({})\n", trustee.name, trustee.id));
    }
    let (threshold, count) = (draft.trustees.threshold, draft.trustees.members.len());
    text.push_str(&format!("  {threshold} of {count} trustees can open the ballots"));
    text
}

/// Writes the plan's own bytes. The same file again is no matter.
fn write_plan(path: &Path, plan: &Plan) -> Result<(), End> {
    let bytes = plan.to_bytes();
    match fs::read(path) {
        Ok(there) if there == bytes => return Ok(()),
        Ok(_) => {
            let path = path.display();
            return Err(End::unreadable(format!("{path} exists, and is not this plan: name another file")));
        }
        Err(_) => {}
    }
    fs::write(path, bytes).map_err(|error| End::unreadable(format!("{}: {error}", path.display())))
}

/// `urna election keys`.
pub(super) fn keys(arguments: &KeysArguments) -> ExitCode {
    let KeysArguments { election, issuer, remove_issuer, yes, file, .. } = arguments;
    let slug = &election.slug;
    let command = "urna election keys";
    if let (Some(issuer), Some(file)) = (issuer, file) {
        return election.access.run_without_key(command, async |authority| {
            let keys: IssuerKeys = read_keys(file, "what `urna issuer keys` prints")?;
            authority.put_issuer_keys(slug, issuer, &keys).await.map_err(refused)?;
            let text = format!(
                "The authority has the keys of {issuer}. Compare its signing key with what its people say:\n{}\n\n\
                 Next: urna election status {slug}",
                json!(keys.signing_key).as_str().unwrap_or_default()
            );
            Ok(Answer::yes(text, json!({ "issuer": issuer.as_str(), "signing_key": keys.signing_key })))
        });
    }
    election.run(command, async |authority| match (remove_issuer, file) {
        (Some(issuer), _) => {
            confirm(&format!("This removes the keys of {issuer}, and voids every approval."), None, *yes)?;
            authority.remove_issuer_keys(slug, issuer).await.map_err(refused)?;
            let text = format!("The keys of {issuer} are removed: it can give others.");
            Ok(Answer::yes(text, json!({ "removed": issuer.as_str() })))
        }
        (None, Some(file)) => {
            let keys: TrusteeKeys = read_keys(file, "what the trustees' ceremony ended with")?;
            authority.put_trustee_keys(slug, &keys).await.map_err(refused)?;
            let text = format!("The authority has the trustees' keys. Next: urna election status {slug}");
            Ok(Answer::yes(text, json!({ "election_key": keys.election_key })))
        }
        (None, None) => Err(End::unreadable("a file with keys is needed")),
    })
}

fn read_keys<T: DeserializeOwned>(path: &Path, expected: &str) -> Result<T, End> {
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(|error| End::unreadable(format!("{name}: {error}")))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| End::unreadable(format!("{}; it should be {expected}", json_error(&name, &error))))
}
