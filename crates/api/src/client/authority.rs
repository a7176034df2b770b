//! The authority's client: what organisers, operators and issuers ask it, and what everybody may read.

use core::fmt;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use urna_election::manifest::Manifest;
use urna_election::result::ElectionResult;
use urna_election::{Id, Plan, Slug};
use zeroize::Zeroizing;

use super::ClientError;
#[cfg(feature = "native")]
use super::native::Native;
use super::request::{Request, Service};
use super::transport::{Method, Transport};
use crate::authority::{
    Approve, Audience, Cancel, Cause, Confirm, Done, Draft, IssuerKeys, Job, JobStarted, KeyListed, KeyMade,
    Listed, NewElection, NewKey, Planned, Posted, Published, RegisterChanged, RegisterChanges,
    RegisterLoaded, RegisterRow, Resent, Salt, Send, Status, TestMail, TrusteeKeys, Validated,
};
use crate::board::Turnout;

/// The most bytes of a list of people.
const LIST: usize = 512 << 20;

/// An API key, `urna_<id>_<secret>`. It is sent in a header only, and never printed.
#[derive(Clone)]
pub struct ApiKey(Zeroizing<String>);

impl ApiKey {
    /// Reads a key, with whatever white space is around it.
    ///
    /// # Errors
    /// [`ClientError::NotAnApiKey`], which does not repeat the text.
    pub fn parse(text: &str) -> Result<Self, ClientError> {
        let key = text.trim();
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if key.starts_with("urna_") && key.len() <= 128 && key.bytes().all(is_plain) {
            Ok(Self(Zeroizing::new(key.to_owned())))
        } else {
            Err(ClientError::NotAnApiKey)
        }
    }

    /// The value of the header `Authorization`.
    pub(super) fn bearer(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("Bearer {}", *self.0))
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(<redacted>)")
    }
}

/// Speaks to one authority. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct AuthorityClient {
    service: Service,
    key: Option<ApiKey>,
}

/// Names an edit of a draft: the `ETag` with which it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit(String);

impl AuthorityClient {
    /// The authority at this address, for what needs no key.
    ///
    /// # Errors
    /// [`ClientError::Address`].
    #[cfg(feature = "native")]
    pub fn new(address: &str) -> Result<Self, ClientError> {
        Self::through(Arc::new(Native::new()), address)
    }

    /// The authority at this address, which is shown the key with every request.
    ///
    /// # Errors
    /// [`ClientError::Address`]; [`ClientError::Unprotected`] without https, unless it is this machine.
    #[cfg(feature = "native")]
    pub fn with_key(address: &str, key: ApiKey) -> Result<Self, ClientError> {
        Self::new(address)?.showing(key)
    }

    /// The authority at this address, by this transport.
    ///
    /// # Errors
    /// [`ClientError::Address`].
    pub fn through(transport: Arc<dyn Transport>, address: &str) -> Result<Self, ClientError> {
        Ok(Self { service: Service::new(address, transport)?, key: None })
    }

    /// The same, which is shown the key with every request.
    ///
    /// # Errors
    /// [`ClientError::Unprotected`] without https, unless it is this machine.
    pub fn showing(self, key: ApiKey) -> Result<Self, ClientError> {
        if !self.service.is_private() {
            return Err(ClientError::Unprotected(self.service.address().to_owned()));
        }
        Ok(Self { key: Some(key), ..self })
    }

    /// Makes an election.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn create(&self, new: &NewElection) -> Result<(Draft, Edit), ClientError> {
        read_draft(self.post("v1/elections").json(new)).await
    }

    /// The elections in which the key has a role.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn elections(&self) -> Result<Vec<Listed>, ClientError> {
        self.get("v1/elections").read("a list of elections").await
    }

    /// Where an election stands.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn status(&self, slug: &Slug) -> Result<Status, ClientError> {
        self.get(&of(slug, "")).read("the state of an election").await
    }

    /// The draft.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn draft(&self, slug: &Slug) -> Result<(Draft, Edit), ClientError> {
        read_draft(self.get(&of(slug, "/draft"))).await
    }

    /// Puts a draft in the place of the one that was read with `edit`.
    ///
    /// # Errors
    /// [`ClientError`]; `edited-meanwhile` if it is not the newest one.
    pub async fn edit(&self, slug: &Slug, draft: &Draft, edit: &Edit) -> Result<(Draft, Edit), ClientError> {
        let request = self.request(Method::Put, &of(slug, "/draft"));
        read_draft(request.header("if-match", edit.0.as_str()).json(draft)).await
    }

    /// Everything that is wrong with the draft, and what others have still to give.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn validate(&self, slug: &Slug) -> Result<Validated, ClientError> {
        self.post(&of(slug, "/validate")).read("problems of a draft").await
    }

    /// Fixes the plan. The same again has the same answer.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn fix_plan(&self, slug: &Slug) -> Result<Planned, ClientError> {
        self.post(&of(slug, "/plan")).read("a plan's id").await
    }

    /// The plan, which everybody may read.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn plan(&self, slug: &Slug) -> Result<Plan, ClientError> {
        let expected = "a plan";
        let answer = self.get(&of(slug, "/plan")).send().await?;
        let wrong = answer.unexpected(expected);
        Plan::parse(&answer.bytes(expected)?).map_err(|_| wrong)
    }

    /// The bytes of the manifest, not verified; before publication for those only who have a role in the election.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn manifest(&self, slug: &Slug) -> Result<Vec<u8>, ClientError> {
        self.get(&of(slug, "/manifest")).at_most(Manifest::LIMIT).bytes("a manifest").await
    }

    /// Approves the manifest whose bytes have this SHA-256.
    ///
    /// # Errors
    /// [`ClientError`]; `edited-meanwhile` if it has other bytes.
    pub async fn approve(&self, slug: &Slug, sha256: &str) -> Result<Approve, ClientError> {
        let body = Approve { sha256: sha256.to_owned() };
        self.post(&of(slug, "/approvals")).json(&body).read("an approval").await
    }

    /// Publishes. The same again goes on where it broke off.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn publish(&self, slug: &Slug) -> Result<Published, ClientError> {
        self.post(&of(slug, "/publish")).json(&confirm(slug)).read("an election's id").await
    }

    /// Opens voting by hand.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn open(&self, slug: &Slug) -> Result<Posted, ClientError> {
        self.post(&of(slug, "/open")).json(&confirm(slug)).read("a posted entry").await
    }

    /// Closes voting by hand.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn close(&self, slug: &Slug) -> Result<Posted, ClientError> {
        self.post(&of(slug, "/close")).json(&confirm(slug)).read("a posted entry").await
    }

    /// Ends an election without a result.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn cancel(&self, slug: &Slug, reason: &str) -> Result<Posted, ClientError> {
        let body = Cancel { reason: reason.to_owned(), slug: slug.to_string() };
        self.post(&of(slug, "/cancel")).json(&body).read("a posted entry").await
    }

    /// Publishes the result. The authority verifies the whole record first.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn tally(&self, slug: &Slug) -> Result<Posted, ClientError> {
        self.post(&of(slug, "/tally")).json(&confirm(slug)).read("a posted entry").await
    }

    /// Certifies the result.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn certify(&self, slug: &Slug) -> Result<Posted, ClientError> {
        self.post(&of(slug, "/certify")).json(&confirm(slug)).read("a posted entry").await
    }

    /// The published result.
    ///
    /// # Errors
    /// [`ClientError`]; `not-yet-public` before there is one.
    pub async fn result(&self, slug: &Slug) -> Result<ElectionResult, ClientError> {
        let expected = "a result";
        let answer = self.get(&of(slug, "/result")).send().await?;
        let wrong = answer.unexpected(expected);
        ElectionResult::parse(&answer.bytes(expected)?).map_err(|_| wrong)
    }

    /// Turnout as the board shows it to everybody; none while it is withheld.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn turnout(&self, slug: &Slug) -> Result<Option<Turnout>, ClientError> {
        self.get(&of(slug, "/turnout")).read("turnout").await
    }

    /// Who did what, when.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn audit(&self, slug: &Slug) -> Result<Vec<Done>, ClientError> {
        self.list(&of(slug, "/audit"), "an audit trail").await
    }

    /// Gives an issuer's keys, which prove themselves.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn put_issuer_keys(
        &self,
        slug: &Slug,
        issuer: &Id,
        keys: &IssuerKeys,
    ) -> Result<(), ClientError> {
        let path = of(slug, &format!("/issuers/{issuer}/keys"));
        self.request(Method::Put, &path).json(keys).send().await.map(|_| ())
    }

    /// Removes an issuer's keys, so that it can give others.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn remove_issuer_keys(&self, slug: &Slug, issuer: &Id) -> Result<(), ClientError> {
        let path = of(slug, &format!("/issuers/{issuer}/keys"));
        self.request(Method::Delete, &path).send().await.map(|_| ())
    }

    /// Gives what the trustees' key ceremony ended with.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn put_trustee_keys(&self, slug: &Slug, keys: &TrusteeKeys) -> Result<(), ClientError> {
        self.request(Method::Put, &of(slug, "/trustees")).json(keys).send().await.map(|_| ())
    }

    /// Loads a whole list of voters: CSV, or JSON.
    ///
    /// # Errors
    /// [`ClientError`]; `invalid-register` with every bad line, and nothing was loaded.
    pub async fn load_register(
        &self,
        slug: &Slug,
        list: Vec<u8>,
        is_json: bool,
        cause: Cause,
    ) -> Result<RegisterLoaded, ClientError> {
        let content_type = if is_json { "application/json" } else { "text/csv" };
        let request = self.request(Method::Put, &of(slug, &format!("/register?cause={}", name(cause))));
        request.body(content_type, list).read("a loaded register").await
    }

    /// Adds, removes and moves people, and fills credentials: all of it or nothing.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn change_register(
        &self,
        slug: &Slug,
        changes: &RegisterChanges,
    ) -> Result<RegisterChanged, ClientError> {
        self.post(&of(slug, "/register/changes")).json(changes).read("a changed register").await
    }

    /// Adds the people of a list in CSV: all of them or nobody.
    ///
    /// # Errors
    /// As [`AuthorityClient::load_register`].
    pub async fn add_to_register(
        &self,
        slug: &Slug,
        list: Vec<u8>,
        cause: Cause,
    ) -> Result<RegisterChanged, ClientError> {
        let request = self.post(&of(slug, &format!("/register/changes?cause={}", name(cause))));
        request.body("text/csv", list).read("a changed register").await
    }

    /// The list of voters.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn register(&self, slug: &Slug) -> Result<Vec<RegisterRow>, ClientError> {
        self.list(&of(slug, "/register"), "a list of voters").await
    }

    /// Salts, for a commission's audit.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn salts(&self, slug: &Slug) -> Result<Vec<Salt>, ClientError> {
        self.list(&of(slug, "/register/salts"), "salts").await
    }

    /// Sends a mail with the election's words and a link that opens nothing.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn test_mail(&self, slug: &Slug, to: &str) -> Result<(), ClientError> {
        let body = TestMail { to: to.to_owned() };
        self.post(&of(slug, "/invitations/test")).json(&body).send().await.map(|_| ())
    }

    /// Begins to send invitations or reminders; answers with the job's id.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn send_invitations(&self, slug: &Slug, audience: Audience) -> Result<String, ClientError> {
        let request = self.post(&of(slug, "/invitations/send")).json(&Send { audience });
        request.read("a job").await.map(|started: JobStarted| started.job)
    }

    /// How far a job is.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn job(&self, slug: &Slug, job: &str) -> Result<Job, ClientError> {
        self.get(&of(slug, &format!("/invitations/jobs/{job}"))).read("a job").await
    }

    /// The invitations that are not sent, as CSV; as secret as all of them together.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn letters(&self, slug: &Slug) -> Result<Zeroizing<Vec<u8>>, ClientError> {
        let letters = self.get(&of(slug, "/invitations.csv")).at_most(LIST);
        letters.bytes("invitations").await.map(Zeroizing::new)
    }

    /// Forgets all invitations that are not sent.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn erase_invitations(&self, slug: &Slug) -> Result<(), ClientError> {
        self.post(&of(slug, "/invitations/erase")).json(&confirm(slug)).send().await.map(|_| ())
    }

    /// Sends somebody an invitation again.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn resend(&self, slug: &Slug, person: &str) -> Result<Resent, ClientError> {
        let path = ["v1", "elections", slug.as_str(), "invitations", person, "resend"];
        self.service.post_to(&path).key(self.key.as_ref()).read("what was sent").await
    }

    /// Makes an API key.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn make_key(&self, new: &NewKey) -> Result<KeyMade, ClientError> {
        self.post("v1/keys").json(new).read("an API key").await
    }

    /// Exchanges what follows `#` in a sign-in link for an API key, once.
    ///
    /// # Errors
    /// [`ClientError::NotAnApiKey`] of what is no link; [`ClientError::Unprotected`] without https, unless it is this machine.
    #[cfg(feature = "native")]
    pub async fn exchange_link(address: &str, link: &str) -> Result<KeyMade, ClientError> {
        let client = Self::with_key(address, ApiKey::parse(link)?)?;
        client.post("v1/sign-in").read("an API key").await
    }

    /// The API keys that the caller may revoke.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn keys(&self) -> Result<Vec<KeyListed>, ClientError> {
        self.get("v1/keys").read("a list of API keys").await
    }

    /// Revokes the API key of this id.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn revoke_key(&self, id: &str) -> Result<(), ClientError> {
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(ClientError::NotAKeyId);
        }
        self.request(Method::Delete, &format!("v1/keys/{id}")).send().await.map(|_| ())
    }

    pub(super) fn get(&self, path: &str) -> Request {
        self.request(Method::Get, path)
    }

    pub(super) fn post(&self, path: &str) -> Request {
        self.request(Method::Post, path)
    }

    pub(super) fn request(&self, method: Method, path: &str) -> Request {
        self.service.request(method, path).key(self.key.as_ref())
    }

    async fn list<T: DeserializeOwned>(&self, path: &str, expected: &'static str) -> Result<T, ClientError> {
        let answer = self.get(path).at_most(LIST).send().await?;
        let wrong = answer.unexpected(expected);
        let bytes = Zeroizing::new(answer.bytes(expected)?);
        serde_json::from_slice(&bytes).map_err(|_| wrong)
    }
}

/// A path of an election.
pub(super) fn of(slug: &Slug, rest: &str) -> String {
    format!("v1/elections/{slug}{rest}")
}

const fn name(cause: Cause) -> &'static str {
    match cause {
        Cause::Nightly => "nightly",
        Cause::Manual => "manual",
    }
}

fn confirm(slug: &Slug) -> Confirm {
    Confirm { slug: slug.to_string() }
}

/// A draft, and what names its edit.
async fn read_draft(request: Request) -> Result<(Draft, Edit), ClientError> {
    let expected = "a draft";
    let answer = request.send().await?;
    let edit = answer.header("etag").map(|tag| Edit(tag.to_owned()));
    let edit = edit.ok_or_else(|| answer.unexpected("a draft with its ETag"))?;
    Ok((answer.json(expected)?, edit))
}

#[cfg(all(test, feature = "native"))]
mod tests {
    use super::*;

    const KEY: &str = "urna_0123456789abcdef_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U";

    #[test]
    fn accepts_keys_with_white_space_and_prints_none() {
        let key = ApiKey::parse(&format!(" {KEY}\r\n")).unwrap();
        assert_eq!(*key.bearer(), format!("Bearer {KEY}"));
        let client = AuthorityClient::with_key("https://vote.example", key).unwrap();
        let request = client.get("v1/elections");
        for text in [format!("{client:?}"), format!("{request:?}")] {
            assert!(!text.contains("c2VjcmV0"), "{text}");
        }
    }

    #[test]
    fn rejects_what_is_no_key_without_repeating_it() {
        for text in ["", "secret", "urna_a b", "urna_\u{0}", &format!("{KEY}\n{KEY}"), &"urna_a".repeat(30)] {
            let error = ApiKey::parse(text).unwrap_err().to_string();
            assert!(error.starts_with("this is no API key"), "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn rejects_a_key_on_an_open_way() {
        let key = || ApiKey::parse(KEY).unwrap();
        for address in ["https://vote.example", "http://127.0.0.1:1", "http://[::1]:1", "http://localhost"] {
            AuthorityClient::with_key(address, key()).unwrap();
        }
        for address in ["http://vote.example", "http://10.0.0.1", "http://localhost.example"] {
            let error = AuthorityClient::with_key(address, key()).unwrap_err();
            assert!(matches!(error, ClientError::Unprotected(_)), "{error}");
            AuthorityClient::new(address).unwrap();
        }
        assert!(matches!(AuthorityClient::new("vote.example"), Err(ClientError::Address(_))));
    }
}
