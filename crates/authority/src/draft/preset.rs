//! What a new draft begins with.

use urna_api::authority::{Draft, IssuerParty, TrusteeParties};
use urna_election::json::{Base64, Integer};
use urna_election::manifest::draft::{
    BallotStyle, Batch, Class, Contest, CountsAs, Credentials, Disclosure, InterimFigures, Issuance, Method,
    Organiser, Policy, Revote, Schedule, SmallestClass, Texts, Witnesses,
};

/// The draft of this name, for an owner. Titles, contests' options, trustees and whatever else nobody can guess are left
/// empty: validation lists them.
///
/// | name | for | what differs |
/// |---|---|---|
/// | `council` | elections over days | voters may vote again and withdraw; batches of 20 or ten minutes |
/// | `committee` | one final ballot | no second vote |
/// | `meeting` | votes while people sit together | opened and closed by hand; no ballot waits; turnout is shown |
pub(crate) fn preset(name: &str, owner: &str) -> Option<Draft> {
    let council = council(owner);
    match name {
        "council" => Some(council),
        "committee" => {
            let policy =
                Policy { revote: Revote::Never, revote_limit: Integer::from(1_u32), ..council.policy };
            Some(Draft { policy, ..council })
        }
        "meeting" => {
            let policy = Policy {
                batch: Batch { min: Integer::from(1_u32), wait: Integer::from(1_u32) },
                interim_figures: InterimFigures::Turnout,
                ..council.policy
            };
            Some(Draft { policy, schedule: Schedule::Manual, ..council })
        }
        _ => None,
    }
}

fn council(owner: &str) -> Draft {
    let text = |text: &str| Texts::from([("en".to_owned(), text.to_owned())]);
    let number = Integer::from;
    Draft {
        approvers: vec![owner.to_owned()],
        ballot_styles: vec![BallotStyle { contests: vec!["council".into()], id: "all".into() }],
        booth: Base64([0; 32]),
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
