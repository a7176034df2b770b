use super::*;
use crate::desk::{At, Election};
use crate::words::Words;

fn around(words: Words) -> Around<'static> {
    let election =
        Election { slug: "council", title: "Council <b>", at: At::Making, is_owner: true, may_manage: true };
    Around {
        words,
        path: "/desk/council/making/x".into(),
        account: Some("Eva & co"),
        election: Some(election),
    }
}

fn is_sound(page: &str) {
    for wrong in [
        " style=",
        "<script",
        "<style",
        " onclick",
        "src=\"http",
        "action=\"http",
        "&amp;amp;",
        "make-",
        "rule-",
    ] {
        let text = page.replace("name=\"make-", "");
        assert!(!text.contains(wrong), "{wrong} in {page}");
    }
    for tag in [
        "section", "form", "fieldset", "ul", "ol", "li", "div", "details", "select", "textarea", "label", "p",
    ] {
        let (opened, closed) = (format!("<{tag}"), format!("</{tag}>"));
        let opened =
            page.matches(&format!("{opened}>")).count() + page.matches(&format!("{opened} ")).count();
        assert_eq!(opened, page.matches(&closed).count(), "{tag} in {page}");
    }
    assert_eq!(page.matches("<h1").count(), 1);
}

fn sheet(words: Words, fields: &[(&str, &str)]) -> Sheet<'static> {
    Sheet {
        around: around(words),
        form: fields.iter().copied().collect(),
        wrong: Vec::new(),
        meanwhile: None,
        version: 7,
        locked: None,
        has_approvals: false,
        was_saved: false,
        languages: vec!["en".into(), "cs".into()],
    }
}

/// Every form's page, of what it is shown with.
fn forms(sheet: &Sheet<'_>) -> Vec<String> {
    let line = ContestLine { id: "chair".into(), title: String::new(), options: 2, seats: 1, problems: 1 };
    let known = ClassesKnown { contests: vec![("chair".into(), "Chair".into())], ..ClassesKnown::default() };
    let trustee = |awaited: Option<&str>| TrusteeFixed {
        id: "anna".into(),
        name: "Anna <b>".into(),
        link: "https://vote.example/trustee/council?trustee=anna".into(),
        awaited: awaited.map(str::to_owned),
    };
    let kinds = ["enrolment", "round1", "round2", "confirmation"];
    let mut members: Vec<_> = kinds.into_iter().map(Some).map(trustee).collect();
    members.push(trustee(None));
    let issuer = |has_keys| IssuerFixed { id: "office".into(), name: "Office".into(), has_keys };
    let issuers = vec![issuer(true), issuer(false)];
    let fixed =
        Fixed { trustees: members, threshold: 2, issuers, attempt: 1, has_key: false, is_owner: true };
    vec![
        titles(sheet),
        contests(sheet, &[line.clone(), line]),
        contest(sheet),
        classes(sheet, &known),
        schedule(sheet, "Europe/Prague"),
        policies(sheet, Some("00ff")),
        trustees(sheet, None),
        trustees(sheet, Some(&fixed)),
        invitation(sheet),
    ]
}

#[test]
fn shows_every_form_in_every_language_and_state() {
    let fields = [
        ("title.en", "\"A\" & <B>"),
        ("title.de", "Titel"),
        ("options[0].id", "ada"),
        ("options[0].title.cs", "Ada"),
    ];
    for language in Language::ALL {
        let words = Words::new(language);
        let open = sheet(words, &fields);
        let locked = Sheet { locked: Some(Locked::Published), ..open.clone() };
        let wrong = vec![("min".to_owned(), NotRead::Number), ("time_zone".to_owned(), NotRead::Empty)];
        let wrong = Sheet { wrong, has_approvals: true, ..open.clone() };
        let meanwhile = [("title.en", "theirs"), ("min", "3")].into_iter().collect();
        let meanwhile = Sheet { meanwhile: Some(meanwhile), ..open.clone() };
        for sheet in [&open, &locked, &wrong, &meanwhile] {
            for page in forms(sheet) {
                is_sound(&page);
                assert_eq!(page.contains("<form"), sheet.locked.is_none());
                assert_eq!(page.contains("<fieldset class=\"part\" disabled"), sheet.locked.is_some());
                assert_eq!(page.contains("name=\"version\" value=\"7\""), sheet.locked.is_none());
            }
        }
        // What is wrong may stand in what is folded.
        for (sheet, is_unfolded) in [(&open, false), (&wrong, true), (&locked, true)] {
            assert_eq!(policies(sheet, None).contains("<details open"), is_unfolded);
        }
        let page = contest(&wrong);
        assert!(
            page.contains("id=\"min-wrong\"") && page.contains("aria-describedby=\"min-note min-wrong\"")
        );
        assert!(page.contains(&words.text("make-voids")) && page.contains("href=\"#min\""));
        assert!(contest(&open).contains("value=\"&quot;A&quot; &amp; &lt;B&gt;\""));
        assert!(contest(&meanwhile).contains("<q>theirs</q>"));
        // A text in a language that the election does not have is shown, or it could not be removed.
        assert!(
            titles(&open).contains("name=\"title.de\"") && !titles(&open).contains("name=\"description.de\"")
        );
    }
}

#[test]
fn says_what_is_missing_and_who_is_awaited() {
    let of = |part, what| Problem {
        part: Some(part),
        at: "contests/chair#max".into(),
        field: "contests[3].options[1].title.cs".into(),
        of: vec!["Chair".into(), "Ada".into()],
        what,
        detail: "is 7 (MAN-15)".into(),
    };
    let list = |stage, problems| Checklist {
        stage,
        problems,
        awaited: vec![Awaited::Issuer("Office".into()), Awaited::Trustee("Anna".into()), Awaited::SoloKey],
        voters: 3,
        locked: None,
        saved: true,
    };
    for language in Language::ALL {
        let words = Words::new(language);
        let problems = vec![of(Part::Contests, What::Rule(15)), of(Part::Trustees, What::NoElectionKey)];
        let page = checklist(&around(words), &list(Stage::Keys, problems));
        is_sound(&page);
        assert!(
            page.contains(&words.text("rule-man-15"))
                && page.contains("href=\"/desk/council/making/contests/chair#max\"")
        );
        assert!(
            page.contains(&format!("Chair › Ada › {} (Čeština)", words.text("make-option-title")))
                && page.contains(&words.text("make-next-parts"))
        );
        // What others give makes no part incomplete.
        assert_eq!(
            page.matches(&format!("<p class=\"state ok\">{}", words.text("make-complete"))).count(),
            6
        );
        assert!(page.contains(&words.of("make-awaits-issuer", "name", "Office")));
        let page = checklist(&around(words), &list(Stage::Keys, Vec::new()));
        assert!(page.contains(&words.text("make-next-keys")) && page.contains("aria-current=\"step\""));
    }
}

/// Every rule that a draft can break has words.
#[test]
fn has_words_for_every_rule() {
    let words = Words::new(Language::English);
    for number in (4..=34).filter(|number| *number != 19) {
        let key = format!("rule-man-{number}");
        assert_ne!(words.text(&key), key);
    }
}

#[test]
fn shows_a_whole_election_to_those_who_approve_it() {
    use urna_election::sample;

    let manifest = sample::manifest::manifest();
    let list = |stage| Checklist {
        stage,
        problems: Vec::new(),
        awaited: vec![Awaited::Approver("Jan".into())],
        voters: 0,
        locked: None,
        saved: false,
    };
    let shown = |stage| Check {
        list: list(stage),
        manifest: Some(&manifest),
        approvers: vec![("Eva".into(), true), ("Jan".into(), false)],
        may_approve: stage == Stage::Approvals,
        issuers: vec!["Office".into()],
        trustees: Vec::new(),
        threshold: 2,
        people: vec![1, 5],
        wrong: Some(crate::desk::Wrong::OtherManifest),
    };
    for language in Language::ALL {
        let words = Words::new(language);
        for stage in [Stage::Parts, Stage::Keys, Stage::Approvals, Stage::Ready, Stage::Published] {
            let page = check(&around(words), &shown(stage));
            is_sound(&page);
            for (said, when) in [
                ("make-plan-do", stage == Stage::Parts),
                ("make-approve-do", stage == Stage::Approvals),
                ("make-publish-do", stage == Stage::Ready),
            ] {
                assert_eq!(
                    page.contains(&words.text(said)) && page.contains("<form"),
                    when,
                    "{said} {stage:?}"
                );
            }
            for said in [
                "Candidate ada",
                "Election of the auditor",
                "Members collective",
                "Trustee clara",
                "https://board.example",
            ] {
                assert!(page.contains(said), "{said} in {page}");
            }
            // One of the two groups is confirmed.
            assert_eq!(page.matches(&words.text("make-confirmed")).count(), 1);
            let id = manifest.id().to_string();
            assert!(
                page.contains(&"09".repeat(32))
                    && page.contains(&id[..8])
                    && page.contains(&words.text("wrong-other-manifest"))
            );
        }
        let mut others = around(words);
        others.election.as_mut().unwrap().is_owner = false;
        let page = check(&others, &shown(Stage::Ready));
        assert!(page.contains(&words.text("make-owner-only")) && !page.contains("<form"));
    }
}
