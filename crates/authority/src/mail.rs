//! Sending mails: one message, one answer.

use std::fs::OpenOptions;
use std::future::Future;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use rand_core::{OsRng, RngCore};

use crate::config::{MailConfig, MailServer, MailTarget, Security};
use crate::error::AuthorityError;

/// How long a mail server may take for one mail.
const PATIENCE: Duration = Duration::from_secs(60);
/// Connections at once.
const CONNECTIONS: u32 = 4;

/// A mail to one person. Its text may be a secret.
pub struct Mail {
    /// To whom.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: zeroize::Zeroizing<String>,
}

/// Whether a mail was accepted; if not, what the server said.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// Sends mails.
pub trait Mailer: Send + Sync {
    /// Hands a mail to the mail server. When this succeeds, the server has taken it upon itself.
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a>;
}

/// The mailer of a configuration. Nothing is sent yet.
pub(crate) fn mailer(config: &MailConfig) -> Result<Arc<dyn Mailer>, AuthorityError> {
    let from = config.from.clone();
    Ok(match &config.to {
        MailTarget::Server(server) => Arc::new(Smtp { transport: transport(server)?, from }),
        MailTarget::Folder(path) => Arc::new(Folder { path: path.clone(), from }),
    })
}

/// Sends over SMTP.
struct Smtp {
    transport: Transport,
    from: Mailbox,
}

type Transport = AsyncSmtpTransport<Tokio1Executor>;

fn transport(server: &MailServer) -> Result<Transport, AuthorityError> {
    let builder = match server.security {
        // Where the server offers no STARTTLS, nothing is sent.
        Security::Starttls => Transport::starttls_relay(&server.name),
        Security::Tls => Transport::relay(&server.name),
        Security::None => Ok(Transport::builder_dangerous(&server.name)),
    };
    let builder = builder.map_err(|error| AuthorityError::Mail(error.to_string()))?;
    let builder = builder
        .port(server.port)
        .timeout(Some(PATIENCE))
        .pool_config(PoolConfig::new().max_size(CONNECTIONS));
    Ok(match &server.login {
        Some(login) => {
            let password = login.password.as_str().to_owned();
            builder.credentials(Credentials::new(login.user.clone(), password)).build()
        }
        None => builder.build(),
    })
}

impl Mailer for Smtp {
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a> {
        Box::pin(async move {
            let message = message(&self.from, mail)?;
            self.transport.send(message).await.map(|_| ()).map_err(|error| error.to_string())
        })
    }
}

/// Writes files.
struct Folder {
    path: PathBuf,
    from: Mailbox,
}

impl Mailer for Folder {
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a> {
        Box::pin(async move {
            let bytes = message(&self.from, mail)?.formatted();
            let path = self.path.join(format!("{:016x}.eml", OsRng.next_u64()));
            let write = move || {
                let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
                file.write_all(&bytes)?;
                file.sync_all()
            };
            let written = tokio::task::spawn_blocking(write).await.map_err(|error| error.to_string())?;
            written.map_err(|error| format!("{}: {error}", self.path.display()))
        })
    }
}

/// Whether mail can be sent there, as far as its form goes.
pub(crate) fn is_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

fn message(from: &Mailbox, mail: &Mail) -> Result<Message, String> {
    let address: Address = mail.to.parse().map_err(|error| format!("{error}"))?;
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, address))
        .subject(mail.subject.clone())
        .header(ContentType::TEXT_PLAIN)
        .body(mail.text.as_str().to_owned())
        .map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::{TcpListener, TcpStream};
    use zeroize::Zeroizing;

    use super::*;

    /// A mail server that knows no TLS, and what clients said to it.
    async fn server() -> (u16, Arc<Mutex<Vec<String>>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let hearing = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&hearing)));
            }
        });
        (port, heard)
    }

    async fn answer(stream: TcpStream, heard: Arc<Mutex<Vec<String>>>) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut in_data = false;
        let _ = write.write_all(b"220 mail.example\r\n").await;
        while let Ok(Some(line)) = lines.next_line().await {
            let answer: &[u8] = match line.split(' ').next().unwrap() {
                _ if in_data && line != "." => b"",
                "." => {
                    in_data = false;
                    b"250 accepted\r\n"
                }
                "DATA" => {
                    in_data = true;
                    b"354 go on\r\n"
                }
                "RCPT" if line.contains("nobody") => b"550 no such mailbox\r\n",
                "QUIT" => return,
                _ => b"250 ok\r\n",
            };
            heard.lock().unwrap().push(line);
            let _ = write.write_all(answer).await;
        }
    }

    fn config(port: u16, security: Security) -> MailConfig {
        let server = MailServer { name: "127.0.0.1".into(), port, security, login: None };
        MailConfig { from: "Elections <e@uni.example>".parse().unwrap(), to: MailTarget::Server(server) }
    }

    fn mail(to: &str) -> Mail {
        let text = "https://vote.example/vote/union-2027#secret\n".to_owned();
        Mail { to: to.into(), subject: "Volby: žádost".into(), text: Zeroizing::new(text) }
    }

    #[tokio::test]
    async fn hands_mails_to_a_server() {
        let (port, heard) = server().await;
        let mailer = mailer(&config(port, Security::None)).unwrap();
        mailer.send(&mail("ada@uni.example")).await.unwrap();
        let refused = mailer.send(&mail("nobody@uni.example")).await.unwrap_err();
        assert!(refused.contains("550"), "{refused}");
        let heard = heard.lock().unwrap();
        assert!(heard.iter().any(|line| line == "RCPT TO:<ada@uni.example>"), "{heard:?}");
        assert!(heard.iter().any(|line| line.starts_with("https://vote.example/vote/")), "{heard:?}");
    }

    #[tokio::test]
    async fn sends_nothing_where_the_server_offers_no_tls() {
        for security in [Security::Starttls, Security::Tls] {
            let (port, heard) = server().await;
            let mailer = mailer(&config(port, security)).unwrap();
            let sending = mail("ada@uni.example");
            let sent = tokio::time::timeout(Duration::from_secs(5), mailer.send(&sending)).await;
            assert!(!matches!(sent, Ok(Ok(()))), "{security:?}");
            let heard = heard.lock().unwrap();
            assert!(
                !heard.iter().any(|line| line.contains("secret") || line.starts_with("MAIL")),
                "{heard:?}"
            );
        }
    }

    #[tokio::test]
    async fn writes_files_that_only_the_owner_reads() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let to = MailTarget::Folder(folder.path().to_owned());
        let config = MailConfig { from: "e@uni.example".parse().unwrap(), to };
        mailer(&config).unwrap().send(&mail("ada@uni.example")).await.unwrap();
        let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert!(text.contains("To: ada@uni.example") && text.contains("union-2027#secret"), "{text}");
    }
}
