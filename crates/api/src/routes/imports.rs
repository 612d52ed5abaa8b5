//! Files in. The engine stands behind the port [`crate::Imports`]; here is its door.

use super::{
    Route, Tag, Work,
    route::{MIB, Matching},
};
use crate::{
    answer::Answer,
    call::Call,
    download,
    input::{fields::Fields, multipart},
    leaving,
    ports::NewImport,
    request_id::hex,
};
use access::Exit;
use kernel::{Error, RecordId, Result};
use records::Tx;
use serde_json::Value as Json;
use std::sync::{Arc, OnceLock};

/// A million contacts with twenty columns have some 200 MiB.
const LARGEST: usize = 1024 * MIB;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/imports", "startImport", Tag::Imports, "Sends a file: csv, xlsx, jsonl or vcf. It is looked at first; where nothing is asked it runs.")
            .multipart("ImportForm", LARGEST)
            .answers(202, "Import", "The import.")
            .location()
            .here(start),
        Route::get("/imports/{id}", "getImport", Tag::Imports, "How far it is; while the status is `mapping`, the columns and what is asked.").answers(200, "Import", "The import.").here(status),
        Route::patch("/imports/{id}", "changeImport", Tag::Imports, "Maps columns and answers questions.", "ImportChange").matching(Matching::No).answers(200, "Import", "The import.").here(change),
        Route::post("/imports/{id}/run", "runImport", Tag::Imports, "Runs it as mapped, or tries it without writing.")
            .body("ImportRun", false)
            .answers(202, "Import", "The import.")
            .location()
            .here(run),
        Route::get("/imports/{id}/errors", "getImportErrors", Tag::Imports, "The rejected rows as they came, each with its reason.").sends("text/csv", "The file.").here(errors),
    ]
}

/// Which import a transaction has given work; a repeated request gives none.
#[derive(Clone, Default)]
struct Begun(Arc<OnceLock<RecordId>>);
impl Begun {
    fn pair() -> (Begun, Begun) {
        let begun = Begun::default();
        (begun.clone(), begun)
    }
    fn set(&self, id: RecordId) {
        self.0.get_or_init(|| id);
    }
    /// After the commit.
    fn wake(&self, call: &Call) -> Result<(), crate::ApiError> {
        if let Some(id) = self.0.get() {
            let caller = call.caller()?;
            call.shared.ports.imports.wake(&caller.workspace, &caller.ctx, *id);
        }
        Ok(())
    }
}

fn may_import(tx: &mut Tx) -> Result<()> {
    if tx.rights().capability("import") { Ok(()) } else { Err(Error::forbidden("Your role may not import. Ask an administrator for the capability \"import\".")) }
}

fn start(mut call: Call) -> Work {
    Box::pin(async move {
        let id = call
            .ask(|tx| {
                may_import(tx)?;
                Ok(tx.new_id())
            })
            .await?;
        let workspace = call.caller()?.workspace.clone();
        let files = workspace.files_dir().to_owned();
        let request = call.form()?;
        let mut form = multipart::read(request, &files, LARGEST, &["object", "mapping", "key", "dry_run"]).await?;
        call.hashed(form.hash());
        let dry_run = match form.text("dry_run") {
            None | Some("false" | "0") => false,
            Some("true" | "1") => true,
            Some(_) => return Err(Error::field("dry_run", "wrong_type", "true or false is expected.").into()),
        };
        let object = form.text("object").ok_or_else(|| Error::field("object", "required", "The part \"object\" is missing: it says what the rows are."))?.to_owned();
        let (mapping, key) = (form.text("mapping").map(str::to_owned), form.text("key").map(str::to_owned));
        let received = form.take_file()?;
        let (imports, (begun, begin)) = (call.shared.ports.imports.clone(), Begun::pair());
        let mut import = NewImport { id, object, file: received.file.path().to_owned(), file_name: received.name, size: received.size, sha256: hex(&received.sha256), mapping, key, dry_run };
        let (looking, seen, ctx) = (imports.clone(), import.clone(), call.caller()?.ctx.clone());
        let looked = tokio::task::spawn_blocking(move || looking.look(&workspace, &ctx, &seen)).await;
        looked.map_err(|e| Error::internal(format!("a file could not be looked at: {e}")))??;
        let started = call
            .change(move |tx| {
                may_import(tx)?;
                import.file = files.join("imports").join(import.id.to_string());
                received.file.keep(&import.file)?;
                let json = imports.start(tx, &import).inspect_err(|_| remove(&import.file))?;
                begin.set(import.id);
                let place = format!("/imports/{}", import.id);
                Ok(Answer::json(202, &json).location(place))
            })
            .await?;
        begun.wake(&call)?;
        Ok(started)
    })
}

/// The engine would not have the file: it has no owner now.
fn remove(file: &std::path::Path) {
    if let Err(e) = std::fs::remove_file(file) {
        tracing::warn!(error = %e, "the file of a refused import could not be removed");
    }
}

fn status(call: Call) -> Work {
    Box::pin(async move {
        let (id, imports) = (call.id()?, call.shared.ports.imports.clone());
        let json = call.ask(move |tx| imports.status(tx, id)).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}

fn change(mut call: Call) -> Work {
    Box::pin(async move {
        let (id, imports, body) = (call.id()?, call.shared.ports.imports.clone(), std::mem::take(&mut call.body));
        work(call, id, 200, move |tx| imports.change(tx, id, &body)).await
    })
}

fn run(mut call: Call) -> Work {
    Box::pin(async move {
        let (id, imports) = (call.id()?, call.shared.ports.imports.clone());
        let mut fields = Fields::of(std::mem::take(&mut call.body));
        let dry_run = fields.flag("dry_run").unwrap_or(false);
        fields.end()?;
        work(call, id, 202, move |tx| imports.run(tx, id, dry_run)).await
    })
}

async fn work(mut call: Call, id: RecordId, status: u16, f: impl FnOnce(&mut Tx) -> Result<Json> + Send + 'static) -> Result<axum::response::Response, crate::ApiError> {
    let (begun, begin) = Begun::pair();
    let answered = call
        .change(move |tx| {
            let answer = Answer::json(status, &f(tx)?);
            // A changed mapping waits for its run: a second worker would write over what the first one does.
            if status == 202 {
                begin.set(id);
            }
            Ok(if status == 202 { answer.location(format!("/imports/{id}")) } else { answer })
        })
        .await?;
    begun.wake(&call)?;
    Ok(answered)
}

fn errors(call: Call) -> Work {
    Box::pin(async move {
        let (id, imports) = (call.id()?, call.shared.ports.imports.clone());
        let (permit, file) = call.ask(move |tx| Ok((leaving::permit(tx, Exit::FileOut, None, "rejected rows")?, imports.rejected(tx, id)?))).await?;
        download::send(&permit, &file).await
    })
}
