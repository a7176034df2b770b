//! Which elections there are.

use axum::extract::State;
use axum::http::StatusCode;
use urna_pages::desk;

use super::{Shown, Visit, refused, shown};
use crate::http::Service;

/// The elections in which the account has a role.
pub(super) async fn list(State(service): State<Service>, visit: Visit) -> Shown {
    let caller = visit.caller.clone();
    let listed = service.authority.on_disk(move |authority| authority.list(&caller)).await;
    let listed = listed.map_err(|error| refused(&visit.around("/desk"), "/desk", error))?;
    let listed: Vec<_> = listed
        .into_iter()
        .map(|election| desk::Listed { slug: election.slug, title: election.title })
        .collect();
    Ok(shown(StatusCode::OK, desk::list(&visit.around("/desk"), &listed)))
}
