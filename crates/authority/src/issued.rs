//! Who has taken a token: asked of the issuers, over HTTP, when it is needed, and not kept.
//!
//! Every issuer signs a voter's token, and a voter who is interrupted may have the answer of some of them only. Whoever got an
//! answer from any issuer has begun to use the invitation: a reminder would be wrong, and so would another credential.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use urna_api::client::IssuerClient;
use urna_api::issuer::AskIssued;
use urna_api::server::Clock;
use urna_crypto::{Ed25519SigningKey, Handle, IssuedRequest};
use urna_election::json::Base64;
use urna_election::manifest::{Issuer, Manifest};

use crate::error::AuthorityError;

/// The most pages of an issuer's answer: more than a register has rows.
const PAGES: usize = 4_096;

/// Knows who took a token: the issuers do, and nobody else.
pub trait IssuerWord: Send + Sync {
    /// The handles that have an answer of any issuer of this election.
    fn issued<'a>(&'a self, manifest: &'a Manifest) -> Word<'a>;
}

/// The answer of an [`IssuerWord`]; [`AuthorityError::NoIssuerWord`] if one of the issuers does not answer.
pub type Word<'a> = Pin<Box<dyn Future<Output = Result<BTreeSet<Handle>, AuthorityError>> + Send + 'a>>;

/// Asks every issuer of the manifest, at its address there (HTTP-7).
pub(crate) struct AskIssuers {
    pub(crate) key: Arc<Ed25519SigningKey>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl IssuerWord for AskIssuers {
    fn issued<'a>(&'a self, manifest: &'a Manifest) -> Word<'a> {
        Box::pin(async move {
            let mut issued = BTreeSet::new();
            for issuer in manifest.issuers() {
                self.ask(manifest, issuer, &mut issued)
                    .await
                    .map_err(|reason| AuthorityError::NoIssuerWord { issuer: issuer.id.clone(), reason })?;
            }
            Ok(issued)
        })
    }
}

impl AskIssuers {
    /// Adds what one issuer says.
    async fn ask(
        &self,
        manifest: &Manifest,
        issuer: &Issuer,
        issued: &mut BTreeSet<Handle>,
    ) -> Result<(), String> {
        let client = IssuerClient::new(&issuer.url).map_err(|error| error.to_string())?;
        let mut after = None;
        for _ in 0..PAGES {
            let time = self.clock.now();
            let statement = IssuedRequest { election: manifest.id(), issuer: issuer.id.as_str(), time };
            let request = AskIssued { after, signature: Base64(self.key.sign(&statement)), time };
            let page = client.issued(manifest.slug(), &request).await.map_err(|error| error.to_string())?;
            after = page.handles.last().copied();
            issued.extend(page.handles.iter().map(|handle| handle.0));
            if !page.more || after.is_none() {
                return Ok(());
            }
        }
        Err("its answer does not end".to_owned())
    }
}
