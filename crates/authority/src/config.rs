//! What whoever runs an authority decides: where it is, which board it uses, how it sends mail.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use lettre::message::Mailbox;
use serde::Deserialize;
use url::Url;
use urna_api::server::{ConfigError, public_address};
use zeroize::Zeroizing;

/// The configuration of an authority, a TOML document (`spec/cli.md`).
#[derive(Clone, Debug)]
pub struct Config {
    /// Where voters reach it: invitations begin with it. Without a slash at the end.
    pub url: String,
    /// Where it listens.
    pub listen: SocketAddr,
    /// The board's address.
    pub board: Url,
    /// The mail server; without one there are letters.
    pub mail: Option<MailConfig>,
}

/// How mails are sent.
#[derive(Clone, Debug)]
pub struct MailConfig {
    /// Whom mails are from.
    pub from: Mailbox,
    /// Where they go.
    pub to: MailTarget,
}

/// Where mails go.
#[derive(Clone, Debug)]
pub enum MailTarget {
    /// To a mail server.
    Server(MailServer),
    /// Into a folder, a file each: for trials, and for a mail program that takes them from there.
    Folder(PathBuf),
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// Its name.
    pub name: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept secret.
    pub security: Security,
    /// Account and password, if it asks for them.
    pub login: Option<Login>,
}

/// An account at a mail server. The password is wiped when dropped, and not printed.
#[derive(Clone)]
pub struct Login {
    /// The account.
    pub user: String,
    /// Its password.
    pub password: Zeroizing<String>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("user", &self.user).field("password", &"<redacted>").finish()
    }
}

/// How a connection to a mail server is kept secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS after STARTTLS, or no mail. Usually port 587.
    Starttls,
    /// TLS from the first byte. Usually port 465.
    Tls,
    /// Not at all: only to the own machine.
    None,
}

/// The document as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    url: String,
    listen: SocketAddr,
    board: String,
    mail: Option<MailDocument>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MailDocument {
    from: String,
    folder: Option<PathBuf>,
    server: Option<String>,
    port: Option<u16>,
    security: Option<Security>,
    user: Option<String>,
    password_file: Option<PathBuf>,
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// [`ConfigError`], with every problem at once.
    pub fn parse(toml: &str) -> Result<Self, ConfigError> {
        let document: Document = toml::from_str(toml)?;
        let mut problems = Vec::new();
        let mut address = |field, text| {
            public_address(text).map_err(|wrong| problems.push(format!("{field}: {wrong}"))).ok()
        };
        let (url, board) = (address("url", &document.url), address("board", &document.board));
        let mail = document.mail.map(|mail| mail_config(mail, &mut problems));
        match (url, board, mail) {
            (Some(url), Some(board), mail) if problems.is_empty() => Ok(Self {
                url: url.as_str().trim_end_matches('/').to_owned(),
                listen: document.listen,
                board,
                mail: mail.flatten(),
            }),
            _ => Err(ConfigError::Fields(problems)),
        }
    }
}

fn mail_config(mail: MailDocument, problems: &mut Vec<String>) -> Option<MailConfig> {
    let from: Option<Mailbox> = mail.from.parse().ok();
    if from.is_none() {
        problems.push("mail.from: is no sender; write \"Elections <elections@uni.example>\"".to_owned());
    }
    let to = match (mail.server, mail.folder) {
        (None, Some(folder)) => {
            if mail.port.is_some()
                || mail.security.is_some()
                || mail.user.is_some()
                || mail.password_file.is_some()
            {
                problems.push("mail.folder: has no port, security, user or password_file".to_owned());
            }
            Some(MailTarget::Folder(folder))
        }
        (Some(name), None) => {
            let login = login(mail.user, mail.password_file, problems);
            let security = mail.security.unwrap_or(Security::Starttls);
            let is_own = matches!(name.as_str(), "localhost" | "127.0.0.1" | "::1");
            if security == Security::None && !is_own {
                problems.push(
                    "mail.security: invitations are secrets; \"none\" is for a server on this machine"
                        .to_owned(),
                );
            }
            let port = mail.port.unwrap_or(match security {
                Security::Starttls => 587,
                Security::Tls => 465,
                Security::None => 25,
            });
            Some(MailTarget::Server(MailServer { name, port, security, login }))
        }
        _ => {
            problems.push("mail: give a server, or a folder".to_owned());
            None
        }
    };
    Some(MailConfig { from: from?, to: to? })
}

fn login(user: Option<String>, password: Option<PathBuf>, problems: &mut Vec<String>) -> Option<Login> {
    match (user, password) {
        (None, None) => None,
        (Some(user), Some(path)) => match fs::read_to_string(&path) {
            Ok(text) => {
                let text = Zeroizing::new(text);
                let password = Zeroizing::new(text.trim_end_matches(['\r', '\n']).to_owned());
                Some(Login { user, password })
            }
            Err(error) => {
                problems.push(format!("mail.password_file: {}: {error}", path.display()));
                None
            }
        },
        _ => {
            problems.push("mail: give both user and password_file, or neither".to_owned());
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str, board: &str, mail: &str) -> Result<Config, ConfigError> {
        Config::parse(&format!("url = {url:?}\nlisten = \"127.0.0.1:0\"\nboard = {board:?}\n{mail}"))
    }

    #[test]
    fn accepts_public_addresses_loopback_and_mail() {
        let folder = tempfile::tempdir().unwrap();
        let password = folder.path().join("password");
        fs::write(&password, "secret\n").unwrap();
        let mail = format!(
            "[mail]\nserver = \"smtp.uni.example\"\nsecurity = \"starttls\"\nfrom = \"Elections <e@uni.example>\"\n\
             user = \"urna\"\npassword_file = {password:?}\n"
        );
        let config = config("https://vote.example/", "http://127.0.0.1:8080", &mail).unwrap();
        assert_eq!(config.url, "https://vote.example");
        let mail = config.mail.unwrap();
        let MailTarget::Server(server) = &mail.to else { panic!() };
        assert_eq!((server.port, server.login.as_ref().unwrap().password.as_str()), (587, "secret"));
        assert!(!format!("{mail:?}").contains("secret\""));
    }

    #[test]
    fn rejects_with_every_problem_at_once() {
        let mail =
            "[mail]\nserver = \"smtp.uni.example\"\nsecurity = \"none\"\nfrom = \"?\"\nuser = \"urna\"\n";
        let error = config("http://vote.example", "https://board.example/x", mail).unwrap_err().to_string();
        for field in ["url:", "board:", "mail.from:", "mail.security:", "mail:"] {
            assert!(error.contains(field), "{error}");
        }
        for mail in ["folder = \"x\"\nserver = \"y\"", "folder = \"x\"\nport = 25", ""] {
            let mail = format!("[mail]\nfrom = \"a@b.example\"\n{mail}\n");
            let error =
                config("https://vote.example", "https://board.example", &mail).unwrap_err().to_string();
            assert!(error.starts_with("mail"), "{error}");
        }
        assert!(matches!(Config::parse("more = 1"), Err(ConfigError::Toml(_))));
    }
}
