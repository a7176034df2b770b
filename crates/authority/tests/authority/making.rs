//! Making an election in a browser: every form gives what it was made of, refuses what it cannot read, and loses nothing.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use reqwest::StatusCode;
use urna_api::authority::{Draft, NewElection, Role};
use urna_election::manifest::Schedule;
use urna_election::manifest::draft::Revote;

use crate::arbitrary;
use crate::browsing::{Browser, Form, Page};
use crate::http::Served;
use crate::sample::{SLUG, draft, slug};

const MAKING: &str = "/desk/union-2027/making";

const PARTS: [&str; 8] =
    ["titles", "contests", "contests/council", "classes", "schedule", "policies", "trustees", "words"];

/// An authority with a draft, and its owner's browser.
async fn begun() -> (Served, Browser) {
    let served = Served::new().await;
    let world = &served.world;
    let new = NewElection { slug: SLUG.into(), from: None };
    world.authority().create(&world.owner(), &new).unwrap();
    let browser = Browser::sign_in(&served, &world.owner).await;
    (served, browser)
}

fn now(served: &Served) -> (Draft, u64) {
    served.world.authority().draft(&served.world.owner(), &slug()).unwrap()
}

fn put(served: &Served, draft: &Draft) {
    let (_, version) = now(served);
    served.world.authority().edit(&served.world.owner(), &slug(), draft, version).unwrap();
}

fn led_to(page: &Page, path: &str) {
    assert_eq!((page.status, page.location.as_str()), (StatusCode::SEE_OTHER, path), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_titles_and_contests_as_a_secretary_does() {
    let (served, mut browser) = begun().await;
    let list = browser.get(MAKING).await;
    assert!(list.says("things are missing") && list.says("Nobody is on the list yet"));
    // Another language, then its texts.
    let titles = format!("{MAKING}/titles");
    let saved = browser
        .fill(&titles, "stay", |form| {
            form.insert("language.cs".into(), "on".into());
            form.insert("language.other".into(), "de".into());
            form.insert("title.en".into(), "Council & board".into());
        })
        .await;
    led_to(&saved, &format!("{titles}?saved=yes"));
    assert!(browser.get(&saved.location).await.says("Saved."));
    let saved = browser
        .fill(&titles, "save", |form| {
            assert_eq!(form["title.en"], "Council & board");
            form.insert("title.cs".into(), "Rada".into());
            form.insert("title.de".into(), "Rat".into());
            form.insert("language.first".into(), "cs".into());
            form.insert("organiser.name".into(), "The Union".into());
            form.insert("time_zone".into(), "Europe/Stockholm".into());
        })
        .await;
    led_to(&saved, &format!("{MAKING}?saved=yes"));
    let (draft, _) = now(&served);
    assert_eq!(draft.languages, ["cs", "en", "de"]);
    assert_eq!((draft.title["cs"].as_str(), draft.title["de"].as_str()), ("Rada", "Rat"));
    assert_eq!((draft.organiser.name.as_str(), draft.time_zone.as_str()), ("The Union", "Europe/Stockholm"));
    // A language that is removed takes its texts with it.
    browser.fill(&titles, "save", |form| drop(form.insert("language.other".into(), String::new()))).await;
    let (draft, _) = now(&served);
    assert_eq!(draft.languages, ["cs", "en"]);
    assert!(!draft.title.contains_key("de"));

    // A question, its candidates from a spreadsheet.
    let contests = format!("{MAKING}/contests");
    let added = browser
        .fill(&contests, "add", |form| drop(form.insert("title.cs".into(), "Předsednictvo".into())))
        .await;
    led_to(&added, &format!("{contests}?saved=yes"));
    let contest = format!("{contests}/predsednictvo");
    let pasted = browser
        .fill(&contest, "save", |form| {
            form.insert("paste".into(), "Ada Nová\tfyzika\r\nBo Strand".into());
            form.insert("max".into(), "2".into());
            form.insert("abstain".into(), "on".into());
            form.insert("title.en".into(), "Presidency".into());
            form.insert("options[0].title.cs".into(), "Žádný".into());
        })
        .await;
    led_to(&pasted, &format!("{contests}?saved=yes"));
    let (draft, _) = now(&served);
    let ids: Vec<_> = draft.contests[1].options.iter().map(|option| option.id.as_str()).collect();
    assert_eq!(ids, ["zadny", "ada-nova", "bo-strand"]);
    assert!(draft.contests[1].abstain && draft.contests[1].max.value() == 2);
    assert_eq!(draft.ballot_styles[0].contests, ["council", "predsednictvo"]);
    led_to(&browser.fill(&contest, "remove:0", |_| {}).await, &format!("{contest}?saved=yes#options"));
    led_to(&browser.fill(&contest, "down:0", |_| {}).await, &format!("{contest}?saved=yes#options"));
    led_to(&browser.fill(&contests, "remove:council", |_| {}).await, &format!("{contests}?saved=yes"));
    let (draft, _) = now(&served);
    let ids: Vec<_> = draft.contests[0].options.iter().map(|option| option.id.as_str()).collect();
    assert_eq!((draft.contests.len(), ids), (1, vec!["bo-strand", "ada-nova"]));
    // What is no more leads back, and what is no page to the checklist.
    led_to(&browser.get(&format!("{contests}/council")).await, &contests);
    led_to(&browser.get(&format!("{MAKING}/nothing")).await, MAKING);
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_again_what_cannot_be_read() {
    let (served, mut browser) = begun().await;
    let before = now(&served);
    let contest = format!("{MAKING}/contests/council");
    let page = browser
        .fill(&contest, "save", |form| {
            form.insert("max".into(), "a few".into());
            form.insert("title.en".into(), "Chair <of> it".into());
        })
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("Most marks: This must be a whole number") && page.text.contains("id=\"max-wrong\""));
    let form = page.form();
    assert_eq!((form["max"].as_str(), form["title.en"].as_str()), ("a few", "Chair <of> it"));
    let page = browser
        .fill(&format!("{MAKING}/titles"), "save", |form| {
            form.insert("language.other".into(), "german".into());
            form.remove("language.en");
            form.insert("title.en".into(), "Typed".into());
        })
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("language tags such as") && page.form()["title.en"] == "Typed");
    let page = browser.fill(&format!("{MAKING}/contests"), "add", |_| {}).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(now(&served), before, "nothing was changed");
    // What can be read and is wrong is kept, and said.
    browser.fill(&contest, "save", |form| drop(form.insert("max".into(), "99".into()))).await;
    assert_eq!(now(&served).0.contests[0].max.value(), 99);
    assert!(browser.get(MAKING).await.text.contains("contests/council#max\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn loses_nothing_of_two_who_edit_at_once() {
    let (served, mut browser) = begun().await;
    let titles = format!("{MAKING}/titles");
    let page = browser.get(&titles).await;
    let mut mine = page.form();
    mine.insert("title.en".into(), "Mine".into());
    mine.insert("do".into(), "save".into());
    browser.fill(&titles, "save", |form| drop(form.insert("title.en".into(), "Theirs".into()))).await;
    let shown = browser.post(&titles, &mine).await;
    assert_eq!(shown.status, StatusCode::PRECONDITION_FAILED);
    assert!(shown.says("Somebody else has changed this election") && shown.text.contains("<q>Theirs</q>"));
    assert_eq!(now(&served).0.title["en"], "Theirs");
    // The form is there with what was typed, and of the newest version.
    let mut again = shown.form();
    assert_eq!(again["title.en"], "Mine");
    again.insert("do".into(), "save".into());
    led_to(&browser.post(&titles, &again).await, &format!("{MAKING}?saved=yes"));
    assert_eq!(now(&served).0.title["en"], "Mine");
    // What changes nothing voids nothing.
    let (_, version) = now(&served);
    led_to(&browser.fill(&titles, "save", |_| {}).await, &format!("{MAKING}?saved=yes"));
    assert_eq!(now(&served).1, version);
}

#[tokio::test(flavor = "multi_thread")]
async fn lets_nobody_edit_without_the_role_or_after_publication() {
    let (served, mut browser) = begun().await;
    let titles = format!("{MAKING}/titles");
    let form = browser.get(&titles).await.form();
    let edited = || {
        let mut form = form.clone();
        form.insert("title.en".into(), "Edited".into());
        form
    };
    let mut operator = Browser::sign_in(&served, &served.world.operator).await;
    let page = operator.get(&titles).await;
    assert!(
        page.text.contains("<fieldset class=\"part\" disabled") && page.says("Your role lets you read this")
    );
    assert_eq!(operator.post(&titles, &edited()).await.status, StatusCode::FORBIDDEN);
    assert!(operator.get(MAKING).await.says("Your role lets you read this"));
    for part in PARTS {
        let path = format!("{MAKING}/{part}");
        assert!(operator.get(&path).await.text.contains("<fieldset class=\"part\" disabled"), "{part}");
        assert_eq!(operator.post(&path, &edited()).await.status, StatusCode::FORBIDDEN, "{part}");
    }
    for act in ["check/plan", "check/publish", "check/approve", "trustees/restart", "trustees/keys"] {
        let form = Form::from([("confirm".to_owned(), SLUG.to_owned())]);
        let refused = operator.post(&format!("{MAKING}/{act}"), &form).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{act}");
    }
    let (manager, _) = served.world.key("jan", Role::Manager);
    let mut manager = Browser::sign_in(&served, &manager).await;
    led_to(&manager.post(&titles, &edited()).await, &format!("{titles}?saved=yes"));
    assert_eq!(now(&served).0.title["en"], "Edited");
}

#[tokio::test(flavor = "multi_thread")]
async fn is_read_only_once_it_is_published() {
    let served = Served::new().await;
    served.world.publish(draft(&served.world)).await;
    let mut browser = Browser::sign_in(&served, &served.world.owner).await;
    let titles = format!("{MAKING}/titles");
    let page = browser.get(&titles).await;
    assert!(page.says("nothing can be changed here") && page.text.contains("value=\"Union election 2027\""));
    let mut form = page.form();
    form.insert("title.en".into(), "Edited".into());
    let refused = browser.post(&titles, &form).await;
    assert!(
        refused.status.is_client_error() && refused.says("what was fixed cannot be changed"),
        "{}",
        refused.text
    );
    assert!(browser.get(MAKING).await.says("The election is published"));
    for part in PARTS {
        let path = format!("{MAKING}/{part}");
        assert!(!browser.get(&path).await.text.contains("<button"), "{part}");
        let refused = browser.post(&path, &Form::new()).await;
        assert!(refused.says("what was fixed cannot be changed"), "{part}: {}", refused.text);
    }
    assert_eq!(now(&served).0.title["en"], "Union election 2027");
}

#[tokio::test(flavor = "multi_thread")]
async fn gives_back_what_it_shows() {
    let (served, mut browser) = begun().await;
    let mut runner = TestRunner::deterministic();
    let drafts = arbitrary::draft(now(&served).0);
    for _ in 0..24 {
        let draft = drafts.new_tree(&mut runner).unwrap().current();
        put(&served, &draft);
        let (_, version) = now(&served);
        let contests = draft.contests.iter().map(|contest| format!("contests/{}", contest.id));
        let parts = ["titles", "classes", "schedule", "policies", "trustees", "words"].map(str::to_owned);
        for part in parts.into_iter().chain(contests) {
            let saved = browser.fill(&format!("{MAKING}/{part}"), "save", |_| {}).await;
            assert_eq!(saved.status, StatusCode::SEE_OTHER, "{part}");
            assert_eq!(now(&served).0, draft, "{part}");
        }
        assert_eq!(now(&served).1, version, "nothing was edited");
        for page in ["", "/check", "/contests"] {
            assert_eq!(browser.get(&format!("{MAKING}{page}")).await.status, StatusCode::OK);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_every_other_part() {
    let (served, mut browser) = begun().await;
    served.world.key("jan", Role::Manager);
    let set = |form: &mut Form, fields: &[(&str, &str)]| {
        form.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    };
    for (part, fields) in [
        (
            "classes",
            [
                ("classes[1].title.en", "Staff"),
                ("classes[1].weight", "2"),
                ("classes[1].district", "North"),
                ("policy.smallest_class.entitled", "7"),
            ],
        ),
        (
            "schedule",
            [
                ("schedule", "times"),
                ("schedule.times.opens", "2027-05-03T08:00"),
                ("schedule.times.closes", "2027-05-07T20:00"),
                ("schedule.times.opening_not_before", "2027-05-07T20:30"),
            ],
        ),
        (
            "policies",
            [
                ("policy.revote", "never"),
                ("policy.interim_figures", "turnout"),
                ("policy.batch.wait", "60"),
                ("policy.blank_counts_as", "unused"),
            ],
        ),
        (
            "trustees",
            [
                ("trustees.members[0].name", "Anna"),
                ("trustees.members[1].name", "Boris"),
                ("trustees.threshold", "2"),
                ("issuers[0].where", "own"),
            ],
        ),
        (
            "words",
            [
                ("invitation", "own"),
                ("invitation.subject", "Vote"),
                ("invitation.text", "Here:\r\n\r\n{link}"),
                ("approvers[2].on", "on"),
            ],
        ),
    ] {
        let saved = browser.fill(&format!("{MAKING}/{part}"), "save", |form| set(form, &fields)).await;
        led_to(&saved, &format!("{MAKING}?saved=yes"));
        assert_eq!(browser.get(&format!("{MAKING}/{part}")).await.status, StatusCode::OK);
    }
    let (draft, _) = now(&served);
    assert_eq!((draft.classes[1].id.as_str(), draft.classes[1].weight.value()), ("staff", 2));
    assert_eq!(draft.classes[1].district.as_deref(), Some("north"));
    assert_eq!(draft.classes[1].ballot_style, "all", "a new group votes on everything");
    assert_eq!(draft.policy.smallest_class.entitled.value(), 7);
    let Schedule::Times(times) = draft.schedule else { panic!("{:?}", draft.schedule) };
    assert_eq!(
        (times.issuance_opens, times.opening_not_before.value() - times.closes.value()),
        (times.opens, 1_800)
    );
    assert_eq!((draft.policy.revote, draft.policy.revote_limit.value()), (Revote::Never, 1));
    assert_eq!(draft.policy.batch.wait.value(), 60);
    assert_eq!(draft.trustees.members[1].id, "boris");
    assert_eq!(draft.issuers[0].url, "https://vote.example");
    assert_eq!(draft.invitation.unwrap().text, "Here:\n\n{link}");
    assert_eq!(draft.approvers, ["eva", "jan"]);

    // What cannot be read stands there again.
    for (part, field, typed) in [
        ("classes", "classes[0].weight", "heavy"),
        ("schedule", "schedule.times.closes", "soon"),
        ("policies", "policy.form_time_limit", "5 min"),
        ("trustees", "trustees.threshold", "most"),
    ] {
        let page =
            browser.fill(&format!("{MAKING}/{part}"), "save", |form| set(form, &[(field, typed)])).await;
        assert_eq!((page.status, page.form()[field].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, typed));
        assert!(page.text.contains(&format!("id=\"{field}-wrong\"")), "{field}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn approves_and_publishes_exactly_what_was_shown() {
    let served = Served::new().await;
    let world = &served.world;
    let authority = world.authority();
    let new = NewElection { slug: SLUG.into(), from: None };
    authority.create(&world.owner(), &new).unwrap();
    let mut browser = Browser::sign_in(&served, &world.owner).await;
    let check = format!("{MAKING}/check");
    let confirm = |typed: &str| Form::from([("confirm".to_owned(), typed.to_owned())]);
    // Nothing can be fixed of a draft without trustees.
    let page = browser.post(&format!("{check}/plan"), &Form::new()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.says("The election is not complete yet") && page.text.contains("trustees#trustees.members\"")
    );
    put(&served, &draft(world));
    let page = browser.get(&check).await;
    assert!(page.says("Nothing is missing that you could fill in") && page.says("Trustee anna"));
    led_to(
        &browser.post(&format!("{check}/plan"), &Form::new()).await,
        &format!("{MAKING}/trustees?saved=yes"),
    );

    // Everybody's link and where each stands.
    let page = browser.get(&format!("{MAKING}/trustees")).await;
    assert!(page.text.contains("href=\"https://vote.example/trustee/union-2027?trustee=anna\""));
    assert!(page.says("Has not begun yet") && page.says("has not given its keys yet"));
    let plan = authority.plan(&slug()).unwrap();
    for (place, issuer) in ["office", "senate"].into_iter().enumerate() {
        authority.take_issuer_keys(&slug(), issuer, world.issuer_keys(&plan.id(), place)).unwrap();
    }
    let enrolment = crate::ceremony::enrolment(&plan, "anna", "anna", &world.trustee);
    authority.take_package(&slug(), "anna", enrolment.kind, &enrolment).unwrap();
    let page = browser.get(MAKING).await;
    assert!(page.says("The key of the single trustee") && !page.says("Office:"), "{}", page.text);
    authority.take_trustee_keys(&world.owner(), &slug(), world.trustee_keys(&plan.id())).unwrap();

    // An edit after reading voids the approval of what was read.
    let page = browser.get(&check).await;
    let shown = page.form();
    assert!(page.says("Approve exactly this") && page.says("Shall it be so?"));
    browser
        .fill(&format!("{MAKING}/titles"), "save", |form| drop(form.insert("trial".into(), "on".into())))
        .await;
    let refused = browser.post(&format!("{check}/approve"), &shown).await;
    assert_eq!(refused.status, StatusCode::PRECONDITION_FAILED);
    assert!(refused.says("The election was changed after you read it"));
    let page = browser.post(&format!("{check}/publish"), &confirm(SLUG)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("Not everybody who has to approve"));
    // Somebody else cannot approve in the owner's place.
    let (manager, _) = world.key("jan", Role::Manager);
    let mut manager = Browser::sign_in(&served, &manager).await;
    let shown = browser.get(&check).await.form();
    assert!(!manager.get(&check).await.says("Approve exactly this"));
    assert_eq!(manager.post(&format!("{check}/approve"), &shown).await.status, StatusCode::FORBIDDEN);
    led_to(&browser.post(&format!("{check}/approve"), &shown).await, &format!("{check}#approve"));
    let page = browser.get(&check).await;
    assert!(page.says("Publish the election") && !page.says("Approve exactly this"));
    assert!(browser.get(&format!("{MAKING}/titles")).await.says("every approval is void"));
    let bytes = browser.get(&format!("{check}/manifest.json")).await;
    assert_eq!(bytes.text.as_bytes(), authority.manifest(Some(&world.owner()), &slug()).unwrap());

    // Typed confirmation, and only the owner.
    let page = browser.post(&format!("{check}/publish"), &confirm("union")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("not that of this election"));
    assert!(!manager.get(&check).await.says("Publish the election"));
    assert_eq!(manager.post(&format!("{check}/publish"), &confirm(SLUG)).await.status, StatusCode::FORBIDDEN);
    led_to(&browser.post(&format!("{check}/publish"), &confirm(SLUG)).await, "/desk/union-2027");
    let page = browser.get(&check).await;
    assert!(page.says("The election is published") && page.says("Shall it be so?"));
    assert!(!page.text.contains("<form"));
}

#[tokio::test(flavor = "multi_thread")]
async fn begins_the_key_ceremony_again() {
    let served = Served::new().await;
    let world = &served.world;
    world.prepare(draft(world)).await;
    let authority = world.authority();
    let mut browser = Browser::sign_in(&served, &world.owner).await;
    let trustees = format!("{MAKING}/trustees");
    let page = browser.get(&trustees).await;
    assert!(page.says("Has the key") && page.says("Has given its keys"));
    let mut form = page.form();
    let restart = format!("{trustees}/restart");
    let refused = browser.post(&restart, &form).await;
    assert!(refused.status.is_client_error() && refused.says("not that of this election"));
    form.insert("confirm".into(), SLUG.into());
    form.insert("forget.anna".into(), "on".into());
    led_to(&browser.post(&restart, &form).await, &format!("{trustees}?saved=yes"));
    let ceremony = authority.ceremony(&slug()).unwrap();
    assert_eq!((ceremony.attempt, ceremony.awaited.unwrap().kind.as_str()), (2, "enrolment"));
    // An issuer gives other keys, after the owner has removed those that are there.
    form.insert("issuer".into(), "senate".into());
    led_to(&browser.post(&format!("{trustees}/keys"), &form).await, &format!("{trustees}?saved=yes"));
    assert!(browser.get(&trustees).await.says("This issuer has not given its keys yet"));
    let (manager, _) = world.key("jan", Role::Manager);
    let mut manager = Browser::sign_in(&served, &manager).await;
    assert!(!manager.get(&trustees).await.says("Begin the key ceremony again"));
    assert_eq!(manager.post(&restart, &form).await.status, StatusCode::FORBIDDEN);
    assert_eq!(manager.post(&format!("{trustees}/keys"), &form).await.status, StatusCode::FORBIDDEN);
    // Where an issuer is can still be mended; who it is not.
    let saved = browser
        .fill(&trustees, "save", |form| {
            drop(form.insert("issuers[0].url".into(), "https://new.example".into()))
        })
        .await;
    led_to(&saved, &format!("{MAKING}?saved=yes"));
    assert_eq!(now(&served).0.issuers[0].url, "https://new.example");
}
