//! From the problems of a draft to the fields in which they are mended.

use urna_api::Item;
use urna_api::authority::Draft;
use urna_pages::desk::making::{Part, Problem, What};

use super::reading::said;
use crate::draft;

/// A problem, with the way to its field and the names of what it is about.
pub(in crate::http::desk) fn problem(item: &Item, draft: &Draft) -> Problem {
    let field = item.field.as_deref().unwrap_or_default();
    let what = what(&item.problem);
    let (part, at) = place(field, what, draft);
    Problem { part, at, field: field.to_owned(), of: names(field, draft), what, detail: item.problem.clone() }
}

// Rules of manifests that say two things, and here the simpler one.
const EMPTY: &str = "must not be empty (MAN-13)";
const NONE_YET: &str = "0 in the list, ";

fn what(problem: &str) -> What {
    let rule = problem.rsplit_once("(MAN-").and_then(|(_, rest)| rest.strip_suffix(')')?.parse().ok());
    match problem {
        EMPTY => What::Empty,
        _ if problem.starts_with(NONE_YET) => What::NoneYet,
        _ if rule.is_some() => What::Rule(rule.unwrap_or_default()),
        draft::NO_PLAN => What::NoPlan,
        draft::NO_ISSUER_KEYS => What::NoIssuerKeys,
        draft::CLASS_WITHOUT_KEY => What::ClassWithoutKey,
        draft::NO_ELECTION_KEY => What::NoElectionKey,
        draft::UNKNOWN_BOOTH => What::UnknownBooth,
        draft::NO_APPROVER => What::NoApprover,
        draft::REPEATED_APPROVER => What::RepeatedApprover,
        draft::UNKNOWN_APPROVER => What::UnknownApprover,
        draft::NO_LINK => What::NoLink,
        draft::BAD_SUBJECT => What::BadSubject,
        draft::NOT_THE_PLAN => What::NotThePlan,
        draft::OPENS_IN_THE_PAST => What::OpensInThePast,
        _ if problem.contains(draft::IS_NO_MORE) => What::PeopleOfNoClass,
        _ => What::Other,
    }
}

/// The number in `contests[3].rest`, and the rest.
fn row<'f>(field: &'f str, list: &str) -> Option<(usize, &'f str)> {
    let (number, rest) = field.strip_prefix(list)?.strip_prefix('[')?.split_once(']')?;
    Some((number.parse().ok()?, rest.strip_prefix('.').unwrap_or(rest)))
}

/// The part, and where in it.
fn place(field: &str, what: What, draft: &Draft) -> (Option<Part>, String) {
    // A contest on nobody's ballot is put on one where the classes are.
    let is_unused = what == What::Rule(10);
    if let Some((number, rest)) = row(field, "contests").filter(|_| !is_unused)
        && let Some(contest) = draft.contests.get(number)
    {
        return (Some(Part::Contests), format!("contests/{}#{rest}", contest.id));
    }
    let stem = field.split(['.', '[']).next().unwrap_or_default();
    let (part, field) = match stem {
        "title" | "description" | "organiser" | "time_zone" | "trial" => (Part::Titles, field),
        "languages" => (Part::Titles, "languages"),
        "contests" if is_unused => (Part::Classes, "classes"),
        "contests" => (Part::Contests, "contests"),
        "ballot_styles" => (Part::Classes, "classes"),
        "classes" => (Part::Classes, field),
        "schedule" => (Part::Schedule, field),
        "policy" if field.starts_with("policy.smallest_class.confirmed") => (Part::Classes, "classes"),
        "policy" if field.starts_with("policy.smallest_class") => (Part::Classes, field),
        "policy" | "booth" | "witnesses" => (Part::Policies, field),
        "issuers" | "trustees" => (Part::Trustees, field),
        "approvers" => (Part::Words, "approvers"),
        "invitation" => (Part::Words, field),
        _ => return (None, String::new()),
    };
    (Some(part), format!("{}#{field}", part.path()))
}

/// What a field is of: the title of a contest and of an option, a class, a trustee.
fn names(field: &str, draft: &Draft) -> Vec<String> {
    let or_number = |name: &str, number: usize| match name {
        "" => number.saturating_add(1).to_string(),
        name => name.to_owned(),
    };
    let languages = &draft.languages;
    if let Some((number, rest)) = row(field, "contests")
        && let Some(contest) = draft.contests.get(number)
    {
        let mut names = vec![or_number(said(&contest.title, languages), number)];
        if let Some((number, _)) = row(rest, "options")
            && let Some(option) = contest.options.get(number)
        {
            names.push(or_number(said(&option.title, languages), number));
        }
        return names;
    }
    let class = row(field, "classes")
        .and_then(|(number, _)| Some((said(&draft.classes.get(number)?.title, languages), number)));
    let issuer = row(field, "issuers")
        .and_then(|(number, _)| Some((draft.issuers.get(number)?.name.as_str(), number)));
    let trustee = row(field, "trustees.members")
        .and_then(|(number, _)| Some((draft.trustees.members.get(number)?.name.as_str(), number)));
    class.or(issuer).or(trustee).map(|(name, number)| or_number(name, number)).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use urna_election::manifest::Rule;

    use super::*;

    #[test]
    fn leads_to_the_field_s1_21() {
        let draft = draft::preset("practice", "eva", "https://vote.example").unwrap();
        for (field, problem, part, at, of) in [
            ("title.en", "must not be empty (MAN-13)", Some(Part::Titles), "titles#title.en", vec![]),
            ("languages[1]", "x (MAN-6)", Some(Part::Titles), "titles#languages", vec![]),
            (
                "contests[0].options[1].title.en",
                "must not be empty (MAN-13)",
                Some(Part::Contests),
                "contests/drink#options[1].title.en",
                vec!["What shall we drink?", "Coffee"],
            ),
            (
                "contests[0]",
                "x (MAN-10)",
                Some(Part::Classes),
                "classes#classes",
                vec!["What shall we drink?"],
            ),
            ("contests", "x (MAN-7)", Some(Part::Contests), "contests#contests", vec![]),
            (
                "classes[0].weight",
                "x (MAN-15)",
                Some(Part::Classes),
                "classes#classes[0].weight",
                vec!["Voters"],
            ),
            (
                "trustees.members[0].name",
                "x (MAN-13)",
                Some(Part::Trustees),
                "trustees#trustees.members[0].name",
                vec!["Anna"],
            ),
            ("policy.batch.min", "x (MAN-32)", Some(Part::Policies), "policies#policy.batch.min", vec![]),
            ("approvers[0]", draft::UNKNOWN_APPROVER, Some(Part::Words), "words#approvers", vec![]),
            ("", draft::NO_PLAN, None, "", vec![]),
        ] {
            let found = super::problem(&Item::field(field, problem), &draft);
            assert_eq!((found.part, found.at.as_str()), (part, at), "{field}");
            assert_eq!(found.of, of, "{field}");
            assert_ne!(found.what, What::Other, "{field}");
        }
        assert_eq!(what("is 5, where 0 to 3 is allowed (MAN-15)"), What::Rule(15));
        assert_eq!(what("something new"), What::Other);
        // As the rules themselves say it.
        let empty = format!("{} (MAN-13)", Rule::Empty);
        let none = format!("{} (MAN-7)", Rule::ListLength { found: 0, least: 1, most: 9 });
        assert_eq!((what(&empty), what(&none)), (What::Empty, What::NoneYet));
        assert_eq!(what("10 in the list, where 1 to 9 are allowed (MAN-7)"), What::Rule(7));
    }
}
