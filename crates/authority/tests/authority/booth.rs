//! What voters' browsers are given: pages and files of the bundle that an election names, also after an upgrade.

use std::collections::BTreeMap;
use std::fs;

use bytes::Bytes;
use reqwest::header::{
    ACCEPT_ENCODING, ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE,
    ETAG, IF_NONE_MATCH, LOCATION, SET_COOKIE, VARY,
};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use urna_api::ProblemType;
use urna_api::authority::NewElection;
use urna_authority::AuthorityError;
use urna_bundle::{Bundle, BundleError, LIST};
use urna_election::json::Base64;
use urna_election::manifest::Manifest;

use crate::http::{Served, problem};
use crate::sample::{SLUG, World, draft, sha256, slug};

/// A bundle of a program of this version.
fn bundle(version: &str) -> Bundle {
    let page = |name: &str| {
        format!("<!doctype html><title>{name} {version}</title><script src=\"/booth/{{bundle}}/vote.js\">")
    };
    let files: BTreeMap<String, String> = ["vote", "elections", "unknown"]
        .into_iter()
        .map(|name| (format!("{name}.en.html"), page(name)))
        .chain([("vote.js".to_owned(), format!("// {version}"))])
        .collect();
    let listed: serde_json::Map<String, Value> = files
        .iter()
        .map(|(name, text)| {
            let digits: String = sha256(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
            (name.clone(), json!({ "sha256": digits, "size": text.len() }))
        })
        .collect();
    let list = json!({ "files": listed }).to_string();
    Bundle::read(list.into(), |name| {
        Ok::<_, BundleError>(files.get(name).map(|text| Bytes::from(text.clone())))
    })
    .unwrap()
}

fn named(world: &World) -> [u8; 32] {
    let bytes = world.authority().manifest(Some(&world.owner()), &slug()).unwrap();
    *Manifest::parse(&bytes).unwrap().booth()
}

impl Served {
    async fn get(&self, path: &str) -> Response {
        self.asked(path, &[]).await
    }

    async fn asked(&self, path: &str, headers: &[(reqwest::header::HeaderName, &str)]) -> Response {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        let mut request = client.get(format!("{}{path}", self.url()));
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        request.send().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn serves_the_pages_and_files_of_the_bundle() {
    let served = Served::new().await;
    let built_in = Bundle::built_in().unwrap();
    let name = built_in.name();

    // The description, and every file that it names, as it was built.
    let said: Value = served.get("/v1/booth").await.json().await.unwrap();
    assert_eq!(said["sha256"], name);
    let listed: Vec<_> = said["files"].as_object().unwrap().keys().cloned().collect();
    assert!(listed.iter().map(String::as_str).eq(built_in.files().map(|(name, _)| name)));
    for file in listed.iter().map(String::as_str).chain([LIST]) {
        let answer = served.get(&format!("/booth/{name}/{file}")).await;
        assert_eq!(answer.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert!(!answer.headers().contains_key(CONTENT_ENCODING), "{file}");
        assert_eq!(answer.bytes().await.unwrap(), built_in.file(file).unwrap().bytes, "{file}");
    }
    let script = served.get(&format!("/booth/{name}/booth.js")).await;
    assert_eq!(script.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
    for unknown in
        [format!("{name}/nothing"), format!("{}/booth.js", "0".repeat(64)), "x/booth.js".to_owned()]
    {
        let answer = served.get(&format!("/booth/{unknown}")).await;
        problem(&unknown, answer, ProblemType::UnknownRoute).await;
    }

    // The program comes compressed as it was built, once.
    let program = format!("/booth/{name}/booth.wasm");
    let answer = served.asked(&program, &[(ACCEPT_ENCODING, "gzip, deflate, br, zstd")]).await;
    assert_eq!(answer.headers()[CONTENT_ENCODING], "br");
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/wasm");
    assert!(answer.headers()[VARY].to_str().unwrap().contains("accept-encoding"));
    let tag = answer.headers()[ETAG].to_str().unwrap().to_owned();
    assert_eq!(answer.bytes().await.unwrap(), built_in.file("booth.wasm.br").unwrap().bytes);
    let again = served.asked(&program, &[(IF_NONE_MATCH, &tag)]).await;
    assert_eq!((again.status().as_u16(), again.bytes().await.unwrap().len()), (304, 0));
    let other = served.asked(&program, &[(ACCEPT_ENCODING, "br;q=0, gzip")]).await;
    assert_eq!(other.headers()[CONTENT_ENCODING], "gzip");

    // The elections of a device, in the language that was chosen.
    for (path, accepted, language) in
        [("/vote", "en", "en"), ("/vote/", "cs-CZ, en;q=0.5", "cs"), ("/vote?lang=uk", "cs", "uk")]
    {
        let answer = served.asked(path, &[(ACCEPT_LANGUAGE, accepted)]).await;
        assert_eq!(answer.status(), 200);
        let headers = answer.headers().clone();
        assert_eq!(headers[CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(headers[CACHE_CONTROL], "no-cache");
        assert!(headers[VARY].to_str().unwrap().contains("accept-language"));
        assert!(!headers.contains_key(SET_COOKIE));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["cross-origin-resource-policy"], "same-origin");
        assert!(headers["permissions-policy"].to_str().unwrap().contains("camera=()"));
        let page = answer.text().await.unwrap();
        assert_eq!(page, built_in.page("elections", language).unwrap());
        assert!(page.contains(&name) && !page.contains("{bundle}"));
        let tag = headers[ETAG].to_str().unwrap();
        let again = served.asked(path, &[(ACCEPT_LANGUAGE, accepted), (IF_NONE_MATCH, tag)]).await;
        assert_eq!(again.status(), 304);
        assert_eq!(again.headers()[CONTENT_SECURITY_POLICY], headers[CONTENT_SECURITY_POLICY]);
    }

    // What leads to no election says so to people.
    for path in ["/vote/nothing-here?lang=sv", "/vote/NO%20SLUG?lang=sv", "/vote/..%2f/?lang=sv"] {
        let answer = served.get(path).await;
        assert_eq!(answer.status(), 404, "{path}");
        assert_eq!(answer.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
        assert_eq!(answer.text().await.unwrap(), built_in.page("unknown", "sv").unwrap());
    }
    let answer = served.get("/vote/union-2027/?lang=sv").await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()[LOCATION]),
        (308, &"/vote/union-2027?lang=sv".parse().unwrap())
    );
    let client = reqwest::Client::new();
    let head = client.request(Method::HEAD, format!("{}/vote", served.url())).send().await.unwrap();
    assert_eq!(
        (head.status().as_u16(), &head.headers()[CONTENT_TYPE]),
        (200, &"text/html; charset=utf-8".parse().unwrap())
    );
    assert!(head.bytes().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn lets_a_page_ask_only_those_whom_the_manifest_names() {
    let served = Served::new().await;
    let world = &served.world;
    let policy = async || {
        let answer = served.get("/vote/union-2027").await;
        assert_eq!(answer.status(), 200);
        answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned()
    };
    world.prepare(draft(world)).await;
    let before = policy().await;
    for kept in [
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "connect-src 'self';",
        "frame-ancestors 'none'",
    ] {
        assert!(before.contains(kept), "{kept} in {before}");
    }
    world.approve();
    world.authority().publish(&world.owner(), &slug(), SLUG).await.unwrap();
    let manifest = Manifest::parse(&world.authority().manifest(None, &slug()).unwrap()).unwrap();
    let board = reqwest::Url::parse(manifest.board().url.as_str()).unwrap().origin().ascii_serialization();
    let mut origins = [board, "https://office.example".to_owned(), "https://senate.example".to_owned()];
    origins.sort();
    let after = policy().await;
    assert!(after.contains(&format!("connect-src 'self' {};", origins.join(" "))), "{after}");
    assert!(!after.contains("unsafe-inline") && !after.contains(" *") && !after.contains("'unsafe-eval'"));
}

/// Also what runs beside a trustee's page asks the board alone, from the plan on.
#[tokio::test(flavor = "multi_thread")]
async fn lets_a_trustees_page_ask_the_board_of_the_plan() {
    let served = Served::new().await;
    let world = &served.world;
    let policy = |answer: &Response| answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
    for path in ["/trustee/nothing-here?lang=sv&trustee=anna", "/trustee/NO%20SLUG?lang=sv"] {
        let answer = served.get(path).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()[CONTENT_TYPE]),
            (404, &"text/html; charset=utf-8".parse().unwrap())
        );
        assert!(answer.text().await.unwrap().contains("<html lang=\"sv\">"));
    }
    let new = NewElection { slug: SLUG.to_owned(), from: None };
    let (_, version) = world.authority().create(&world.owner(), &new).unwrap();
    assert!(policy(&served.get("/trustee/union-2027").await).contains("connect-src 'self';"));
    world.authority().edit(&world.owner(), &slug(), &draft(world), version).unwrap();
    world.authority().fix_plan(&world.owner(), &slug()).await.unwrap();
    for (path, kind) in [
        ("/trustee/union-2027?trustee=anna", "text/html; charset=utf-8"),
        ("/trustee/union-2027/worker.js", "text/javascript; charset=utf-8"),
        ("/trustee/union-2027/custodian.wasm", "application/wasm"),
    ] {
        let answer = served.get(path).await;
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()[CONTENT_TYPE]),
            (200, &kind.parse().unwrap())
        );
        assert_eq!(answer.headers()[CACHE_CONTROL], "no-cache");
        assert!(!answer.headers().contains_key(SET_COOKIE));
        let policy = policy(&answer);
        assert!(policy.contains("connect-src 'self' http"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }
    let page = served.get("/trustee/union-2027?trustee=anna&lang=cs").await.text().await.unwrap();
    assert!(page.contains("/trustee/union-2027?trustee=anna&amp;lang=sv"));
    let answer = served.get("/trustee/union-2027/vote.js").await;
    problem("vote.js", answer, ProblemType::UnknownRoute).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fills_in_the_newest_bundle_and_rejects_one_that_it_does_not_have() {
    let mut world = World::new().await;
    world.bundle = Some(bundle("one"));
    world.start();
    world.prepare(draft(&world)).await;
    let one = *bundle("one").sha256();
    assert_eq!(named(&world), one);
    // What is approved is what has this bundle; an upgrade asks for another approval.
    world.approve();
    world.bundle = Some(bundle("two"));
    world.start();
    assert_eq!(named(&world), *bundle("two").sha256());
    let refused = world.authority().publish(&world.owner(), &slug(), SLUG).await;
    assert!(matches!(refused, Err(AuthorityError::ApprovalsMissing(_))), "{refused:?}");

    let (authority, owner) = (world.authority(), world.owner());
    for (booth, expected) in [(one, 1), ([0; 32], 1), (*bundle("two").sha256(), 0)] {
        let (draft, version) = authority.draft(&owner, &slug()).unwrap();
        let draft = urna_api::authority::Draft { booth: Some(Base64(booth)), ..draft };
        authority.edit(&owner, &slug(), &draft, version).unwrap();
        let problems = authority.validate(&owner, &slug()).unwrap();
        assert_eq!(problems.len(), expected, "{problems:?}");
        for problem in problems {
            assert_eq!(problem.field.as_deref(), Some("booth"));
            assert!(problem.problem.contains("does not have"));
        }
    }
    drop(authority);
    // What a draft names is there after an upgrade, too.
    world.bundle = Some(bundle("three"));
    world.start();
    assert_eq!(named(&world), *bundle("two").sha256());
    assert_eq!(world.authority().validate(&world.owner(), &slug()).unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_bundle_of_an_election_over_upgrades_until_it_is_over() {
    let mut served = Served::with(Some(bundle("one"))).await;
    served.world.publish(draft(&served.world)).await;
    let (one, two) = (bundle("one"), bundle("two"));
    let kept =
        |served: &Served, bundle: &Bundle| served.world.directory.path().join("booth").join(bundle.name());
    let page = async |served: &Served, path: &str| served.get(path).await.text().await.unwrap();

    // Two bundles side by side: the election's, and the newest, which is everything else's.
    served.upgrade(bundle("two")).await;
    assert_eq!(page(&served, "/vote/union-2027").await, one.page("vote", "en").unwrap());
    assert_eq!(page(&served, "/vote").await, two.page("elections", "en").unwrap());
    assert_eq!(page(&served, "/vote/probe").await, two.page("vote", "en").unwrap());
    for (bundle, text) in [(&one, "// one"), (&two, "// two")] {
        assert_eq!(page(&served, &format!("/booth/{}/vote.js", bundle.name())).await, text);
        assert!(kept(&served, bundle).join(LIST).exists());
    }
    // A third that none has named goes with the next start; nothing else in the folder does.
    let other = served.world.directory.path().join("booth/notes.txt");
    fs::write(&other, "of the operator's").unwrap();
    served.upgrade(bundle("three")).await;
    assert!(kept(&served, &one).exists() && !kept(&served, &two).exists() && other.exists());
    assert_eq!(page(&served, "/vote/union-2027").await, one.page("vote", "en").unwrap());
    let gone = served.get(&format!("/booth/{}/vote.js", two.name())).await;
    problem("two", gone, ProblemType::UnknownRoute).await;
    // Back to the program before: its bundle is both.
    served.upgrade(bundle("one")).await;
    assert_eq!(page(&served, "/vote/union-2027").await, one.page("vote", "en").unwrap());

    // A backup has it.
    let data = tempfile::tempdir().unwrap();
    served.stop();
    let back_up = |folder: &std::path::Path| {
        urna_authority::Folder::new(folder).back_up(|name, copied| {
            let urna_disk::Copied::File(path) = copied else { panic!("{name:?}") };
            let to = data.path().join(name);
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::copy(path, to).unwrap();
            Ok::<_, BackUp>(())
        })
    };
    back_up(served.world.directory.path()).unwrap();
    assert!(data.path().join("booth").join(one.name()).join("vote.js").exists());

    // It is over: the newest shows what there is to see, and the old one goes with the next start.
    served.upgrade(bundle("two")).await;
    served
        .world
        .authority()
        .cancel(&served.world.owner(), &slug(), SLUG, "it was only a test")
        .await
        .unwrap();
    assert_eq!(page(&served, "/vote/union-2027").await, one.page("vote", "en").unwrap());
    served.upgrade(bundle("two")).await;
    assert!(!kept(&served, &one).exists());
    assert_eq!(page(&served, "/vote/union-2027").await, two.page("vote", "en").unwrap());
}

#[derive(Debug)]
struct BackUp;

impl From<urna_authority::FolderError> for BackUp {
    fn from(error: urna_authority::FolderError) -> Self {
        panic!("{error}")
    }
}

impl From<urna_disk::DiskError> for BackUp {
    fn from(error: urna_disk::DiskError) -> Self {
        panic!("{error}")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn never_serves_a_bundle_that_is_damaged() {
    let mut served = Served::with(Some(bundle("one"))).await;
    served.world.publish(draft(&served.world)).await;
    let one = bundle("one");
    let folder = served.world.directory.path().join("booth").join(one.name());
    // While it runs, what is on the disk does not matter.
    fs::write(folder.join("vote.js"), "// evil").unwrap();
    let script = format!("/booth/{}/vote.js", one.name());
    assert_eq!(served.get(&script).await.text().await.unwrap(), "// one");
    // Its own program mends it.
    served.upgrade(bundle("one")).await;
    assert_eq!(fs::read_to_string(folder.join("vote.js")).unwrap(), "// one");

    let list = fs::read(folder.join(LIST)).unwrap();
    let damages: [&dyn Fn(); 4] = [
        &|| fs::write(folder.join("vote.js"), "// evil").unwrap(),
        &|| fs::remove_file(folder.join("vote.js")).unwrap(),
        &|| fs::write(folder.join(LIST), [list.as_slice(), b" "].concat()).unwrap(),
        &|| fs::remove_dir_all(&folder).unwrap(),
    ];
    for damage in damages {
        served.upgrade(bundle("one")).await;
        damage();
        served.upgrade(bundle("two")).await;
        let refused = problem("vote", served.get("/vote/union-2027").await, ProblemType::Stopped).await;
        assert!(refused["detail"].as_str().unwrap().contains("restores it"), "{refused}");
        problem("file", served.get(&script).await, ProblemType::UnknownRoute).await;
        // Whoever watches learns of it, and everything else goes on.
        assert_eq!(served.get("/readyz").await.status(), 503);
        assert_eq!(served.get("/vote").await.status(), 200);
    }
    served.upgrade(one).await;
    assert_eq!(served.get("/readyz").await.status(), 200);
}
