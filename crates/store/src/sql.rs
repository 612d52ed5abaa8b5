//! Text and values of one statement, put together piece by piece.

use crate::{Dialect, Val};

/// A statement: text with `$1, $2, ...` and the values in that order. The same text runs on both engines.
///
/// ```
/// let mut q = store::Sql::new("SELECT \"id\" FROM \"contact\" WHERE \"name\" = ");
/// q.arg("Ada").push(" AND \"status\" IN (").list(["new", "open"]).push(")");
/// assert_eq!(q.text, "SELECT \"id\" FROM \"contact\" WHERE \"name\" = $1 AND \"status\" IN ($2, $3)");
/// assert_eq!(q.args.len(), 3);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sql {
    pub text: String,
    pub args: Vec<Val>,
}

impl Sql {
    pub fn new(text: impl Into<String>) -> Sql {
        Sql { text: text.into(), args: Vec::new() }
    }

    /// Text and values at once: `Sql::with("... $1 ... $2", [a, b])`.
    pub fn with<V: Into<Val>>(text: impl Into<String>, args: impl IntoIterator<Item = V>) -> Sql {
        Sql { text: text.into(), args: args.into_iter().map(Into::into).collect() }
    }

    /// Appends text as it is. Never pass a value here.
    pub fn push(&mut self, text: &str) -> &mut Sql {
        self.text.push_str(text);
        self
    }

    /// Appends a quoted name.
    pub fn ident(&mut self, name: &str) -> &mut Sql {
        push_quoted(&mut self.text, name);
        self
    }

    /// Appends `$n` and its value.
    pub fn arg(&mut self, value: impl Into<Val>) -> &mut Sql {
        self.args.push(value.into());
        self.text.push('$');
        push_number(&mut self.text, self.args.len());
        self
    }

    /// Appends `$n, $n+1, ...` and the values; for an empty list `NULL`, so that `x IN (NULL)` holds for no row.
    /// For lists of any length prefer [`Sql::set_of_texts`]: SQLite takes 32,766 values in a statement, PostgreSQL 65,535, and
    /// each length is another statement to prepare.
    pub fn list<V: Into<Val>>(&mut self, values: impl IntoIterator<Item = V>) -> &mut Sql {
        let mut any = false;
        for value in values {
            if any {
                self.text.push_str(", ");
            }
            any = true;
            self.arg(value);
        }
        if !any {
            self.text.push_str("NULL");
        }
        self
    }

    /// Appends `(SELECT ...)` giving the texts, to stand behind `IN`: one argument whatever their number, so one prepared
    /// statement for lists of every length.
    ///
    /// ```
    /// let mut q = store::Sql::new("SELECT \"name\" FROM \"contact\" WHERE \"id\" IN ");
    /// q.set_of_texts(store::Dialect::Sqlite, ["a", "b"]);
    /// assert_eq!(q.text, "SELECT \"name\" FROM \"contact\" WHERE \"id\" IN (SELECT value FROM json_each($1))");
    /// ```
    pub fn set_of_texts<S: Into<String>>(&mut self, dialect: Dialect, values: impl IntoIterator<Item = S>) -> &mut Sql {
        let (before, after) = match dialect {
            Dialect::Sqlite => ("(SELECT value FROM json_each(", "))"),
            Dialect::Postgres => ("(SELECT value FROM json_array_elements_text(", "::json))"),
        };
        let list: Vec<serde_json::Value> = values.into_iter().map(|s| s.into().into()).collect();
        self.push(before).arg(serde_json::Value::Array(list).to_string()).push(after)
    }

    /// [`Sql::set_of_texts`] for whole numbers.
    pub fn set_of_ints(&mut self, dialect: Dialect, values: impl IntoIterator<Item = i64>) -> &mut Sql {
        let (before, after) = match dialect {
            Dialect::Sqlite => ("(SELECT value FROM json_each(", "))"),
            Dialect::Postgres => ("(SELECT value::bigint FROM json_array_elements_text(", "::json))"),
        };
        let list: Vec<serde_json::Value> = values.into_iter().map(Into::into).collect();
        self.push(before).arg(serde_json::Value::Array(list).to_string()).push(after)
    }

    /// Appends another statement's text with its numbers moved behind ours, and its values. Its text must hold no
    /// `$` followed by a digit but its own placeholders.
    pub fn append(&mut self, other: &Sql) -> &mut Sql {
        let base = self.args.len();
        let mut rest = other.text.as_str();
        while let Some(at) = rest.find('$') {
            let (before, after) = rest.split_at(at + 1);
            let digits = after.bytes().take_while(u8::is_ascii_digit).count();
            self.text.push_str(before);
            match after[..digits].parse::<usize>() {
                Ok(n) => push_number(&mut self.text, base + n),
                Err(_) => self.text.push_str(&after[..digits]),
            }
            rest = &after[digits..];
        }
        self.text.push_str(rest);
        self.args.extend(other.args.iter().cloned());
        self
    }
}

impl From<&str> for Sql {
    fn from(text: &str) -> Sql {
        Sql::new(text)
    }
}

impl From<String> for Sql {
    fn from(text: String) -> Sql {
        Sql::new(text)
    }
}

/// A name in double quotes, quotes inside doubled: safe in both engines whatever a user called a field.
pub fn quote(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 2);
    push_quoted(&mut out, name);
    out
}

fn push_quoted(out: &mut String, name: &str) {
    out.push('"');
    for c in name.chars() {
        if c == '"' {
            out.push('"');
        }
        out.push(c);
    }
    out.push('"');
}

fn push_number(out: &mut String, n: usize) {
    use std::fmt::Write as _;
    write!(out, "{n}").expect("writing to a String cannot fail");
}

/// True if the first occurrences of `$1, $2, ...` come in order, so that SQLite, which numbers named parameters by
/// first occurrence, numbers them as PostgreSQL does. A `$` inside a literal can only make this false, which is safe.
pub(crate) fn in_order(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut seen, mut i) = (0usize, 0);
    while let Some(at) = bytes[i..].iter().position(|b| *b == b'$') {
        i += at + 1;
        let mut n = 0usize;
        while let Some(d) = bytes.get(i).filter(|b| b.is_ascii_digit()) {
            n = n.saturating_mul(10).saturating_add(usize::from(d - b'0'));
            i += 1;
        }
        if n > seen + 1 {
            return false;
        }
        seen = seen.max(n);
    }
    true
}

/// A job's transaction is begun and ended by the store: a text that does it would end other jobs' as well.
pub(crate) fn refuse_control(text: &str) -> Result<(), crate::Error> {
    const CONTROL: [&str; 8] = ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "PREPARE", "VACUUM"];
    let start = after_comments(text);
    let len = start.bytes().take_while(u8::is_ascii_alphabetic).count();
    let word = &start[..len];
    if CONTROL.iter().any(|control| word.eq_ignore_ascii_case(control)) {
        return Err(crate::Error::Schema(format!("{} is not for a job to say: the store begins and ends transactions", word.to_uppercase())));
    }
    Ok(())
}

fn after_comments(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let after = if let Some(line) = rest.strip_prefix("--") {
            line.split_once('\n').map_or("", |(_, after)| after)
        } else if let Some(block) = rest.strip_prefix("/*") {
            block.split_once("*/").map_or("", |(_, after)| after)
        } else {
            return rest.trim_start_matches([';', ' ', '\n', '\t']);
        };
        rest = after.trim_start();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_placeholders() {
        assert!(in_order("select 1"));
        assert!(in_order("$1 $2 $1 $3"));
        assert!(!in_order("$2 $1"));
        assert!(in_order("json_extract(x, '$.a') = $1"));
    }

    #[test]
    fn append_renumbers() {
        let mut q = Sql::new("a = ");
        q.arg(1i64);
        let mut other = Sql::new("b = ");
        other.arg("x").push(" AND c -> '$.k' = ").arg("y");
        q.push(" AND ").append(&other);
        assert_eq!(q.text, "a = $1 AND b = $2 AND c -> '$.k' = $3");
        assert_eq!(q.args, [Val::Int(1), Val::from("x"), Val::from("y")]);
    }

    #[test]
    fn names_are_quoted() {
        assert_eq!(quote("a\"b"), "\"a\"\"b\"");
    }

    #[test]
    fn empty_list_matches_nothing() {
        let mut q = Sql::new("x IN (");
        q.list(Vec::<i64>::new()).push(")");
        assert_eq!(q.text, "x IN (NULL)");
    }
}
