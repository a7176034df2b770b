//! The organiser's service: everything that knows people, and nothing of ballots.

mod access;
mod clock;
mod config;
mod draft;
mod elections;
mod error;
mod folder;
mod http;
pub mod import;
mod invitations;
mod mail;
mod phases;
mod posting;
mod records;
mod register;
mod schedule;
mod sealing;
mod service;
mod store;

pub use access::{Actor, Caller};
pub use clock::{Clock, SystemClock};
pub use config::{Config, ConfigError, Login, MailConfig, MailServer, MailTarget, Security};
pub use error::AuthorityError;
pub use folder::{Folder, FolderError, LockedFolder};
pub use http::{routes, run};
pub use invitations::{IssuerWord, Word};
pub use mail::{Mail, Mailer, Sending};
pub use schedule::keep_time;
pub use sealing::Unsealable;
pub use service::{Authority, Parts};
pub use store::{Changes, DiskStore, Pairs, Store, StoreError, Table, VALUE_LIMIT};
