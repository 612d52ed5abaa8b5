use crate::world::{Got, Who, World};
use axum::body::Body;
use futures_util::stream;
use serde_json::json;

crate::both!(in_and_out, refused, large_ones_are_not_kept_in_memory_nor_on_disk, repeated_by_key, rights);

const FORM: (&str, &str) = ("content-type", "multipart/form-data; boundary=XX");

fn part(name: &str, file: Option<(&str, &str)>, content: &[u8]) -> Vec<u8> {
    let mut out = format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"").into_bytes();
    if let Some((file_name, kind)) = file {
        out.extend(format!("; filename=\"{file_name}\"\r\nContent-Type: {kind}").bytes());
    }
    out.extend(b"\r\n\r\n");
    out.extend(content);
    out.extend(b"\r\n");
    out
}
pub(crate) fn form(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut out = parts.concat();
    out.extend(b"--XX--\r\n");
    out
}
pub(crate) fn file_part(file_name: &str, content: &[u8]) -> Vec<u8> {
    part("file", Some((file_name, "text/html")), content)
}
pub(crate) fn text_part(name: &str, value: &str) -> Vec<u8> {
    part(name, None, value.as_bytes())
}

fn send(w: &World, who: Who, record: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Got {
    let headers: Vec<_> = headers.iter().copied().chain([FORM]).collect();
    w.raw(who, "POST", &format!("/records/company/{record}/files"), &headers, body)
}

/// Files below the workspace's folder.
fn on_disk(w: &World) -> Vec<String> {
    fn walk(folder: &std::path::Path, out: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() { walk(&entry.path(), out) } else { out.push(entry.path().display().to_string()) }
        }
    }
    let mut out = vec![];
    walk(&w.dir.path().join("files"), &mut out);
    // the journal of who saw what holds ids, and nothing of a content
    out.retain(|path| !path.contains("/files/seen/"));
    out
}

fn in_and_out(w: &World) {
    let company = w.make(Who::Cli, "company", &json!({"name": "C"}));
    let content = b"%PDF-1.7 \x00\xff and more";
    let made = send(w, Who::Cli, &company, &[], form(&[file_part("../Größe.html", content)])).expect(201);
    let file = made.json();
    assert_eq!((&file["name"], &file["type"], &file["size"]), (&json!("Größe.html"), &json!("application/pdf"), &json!(content.len())));
    assert_eq!(file["about"], json!({"object": "company", "id": company}));
    let id = file["id"].as_str().unwrap();
    assert_eq!((made.header("location"), made.header("etag")), (format!("/api/v1/records/file/{id}").as_str(), "\"1\""));
    let out = w.get(Who::Cli, &format!("/files/{id}/content")).expect(200);
    assert_eq!(out.bytes, content);
    assert_eq!((out.header("content-type"), out.header("x-content-type-options")), ("application/pdf", "nosniff"));
    assert_eq!(out.header("content-disposition"), "attachment; filename=\"Gr__e.html\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.html");
    assert_eq!(out.header("content-length"), content.len().to_string());
    let same = send(w, Who::Cli, &company, &[], form(&[file_part("again.pdf", content)])).expect(201).json();
    assert_eq!(same["hash"], file["hash"]);
    assert_eq!(on_disk(w).len(), 1, "equal content is kept once");
    assert_eq!(w.get(Who::Cli, &format!("/records/company/{company}/files?limit=1")).expect(200).json()["items"].as_array().unwrap().len(), 1);
    let ctx = w.caller(Who::Cli).unwrap().ctx;
    let disclosed = w.workspace.read_blocking(&ctx, |tx| {
        let q = store::Sql::new(format!("SELECT \"exit\", \"hash\" FROM {}", tx.db().table("test_disclosed")));
        Ok(tx.db().rows(&q).unwrap())
    });
    assert_eq!(disclosed.unwrap(), [[store::Val::from("file_out"), store::Val::from(file["hash"].as_str().unwrap())]]);
}

fn refused(w: &World) {
    let company = w.make(Who::Cli, "company", &json!({"name": "C"}));
    let before = w.rows();
    let sent = |body: Vec<u8>| send(w, Who::Cli, &company, &[], body).problem();
    assert_eq!(sent(form(&[])), (422, "invalid_fields".into()));
    assert_eq!(sent(form(&[file_part("a", b"x"), text_part("colour", "red")])), (422, "invalid_fields".into()));
    assert_eq!(sent(form(&[file_part("a", b"x"), file_part("b", b"y")])), (422, "invalid_fields".into()));
    assert_eq!(sent(file_part("a", b"never ends")), (400, "malformed_form".into()));
    assert_eq!(sent(b"no form at all".to_vec()), (400, "malformed_form".into()));
    let path = format!("/records/company/{company}/files");
    assert_eq!(w.post(Who::Cli, &path, &json!({})).problem(), (415, "unsupported_media_type".into()));
    assert_eq!(w.raw(Who::Cli, "POST", &path, &[("content-type", "multipart/form-data")], "x").problem(), (400, "malformed_form".into()));
    assert_eq!(w.post(Who::Cli, "/records/file", &json!({"name": "no content"})).problem().0, 422);
    assert_eq!((w.rows(), on_disk(w)), (before, vec![]));
}

fn large_ones_are_not_kept_in_memory_nor_on_disk(w: &World) {
    let company = w.make(Who::Cli, "company", &json!({"name": "C"}));
    let head = file_part("big", b"");
    let head = head[..head.len() - 2].to_vec();
    let megabytes = |n: usize| stream::iter((0..n).map(|_| Ok::<_, std::io::Error>(vec![7u8; 1024 * 1024])));
    let body = Body::from_stream(stream::StreamExt::chain(stream::iter([Ok(head.clone())]), megabytes(53)));
    assert_eq!(send(w, Who::Cli, &company, &[], body).problem(), (413, "too_large".into()));
    assert_eq!(on_disk(w), Vec::<String>::new());
    let whole = stream::StreamExt::chain(stream::StreamExt::chain(stream::iter([Ok(head)]), megabytes(50)), stream::iter([Ok(b"\r\n--XX--\r\n".to_vec())]));
    assert_eq!(send(w, Who::Cli, &company, &[], Body::from_stream(whole)).expect(201).json()["size"], 50 * 1024 * 1024);
}

fn repeated_by_key(w: &World) {
    let company = w.make(Who::Cli, "company", &json!({"name": "C"}));
    let key = [("idempotency-key", "k")];
    let first = send(w, Who::Cli, &company, &key, form(&[file_part("a.txt", b"one")])).expect(201).json();
    assert_eq!(send(w, Who::Cli, &company, &key, form(&[file_part("a.txt", b"one")])).expect(201).json(), first);
    assert_eq!(send(w, Who::Cli, &company, &key, form(&[file_part("a.txt", b"two")])).problem(), (422, "idempotency_key_reused".into()));
    assert_eq!(on_disk(w).len(), 1);
}

fn rights(w: &World) {
    let (ann, bob) = (Who::User(w.user("ann", "rep")), Who::User(w.user("bob", "rep")));
    let company = w.make(ann, "company", &json!({"name": "C"}));
    let id = send(w, ann, &company, &[], form(&[file_part("a.txt", b"x")])).expect(201).json()["id"].as_str().unwrap().to_owned();
    let path = format!("/files/{id}/content");
    w.get(ann, &path).expect(200);
    assert_eq!(w.get(bob, &path).problem().0, 404);
    assert_eq!(send(w, bob, &company, &[], form(&[file_part("b.txt", b"x")])).problem().0, 404);
    assert_eq!(w.get(Who::Nobody, &path).problem().0, 401);
    assert_eq!(w.get(ann, "/files/nonsense/content").problem().0, 404);
}
