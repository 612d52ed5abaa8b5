//! Forms with a file (RFC 7578). The file goes to the disk as it comes, hashed on the way; nothing of it stays in memory.

use crate::{
    ApiError,
    incoming::{Incoming, io_error},
};
use axum::{
    body::Body,
    extract::{
        FromRequest, Multipart, Request,
        multipart::{Field, MultipartError},
    },
    http::{StatusCode, header},
};
use http_body_util::Limited;
use kernel::{Error, FieldError, Result};
use sha2::{Digest, Sha256};
use std::path::Path;
use tokio::io::AsyncWriteExt;

/// All parts but the file together.
const TEXTS_MAX: usize = 1024 * 1024;
/// Enough to tell a file's type.
const HEAD: usize = 560;

pub(crate) struct Received {
    pub(crate) file: Incoming,
    /// As the client calls it, without folders.
    pub(crate) name: String,
    /// As the client says.
    pub(crate) declared: Option<String>,
    pub(crate) size: u64,
    pub(crate) sha256: [u8; 32],
    /// First bytes.
    pub(crate) head: Vec<u8>,
}

pub(crate) struct Form {
    texts: Vec<(String, String)>,
    file: Option<Received>,
}
impl Form {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.texts.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }
    /// # Errors
    /// 422 where there is none.
    pub(crate) fn take_file(&mut self) -> Result<Received> {
        self.file.take().ok_or_else(|| Error::field("file", "required", "The part \"file\" with the file is missing."))
    }
    /// What makes two forms the same, whatever separates their parts.
    pub(crate) fn hash(&self) -> [u8; 32] {
        let mut all = Sha256::new();
        for (name, value) in &self.texts {
            all.update((name.len() as u64).to_le_bytes());
            all.update(name);
            all.update((value.len() as u64).to_le_bytes());
            all.update(value);
        }
        if let Some(file) = &self.file {
            all.update(b"file");
            all.update(file.sha256);
            all.update(&file.name);
        }
        all.finalize().into()
    }
}

/// Reads a form with one part `file` and text parts of the names in `texts`. `max` is the most bytes of the file.
///
/// # Errors
/// 415 where it is no form, 400 where it is broken, 413 too large, 422 unknown parts, 507 disk full.
pub(crate) async fn read(request: Request, folder: &Path, max: usize, texts: &[&str]) -> Result<Form, ApiError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("").to_ascii_lowercase();
    if !kind.starts_with("multipart/form-data") {
        return Err(ApiError::unsupported_media_type("Send multipart/form-data with the part \"file\"."));
    }
    let (parts, body) = request.into_parts();
    let declared = parts.headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if declared.is_some_and(|bytes| bytes > (max + TEXTS_MAX) as u64) {
        return Err(ApiError::too_large(max));
    }
    let request = Request::from_parts(parts, Body::new(Limited::new(body, max + TEXTS_MAX)));
    let mut form = Multipart::from_request(request, &()).await.map_err(|e| Error::malformed("malformed_form", format!("The form cannot be read: {e}.")))?;
    let mut out = Form { texts: Vec::new(), file: None };
    let mut refused = Vec::new();
    while let Some(part) = form.next_field().await.map_err(|e| broken(&e, max))? {
        let name = part.name().unwrap_or("").to_owned();
        if name == "file" && out.file.is_none() {
            out.file = Some(receive(part, folder, max).await?);
        } else if texts.contains(&name.as_str()) && out.text(&name).is_none() {
            out.texts.push((name, text(part, max).await?));
        } else {
            let detail = if name == "file" || texts.contains(&name.as_str()) { "This part is given twice." } else { "There is no such part here." };
            refused.push(FieldError::new(name.chars().take(80).collect::<String>(), "unknown_field", detail));
        }
    }
    if refused.is_empty() { Ok(out) } else { Err(Error::invalid(refused).into()) }
}

fn broken(error: &MultipartError, max: usize) -> ApiError {
    let unread = ApiError::unread_body(error, max);
    match error.status() {
        _ if unread.status() != StatusCode::BAD_REQUEST => unread,
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::too_large(max),
        _ => Error::malformed("malformed_form", format!("The form cannot be read: {}.", error.body_text().trim_end_matches('.'))).into(),
    }
}

async fn text(mut part: Field<'_>, max: usize) -> Result<String, ApiError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|e| broken(&e, max))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > TEXTS_MAX {
            return Err(ApiError::too_large(TEXTS_MAX));
        }
    }
    String::from_utf8(bytes).map_err(|_| Error::malformed("malformed_form", "A part of the form is not UTF-8.").into())
}

async fn receive(mut part: Field<'_>, folder: &Path, max: usize) -> Result<Received, ApiError> {
    let (name, declared) = (clean_name(part.file_name().unwrap_or("")), part.content_type().map(str::to_owned));
    let (file, mut out) = Incoming::create(folder).await?;
    let (mut hash, mut size, mut head) = (Sha256::new(), 0usize, Vec::with_capacity(HEAD));
    while let Some(chunk) = part.chunk().await.map_err(|e| broken(&e, max))? {
        size += chunk.len();
        if size > max {
            return Err(ApiError::too_large(max));
        }
        hash.update(&chunk);
        head.extend(chunk.iter().take(HEAD - head.len()));
        out.write_all(&chunk).await.map_err(|e| io_error(&e))?;
    }
    out.flush().await.map_err(|e| io_error(&e))?;
    out.sync_all().await.map_err(|e| io_error(&e))?;
    Ok(Received { file, name, declared, size: size as u64, sha256: hash.finalize().into(), head })
}

/// The last part of a path, without characters that no file system or screen takes well. At most 255 characters.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    // Marks that turn the direction of text make "exe.pdf" out of "fdp.exe".
    let hidden = |c: char| c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let clean: String = last.chars().filter(|c| !hidden(*c)).take(255).collect();
    match clean.trim().trim_matches('.') {
        "" => "file".to_owned(),
        _ => clean.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::clean_name;

    #[test]
    fn names_are_names_not_paths() {
        for (given, kept) in
            [("../../etc/passwd", "passwd"), ("C:\\x\\a b.pdf", "a b.pdf"), ("", "file"), ("..", "file"), ("a\0b\r\n.txt", "ab.txt"), ("gpj.\u{202e}exe", "gpj.exe"), ("Größe 青.csv", "Größe 青.csv")]
        {
            assert_eq!(clean_name(given), kept);
        }
        assert_eq!(clean_name(&"x".repeat(300)).len(), 255);
    }
}
