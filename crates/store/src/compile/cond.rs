//! Conditions -> SQL with the meaning of `metadata::eval`: an empty value equals nothing, and `not` is `IS NOT TRUE`,
//! so that nothing is ever unknown.

use super::{
    Compiler,
    codec::plain,
    expr::{Part, column},
};
use crate::{Db, Dialect, Sql, Val};
use access::Authorized;
use metadata::{Cond, FieldType, Level, Op, Operand, Path, Storage, Value};

/// A condition over the rows of `object` under the alias `t0`, to be put behind a WHERE.
pub fn condition_sql(db: &dyn Db, object: &str, cond: &Authorized<Cond>) -> Sql {
    let mut c = Compiler::new(db);
    let alias = c.alias();
    c.condition(&alias, object, cond.get());
    c.sql
}
/// `SELECT id` of the rows among `ids` on which a right holds.
pub fn rows_sql(db: &dyn Db, object: &str, rows: &Authorized<Cond>, ids: &[kernel::RecordId]) -> Sql {
    let mut c = Compiler::new(db);
    let alias = c.alias();
    let head = format!("SELECT {alias}.\"id\" FROM {} {alias} WHERE {alias}.\"id\" IN (", c.table(object));
    c.push(&head);
    c.sql.list(ids.iter().map(ToString::to_string));
    c.push(") AND ");
    c.condition(&alias, object, rows.get());
    c.sql
}

fn op_text(op: Op) -> &'static str {
    match op {
        Op::Lt => " < ",
        Op::Lte => " <= ",
        Op::Gt => " > ",
        Op::Gte => " >= ",
        Op::Ne => " <> ",
        _ => " = ",
    }
}
/// The first text that sorts after every text starting with `prefix`, by code points.
fn after_prefix(prefix: &str) -> Option<String> {
    let mut chars: Vec<char> = prefix.chars().collect();
    while let Some(last) = chars.pop() {
        let next = (u32::from(last) + 1..=0x10_FFFF).find_map(char::from_u32);
        if let Some(next) = next {
            chars.push(next);
            return Some(chars.into_iter().collect());
        }
    }
    None
}

impl Compiler<'_> {
    pub(crate) fn condition(&mut self, alias: &str, object: &str, cond: &Cond) {
        match cond {
            Cond::All(parts) => self.joined(alias, object, parts, " AND ", "1 = 1"),
            Cond::Any(parts) => self.joined(alias, object, parts, " OR ", "1 = 0"),
            Cond::Not(inner) => {
                self.push("(");
                self.condition(alias, object, inner);
                self.push(") IS NOT TRUE");
            }
            Cond::Test { path, op, operand } => self.test(alias, path, *op, operand),
            Cond::Related { object: child, via, filter, count } => {
                let next = self.alias();
                self.follows(&next);
                self.push(if count.is_some() { "(SELECT count(*)" } else { "EXISTS (SELECT 1" });
                let from = format!(" FROM {} {next} WHERE {next}.{} = {alias}.\"id\"", self.table(&child.name), column(via, Part::Main));
                self.push(&from);
                if via.storage == Storage::AnyRef {
                    self.push(&format!(" AND {next}.{} = ", column(via, Part::Object)));
                    self.sql.arg(object);
                }
                self.push(&format!(" AND {next}.\"archived_at\" IS NULL"));
                if !filter.is_true() {
                    self.push(" AND ");
                    self.condition(&next, &child.name, filter);
                }
                self.push(")");
                if let Some((op, n)) = count {
                    self.push(op_text(*op));
                    self.sql.arg(*n);
                }
            }
            Cond::Through { field, target, filter } => {
                let poly = field.storage == Storage::AnyRef;
                if filter.is_true() {
                    if poly {
                        self.push(&format!("{alias}.{} = ", column(field, Part::Object)));
                        self.sql.arg(&*target.name);
                    } else {
                        self.push(&format!("{alias}.{} IS NOT NULL", column(field, Part::Main)));
                    }
                    return;
                }
                self.push("(");
                if poly {
                    self.push(&format!("{alias}.{} = ", column(field, Part::Object)));
                    self.sql.arg(&*target.name);
                    self.push(" AND ");
                }
                let next = self.alias();
                let from = format!("EXISTS (SELECT 1 FROM {} {next} WHERE {next}.\"id\" = {alias}.{} AND ", self.table(&target.name), column(field, Part::Main));
                self.push(&from);
                self.condition(&next, &target.name, filter);
                self.push("))");
            }
            Cond::Shared { object: shared, level, user, teams, now_ms } => {
                let next = self.alias();
                self.follows(&next);
                let from = format!("EXISTS (SELECT 1 FROM {} {next} WHERE {next}.\"record\" = {alias}.\"id\" AND {next}.\"record__obj\" = ", self.table(super::SHARE));
                self.push(&from);
                self.sql.arg(&**shared);
                self.push(&format!(" AND {next}.\"archived_at\" IS NULL AND ({next}.\"until\" IS NULL OR {next}.\"until\" > "));
                self.sql.arg(*now_ms);
                self.push(")");
                if *level == Level::Update {
                    self.push(&format!(" AND {next}.\"level\" = 'update'"));
                }
                self.push(&format!(" AND ({}{next}.\"user\" = ", self.not_by_index(&next, "user")));
                self.sql.arg(user.to_string());
                if !teams.is_empty() {
                    self.push(&format!(" OR {}{next}.\"grantee_team\" IN (", self.not_by_index(&next, "grantee_team")));
                    self.sql.list(teams.iter().map(ToString::to_string));
                    self.push(")");
                }
                self.push("))");
            }
            Cond::Ids(ids) => {
                self.push(&format!("{alias}.\"id\" IN ("));
                self.sql.list(ids.iter().map(ToString::to_string));
                self.push(")");
            }
        }
    }
    fn joined(&mut self, alias: &str, object: &str, parts: &[Cond], word: &str, empty: &str) {
        match parts {
            [] => self.push(empty),
            [one] => self.condition(alias, object, one),
            many => {
                self.push("(");
                for (i, part) in many.iter().enumerate() {
                    if i > 0 {
                        self.push(word);
                    }
                    self.condition(alias, object, part);
                }
                self.push(")");
            }
        }
    }

    fn test(&mut self, alias: &str, path: &Path, op: Op, operand: &Operand) {
        match (op, operand) {
            (Op::IsEmpty, Operand::Flag(yes)) => {
                self.value(alias, path, Part::Main);
                self.push(if *yes { " IS NULL" } else { " IS NOT NULL" });
            }
            (Op::Eq, Operand::One(value)) => self.equal(alias, path, value),
            (Op::Ne, Operand::One(value)) => self.negated(|c| c.equal(alias, path, value)),
            (Op::In, Operand::Many(values)) => self.among(alias, path, values),
            (Op::NotIn, Operand::Many(values)) => self.negated(|c| c.among(alias, path, values)),
            (Op::Lt | Op::Lte | Op::Gt | Op::Gte, Operand::One(value)) => self.ordered(alias, path, op_text(op), value),
            (Op::Between | Op::Within, Operand::Range { from, to, end_included }) => {
                self.push("(");
                self.ordered(alias, path, " >= ", from);
                self.push(" AND ");
                self.ordered(alias, path, if *end_included { " <= " } else { " < " }, to);
                self.push(")");
            }
            (Op::Contains, Operand::One(Value::Text(text))) => self.contains(alias, path, text),
            (Op::StartsWith, Operand::One(Value::Text(text))) => self.starts_with(alias, path, text),
            // The binder makes no other pairs; an unknown pair matches nothing rather than everything.
            _ => self.push("1 = 0"),
        }
    }
    fn negated(&mut self, inner: impl FnOnce(&mut Self)) {
        self.push("(");
        inner(self);
        self.push(") IS NOT TRUE");
    }
    fn equal(&mut self, alias: &str, path: &Path, value: &Value) {
        match value {
            Value::Null => {
                self.value(alias, path, Part::Main);
                self.push(" IS NULL");
            }
            Value::Money { money, workspace: None } => {
                self.push("(");
                self.value(alias, path, Part::Main);
                self.push(" = ");
                self.sql.arg(money.minor);
                self.push(" AND ");
                self.value(alias, path, Part::Currency);
                self.push(" = ");
                self.sql.arg(money.currency.to_string());
                self.push(")");
            }
            Value::Money { workspace: Some(minor), .. } => {
                self.value(alias, path, Part::Workspace);
                self.push(" = ");
                self.sql.arg(*minor);
            }
            Value::AnyRef(any) => {
                self.push("(");
                self.with_bare(alias, path, Part::Main, |c| {
                    c.push(" = ");
                    c.sql.arg(any.id.to_string());
                });
                self.push(" AND ");
                self.value(alias, path, Part::Object);
                self.push(" = ");
                self.sql.arg(any.object.as_str());
                self.push(")");
            }
            Value::Text(option) if matches!(path.field.kind(), FieldType::MultiChoice { .. } | FieldType::ManyToMany { .. }) => self.has_item(alias, path, option),
            value => self.with_bare(alias, path, Part::Main, |c| {
                c.push(" = ");
                c.sql.arg(plain(value));
            }),
        }
    }
    /// A test of a guarded field, and before it the same of the bare column: what the guard lets through is the column's
    /// value, so both hold together or not at all, and only a bare column is looked up in an index.
    fn with_bare(&mut self, alias: &str, path: &Path, part: Part, test: impl Fn(&mut Self)) {
        let guarded = path.guard.is_some() && path.steps.is_empty();
        if guarded {
            self.push(&format!("({}{alias}.{}", self.not_by_index(alias, path.field.column()), column(&path.field, part)));
            test(self);
            self.push(" AND ");
        }
        self.value(alias, path, part);
        test(self);
        if guarded {
            self.push(")");
        }
    }
    fn among(&mut self, alias: &str, path: &Path, values: &[Value]) {
        let simple = |v: &Value| !matches!(v, Value::Null | Value::Money { .. } | Value::AnyRef(_)) && !matches!(path.field.kind(), FieldType::MultiChoice { .. } | FieldType::ManyToMany { .. });
        let (plain_ones, others): (Vec<&Value>, Vec<&Value>) = values.iter().partition(|v| simple(v));
        if plain_ones.is_empty() && others.is_empty() {
            return self.push("1 = 0");
        }
        self.push("(");
        if !plain_ones.is_empty() {
            self.with_bare(alias, path, Part::Main, |c| {
                c.push(" IN (");
                c.sql.list(plain_ones.iter().map(|v| plain(v)));
                c.push(")");
            });
        }
        for (i, value) in others.iter().enumerate() {
            if i > 0 || !plain_ones.is_empty() {
                self.push(" OR ");
            }
            self.equal(alias, path, value);
        }
        self.push(")");
    }
    fn ordered(&mut self, alias: &str, path: &Path, op: &str, value: &Value) {
        let (part, val) = match value {
            Value::Text(text) => (Part::Folded, Val::Text(path.field.fold(text))),
            Value::Money { workspace, .. } => (Part::Workspace, workspace.map_or(Val::Null, Val::Int)),
            value => (Part::Main, plain(value)),
        };
        self.folded_or_lower(alias, path, part);
        self.push(op);
        self.sql.arg(val);
    }
    /// Text without a folded twin (phones, numbers) is compared in lower case.
    fn folded_or_lower(&mut self, alias: &str, path: &Path, part: Part) {
        let lower = part == Part::Folded && path.field.storage != Storage::FoldedText;
        if lower {
            self.push("lower(");
        }
        self.value(alias, path, part);
        if lower {
            self.push(")");
        }
    }
    fn contains(&mut self, alias: &str, path: &Path, text: &str) {
        if matches!(path.field.kind(), FieldType::MultiChoice { .. } | FieldType::ManyToMany { .. }) {
            return self.has_item(alias, path, text);
        }
        self.find(|c| c.folded_or_lower(alias, path, Part::Folded), &path.field.fold(text));
    }
    /// Lists are stored as canonical JSON arrays of words without quotes inside.
    fn has_item(&mut self, alias: &str, path: &Path, item: &str) {
        let quoted = serde_json::Value::from(item).to_string();
        self.find(|c| c.value(alias, path, Part::Main), &quoted);
    }
    fn find(&mut self, haystack: impl FnOnce(&mut Self), needle: &str) {
        let function = match self.dialect() {
            Dialect::Sqlite => "instr(",
            Dialect::Postgres => "strpos(",
        };
        self.push(function);
        haystack(self);
        self.push(", ");
        self.sql.arg(needle);
        self.push(") > 0");
    }
    fn starts_with(&mut self, alias: &str, path: &Path, text: &str) {
        let prefix = path.field.fold(text);
        self.push("(");
        self.folded_or_lower(alias, path, Part::Folded);
        self.push(" >= ");
        self.sql.arg(prefix.as_str());
        if let Some(end) = after_prefix(&prefix) {
            self.push(" AND ");
            self.folded_or_lower(alias, path, Part::Folded);
            self.push(" < ");
            self.sql.arg(end);
        }
        self.push(")");
    }
}

#[cfg(test)]
mod tests {
    use super::after_prefix;
    #[test]
    fn prefixes_end_where_the_next_begins() {
        assert_eq!(after_prefix("ab").as_deref(), Some("ac"));
        assert_eq!(after_prefix("a\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(after_prefix("\u{d7ff}").as_deref(), Some("\u{e000}"));
        assert_eq!(after_prefix(""), None);
    }
}
