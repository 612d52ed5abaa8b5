//! Groups and measures. Medians are taken in Rust from one more ordered statement: neither engine has them alike.

use super::{Compiler, expr::Part};
use crate::{Db, Dialect, Sql};
use access::Authorized;
use metadata::{Aggregate, Bucket, FieldType, Measure, MeasureFn, Path, Storage, query::GroupBy};

/// Statements of an aggregate. Cells of `groups`: the keys, then per measure its cells; `medians[i]` is for measure i:
/// keys, then the value, ordered by both, without empty values.
pub struct AggregatePlan {
    pub groups: Sql,
    pub medians: Vec<(usize, Sql)>,
    /// Cells per measure in `groups`: 1, for averages 2 (sum, count), for money one more (rows without a rate).
    pub widths: Vec<usize>,
}

/// # Errors
/// The path of a measure or key that cannot be computed so.
pub fn aggregate(db: &dyn Db, plan: &Authorized<Aggregate>) -> AggregatePlan {
    let plan = plan.get();
    let mut c = Compiler::new(db);
    let t = c.alias();
    c.push("SELECT ");
    for group in &plan.group_by {
        c.key(&t, group, plan);
        c.push(", ");
    }
    let mut widths = Vec::new();
    for measure in &plan.measures {
        widths.push(c.measure(&t, measure));
    }
    c.push("1");
    c.grouped(&t, plan, None);
    let groups = c.sql;
    let medians = plan.measures.iter().enumerate().filter_map(|(i, m)| m.path.as_ref().filter(|_| m.function == MeasureFn::Median).map(|path| (i, median(db, plan, path)))).collect();
    AggregatePlan { groups, medians, widths }
}
fn median(db: &dyn Db, plan: &Aggregate, path: &Path) -> Sql {
    let mut c = Compiler::new(db);
    let t = c.alias();
    c.push("SELECT ");
    for group in &plan.group_by {
        c.key(&t, group, plan);
        c.push(", ");
    }
    c.value(&t, path, number_part(path));
    let mut tail = String::from(" ORDER BY ");
    for i in 0..=plan.group_by.len() {
        tail.push_str(&format!("{}{}", if i > 0 { ", " } else { "" }, i + 1));
    }
    c.grouped(&t, plan, Some((path, &tail)));
    c.sql
}
fn number_part(path: &Path) -> Part {
    if path.field.storage == Storage::Money { Part::Workspace } else { Part::Main }
}

impl Compiler<'_> {
    fn grouped(&mut self, t: &str, plan: &Aggregate, rows: Option<(&Path, &str)>) {
        let from = format!(" FROM {} {t} WHERE ", self.table(&plan.object.name));
        self.push(&from);
        self.condition(t, &plan.object.name, &plan.filter);
        self.archived(t, plan.archived);
        match rows {
            Some((path, tail)) => {
                self.push(" AND ");
                self.value(t, path, number_part(path));
                self.push(" IS NOT NULL");
                self.push(tail);
            }
            None if !plan.group_by.is_empty() => {
                let keys: Vec<String> = (1..=plan.group_by.len()).map(|n| n.to_string()).collect();
                self.push(&format!(" GROUP BY {}", keys.join(", ")));
            }
            None => {}
        }
    }
    fn measure(&mut self, t: &str, measure: &Measure) -> usize {
        let Some(path) = &measure.path else {
            self.push("count(*), ");
            return 1;
        };
        let part = number_part(path);
        let big = if self.dialect() == Dialect::Postgres { "::bigint" } else { "" };
        let call = |c: &mut Self, open: &str, close: &str| {
            c.push(open);
            c.value(t, path, part);
            c.push(close);
        };
        let width = match measure.function {
            MeasureFn::Count => {
                // Amounts without a rate are amounts too.
                self.push("count(");
                self.value(t, path, Part::Main);
                self.push("), ");
                1
            }
            MeasureFn::CountDistinct => {
                call(self, "count(DISTINCT ", "), ");
                1
            }
            MeasureFn::Sum => {
                call(self, "sum(", &format!("){big}, "));
                1
            }
            MeasureFn::Avg => {
                call(self, "sum(", &format!("){big}, "));
                call(self, "count(", "), ");
                2
            }
            MeasureFn::Min => {
                call(self, "min(", "), ");
                1
            }
            MeasureFn::Max => {
                call(self, "max(", "), ");
                1
            }
            MeasureFn::Median => {
                self.push("0, ");
                1
            }
        };
        if path.field.storage == Storage::Money && !matches!(measure.function, MeasureFn::Count | MeasureFn::CountDistinct) {
            self.push("count(");
            self.value(t, path, Part::Main);
            self.push(") - count(");
            self.value(t, path, Part::Workspace);
            self.push("), ");
            return width + 1;
        }
        width
    }
    fn key(&mut self, t: &str, group: &GroupBy, plan: &Aggregate) {
        let Some(bucket) = group.bucket else {
            return self.value(t, &group.path, number_part(&group.path));
        };
        let from = self.sql.text.len();
        self.value(t, &group.path, Part::Main);
        let mut day = self.sql.text.split_off(from);
        if matches!(group.path.field.kind().value_type(), FieldType::DateTime {}) {
            self.sql.args.push(plan.time_zone.as_str().into());
            let zone = format!("${}", self.sql.args.len());
            day = crate::local_date(self.dialect(), &day, &zone);
        }
        let text = bucket_sql(self.dialect(), bucket, &day, plan.fiscal_start);
        self.push(&text);
    }
}

/// First day of the bucket of a day written `YYYY-MM-DD`.
fn bucket_sql(dialect: Dialect, bucket: Bucket, day: &str, fiscal_start: i8) -> String {
    match bucket {
        Bucket::Day => day.to_owned(),
        Bucket::Month | Bucket::FiscalMonth => format!("substr({day}, 1, 7) || '-01'"),
        Bucket::Year => format!("substr({day}, 1, 4) || '-01-01'"),
        Bucket::Week => match dialect {
            Dialect::Sqlite => format!("date({day}, '-6 days', 'weekday 1')"),
            Dialect::Postgres => format!("to_char(date_trunc('week', ({day})::date), 'YYYY-MM-DD')"),
        },
        Bucket::Quarter => months_back(dialect, day, 1, 3),
        Bucket::FiscalQuarter => months_back(dialect, day, fiscal_start, 3),
        Bucket::FiscalYear => months_back(dialect, day, fiscal_start, 12),
    }
}
/// The first of the month, `(month - first) mod length` months earlier.
fn months_back(dialect: Dialect, day: &str, first: i8, length: i8) -> String {
    match dialect {
        Dialect::Sqlite => format!("date(substr({day}, 1, 7) || '-01', '-' || ((CAST(substr({day}, 6, 2) AS INTEGER) - {first} + 12) % {length}) || ' months')"),
        Dialect::Postgres => {
            let start = format!("date_trunc('month', ({day})::date) - make_interval(months => ((substr({day}, 6, 2)::int - {first} + 12) % {length}))");
            // The fiscal year before the year 1 is the year 0 here, not 1 BC.
            format!("CASE WHEN substr({day}, 1, 4) = '0001' AND {start} < DATE '0001-01-01' THEN '0000' || to_char({start}, '-MM-DD') ELSE to_char({start}, 'YYYY-MM-DD') END")
        }
    }
}
