//! Enrolment and key ceremony.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use rand_core::OsRng;
use serde_json::{Value, json};
use urna_api::authority::{TrusteeKey, TrusteeKeys};
use urna_api::client::AuthorityClient;
use urna_election::ceremony::PackageKind;
use urna_election::json::{self, Base64};
use urna_election::{Id, Plan, Slug};
use urna_trustee::driver::{DriverError, FileDriver, FileError, read_packages, write_packages};
use urna_trustee::{Advanced, Cost, Sharing, Stage, Trustee};

use super::{Key, ending, passphrase};
use crate::answer::{Answer, End};
use crate::organiser::refused;

#[derive(Args)]
#[command(after_help = "\
  urna trustee enrol --file anna.key --trustee anna --authority https://vote.example --election council-2027
      the plan and all packages go over this authority
  urna trustee enrol --file anna.key --trustee anna plan.json --out /media/stick
      packages travel as files; `urna election plan SLUG --save plan.json` writes the plan

Compare the plan id with the other trustees: it stands for the authority, who issues tokens, who the trustees are, and how
many of them it takes.")]
pub(super) struct EnrolArguments {
    #[command(flatten)]
    pub(super) key: Key,
    /// Which of the plan's trustees you are: its id
    #[arg(long, value_name = "ID")]
    trustee: Id,
    /// The plan's file
    #[arg(value_name = "PLAN", required_unless_present = "authority", conflicts_with = "authority")]
    plan: Option<PathBuf>,
    /// The authority that carries packages
    #[arg(long, value_name = "URL", requires = "election")]
    authority: Option<String>,
    /// The election's name at the authority
    #[arg(long, value_name = "SLUG", requires = "authority")]
    election: Option<Slug>,
    /// Hold the whole key alone, where the plan has one trustee: for tests and tiny polls
    #[arg(long)]
    solo: bool,
    /// Folder into which the enrolment is written, for all other trustees
    #[arg(long, value_name = "DIR", conflicts_with = "authority")]
    out: Option<PathBuf>,
}

#[derive(Args)]
#[command(after_help = "\
  urna trustee ceremony --file anna.key
  urna trustee ceremony --file anna.key --in /media/stick --out /media/stick

With files: give every other trustee what is in --out, and everything from them to --in, in whatever order; what is there
already does no harm. It takes four turns: enrolments, round 1, round 2, confirmations.

If somebody's package does not hold, the command names the trustee, and nothing is lost. Where a new attempt is agreed on, every
trustee says --restart: what this attempt has made is replaced, with fresh randomness. --forget is for a trustee who lost the
file and enrols again.")]
pub(super) struct CeremonyArguments {
    #[command(flatten)]
    pub(super) key: Key,
    /// Packages of the other trustees: files, or folders of files (may be repeated)
    #[arg(long = "in", value_name = "PATH")]
    from: Vec<PathBuf>,
    /// Folder into which your own packages are written
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// End this attempt, and go along with the next one
    #[arg(long)]
    restart: bool,
    /// With --restart: this trustee enrols again (may be repeated)
    #[arg(long, value_name = "ID", requires = "restart")]
    forget: Vec<Id>,
}

/// `urna trustee enrol`.
pub(super) async fn enrol(arguments: &EnrolArguments) -> Result<Answer, End> {
    let EnrolArguments { key, trustee, plan, authority, election, solo, out } = arguments;
    let plan = match (plan, authority, election) {
        (Some(path), ..) => read_plan(path)?,
        (None, Some(authority), Some(slug)) => {
            let courier = AuthorityClient::new(authority).map_err(refused)?;
            let plan = courier.plan(slug).await.map_err(refused)?;
            if plan.slug != *slug {
                return Err(End::no(format!("the authority has sent the plan of {}", plan.slug)));
            }
            Plan::parse(&plan.to_bytes()).map_err(|error| End::no(error.to_string()))?
        }
        _ => return Err(End::unreadable("a plan is needed: its file, or --authority and --election")),
    };
    if key.file.exists() {
        return Err(ending::of(FileError::Exists(key.file.clone()).into()));
    }
    let sharing = if *solo { Sharing::Solo } else { Sharing::Shared };
    let enrolled = Trustee::enrol(plan, trustee, sharing, &mut OsRng);
    let mut enrolled = enrolled.map_err(|error| ending::of(error.into()))?;
    enrolled.set_authority(authority.clone());
    let passphrase = passphrase::choose(key.passphrase_file.as_deref())?;
    let mut driver =
        FileDriver::create(&key.file, &passphrase, Cost::default(), enrolled).map_err(ending::of)?;
    let mut text = String::new();
    describe_plan(&mut text, driver.trustee().plan());
    let _ = writeln!(
        text,
        "\nYour key is in {}, under your passphrase. Keep both; nobody can replace either.",
        key.file.display()
    );
    if let Some(courier) = courier(&driver)? {
        driver.hold_ceremony(&courier).await.map_err(ending::of)?;
    }
    let written = write_out(&driver, out.as_deref(), &mut text)?;
    let _ = writeln!(text, "{}", driver.trustee().standing(None));
    let document = json!({
        "files": written,
        "index": driver.trustee().index(),
        "key": driver.trustee().exchange().enrolled(driver.trustee().index()).map(|key| Base64(key.to_bytes().to_vec())),
        "plan_id": driver.trustee().plan().id().to_string(),
        "trustee": trustee.as_str(),
    });
    Ok(Answer::yes(text, document))
}

/// `urna trustee ceremony`.
pub(super) async fn hold(arguments: &CeremonyArguments) -> Result<Answer, End> {
    let CeremonyArguments { key, from, out, restart, forget } = arguments;
    let (mut driver, _) = key.open()?;
    let courier = if from.is_empty() && out.is_none() { courier(&driver)? } else { None };
    let packages = read_packages(from).map_err(ending::of)?;
    if *restart {
        let own = driver.trustee().exchange().attempt();
        let attempt = match &courier {
            Some(courier) => {
                let slug = driver.trustee().plan().slug.clone();
                courier.ceremony(&slug).await.map_err(refused)?.attempt
            }
            None => packages.iter().map(|package| package.attempt).max().unwrap_or(0).max(own + 1),
        };
        let restarted =
            driver.change(|trustee, _| trustee.restart(attempt, forget)).await.map_err(ending::of)?;
        restarted.map_err(|error| ending::of(error.into()))?;
    }
    let advanced = match &courier {
        Some(courier) => match driver.hold_ceremony(courier).await {
            Ok(held) => held.advanced,
            Err(DriverError::OtherAttempt { courier, .. }) => {
                return Err(End::no(other_attempt(&driver, courier)));
            }
            Err(error) => return Err(ending::of(error)),
        },
        None => driver.change(|trustee, rng| trustee.advance(&packages, rng)).await.map_err(ending::of)?,
    };
    let mut text = String::new();
    let problems = describe(&mut text, &advanced);
    let trustee = driver.trustee();
    let hash = trustee.exchange().round_1().map(|round_1| hexadecimal(round_1.hash()));
    if trustee.stage() == Stage::HoldsShare {
        let _ = writeln!(text, "You have your share of the election's key.");
    }
    if let Some(hash) = &hash {
        let _ = writeln!(text, "Ceremony hash  {}", grouped(hash));
        let _ = writeln!(text, "               Compare it with the other trustees: it must be the same.");
    }
    let mut written = write_out(&driver, out.as_deref(), &mut text)?;
    if let (Some(folder), Some(keys)) = (out, driver.trustee().public_keys()) {
        let path = folder.join(format!("{}-trustees.json", driver.trustee().plan().slug));
        urna_disk::replace_file(&path, &json::to_bytes(&trustee_keys(keys)))
            .map_err(|error| End::unreadable(error.to_string()))?;
        let _ = writeln!(
            text,
            "The keys for the organiser (urna election keys SLUG --trustees FILE): {}",
            path.display()
        );
        written.push(path);
    }
    let standing = driver.trustee().standing(None);
    let _ = writeln!(text, "{standing}");
    let awaited = driver.trustee().exchange().awaited();
    let document = json!({
        "attempt": driver.trustee().exchange().attempt(),
        "awaited": awaited.map(|awaited| json!({
            "kind": awaited.kind.as_str(),
            "trustees": awaited.from.iter().map(|member| member.id.as_str()).collect::<Vec<_>>(),
        })),
        "ceremony_hash": hash,
        "files": written,
        "holds_share": driver.trustee().stage() == Stage::HoldsShare,
        "problems": problems,
        "status": standing.to_string(),
    });
    Ok(Answer { text, json: document, yes: advanced.is_clean() })
}

/// The authority that carries packages, if one does.
pub(super) fn courier(driver: &FileDriver) -> Result<Option<AuthorityClient>, End> {
    driver.trustee().authority().map(AuthorityClient::new).transpose().map_err(refused)
}

/// What to do where the authority is at another attempt.
pub(super) fn other_attempt(driver: &FileDriver, courier: u32) -> String {
    let own = driver.trustee().exchange().attempt();
    let what = if courier > own {
        "`urna trustee ceremony --restart` goes along with it, and replaces what your attempt has made"
    } else {
        "ask the organiser to begin a new attempt, as yours is later"
    };
    format!(
        "the authority is at attempt {courier} of the key ceremony, and your file at attempt {own}: {what}"
    )
}

/// What was wrong with packages, for a person and for a program.
fn describe(text: &mut String, advanced: &Advanced) -> Vec<Value> {
    let mut problems = Vec::new();
    for refused in &advanced.refused {
        let _ = writeln!(text, "Refused: {refused}");
        let from = refused.from();
        problems.push(json!({
            "problem": refused.to_string(),
            "rule": refused.rule(),
            "trustee": from.map(|from| from.id.as_str()),
        }));
    }
    for kind in &advanced.strangers {
        let what = match kind {
            PackageKind::Enrolment => {
                "somebody else has enrolled in your name: tell the organiser, who begins a new attempt and forgets that enrolment"
            }
            _ => "there is a package in your name that this file did not make: is another copy of it in use?",
        };
        let _ = writeln!(text, "Refused: {what}");
        problems.push(json!({ "problem": what, "rule": "TRU-16", "trustee": null }));
    }
    if let Some(failed) = &advanced.failed {
        let what = format!("{failed}. Agree on a new attempt, which every trustee begins with --restart");
        let _ = writeln!(text, "The ceremony cannot go on: {what}");
        problems.push(json!({ "problem": failed.to_string(), "rule": null, "trustee": null }));
    }
    problems
}

fn describe_plan(text: &mut String, plan: &Plan) {
    let names = |parties: &[urna_election::Party]| {
        parties.iter().map(|party| party.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let _ = writeln!(text, "Election  {}", plan.slug);
    let _ = writeln!(text, "Issuers   {}", names(&plan.issuers));
    let _ = writeln!(
        text,
        "Trustees  {} ({} of {} can open the ballots together)",
        names(&plan.trustees),
        plan.threshold,
        plan.trustees.len()
    );
    let _ = writeln!(text, "Plan id   {}", grouped(&plan.id().to_string()));
    let _ = writeln!(text, "          Compare it with the other trustees: it must be the same.");
}

fn read_plan(path: &Path) -> Result<Plan, End> {
    let bytes = fs::read(path).map_err(|error| End::unreadable(format!("{}: {error}", path.display())))?;
    Plan::parse(&bytes).map_err(|error| End::unreadable(format!("{}: {error}", path.display())))
}

fn write_out(driver: &FileDriver, out: Option<&Path>, text: &mut String) -> Result<Vec<PathBuf>, End> {
    let Some(folder) = out else { return Ok(Vec::new()) };
    let packages = driver.trustee().packages().map_err(|error| ending::of(error.into()))?;
    let slug = driver.trustee().plan().slug.as_str();
    let written = write_packages(folder, slug, &packages).map_err(ending::of)?;
    let _ = writeln!(text, "For all other trustees:");
    for path in &written {
        let _ = writeln!(text, "  {}", path.display());
    }
    Ok(written)
}

/// What the organiser gives the authority, as its interface takes it.
pub(crate) fn trustee_keys(keys: urna_trustee::PublicKeys) -> TrusteeKeys {
    let members = keys.members.into_iter().map(|(id, key, possession, share_key)| TrusteeKey {
        id: id.into(),
        key: Base64(key.to_bytes()),
        possession: Base64(possession.to_bytes()),
        share_key: Base64(share_key.to_bytes()),
    });
    TrusteeKeys { election_key: Base64(keys.election_key.to_bytes()), members: members.collect() }
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Digits in groups that can be compared by eye and ear.
fn grouped(digits: &str) -> String {
    let digits: Vec<char> = digits.chars().collect();
    let groups: Vec<String> = digits.chunks(8).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}
