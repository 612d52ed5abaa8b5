//! Files out: asked for, made in the background, fetched.

use super::{Route, Tag, Work};
use crate::{answer::Answer, call::Call, download, export, input::fields::Fields, ports::Format};
use kernel::RecordId;
use records::Find;
use std::sync::{Arc, Mutex, PoisonError};

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::post("/exports", "startExport", Tag::Exports, "Makes a file of the records that match, under your rights.")
            .body("ExportInput", true)
            .answers(202, "Export", "The export.")
            .location()
            .here(start),
        Route::get("/exports/{id}", "getExport", Tag::Exports, "How far it is; `url` once it is done. Kept for a day.").answers(200, "Export", "The export.").here(status),
        Route::get("/exports/{id}/content", "getExportContent", Tag::Exports, "The file.").sends("application/octet-stream", "The bytes, with the media type of the format.").here(content),
    ]
}

fn start(mut call: Call) -> Work {
    Box::pin(async move {
        let mut fields = Fields::of(std::mem::take(&mut call.body));
        let object = fields.needed("object");
        let (filter, columns, sort, format) = (fields.object("filter"), fields.texts("fields"), fields.texts("sort"), fields.text("format"));
        let aim = export::Aim { purpose: fields.text("purpose"), channel: fields.text("channel") };
        let format = format.map_or(Some(Format::Csv), |word| Format::parse(&word));
        if format.is_none() {
            fields.refuse("format", "unknown_option", "Not one of the options: csv, xlsx, jsonl, vcf.");
        }
        fields.end()?;
        let find = Find { object, filter, fields: columns, sort: sort.unwrap_or_default(), ..Find::default() };
        // Set inside the transaction, read after its commit; a repeated request sets nothing and so runs nothing.
        let begun: Arc<Mutex<Option<(RecordId, export::Wanted)>>> = Arc::default();
        let begin = begun.clone();
        let started = call
            .change(move |tx| {
                let (id, wanted) = (tx.new_id(), export::Wanted::new(tx, find, format.unwrap_or(Format::Csv), aim)?);
                let json = export::start(tx, id, &wanted)?;
                *begin.lock().unwrap_or_else(PoisonError::into_inner) = Some((id, wanted));
                Ok(Answer::json(202, &json).location(format!("/exports/{id}")))
            })
            .await?;
        if let Some((id, wanted)) = begun.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let caller = call.caller()?;
            let shared = &call.shared;
            export::run(caller.workspace.clone(), caller.ctx.clone(), shared.ports.exports.clone(), shared.places.clone(), id, wanted);
        }
        Ok(started)
    })
}

fn status(call: Call) -> Work {
    Box::pin(async move {
        let id = call.id()?;
        let json = call.ask(move |tx| export::status(tx, id)).await?;
        Ok(Answer::json(200, &json).into_response())
    })
}

fn content(call: Call) -> Work {
    Box::pin(async move {
        let (id, files) = (call.id()?, call.caller()?.workspace.files_dir().to_owned());
        let (permit, file) = call.ask(move |tx| export::ready(tx, id, &files)).await?;
        download::send(&permit, &file).await
    })
}
