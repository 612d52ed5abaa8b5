//! The house's front: what only the routes do (exports, repeated requests, streams) is asked as a client asks it.

use super::house::House;
use api::{Caller, Column, Credentials, ExportWriter, Format, Imports, NewImport, Ports, ReadyFile};
use axum::{
    Router,
    body::{Body, BodyDataStream},
    http::Request,
};
use futures_util::{StreamExt, future::BoxFuture};
use http_body_util::BodyExt;
use kernel::{Ctx, Error, RecordId, Result};
use records::{Catalogue, Tx, Workspace};
use serde_json::{Map, Value as Json, json};
use std::{fs::File, io::Write as _, sync::Arc, time::Duration};
use testkit::policy::Asker;
use tower::ServiceExt;

pub(crate) fn router(catalogue: Arc<Catalogue>) -> Router {
    api::router(Ports { exports: Arc::new(Lines), imports: Arc::new(Still), credentials: Arc::new(Still) }, catalogue)
}
/// A status with its JSON, or with the lines of a file.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) replayed: bool,
    pub(crate) bytes: Vec<u8>,
}
impl Got {
    pub(crate) fn json(&self) -> Json {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&self.bytes)))
    }
    pub(crate) fn lines(&self) -> Vec<Json> {
        String::from_utf8_lossy(&self.bytes).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
    /// A refusal as `ask::failed` writes it.
    pub(crate) fn failed(&self) -> Json {
        assert!(self.status < 500, "{}", String::from_utf8_lossy(&self.bytes));
        let problem = self.json();
        let mut fields: Vec<(&str, &str)> = problem["errors"].as_array().unwrap().iter().map(|e| (e["field"].as_str().unwrap(), e["code"].as_str().unwrap())).collect();
        fields.sort_unstable();
        json!({"status": self.status, "fields": if self.status == 422 { json!(fields) } else { Json::Null }})
    }
}

impl House {
    fn request(&self, asker: &Asker, method: &str, path: &str, headers: &[(&str, &str)], body: &Json) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", api::BASE)).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(if body.is_null() { Body::empty() } else { Body::from(body.to_string()) }).unwrap();
        let caller = Caller { workspace: self.workspace.clone(), ctx: self.ctx(asker), token: asker.scopes.is_some(), session: None };
        request.extensions_mut().insert(caller);
        request
    }
    pub(crate) fn send(&self, asker: &Asker, method: &str, path: &str, headers: &[(&str, &str)], body: &Json) -> Got {
        let request = self.request(asker, method, path, headers, body);
        self.runtime.block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let (status, replayed) = (response.status().as_u16(), response.headers().contains_key("idempotency-replayed"));
            Got { status, replayed, bytes: response.into_body().collect().await.unwrap().to_bytes().to_vec() }
        })
    }
    pub(crate) fn get(&self, asker: &Asker, path: &str) -> Got {
        self.send(asker, "GET", path, &[], &Json::Null)
    }
    /// An open stream of events; `None` for whom nothing is opened.
    pub(crate) fn listen(&self, asker: &Asker) -> Option<BodyDataStream> {
        let request = self.request(asker, "GET", "/stream", &[], &Json::Null);
        let response = self.runtime.block_on(self.router.clone().oneshot(request)).unwrap();
        (response.status() == 200).then(|| response.into_body().into_data_stream())
    }
    /// Events up to the one about `last`; a stream that does not bring it is stuck.
    pub(crate) fn hear(&self, events: &mut BodyDataStream, last: &str) -> Vec<Json> {
        let (mut out, mut text) = (Vec::new(), String::new());
        loop {
            let next = self.runtime.block_on(async { tokio::time::timeout(Duration::from_secs(30), events.next()).await });
            let Ok(Some(bytes)) = next else { return [out, vec![json!("silence")]].concat() };
            text.push_str(std::str::from_utf8(&bytes.unwrap()).unwrap());
            while let Some((event, rest)) = text.split_once("\n\n").map(|(event, rest)| (event.to_owned(), rest.to_owned())) {
                text = rest;
                let Some(data) = event.lines().find_map(|line| line.strip_prefix("data: ")) else { continue };
                let event: Json = serde_json::from_str(data).unwrap();
                if event["id"] == last {
                    return out;
                }
                out.push(json!([event["object"], event["id"], event["version"], event["what"]]));
            }
        }
    }
}

/// One JSON object a line.
struct Lines;
impl ExportWriter for Lines {
    fn write(&self, _permit: &access::Permit, _format: Format, columns: &[Column], rows: &mut dyn Iterator<Item = Result<Map<String, Json>>>, mut out: File) -> Result<u64> {
        let mut written = 0;
        for row in rows {
            let row = row?;
            let line: Map<String, Json> = columns.iter().map(|c| (c.name.clone(), row.get(&c.name).cloned().unwrap_or(json!("absent")))).collect();
            writeln!(out, "{}", Json::Object(line)).map_err(|e| Error::internal(e.to_string()))?;
            written += 1;
        }
        Ok(written)
    }
}
/// Every session holds, and nothing is imported here: references of imports are asked in bulk.
struct Still;
impl Credentials for Still {
    fn alive<'a>(&'a self, _caller: &'a Caller) -> BoxFuture<'a, bool> {
        Box::pin(async { true })
    }
}
impl Imports for Still {
    fn look(&self, _workspace: &Workspace, _ctx: &Ctx, _import: &NewImport) -> Result<()> {
        Err(Error::not_found("import"))
    }
    fn start(&self, _tx: &mut Tx, _import: &NewImport) -> Result<Json> {
        Err(Error::not_found("import"))
    }
    fn status(&self, _tx: &mut Tx, _id: RecordId) -> Result<Json> {
        Err(Error::not_found("import"))
    }
    fn change(&self, _tx: &mut Tx, _id: RecordId, _change: &Map<String, Json>) -> Result<Json> {
        Err(Error::not_found("import"))
    }
    fn run(&self, _tx: &mut Tx, _id: RecordId, _dry_run: bool) -> Result<Json> {
        Err(Error::not_found("import"))
    }
    fn rejected(&self, _tx: &mut Tx, _id: RecordId) -> Result<ReadyFile> {
        Err(Error::not_found("import"))
    }
    fn wake(&self, _workspace: &Workspace, _ctx: &Ctx, _id: RecordId) {}
}
