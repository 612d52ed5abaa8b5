use serde::Serialize;

/// What went wrong, as a client may act on it. Each is one HTTP status (`CONTRACT.md` 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// 400: a parameter that cannot be read.
    Malformed,
    /// 401: no credentials, or bad ones.
    Unauthenticated,
    /// 403: known, but not allowed.
    Forbidden,
    /// 404: unknown, or what the asker may not know exists.
    NotFound,
    /// 409: taken unique value, undo conflict, idempotency key in flight.
    Conflict,
    /// 412: the record has changed since.
    Stale,
    /// 413: body too large.
    TooLarge,
    /// 422: field errors, all at once.
    Invalid,
    /// 428: `If-Match` is missing.
    PreconditionRequired,
    /// 429
    TooMany,
    /// 500: our fault; the detail goes to the log, not to the client.
    Internal,
    /// 503: try again later.
    Unavailable,
    /// 507: the disk is full.
    DiskFull,
}

/// One field that was refused, and why, in words for the person who typed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    pub field: String,
    pub code: &'static str,
    pub detail: String,
}
impl FieldError {
    pub fn new(field: impl Into<String>, code: &'static str, detail: impl Into<String>) -> Self {
        FieldError { field: field.into(), code, detail: detail.into() }
    }
}

/// A failure: what was tried, what is wrong, what to do next. Never holds personal values.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Error {
    pub code: Code,
    /// Machine word, stable: `not_found`, `stale_version`, `value_taken`.
    pub reason: &'static str,
    pub detail: String,
    pub fields: Vec<FieldError>,
    /// Seconds, for 429 and 503.
    pub retry_after: Option<u32>,
}
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn new(code: Code, reason: &'static str, detail: impl Into<String>) -> Self {
        Error { code, reason, detail: detail.into(), fields: Vec::new(), retry_after: None }
    }
    pub fn malformed(reason: &'static str, detail: impl Into<String>) -> Self {
        Error::new(Code::Malformed, reason, detail)
    }
    /// 400 that names the parameter, or the member of a question, that it is about.
    pub fn parameter(name: &str, reason: &'static str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let named = FieldError::new(name.chars().take(80).collect::<String>(), reason, detail.clone());
        Error { fields: vec![named], ..Error::malformed(reason, detail) }
    }
    pub fn not_found(what: &str) -> Self {
        Error::new(Code::NotFound, "not_found", format!("No {what} here that you may see."))
    }
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Error::new(Code::Forbidden, "not_allowed", detail)
    }
    pub fn internal(detail: impl Into<String>) -> Self {
        Error::new(Code::Internal, "internal", detail)
    }
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let detail = match fields.as_slice() {
            [one] => one.detail.clone(),
            many => format!("{} fields need attention.", many.len()),
        };
        Error { fields, ..Error::new(Code::Invalid, "invalid_fields", detail) }
    }
    pub fn field(field: &str, code: &'static str, detail: impl Into<String>) -> Self {
        Error::invalid(vec![FieldError::new(field, code, detail)])
    }
    pub fn status(&self) -> u16 {
        match self.code {
            Code::Malformed => 400,
            Code::Unauthenticated => 401,
            Code::Forbidden => 403,
            Code::NotFound => 404,
            Code::Conflict => 409,
            Code::Stale => 412,
            Code::TooLarge => 413,
            Code::Invalid => 422,
            Code::PreconditionRequired => 428,
            Code::TooMany => 429,
            Code::Internal => 500,
            Code::Unavailable => 503,
            Code::DiskFull => 507,
        }
    }
}
