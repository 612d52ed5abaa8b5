//! Domain verbs, each at `/{plural}/{id}/{name}`: whatever the catalogue holds, through one handler.

use super::{BodyKind, Route, Tag, Work, route::Matching};
use crate::{
    ApiError, Caller,
    answer::Answer,
    call::{Call, Shared, serve},
};
use axum::{
    extract::Request,
    http::Method as HttpMethod,
    response::{IntoResponse, Response},
};
use kernel::{Code, Error, RecordId, Result};
use records::{Catalogue, Get, IfMatch, Tx, Verb};
use serde_json::Value as Json;
use std::sync::OnceLock;

pub(crate) const PATH: &str = "/{plural}/{id}/{verb}";

/// Described one by one from the catalogue, not here.
pub(super) fn routes() -> Vec<Route> {
    vec![]
}

/// Any method: a verb that exists for another one is 405, anything else 404.
pub(crate) async fn any(shared: Shared, request: Request) -> Response {
    static POST: OnceLock<Route> = OnceLock::new();
    static DELETE: OnceLock<Route> = OnceLock::new();
    let post = || Route { matching: Matching::Honoured, body: BodyKind::Json { schema: "Empty", required: false, bulk: false }, ..Route::post(PATH, "verb", Tag::Verbs, "") };
    let route = match *request.method() {
        HttpMethod::POST => POST.get_or_init(post),
        HttpMethod::DELETE => DELETE.get_or_init(|| Route { body: BodyKind::None, ..Route::delete(PATH, "verb", Tag::Verbs, "") }),
        _ => return unknown(&shared.catalogue, request.uri().path()).into_response(),
    };
    // Before anything of the request is read: what is wrong with it does not matter where there is nothing to ask.
    if request.extensions().get::<Caller>().is_some() && !is_there(&shared.catalogue, &request) {
        return unknown(&shared.catalogue, request.uri().path()).into_response();
    }
    serve(route, run, shared, request).await
}

/// Verbs with the plural under which they stand.
pub(crate) fn all(catalogue: &Catalogue) -> impl Iterator<Item = (&str, &Verb)> {
    catalogue.verbs().iter().filter_map(|verb| Some((catalogue.standard().iter().find(|def| def.name == verb.object)?.plural.as_str(), verb)))
}

fn is_there(catalogue: &Catalogue, request: &Request) -> bool {
    let mut parts = request.uri().path().rsplit('/');
    let (name, _, plural) = (parts.next(), parts.next(), parts.next());
    all(catalogue).any(|(p, v)| Some(p) == plural && Some(v.name) == name && v.method == request.method().as_str())
}
fn unknown(catalogue: &Catalogue, path: &str) -> ApiError {
    let mut parts = path.rsplit('/');
    let (name, _, plural) = (parts.next(), parts.next(), parts.next());
    let mut methods: Vec<_> = all(catalogue).filter(|(p, v)| Some(*p) == plural && Some(v.name) == name).map(|(_, v)| v.method).collect();
    methods.sort_unstable();
    match methods.as_slice() {
        [] => ApiError::no_route(),
        ["DELETE", "POST"] => ApiError::method_not_allowed("DELETE, POST"),
        [one, ..] => ApiError::method_not_allowed(one),
    }
}

fn run(mut call: Call) -> Work {
    Box::pin(async move {
        let catalogue = call.shared.catalogue.clone();
        let found = all(&catalogue).find(|(plural, verb)| *plural == call.part("plural") && verb.name == call.part("verb") && verb.method == call.method.as_str());
        let Some((_, verb)) = found else {
            return Err(unknown(&catalogue, &format!("/{}/-/{}", call.part("plural"), call.part("verb"))));
        };
        let (verb, id, input, if_match) = (*verb, call.id()?, std::mem::take(&mut call.body), call.if_match);
        call.change(move |tx| {
            current(tx, verb.object, id, if_match)?;
            let out = (verb.run)(tx, id, &input)?;
            Ok(answer(verb.object, id, out.status, out.json))
        })
        .await
    })
}

/// `If-Match` is honoured if sent, after the right to read.
fn current(tx: &mut Tx, object: &str, id: RecordId, if_match: IfMatch) -> Result<()> {
    let IfMatch::Version(version) = if_match else { return Ok(()) };
    let one = tx.get(object, id, &Get::default())?;
    if one.version == version { Ok(()) } else { Err(Error::new(Code::Stale, "stale_version", "The record has changed since you read it. Read it again.")) }
}

/// An answer that shows the record itself has its tag, and is not kept beside an idempotency key.
fn answer(object: &str, id: RecordId, status: u16, json: Vec<u8>) -> Answer {
    let shown = serde_json::from_slice::<Json>(&json).ok().filter(|json| json["id"].as_str() == Some(&id.to_string())).and_then(|json| json["version"].as_i64());
    let answer = Answer::bytes(status, json);
    let Some(version) = shown else { return answer };
    let answer = Answer { record: Some((object.to_owned(), id)), ..answer.version(version) };
    if status == 201 { answer.location(super::records::path(object, id)) } else { answer }
}
