//! The pages that people read of an election that is over, and what there is before.

use urna_api::ProblemType;
use urna_election::result::ElectionResult;
use urna_election::selection::{Choice, OpenedBallot};

use super::service::Service;
use crate::sample::{SLUG, Sample};

/// A page, with the headers that all pages have.
async fn page(service: &Service, path: &str) -> String {
    let answer = service.get(path).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
    let policy = answer.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("default-src 'none'; style-src 'self'") && !policy.contains("unsafe"),
        "{policy}"
    );
    String::from_utf8(answer.body).unwrap()
}

/// While there is no result, there is no ballot to show either.
pub(super) async fn hides_ballots(service: &Service) {
    for path in ["votes", "result.csv"] {
        let problem = service.get(&format!("/{SLUG}/{path}")).await.problem();
        assert_eq!(problem.kind, ProblemType::NotYetPublic, "{path}");
    }
    verifies(service).await;
    let election = page(service, &format!("/{SLUG}/")).await;
    assert!(!election.contains("href=\"votes") && !election.contains("result.csv"), "{election}");
}

/// At any time: the page that verifies, and what it runs, which may ask this origin and nobody else.
async fn verifies(service: &Service) {
    let answer = service.get(&format!("/{SLUG}/verify?election=9f2c")).await.expect(200);
    let own =
        "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; form-action 'self'";
    assert!(answer.header("content-security-policy").unwrap().contains(own));
    let page = String::from_utf8(answer.body).unwrap();
    assert!(page.contains("value=\"9f2c\"") && page.contains(&format!("data-slug=\"{SLUG}\"")), "{page}");
    for (attribute, kind, is_program) in [
        ("src", "text/javascript", false),
        ("data-worker", "text/javascript", true),
        ("data-program", "application/wasm", false),
    ] {
        let (_, after) = page.split_once(&format!(" {attribute}=\"/")).unwrap();
        let answer = service.get(&format!("/{}", after.split('"').next().unwrap())).await.expect(200);
        assert!(answer.header("content-type").unwrap().starts_with(kind), "{attribute}");
        assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
        let policy = answer.header("content-security-policy").unwrap();
        assert_eq!(policy.contains(own), is_program, "{attribute}: {policy}");
    }
    assert_eq!(service.get("/nowhere/verify").await.problem().kind, ProblemType::UnknownElection);
}

/// The board's list, the election, its result, and its ballots; what they link to is there.
pub(super) async fn shows_everything(
    service: &Service,
    sample: &Sample,
    opened: &[(String, OpenedBallot)],
    result: &ElectionResult,
) {
    let list = page(service, "/?lang=sv").await;
    assert!(list.contains(&format!("href=\"/{SLUG}/?lang=sv\"")), "{list}");
    let answer = service.get(&format!("/{SLUG}")).await.expect(308);
    assert_eq!(answer.header("location"), Some(format!("/{SLUG}/").as_str()));
    assert_eq!(service.get("/nowhere/").await.problem().kind, ProblemType::UnknownElection);

    let election = page(service, &format!("/{SLUG}/?lang=en")).await;
    for said in [
        sample.manifest.id().to_string().as_str(),
        "The result is published",
        "opened",
        "said who took a token",
    ] {
        assert!(election.contains(said), "{said} in {election}");
    }
    for link in ["blob/", "result.csv", "checkpoint", "log.vkey", "/v1/assets/"] {
        let at = election.find(&format!("href=\"{link}")).unwrap() + "href=\"".len();
        let to = election[at..].split('"').next().unwrap();
        let to = if to.starts_with('/') { to.to_owned() } else { format!("/{SLUG}/{to}") };
        assert!(!service.get(&to).await.expect(200).body.is_empty(), "{to}");
    }
    let csv = service.get(&format!("/{SLUG}/result.csv")).await.expect(200).body;
    assert_eq!(csv, result.to_csv().as_bytes());

    let mut identifiers: Vec<_> = opened.iter().map(|(identifier, _)| identifier.clone()).collect();
    identifiers.sort();
    let shown = |page: &str| -> Vec<String> {
        let cells = page.split("<th class=\"identifier\" scope=\"row\">").skip(1);
        cells.map(|cell| cell.split('<').next().unwrap().to_owned()).collect()
    };
    let votes = async |query: &str| page(service, &format!("/{SLUG}/votes?lang=en&{query}")).await;
    assert_eq!(shown(&votes("").await), identifiers);
    // However it is typed; what is not there is not found; a page too far is the last one.
    let typed = identifiers[1].to_lowercase().replace('-', "%20");
    assert_eq!(shown(&votes(&format!("q={typed}")).await), identifiers[1..2]);
    assert_eq!(shown(&votes("q=%3Cscript%3E").await), Vec::<String>::new());
    assert_eq!(shown(&votes("page=99").await), identifiers);
    // Under each option those who marked it.
    for (place, contest) in sample.manifest.contests().iter().enumerate() {
        let choices = |ballot: &OpenedBallot| {
            let style =
                sample.manifest.ballot_style(ballot.class()).position(|(contest, _)| contest == place)?;
            ballot.choices().unwrap().get(style).cloned()
        };
        let found =
            async |choice: &str| shown(&votes(&format!("choice={}:{choice}", contest.id)).await).len();
        for (mark, option) in (0..).zip(&contest.options) {
            let marks = |choice: Option<Choice>| matches!(choice, Some(Choice::Marks(marks)) if marks.contains(&mark));
            let expected = opened.iter().filter(|(_, ballot)| marks(choices(ballot))).count();
            assert_eq!(found(option.id.as_str()).await, expected, "{}", option.id);
        }
        let blank = result.contests[place].blank.value();
        assert_eq!(u64::try_from(found("blank").await).unwrap(), blank);
        assert_eq!(found("nobody").await, opened.len());
    }
}
