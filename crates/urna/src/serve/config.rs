//! What whoever runs an installation decides: two addresses, and how it sends mail.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::Deserialize;
use toml::{Table, Value};
use urna_api::server::{ConfigError, public_address};
use urna_crypto::Ed25519Key;
use urna_election::json::Base64;

/// The configuration of an installation, a TOML document (`spec/cli.md`).
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    pub(crate) vote: Place,
    pub(crate) board: Place,
    name: Option<String>,
    mail: Option<Value>,
}

/// One of the two addresses.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    /// Where it is reached; none is where it listens.
    url: Option<String>,
    listen: Option<SocketAddr>,
}

/// What authority and board are configured with.
pub(crate) struct Parts {
    pub(crate) authority: urna_authority::Config,
    pub(crate) board: urna_board::Config,
}

/// The document as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    vote: Place,
    #[serde(default)]
    board: BoardTable,
    mail: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct BoardTable {
    name: Option<String>,
    // Not Place, flattened: then unknown fields would be taken.
    url: Option<String>,
    listen: Option<SocketAddr>,
}

impl Config {
    /// Reads a configuration. All of it may be missing: then it is for this machine alone.
    ///
    /// # Errors
    /// [`ConfigError`], with every problem at once.
    pub(crate) fn parse(toml: &str) -> Result<Self, ConfigError> {
        let Document { vote, board, mail } = toml::from_str(toml)?;
        let config =
            Self { vote, board: Place { url: board.url, listen: board.listen }, name: board.name, mail };
        let mut problems = Vec::new();
        for (section, place) in [("vote", &config.vote), ("board", &config.board)] {
            let is_public = place.listen.is_some_and(|listen| !listen.ip().is_loopback());
            if place.url.is_none() && is_public {
                problems.push(format!(
                    "{section}.url: is needed where others reach {section}.listen: the https address that they use"
                ));
            }
        }
        // With some key and some ports: whatever is wrong with the rest shows before anything is made.
        let key = urna_crypto::Ed25519SigningKey::from_bytes(&[7; 32]).public();
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 1));
        if let Err(ConfigError::Fields(wrong)) = config.parts(any, any, &key) {
            problems.extend(wrong);
        }
        if problems.is_empty() { Ok(config) } else { Err(ConfigError::Fields(problems)) }
    }

    /// Where authority and issuer listen.
    pub(crate) fn vote_listens(&self) -> SocketAddr {
        self.vote.listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)))
    }

    /// Where the board listens.
    pub(crate) fn board_listens(&self) -> SocketAddr {
        self.board.listen.unwrap_or(SocketAddr::from((Ipv4Addr::LOCALHOST, 8081)))
    }

    /// What authority and board are configured with, which listen at these addresses.
    ///
    /// # Errors
    /// [`ConfigError::Fields`].
    pub(crate) fn parts(
        &self,
        vote: SocketAddr,
        board: SocketAddr,
        authority_key: &Ed25519Key,
    ) -> Result<Parts, ConfigError> {
        let mut problems = Vec::new();
        let board_url = self.board.url.clone().unwrap_or_else(|| format!("http://{board}"));
        let host = public_address(&board_url).ok().and_then(|url| Some(url.host_str()?.to_owned()));
        let name = self.name.clone().or(host).unwrap_or_default();
        let key = serde_json::to_value(Base64(authority_key.to_bytes())).unwrap_or_default();
        let text = |text: &str| Value::String(text.to_owned());
        let table = Table::from_iter([
            ("name".to_owned(), text(&name)),
            ("url".to_owned(), text(&board_url)),
            ("listen".to_owned(), text(&board.to_string())),
            ("authorities".to_owned(), Value::Array(vec![text(key.as_str().unwrap_or_default())])),
        ]);
        let board_config = urna_board::Config::parse(&table.to_string());
        let board_config = board_config.map_err(|error| tell(&mut problems, "board.", error)).ok();

        let vote_url = self.vote.url.clone().unwrap_or_else(|| format!("http://{vote}"));
        let mut table = Table::from_iter([
            ("url".to_owned(), text(&vote_url)),
            ("listen".to_owned(), text(&vote.to_string())),
            ("board".to_owned(), text(&reached(board).unwrap_or_else(|| board_url.clone()))),
        ]);
        if let Some(mail) = &self.mail {
            table.insert("mail".to_owned(), mail.clone());
        }
        let authority = urna_authority::Config::parse(&table.to_string());
        let authority = authority.map_err(|error| tell(&mut problems, "vote.", error)).ok();
        match (authority, board_config) {
            (Some(authority), Some(board)) => Ok(Parts { authority, board }),
            _ => Err(ConfigError::Fields(problems)),
        }
    }
}

/// What is wrong, under the names that the document has.
fn tell(problems: &mut Vec<String>, section: &str, error: ConfigError) {
    match error {
        ConfigError::Fields(fields) => problems.extend(
            fields
                .into_iter()
                .map(|field| if field.starts_with("mail") { field } else { format!("{section}{field}") }),
        ),
        other => problems.push(other.to_string()),
    }
}

/// How this machine itself reaches what listens here, if it listens on loopback.
fn reached(listens: SocketAddr) -> Option<String> {
    let ip = match listens.ip() {
        ip if ip.is_loopback() => ip,
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        _ => return None,
    };
    Some(format!("http://{}", SocketAddr::new(ip, listens.port())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_nothing_and_everything() {
        let config = Config::parse("").unwrap();
        assert_eq!(config.vote_listens().to_string(), "127.0.0.1:8080");
        assert_eq!(config.board_listens().to_string(), "127.0.0.1:8081");
        let config = Config::parse(
            "[vote]\nurl = \"https://vote.union.example\"\nlisten = \"0.0.0.0:9000\"\n\
             [board]\nurl = \"https://board.union.example\"\nlisten = \"[::]:9001\"\nname = \"union.example\"\n\
             [mail]\nfrom = \"e@union.example\"\nfolder = \"/tmp\"\n",
        )
        .unwrap();
        let key = urna_crypto::Ed25519SigningKey::from_bytes(&[7; 32]).public();
        let parts = config.parts(config.vote_listens(), config.board_listens(), &key).unwrap();
        assert_eq!(parts.authority.url, "https://vote.union.example");
        assert_eq!(parts.authority.board.as_str(), "http://[::1]:9001/");
        assert!(parts.authority.mail.is_some());
    }

    #[test]
    fn rejects_with_every_problem_at_once() {
        let error = Config::parse(
            "[vote]\nurl = \"http://vote.union.example\"\n[board]\nlisten = \"0.0.0.0:80\"\nname = \"a b\"\n\
             [mail]\nfrom = \"?\"\nfolder = \"/tmp\"\n",
        );
        let text = error.unwrap_err().to_string();
        for problem in ["vote.url:", "board.url:", "board.name:", "mail.from:"] {
            assert!(text.contains(problem), "{problem} in {text}");
        }
        assert!(matches!(Config::parse("more = 1"), Err(ConfigError::Toml(_))));
        assert!(matches!(Config::parse("[vote]\nport = 1"), Err(ConfigError::Toml(_))));
    }
}
