//! Routes of SCIM, below `/scim/v2`.

use super::{
    MEDIA_TYPE, discovery,
    error::{bad_syntax, bad_value},
    filter, groups,
    list::Page,
    users,
};
use crate::app::App;
use api::{ApiError, Caller};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Path, Query, Request, State},
    response::{IntoResponse as _, Response},
    routing::{any, get},
};
use http::{HeaderValue, StatusCode, header};
use kernel::{Actor, Error, RecordId, Result};
use records::Tx;
use serde_json::{Map, Value as Json};
use std::{collections::HashMap, sync::Arc};

pub(crate) const BASE: &str = "/scim/v2";
const MOST_BYTES: usize = 1 << 20;

type Answer = Result<Response, ApiError>;
type Here = State<Arc<App>>;

pub(crate) fn routes(app: Arc<App>) -> Router {
    let routes = Router::new()
        .route("/ServiceProviderConfig", get(|State(app): Here| async move { json(StatusCode::OK, &discovery::service_provider(&base(&app))) }))
        .route("/ResourceTypes", get(|State(app): Here| async move { json(StatusCode::OK, &discovery::listed(discovery::resource_types(&base(&app)))) }))
        .route("/ResourceTypes/{id}", get(|State(app): Here, Path(id): Path<String>| async move { described(discovery::resource_types(&base(&app)), &id) }))
        .route("/Schemas", get(|State(app): Here| async move { json(StatusCode::OK, &discovery::listed(discovery::schemas(&base(&app)))) }))
        .route("/Schemas/{id}", get(|State(app): Here, Path(id): Path<String>| async move { described(discovery::schemas(&base(&app)), &id) }))
        .route("/Users", get(list_users).post(create_user))
        .route("/Users/{id}", get(get_user).put(replace_user).patch(patch_user).delete(delete_user))
        .route("/Groups", get(list_groups).post(create_group))
        .route("/Groups/{id}", get(get_group).put(replace_group).patch(patch_group).delete(delete_group));
    let lost = || any(|| async { ApiError::from(Error::not_found("resource")).into_response() });
    Router::new().nest(BASE, routes).route(BASE, lost()).route(&format!("{BASE}/{{*rest}}"), lost()).with_state(app)
}

fn described(all: Vec<Json>, id: &str) -> Answer {
    let one = all.into_iter().find(|one| one["id"] == id).ok_or_else(|| Error::not_found("description"))?;
    Ok(json(StatusCode::OK, &one))
}

/// Who asks, and what.
struct Asked {
    caller: Caller,
    base: String,
    query: HashMap<String, String>,
    body: Map<String, Json>,
}

impl Asked {
    /// # Errors
    /// 401; 403 for a session: a page of another site could use it; 400 for a body that is no JSON object.
    async fn read(app: &App, request: Request) -> Result<Asked, ApiError> {
        let caller = request.extensions().get::<Caller>().ok_or_else(ApiError::no_credentials)?.clone();
        if !caller.token {
            return Err(Error::forbidden("SCIM takes a token: Authorization: Bearer TOKEN.").into());
        }
        let Query(query) = Query::try_from_uri(request.uri()).map_err(|_| bad_value("The query string is not percent-encoded."))?;
        let bytes = to_bytes(request.into_body(), MOST_BYTES).await.map_err(|e| ApiError::unread_body(&e, MOST_BYTES))?;
        let body = match serde_json::from_slice(&bytes) {
            _ if bytes.is_empty() => Map::new(),
            Ok(Json::Object(body)) => body,
            Ok(_) => return Err(bad_syntax("The body must be a JSON object.").into()),
            Err(e) => return Err(bad_syntax(format!("The body is not JSON (line {}, column {}).", e.line(), e.column())).into()),
        };
        Ok(Asked { caller, base: base(app), query, body })
    }

    fn word(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }
    fn page(&self) -> Result<Page> {
        Page::read(self.word("startIndex"), self.word("count"))
    }
    fn clauses(&self) -> Result<Vec<filter::Clause>> {
        self.word("filter").map(filter::parse).transpose().map(Option::unwrap_or_default)
    }
    /// Whether an attribute is wanted (RFC 7644, 3.9).
    fn wants(&self, attribute: &str) -> bool {
        let names = |parameter: &str| self.word(parameter).map(|list| list.split(',').map(|name| name.trim().rsplit(':').next().unwrap_or_default()).collect::<Vec<_>>());
        // name.givenName asks for the name, but does not leave all of it out
        let asked = names("attributes").is_none_or(|names| names.iter().any(|name| name.split('.').next().unwrap_or_default().eq_ignore_ascii_case(attribute)));
        asked && !names("excludedAttributes").is_some_and(|names| names.iter().any(|name| name.eq_ignore_ascii_case(attribute)))
    }

    async fn see<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        let recipient = api::recipient(&self.caller);
        self.caller.workspace.read(&self.caller.ctx, move |tx| manages_people(tx).and_then(|()| api::read_out(tx, recipient.as_deref(), f))).await
    }
    async fn change<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T> {
        self.caller.workspace.write(&self.caller.ctx, move |tx| manages_people(tx).and_then(|()| f(tx))).await
    }
    /// Changes, and shows what came of it: that leaves, too.
    async fn change_and_see<M: 'static, T: Send + 'static>(&self, change: impl FnOnce(&mut Tx) -> Result<M> + Send + 'static, see: impl FnOnce(&mut Tx, M) -> Result<T> + Send + 'static) -> Result<T> {
        let recipient = api::recipient(&self.caller);
        self.change(move |tx| {
            let made = change(tx)?;
            api::read_out(tx, recipient.as_deref(), |tx| see(tx, made))
        })
        .await
    }
}

/// The right is the person's: a token with scopes may do less with records, but stands for the same person.
fn manages_people(tx: &mut Tx) -> Result<()> {
    let Actor::User(id) = tx.ctx().actor else { return Err(Error::forbidden("SCIM takes the token of a person.")) };
    let policy = tx.policy();
    let may = policy.users.get(&id).is_some_and(|user| user.roles.iter().filter_map(|name| policy.roles.get(name)).any(|role| role.capabilities.iter().any(|c| c == "manage_users")));
    if may { Ok(()) } else { Err(Error::forbidden("SCIM takes the token of somebody who manages people.")) }
}

async fn list_users(State(app): Here, request: Request) -> Answer {
    let asked = Asked::read(&app, request).await?;
    let (page, clauses, base) = (asked.page()?, asked.clauses()?, asked.base.clone());
    let mut list = asked.see(move |tx| users::list(tx, &base, &clauses, page)).await?;
    for resource in list["Resources"].as_array_mut().into_iter().flatten() {
        trim(&asked, resource);
    }
    Ok(json(StatusCode::OK, &list))
}

async fn list_groups(State(app): Here, request: Request) -> Answer {
    let asked = Asked::read(&app, request).await?;
    let (page, clauses, base, with_members) = (asked.page()?, asked.clauses()?, asked.base.clone(), asked.wants("members"));
    let mut list = asked.see(move |tx| groups::list(tx, &base, &clauses, page, with_members)).await?;
    for resource in list["Resources"].as_array_mut().into_iter().flatten() {
        trim(&asked, resource);
    }
    Ok(json(StatusCode::OK, &list))
}

async fn create_user(State(app): Here, request: Request) -> Answer {
    let asked = Asked::read(&app, request).await?;
    let (base, body) = (asked.base.clone(), asked.body.clone());
    let made = asked.change_and_see(move |tx| users::create(tx, &body), move |tx, id| users::read(tx, &base, id)).await?;
    Ok(one(&asked, StatusCode::CREATED, made))
}

async fn create_group(State(app): Here, request: Request) -> Answer {
    let asked = Asked::read(&app, request).await?;
    let (base, body) = (asked.base.clone(), asked.body.clone());
    let made = asked.change_and_see(move |tx| groups::create(tx, &body), move |tx, id| groups::read(tx, &base, id)).await?;
    Ok(one(&asked, StatusCode::CREATED, made))
}

async fn get_user(State(app): Here, Path(id): Path<String>, request: Request) -> Answer {
    let asked = Asked::read(&app, request).await?;
    let (id, base) = (id_of(&id)?, asked.base.clone());
    let found = asked.see(move |tx| users::read(tx, &base, id)).await?;
    Ok(one(&asked, StatusCode::OK, found))
}

async fn get_group(State(app): Here, Path(id): Path<String>, request: Request) -> Answer {
    let asked = Asked::read(&app, request).await?;
    let (id, base) = (id_of(&id)?, asked.base.clone());
    let found = asked.see(move |tx| groups::read(tx, &base, id)).await?;
    Ok(one(&asked, StatusCode::OK, found))
}

async fn replace_user(State(app): Here, Path(id): Path<String>, request: Request) -> Answer {
    changed(&app, &id, request, |tx, _base, id, body| users::replace(tx, id, body), users::read).await
}
async fn patch_user(State(app): Here, Path(id): Path<String>, request: Request) -> Answer {
    changed(&app, &id, request, users::patch, users::read).await
}
async fn replace_group(State(app): Here, Path(id): Path<String>, request: Request) -> Answer {
    changed(&app, &id, request, groups::replace, groups::read).await
}
async fn patch_group(State(app): Here, Path(id): Path<String>, request: Request) -> Answer {
    changed(&app, &id, request, groups::patch, groups::read).await
}

type Change = fn(&mut Tx, &str, RecordId, &Map<String, Json>) -> Result<()>;
type Read = fn(&mut Tx, &str, RecordId) -> Result<Map<String, Json>>;

async fn changed(app: &App, id: &str, request: Request, change: Change, read: Read) -> Answer {
    let asked = Asked::read(app, request).await?;
    let (id, base, body) = (id_of(id)?, asked.base.clone(), asked.body.clone());
    // a body that names another resource was meant for it
    if body.get("id").is_some_and(|sent| sent.as_str() != Some(id.to_string().as_str())) {
        return Err(bad_value("The id of the body is not the one of the address.").into());
    }
    let (here, there) = (base.clone(), base);
    let now = asked.change_and_see(move |tx| change(tx, &here, id, &body), move |tx, ()| read(tx, &there, id)).await?;
    Ok(one(&asked, StatusCode::OK, now))
}

async fn delete_user(State(app): Here, Path(id): Path<String>, request: Request) -> Answer {
    let asked = Asked::read(&app, request).await?;
    let id = id_of(&id)?;
    asked.change(move |tx| users::switch_off(tx, id)).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn delete_group(State(app): Here, Path(id): Path<String>, request: Request) -> Answer {
    let asked = Asked::read(&app, request).await?;
    let (id, base) = (id_of(&id)?, asked.base.clone());
    asked.change(move |tx| groups::read(tx, &base, id).and_then(|_| groups::archive(tx, id))).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The id in an address.
fn id_of(text: &str) -> Result<RecordId> {
    text.parse().map_err(|()| Error::not_found("resource"))
}

fn base(app: &App) -> String {
    format!("{}{BASE}", app.url())
}

/// Leaves out what is not wanted; `id` and `schemas` always stay.
fn trim(asked: &Asked, resource: &mut Json) {
    if let Json::Object(resource) = resource {
        resource.retain(|name, _| matches!(name.as_str(), "id" | "schemas") || asked.wants(name));
    }
}

fn one(asked: &Asked, status: StatusCode, resource: Map<String, Json>) -> Response {
    let mut resource = Json::Object(resource);
    let location = resource["meta"]["location"].as_str().and_then(|place| HeaderValue::from_str(place).ok());
    trim(asked, &mut resource);
    let mut response = json(status, &resource);
    response.headers_mut().extend(location.filter(|_| status == StatusCode::CREATED).map(|place| (header::LOCATION, place)));
    response
}

fn json(status: StatusCode, json: &Json) -> Response {
    let mut response = Response::new(Body::from(json.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
    response
}

/// SCIM knows no null: what is empty is not there (RFC 7643, 2.5).
pub(super) fn without_nulls(json: &mut Json) {
    if let Json::Object(fields) = json {
        fields.retain(|_, value| !value.is_null());
    }
    match json {
        Json::Object(fields) => fields.values_mut().for_each(without_nulls),
        Json::Array(list) => list.iter_mut().for_each(without_nulls),
        _ => {}
    }
}
