//! The rules in which elections differ.

use serde::Serialize;
use serde::de::DeserializeOwned;
use urna_api::authority::Draft;
use urna_election::json::Integer;
use urna_election::manifest::draft::Revote;
use urna_pages::desk::making::{Form, NotRead};

use super::reading::Reading;

/// Ballots of a voter who may vote again, unless somebody says otherwise.
const USUAL_LIMIT: u32 = 16;

/// The word of a value, as in the manifest.
fn word(value: &impl Serialize) -> String {
    let word = serde_json::to_value(value).ok();
    word.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

pub(super) fn fill(draft: &Draft) -> Form {
    let mut form = Form::default();
    let policy = &draft.policy;
    form.put("policy.revote", word(&policy.revote));
    form.put("policy.revote_limit", policy.revote_limit);
    form.put("policy.interim_figures", word(&policy.interim_figures));
    form.put("policy.blank_counts_as", word(&policy.blank_counts_as));
    form.put("policy.invalid_counts_as", word(&policy.invalid_counts_as));
    form.put("policy.credentials", word(&policy.credentials));
    form.put("policy.issuance", word(&policy.issuance));
    form.put("policy.disclosure", word(&policy.disclosure));
    form.put("policy.batch.min", policy.batch.min);
    form.put("policy.batch.wait", policy.batch.wait);
    form.put("policy.form_time_limit", policy.form_time_limit);
    form.put("witnesses", word(&draft.witnesses));
    form.put("booth", if draft.booth.is_some() { "pinned" } else { "newest" });
    form
}

pub(super) fn read(form: &Form, before: &Draft) -> Result<Draft, Vec<(String, NotRead)>> {
    let mut reading = Reading::new(form);
    let mut draft = before.clone();
    let policy = &mut draft.policy;
    policy.revote = choice(&mut reading, "policy.revote", policy.revote);
    policy.revote_limit = reading.number("policy.revote_limit");
    policy.interim_figures = choice(&mut reading, "policy.interim_figures", policy.interim_figures);
    policy.blank_counts_as = choice(&mut reading, "policy.blank_counts_as", policy.blank_counts_as);
    policy.invalid_counts_as = choice(&mut reading, "policy.invalid_counts_as", policy.invalid_counts_as);
    policy.credentials = choice(&mut reading, "policy.credentials", policy.credentials);
    policy.issuance = choice(&mut reading, "policy.issuance", policy.issuance);
    policy.disclosure = choice(&mut reading, "policy.disclosure", policy.disclosure);
    policy.batch.min = reading.number("policy.batch.min");
    policy.batch.wait = reading.number("policy.batch.wait");
    policy.form_time_limit = reading.number("policy.form_time_limit");
    // The number that belongs to the other choice goes with it, unless another one was typed.
    if policy.revote != before.policy.revote && policy.revote_limit == before.policy.revote_limit {
        match (policy.revote, policy.revote_limit.value()) {
            (Revote::Never, _) => policy.revote_limit = Integer::from(1_u32),
            (_, 1) => policy.revote_limit = Integer::from(USUAL_LIMIT),
            _ => {}
        }
    }
    draft.witnesses = choice(&mut reading, "witnesses", draft.witnesses);
    if form.get("booth") == "newest" {
        draft.booth = None;
    }
    reading.end(draft)
}

/// The value of a word; as it was, where nothing is chosen.
fn choice<T: DeserializeOwned>(reading: &mut Reading<'_>, field: &str, before: T) -> T {
    let word = reading.form.get(field);
    if word.is_empty() {
        return before;
    }
    serde_json::from_value(serde_json::Value::String(word.to_owned())).unwrap_or_else(|_| {
        reading.note(field, NotRead::Empty);
        before
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::preset;

    #[test]
    fn sets_the_limit_that_belongs_to_the_choice() {
        let draft = preset("council", "eva", "").unwrap();
        let mut form = fill(&draft);
        form.put("policy.revote", "never");
        let never = read(&form, &draft).unwrap();
        assert_eq!((never.policy.revote, never.policy.revote_limit.value()), (Revote::Never, 1));
        let mut form = fill(&never);
        form.put("policy.revote", "replace");
        assert_eq!(read(&form, &never).unwrap().policy.revote_limit.value(), 16);
        form.put("policy.revote_limit", "3");
        assert_eq!(read(&form, &never).unwrap().policy.revote_limit.value(), 3);
        form.put("policy.revote", "sometimes");
        form.put("policy.batch.wait", "ten minutes");
        let wrong =
            [("policy.revote".to_owned(), NotRead::Empty), ("policy.batch.wait".to_owned(), NotRead::Number)];
        assert_eq!(read(&form, &never).unwrap_err(), wrong);
    }
}
