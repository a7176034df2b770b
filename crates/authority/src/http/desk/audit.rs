//! Who did what, for the owner.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::Timestamp;
use urna_api::authority::Done;
use urna_pages::desk::{self, At};

use super::{CSV, Here, Refusal, Shown, Visit, file, refused, shown};
use crate::error::AuthorityError;
use crate::http::Service;
use crate::invitations::harmless;

/// The record, newest first.
pub(super) async fn page(State(service): State<Service>, visit: Visit, Path(slug): Path<String>) -> Shown {
    let (here, zone, mut done) = record(&service, &visit, &slug).await?;
    done.reverse();
    let done: Vec<_> = done
        .into_iter()
        .map(|Done { time, account, key, what }| desk::Done { time, account, key, what })
        .collect();
    let page = desk::audit(&visit.at(&here, At::Audit, "/audit"), here.slug.as_str(), &zone, &done);
    Ok(shown(StatusCode::OK, page))
}

/// The record for a spreadsheet, in the order of time.
pub(super) async fn csv(State(service): State<Service>, visit: Visit, Path(slug): Path<String>) -> Shown {
    let (here, _, done) = record(&service, &visit, &slug).await?;
    let written = written(&done);
    let written = written
        .map_err(|error| refused(&visit.at(&here, At::Audit, "/audit"), &here.path("/audit"), error))?;
    Ok(file(&format!("{}-audit.csv", here.slug), CSV, written))
}

async fn record(service: &Service, visit: &Visit, slug: &str) -> Result<(Here, String, Vec<Done>), Refusal> {
    let here = visit.election(service, slug).await?;
    let (caller, slug) = (visit.caller.clone(), here.slug.clone());
    let found = service.authority.on_disk(move |authority| {
        let done = authority.audit(&caller, &slug)?;
        Ok((authority.draft_of(&slug)?.time_zone, done))
    });
    match found.await {
        Ok((zone, done)) => Ok((here, zone, done)),
        Err(error) => Err(refused(&visit.at(&here, At::Overview, ""), &here.path(""), error)),
    }
}

fn written(done: &[Done]) -> Result<Vec<u8>, AuthorityError> {
    let mut list = csv::Writer::from_writer(Vec::new());
    let failed = |_| AuthorityError::BrokenOff;
    list.write_record(["time", "account", "key", "what"]).map_err(failed)?;
    for Done { time, account, key, what } in done {
        let time = i64::try_from(*time).ok().and_then(|second| Timestamp::from_second(second).ok());
        let time = time.map(|time| time.to_string()).unwrap_or_default();
        let row = [time.as_str(), account, key.as_deref().unwrap_or_default(), what].map(harmless);
        list.write_record(row.iter().map(|field| field.as_bytes())).map_err(failed)?;
    }
    list.into_inner().map_err(|_| AuthorityError::BrokenOff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_times_and_no_formulas() {
        let done = |account: &str, key: Option<&str>| Done {
            time: 1_795_340_460,
            account: account.to_owned(),
            key: key.map(str::to_owned),
            what: "made \"it\"".to_owned(),
        };
        let text =
            String::from_utf8(written(&[done("=eva", Some("k")), done("clock", None)]).unwrap()).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "time,account,key,what");
        assert_eq!(lines[1], "2026-11-22T09:41:00Z,'=eva,k,\"made \"\"it\"\"\"");
        assert_eq!(lines[2], "2026-11-22T09:41:00Z,clock,,\"made \"\"it\"\"\"");
    }
}
