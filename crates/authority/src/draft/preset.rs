//! What a new draft begins with.

use urna_api::authority::{Draft, IssuerParty, TrusteeParties, TrusteeParty};
use urna_election::json::Integer;
use urna_election::manifest::draft::{
    BallotStyle, Batch, Class, Contest, ContestOption, CountsAs, Credentials, Disclosure, InterimFigures,
    Issuance, Method, Organiser, Policy, Revote, Schedule, SmallestClass, Texts, Witnesses,
};

/// The draft of this name, for an owner who asks the authority at this address. Titles, contests' options, trustees and whatever
/// else nobody can guess are left empty: validation lists them.
///
/// | name | for | what differs |
/// |---|---|---|
/// | `council` | elections over days | voters may vote again and withdraw; batches of 20 or ten minutes |
/// | `committee` | one final ballot | no second vote |
/// | `meeting` | votes while people sit together | opened and closed by hand; no ballot waits; turnout is shown |
/// | `practice` | trying it out | a trial of a meeting with nothing left empty: `urna help tutorial` |
pub(crate) fn preset(name: &str, owner: &str, authority: &str) -> Option<Draft> {
    let council = council(owner);
    match name {
        "council" => Some(council),
        "committee" => {
            let policy =
                Policy { revote: Revote::Never, revote_limit: Integer::from(1_u32), ..council.policy };
            Some(Draft { policy, ..council })
        }
        "meeting" => Some(meeting(council)),
        "practice" => Some(practice(meeting(council), authority)),
        _ => None,
    }
}

fn text(text: &str) -> Texts {
    Texts::from([("en".to_owned(), text.to_owned())])
}

fn meeting(council: Draft) -> Draft {
    let policy = Policy {
        batch: Batch { min: Integer::from(1_u32), wait: Integer::from(1_u32) },
        interim_figures: InterimFigures::Turnout,
        ..council.policy
    };
    Draft { policy, schedule: Schedule::Manual, ..council }
}

/// Three options, three trustees of whom two open, and the issuer that runs beside the authority (`urna serve`).
fn practice(meeting: Draft, authority: &str) -> Draft {
    let option =
        |id: &str, title: &str| ContestOption { description: None, id: id.to_owned(), title: text(title) };
    let options = vec![option("tea", "Tea"), option("coffee", "Coffee"), option("water", "Water")];
    let drink = |contest| Contest {
        id: "drink".into(),
        options: options.clone(),
        title: text("What shall we drink?"),
        ..contest
    };
    let trustee = |id: &str, name: &str| TrusteeParty { id: id.to_owned(), name: name.to_owned() };
    let members = vec![trustee("anna", "Anna"), trustee("boris", "Boris"), trustee("clara", "Clara")];
    // Nobody has a secret to lose in a class this small.
    let smallest_class = SmallestClass { confirmed: vec!["voters".into()], ..meeting.policy.smallest_class };
    Draft {
        ballot_styles: vec![BallotStyle { contests: vec!["drink".into()], id: "all".into() }],
        contests: meeting.contests.into_iter().map(drink).collect(),
        issuers: vec![IssuerParty {
            id: "issuer".into(),
            name: "Issuer beside the authority".into(),
            url: authority.to_owned(),
        }],
        organiser: Organiser { contact: "practice@example.org".into(), name: "Those who practise".into() },
        policy: Policy { smallest_class, ..meeting.policy },
        title: text("A practice election"),
        trial: true,
        trustees: TrusteeParties { members, ..meeting.trustees },
        ..meeting
    }
}

fn council(owner: &str) -> Draft {
    let number = Integer::from;
    Draft {
        approvers: vec![owner.to_owned()],
        ballot_styles: vec![BallotStyle { contests: vec!["council".into()], id: "all".into() }],
        booth: None,
        classes: vec![Class {
            ballot_style: "all".into(),
            district: None,
            id: "voters".into(),
            title: text("Voters"),
            weight: number(1),
        }],
        contests: vec![Contest {
            abstain: false,
            description: None,
            id: "council".into(),
            max: number(1),
            method: Method::TopN,
            min: number(0),
            options: Vec::new(),
            seats: number(1),
            title: text(""),
        }],
        description: None,
        invitation: None,
        issuers: vec![IssuerParty { id: "issuer".into(), name: String::new(), url: String::new() }],
        languages: vec!["en".into()],
        organiser: Organiser { contact: String::new(), name: String::new() },
        policy: Policy {
            batch: Batch { min: number(20), wait: number(600) },
            blank_counts_as: CountsAs::Participated,
            credentials: Credentials::Authority,
            disclosure: Disclosure::PerPseudonym,
            form_time_limit: number(300),
            interim_figures: InterimFigures::None,
            invalid_counts_as: CountsAs::Unused,
            issuance: Issuance::Ahead,
            revote: Revote::ReplaceAndWithdraw,
            revote_limit: number(16),
            smallest_class: SmallestClass { confirmed: Vec::new(), entitled: number(5) },
        },
        schedule: Schedule::Manual,
        time_zone: "Europe/Prague".into(),
        title: text(""),
        trial: false,
        trustees: TrusteeParties { members: Vec::new(), solo: false, threshold: number(2) },
        witnesses: Witnesses::None,
    }
}
