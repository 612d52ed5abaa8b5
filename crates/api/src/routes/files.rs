//! Documents kept with a record: in by a form, out as an attachment.

use super::{Route, Tag, Work, records::whole, route::MIB};
use crate::{
    answer::Answer,
    call::Call,
    download,
    input::{
        find, multipart,
        shape::{CURSOR, LIMIT},
    },
    leaving, media_type,
    ports::ReadyFile,
    request_id::hex,
};
use access::Exit;
use kernel::Error;
use records::{Disclosed, Get, NewFile};
use std::path::{Path, PathBuf};

const LARGEST: usize = 50 * MIB;

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/records/{object}/{id}/files", "listFiles", Tag::Files, "Documents of the record, newest first.")
            .query(&[LIMIT, CURSOR])
            .answers(200, "RecordPage", "The page: records of the object `file`.")
            .here(list),
        Route::post("/records/{object}/{id}/files", "addFile", Tag::Files, "Keeps a document of at most 50 MiB with the record.")
            .multipart("FileForm", LARGEST)
            .answers(201, "Record", "The record of the file.")
            .etag()
            .location()
            .here(add),
        Route::get("/files/{id}/content", "getFileContent", Tag::Files, "The document itself, always as an attachment.")
            .sends("application/octet-stream", "The bytes, with the media type found at upload.")
            .here(content),
    ]
}

fn list(call: Call) -> Work {
    Box::pin(async move {
        let (object, id, paging) = (call.object(), call.id()?, find::paging(&call.query)?);
        let json = call.ask(move |tx| tx.list_files(&object, id, &paging)).await?;
        Ok(Answer::bytes(200, json).into_response())
    })
}

fn add(mut call: Call) -> Work {
    Box::pin(async move {
        let (object, id, files) = (call.object(), call.id()?, call.caller()?.workspace.files_dir().to_owned());
        // Who may not see the record is told so before anything is received.
        let seen = object.clone();
        call.ask(move |tx| tx.get(&seen, id, &Get { fields: Some(vec!["id".into()]), ..Get::default() })).await?;
        let request = call.form()?;
        let mut form = multipart::read(request, &files, LARGEST, &[]).await?;
        call.hashed(form.hash());
        let received = form.take_file()?;
        call.change(move |tx| {
            let content_type = media_type::of(&received.head, &received.name, received.declared.as_deref());
            let new = NewFile { name: received.name, content_type, size: i64::try_from(received.size).unwrap_or(i64::MAX), hash: hex(&received.sha256) };
            let saved = tx.add_file(&object, id, &new)?;
            let answer = whole(tx, 201, "file", &saved)?;
            // Last: from here on only the commit can fail.
            received.file.keep(&content_path(&files, &new.hash))?;
            Ok(answer)
        })
        .await
    })
}

/// Where the content with that SHA-256 lies in a workspace's folder of files. Equal content is kept once: its name is
/// its hash, spread over 256 folders.
pub fn content_path(files: &Path, hash: &str) -> PathBuf {
    files.join(hash.get(..2).unwrap_or("00")).join(hash)
}

fn content(call: Call) -> Work {
    Box::pin(async move {
        let (id, caller) = (call.id()?, call.caller()?);
        // A writing: what leaves is written down before it leaves.
        let recipient = leaving::recipient(caller);
        let (file, permit) = caller
            .workspace
            .write(&caller.ctx, move |tx| {
                let permit = leaving::permit(tx, Exit::FileOut, Some("file"), "file out")?;
                let (file, _) = tx.under(&permit, |tx| tx.file_content(id))?;
                let to = recipient.unwrap_or_else(|| tx.rights().me().to_string());
                let subjects = tx.subjects("file", &[id])?;
                tx.disclose(&Disclosed { count: 1, hash: Some(file.hash.clone()), fields: ["content".to_owned()].into(), subjects, ..Disclosed::under(&permit, to) })?;
                Ok((file, permit))
            })
            .await?;
        if file.hash.len() != 64 || !file.hash.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Error::not_found("content of this file").into());
        }
        let path = content_path(caller.workspace.files_dir(), &file.hash);
        download::send(&permit, &ReadyFile { path, name: file.name, media_type: file.content_type }).await
    })
}
