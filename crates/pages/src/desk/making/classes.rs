//! Groups of voters: who votes on which contests, with which weight, in which district.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::fields::Length;
use super::{Part, Sheet, first};

/// What the page shows besides its form.
#[derive(Clone, Debug, Default)]
pub struct ClassesKnown {
    /// The contests: ids and titles.
    pub contests: Vec<(String, String)>,
    /// How many people are listed, by class id.
    pub people: BTreeMap<String, u64>,
}

/// The part's page. Fields: `classes[i].id`, `classes[i].title.<tag>`, `classes[i].weight`, `classes[i].district`,
/// `classes[i].contests.<id>` ticked, `classes[i].confirmed` ticked, `policy.smallest_class.entitled`.
pub fn classes(sheet: &Sheet<'_>, known: &ClassesKnown) -> String {
    let words = sheet.around.words;
    let rows = sheet.form.filled_rows("classes", &["id", "title", "district"]);
    let next = rows.last().map_or(0, |last| last.saturating_add(1));
    // A new group votes on everything, with the weight of one.
    let mut form = sheet.form.clone();
    form.put(format!("classes[{next}].weight"), 1);
    known.contests.iter().for_each(|(id, _)| form.tick(format!("classes[{next}].contests.{id}"), true));
    let sheet = &Sheet { form, ..sheet.clone() };
    let fields = html! {
        h2 id="classes" { (words.text("make-classes")) }
        ol.rows {
            @for row in &rows { (class(sheet, *row, known, rows.len() > 1)) }
        }
        @if sheet.is_open() {
            details open[sheet.is_unfolded()] {
                summary { (words.text("make-class-new")) }
                ol.rows { (class(sheet, next, known, false)) }
                p.buttons { button.plain name="do" value="stay" { (words.text("make-class-add")) } }
            }
        }
        h2 { (words.text("make-small")) }
        p { (words.text("make-small-about")) }
        (sheet.number("policy.smallest_class.entitled", &words.text("make-smallest"), Some(&words.text("make-smallest-note"))))
    };
    sheet.part(Part::Classes, "save", &fields)
}

fn class(sheet: &Sheet<'_>, row: usize, known: &ClassesKnown, can_go: bool) -> Markup {
    let words = sheet.around.words;
    let row = (row, format!("classes[{row}]"));
    let (number, row) = (row.0, row.1);
    let id = sheet.form.get(&format!("{row}.id"));
    let title = format!("{row}.title");
    let name = match first(&sheet.form, &title, &sheet.languages) {
        "" => words.text("make-untitled"),
        title => title.to_owned(),
    };
    html! {
        li.row id=(row) {
            input type="hidden" name={ (row) ".id" } value=(id);
            (sheet.texts(&title, &words.text("make-class-title"), None, Length::Line))
            @if !id.is_empty() {
                p.note {
                    (words.of("make-class-id", "id", id)) " "
                    (words.count("make-class-people", known.people.get(id).copied().unwrap_or(0)))
                }
            }
            fieldset.group {
                legend { (words.text("make-class-contests")) }
                div.choices {
                    @for (contest, title) in &known.contests {
                        @let field = format!("{row}.contests.{contest}");
                        label.option {
                            input name=(field) type="checkbox" value="on" checked[sheet.form.has(&field)];
                            span.name { @if title.is_empty() { (contest) } @else { (title) } }
                        }
                    }
                }
            }
            div.columns {
                (sheet.number(&format!("{row}.weight"), &words.text("make-weight"), Some(&words.text("make-weight-note"))))
                (sheet.line(&format!("{row}.district"), &words.text("make-district"), Some(&words.text("make-district-note"))))
            }
            (sheet.tick(&format!("{row}.confirmed"), &words.text("make-confirmed"), Some(&words.text("make-confirmed-note"))))
            @if can_go {
                p.acts { (sheet.button(&format!("remove:{number}"), &words.text("make-remove"), &name)) }
            }
        }
    }
}
