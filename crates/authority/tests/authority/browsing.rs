//! A browser without a screen, which reads forms as they are shown, and sends them.

use std::collections::BTreeMap;

use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};

use crate::desk;
use crate::http::Served;

/// A browser that is signed in.
pub(crate) struct Browser(desk::Browser);

/// The fields of a form, as a browser would send them, by name.
pub(crate) type Form = BTreeMap<String, String>;

/// What came back.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    /// To where it leads.
    pub(crate) location: String,
    pub(crate) text: String,
}

impl Browser {
    /// One that is signed in by this secret.
    pub(crate) async fn sign_in(served: &Served, secret: &str) -> Self {
        Self(desk::Browser::signed_in(served, secret).await)
    }

    async fn page(answer: Response) -> Page {
        let status = answer.status();
        let location = answer.headers().get(LOCATION).map(|value| value.to_str().unwrap().to_owned());
        Page { status, location: location.unwrap_or_default(), text: answer.text().await.unwrap() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        Self::page(self.0.get(path).await).await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &Form) -> Page {
        let fields: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Self::page(self.0.post(path, &fields).await).await
    }

    /// The form of a page, changed, and sent with one of its buttons.
    pub(crate) async fn fill(&mut self, path: &str, act: &str, change: impl FnOnce(&mut Form)) -> Page {
        let page = self.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        let mut form = page.form();
        change(&mut form);
        form.insert("do".into(), act.into());
        self.post(path, &form).await
    }
}

impl Page {
    /// What its fields would send.
    pub(crate) fn form(&self) -> Form {
        let mut form = Form::new();
        let mut rest = self.text.as_str();
        while let Some(start) = rest.find('<') {
            rest = &rest[start + 1..];
            let (tag, after) = rest.split_once('>').unwrap();
            rest = after;
            let name = attribute(tag, "name");
            if tag.starts_with("input") {
                let is_box = tag.contains("type=\"checkbox\"") || tag.contains("type=\"radio\"");
                if !is_box || tag.contains(" checked") {
                    form.insert(name.unwrap_or_default(), attribute(tag, "value").unwrap_or_default());
                }
            } else if tag.starts_with("textarea") {
                let (text, _) = rest.split_once("</textarea>").unwrap();
                form.insert(name.unwrap(), plain(text.strip_prefix('\n').unwrap_or(text)));
            } else if tag.starts_with("select") {
                let (options, _) = rest.split_once("</select>").unwrap();
                let chosen = options.split("<option").skip(1).find(|option| option.contains(" selected"));
                let first = options.split("<option").nth(1);
                let value = chosen.or(first).and_then(|option| attribute(option, "value"));
                form.insert(name.unwrap(), value.unwrap_or_default());
            }
        }
        form
    }

    /// Whether it says this, as text.
    pub(crate) fn says(&self, text: &str) -> bool {
        plain(&self.text).contains(text)
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(plain(rest.split_once('"')?.0))
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
