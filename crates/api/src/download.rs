//! Hands out a stored file: always as an attachment, never to be looked into by a browser.

use crate::{ApiError, ReadyFile, incoming::io_error};
use access::Permit;
use axum::{
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use bytes::BytesMut;
use futures_util::stream;
use kernel::Error;
use std::{fmt::Write as _, io};
use tokio::{fs::File, io::AsyncReadExt};

const CHUNK: usize = 64 * 1024;

pub(crate) async fn send(permit: &Permit, ready: &ReadyFile) -> Result<Response, ApiError> {
    tracing::debug!(permit = %permit.id(), exit = permit.exit().as_str(), "a file is handed out");
    let file = match File::open(&ready.path).await {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(Error::internal(format!("the content {} is missing from the folder of files", ready.path.display())).into()),
        Err(e) => return Err(io_error(&e).into()),
    };
    let size = file.metadata().await.map_err(|e| io_error(&e))?.len();
    Ok(attachment(Body::from_stream(chunks(file)), size, &ready.name, &ready.media_type))
}
/// What was just made, and is kept nowhere.
pub(crate) fn bytes(permit: &Permit, name: &str, media_type: &str, bytes: Vec<u8>) -> Response {
    tracing::debug!(permit = %permit.id(), exit = permit.exit().as_str(), "a file is handed out");
    let size = bytes.len() as u64;
    attachment(Body::from(bytes), size, name, media_type)
}
fn attachment(body: Body, size: u64, name: &str, media_type: &str) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    let kind = HeaderValue::from_str(media_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    let disposition = HeaderValue::from_str(&disposition(name)).unwrap_or(HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    response
}

fn chunks(file: File) -> impl stream::Stream<Item = io::Result<bytes::Bytes>> {
    stream::try_unfold(file, |mut file| async move {
        let mut buffer = BytesMut::with_capacity(CHUNK);
        let n = file.read_buf(&mut buffer).await?;
        Ok((n > 0).then(|| (buffer.freeze(), file)))
    })
}

/// RFC 6266: a plain name for old programs, the real one in UTF-8 beside it (RFC 8187).
fn disposition(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || " .-_()".contains(c) { c } else { '_' }).collect();
    let mut out = format!("attachment; filename=\"{plain}\"");
    if plain != name {
        out.push_str("; filename*=UTF-8''");
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                write!(out, "%{byte:02X}").expect("writing to a String cannot fail");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::disposition;

    #[test]
    fn names_in_headers() {
        assert_eq!(disposition("Plan 1.pdf"), "attachment; filename=\"Plan 1.pdf\"");
        assert_eq!(disposition("Größe\"\r\n.pdf"), "attachment; filename=\"Gr__e___.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%22%0D%0A.pdf");
    }
}
