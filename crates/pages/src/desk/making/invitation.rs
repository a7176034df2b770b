//! What invitations say, and who has to approve.

use maud::html;

use super::fields::Choice;
use super::{Part, Sheet};
use crate::words::Words;

const WORDS: [Choice; 2] = [
    Choice { value: "usual", named: "make-words-usual", means: "make-words-usual-means", as_at: &[] },
    Choice { value: "own", named: "make-words-own", means: "make-words-own-means", as_at: &[] },
];

/// The part's page. Fields: `invitation`, `usual` or `own`, `invitation.subject`, `invitation.text`; `approvers[i].account`,
/// `approvers[i].on` ticked.
pub fn invitation(sheet: &Sheet<'_>) -> String {
    let words = sheet.around.words;
    let rows = sheet.form.rows("approvers");
    let fields = html! {
        h2 { (words.text("make-invitation")) }
        (sheet.choice("invitation", &words.text("make-invitation-which"), None, &WORDS))
        (sheet.line("invitation.subject", &words.text("make-subject"), None))
        (sheet.paragraph("invitation.text", &words.text("make-text"), Some(&words.text("make-text-note")), 14))
        h2 { (words.text("make-approvers")) }
        p { (words.text("make-approvers-note")) }
        fieldset.group id="approvers" {
            legend { (words.text("make-approvers-who")) }
            div.choices {
                @for row in rows {
                    @let (account, on) = (format!("approvers[{row}].account"), format!("approvers[{row}].on"));
                    input type="hidden" name=(account) value=(sheet.form.get(&account));
                    (sheet.tick(&on, sheet.form.get(&account), None))
                }
            }
        }
        @if sheet.around.election.is_some_and(|election| election.is_owner) {
            p.note { a href={ (sheet.making().trim_end_matches("/making")) "/access" } { (words.text("make-approvers-access")) } }
        }
    };
    sheet.part(Part::Words, "save", &fields)
}

/// Words of an invitation to begin one's own from: subject and text. What stands in braces is filled in for each voter.
pub fn usual_invitation(words: Words) -> (String, String) {
    let parts = [
        words.text("make-usual-dear"),
        words.text("make-usual-entitled"),
        words.text("make-usual-yours"),
        "{link}".to_owned(),
        format!("{}\n{{election}}", words.text("make-usual-id")),
        words.text("make-usual-questions"),
    ];
    (words.text("make-usual-subject"), parts.join("\n\n"))
}
