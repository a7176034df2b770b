//! The demo's election, as an organiser would define it from the ballot file.

use std::fmt::Write;

use urna_api::authority::{Draft, IssuerParty, TrusteeParties, TrusteeParty};
use urna_election::json::Integer;
use urna_election::manifest::draft::{
    BallotStyle, Class, Contest, ContestOption, CountsAs, Method, Organiser, SmallestClass, Texts,
};

use super::Trustees;
use super::ballot_file::BallotFile;

/// In how small a class votes may be told apart (MAN-25); smaller ones are confirmed here, since nobody's secrets are at stake.
const SMALLEST: u32 = 5;

/// Fills in the preset of a meeting: a class for each district, one contest, issuers at these addresses, trustees.
pub(super) fn fill(draft: &mut Draft, file: &BallotFile, issuers: &[String], trustees: Trustees) {
    let mut sizes = vec![0_u32; file.districts.len()];
    for line in &file.lines {
        sizes.get_mut(line.district).into_iter().for_each(|size| *size += 1);
    }
    let small = sizes.iter().zip(&file.districts).filter(|(size, _)| **size < SMALLEST);
    let confirmed = small.map(|(_, district)| district.id.clone()).collect();
    let number = Integer::from;
    draft.title = text("Demonstration on real ballots");
    draft.trial = true;
    draft.time_zone = "Etc/UTC".into();
    draft.organiser = Organiser { contact: "demo@example.org".into(), name: "The demo".into() };
    draft.ballot_styles = vec![BallotStyle { contests: vec!["contest".into()], id: "all".into() }];
    let class = |district: &super::ballot_file::Named| Class {
        ballot_style: "all".into(),
        district: Some(district.id.clone()),
        id: district.id.clone(),
        title: text(&district.name),
        weight: number(1),
    };
    draft.classes = file.districts.iter().map(class).collect();
    let option = |option: &super::ballot_file::Named| ContestOption {
        description: None,
        id: option.id.clone(),
        title: text(&option.name),
    };
    draft.contests = vec![Contest {
        abstain: false,
        description: None,
        id: "contest".into(),
        max: number(1),
        method: Method::TopN,
        min: number(0),
        options: file.options.iter().map(option).collect(),
        seats: number(1),
        title: text("Council member"),
    }];
    draft.policy.invalid_counts_as = CountsAs::Participated;
    draft.policy.smallest_class = SmallestClass { confirmed, entitled: number(SMALLEST) };
    let issuer = |(place, url): (usize, &String)| IssuerParty {
        id: format!("issuer-{place}"),
        name: format!("Issuer {place}"),
        url: url.clone(),
    };
    draft.issuers = (1..).zip(issuers).map(issuer).collect();
    let (threshold, count) = trustees.threshold_of();
    let trustee = |place| TrusteeParty { id: format!("trustee-{place}"), name: format!("Trustee {place}") };
    draft.trustees = TrusteeParties {
        members: (1..=count).map(trustee).collect(),
        solo: count == 1,
        threshold: number(threshold.into()),
    };
}

/// The register as a list in CSV: a person for each line of the file, in the class of its district.
pub(super) fn register(file: &BallotFile) -> String {
    let mut list = "id,name,e-mail,class\n".to_owned();
    for (place, line) in file.lines.iter().enumerate() {
        let class = file.districts.get(line.district).map_or("", |district| &district.id);
        // Writing to a String does not fail.
        let _ = writeln!(list, "{},Voter {},,{class}", person(place), place + 1);
    }
    list
}

/// The id of the person who votes a line of the file.
pub(super) fn person(place: usize) -> String {
    format!("voter-{}", place + 1)
}

fn text(english: &str) -> Texts {
    Texts::from([("en".to_owned(), english.to_owned())])
}
