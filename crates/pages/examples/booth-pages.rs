//! Writes the booth's pages into the folder that is given, as `tools/build-web` asks: in each language the page where a voter votes,
//! the list of elections, and what is said of an address that leads nowhere.

use std::path::PathBuf;
use std::{env, fs, io};

use maud::{DOCTYPE, html};
use urna_pages::Language;

fn main() -> io::Result<()> {
    let folder: PathBuf = env::args_os().nth(1).ok_or_else(|| io::Error::other("a folder is needed"))?.into();
    for language in Language::ALL {
        let [vote, elections, unknown] = titles(language);
        for (name, title, script) in [
            ("vote", vote, Some("vote.js")),
            ("elections", elections, Some("elections.js")),
            ("unknown", unknown, None),
        ] {
            let page = html! {
                (DOCTYPE)
                html lang=(language.tag()) {
                    head {
                        meta charset="utf-8";
                        meta name="viewport" content="width=device-width, initial-scale=1";
                        title { (title) }
                        link rel="stylesheet" href="/booth/{bundle}/style.css";
                        @if let Some(script) = script { script type="module" src={ "/booth/{bundle}/" (script) } {} }
                    }
                    body { main { h1 { (title) } } footer { code { "{bundle}" } } }
                }
            };
            fs::write(folder.join(format!("{name}.{}.html", language.tag())), page.into_string())?;
        }
    }
    Ok(())
}

fn titles(language: Language) -> [&'static str; 3] {
    match language {
        Language::English => ["Vote", "My elections", "There is no such election"],
        Language::Czech => ["Hlasování", "Moje volby", "Takové volby tu nejsou"],
        Language::Swedish => ["Rösta", "Mina val", "Det finns inget sådant val"],
        Language::Ukrainian => ["Голосування", "Мої вибори", "Таких виборів тут немає"],
    }
}
