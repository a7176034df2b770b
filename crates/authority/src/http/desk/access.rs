//! Who else may do something: in one election, and in the service.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use urna_api::authority::{NewKey, Role};
use urna_pages::desk::{self, At, Given, Member, Secret};

use super::{Fields, Here, Shown, Visit, refused, shown};
use crate::error::AuthorityError;
use crate::http::Service;

/// Who has a role in an election besides its owner.
pub(super) async fn members(State(service): State<Service>, visit: Visit, Path(slug): Path<String>) -> Shown {
    let here = visit.election(&service, &slug).await?;
    members_page(&service, &visit, &here, StatusCode::OK, &Given::Nothing).await
}

/// Makes a sign-in link for somebody.
pub(super) async fn give(
    State(service): State<Service>,
    visit: Visit,
    Path(slug): Path<String>,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &slug).await?;
    let made = link(&service, &visit, &fields, Some(here.slug.to_string())).await;
    let name = fields.get("account");
    match made {
        Ok(link) => {
            members_page(&service, &visit, &here, StatusCode::OK, &Given::Link { name, link: &link }).await
        }
        Err(AuthorityError::NotAnAccount) => {
            members_page(&service, &visit, &here, StatusCode::UNPROCESSABLE_ENTITY, &Given::NotAName).await
        }
        Err(error) => Err(refused(&visit.at(&here, At::Access, "/access"), &here.path("/access"), error)),
    }
}

/// Takes somebody's access to an election away.
pub(super) async fn remove(
    State(service): State<Service>,
    visit: Visit,
    Path(slug): Path<String>,
    fields: Fields,
) -> Shown {
    let here = visit.election(&service, &slug).await?;
    let (caller, slug, account) = (visit.caller.clone(), here.slug.clone(), fields.get("account").to_owned());
    let removed =
        service.authority.on_disk(move |authority| authority.remove_access(&caller, &slug, &account));
    match removed.await {
        Ok(()) => members_page(&service, &visit, &here, StatusCode::OK, &Given::Removed).await,
        Err(error) => Err(refused(&visit.at(&here, At::Access, "/access"), &here.path("/access"), error)),
    }
}

async fn members_page(
    service: &Service,
    visit: &Visit,
    here: &Here,
    status: StatusCode,
    given: &Given<'_>,
) -> Shown {
    let (caller, slug) = (visit.caller.clone(), here.slug.clone());
    let around = visit.at(here, At::Access, "/access");
    let found = service.authority.on_disk(move |authority| authority.access(&caller, &slug)).await;
    let found = found.map_err(|error| refused(&around, &here.path(""), error))?;
    let members = found.into_iter().map(|access| Member {
        name: access.account,
        role: role(access.role),
        link_until: access.link_until,
        keys: access.keys,
        sessions: access.sessions,
    });
    let members: Vec<_> = members.collect();
    Ok(shown(status, desk::access(&around, here.slug.as_str(), &members, given)))
}

/// Keys and links of the whole service, for its operators.
pub(super) async fn accounts(State(service): State<Service>, visit: Visit) -> Shown {
    accounts_page(&service, &visit, StatusCode::OK, &Given::Nothing).await
}

/// Makes a sign-in link for an owner or an operator.
pub(super) async fn let_in(State(service): State<Service>, visit: Visit, fields: Fields) -> Shown {
    let name = fields.get("account");
    match link(&service, &visit, &fields, None).await {
        Ok(link) => accounts_page(&service, &visit, StatusCode::OK, &Given::Link { name, link: &link }).await,
        Err(AuthorityError::NotAnAccount) => {
            accounts_page(&service, &visit, StatusCode::UNPROCESSABLE_ENTITY, &Given::NotAName).await
        }
        Err(error) => Err(refused(&visit.around("/desk/accounts"), "/desk", error)),
    }
}

/// Revokes a key or a link.
pub(super) async fn revoke(State(service): State<Service>, visit: Visit, fields: Fields) -> Shown {
    let (caller, id) = (visit.caller.clone(), fields.get("id").to_owned());
    match service.authority.on_disk(move |authority| authority.revoke_key(&caller, &id)).await {
        Ok(()) => accounts_page(&service, &visit, StatusCode::OK, &Given::Removed).await,
        Err(error) => Err(refused(&visit.around("/desk/accounts"), "/desk/accounts", error)),
    }
}

async fn accounts_page(service: &Service, visit: &Visit, status: StatusCode, given: &Given<'_>) -> Shown {
    let around = visit.around("/desk/accounts");
    let caller = visit.caller.clone();
    let keys = service.authority.on_disk(move |authority| {
        if !caller.is_operator() {
            return Err(AuthorityError::Forbidden { needs: "operator" });
        }
        authority.keys(&caller)
    });
    let keys = keys.await.map_err(|error| refused(&around, "/desk", error))?;
    let secrets = keys.into_iter().map(|key| Secret {
        id: key.id,
        account: key.account,
        role: role(key.role),
        election: key.election,
        is_link: key.link_until.is_some(),
    });
    let secrets: Vec<_> = secrets.collect();
    Ok(shown(status, desk::accounts(&around, &secrets, given)))
}

/// Makes a sign-in link for the account and the role of a form.
async fn link(
    service: &Service,
    visit: &Visit,
    fields: &Fields,
    election: Option<String>,
) -> Result<zeroize::Zeroizing<String>, AuthorityError> {
    let role = match desk::Role::parse(fields.get("role")) {
        Some(desk::Role::Owner) => Role::Owner,
        Some(desk::Role::Operator) => Role::Operator,
        Some(desk::Role::Manager) | None => Role::Manager,
    };
    let new = NewKey { account: fields.get("account").to_owned(), role, election, link: true };
    let caller = visit.caller.clone();
    let made = service.authority.on_disk(move |authority| authority.make_key(&caller, &new)).await?;
    Ok(service.authority.sign_in_link(&made))
}

const fn role(role: Role) -> desk::Role {
    match role {
        Role::Owner => desk::Role::Owner,
        Role::Manager => desk::Role::Manager,
        Role::Operator => desk::Role::Operator,
    }
}
