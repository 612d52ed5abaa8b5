//! The value at the end of a path, as an expression.

use super::Compiler;
use crate::{Dialect, quote};
use metadata::{Cond, Field, Object, Path};

/// Which of a field's columns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Main,
    /// Folded text where there is one.
    Folded,
    Currency,
    /// Minor units in workspace currency.
    Workspace,
    /// Object of a reference that may point at several.
    Object,
}

pub(crate) fn column(field: &Field, part: Part) -> String {
    let base = field.column();
    match (part, field.storage) {
        (Part::Folded, metadata::Storage::FoldedText) => quote(&format!("{base}__f")),
        (Part::Currency, _) => quote(&format!("{base}__cur")),
        (Part::Workspace, _) => quote(&format!("{base}__ws")),
        (Part::Object, _) => quote(&format!("{base}__obj")),
        _ => quote(base),
    }
}

impl Compiler<'_> {
    /// Appends the value; where a step is empty or guarded off, NULL.
    pub(crate) fn value(&mut self, alias: &str, path: &Path, part: Part) {
        self.value_from(alias, path, 0, part);
    }
    fn value_from(&mut self, alias: &str, path: &Path, at: usize, part: Part) {
        let Some(step) = path.steps.get(at) else {
            if let Some((target, rows)) = path.items.as_deref() {
                return self.seen_items(alias, path, target, rows);
            }
            return self.guarded(alias, path.guard.as_deref(), &path.field, part);
        };
        let next = self.alias();
        self.push("(SELECT ");
        self.value_from(&next, path, at + 1, part);
        let from = format!(" FROM {} {next} WHERE {next}.\"id\" = {alias}.{}", self.table(&step.target.name), column(&step.field, Part::Main));
        self.push(&from);
        if !step.guard.is_true() {
            self.push(" AND ");
            self.condition(&next, &step.target.name, &step.guard);
        }
        if let Some(open) = &step.open {
            self.push(" AND ");
            self.condition(alias, &step.field.object, open);
        }
        self.push(")");
    }
    /// A list of references with the items that may be seen, in its order; NULL where none is left.
    fn seen_items(&mut self, alias: &str, path: &Path, target: &Object, rows: &Cond) {
        let (ids, next) = (self.alias(), self.alias());
        let list = format!("{alias}.{}", column(&path.field, Part::Main));
        let table = self.table(&target.name);
        self.push("(SELECT '[' || ");
        self.push(&match self.dialect() {
            Dialect::Sqlite => format!("group_concat('\"' || {ids}.\"value\" || '\"', ',' ORDER BY {ids}.\"value\") || ']' FROM json_each({list}) {ids} JOIN {table} {next} ON {next}.\"id\" = {ids}.\"value\" WHERE "),
            Dialect::Postgres => format!("string_agg('\"' || {ids}.\"value\" || '\"', ',' ORDER BY {ids}.\"value\") || ']' FROM jsonb_array_elements_text({list}::jsonb) {ids}(\"value\") JOIN {table} {next} ON {next}.\"id\" = {ids}.\"value\" WHERE "),
        });
        self.condition(&next, &target.name, rows);
        if let Some(guard) = &path.guard {
            self.push(" AND ");
            self.condition(alias, &path.field.object, guard);
        }
        self.push(")");
    }
    fn guarded(&mut self, alias: &str, guard: Option<&Cond>, field: &Field, part: Part) {
        let column = format!("{}{alias}.{}", self.not_by_index(alias, field.column()), column(field, part));
        match guard {
            None => self.push(&column),
            Some(guard) => {
                self.push("CASE WHEN ");
                self.condition(alias, &field.object, guard);
                self.push(" THEN ");
                self.push(&column);
                self.push(" END");
            }
        }
    }
}
