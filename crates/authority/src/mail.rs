//! Sending mails: one message, one answer.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::config::{MailConfig, Security};
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

/// Sends over SMTP.
struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// The mail server of a configuration. Nothing is sent yet.
pub(crate) fn smtp(config: &MailConfig) -> Result<Arc<dyn Mailer>, AuthorityError> {
    type Transport = AsyncSmtpTransport<Tokio1Executor>;
    let builder = match config.security {
        Security::Starttls => Transport::starttls_relay(&config.server),
        Security::Tls => Transport::relay(&config.server),
        Security::None => Ok(Transport::builder_dangerous(&config.server)),
    };
    let builder = builder.map_err(|error| AuthorityError::Mail(error.to_string()))?;
    let builder = builder
        .port(config.port)
        .timeout(Some(PATIENCE))
        .pool_config(PoolConfig::new().max_size(CONNECTIONS));
    let builder = match &config.login {
        Some(login) => {
            let password = login.password.as_str().to_owned();
            builder.credentials(Credentials::new(login.user.clone(), password))
        }
        None => builder,
    };
    Ok(Arc::new(Smtp { transport: builder.build(), from: config.from.clone() }))
}

impl Mailer for Smtp {
    fn send<'a>(&'a self, mail: &'a Mail) -> Sending<'a> {
        Box::pin(async move {
            let address: Address = mail.to.parse().map_err(|error| format!("{error}"))?;
            let message = Message::builder()
                .from(self.from.clone())
                .to(Mailbox::new(None, address))
                .subject(mail.subject.clone())
                .header(ContentType::TEXT_PLAIN)
                .body(mail.text.as_str().to_owned())
                .map_err(|error| error.to_string())?;
            self.transport.send(message).await.map(|_| ()).map_err(|error| error.to_string())
        })
    }
}
