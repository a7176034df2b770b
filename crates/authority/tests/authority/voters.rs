//! The desk's pages of voters, as a browser has them: a list looked at and taken, its bad rows, one person, and who may not.

use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE, COOKIE, LOCATION, ORIGIN};
use reqwest::{Client, RequestBuilder, StatusCode};
use urna_api::authority::Role;

use crate::desk::Browser;
use crate::http::Served;
use crate::sample::{LIST, NOW, SLUG, draft};

/// A browser that is signed in.
pub(crate) struct Desk {
    client: Client,
    url: String,
    cookie: String,
}

/// What a page comes to.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    /// Where it leads.
    pub(crate) location: String,
    pub(crate) text: String,
    pub(crate) name: String,
}

impl Page {
    pub(crate) fn says(&self, all: &[&str]) -> &Self {
        for said in all {
            assert!(self.text.contains(said), "{said} in {} {}", self.status, self.text);
        }
        self
    }

    pub(crate) fn is(&self, status: StatusCode) -> &Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// The value of a field that the page has.
    pub(crate) fn field(&self, name: &str) -> String {
        let (_, rest) = self.text.split_once(&format!("name=\"{name}\" value=\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Desk {
    /// Nobody.
    pub(crate) fn stranger(served: &Served) -> Self {
        let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { client, url: served.url(), cookie: String::new() }
    }

    /// Signs in with an API key.
    pub(crate) async fn sign_in(served: &Served, key: &str) -> Self {
        let cookie = Browser::signed_in(served, key).await.cookie();
        Self { cookie, ..Self::stranger(served) }
    }

    async fn ask(&self, request: RequestBuilder) -> Page {
        let answer = request.header(COOKIE, &self.cookie).send().await.unwrap();
        let header = |name| {
            let value = answer.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let (status, location, name) = (answer.status(), header(LOCATION), header(CONTENT_DISPOSITION));
        Page { status, location, name, text: answer.text().await.unwrap() }
    }

    pub(crate) async fn open(&self, path: &str) -> Page {
        self.ask(self.client.get(format!("{}{path}", self.url))).await
    }

    fn posting(&self, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.url)).header(ORIGIN, "https://vote.example")
    }

    /// Sends a form.
    pub(crate) async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.ask(form(self.posting(path), fields)).await
    }

    /// Sends a form, and opens where it leads.
    pub(crate) async fn follow(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let sent = self.send(path, fields).await;
        self.open(&sent.is(StatusCode::SEE_OTHER).location).await
    }

    /// Sends a list as a file, or else as a text.
    async fn give(&self, file: &[u8], text: &str) -> Page {
        let part = |name: &str, more: &str| {
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n")
        };
        let (first, second) =
            (part("file", "; filename=\"list.csv\"\r\nContent-Type: text/csv"), part("text", ""));
        let (end, last): (&[u8], &[u8]) = (b"\r\n", b"\r\n--edge--\r\n");
        let body = [first.as_bytes(), file, end, second.as_bytes(), text.as_bytes(), last];
        let request = self.posting(&at("/list")).header(CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.ask(request.body(body.concat())).await
    }

    /// Gives a list, looks at it and takes it.
    async fn load(&self, list: &str) -> Page {
        let given = self.give(list.as_bytes(), "").await;
        let look = self.open(&given.is(StatusCode::SEE_OTHER).location).await;
        self.follow(&at("/list/take"), &[("seen", &look.field("seen"))]).await
    }
}

fn form(request: RequestBuilder, fields: &[(&str, &str)]) -> RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)
}

fn at(rest: &str) -> String {
    format!("/desk/{SLUG}/voters{rest}")
}

/// An election that is a draft with everybody's keys, and its owner's browser.
async fn made() -> (Served, Desk) {
    let served = Served::new().await;
    served.world.prepare(draft(&served.world)).await;
    let desk = Desk::sign_in(&served, &served.world.owner.clone()).await;
    (served, desk)
}

async fn published() -> (Served, Desk) {
    let served = Served::new().await;
    served.world.publish(draft(&served.world)).await;
    let desk = Desk::sign_in(&served, &served.world.owner.clone()).await;
    (served, desk)
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_bad_rows_and_takes_nothing_of_them() {
    let (_served, desk) = made().await;
    desk.open(&at("")).await.is(StatusCode::OK).says(&["Nobody is on the list of voters yet."]);
    let list =
        "id;name;e-mail;class\n1;Ada <i>;ada@uni.example;students\n2;Bob;bob;guests\n3;=1+1;;\n4;Eva\n";
    let given = desk.give(list.as_bytes(), "").await;
    let page = desk.open(&given.is(StatusCode::SEE_OTHER).location).await;
    page.is(StatusCode::OK).says(&[
        "4 problems were found.",
        "Nothing was taken",
        "<th class=\"number\" scope=\"row\">3</th>",
        "“guests” is none of the election’s classes",
        "“bob” is no e-mail address.",
        "Neither class nor district is given.",
        "The row has 2 fields, where the first line names 4 columns.",
        "<code>2 | Bob | bob | guests</code>",
    ]);
    assert!(!page.text.contains("Ada"), "a good row is none of the bad ones");
    assert!(!page.text.contains("Only the first"), "all are shown");
    let csv = desk.open(&at("/list.csv")).await;
    assert!(csv.name.contains("union-2027-bad-rows.csv"), "{}", csv.name);
    assert!(csv.text.starts_with("\u{feff}Line,What is wrong,id,name,e-mail,class\n3,"), "{}", csv.text);
    csv.says(&[",2,Bob,bob,guests\n", "4,Neither class nor district is given.,3,'=1+1,,\n", ",4,Eva\n"]);
    // In other words.
    let czech = desk.open(&at("/list.csv?lang=cs")).await;
    czech.says(&["Řádek;Co je špatně;id;name;e-mail;class\n", "„bob“ není e-mailová adresa."]);
    desk.open(&at("")).await.says(&["Nobody is on the list of voters yet."]);
    // There is nothing to take: no look was shown, and so nothing is confirmed.
    desk.send(&at("/list/take"), &[("seen", "")]).await.is(StatusCode::PRECONDITION_FAILED);
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_what_a_list_would_change_before_it_is_taken() {
    let (served, desk) = made().await;
    let given = desk.give(b"", "\n").await;
    given.is(StatusCode::UNPROCESSABLE_ENTITY).says(&["Choose a file, or paste the list."]);
    // A text is a list, too, and a file comes before it.
    let given = desk.give(b"", LIST).await;
    let look = desk.open(&given.location).await;
    look.is(StatusCode::OK).says(&["11 people would be added", "Nothing has been changed yet", "Students"]);
    desk.open(&at("")).await.says(&["Nobody is on the list of voters yet."]);
    let page = desk.follow(&at("/list/take"), &[("seen", &look.field("seen"))]).await;
    page.says(&[
        "The list was taken.",
        "11 people are on the list of voters.",
        "Ada Lovelace",
        "Frances Allen",
    ]);
    // It is not held any longer.
    assert_eq!(desk.open(&at("/list")).await.location, at("?list=none"));
    desk.open(&at("?list=none")).await.says(&["There is no list here to look at"]);

    // Another list: one person less, one more, one moved, one renamed, one twice; a column that is not read.
    let other = LIST
        .replace("a1,Ada Lovelace,ada@uni.example,students\n", "a9,Joan Clarke,,students\n")
        .replace("tony@uni.example,staff", "tony@uni.example,students")
        .replace("alan@", "turing@")
        .replace("id,name", "shoe size,name")
        .replace("shoe size,", "id,")
        + "b5,robin milner,,students\n";
    let given = desk.give(other.as_bytes(), "ignored").await;
    let look = desk.open(&given.location).await;
    look.says(&[
        "1 person would be added",
        "Joan Clarke",
        "1 person would be removed",
        "Ada Lovelace",
        "2 people would be in another class",
        "Staff → Students",
        "1 person would have another name or address",
        "1 line repeats somebody",
        "1 thing to look at",
        "b5 is listed in line 12, too, and is one voter, in the class students.",
    ]);
    // Somebody else changes the list meanwhile: what is taken is what was looked at, or nothing.
    served.world.load(&LIST.replace("a6,Donald Knuth,,students\n", "")).await.unwrap();
    let refused = desk.send(&at("/list/take"), &[("seen", &look.field("seen"))]).await;
    refused
        .is(StatusCode::PRECONDITION_FAILED)
        .says(&["The list of voters was changed after you looked at yours"]);
    desk.open(&at("")).await.says(&["10 people are on the list of voters."]);
    let look = desk.open(&at("/list")).await;
    let page = desk.follow(&at("/list/take"), &[("seen", &look.field("seen"))]).await;
    page.says(&["Joan Clarke"]);
    assert!(!page.text.contains("Ada Lovelace"));
    // JSON is known by its first character.
    let given = desk.give(br#" [{"id": 7, "name": "Eva", "class": "staff", "shoe": 1}]"#, "").await;
    let look = desk.open(&given.location).await;
    look.says(&["11 people would be removed", "The column “shoe” is not read."]);
    // An hour later nothing is held.
    served.world.clock.set(NOW + 3_600);
    assert_eq!(desk.open(&at("/list")).await.location, at("?list=none"));
}

#[tokio::test(flavor = "multi_thread")]
async fn finds_people_and_changes_them_before_publication() {
    let (_served, desk) = made().await;
    let many: String = (1..=120).map(|n| format!("p{n:03},Person {n},p{n}@uni.example,staff\n")).collect();
    desk.load(&format!("{LIST}{many}")).await.says(&["131 people", "Page 1 of 3", "page=2"]);
    desk.open(&at("?page=3")).await.says(&["p120", "Page 3 of 3"]);
    let found = desk.open(&at("?q=LOVE")).await;
    found.says(&["1 person found.", "/voters/person?id=a1", "not made yet", "q=LOVE&amp;page=1&amp;lang=cs"]);
    assert!(!found.text.contains("p001"));
    desk.open(&at("?q=tony%40uni")).await.says(&["1 person found.", "Tony Hoare"]);
    desk.open(&at("?q=nothing")).await.says(&["Nobody was found."]);

    let printed = desk.open(&at("/print")).await;
    printed.is(StatusCode::OK).says(&[
        "<h2>Students</h2>",
        "Person 120",
        "2027",
        "125 people are on the list",
    ]);
    let place = |name: &str| printed.text.find(name).unwrap();
    assert!(
        place("Alan Turing") < place("Barbara Liskov") && place("Barbara Liskov") < place("Frances Allen")
    );

    // Somebody who was left out.
    let person =
        |id, class| [("person", id), ("name", "Joan <b>"), ("email", "joan@uni.example"), ("class", class)];
    let added = desk.follow(&at("/add"), &person("x&/1", "staff")).await;
    added.says(&["The person was added.", "Joan &lt;b&gt;", "x&amp;/1", "Staff", "not public yet"]);
    let again = desk.send(&at("/add"), &person("x&/1", "staff")).await;
    again
        .is(StatusCode::UNPROCESSABLE_ENTITY)
        .says(&["This person is on the list already.", "value=\"joan@uni.example\""]);
    let bad = [("person", "y"), ("name", ""), ("email", "none"), ("class", "guests")];
    let bad = desk.send(&at("/add"), &bad).await;
    bad.is(StatusCode::UNPROCESSABLE_ENTITY).says(&[
        "The name is missing.",
        "“none” is no e-mail address.",
        "“guests” is none",
        "value=\"y\"",
    ]);
    let moved = desk.follow(&at("/person/move"), &[("id", "x&/1"), ("class", "students")]).await;
    moved.says(&["The person was moved.", "<dd>Students</dd>"]);
    let nowhere = desk.send(&at("/person/move"), &[("id", "x&/1"), ("class", "guests")]).await;
    nowhere.is(StatusCode::UNPROCESSABLE_ENTITY);
    let unconfirmed = desk.send(&at("/person/remove"), &[("id", "x&/1"), ("confirm", "union")]).await;
    unconfirmed.is(StatusCode::BAD_REQUEST).says(&["is not that of this election"]);
    let removed = desk.follow(&at("/person/remove"), &[("id", "x&/1"), ("confirm", SLUG)]).await;
    removed.says(&["The person was removed.", "131 people"]);
    let unknown = desk.open(&at("/person?id=x%26%2F1")).await;
    unknown.is(StatusCode::NOT_FOUND).says(&["There is nobody with this id"]);
    let resent = desk.send(&at("/person/resend"), &[("id", "a1")]).await;
    resent.is(StatusCode::CONFLICT);
}

#[tokio::test(flavor = "multi_thread")]
async fn says_what_becomes_public_and_makes_it_so() {
    let (served, desk) = published().await;
    let world = &served.world;
    let versions = || world.board.with(|log| log.register.entitled_by_class().to_vec());
    assert_eq!(versions(), [6, 5]);
    desk.open(&at(""))
        .await
        .says(&["makes a new version of the register on the public board", "not sent yet"]);
    let person =
        [("person", "a9"), ("name", "Joan Clarke"), ("email", "joan@uni.example"), ("class", "staff")];
    desk.follow(&at("/add"), &person).await.says(&["The person was added.", "not sent yet"]);
    assert_eq!(versions(), [6, 6]);
    desk.follow(&at("/person/move"), &[("id", "a9"), ("class", "students")]).await;
    assert_eq!(versions(), [7, 5]);
    // A whole list, with its cause.
    let given = desk.give(LIST.as_bytes(), "").await;
    let look = desk.open(&given.location).await;
    look.says(&["becomes public at once and for ever", "1 person would be removed", "name=\"cause\""]);
    let seen = look.field("seen");
    let given = [("seen", seen.as_str()), ("cause", "nightly"), ("reason", "a faculty joined")];
    desk.follow(&at("/list/take"), &given).await.says(&["11 people"]);
    desk.open(&format!("/desk/{SLUG}/audit")).await.says(&["why the register was changed: a faculty joined"]);
    assert_eq!(versions(), [6, 5]);

    // The invitation: first as it is, then another one, which everybody sees; used, it is refused.
    let sent = desk.follow(&at("/person/resend"), &[("id", "a1")]).await;
    sent.says(&["The invitation was sent.", "The link that was sent is not kept here"]);
    let again = desk.follow(&at("/person/resend"), &[("id", "a1")]).await;
    again.says(&["The invitation was sent.", "(replaced once)"]);
    assert_eq!(world.outbox.take().len(), 2);
    let letter = desk.follow(&at("/person/resend"), &[("id", "a6")]).await;
    letter.says(&["it is among the letters"]);
    let register = world.board.with(|log| log.register.clone());
    let handles = register.rows().map(|(handle, _)| *handle);
    world.tokens.as_ref().unwrap().taken.lock().unwrap().extend(handles);
    let used = desk.send(&at("/person/resend"), &[("id", "a1")]).await;
    used.is(StatusCode::CONFLICT).says(&["This person has already taken the right to vote"]);

    // No page shows what a link has in it.
    for path in [at(""), at("/person?id=a1"), at("/person?id=b1")] {
        let page = desk.open(&path).await;
        assert!(!page.text.contains("/vote/union-2027#"), "{path}");
    }
    // When voting has ended, nothing changes any more.
    world.authority().cancel(&world.owner(), &crate::sample::slug(), SLUG, "No quorum").await.unwrap();
    let ended = desk.open(&at("")).await;
    ended.says(&["Voting has ended"]);
    assert!(!ended.text.contains("<button>Add") && !ended.text.contains("name=\"file\""));
    desk.send(&at("/add"), &person).await.is(StatusCode::CONFLICT).says(&["cannot be done now"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_the_list_to_owner_and_managers_only() {
    let (served, owner) = made().await;
    owner.load(LIST).await;
    let operator = Desk::sign_in(&served, &served.world.operator.clone()).await;
    for path in ["", "/list", "/list.csv", "/person?id=a1", "/print"] {
        let refused = operator.open(&at(path)).await;
        refused.is(StatusCode::FORBIDDEN).says(&["Your role in this election does not allow this."]);
        assert!(!refused.text.contains("Lovelace"));
    }
    for path in ["/list/take", "/add", "/person/move", "/person/resend"] {
        let fields = [("id", "a1"), ("person", "a9"), ("name", "Eve"), ("class", "staff")];
        operator.send(&at(path), &fields).await.is(StatusCode::FORBIDDEN);
    }
    operator.send(&at("/person/remove"), &[("id", "a1"), ("confirm", SLUG)]).await.is(StatusCode::FORBIDDEN);
    operator.give(LIST.as_bytes(), "").await.is(StatusCode::FORBIDDEN);
    // A manager sees it, but not what somebody else has given.
    owner.give(LIST.as_bytes(), "").await.is(StatusCode::SEE_OTHER);
    let (key, _) = served.world.key("jan", Role::Manager);
    let manager = Desk::sign_in(&served, &key).await;
    manager.open(&at("")).await.is(StatusCode::OK).says(&["Ada Lovelace"]);
    assert_eq!(manager.open(&at("/list")).await.location, at("?list=none"));
    // Nobody without a session, and nothing that another site's page sends.
    let stranger = Desk::stranger(&served);
    stranger.open(&at("")).await.is(StatusCode::UNAUTHORIZED);
    let forged =
        owner.client.post(format!("{}{}", owner.url, at("/add"))).header("sec-fetch-site", "cross-site");
    let forged = owner.ask(form(forged, &[("person", "a9"), ("name", "Eve"), ("class", "staff")])).await;
    forged.is(StatusCode::FORBIDDEN);
    owner.open(&at("")).await.says(&["11 people"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn gives_a_template_that_can_be_loaded() {
    let (_served, desk) = made().await;
    for (language, separator) in [("en", ","), ("cs", ";"), ("sv", ";"), ("uk", ";")] {
        let template = desk.open(&at(&format!("/template.csv?lang={language}"))).await;
        assert!(template.name.contains("voters.csv") && template.text.contains(separator));
        let given = desk.give(template.text.as_bytes(), "").await;
        let look = desk.open(&format!("{}?lang=en", given.location)).await;
        look.says(&["The list can be taken as it is.", "2 people would be added"]);
        assert!(!look.text.contains("to look at"), "a column is not read: {}", look.text);
        // Every name that the page gives is a name.
        let page = desk.open(&at(&format!("?lang={language}"))).await.text;
        let (_, names) = page.split_once("<dl>").unwrap();
        let (names, _) = names.split_once("</dl>").unwrap();
        let rows: Vec<&str> =
            names.split("<dd>").skip(1).map(|row| row.split("</dd>").next().unwrap()).collect();
        let lists = rows.iter().map(|row| row.split([',', ';']).map(str::trim).collect::<Vec<_>>());
        let lists: Vec<Vec<&str>> = lists.collect();
        assert_eq!(lists.len(), 5);
        let (person, email) = (&lists[0], &lists[2]);
        for name in person {
            assert_known(&desk, &format!("{name},name,class")).await;
        }
        for name in email {
            assert_known(&desk, &format!("id,name,class,{name}")).await;
        }
        for name in &lists[3] {
            assert_known(&desk, &format!("id,name,{name}")).await;
        }
        for name in &lists[4] {
            assert_known(&desk, &format!("id,name,class,{name}")).await;
        }
    }
}

/// That each column has a meaning: no notice says that one is not read.
async fn assert_known(desk: &Desk, header: &str) {
    let blanks = header.matches(',').count() - 2;
    let class = if header.starts_with("id,name,class") { "students" } else { "staff" };
    let row = format!("1,Ada,{class}{}", ",".repeat(blanks));
    let given = desk.give(format!("{header}\n{row}\n").as_bytes(), "").await;
    let look = desk.open(&format!("{}?lang=en", given.location)).await;
    look.says(&["The list can be taken as it is."]);
    assert!(!look.text.contains("is not read"), "{header}");
}
