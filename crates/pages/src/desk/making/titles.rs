//! Languages, titles, who answers for the election, the time zone.

use jiff::tz;
use maud::html;

use super::fields::Length;
use super::{Part, Sheet, language_name};
use crate::language::Language;

/// The part's page. Fields: `language.<tag>` ticked, `language.other`, `language.first`, `title.<tag>`, `description.<tag>`,
/// `organiser.name`, `organiser.contact`, `time_zone`, `trial`.
pub fn titles(sheet: &Sheet<'_>) -> String {
    let words = sheet.around.words;
    let zone = sheet.form.get("time_zone");
    let mut zones: Vec<String> = tz::db().available().map(|zone| zone.to_string()).collect();
    if !zones.iter().any(|known| known == zone) {
        zones.insert(0, zone.to_owned());
    }
    let fields = html! {
        h2 { (words.text("make-languages")) }
        fieldset.group id="languages" {
            legend { (words.text("make-languages-which")) }
            p.note { (words.text("make-languages-note")) }
            div.choices {
                @for language in Language::ALL {
                    @let name = format!("language.{}", language.tag());
                    label.option {
                        input id=(name) name=(name) type="checkbox" value="on" checked[sheet.form.has(&name)];
                        span.name lang=(language.tag()) { (language.name()) }
                    }
                }
            }
        }
        (sheet.line("language.other", &words.text("make-languages-other"), Some(&words.text("make-languages-other-note"))))
        div.field {
            label for="language.first" { (words.text("make-languages-first")) }
            p.note id="language.first-note" { (words.text("make-languages-first-note")) }
            select.short id="language.first" name="language.first" aria-describedby="language.first-note" {
                @for tag in &sheet.languages {
                    option value=(tag) selected[sheet.form.get("language.first") == tag] { (language_name(tag)) }
                }
            }
            (sheet.beside("language.first"))
        }
        @if sheet.locked.is_none() {
            p.buttons { button.plain name="do" value="stay" { (words.text("make-languages-set")) } }
        }
        h2 { (words.text("make-named")) }
        (sheet.texts("title", &words.text("make-election-title"), Some(&words.text("make-election-title-note")), Length::Line))
        (sheet.texts("description", &words.text("make-election-description"), Some(&words.text("make-optional")), Length::Text))
        (sheet.tick("trial", &words.text("make-trial"), Some(&words.text("make-trial-note"))))
        h2 { (words.text("make-organiser")) }
        (sheet.line("organiser.name", &words.text("make-organiser-name"), Some(&words.text("make-organiser-name-note"))))
        (sheet.line("organiser.contact", &words.text("make-organiser-contact"), Some(&words.text("make-organiser-contact-note"))))
        div.field {
            label for="time_zone" { (words.text("make-time-zone")) }
            p.note id="time_zone-note" { (words.text("make-time-zone-note")) }
            select.short id="time_zone" name="time_zone" aria-describedby="time_zone-note" {
                @for zone in &zones { option value=(zone) selected[sheet.form.get("time_zone") == zone] { (zone) } }
            }
            (sheet.beside("time_zone"))
        }
    };
    sheet.part(Part::Titles, "save", &fields)
}
