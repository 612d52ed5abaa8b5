//! One request, read as its line in the table of routes says, on its way to its handler.

use crate::{
    ApiError, Caller, Ports,
    answer::Answer,
    idempotency::{Keyed, UnderWay, hash},
    input::{body, fields::Fields, headers, query::Params},
    leaving,
    routes::{BodyKind, Needs, Route},
};
use access::Exit;
use axum::{
    extract::{FromRequestParts, RawPathParams, Request},
    response::Response,
};
use kernel::{Code, Error, RecordId, Result};
use records::{Catalogue, Get, IfMatch, Tx};
use serde_json::{Map, Value as Json};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Semaphore;

/// What all requests share.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) ports: Ports,
    pub(crate) under_way: UnderWay,
    /// Places for exports at work.
    pub(crate) places: Arc<Semaphore>,
    /// For the document that anybody may read.
    pub(crate) catalogue: Arc<Catalogue>,
}

pub(crate) struct Call {
    pub(crate) shared: Shared,
    caller: Option<Caller>,
    /// Values of `{name}` in the path, decoded.
    path: Vec<(String, String)>,
    full_path: String,
    pub(crate) query: Params,
    pub(crate) body: Map<String, Json>,
    pub(crate) if_match: IfMatch,
    key: Option<String>,
    hash: [u8; 32],
    /// The request itself where its body is not JSON; behind a lock only because a body cannot be shared.
    raw: Mutex<Option<Request>>,
    pub(crate) method: axum::http::Method,
}

impl Call {
    /// # Errors
    /// 401 before all else; then what cannot be read.
    pub(crate) async fn read(route: &'static Route, shared: Shared, request: Request) -> std::result::Result<Call, ApiError> {
        let caller = request.extensions().get::<Caller>().cloned();
        if caller.is_none() && route.needs == Needs::Caller {
            return Err(ApiError::no_credentials());
        }
        let (mut parts, body) = request.into_parts();
        let path = RawPathParams::from_request_parts(&mut parts, &()).await;
        let path = path.map_err(|_| Error::malformed("bad_encoding", "The address is not percent-encoded UTF-8."))?;
        let path = path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let query = Params::read(parts.uri.query().unwrap_or(""), route.query)?;
        let if_match = headers::if_match(&parts.headers)?;
        let key = if route.keyed { headers::idempotency_key(&parts.headers)? } else { None };
        let (full_path, method) = (parts.uri.path().to_owned(), parts.method.clone());
        let mut call = Call { shared, caller, path, full_path, query, body: Map::new(), if_match, key, hash: [0; 32], raw: Mutex::default(), method };
        match route.body {
            BodyKind::None => {}
            BodyKind::Multipart { .. } => call.raw = Mutex::new(Some(Request::from_parts(parts, body))),
            kind => {
                let bytes = body::read(&parts.headers, body, kind).await?;
                call.body = body::object(&bytes, kind)?;
                if call.key.is_some() {
                    call.hash = if call.body.is_empty() { hash(b"{}") } else { hash(&bytes) };
                }
            }
        }
        Ok(call)
    }

    /// # Errors
    /// 401; a route that needs a caller has one.
    pub(crate) fn caller(&self) -> Result<&Caller, ApiError> {
        self.caller.as_ref().ok_or_else(ApiError::no_credentials)
    }
    pub(crate) fn known_caller(&self) -> Option<&Caller> {
        self.caller.as_ref()
    }
    pub(crate) fn part(&self, name: &str) -> &str {
        self.path.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }
    pub(crate) fn object(&self) -> String {
        self.part("object").to_owned()
    }
    /// # Errors
    /// 404: what is no id is the id of nothing.
    pub(crate) fn id(&self) -> Result<RecordId> {
        self.part("id").parse().map_err(|()| Error::not_found("record"))
    }
    /// # Errors
    /// 422 for each field: the route takes none.
    pub(crate) fn nothing_in_body(&mut self) -> Result<()> {
        Fields::of(std::mem::take(&mut self.body)).end()
    }
    /// The request of a form, once.
    pub(crate) fn form(&mut self) -> Result<Request> {
        self.raw.get_mut().unwrap_or_else(PoisonError::into_inner).take().ok_or_else(|| Error::internal("a form came without its request"))
    }
    /// The hash of what a multipart body held.
    pub(crate) fn hashed(&mut self, hash: [u8; 32]) {
        self.hash = hash;
    }

    /// Asks in one reading. What a token reads leaves by a permit, whichever route it takes.
    pub(crate) async fn ask<T: Send + 'static>(&self, f: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T, ApiError> {
        let caller = self.caller()?;
        let recipient = leaving::recipient(caller);
        Ok(caller.workspace.read(&caller.ctx, move |tx| leaving::read(tx, recipient.as_deref(), f)).await?)
    }
    /// Asks for one record by its id, with nothing around it.
    pub(crate) async fn ask_one<T: Send + 'static>(&self, object: &str, f: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static) -> Result<T, ApiError> {
        let caller = self.caller()?;
        let recipient = leaving::recipient(caller);
        Ok(caller.workspace.read_one(&caller.ctx, object, move |tx| leaving::read(tx, recipient.as_deref(), f)).await?)
    }
    /// Asks for what is written down with some delay: what programs have read until now is written first.
    pub(crate) async fn settle(&self, object: &str) -> Result<(), ApiError> {
        if matches!(object, "disclosure" | "disclosure_subject" | "log") {
            let workspace = self.caller()?.workspace.clone();
            tokio::task::spawn_blocking(move || workspace.write_reads()).await.map_err(|e| Error::internal(format!("a task ended: {e}")))??;
        }
        Ok(())
    }
    /// Changes in one transaction, once per key.
    pub(crate) async fn change(&mut self, f: impl FnOnce(&mut Tx) -> Result<Answer> + Send + 'static) -> Result<Response, ApiError> {
        let (caller, keyed) = (self.caller()?.clone(), self.keyed()?);
        let recipient = leaving::recipient(&caller);
        let answer = caller.workspace.write(&caller.ctx, move |tx| shown(tx, recipient.as_deref(), |tx| once(keyed, tx, f))).await?;
        Ok(answer.into_response())
    }
    /// A change of definitions, alone in its transaction.
    pub(crate) async fn define(&mut self, f: impl FnOnce(&mut Tx) -> Result<Answer> + Send + 'static) -> Result<Response, ApiError> {
        let (caller, keyed) = (self.caller()?.clone(), self.keyed()?);
        let answer = caller.workspace.write_alone(&caller.ctx, move |tx| once(keyed, tx, f)).await?;
        Ok(answer.into_response())
    }
    fn keyed(&mut self) -> Result<Option<Keyed>, ApiError> {
        let Some(key) = self.key.take() else { return Ok(None) };
        let caller = self.caller()?;
        Ok(Some(Keyed::claim(&self.shared.under_way, caller.workspace.name(), caller.ctx.actor, &self.full_path, key, self.hash)?))
    }
}

/// A change that a program makes is answered with the record: that leaves too. The change itself is made under the
/// program's own rights; the record is shown as an exit shows it.
fn shown(tx: &mut Tx, recipient: Option<&str>, f: impl FnOnce(&mut Tx) -> Result<Answer>) -> Result<Answer> {
    let answer = f(tx)?;
    let (Some(recipient), Some((object, id))) = (recipient, &answer.record) else { return Ok(answer) };
    let permit = leaving::permit(tx, Exit::IntegrationRead, None, "integration")?;
    tx.note_shown(&permit, recipient, object, *id)?;
    if !tx.keeps_people_back() {
        return Ok(answer);
    }
    match tx.under(&permit, |tx| tx.get(object, *id, &Get { fields: Some(vec!["id".into()]), ..Get::default() })) {
        Ok(_) => Ok(answer),
        Err(e) if matches!(e.code, Code::NotFound | Code::Forbidden) => {
            let json = serde_json::json!({"id": id, "version": answer.version});
            Ok(Answer { json: json.to_string().into_bytes(), ..answer })
        }
        Err(e) => Err(e),
    }
}

fn once(keyed: Option<Keyed>, tx: &mut Tx, f: impl FnOnce(&mut Tx) -> Result<Answer>) -> Result<Answer> {
    match keyed {
        Some(keyed) => keyed.once(tx, f),
        None => f(tx),
    }
}

/// Reads a request and hands it to its route's handler.
pub(crate) async fn serve(route: &'static Route, run: fn(Call) -> crate::routes::Work, shared: Shared, request: Request) -> Response {
    use axum::response::IntoResponse;
    let answered = match Call::read(route, shared, request).await {
        Ok(call) => run(call).await,
        Err(refused) => Err(refused),
    };
    answered.unwrap_or_else(IntoResponse::into_response)
}
