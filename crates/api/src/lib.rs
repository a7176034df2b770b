//! What Urna's services say to each other and to everybody: bodies, problem documents, servers and clients.
//!
//! `spec/http.md` is the page; the services' own routes lie in their own crates, and what goes over the wire lies here, so
//! that both ends read the same types.
//!
//! | module | what | start reading at |
//! |---|---|---|
//! | `problem` | every error that a service answers with (RFC 9457) | [`Problem`], [`ProblemType`] |
//! | [`authority`] | bodies of the authority | [`authority::Draft`] |
//! | [`board`] | bodies, headers and paths of the board | [`board::Status`] |
//! | [`issuer`] | bodies of the issuer | [`issuer::OpenSession`] |
//! | [`client`], feature `client` | one async client for each service, over a transport; sockets with the feature `native` | [`client::BoardClient`] |
//! | [`server`], feature `server` | answers, request bodies and a listener with limits | [`server::serve`] |
//!
//! Nothing here knows an election's rules: bodies are parsed by `urna-election` and `urna-log`.

pub mod authority;
pub mod board;
#[cfg(feature = "client")]
pub mod client;
pub mod issuer;
mod problem;
#[cfg(feature = "server")]
pub mod server;

pub use problem::{Item, Problem, ProblemType};
