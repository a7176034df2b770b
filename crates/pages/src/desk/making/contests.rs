//! What is voted on: the list of contests, and each of them with its options.

use maud::{Markup, html};

use super::fields::Length;
use super::{Part, Sheet, first};

/// How many empty rows stand below those that are there.
const MORE_ROWS: usize = 3;

/// A contest in the list.
#[derive(Clone, Debug)]
pub struct ContestLine {
    /// Its id.
    pub id: String,
    /// Its title; empty before there is one.
    pub title: String,
    /// How many options it has.
    pub options: usize,
    /// How many winners.
    pub seats: u64,
    /// How many problems it has.
    pub problems: usize,
}

/// The list. Fields: `title.<tag>` of a new contest.
pub fn contests(sheet: &Sheet<'_>, list: &[ContestLine]) -> String {
    let words = sheet.around.words;
    let making = sheet.making();
    let fields = html! {
        ol.rows id="contests" {
            @for (place, contest) in list.iter().enumerate() {
                @let name = if contest.title.is_empty() { words.text("make-untitled") } else { contest.title.clone() };
                li.row id={ "contests[" (place) "]" } {
                    p {
                        a.large href={ (making) "/contests/" (contest.id) } { (name) }
                        br;
                        span.note {
                            (words.count("make-options-count", u64::try_from(contest.options).unwrap_or(u64::MAX))) " · "
                            (words.count("make-seats-count", contest.seats))
                        }
                        @if contest.problems > 0 { " " span.mark { (words.text("make-incomplete")) } }
                    }
                    p.acts {
                        @if place > 0 { (sheet.button(&format!("up:{}", contest.id), &words.text("make-up"), &name)) }
                        @if place.saturating_add(1) < list.len() {
                            (sheet.button(&format!("down:{}", contest.id), &words.text("make-down"), &name))
                        }
                    }
                    @if sheet.locked.is_none() {
                        details.remove {
                            summary { (words.text("make-remove")) }
                            p { (words.of("make-remove-contest", "name", &name)) }
                            p { (sheet.button(&format!("remove:{}", contest.id), &words.text("make-remove-yes"), &name)) }
                        }
                    }
                }
            }
        }
        @if list.is_empty() { p { (words.text("make-contests-none")) } }
        @if sheet.locked.is_none() {
            h2 { (words.text("make-contest-new")) }
            (sheet.texts("title", &words.text("make-contest-title"), Some(&words.text("make-contest-title-note")), Length::Line))
            p.buttons { button name="do" value="add" { (words.text("make-contest-add")) } }
        }
    };
    sheet.part(Part::Contests, "add", &fields)
}

/// A contest. Fields: `title.<tag>`, `description.<tag>`, `min`, `max`, `seats`, `abstain`, `options[i].id`,
/// `options[i].title.<tag>`, `options[i].description.<tag>`, `paste`.
pub fn contest(sheet: &Sheet<'_>) -> String {
    let words = sheet.around.words;
    let list = format!("{}/contests", sheet.making());
    let title = match first(&sheet.form, "title", &sheet.languages) {
        "" => words.text("make-untitled"),
        title => title.to_owned(),
    };
    let rows = sheet.form.filled_rows("options", &["id", "title", "description"]);
    let next = rows.last().map_or(0, |last| last.saturating_add(1));
    let fields = html! {
        h2 { (words.text("make-question")) }
        (sheet.texts("title", &words.text("make-contest-title"), Some(&words.text("make-contest-title-note")), Length::Line))
        (sheet.texts("description", &words.text("make-contest-description"), Some(&words.text("make-optional")), Length::Text))
        h2 id="options" { (words.text("make-options")) }
        p { (words.text("make-options-note")) }
        ol.rows {
            @for (place, number) in rows.iter().enumerate() { (option(sheet, *number, Some((place, rows.len())))) }
            @if sheet.locked.is_none() {
                @for more in 0..MORE_ROWS { (option(sheet, next.saturating_add(more), None)) }
            }
        }
        @if sheet.locked.is_none() {
            p.buttons { button.plain name="do" value="stay" { (words.text("make-rows-more")) } }
            (sheet.paragraph("paste", &words.text("make-paste"), Some(&words.text("make-paste-note")), 5))
            p.buttons { button.plain name="do" value="paste" { (words.text("make-paste-do")) } }
        }
        h2 { (words.text("make-limits")) }
        div.columns {
            (sheet.number("min", &words.text("make-min"), Some(&words.text("make-min-note"))))
            (sheet.number("max", &words.text("make-max"), Some(&words.text("make-max-note"))))
            (sheet.number("seats", &words.text("make-seats"), Some(&words.text("make-seats-note"))))
        }
        (sheet.tick("abstain", &words.text("make-abstain"), Some(&words.text("make-abstain-note"))))
        p.note { (words.text("make-method-note")) }
    };
    let back = words.text("make-contests");
    sheet.page((&list, &back), &title, &words.text("make-contest-about"), "save", &fields)
}

/// A row of the options: one that is there, at its place of so many, or an empty one.
fn option(sheet: &Sheet<'_>, number: usize, place: Option<(usize, usize)>) -> Markup {
    let words = sheet.around.words;
    let row = format!("options[{number}]");
    let title = format!("{row}.title");
    let name = match first(&sheet.form, &title, &sheet.languages) {
        "" => words.text("make-untitled"),
        title => title.to_owned(),
    };
    let id = format!("{row}.id");
    html! {
        li.row id=(row) {
            input type="hidden" name=(id) value=(sheet.form.get(&id));
            (sheet.texts(&title, &words.text("make-option-title"), None, Length::Line))
            (sheet.texts(&format!("{row}.description"), &words.text("make-option-description"), None, Length::Line))
            @if let Some((place, of)) = place {
                p.acts {
                    @if place > 0 { (sheet.button(&format!("up:{number}"), &words.text("make-up"), &name)) }
                    @if place.saturating_add(1) < of { (sheet.button(&format!("down:{number}"), &words.text("make-down"), &name)) }
                    (sheet.button(&format!("remove:{number}"), &words.text("make-remove"), &name))
                }
            }
        }
    }
}
