//! What the organiser's commands share: where the authority is and as whom it is asked, and what a refusal looks like.
//!
//! Both come from options, or from a file with address and API key, as `urna key api --out FILE` writes it. The key is never
//! an argument.

use std::fs::{self, File, OpenOptions};
use std::future::Future;
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use serde::Deserialize;
use serde_json::json;
use urna_api::client::{ApiKey, AuthorityClient, ClientError};
use urna_api::{Item, ProblemType};
use zeroize::Zeroizing;

use crate::answer::{Answer, End, finish};
use crate::prompt::read_secret;

/// Where the file is looked for that no option names.
const DEFAULT: &str = "urna/organiser.toml";
/// Names that file.
const VARIABLE: &str = "URNA_ORGANISER";

/// Under which these options stand in a help.
const HEADING: &str = "Where, as whom, and how to answer";

/// How `--as` is explained.
const AS_WHOM: &str = "\
File with both, readable by you only, as `urna key api --out FILE` writes it:

  authority = \"https://vote.example\"
  key = \"urna_…\"

By default the file that URNA_ORGANISER names, or ~/.config/urna/organiser.toml. --authority and --key-file take the place of its \
lines";

/// The exit statuses of these commands.
pub(crate) const EXIT: &str = "\
Exit status: 0 done; 1 the answer is no, and nothing was changed; 2 wrong arguments, or something that cannot be read or reached.";

/// Whom to ask, as whom, and how to answer.
#[derive(Args)]
pub(crate) struct Access {
    /// The authority's address, such as https://vote.example
    #[arg(long, help_heading = HEADING, value_name = "URL")]
    pub(crate) authority: Option<String>,
    /// File with the API key; `-` is standard input
    #[arg(long, help_heading = HEADING, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
    /// File with both, as `urna key api --out FILE` writes it
    #[arg(long = "as", help_heading = HEADING, value_name = "FILE", long_help = AS_WHOM)]
    pub(crate) whom: Option<PathBuf>,
    /// Print one JSON document instead of text
    #[arg(long, help_heading = HEADING)]
    pub(crate) json: bool,
}

/// The file with address and key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    authority: Option<String>,
    key: Option<String>,
}

impl Access {
    /// The authority's address, and a client for it that has the key.
    pub(crate) fn client(&self) -> Result<(String, AuthorityClient), End> {
        let (authority, key) = self.whom()?;
        let (Some(authority), Some(key)) = (authority, key) else {
            return Err(End::unreadable(format!(
                "where is the authority, and as whom is it asked? --as FILE, with the lines authority = \"https://…\" and \
                 key = \"urna_…\"; or --authority URL and --key-file FILE; or ~/.config/{DEFAULT}"
            )));
        };
        let client = ApiKey::parse(&key).and_then(|key| AuthorityClient::with_key(&authority, key));
        Ok((authority, client.map_err(refused)?))
    }

    /// What the options, and the file, say.
    fn whom(&self) -> Result<(Option<String>, Option<Zeroizing<String>>), End> {
        let document = match (&self.whom, &self.authority, &self.key_file) {
            (Some(path), ..) => Some(read_document(path)?),
            (None, Some(_), Some(_)) => None,
            (None, ..) => match default_path() {
                Some(path) if path.exists() => Some(read_document(&path)?),
                _ => None,
            },
        };
        let (mut authority, mut key) = match document {
            Some(Document { authority, key }) => (authority, key.map(Zeroizing::new)),
            None => (None, None),
        };
        if let Some(given) = &self.authority {
            authority = Some(given.clone());
        }
        if let Some(path) = &self.key_file {
            if path != Path::new("-") {
                check_private(path)?;
            }
            key = Some(read_secret(path, "an API key")?);
        }
        Ok((authority, key))
    }

    /// Asks the authority what needs no key: its address is enough.
    pub(crate) fn run_without_key<F>(
        &self,
        command: &str,
        work: impl FnOnce(AuthorityClient) -> F,
    ) -> ExitCode
    where
        F: Future<Output = Result<Answer, End>>,
    {
        let client = self.whom().and_then(|(authority, _)| {
            let needed = || End::unreadable("where is the authority? --authority URL");
            AuthorityClient::new(&authority.ok_or_else(needed)?).map_err(refused)
        });
        finish(command, self.json, client.and_then(|client| block_on(work(client))))
    }

    /// Asks the authority, and says what came of it.
    pub(crate) fn run<F>(&self, command: &str, work: impl FnOnce(AuthorityClient) -> F) -> ExitCode
    where
        F: Future<Output = Result<Answer, End>>,
    {
        let answered = self.client().and_then(|(_, client)| block_on(work(client)));
        finish(command, self.json, answered)
    }
}

/// Waits for what asks services.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, End>>) -> Result<T, End> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| End::unreadable(error.to_string()))?.block_on(work)
}

fn default_path() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || variable("HOME").map(|home| home.join(".config"));
    variable(VARIABLE).or_else(|| Some(variable("XDG_CONFIG_HOME").or_else(home)?.join(DEFAULT)))
}

fn read_document(path: &Path) -> Result<Document, End> {
    check_private(path)?;
    let text = read_secret(path, "an authority's address and an API key")?;
    // What a parser says of a file repeats its lines.
    toml::from_str(&text).map_err(|error| {
        let line =
            error.span().map_or(1, |span| text.get(..span.start).unwrap_or_default().lines().count().max(1));
        let path = path.display();
        End::unreadable(format!(
            "{path}:{line}: the file has the lines authority = \"https://…\" and key = \"urna_…\""
        ))
    })
}

/// A file with a secret is for its owner alone.
fn check_private(path: &Path) -> Result<(), End> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => {
            let path = path.display();
            Err(End::unreadable(format!("{path} can be read by others: see who did, then `chmod 600` it")))
        }
        // What cannot be read says so when it is read.
        _ => Ok(()),
    }
}

/// A new file that only its owner may read. Dropped before it is written, it is gone again.
pub(crate) struct PrivateFile {
    path: PathBuf,
    file: Option<File>,
}

impl PrivateFile {
    /// Makes it; a file that is there is never replaced.
    pub(crate) fn create(path: &Path) -> Result<Self, End> {
        match OpenOptions::new().create_new(true).write(true).mode(0o600).open(path) {
            Ok(file) => Ok(Self { path: path.to_owned(), file: Some(file) }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(End::unreadable(format!(
                "{} exists, and is not replaced: name another file",
                path.display()
            ))),
            Err(error) => Err(End::unreadable(format!("{}: {error}", path.display()))),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes it.
    pub(crate) fn write(mut self, bytes: &[u8]) -> Result<(), End> {
        let written = match &mut self.file {
            Some(file) => file.write_all(bytes).and_then(|()| file.sync_all()),
            None => Ok(()),
        };
        written.map_err(|error| End::unreadable(format!("{}: {error}", self.path.display())))?;
        self.file = None;
        Ok(())
    }
}

impl Drop for PrivateFile {
    fn drop(&mut self) {
        if self.file.is_some() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The file with address and key.
pub(crate) fn document(authority: &str, key: &str) -> Zeroizing<String> {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    Zeroizing::new(format!(
        "# Address and API key of Urna's authority. Whoever has this file can do what its account may.\n\
         authority = {}\nkey = {}\n",
        quoted(authority),
        quoted(key)
    ))
}

/// Why the authority does not do it, with everything that is wrong.
pub(crate) fn refused(error: ClientError) -> End {
    let Some(problem) = error.problem() else { return End::unreadable(error.to_string()) };
    let status = match problem.kind {
        // What was asked for cannot be read, or whether it was done is not known.
        ProblemType::Malformed | ProblemType::UnsupportedMediaType | ProblemType::UnknownRoute => 2,
        ProblemType::MailFailed => 1,
        kind if kind.status() >= 500 => 2,
        _ => 1,
    };
    let mut text = problem.detail.clone();
    for item in &problem.problems {
        text.push_str("\n  ");
        text.push_str(&place(item));
    }
    let json =
        json!({ "error": problem.detail, "problem": problem.kind.name(), "problems": problem.problems });
    End::new(status, text, json)
}

/// A problem with its place, in one line.
pub(crate) fn place(item: &Item) -> String {
    match (&item.field, item.line) {
        (Some(field), _) if !field.is_empty() => format!("{field}: {}", item.problem),
        (_, Some(line)) => format!("line {line}: {}", item.problem),
        _ => item.problem.clone(),
    }
}

/// What is wrong with a file of JSON, and where.
pub(crate) fn json_error(name: &str, error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let what = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
    format!("{name}:{line}:{column}: {what}")
}
