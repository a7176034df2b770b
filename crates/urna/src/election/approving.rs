//! `urna election approve`, `publish`: what people agree to, and what everybody reads from then on.

use std::fmt::Write;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use urna_api::authority::Step;
use urna_api::client::AuthorityClient;
use urna_election::Slug;
use urna_election::manifest::draft::{CountsAs, Credentials, InterimFigures, Issuance};
use urna_election::manifest::{Manifest, Schedule, Text};

use super::{Irreversible, Named};
use crate::answer::{Answer, End};
use crate::definition::{changing, grouped, time, write_contests};
use crate::organiser::refused;
use crate::prompt::confirm;

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna election approve council-2027
      shows everything that the manifest decides, asks, and approves its exact bytes
  urna election approve council-2027 --save manifest.json
      keeps the bytes too, for whoever wants to read them

You approve bytes: with any edit, and with other keys, your approval is void. The SHA-256 that is shown becomes the election
id with publication.")]
pub(super) struct ApproveArguments {
    #[command(flatten)]
    election: Named,
    /// Approve only if this is the SHA-256 of the manifest: 64 digits, as it was shown to others
    #[arg(long, value_name = "HEX")]
    sha256: Option<String>,
    /// Write the manifest's bytes to this file
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// `urna election approve`.
pub(super) fn approve(arguments: &ApproveArguments) -> ExitCode {
    let ApproveArguments { election: Named { slug, access }, sha256, save, yes } = arguments;
    access.run("urna election approve", async |authority| {
        let (manifest, bytes) = manifest(&authority, slug).await?;
        let id = manifest.id().to_string();
        if let Some(path) = save {
            fs::write(path, &bytes)
                .map_err(|error| End::unreadable(format!("{}: {error}", path.display())))?;
        }
        let digits = |text: &str| text.split_whitespace().collect::<String>();
        if sha256.as_deref().is_some_and(|expected| digits(expected) != id) {
            return Err(End::no(format!(
                "the manifest's SHA-256 is {}: it is not the one you named",
                grouped(manifest.id())
            )));
        }
        let about = format!("{}\nYou approve exactly this.", describe(&manifest));
        confirm(&about, None, *yes)?;
        let approved = authority.approve(slug, &id).await.map_err(refused)?;
        let awaited = authority.status(slug).await.map_err(refused)?.awaited;
        let others = awaited.iter().filter(|awaited| awaited.step == Step::Approve);
        let others: Vec<&str> = others.map(|awaited| awaited.from.trim_start_matches("approver ")).collect();
        let next = if others.is_empty() {
            format!("Nobody else has to approve it. Next: urna election publish {slug}")
        } else {
            format!("Still to approve: {}.", others.join(", "))
        };
        Ok(Answer::yes(
            format!("You have approved {}.\n{next}", grouped(manifest.id())),
            json!({ "awaited": others, "sha256": approved.sha256 }),
        ))
    })
}

/// `urna election publish`.
pub(super) fn publish(arguments: &Irreversible) -> ExitCode {
    let Irreversible { election: Named { slug, access }, yes } = arguments;
    access.run("urna election publish", async |authority| {
        let (manifest, _) = manifest(&authority, slug).await?;
        let about = format!(
            "This publishes {} with the election id\n{}\nfor good: afterwards nothing of it changes, and it can only be cancelled.",
            manifest.title().default_language(),
            grouped(manifest.id())
        );
        confirm(&about, Some(slug.as_str()), *yes)?;
        let published = authority.publish(slug).await.map_err(refused)?;
        let text = format!(
            "The election is published.\n\nFor the announcement and the poster:\n\n{}\n\nNext: urna election status {slug}",
            poster(&manifest)
        );
        Ok(Answer::yes(text, json!({ "election_id": published.election_id, "poster": poster(&manifest) })))
    })
}

/// The manifest as the authority has it.
async fn manifest(authority: &AuthorityClient, slug: &Slug) -> Result<(Manifest, Vec<u8>), End> {
    let bytes = authority.manifest(slug).await.map_err(refused)?;
    let manifest = Manifest::parse(&bytes).map_err(|error| {
        End::unreadable(format!("what the authority gives is no manifest that this program knows: {error}"))
    })?;
    Ok((manifest, bytes))
}

fn poster(manifest: &Manifest) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write_poster(&mut text, manifest);
    text
}

fn write_poster(text: &mut String, manifest: &Manifest) -> std::fmt::Result {
    let zone = manifest.time_zone();
    writeln!(text, "  {}", manifest.title().default_language())?;
    if manifest.is_trial() {
        writeln!(text, "  A TRIAL: it decides nothing.")?;
    }
    if let Schedule::Times(times) = manifest.schedule() {
        writeln!(text, "  Voting from {}", time(zone, times.opens.value()))?;
        writeln!(text, "         until {}", time(zone, times.closes.value()))?;
    }
    writeln!(text, "  Election id  {}", grouped(manifest.id()))?;
    writeln!(text, "  Compare it with your invitation and with what your screen shows, before you vote.")?;
    writeln!(
        text,
        "  The public record: {}/{}/",
        manifest.board().url.trim_end_matches('/'),
        manifest.slug()
    )?;
    let organiser = manifest.organiser();
    write!(text, "  {}, {}", organiser.name, organiser.contact)
}

/// Everything that the manifest decides, for those who approve it.
fn describe(manifest: &Manifest) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = write_description(&mut text, manifest);
    text
}

fn write_description(text: &mut String, manifest: &Manifest) -> std::fmt::Result {
    let english = Text::default_language;
    let (zone, policy) = (manifest.time_zone(), manifest.policy());
    writeln!(text, "{}", english(manifest.title()))?;
    if manifest.is_trial() {
        writeln!(text, "A TRIAL: it decides nothing, and says so everywhere.")?;
    }
    if let Some(description) = manifest.description() {
        writeln!(text, "{}", english(description))?;
    }
    let languages: Vec<_> = manifest.languages().iter().map(ToString::to_string).collect();
    let organiser = manifest.organiser();
    writeln!(text, "\nSHA-256      {}", grouped(manifest.id()))?;
    writeln!(text, "Organiser    {} ({})", organiser.name, organiser.contact)?;
    writeln!(text, "Languages    {}", languages.join(", "))?;
    writeln!(text, "Board        {} at {}", manifest.board().origin, manifest.board().url)?;
    match manifest.schedule() {
        Schedule::Manual => writeln!(text, "Voting       opens and closes by hand")?,
        Schedule::Times(times) => {
            writeln!(text, "Tokens       from {}", time(zone, times.issuance_opens.value()))?;
            writeln!(text, "Voting       from {}", time(zone, times.opens.value()))?;
            writeln!(text, "             until {}", time(zone, times.closes.value()))?;
            writeln!(text, "Opening      not before {}", time(zone, times.opening_not_before.value()))?;
        }
    }
    let made = match policy.credentials {
        Credentials::Authority => "the authority makes each voter's secret, and sends it with the invitation",
        Credentials::Device => "each voter's device makes its own secret",
        Credentials::ThirdParty => "a third party makes each voter's secret",
    };
    writeln!(text, "Credentials  {made}")?;
    let issuance = match policy.issuance {
        Issuance::Ahead => "tokens may be taken before the ballot is cast",
        Issuance::WithBallot => {
            "a token is taken while the ballot is cast; issuers keep the second for the commission's roll"
        }
    };
    writeln!(text, "Issuance     {issuance}")?;
    writeln!(text, "Changing     {}", changing(manifest))?;
    let (min, wait) = (policy.batch.min, policy.batch.wait);
    writeln!(text, "Batches      a ballot waits for {min} of its class, or {wait} s")?;
    let interim = match policy.interim_figures {
        InterimFigures::None => "nothing is shown before the close",
        InterimFigures::Turnout => "turnout is shown while voting goes on",
    };
    writeln!(text, "Figures      {interim}")?;
    let counts = |counts| match counts {
        CountsAs::Participated => "counts as taking part",
        CountsAs::Unused => "counts as if it had not been cast",
    };
    writeln!(text, "Blank        {}", counts(policy.blank_counts_as))?;
    writeln!(text, "Invalid      {}", counts(policy.invalid_counts_as))?;
    writeln!(
        text,
        "Public       after the close, everybody can read the result, and every ballot under its identifier"
    )?;
    for (place, issuer) in manifest.issuers().iter().enumerate() {
        let label = if place == 0 { "Issuers" } else { "" };
        writeln!(text, "{label:12} {} ({}) at {}", issuer.name, issuer.id, issuer.url)?;
    }
    let trustees = manifest.trustees();
    let names: Vec<_> = trustees.members.iter().map(|trustee| trustee.name.as_str()).collect();
    writeln!(
        text,
        "Trustees     {} of {} can open the ballots: {}",
        trustees.threshold,
        names.len(),
        names.join(", ")
    )?;
    for (place, (index, class)) in manifest.class_indices().enumerate() {
        let label = if place == 0 { "Classes" } else { "" };
        let contests: Vec<_> = manifest.ballot_style(index).map(|(_, contest)| contest.id.as_str()).collect();
        write!(text, "{label:12} {} ({}): {}", english(&class.title), class.id, contests.join(", "))?;
        if class.weight != 1 {
            write!(text, "; each mark is {} votes", class.weight)?;
        }
        match &class.district {
            Some(district) => writeln!(text, "; district {district}")?,
            None => writeln!(text)?,
        }
    }
    write_contests(text, manifest.contests().iter())?;
    for contest in manifest.contests() {
        writeln!(text, "\n{}: {} seats, by the most votes", english(&contest.title), contest.seats)?;
    }
    Ok(())
}
