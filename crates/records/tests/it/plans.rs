//! The SQL of typical questions, kept in `schema/sql` so that a change of it is read in review. `UPDATE=1` rewrites it.

use crate::world::World;
use jiff::tz::TimeZone;
use kernel::{Ctx, Currency, RecordId};
use metadata::{Aggregate, Archived, BindCtx, Cond, Path, Query, Sort, Value, bind, bind_path, query::GroupBy};
use records::Tx;
use serde_json::{Value as Json, json};
use std::{fmt::Write, path::PathBuf};
use store::{Sql, compile};

crate::both!(plans_are_as_committed);

/// A page of animals or companies.
struct Page {
    object: &'static str,
    filter: Json,
    sort: &'static [&'static str],
    after: Option<Vec<Value>>,
}
fn page(object: &'static str, filter: Json, sort: &'static [&'static str]) -> Page {
    Page { object, filter, sort, after: None }
}
fn folder(engine: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../schema/sql").join(engine)
}
/// Placeholders stay, names of workspaces go, clauses start lines.
fn readable(sql: &Sql, tx: &mut Tx) -> String {
    let prefix = tx.db().table("company").replace("\"company\"", "");
    let mut text = sql.text.clone();
    if !prefix.is_empty() {
        text = text.replace(&prefix, "");
    }
    for word in ["FROM", "WHERE", "GROUP BY", "ORDER BY", "AND EXISTS", "OR EXISTS", "UNION"] {
        text = text.replace(&format!(" {word} "), &format!("\n{word} "));
    }
    text + ";\n"
}
fn bound(tx: &Tx, object: &str, json: &Json) -> Cond {
    let registry = tx.registry();
    let ctx = BindCtx { registry, me: Some(tx.me()), now_ms: tx.now_ms(), zone: TimeZone::UTC, currency: Currency::EUR, fiscal_start: 4 };
    bind(&ctx, registry.object(object).unwrap(), json).unwrap()
}
fn page_sql(tx: &mut Tx, p: &Page) -> String {
    let object = tx.registry().object(p.object).unwrap().clone();
    let sort =
        p.sort.iter().map(|s| s.strip_prefix('-').map_or((*s, false), |s| (s, true))).map(|(text, descending)| Sort { path: bind_path(tx.registry(), &object, text).unwrap(), descending }).collect();
    let select = ["id", "name"].iter().filter_map(|n| object.field(n)).map(Path::of).collect();
    let query = Query { object, select, filter: bound(tx, p.object, &p.filter), sort, after: p.after.clone(), limit: 51, archived: Archived::Exclude };
    let query = tx.rights().authorize_query(query).unwrap();
    let page = compile::page(tx.db(), &query, 51);
    [page.valued, page.empty].into_iter().flatten().map(|sql| readable(&sql, tx)).collect()
}
fn totals_sql(tx: &mut Tx, object: &str, group_by: &[(&str, Option<&str>)], measures: &[(&str, &str)]) -> String {
    let def = tx.registry().object(object).unwrap().clone();
    let plan = Aggregate {
        filter: Cond::TRUE,
        group_by: group_by.iter().map(|(f, b)| GroupBy { path: bind_path(tx.registry(), &def, f).unwrap(), bucket: b.map(|b| b.parse().unwrap()) }).collect(),
        measures: measures.iter().map(|(f, field)| metadata::Measure { function: f.parse().unwrap(), path: (!field.is_empty()).then(|| bind_path(tx.registry(), &def, field).unwrap()) }).collect(),
        object: def,
        archived: Archived::Exclude,
        time_zone: "Europe/Berlin".into(),
        fiscal_start: 4,
        limit: 0,
    };
    let plan = tx.rights().authorize_aggregate(plan).unwrap();
    let sql = compile::aggregate(tx.db(), &plan);
    std::iter::once(&sql.groups).chain(sql.medians.iter().map(|(_, q)| q)).map(|q| readable(q, tx)).collect()
}
fn plans(tx: &mut Tx, rep: bool) -> Vec<(&'static str, &'static str, String)> {
    let id = Value::Text(RecordId::fixed(1).to_string());
    let text = |t: &str| Value::Text(t.into());
    let none = json!({});
    if rep {
        return vec![
            ("rep_list", "A rep's companies by name.", page_sql(tx, &page("company", none.clone(), &["name"]))),
            ("rep_children", "Lines that follow their deal, for a rep.", page_sql(tx, &page("line", none.clone(), &["id"]))),
            (
                "rep_path",
                "Deals whose company is of a tier, for a rep: a hidden company is no company.",
                page_sql(tx, &page("deal", json!({"field": "company.tier", "op": "eq", "value": "a"}), &["-created_at"])),
            ),
            (
                "rep_list_of_references",
                "Animals with a friend, for a rep: hidden ones are not in the list.",
                page_sql(tx, &page("animal", json!({"field": "friends", "op": "contains", "value": RecordId::fixed(2).to_string()}), &["name"])),
            ),
            (
                "rep_list_by_reference",
                "Deals of one company, for a rep: the bare column leads to the rows, the guarded one says which show.",
                page_sql(tx, &page("deal", json!({"field": "company", "op": "eq", "value": RecordId::fixed(2).to_string()}), &["name"])),
            ),
            ("rep_related_count", "Companies with three deals that a rep may see.", page_sql(tx, &page("company", json!({"related": "deal", "count": {"op": "gte", "value": 3}}), &["name"]))),
        ];
    }
    vec![
        ("list", "All companies, newest change first.", page_sql(tx, &page("company", none.clone(), &["-updated_at"]))),
        ("list_by_text", "Companies by name, folded, those without one last.", page_sql(tx, &page("company", none.clone(), &["name"]))),
        ("next_page", "The page after one that ended at a name.", page_sql(tx, &Page { after: Some(vec![text("m"), id.clone()]), ..page("company", none.clone(), &["name"]) })),
        (
            "next_page_mixed",
            "The page after one, by two fields in two directions.",
            page_sql(tx, &Page { after: Some(vec![text("m"), text("2020-01-01"), id.clone()]), ..page("company", none.clone(), &["name", "-founded"]) }),
        ),
        ("next_page_empty", "The page after one that ended among those without a date.", page_sql(tx, &Page { after: Some(vec![Value::Null, id]), ..page("company", none.clone(), &["-founded"]) })),
        (
            "filter_values",
            "Option, amount, date span and list.",
            page_sql(
                tx,
                &page(
                    "company",
                    json!({"and": [{"field": "tier", "op": "in", "value": ["a", "b"]}, {"field": "revenue", "op": "between", "value": ["10", "20"]}, {"field": "founded", "op": "within", "value": {"this": "fiscal_year"}}, {"not": {"field": "tags", "op": "contains", "value": "x"}}]}),
                    &["name"],
                ),
            ),
        ),
        (
            "filter_text",
            "Text that contains, starts with, is.",
            page_sql(
                tx,
                &page(
                    "company",
                    json!({"or": [{"field": "name", "op": "contains", "value": "Ä"}, {"field": "email", "op": "starts_with", "value": "info"}, {"field": "code", "op": "eq", "value": "1"}, {"field": "code", "op": "is_empty"}]}),
                    &["name"],
                ),
            ),
        ),
        (
            "filter_related",
            "Companies with a large deal and none that is small.",
            page_sql(
                tx,
                &page(
                    "company",
                    json!({"and": [{"related": "deal", "where": {"field": "amount", "op": "gte", "value": "1000"}}, {"not": {"related": "deal", "where": {"field": "amount", "op": "lt", "value": "1"}}}]}),
                    &["name"],
                ),
            ),
        ),
        ("filter_path", "Animals by their mother's cage.", page_sql(tx, &page("animal", json!({"field": "mother.cage.name", "op": "eq", "value": "x"}), &["mother.cage.size"]))),
        (
            "filter_any_reference",
            "Animals about a record that may be of several kinds.",
            page_sql(tx, &page("animal", json!({"field": "about", "op": "eq", "value": {"object": "cage", "id": RecordId::fixed(3).to_string()}}), &["name"])),
        ),
        ("totals", "Number and amounts by tier.", totals_sql(tx, "company", &[("tier", None)], &[("count", ""), ("sum", "revenue"), ("avg", "revenue")])),
        (
            "totals_by_time",
            "Number by month in a zone, and by fiscal quarter of a date.",
            totals_sql(tx, "company", &[("created_at", Some("month")), ("founded", Some("fiscal_quarter"))], &[("count", "")]),
        ),
        ("totals_median", "Median amount by the tier of the company.", totals_sql(tx, "deal", &[("company.tier", None)], &[("median", "amount")])),
    ]
}
fn plans_are_as_committed(w: &World) {
    let engine = if w.workspace.read_blocking(&w.system(), |tx| Ok(tx.db().dialect() == store::Dialect::Sqlite)).unwrap() { "sqlite" } else { "postgres" };
    let ann = w.user("ann", "rep", Some(w.team("north", None)));
    let update = std::env::var("UPDATE").is_ok();
    let (mut stale, mut known) = (String::new(), Vec::new());
    for (ctx, rep) in [(w.system(), false), (w.ctx(ann), true)] as [(Ctx, bool); 2] {
        let plans = w.workspace.read_blocking(&ctx, move |tx| Ok(plans(tx, rep))).unwrap();
        for (name, what, sql) in plans {
            let text = format!("-- {what}\n{sql}");
            let file = folder(engine).join(format!("{name}.sql"));
            known.push(format!("{name}.sql"));
            if update {
                std::fs::create_dir_all(folder(engine)).unwrap();
                std::fs::write(&file, &text).unwrap();
            } else if std::fs::read_to_string(&file).ok().as_deref() != Some(text.as_str()) {
                writeln!(stale, "{}\n{text}", file.display()).unwrap();
            }
        }
    }
    for entry in std::fs::read_dir(folder(engine)).into_iter().flatten() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !known.contains(&name) {
            writeln!(stale, "{name} is no plan any more").unwrap();
        }
    }
    assert!(stale.is_empty(), "the SQL differs from what is committed; look at it, then UPDATE=1 rewrites it:\n{stale}");
}
