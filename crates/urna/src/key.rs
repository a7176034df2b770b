//! `urna key`: the authority's signing key, and API keys for those who organise.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Subcommand, ValueEnum};
use rand_core::OsRng;
use serde_json::json;
use urna_api::authority::{KeyListed, KeyMade, NewKey, Role, parse_sign_in_link};
use urna_api::client::AuthorityClient;
use urna_api::server::SystemClock;
use urna_authority::{Authority, Config, Folder, FolderError};
use urna_election::json::Base64;
use zeroize::Zeroizing;

use crate::answer::{Answer, End, finish};
use crate::organiser::{Access, PrivateFile, block_on, document, refused};
use crate::serve::config::Config as InstallationConfig;
use crate::serve::installation::Data;
use crate::service::settings::Settings;
use crate::{prompt, service};

/// Make the authority's signing key; make, list and revoke API keys
#[derive(Args)]
#[command(after_help = "\
A first start, on the authority's machine:

  urna key authority --data /var/lib/urna-authority
      prints the public key; it belongs into the board's configuration, under `authorities`
  urna key api --data /var/lib/urna-authority --config authority.toml --account eva --role owner --out eva.toml
      makes eva's key, while the authority does not run; eva gets the file, and lets nobody read it

Later, from anywhere, with an operator's or an owner's key:

  urna key api --account bo --role manager --election council-2027 --out bo.toml
  urna key list
  urna key revoke 0123456789abcdef")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make the key with which the authority signs, once, and print the public one for the board's configuration
    Authority(AuthorityArguments),
    /// Make an API key for somebody; it is shown once
    Api(ApiArguments),
    /// Exchange a sign-in link for an API key, once
    Accept(AcceptArguments),
    /// List the API keys that you may revoke
    #[command(after_help = "Example:\n  urna key list")]
    List(Access),
    /// Revoke an API key, by the id that `urna key list` prints
    #[command(after_help = "Example:\n  urna key revoke 0123456789abcdef")]
    Revoke(RevokeArguments),
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna key authority --data /var/lib/urna-authority

The secret key goes to DIR/authority.key, readable by you only. Elections are bound to it: keep a copy of it in a safe place.
The same command again prints the same public key.")]
struct AuthorityArguments {
    /// Where the authority will keep its records and keys; made if it is not there
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna key api --data DIR --config FILE --account eva --role owner --out eva.toml     on the authority's machine, stopped
  urna key api --account bo --role manager --election council-2027 --out bo.toml      from anywhere
  urna key api --data union --account operator --role operator --link                 of `urna serve`, when all keys are lost

An owner makes elections, which stay the account's; a manager edits one election, loads its register, opens and closes it by
hand; an operator runs the service. An account is a name: whoever has a key of it acts in it.

Without --out the key itself is printed, and nothing else, on standard output.")]
struct ApiArguments {
    /// Whose key: a name, 1 to 100 characters
    #[arg(long, value_name = "NAME")]
    account: String,
    /// What it may
    #[arg(long, value_name = "ROLE")]
    role: RoleName,
    /// In this election only; always for a manager
    #[arg(long, value_name = "SLUG")]
    election: Option<String>,
    /// On the authority's machine, while it does not run: the DIR of `urna authority` or `urna serve`, with its settings
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    settings: Settings,
    /// Print a sign-in link instead, which `urna key accept` exchanges for the key, once and within a week: for whoever is
    /// elsewhere
    #[arg(long, conflicts_with = "out")]
    link: bool,
    /// Write address and key to this new file, readable by you only, for --as
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    access: Access,
}

#[derive(Args)]
#[command(after_help = "\
Examples:
  urna key accept --out eva.toml                  asks for the link
  urna key accept link.txt --out eva.toml

The link is what `urna serve` prints at its first start, or `urna key api --link`. It is good for one exchange, within a week;
then it is used up. The key goes to a new file, readable by you only, with the authority's address:

  urna election list --as eva.toml")]
struct AcceptArguments {
    /// File with the link; `-` is standard input [default: asks for it]
    #[arg(value_name = "LINK_FILE")]
    link: Option<PathBuf>,
    /// Write address and key to this new file
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Print one JSON document instead of text
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
struct RevokeArguments {
    /// The key's id
    #[arg(value_name = "ID")]
    id: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    access: Access,
}

/// A role, as it is typed.
#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    Owner,
    Manager,
    Operator,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    match &arguments.command {
        Command::Authority(made) => finish("urna key authority", made.json, make_signing_key(made)),
        Command::Api(api) => make_api_key(api),
        Command::Accept(accepted) => finish("urna key accept", accepted.json, accept(accepted)),
        Command::List(access) => access.run("urna key list", async |authority| {
            let keys = authority.keys().await.map_err(refused)?;
            Ok(Answer::of(table(&keys), &keys))
        }),
        Command::Revoke(RevokeArguments { id, yes, access }) => {
            access.run("urna key revoke", async |authority| {
                let what = format!("This revokes the API key {id}: whoever has it can do nothing any more.");
                prompt::confirm(&what, None, *yes)?;
                authority.revoke_key(id).await.map_err(refused)?;
                Ok(Answer::yes(format!("The API key {id} is revoked."), json!({ "revoked": id })))
            })
        }
    }
}

fn make_signing_key(arguments: &AuthorityArguments) -> Result<Answer, End> {
    let folder = Folder::new(&arguments.data);
    let (key, is_new) = match folder.make_signing_key(&mut OsRng) {
        Ok(key) => (key, true),
        Err(FolderError::AlreadyMade(_)) => (folder.signing_key().map_err(service::no)?, false),
        Err(error) => return Err(service::no(error)),
    };
    let public = serde_json::to_value(Base64(key.public().to_bytes())).unwrap_or_default();
    let what = if is_new { "The authority has a key now." } else { "The authority has had this key before." };
    let text = format!(
        "{what} The board's configuration needs its public half:\n\nauthorities = [{public}]\n\nKeep a copy of {}.",
        arguments.data.join("authority.key").display()
    );
    Ok(Answer::yes(text, json!({ "public_key": public, "made": is_new })))
}

fn make_api_key(arguments: &ApiArguments) -> ExitCode {
    let ApiArguments { account, role, election, data, settings, link, out, access } = arguments;
    let role = match role {
        RoleName::Owner => Role::Owner,
        RoleName::Manager => Role::Manager,
        RoleName::Operator => Role::Operator,
    };
    let new = NewKey { account: account.clone(), role, election: election.clone(), link: *link };
    let make = || {
        // First, so that no key is made that nobody gets.
        let file = out.as_deref().map(PrivateFile::create).transpose()?;
        let (made, address) = match data {
            Some(data) => {
                let (config, folder) = authority_of(data, settings)?;
                let address = config.url.clone();
                let authority =
                    Authority::open(config, &folder, Arc::new(SystemClock)).map_err(service::no)?;
                (authority.make_first_key(&new).map_err(service::no)?, address)
            }
            None => {
                let (address, client) = access.client()?;
                (block_on(async { client.make_key(&new).await.map_err(refused) })?, address)
            }
        };
        if *link {
            let link = made.sign_in_link(&address);
            return Ok(Answer::yes(link.to_string(), json!({ "id": made.id, "link": *link })));
        }
        hand_over(made, &address, file)
    };
    finish("urna key api", access.json, make())
}

/// The authority that keeps its records here, by itself or in an installation.
fn authority_of(data: &Path, settings: &Settings) -> Result<(Config, PathBuf), End> {
    let installation = Data::new(data);
    if !installation.has_authority().map_err(service::no)? {
        return Ok((settings.read(Config::parse)?, data.to_owned()));
    }
    let config = settings.read(InstallationConfig::parse)?;
    let folder = installation.authority();
    let key = Folder::new(&folder).signing_key().map_err(service::no)?.public();
    let parts = config.parts(config.vote_listens(), config.board_listens(), &key);
    Ok((parts.map_err(service::no)?.authority, folder))
}

fn accept(arguments: &AcceptArguments) -> Result<Answer, End> {
    let link = match &arguments.link {
        Some(path) => prompt::read_secret(path, "a sign-in link")?,
        None => prompt::ask_secret("Sign-in link: ")?,
    };
    let Some((address, secret)) = parse_sign_in_link(&link) else {
        return Err(End::unreadable("this is no sign-in link: one is https://…/sign-in#urna_…"));
    };
    // First, so that no link is used up for nothing.
    let file = PrivateFile::create(&arguments.out)?;
    let made = block_on(async { AuthorityClient::exchange_link(address, secret).await.map_err(refused) })?;
    hand_over(made, address, Some(file))
}

/// Shows the key, or writes it to a file.
fn hand_over(made: KeyMade, address: &str, file: Option<PrivateFile>) -> Result<Answer, End> {
    let KeyMade { id, key } = made;
    let key = Zeroizing::new(key);
    let Some(file) = file else {
        return Ok(Answer::yes(key.to_string(), json!({ "id": id, "key": *key })));
    };
    let path = file.path().to_owned();
    file.write(document(address, &key).as_bytes())?;
    let text = format!(
        "The key {id} lies in {0} with the authority's address. Give the file to its owner and to nobody else. It is used so:\n\n  \
         urna election list --as {0}",
        path.display()
    );
    Ok(Answer::yes(text, json!({ "file": path, "id": id })))
}

fn table(keys: &[KeyListed]) -> String {
    let name = |role| match role {
        Role::Owner => "owner",
        Role::Manager => "manager",
        Role::Operator => "operator",
    };
    let line = |key: &KeyListed| {
        let election = key.election.as_deref().unwrap_or("every election");
        let link = if key.link_until.is_some() { " (a sign-in link, not used yet)" } else { "" };
        format!("{}  {:8}  {}, {election}{link}", key.id, name(key.role), key.account)
    };
    keys.iter().map(line).collect::<Vec<_>>().join("\n")
}
