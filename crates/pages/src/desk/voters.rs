//! The list of voters: who is on it, another list in its place, somebody who was left out.

mod look;
mod person;
mod row;

use maud::{Markup, html};

use super::{Around, page};
use crate::layout::encoded;
use crate::words::Words;

pub use look::{BadRow, BadRows, Change, Look, bad_rows, bad_rows_header, look};
pub use person::{Person, person};
pub use row::{RowNotice, RowProblem};

/// How far the election is, as it matters to who may be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The list is stored, and nothing of it is public.
    Draft,
    /// Every change of who is entitled is a version of the register, which everybody sees.
    Public,
    /// Voting has ended, or the election is cancelled.
    Ended,
}

/// A class of voters.
#[derive(Clone, Debug)]
pub struct ClassCount {
    /// Its id.
    pub id: String,
    /// Its title in the reader's language, else in the election's first; its id where it has none.
    pub title: String,
    /// How many are listed in it.
    pub listed: u64,
}

/// What is known of the invitation of a voter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    /// There is none yet.
    None,
    /// Made, not sent.
    Unsent,
    /// A mail server has taken it.
    Sent,
    /// Forgotten without being mailed: it is on paper, if anywhere.
    Erased,
}

impl Invited {
    const fn words(self) -> &'static str {
        match self {
            Self::None => "voters-invited-none",
            Self::Unsent => "voters-invited-unsent",
            Self::Sent => "voters-invited-sent",
            Self::Erased => "voters-invited-erased",
        }
    }
}

/// Somebody on the list.
#[derive(Clone, Debug)]
pub struct Voter {
    /// The organiser's id of the person.
    pub person: String,
    /// The name.
    pub name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// The title of the class.
    pub class: String,
    /// The invitation.
    pub invited: Invited,
}

/// Somebody as typed in the form, who was left out.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// The id.
    pub person: String,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The class's id.
    pub class: String,
}

/// Why there is no list to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoList {
    /// It is held no longer.
    Gone,
    /// The form came without one.
    NothingGiven,
}

/// What was done just before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoneVoters {
    /// A list was loaded.
    Loaded,
    /// Somebody was added.
    Added,
    /// Somebody was removed.
    Removed,
    /// Somebody is in another class.
    Moved,
    /// An invitation was sent again.
    Resent,
    /// It is unsent, because there is no address, or no mail server.
    ForLetter,
}

impl DoneVoters {
    const ALL: [(Self, &'static str, &'static str); 6] = [
        (Self::Loaded, "loaded", "voters-done-loaded"),
        (Self::Added, "added", "voters-done-added"),
        (Self::Removed, "removed", "voters-done-removed"),
        (Self::Moved, "moved", "voters-done-moved"),
        (Self::Resent, "resent", "voters-done-resent"),
        (Self::ForLetter, "for-letter", "voters-done-for-letter"),
    ];

    /// What stands in the address of the page that says it.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(done, ..)| *done == self).map_or("", |(_, name, _)| name)
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, own, _)| *own == name).map(|(done, ..)| *done)
    }

    pub(super) fn said(self, words: Words) -> Markup {
        let key = Self::ALL.iter().find(|(done, ..)| *done == self).map_or("", |(.., key)| key);
        html! { p.checked role="status" { (words.text(key)) } }
    }
}

/// The page of the list of voters.
#[derive(Clone, Debug)]
pub struct Voters {
    /// The election's short name.
    pub slug: String,
    /// How far it is.
    pub stage: Stage,
    /// The classes, in the election's order.
    pub classes: Vec<ClassCount>,
    /// Those who are shown.
    pub shown: Vec<Voter>,
    /// How many were found on all pages.
    pub found: u64,
    /// What was searched for.
    pub searched: String,
    /// Which page this is, from 1.
    pub page: u64,
    /// How many there are.
    pub pages: u64,
    /// What was done just before.
    pub done: Option<DoneVoters>,
    /// Why there is no list to look at.
    pub no_list: Option<NoList>,
    /// Who was typed and could not be added, and why.
    pub typed: Typed,
    /// What is wrong with that.
    pub wrong: Vec<String>,
}

/// The page of the list of voters.
pub fn voters(around: &Around<'_>, voters: &Voters) -> String {
    let words = around.words;
    let title = words.text("voters-title");
    let Voters { slug, stage, classes, .. } = voters;
    let listed = classes.iter().map(|class| class.listed).sum::<u64>();
    let content = html! {
        h1 { (title) }
        @if let Some(done) = voters.done { (done.said(words)) }
        @if let Some(why) = voters.no_list {
            p.warning role="alert" { (words.text(match why {
                NoList::Gone => "voters-no-list",
                NoList::NothingGiven => "voters-nothing-given",
            })) }
        }
        p.lead { (words.count("voters-listed", listed)) }
        @if classes.len() > 1 || classes.iter().any(|class| class.listed != listed) { (per_class(words, classes)) }
        p.note { (words.text(match stage {
            Stage::Draft => "voters-stage-draft",
            Stage::Public => "voters-stage-public",
            Stage::Ended => "voters-stage-ended",
        })) }
        @if listed > 0 {
            ul.actions {
                @if *stage != Stage::Ended {
                    li { a href="#upload" { (words.text("voters-upload-again")) } }
                    li { a href="#add" { (words.text("voters-add")) } }
                }
                li { a href={ "/desk/" (slug) "/voters/print" } { (words.text("voters-print")) } }
            }
        }
        @if listed > 0 { (list(words, voters)) }
        @if *stage != Stage::Ended {
            (upload(words, slug, listed))
            (add(words, voters))
        }
    };
    page(around, &title, Some(crate::assets::DESK), &content)
}

fn per_class(words: Words, classes: &[ClassCount]) -> Markup {
    html! {
        div.scroll role="region" tabindex="0" aria-label=(words.text("voters-classes")) {
            table {
                thead { tr {
                    th scope="col" { (words.text("voters-class")) }
                    th.number scope="col" { (words.text("voters-people")) }
                } }
                tbody {
                    @for class in classes {
                        tr { th scope="row" { (class.title) } td.number { (words.number(class.listed)) } }
                    }
                }
            }
        }
    }
}

/// Those who are found, with the ways to each.
fn list(words: Words, voters: &Voters) -> Markup {
    let Voters { slug, searched, page, pages, .. } = voters;
    let to = |page: u64| format!("/desk/{slug}/voters?q={}&page={page}", encoded(searched));
    html! {
        h2 { (words.text("voters-list")) }
        form.search method="get" action={ "/desk/" (slug) "/voters" } role="search" {
            p {
                label for="q" { (words.text("voters-search")) }
                input #q type="search" name="q" value=(searched) autocomplete="off" spellcheck="false" maxlength="254";
            }
            p { button.plain { (words.text("search")) } }
        }
        @if !searched.is_empty() { p role="status" { (words.count("voters-found", voters.found)) } }
        @if !voters.shown.is_empty() {
            div.scroll role="region" tabindex="0" aria-label=(words.text("voters-list")) {
                table {
                    thead { tr {
                        th scope="col" { (words.text("voters-name")) }
                        th scope="col" { (words.text("voters-person")) }
                        th scope="col" { (words.text("voters-email")) }
                        @if voters.classes.len() > 1 { th scope="col" { (words.text("voters-class")) } }
                        th scope="col" { (words.text("voters-invitation")) }
                    } }
                    tbody {
                        @for voter in &voters.shown {
                            tr {
                                th scope="row" {
                                    a href={ "/desk/" (slug) "/voters/person?id=" (encoded(&voter.person)) } { (voter.name) }
                                }
                                td { (voter.person) }
                                td { @if let Some(email) = &voter.email { (email) } @else { (words.text("voters-no-email")) } }
                                @if voters.classes.len() > 1 { td { (voter.class) } }
                                td { (words.text(voter.invited.words())) }
                            }
                        }
                    }
                }
            }
        }
        @if *pages > 1 {
            nav.pages aria-label=(words.text("pages")) {
                @if *page > 1 { a rel="prev" href=(to(page - 1)) { (words.text("previous")) } }
                span { (words.with("page-of", &[("page", (*page).into()), ("pages", (*pages).into())])) }
                @if page < pages { a rel="next" href=(to(page + 1)) { (words.text("next")) } }
            }
        }
    }
}

/// The form that gives a whole list.
fn upload(words: Words, slug: &str, listed: u64) -> Markup {
    html! {
        h2 #upload { (words.text(if listed == 0 { "voters-upload" } else { "voters-upload-again" })) }
        p { (words.text("voters-upload-note")) }
        @if listed > 0 { p { (words.text("voters-upload-replaces")) } }
        form method="post" enctype="multipart/form-data" action={ "/desk/" (slug) "/voters/list" } {
            p.field {
                label for="file" { (words.text("voters-file")) }
                input #file type="file" name="file" accept=".csv,.txt,.tsv,.json,text/csv,application/json";
            }
            p.field {
                label for="text" { (words.text("voters-text")) }
                textarea #text name="text" rows="5" autocomplete="off" autocapitalize="off" spellcheck="false" {}
            }
            p.buttons { button { (words.text("voters-look")) } }
        }
        details {
            summary { (words.text("voters-columns")) }
            p { (words.text("voters-columns-note")) }
            dl {
                @for (name, names) in [
                    ("voters-person", "voters-names-person"), ("voters-name", "voters-names-name"),
                    ("voters-email", "voters-names-email"), ("voters-class", "voters-names-class"),
                    ("voters-district", "voters-names-district"),
                ] {
                    dt { (words.text(name)) }
                    dd { (words.text(names)) }
                }
            }
            p { (words.text("voters-json")) }
        }
        p { a href={ "/desk/" (slug) "/voters/template.csv" } download { (words.text("voters-template")) } }
    }
}

/// The form for somebody who was left out.
fn add(words: Words, voters: &Voters) -> Markup {
    let Voters { slug, stage, classes, typed, wrong, .. } = voters;
    let field = |name: &str, kind: &str, label: &str, value: &str, is_required: bool| {
        html! {
            p.field {
                label for=(name) { (words.text(label)) }
                input id=(name) name=(name) type=(kind) value=(value) required[is_required] autocomplete="off" spellcheck="false"
                    aria-describedby=[(!wrong.is_empty()).then_some("add-wrong")];
            }
        }
    };
    html! {
        h2 #add { (words.text("voters-add")) }
        p { (words.text(if *stage == Stage::Public { "voters-add-public" } else { "voters-add-note" })) }
        @if !wrong.is_empty() {
            div #add-wrong.wrong role="alert" { @for wrong in wrong { p { (wrong) } } }
        }
        form method="post" action={ "/desk/" (slug) "/voters/add" } {
            (field("person", "text", "voters-person", &typed.person, true))
            (field("name", "text", "voters-name", &typed.name, true))
            (field("email", "email", "voters-email-optional", &typed.email, false))
            (class_field(words, classes, &typed.class))
            @if *stage == Stage::Public { (reason_field(words, "add-reason")) }
            p.buttons { button.plain { (words.text("voters-add-do")) } }
        }
    }
}

/// Why the register is changed that everybody has seen already.
fn reason_field(words: Words, id: &str) -> Markup {
    html! {
        p.field {
            label for=(id) { (words.text("voters-reason")) }
            input id=(id) name="reason" required maxlength="500" autocomplete="off";
        }
    }
}

/// A class, where there are several.
fn class_field(words: Words, classes: &[ClassCount], chosen: &str) -> Markup {
    html! {
        @if classes.len() > 1 {
            p.field {
                label for="class" { (words.text("voters-class")) }
                select #class name="class" required {
                    @for class in classes { option value=(class.id) selected[class.id == chosen] { (class.title) } }
                }
            }
        }
    }
}

/// The whole list, to print: classes with their titles, and in each those who are listed (S1-30).
pub fn printed(around: &Around<'_>, moment: &str, classes: &[(String, Vec<Voter>)]) -> String {
    let words = around.words;
    let title = words.text("voters-title");
    let content = html! {
        h1 { (title) }
        p { (moment) }
        p.note { (words.text("voters-print-note")) }
        @for (class, voters) in classes {
            h2 { (class) }
            p { (words.count("voters-listed", u64::try_from(voters.len()).unwrap_or(u64::MAX))) }
            @if !voters.is_empty() {
                div.scroll role="region" tabindex="0" aria-label=(class) {
                    table {
                        thead { tr {
                            th scope="col" { (words.text("voters-name")) }
                            th scope="col" { (words.text("voters-person")) }
                        } }
                        tbody { @for voter in voters { tr { th scope="row" { (voter.name) } td { (voter.person) } } } }
                    }
                }
            }
        }
    };
    page(around, &title, None, &content)
}

/// A list to begin from: what the columns are called in the reader's language, and one person in each class. Spreadsheets part fields
/// where the language writes numbers with a comma by semicolons.
pub fn template(words: Words, classes: &[String]) -> String {
    let names =
        ["voters-template-person", "voters-template-name", "voters-template-email", "voters-template-class"];
    let mut rows = vec![names.map(|name| words.text(name))];
    for (place, class) in (1..).zip(classes) {
        let person = format!("10{place:02}");
        rows.push([
            person.clone(),
            words.text("voters-template-sample"),
            format!("{person}@example.org"),
            class.clone(),
        ]);
    }
    let separator = if words.language() == crate::Language::English { "," } else { ";" };
    let lines: String = rows.into_iter().map(|row| row.join(separator) + "\r\n").collect();
    // With the mark, spreadsheets know that it is UTF-8.
    format!("\u{feff}{lines}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;
    use crate::desk::{At, Election};

    fn around(language: Language) -> Around<'static> {
        let election =
            Election { slug: "a-1", title: "A & B", at: At::Voters, is_owner: true, may_manage: true };
        Around {
            words: Words::new(language),
            path: "/desk/a-1/voters?q=x".into(),
            account: Some("eva"),
            election: Some(election),
        }
    }

    fn voter(name: &str) -> Voter {
        Voter {
            person: "1/&".into(),
            name: name.into(),
            email: None,
            class: "Staff".into(),
            invited: Invited::Sent,
        }
    }

    /// That it has one heading, nothing that the policy forbids, and no key in the place of its words.
    fn is_sound(page: &str) {
        for wrong in [" style=", "<b>", "&amp;amp;", "voters-", "{ $"] {
            let shown = page.replace("name=\"voters-", "");
            assert!(!shown.contains(wrong), "{wrong} in {page}");
        }
        assert_eq!(page.matches("<h1").count(), 1);
    }

    #[test]
    fn shows_voters_in_every_language_and_stage() {
        for language in Language::ALL {
            for stage in [Stage::Draft, Stage::Public, Stage::Ended] {
                let class =
                    |id: &str, listed| ClassCount { id: id.into(), title: format!("<b>{id}"), listed };
                let classes = vec![class("staff", 2), class("students", 0)];
                let page = voters(
                    &around(language),
                    &Voters {
                        slug: "a-1".into(),
                        stage,
                        classes: classes.clone(),
                        shown: vec![voter("<b>Ada")],
                        found: 101,
                        searched: "x&".into(),
                        page: 2,
                        pages: 3,
                        done: Some(DoneVoters::Moved),
                        no_list: Some(NoList::Gone),
                        typed: Typed { class: "students".into(), ..Typed::default() },
                        wrong: vec!["no".into()],
                    },
                );
                is_sound(&page);
                assert!(page.contains("q=x%26&amp;page=3") && page.contains("id=1%2F%26"));
                assert!(page.contains("voters?q=x&amp;lang="));
                assert_eq!(page.contains("type=\"file\""), stage != Stage::Ended);
                assert_eq!(page.contains("value=\"students\" selected"), stage != Stage::Ended);
                let all = [("<b>staff".to_owned(), vec![voter("<b>Ada")]), ("empty".to_owned(), Vec::new())];
                is_sound(&printed(&around(language), "today", &all));
                let page = person(
                    &around(language),
                    &Person {
                        slug: "a-1".into(),
                        stage,
                        voter: voter("<b>Ada"),
                        class: "staff".into(),
                        replaced: 2,
                        classes,
                        has_invitations: true,
                        done: None,
                    },
                );
                is_sound(&page);
                assert_eq!(page.contains("person/resend"), stage == Stage::Public);
                assert_eq!(page.contains("person/remove"), stage != Stage::Ended);
            }
        }
    }

    #[test]
    fn shows_what_a_list_comes_to_in_every_language() {
        let change = |place: u32| Change {
            person: place.to_string(),
            name: format!("<b>{place}"),
            class: "Staff".into(),
            before: place.is_multiple_of(2).then(|| "Students".into()),
        };
        for language in Language::ALL {
            let page = look(
                &around(language),
                &Look {
                    slug: "a-1".into(),
                    stage: Stage::Public,
                    classes: vec![("<b>".into(), 1_000, 2_000)],
                    added: (0..60).map(change).collect(),
                    removed: Vec::new(),
                    moved: vec![change(2)],
                    renamed: 2,
                    merged: 1,
                    notices: vec![(1_234, "<b>".into())],
                    noticed: 5,
                    seen: "00ff".into(),
                },
            );
            is_sound(&page);
            assert!(
                page.contains(">1234<") && page.contains("Students → Staff") && !page.contains("&lt;b&gt;55")
            );
            let row = BadRow { line: 7, problem: "x".into(), row: "<b>".into() };
            let bad = BadRows { slug: "a-1".into(), found: 2_000, rows: vec![row], has_more: true };
            is_sound(&bad_rows(&around(language), &bad));
        }
    }

    #[test]
    fn says_every_problem_of_a_row_in_every_language() {
        let (column, found) = ("family name", "<b>");
        let problems = [
            RowProblem::Utf16,
            RowProblem::NotUtf8,
            RowProblem::Empty,
            RowProblem::NobodyListed,
            RowProblem::ColumnMissing { column },
            RowProblem::ColumnTwice { column },
            RowProblem::Fields { found: 1, expected: 4 },
            RowProblem::Syntax { what: found },
            RowProblem::NoPerson,
            RowProblem::NoName,
            RowProblem::NoClass,
            RowProblem::UnknownClass { found },
            RowProblem::UnknownDistrict { found },
            RowProblem::ClassNotInDistrict { class: found, district: found },
            RowProblem::SeveralClasses { classes: "a, b".into() },
            RowProblem::NotAnAddress { found },
            RowProblem::TooLong { column, length: 501, limit: 500 },
            RowProblem::ControlCharacter { column },
            RowProblem::OtherName { person: found, line: 1_234 },
            RowProblem::ListedAlready,
        ];
        let notices = [
            RowNotice::Merged { person: found, line: 1_234, class: "staff" },
            RowNotice::SharedAddress { line: 2 },
            RowNotice::ColumnNotRead { column: found },
        ];
        for language in Language::ALL {
            let words = Words::new(language);
            let said = problems.iter().map(|problem| problem.text(words));
            let said: Vec<String> = said.chain(notices.iter().map(|notice| notice.text(words))).collect();
            let all: std::collections::BTreeSet<&String> = said.iter().collect();
            assert_eq!(all.len(), said.len(), "two problems are said alike");
            for said in said {
                assert!(!said.contains("voters-") && !said.contains('$') && !said.contains('{'), "{said}");
                assert!(!said.contains("1,234"), "{said}");
            }
        }
    }
}
