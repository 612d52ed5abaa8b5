//! What a file is, found out from its first bytes: what a client says is only believed where bytes tell nothing and it
//! harms nobody.

/// Signatures of <https://www.iana.org/assignments/media-types> formats that are kept with customers.
const SIGNATURES: &[(usize, &[u8], &str)] = &[
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftyp", "video/mp4"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"BEGIN:VCARD", "text/vcard"),
    (0, b"BEGIN:VCALENDAR", "text/calendar"),
    (257, b"ustar", "application/x-tar"),
];
/// Formats that are a ZIP inside, by the ending of the name.
const ZIPPED: &[(&str, &str)] = &[
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("odp", "application/vnd.oasis.opendocument.presentation"),
];
/// Texts by the ending of the name; none that a browser would run.
const TEXTS: &[(&str, &str)] = &[("csv", "text/csv"), ("json", "application/json"), ("md", "text/markdown"), ("eml", "message/rfc822"), ("tsv", "text/tab-separated-values")];

/// `head`: the first 560 bytes or so.
pub(crate) fn of(head: &[u8], name: &str, declared: Option<&str>) -> String {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    let by_ending = |list: &[(&str, &'static str)]| list.iter().find(|(e, _)| *e == ending).map(|(_, kind)| *kind);
    if head.starts_with(b"PK\x03\x04") {
        return by_ending(ZIPPED).unwrap_or("application/zip").to_owned();
    }
    if let Some((.., kind)) = SIGNATURES.iter().find(|(at, bytes, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(bytes))) {
        return (*kind).to_owned();
    }
    let text = !head.iter().any(|b| *b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c));
    if text {
        return by_ending(TEXTS).unwrap_or("text/plain").to_owned();
    }
    // Pictures and sounds that no signature tells harm nobody; everything else is bytes.
    let harmless = declared.filter(|d| {
        (d.starts_with("image/") && !d.contains("svg") || d.starts_with("audio/") || d.starts_with("video/")) && d.len() <= 100 && d.bytes().all(|b| b.is_ascii_alphanumeric() || b"/.+-".contains(&b))
    });
    harmless.unwrap_or("application/octet-stream").to_owned()
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn bytes_decide_before_words() {
        assert_eq!(of(b"%PDF-1.7", "x.txt", Some("text/html")), "application/pdf");
        assert_eq!(of(b"PK\x03\x04....", "Plan.XLSX", None), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
        assert_eq!(of(b"PK\x03\x04....", "a.jar", Some("application/java-archive")), "application/zip");
        assert_eq!(of(b"<html><script>", "x.html", Some("text/html")), "text/plain");
        assert_eq!(of(b"a;b\n1;2\n", "x.csv", None), "text/csv");
        assert_eq!(of(b"\0\x01\x02", "x", Some("text/html")), "application/octet-stream");
        assert_eq!(of(b"\0\x01\x02", "x", Some("image/x-raw")), "image/x-raw");
        assert_eq!(of(b"", "empty", None), "text/plain");
    }
}
