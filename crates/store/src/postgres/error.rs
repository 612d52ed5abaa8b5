//! PostgreSQL's states in our words.

use crate::Error;
use tokio_postgres::error::{DbError, SqlState};

pub(super) fn convert(e: &tokio_postgres::Error) -> Error {
    match e.as_db_error() {
        Some(db) => from_server(db),
        None if e.is_closed() => Error::lost(),
        // refused, reset, timed out, no such host
        None if std::error::Error::source(e).is_some_and(|cause| cause.is::<std::io::Error>()) => Error::Unreachable(cause_of(e)),
        // a value that does not fit its placeholder: the cause says it
        None => match std::error::Error::source(e) {
            Some(cause) => Error::Other(format!("PostgreSQL: {e}: {cause}")),
            None => Error::Other(format!("PostgreSQL: {e}")),
        },
    }
}

fn cause_of(e: &tokio_postgres::Error) -> String {
    std::error::Error::source(e).map(ToString::to_string).unwrap_or_default()
}

fn from_server(e: &DbError) -> Error {
    let code = e.code();
    match *code {
        SqlState::UNIQUE_VIOLATION => unique(e),
        SqlState::NOT_NULL_VIOLATION => {
            let (table, column) = (e.table().unwrap_or("a table"), e.column().unwrap_or("a column"));
            Error::Other(format!("{table}.{column} must not be empty"))
        }
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED | SqlState::LOCK_NOT_AVAILABLE | SqlState::TOO_MANY_CONNECTIONS => Error::Busy,
        SqlState::NUMERIC_VALUE_OUT_OF_RANGE => Error::TooLarge,
        SqlState::READ_ONLY_SQL_TRANSACTION => Error::ReadOnly,
        SqlState::DISK_FULL => Error::DiskFull,
        SqlState::DATA_CORRUPTED | SqlState::INDEX_CORRUPTED => Error::Corrupt(e.message().to_owned()),
        SqlState::QUERY_CANCELED => Error::Interrupted,
        SqlState::IN_FAILED_SQL_TRANSACTION => Error::other("an earlier statement of this transaction failed; go back to a savepoint first"),
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => Error::other("PostgreSQL refused the user or the password"),
        SqlState::INVALID_CATALOG_NAME => Error::other("PostgreSQL has no database of this name"),
        SqlState::ADMIN_SHUTDOWN | SqlState::CRASH_SHUTDOWN | SqlState::CANNOT_CONNECT_NOW => Error::Unreachable("PostgreSQL is starting or stopping".into()),
        // names of tables and columns; values are never in our texts
        _ if code.code().starts_with("42") || code.code() == "0A000" || code.code() == "3F000" => Error::Schema(format!("{} ({})", e.message(), code.code())),
        // the message of a data error quotes the value
        _ if code.code().starts_with("22") => Error::Other(format!("PostgreSQL refused a value (state {})", code.code())),
        _ => Error::Other(format!("PostgreSQL: state {}", code.code())),
    }
}

fn unique(e: &DbError) -> Error {
    Error::Unique { table: e.table().unwrap_or_default().to_owned(), constraint: e.constraint().unwrap_or_default().to_owned(), columns: e.detail().map(key_columns).unwrap_or_default() }
}

/// The columns of `Key (email, "odd name", lower(x))=(...) already exists.`, in whatever language: the transaction has
/// failed, so the catalogue cannot be asked. Expressions are left out.
fn key_columns(detail: &str) -> Vec<String> {
    let Some(end) = detail.find(")=(") else { return Vec::new() };
    let Some(start) = detail[..end].find('(') else { return Vec::new() };
    let mut out = Vec::new();
    let mut part = String::new();
    let (mut quoted, mut plain) = (false, true);
    let mut depth = 0;
    let mut chars = detail[start + 1..end].chars().chain([',']).peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.next_if_eq(&'"').is_some() => part.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted && depth == 0 => {
                if plain && !part.is_empty() {
                    out.push(std::mem::take(&mut part));
                }
                part.clear();
                plain = true;
            }
            ' ' if !quoted => plain &= part.is_empty(),
            _ if quoted => part.push(c),
            '(' => {
                depth += 1;
                plain = false;
            }
            ')' => depth -= 1,
            _ => {
                plain &= c.is_alphanumeric() || c == '_' || c == '$';
                part.push(c);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::key_columns;

    #[test]
    fn columns_are_read_from_the_detail() {
        assert_eq!(key_columns("Key (email)=(a@b.c) already exists."), ["email"]);
        assert_eq!(key_columns("Schlüssel »(a, \"B \"\"c\")=(1, 2)« existiert bereits."), ["a", "B \"c"]);
        assert_eq!(key_columns("Key (lower(name), kind, (a IS NULL))=(x, y, f) already exists."), ["kind"]);
        assert!(key_columns("nothing").is_empty());
    }
}
