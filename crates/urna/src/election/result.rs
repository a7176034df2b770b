//! `urna election result`: the published result, for people, programs and spreadsheets.

use std::process::ExitCode;

use clap::{Args, ValueEnum};
use urna_api::ProblemType;
use urna_election::manifest::Manifest;
use urna_election::result::printable;

use super::Named;
use crate::answer::{Answer, End};
use crate::organiser::{EXIT, refused};

#[derive(Args)]
#[command(after_help = format!("\
Examples:
  urna election result council-2027
  urna election result council-2027 --format csv > result.csv

For everybody: `--authority URL` is enough, without a key. What is printed is what the authority published; `urna-verify` recomputes \
it from the record. Exit status 1 before there is a result.

{EXIT}"))]
pub(super) struct ResultArguments {
    #[command(flatten)]
    election: Named,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One document, as in the record
    Json,
    /// A row for each figure
    Csv,
}

/// `urna election result`.
pub(super) fn result(arguments: &ResultArguments) -> ExitCode {
    let ResultArguments { election: Named { slug, access }, format } = arguments;
    access.run_without_key("urna election result", async |authority| {
        let result = authority.result(slug).await.map_err(|error| match error.kind() {
            Some(ProblemType::NotYetPublic) => {
                End::no(format!("there is no result yet; who is awaited: urna election status {slug}"))
            }
            _ => refused(error),
        })?;
        let text = match format {
            Format::Csv => result.to_csv(),
            Format::Json => String::from_utf8_lossy(&result.to_bytes()).into_owned(),
            Format::Text => {
                let manifest = authority.manifest(slug).await.map_err(refused)?;
                let manifest =
                    Manifest::parse(&manifest).map_err(|error| End::unreadable(error.to_string()))?;
                let id = manifest.id();
                if id.to_string() != result.election_id {
                    return Err(End::unreadable("the result is another election's than the manifest"));
                }
                let title = printable(manifest.title().default_language());
                format!("{title}\nElection id {id}\n{}", result.to_text())
            }
        };
        Ok(Answer::of(text, &result))
    })
}
