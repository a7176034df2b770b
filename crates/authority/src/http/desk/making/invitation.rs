//! What invitations say, and who has to approve.

use urna_api::authority::{Draft, InvitationText};
use urna_pages::desk::making::{Form, NotRead, usual_invitation};
use urna_pages::{Language, Words};

/// Accounts that the draft names come first, and then others with a role in the election.
pub(super) fn fill(draft: &Draft, accounts: &[String]) -> Form {
    let mut form = Form::default();
    let tag = draft.languages.first().and_then(|tag| Language::of(tag)).unwrap_or(Language::English);
    let (subject, text) = match &draft.invitation {
        None => usual_invitation(Words::new(tag)),
        Some(own) => (own.subject.clone(), own.text.clone()),
    };
    form.put("invitation", if draft.invitation.is_some() { "own" } else { "usual" });
    form.put("invitation.subject", subject);
    form.put("invitation.text", text);
    let others = accounts.iter().filter(|account| !draft.approvers.contains(account));
    for (place, account) in draft.approvers.iter().chain(others).enumerate() {
        form.put(format!("approvers[{place}].account"), account);
        form.tick(format!("approvers[{place}].on"), place < draft.approvers.len());
    }
    form
}

pub(super) fn read(form: &Form, before: &Draft) -> Result<Draft, Vec<(String, NotRead)>> {
    let invitation = (form.get("invitation") == "own").then(|| InvitationText {
        subject: form.get("invitation.subject").to_owned(),
        text: form.get("invitation.text").to_owned(),
    });
    let rows = form.rows("approvers").into_iter().filter(|row| form.has(&format!("approvers[{row}].on")));
    let approvers = rows.map(|row| form.get(&format!("approvers[{row}].account")).to_owned()).collect();
    Ok(Draft { approvers, invitation, ..before.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{LINK, preset};

    #[test]
    fn begins_ones_own_words_from_the_usual_ones_in_the_elections_language() {
        let accounts = ["eva".to_owned(), "jan".to_owned()];
        for tag in ["en", "cs", "sv", "uk", "de"] {
            let draft = Draft { languages: vec![tag.into()], ..preset("council", "eva", "").unwrap() };
            let mut form = fill(&draft, &accounts);
            assert_eq!(read(&form, &draft).unwrap(), draft);
            form.put("invitation", "own");
            form.tick("approvers[1].on", true);
            let read = read(&form, &draft).unwrap();
            assert_eq!(read.approvers, accounts);
            let own = read.invitation.unwrap();
            for place in [LINK, "{name}", "{title}", "{election}", "{contact}"] {
                assert_eq!(own.text.matches(place).count(), 1, "{place} in {}", own.text);
            }
            assert!(own.subject.contains("{title}"));
        }
    }
}
