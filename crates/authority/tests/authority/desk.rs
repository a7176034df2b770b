//! The desk, as browsers use it: signing in and out, forged requests, what each role is shown and refused.

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use urna_api::authority::{KeyMade, NewKey, Role};

use crate::http::Served;
use crate::sample::{NOW, SLUG};

/// A browser that keeps its session and its language.
pub(crate) struct Browser {
    client: Client,
    url: String,
    cookies: Vec<(String, String)>,
}

impl Browser {
    pub(crate) fn new(served: &Served) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { client, url: served.url(), cookies: Vec::new() }
    }

    /// One that is signed in by this secret.
    pub(crate) async fn signed_in(served: &Served, secret: &str) -> Self {
        let mut browser = Self::new(served);
        let answer = browser.post("/sign-in", &[("secret", secret)]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()[LOCATION], "/desk");
        browser
    }

    pub(crate) fn cookie(&self) -> String {
        self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    pub(crate) async fn get(&mut self, path: &str) -> Response {
        let request = self.client.get(format!("{}{path}", self.url)).header(COOKIE, self.cookie());
        self.kept(request.send().await.unwrap())
    }

    /// A form of the site's own page.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.post_from(path, fields, Some("same-origin"), None).await
    }

    /// A form, from wherever.
    async fn post_from(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        site: Option<&str>,
        origin: Option<&str>,
    ) -> Response {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut request = self.client.post(format!("{}{path}", self.url)).header(COOKIE, self.cookie());
        request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        self.kept(request.send().await.unwrap())
    }

    fn kept(&mut self, answer: Response) -> Response {
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(other, _)| other != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        answer
    }

    /// A page that is shown, and what stands on it.
    pub(crate) async fn page(&mut self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.unwrap()
    }

    /// A form that leads to a page, which is then looked at.
    pub(crate) async fn done(&mut self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(path, fields).await;
        let status = answer.status();
        let location = answer.headers().get(LOCATION).map(|location| location.to_str().unwrap().to_owned());
        assert_eq!(status, StatusCode::SEE_OTHER, "{path}: {}", answer.text().await.unwrap());
        self.page(&location.unwrap()).await
    }

    /// A form that is refused with this status; what the page says.
    pub(crate) async fn refused(&mut self, path: &str, fields: &[(&str, &str)], status: u16) -> String {
        let answer = self.post(path, fields).await;
        let found = answer.status();
        let text = answer.text().await.unwrap();
        assert_eq!(found.as_u16(), status, "{path}: {text}");
        text
    }
}

fn link(served: &Served, account: &str, role: Role, election: Option<&str>) -> KeyMade {
    let new = NewKey { account: account.into(), role, election: election.map(Into::into), link: true };
    served.world.authority().make_first_key(&new).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn signs_a_browser_in_and_out() {
    let served = Served::new().await;
    let made = link(&served, "zoe", Role::Owner, None);
    let whole = served.world.authority().sign_in_link(&made);

    let mut browser = Browser::new(&served);
    let answer = browser.get("/desk").await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(answer.text().await.unwrap().contains("Open the sign-in link"));
    let answer = browser.get("/sign-in").await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));

    // Looking at the page uses nothing up. The whole link can be pasted, and works once.
    let answer = browser.post("/sign-in", &[("secret", whole.as_str())]).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
    for attribute in ["; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age=2592000", "; Secure"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(cookie.starts_with("__Host-urna="));
    assert!(browser.page("/desk").await.contains("zoe"));
    let said = Browser::new(&served).refused("/sign-in", &[("secret", whole.as_str())], 401).await;
    assert!(said.contains("cannot be used") && !said.contains(&made.key));

    // A session is no API key, and an API key is no session.
    let session = browser.cookies[0].1.clone();
    assert!(served.world.authority().authenticate(&session).is_err());
    assert!(served.world.authority().exchange_link(&session).is_err());
    assert!(served.world.authority().session(&served.world.owner).is_err());
    let mut stranger = Browser::new(&served);
    stranger.cookies = vec![("__Host-urna".into(), served.world.owner.clone())];
    assert_eq!(stranger.get("/desk").await.status(), StatusCode::UNAUTHORIZED);

    // In another browser, by an API key, which goes on being one.
    let mut other = Browser::signed_in(&served, &served.world.owner).await;
    assert!(served.world.authority().authenticate(&served.world.owner).is_ok());
    other.page("/desk").await;
    let account = other.page("/desk/account").await;
    assert!(account.contains("This browser") && !account.contains("Another browser"));
    let again = Browser::signed_in(&served, &served.world.owner).await;
    assert!(other.page("/desk/account").await.contains("Another browser"));

    // Out here, out everywhere, and nobody else's.
    let out = other.done("/desk/sign-out", &[("where", "here")]).await;
    assert!(out.contains("You are signed out"));
    assert!(other.cookies.iter().all(|(name, _)| name != "__Host-urna"));
    let mut again = again;
    again.page("/desk").await;
    let mut third = Browser::signed_in(&served, &served.world.owner).await;
    third.done("/desk/sign-out", &[("where", "everywhere")]).await;
    let said = again.refused("/desk/new", &[("slug", "late-2027"), ("from", "council")], 401).await;
    assert!(said.contains("your session has ended"), "{said}");
    browser.page("/desk").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_the_sessions_of_a_key_that_is_revoked() {
    let served = Served::new().await;
    let new = NewKey { account: "zoe".into(), role: Role::Owner, election: None, link: false };
    let key = served.world.authority().make_first_key(&new).unwrap();
    let caller = served.world.authority().authenticate(&key.key).unwrap();
    let mut by_key = Browser::signed_in(&served, &key.key).await;
    let mut by_link = Browser::signed_in(&served, &link(&served, "zoe", Role::Owner, None).key).await;
    by_key.page("/desk").await;
    let authority = served.world.authority();
    authority.revoke_key(&caller, &key.id).unwrap();
    assert_eq!(by_key.get("/desk").await.status(), StatusCode::UNAUTHORIZED);
    by_link.page("/desk").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ends_sessions_by_the_clock() {
    let served = Served::new().await;
    let mut browser = Browser::signed_in(&served, &served.world.owner).await;
    served.world.clock.set(NOW + 30 * 86_400);
    browser.page("/desk").await;
    served.world.clock.set(NOW + 30 * 86_400 + 1);
    let answer = browser.get("/desk").await;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(answer.text().await.unwrap().contains("your session has ended"));
    // What has ended is forgotten when somebody signs in.
    let before = served.world.authority().failing();
    Browser::signed_in(&served, &served.world.owner).await;
    assert!(before.is_empty());
    let caller = served.world.authority().authenticate(&served.world.owner).unwrap();
    assert_eq!(served.world.authority().sessions(&caller).unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_what_other_sites_send() {
    let served = Served::new().await;
    let own = served.world.authority().sign_in_link(&link(&served, "x", Role::Owner, None));
    let own = own.split("/sign-in").next().unwrap().to_owned();
    let mut browser = Browser::signed_in(&served, &served.world.owner).await;
    let fields = [("slug", "forged-2027"), ("from", "council")];
    for (site, origin) in [
        (Some("cross-site"), Some("https://evil.example")),
        (Some("same-site"), Some(own.as_str())),
        (Some("none"), None),
        (None, Some("https://evil.example")),
        (None, Some("null")),
        (None, None),
    ] {
        let answer = browser.post_from("/desk/new", &fields, site, origin).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{site:?} {origin:?}");
        assert!(answer.text().await.unwrap().contains("did not come from a page of this service"));
    }
    assert_eq!(browser.get("/desk/forged-2027").await.status(), StatusCode::NOT_FOUND);
    // A browser that does not say where it comes from says at least its origin.
    let answer = browser.post_from("/desk/new", &fields, None, Some(&own)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    browser.page("/desk/forged-2027").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn makes_elections_from_presets_copies_and_files() {
    let served = Served::new().await;
    let mut browser = Browser::signed_in(&served, &served.world.owner).await;
    browser.page("/desk?lang=cs").await;
    let made = browser.done("/desk/new", &[("slug", "rada-2027"), ("from", "meeting")]).await;
    assert!(made.contains("Volby jsou založeny") && made.contains("<html lang=\"cs\">"));
    browser.page("/desk?lang=en").await;
    let file = browser.page("/desk/rada-2027/preset.json").await;
    assert!(file.contains("\"cs\": \"Voliči\"") && file.contains("Europe/Prague"));

    for (fields, said) in [
        (vec![("slug", "Rada 2027"), ("from", "council")], "A short name has 3 to 40 characters"),
        (vec![("slug", "rada-2027"), ("from", "council")], "exists already"),
        (vec![("slug", "accounts"), ("from", "council")], "needed by the service itself"),
        (
            vec![("slug", "file-2027"), ("from", "file"), ("file", "{\"approvers\": 1}")],
            "This is no preset file",
        ),
    ] {
        let page = browser.refused("/desk/new", &fields, 422).await;
        assert!(page.contains(said), "{page}");
        assert!(page.contains(&format!("value=\"{}\"", fields[0].1)), "what was typed is gone");
    }
    browser
        .refused("/desk/new", &[("slug", "copy-2027"), ("from", "copy"), ("copy_of", "nothing")], 400)
        .await;
    browser.done("/desk/new", &[("slug", "copy-2027"), ("from", "copy"), ("copy_of", "rada-2027")]).await;
    browser.done("/desk/new", &[("slug", "file-2027"), ("from", "file"), ("file", &file)]).await;
    assert_eq!(browser.page("/desk/file-2027/preset.json").await, file);
    assert_eq!(browser.page("/desk/copy-2027/preset.json").await, file);
    let list = browser.page("/desk").await;
    for slug in ["rada-2027", "copy-2027", "file-2027"] {
        assert!(list.contains(&format!("href=\"/desk/{slug}\"")), "{list}");
    }

    // Only owners make elections.
    let mut operator = Browser::signed_in(&served, &served.world.operator).await;
    let said = operator.refused("/desk/new", &[("slug", "it-2027"), ("from", "council")], 403).await;
    assert!(said.contains("Your role"));
    assert!(!operator.page("/desk").await.contains("/desk/new"));
}

#[tokio::test(flavor = "multi_thread")]
async fn lets_in_and_out_and_writes_it_down() {
    let served = Served::new().await;
    let mut owner = Browser::signed_in(&served, &served.world.owner).await;
    owner.done("/desk/new", &[("slug", SLUG), ("from", "meeting")]).await;
    let path = format!("/desk/{SLUG}/access");
    owner.refused(&path, &[("account", " "), ("role", "manager")], 422).await;
    let answer = owner.post(&path, &[("account", "Jan"), ("role", "manager")]).await;
    let page = answer.text().await.unwrap();
    let secret = page.split("/sign-in#").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert!(!owner.page(&path).await.contains(&secret), "it is shown once");

    let mut jan = Browser::signed_in(&served, &secret).await;
    let overview = jan.page(&format!("/desk/{SLUG}")).await;
    assert!(!overview.contains("/access") && !overview.contains("/audit"), "{overview}");
    for path in [format!("/desk/{SLUG}/access"), format!("/desk/{SLUG}/audit"), "/desk/accounts".to_owned()] {
        assert_eq!(jan.get(&path).await.status(), StatusCode::FORBIDDEN, "{path}");
    }
    let confirm = [("confirm", SLUG), ("reason", "no")];
    for act in ["tally", "certify", "cancel"] {
        let said = jan.refused(&format!("/desk/{SLUG}/{act}"), &confirm, 403).await;
        assert!(said.contains("Your role in this election"), "{act}");
    }
    jan.refused(&path, &[("account", "Eve"), ("role", "manager")], 403).await;
    jan.refused(&format!("{path}/remove"), &[("account", "Jan")], 403).await;
    assert_eq!(jan.get("/desk/other-2027").await.status(), StatusCode::NOT_FOUND);

    // Everything of it goes at once, the browser that is signed in included.
    let gone = owner.post(&format!("{path}/remove"), &[("account", "Jan")]).await;
    assert!(gone.text().await.unwrap().contains("taken away"));
    assert_eq!(jan.get("/desk").await.status(), StatusCode::UNAUTHORIZED);

    let audit = owner.page(&format!("/desk/{SLUG}/audit")).await;
    for said in
        ["made the election from meeting", "signed in with the sign-in link", "took the access of Jan"]
    {
        assert!(audit.contains(said), "{said} in {audit}");
    }
    assert!(!audit.contains(&secret));
    let csv = owner.page(&format!("/desk/{SLUG}/audit.csv")).await;
    assert!(csv.starts_with("time,account,key,what\n") && csv.contains("took the access of Jan"));

    // Operators let owners in.
    let mut operator = Browser::signed_in(&served, &served.world.operator).await;
    let answer = operator.post("/desk/accounts", &[("account", "Zoe"), ("role", "owner")]).await;
    let page = answer.text().await.unwrap();
    let secret = page.split("/sign-in#").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let mut zoe = Browser::signed_in(&served, &secret).await;
    zoe.done("/desk/new", &[("slug", "zoe-2027"), ("from", "council")]).await;
    operator.page("/desk/zoe-2027").await;
    operator.refused("/desk/zoe-2027/access", &[("account", "Eve"), ("role", "manager")], 403).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn opens_closes_and_says_why_not() {
    let served = Served::new().await;
    let mut owner = Browser::signed_in(&served, &served.world.owner).await;
    owner.done("/desk/new", &[("slug", SLUG), ("from", "meeting")]).await;
    let at = |act: &str| format!("/desk/{SLUG}/{act}");
    for (act, status, said) in [
        ("open", 409, "in the phase in which this election is"),
        ("close", 409, "in the phase in which this election is"),
        ("tally", 409, "in the phase in which this election is"),
        ("certify", 409, "in the phase in which this election is"),
        ("cancel", 409, "in the phase in which this election is"),
    ] {
        let page = owner.refused(&at(act), &[("confirm", SLUG), ("reason", "x")], status).await;
        assert!(page.contains(said) && page.contains("Nothing was changed"), "{act}: {page}");
        let page = owner.refused(&at(act), &[("confirm", "other"), ("reason", "x")], 400).await;
        assert!(page.contains("not that of this election"), "{act}: {page}");
    }
    assert_eq!(owner.get(&at("result")).await.status(), StatusCode::CONFLICT);
    assert_eq!(owner.get(&at("result.csv")).await.status(), StatusCode::CONFLICT);
}
