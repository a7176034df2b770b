//! `urna election new`, `draft`, `edit`, `validate`.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::Args;
use serde_json::json;
use urna_api::authority::{Draft, NewElection, Validated};
use urna_api::client::AuthorityClient;
use urna_election::Slug;

use super::Named;
use crate::answer::{Answer, End};
use crate::organiser::{json_error, place, refused};

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna election new council-2027                       from the preset `council`: over days, voters may vote again
  urna election new board-2027 --from meeting          opened and closed by hand while people sit together
  urna election new vote-2027 --from committee         one final ballot
  urna election new council-2028 --from council-2027   as that election was
  urna election new council-2027 --draft draft.json    with a draft of your own, as `urna election draft` prints one")]
pub(super) struct NewArguments {
    #[command(flatten)]
    election: Named,
    /// Begin with another election's draft, or with a preset: council, committee, meeting, practice
    #[arg(long, value_name = "SLUG|PRESET")]
    from: Option<String>,
    /// Put this draft in its place; `-` is standard input
    #[arg(long, value_name = "FILE")]
    draft: Option<PathBuf>,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna election edit council-2027                      in the editor that VISUAL or EDITOR names
  urna election draft council-2027 > draft.json
  urna election edit council-2027 draft.json           the file takes the place of the draft

Whatever was approved before must be approved again.")]
pub(super) struct EditArguments {
    #[command(flatten)]
    election: Named,
    /// File with the draft; `-` is standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// `urna election new`.
pub(super) fn new(arguments: &NewArguments) -> ExitCode {
    let NewArguments { election: Named { slug, access }, from, draft } = arguments;
    access.run("urna election new", async |authority| {
        // First, so that a mistyped file makes no election.
        let own = draft.as_deref().map(read_draft).transpose()?;
        let new = NewElection { slug: slug.to_string(), from: from.clone() };
        let (mut draft, edit) = authority.create(&new).await.map_err(refused)?;
        if let Some(own) = own {
            draft = authority.edit(slug, &own, &edit).await.map_err(refused)?.0;
        }
        let left = authority.validate(slug).await.map_err(refused)?;
        let text = format!("The election {slug} is made. {}", next(slug, &left));
        Ok(Answer::yes(text, json!({ "draft": draft, "problems": left.problems, "slug": slug.as_str() })))
    })
}

/// `urna election draft`.
pub(super) fn draft(named: &Named) -> ExitCode {
    named.run("urna election draft", async |authority| {
        let (draft, _) = authority.draft(&named.slug).await.map_err(refused)?;
        Ok(Answer::of(pretty(&draft), &draft))
    })
}

/// `urna election edit`.
pub(super) fn edit(arguments: &EditArguments) -> ExitCode {
    let EditArguments { election, file } = arguments;
    let slug = &election.slug;
    election.run("urna election edit", async |authority| {
        let own = file.as_deref().map(read_draft).transpose()?;
        let voided = authority.status(slug).await.map_err(refused)?.approved_by;
        let (before, edit) = authority.draft(slug).await.map_err(refused)?;
        let (draft, kept) = match own {
            Some(own) => (own, None),
            None => {
                let (draft, path) = in_editor(slug, &before)?;
                (draft, Some(path))
            }
        };
        if draft == before {
            kept.map(fs::remove_file);
            let text = "The draft is as it was: nothing was changed, no approval is void.".to_owned();
            return Ok(Answer::yes(text, json!({ "changed": false, "voided": [] })));
        }
        authority.edit(slug, &draft, &edit).await.map_err(|error| match &kept {
            Some(path) => refused(error).adding(&format!("Your text is in {}", path.display())),
            None => refused(error),
        })?;
        kept.map(fs::remove_file);
        let left = problems(&authority, slug).await?;
        let mut text = "The draft is edited.".to_owned();
        if !voided.is_empty() {
            text.push_str(&format!(" Approvals are void, and needed again: {}.", voided.join(", ")));
        }
        text.push_str(&format!(" {}", next(slug, &left)));
        Ok(Answer::yes(text, json!({ "changed": true, "problems": left.problems, "voided": voided })))
    })
}

/// `urna election validate`.
pub(super) fn validate(named: &Named) -> ExitCode {
    named.run("urna election validate", async |authority| {
        let left = problems(&authority, &named.slug).await?;
        let lines: Vec<String> = left.problems.iter().map(place).collect();
        let text = if lines.is_empty() {
            "There is nothing to mend: the manifest is complete.".to_owned()
        } else {
            lines.join("\n")
        };
        Ok(Answer { yes: lines.is_empty(), ..Answer::of(text, &left) })
    })
}

async fn problems(authority: &AuthorityClient, slug: &Slug) -> Result<Validated, End> {
    authority.validate(slug).await.map_err(refused)
}

fn next(slug: &Slug, left: &Validated) -> String {
    match left.problems.len() {
        0 => format!("There is nothing to mend: the manifest is complete. Next: urna election status {slug}"),
        1 => format!("One thing is missing or wrong: urna election validate {slug}"),
        count => format!("{count} things are missing or wrong: urna election validate {slug}"),
    }
}

fn pretty(draft: &Draft) -> String {
    serde_json::to_string_pretty(draft).unwrap_or_default()
}

fn read_draft(path: &Path) -> Result<Draft, End> {
    let (text, name) = if path == Path::new("-") {
        let mut text = String::new();
        (io::stdin().read_to_string(&mut text).map(|_| text), "standard input".to_owned())
    } else {
        (fs::read_to_string(path), path.display().to_string())
    };
    parse(&text.map_err(|error| End::unreadable(format!("{name}: {error}")))?, &name)
}

fn parse(text: &str, name: &str) -> Result<Draft, End> {
    serde_json::from_str(text)
        .map_err(|error| End::unreadable(format!("{}; nothing was changed", json_error(name, &error))))
}

/// Lets a person edit the draft; answers with it and with the file in which it still is.
fn in_editor(slug: &Slug, draft: &Draft) -> Result<(Draft, PathBuf), End> {
    let failed = |error: io::Error| End::unreadable(format!("a file for the editor: {error}"));
    let file = tempfile::Builder::new().prefix(&format!("{slug}-")).suffix(".json").tempfile();
    let (_, path) = file.map_err(failed)?.keep().map_err(|error| failed(error.error))?;
    fs::write(&path, pretty(draft) + "\n").map_err(failed)?;
    let editor = ["VISUAL", "EDITOR"].into_iter().find_map(std::env::var_os);
    let editor = editor.unwrap_or_else(|| "vi".into());
    // As git does it: the variable may hold arguments too.
    let mut command = Command::new("sh");
    command.arg("-c").arg("$URNA_EDITOR \"$1\"").arg("sh").arg(&path).env("URNA_EDITOR", &editor);
    let ended = command.status();
    let why = match ended {
        Ok(status) if status.success() => None,
        Ok(status) => Some(status.to_string()),
        Err(error) => Some(error.to_string()),
    };
    if let Some(why) = why {
        let editor = editor.display();
        return Err(End::unreadable(format!(
            "{editor}: {why}; nothing was changed. The draft is in {}",
            path.display()
        )));
    }
    let text = fs::read_to_string(&path).map_err(failed)?;
    let draft = parse(&text, &path.display().to_string())?;
    Ok((draft, path))
}
