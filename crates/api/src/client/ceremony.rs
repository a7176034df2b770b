//! The trustees' key ceremony, of which the authority is the courier.

use urna_election::Slug;
use urna_election::ceremony::Package;

use super::ClientError;
use super::authority::{AuthorityClient, of};
use super::transport::Method;
use crate::authority::{CeremonyShown, Restart};

impl AuthorityClient {
    /// All packages so far, and what is awaited. Nothing of it is verified.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn ceremony(&self, slug: &Slug) -> Result<CeremonyShown, ClientError> {
        self.get(&of(slug, "/ceremony")).read("a key ceremony").await
    }

    /// Gives a trustee's package. The same again is welcome.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn put_package(&self, slug: &Slug, package: &Package) -> Result<CeremonyShown, ClientError> {
        let path = format!("/trustees/{}/{}", package.trustee, package.kind.as_str());
        let request = self.request(Method::Put, &of(slug, &path));
        request.body("application/json", package.to_bytes()).read("a key ceremony").await
    }

    /// Ends an attempt of the ceremony, and begins the next.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn restart_ceremony(
        &self,
        slug: &Slug,
        restart: &Restart,
    ) -> Result<CeremonyShown, ClientError> {
        self.post(&of(slug, "/ceremony/restart")).json(restart).read("a key ceremony").await
    }
}
