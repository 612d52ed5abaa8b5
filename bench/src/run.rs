//! The rows of the table.

use crate::{bare, build, cpu, http};
use kernel::{Actor, Ctx, Through};
use records::{Find, Get, Paging, Search, Workspace};
use serde_json::json;
use std::path::PathBuf;

struct Row {
    what: String,
    ours: String,
    limit: String,
    ratio: String,
    bar: &'static str,
}

pub(crate) fn all(contacts: usize, server: Option<PathBuf>) -> String {
    let bench = build::build(contacts);
    let w = &bench.workspace;
    let ctx = build::system(w);
    let user = admin(w);
    let mut rows = Vec::new();

    let connection = bare::open(&bench.path);
    let columns = columns(&connection);
    let list = columns.join(", ");
    let pick = |i: usize| build::id(1, (i * 7_919) % contacts);

    let ours = cpu::measure(|i| {
        let id = pick(i);
        w.read_blocking(&user, move |tx| tx.get("contact", id, &Get::default())).unwrap();
    });
    let limit = cpu::measure(|i| {
        bare::json(&connection, &format!("SELECT {list} FROM contact WHERE id = ?1"), [pick(i).to_string()]);
    });
    rows.push(ratio("read by id, in process", &ours, &limit, "(over HTTP below)"));

    let filter = json!({"field": "status", "op": "eq", "value": "active"});
    let ours = cpu::measure(|i| {
        let find = Find { object: "contact".into(), filter: Some(filter.clone()), sort: vec!["full_name".into()], limit: Some(50), ..Find::default() };
        let _ = i;
        w.read_blocking(&user, move |tx| tx.find(&find)).unwrap();
    });
    let limit = cpu::measure(|_| {
        bare::json(&connection, &format!("SELECT {list} FROM contact WHERE status = ?1 AND archived_at IS NULL AND full_name__f IS NOT NULL ORDER BY full_name__f, id LIMIT 50"), ["active"]);
    });
    rows.push(ratio("list of 50, filtered, sorted on an indexed field", &ours, &limit, "<= 1.5"));

    let mut p = Vec::new();
    let search = cpu::measure(|i| {
        let (_, last) = build::name(i * 31);
        let q: String = last.chars().take([2, 3, 4, 7][i % 4]).collect();
        let search = Search { q, limit: Some(10), ..Search::default() };
        w.read_blocking(&user, move |tx| tx.search(&search)).unwrap();
    });
    p.push(search.percentile(0.5) / 1e3);
    p.push(search.percentile(0.99) / 1e3);
    rows.push(Row { what: "type-ahead, 2 to 7 letters".into(), ours: format!("p50 {:.1} ms, p99 {:.1} ms", p[0], p[1]), limit: String::new(), ratio: String::new(), bar: "p50 <= 2 ms, p99 <= 20 ms" });

    let busy = build::id(1, 0);
    let timeline = cpu::measure(|_| {
        w.read_blocking(&user, move |tx| tx.timeline("contact", busy, &Paging::default())).unwrap();
    });
    rows.push(Row { what: "first page of a timeline of 10,000".into(), ours: format!("{:.1} ms", timeline.percentile(0.5) / 1e3), limit: String::new(), ratio: String::new(), bar: "<= 5 ms" });

    rows.push(creates(w, &bench.path, &columns));

    let mut n = 0;
    let started = std::time::Instant::now();
    let stamp = w.now_ms();
    let field = json!({"name": format!("bench_{stamp}"), "type": "text"});
    w.write_blocking(&ctx, move |tx| tx.add_field("contact", &field)).unwrap();
    n += 1;
    rows.push(Row {
        what: format!("adding a custom field, {contacts} rows"),
        ours: format!("{:.0} ms", started.elapsed().as_secs_f64() * 1e3 / f64::from(n)),
        limit: String::new(),
        ratio: String::new(),
        bar: "<= 50 ms",
    });
    w.write_blocking(&ctx, move |tx| tx.archive_field("contact", &format!("bench_{stamp}"))).unwrap();

    if let Some(us) = bench.import_us {
        rows.push(Row { what: "import of a contact with 20 fields, indexed and searchable".into(), ours: format!("{us:.0} us"), limit: String::new(), ratio: String::new(), bar: "<= 150 us" });
    }
    rows.push(Row {
        what: "memory of this process with the workspace open".into(),
        ours: format!("{:.0} MB", cpu::memory("self")),
        limit: String::new(),
        ratio: String::new(),
        bar: "<= 256 MB (server)",
    });
    if let Some(server) = server {
        for (what, ours, limit) in http::compare(&server) {
            rows.push(Row { what, ratio: format!("{:.1}", ours / limit), ours: format!("{ours:.0} us"), limit: format!("{limit:.0} us"), bar: "<= 6" });
        }
    }
    render(contacts, &rows)
}
fn ratio(what: &str, ours: &cpu::Cost, limit: &cpu::Cost, bar: &'static str) -> Row {
    Row { what: what.into(), ours: format!("{:.1} us", ours.cpu_us), limit: format!("{:.1} us", limit.cpu_us), ratio: format!("{:.2}", ours.cpu_us / limit.cpu_us), bar }
}
fn admin(w: &Workspace) -> Ctx {
    let ctx = build::system(w);
    let id = w
        .write_blocking(&ctx, |tx| {
            if let Some(user) = tx.policy().user_by_email("bench@example.org") {
                return Ok(user.id);
            }
            let user = json!({"name": "Bench", "email": "bench@example.org", "roles": ["admin"]});
            tx.create("user", user.as_object().unwrap()).map(|s| s.id)
        })
        .unwrap();
    Ctx::new(Actor::User(id), Through::Api, w.now_ms())
}
fn columns(connection: &rusqlite::Connection) -> Vec<String> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_info('contact')").unwrap();
    let names: Vec<String> = statement.query_map([], |r| r.get::<_, String>(0)).unwrap().map(Result::unwrap).collect();
    names.into_iter().filter(|n| !n.ends_with("__f") && !n.starts_with("x_") && n != "created_in").collect()
}
/// 64 clients creating at once, durable, against a bare writer with the same table, history and outbox.
fn creates(w: &Workspace, path: &std::path::Path, columns: &[String]) -> Row {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let total = 64 * 40;
    let (start, stamp) = (cpu::seconds("self"), w.now_ms());
    runtime.block_on(async {
        let mut tasks = Vec::new();
        for client in 0..64 {
            let w = w.clone();
            tasks.push(tokio::spawn(async move {
                for i in 0..40 {
                    let ctx = build::system(&w);
                    let row = json!({"first_name": "Bench", "last_name": format!("Meier{stamp}{client}x{i}"), "email": format!("b{stamp}.{client}.{i}@example.org"), "account": build::id(2, client).to_string()});
                    w.write(&ctx, move |tx| tx.create("contact", row.as_object().unwrap())).await.unwrap();
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
    });
    let ours = (cpu::seconds("self") - start) * 1e6 / f64::from(total);
    let mut connection = bare::open(path);
    let first = usize::try_from(w.now_ms()).unwrap();
    let mut all = columns.to_vec();
    all.extend(["full_name__f", "email__f", "last_name__f", "first_name__f"].map(str::to_owned));
    let start = cpu::seconds("self");
    for batch in 0..40 {
        bare::create_batch(&mut connection, &all, first + batch * 64);
    }
    let limit = (cpu::seconds("self") - start) * 1e6 / f64::from(total);
    Row { what: "durable create, 64 clients".into(), ours: format!("{ours:.0} us"), limit: format!("{limit:.0} us"), ratio: format!("{:.2}", ours / limit), bar: "<= 2.5" }
}
fn render(contacts: usize, rows: &[Row]) -> String {
    let mut out = format!(
        "{contacts} contacts, {} accounts, {} opportunities, {} interactions.\n\n| What | Rapport | Limit in the same run | Ratio | Bar |\n|---|---|---|---|---|\n",
        contacts / 5,
        contacts / 2,
        contacts * 5
    );
    for row in rows {
        out.push_str(&format!("| {} | {} | {} | {} | {} |\n", row.what, row.ours, row.limit, row.ratio, row.bar));
    }
    out
}
