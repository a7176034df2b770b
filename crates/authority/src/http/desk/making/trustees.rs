//! Who counts: trustees and issuers, until the plan fixes them.

use urna_api::authority::{Draft, IssuerParty, TrusteeParty};
use urna_pages::desk::making::{Form, NotRead};

use super::reading::{Reading, fresh_id};

/// Where a party's issuer is, besides what is in the draft.
pub(super) struct Own<'a> {
    /// The address of this authority, beside which an issuer runs.
    pub(super) url: &'a str,
    /// What that issuer is called unless somebody says otherwise.
    pub(super) name: &'a str,
}

impl Own<'_> {
    /// Whether an issuer is the one beside this authority; one without an address is meant to be.
    fn is(&self, url: &str) -> bool {
        url.is_empty() || url.trim_end_matches('/') == self.url
    }
}

pub(super) fn fill(draft: &Draft, own: &Own<'_>) -> Form {
    let mut form = Form::default();
    for (place, trustee) in draft.trustees.members.iter().enumerate() {
        form.put(format!("trustees.members[{place}].id"), &trustee.id);
        form.put(format!("trustees.members[{place}].name"), &trustee.name);
    }
    form.put("trustees.threshold", draft.trustees.threshold);
    form.tick("trustees.solo", draft.trustees.solo);
    for (place, issuer) in draft.issuers.iter().enumerate() {
        let row = format!("issuers[{place}]");
        let is_own = own.is(&issuer.url);
        form.put(format!("{row}.id"), &issuer.id);
        let name = if is_own && issuer.name.is_empty() { own.name } else { &issuer.name };
        form.put(format!("{row}.name"), name);
        form.put(format!("{row}.where"), if is_own { "own" } else { "other" });
        form.put(format!("{row}.url"), &issuer.url);
    }
    form
}

/// The draft with the parties as the form says, without the row that `remove:2` or `remove-issuer:1` names. Of those that are fixed only
/// the issuers' addresses change.
pub(super) fn read(
    form: &Form,
    before: &Draft,
    act: &str,
    own: &Own<'_>,
    is_fixed: bool,
) -> Result<Draft, Vec<(String, NotRead)>> {
    let mut reading = Reading::new(form);
    let mut draft = before.clone();
    if is_fixed {
        for (place, issuer) in draft.issuers.iter_mut().enumerate() {
            issuer.url = form.get(&format!("issuers[{place}].url")).to_owned();
        }
        return reading.end(draft);
    }
    let (trustee, issuer) = (removed(act, "remove:"), removed(act, "remove-issuer:"));
    draft.trustees.members = members(form, trustee);
    draft.trustees.threshold = reading.number("trustees.threshold");
    draft.trustees.solo = form.has("trustees.solo");
    draft.issuers = issuers(form, issuer, own);
    reading.end(draft)
}

fn removed(act: &str, what: &str) -> Option<usize> {
    act.strip_prefix(what)?.parse().ok()
}

fn members(form: &Form, removed: Option<usize>) -> Vec<TrusteeParty> {
    let list = "trustees.members";
    let rows = form.filled_rows(list, &["id", "name"]).into_iter().filter(|row| Some(*row) != removed);
    let typed = rows.map(|row| {
        let field = |name: &str| form.get(&format!("{list}[{row}].{name}")).to_owned();
        TrusteeParty { id: field("id"), name: field("name") }
    });
    let mut members: Vec<TrusteeParty> = typed.collect();
    for place in 0..members.len() {
        let taken: Vec<String> = members.iter().map(|member| member.id.clone()).collect();
        if let Some(member) = members.get_mut(place).filter(|member| member.id.is_empty()) {
            member.id = fresh_id(&member.name, "trustee", taken.iter().map(String::as_str));
        }
    }
    members
}

fn issuers(form: &Form, removed: Option<usize>, own: &Own<'_>) -> Vec<IssuerParty> {
    let rows =
        form.filled_rows("issuers", &["id", "name", "url"]).into_iter().filter(|row| Some(*row) != removed);
    let mut issuers = Vec::<IssuerParty>::new();
    for row in rows {
        let field = |name: &str| form.get(&format!("issuers[{row}].{name}")).to_owned();
        let (mut id, mut name, mut url) = (field("id"), field("name"), field("url"));
        if field("where") == "own" {
            // As it was, where that is its address in another spelling.
            url = if url.is_empty() || !own.is(&url) { own.url.to_owned() } else { url };
            name = if name.is_empty() { own.name.to_owned() } else { name };
        } else if own.is(&url) {
            url = String::new();
        }
        if id.is_empty() {
            id = fresh_id(&name, "issuer", issuers.iter().map(|issuer| issuer.id.as_str()));
        }
        issuers.push(IssuerParty { id, name, url });
    }
    issuers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::preset;

    const OWN: Own<'_> = Own { url: "https://vote.example", name: "The issuer here" };

    #[test]
    fn takes_the_issuer_beside_the_authority_unless_another_is_named() {
        let draft = preset("council", "eva", OWN.url).unwrap();
        let form = fill(&draft, &OWN);
        let read = super::read(&form, &draft, "save", &OWN, false).unwrap();
        let issuer = IssuerParty { id: "issuer".into(), name: OWN.name.into(), url: OWN.url.into() };
        assert_eq!(read.issuers, [issuer]);
        let mut form = fill(&read, &OWN);
        form.put("issuers[1].where", "other");
        assert_eq!(super::read(&form, &read, "save", &OWN, false).unwrap(), read, "an empty row is none");
        form.put("issuers[1].name", "Senát");
        form.put("issuers[1].url", "https://senat.example");
        let two = super::read(&form, &read, "save", &OWN, false).unwrap();
        assert_eq!(
            (two.issuers[1].id.as_str(), two.issuers[1].url.as_str()),
            ("senat", "https://senat.example")
        );
        assert_eq!(
            super::read(&fill(&two, &OWN), &two, "remove-issuer:0", &OWN, false).unwrap().issuers[0].id,
            "senat"
        );
        // Whoever takes another one has to say where it is.
        let mut form = fill(&read, &OWN);
        form.put("issuers[0].where", "other");
        assert_eq!(super::read(&form, &read, "save", &OWN, false).unwrap().issuers[0].url, "");
    }

    #[test]
    fn makes_ids_of_trustees_names_and_changes_nothing_that_is_fixed() {
        let draft = preset("council", "eva", OWN.url).unwrap();
        let mut form = fill(&draft, &OWN);
        for (row, name) in [(0, "Žofie"), (1, ""), (2, "Žofie"), (7, "Іван")] {
            form.put(format!("trustees.members[{row}].name"), name);
        }
        form.put("trustees.threshold", "3");
        let read = super::read(&form, &draft, "save", &OWN, false).unwrap();
        let ids: Vec<_> = read.trustees.members.iter().map(|member| member.id.as_str()).collect();
        assert_eq!(ids, ["zofie", "zofie-2", "ivan"]);
        let fewer = super::read(&fill(&read, &OWN), &read, "remove:0", &OWN, false).unwrap();
        assert_eq!(fewer.trustees.members[0].id, "zofie-2");
        let mut form = fill(&read, &OWN);
        form.put("trustees.members[0].name", "Somebody else");
        form.put("issuers[0].url", "https://new.example");
        let fixed = super::read(&form, &read, "remove:0", &OWN, true).unwrap();
        assert_eq!(fixed.trustees, read.trustees);
        assert_eq!(fixed.issuers[0].url, "https://new.example");
    }
}
