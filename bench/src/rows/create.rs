//! What writes: on a copy of the workspace.

use super::open_here;
use crate::{
    Options, bare,
    client::{Ask, load},
    cpu,
    server::{self, Server},
    table::{Row, short},
    world,
};
use kernel::{Actor, Ctx, Through};
use serde_json::{Value as Json, json};
use std::{path::Path, sync::mpsc, time::Instant};
use tokio::sync::oneshot;

const CLIENTS: usize = 64;
const EACH: usize = 100;

fn contact(mark: &str, n: usize, account: &Json) -> Json {
    let (first, last) = (world::names::first(n), world::names::last(n));
    json!({"first_name": first, "last_name": last, "email": format!("{mark}{n}@bench.example"), "phone": format!("+4930{:07}", 5_000_000 + n), "title": "Buyer", "city": "Wien", "country": "AT", "account": account})
}

pub(super) fn all(options: &Options, data: &Path, rows: &mut Vec<Row>) {
    let server = Server::start(&options.rapport, data, options.port);
    let token = server.token(world::ADMIN);
    let account = server.json(&token, &Ask::get("/api/v1/records/account?limit=1&fields=id"))["items"][0]["id"].clone();
    field(&server, &token, rows);
    let to = account.clone();
    let created = load(&server, CLIENTS, &token, move |n| Ask::post("/api/v1/records/contact", contact("http", n, &to).to_string()));
    let pid = server.pid();
    world::wait_for_index(&server.data_file());
    rows.push(Row::plain("durable create over HTTP, 64 clients, answered with the whole record; searchable meanwhile", format!("{} us", short(created.cpu_us))));
    drop(pid);
    let admin: Ctx = Ctx::new(Actor::User(server.json(&token, &Ask::get("/api/v1/me"))["user"]["id"].as_str().unwrap().parse().unwrap()), Through::Api, 0);
    server.stop();
    let ours = engine(data, &admin, &account);
    let limit = bare_writer(data);
    rows.push(Row::beside("durable create, 64 clients, in process, without the search index", ours, limit, 2.5, 0.0, "<= 2.5 x"));
}
/// A custom field on the table of contacts: wall and CPU.
fn field(server: &Server, token: &str, rows: &mut Vec<Row>) {
    let (mut walls, before) = (Vec::new(), cpu::seconds(&server.pid()));
    for n in 0..20 {
        let began = Instant::now();
        server.json(token, &Ask::post("/api/v1/objects/contact/fields", json!({"name": format!("bench_{n}"), "label": format!("Bench {n}"), "type": {"text": {}}}).to_string()));
        walls.push(began.elapsed().as_secs_f64() * 1e6);
    }
    let cpu_ms = (cpu::seconds(&server.pid()) - before) * 1e3 / 20.0;
    let wall_ms = cpu::Spread::of(walls).percentile(0.5) / 1e3;
    rows.push(Row { ours: format!("{} ms (CPU {} ms)", short(wall_ms), short(cpu_ms)), ..Row::at_most("adding a custom field to the contacts, over HTTP: wall time, p50 of 20", wall_ms, 50.0, "ms") });
}
/// CPU microseconds a create by 64 tasks that wait for each answer, everything of a create but the indexer's work.
fn engine(data: &Path, who: &Ctx, account: &Json) -> f64 {
    let workspace = open_here(data);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let run = |mark: &'static str, each: usize| {
        runtime.block_on(async {
            let mut tasks = Vec::new();
            for client in 0..CLIENTS {
                let (workspace, who, account) = (workspace.clone(), who.clone(), account.clone());
                tasks.push(tokio::spawn(async move {
                    for i in 0..each {
                        let ctx = Ctx { now_ms: workspace.now_ms(), ..who.clone() };
                        let row = contact(mark, client * EACH + i, &account);
                        workspace.write(&ctx, move |tx| tx.create("contact", row.as_object().unwrap())).await.unwrap();
                    }
                }));
            }
            for task in tasks {
                task.await.unwrap();
            }
        });
    };
    run("warm", 4);
    let before = cpu::seconds("self");
    run("ours", EACH);
    let spent = cpu::seconds("self") - before;
    workspace.store().close_blocking();
    per_create(spent)
}
#[expect(clippy::cast_precision_loss, reason = "a count")]
fn per_create(spent_s: f64) -> f64 {
    spent_s * 1e6 / (CLIENTS * EACH) as f64
}
/// The same by the bare writer, into the same tables: rows like those just written, with new ids and names.
fn bare_writer(data: &Path) -> f64 {
    let connection = bare::open(&server::data_file(data), 32);
    let (columns, row) = bare::writer::row(&connection, "contact", "email LIKE 'ours%'");
    let (history_columns, history) = bare::writer::row(&connection, "sys_history", "object = 'contact' AND kind = 'created' AND seq = (SELECT max(seq) FROM sys_history)");
    let (outbox_columns, outbox) = bare::writer::row(&connection, "sys_outbox", "seq = (SELECT max(seq) FROM sys_outbox)");
    let skip = |columns: Vec<String>, row: Vec<rusqlite::types::Value>| -> (Vec<String>, Vec<rusqlite::types::Value>) { columns.into_iter().zip(row).filter(|(c, _)| c != "seq").unzip() };
    let ((history_columns, history), (outbox_columns, outbox)) = (skip(history_columns, history), skip(outbox_columns, outbox));
    let statements = [("contact", &columns), ("sys_history", &history_columns), ("sys_outbox", &outbox_columns)].map(|(table, names)| (bare::writer::insert(table, names), names.len()));
    let (jobs, waiting) = mpsc::channel();
    let writer = std::thread::spawn(move || bare::writer::run(connection, &statements, &waiting));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let all_columns: Vec<String> = columns.iter().chain(&history_columns).chain(&outbox_columns).cloned().collect();
    let template: Vec<_> = row.into_iter().chain(history).chain(outbox).collect();
    let random: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0000;
    let run = |mark: &'static str, each: usize, from: usize| {
        runtime.block_on(async {
            let mut tasks = Vec::new();
            for client in 0..CLIENTS {
                let (jobs, all_columns, template) = (jobs.clone(), all_columns.clone(), template.clone());
                tasks.push(tokio::spawn(async move {
                    for i in 0..each {
                        let n = from + client * EACH + i;
                        let values = fresh(&all_columns, &template, mark, n, random);
                        let (answer, done) = oneshot::channel();
                        jobs.send((values, answer)).unwrap();
                        done.await.unwrap();
                    }
                }));
            }
            for task in tasks {
                task.await.unwrap();
            }
        });
    };
    run("barewarm", 4, 1_000_000);
    let before = cpu::seconds("self");
    run("bare", EACH, 0);
    let spent = cpu::seconds("self") - before;
    drop(jobs);
    writer.join().unwrap();
    per_create(spent)
}
/// The template with another id, name, e-mail and phone.
fn fresh(columns: &[String], template: &[rusqlite::types::Value], mark: &str, n: usize, base: u128) -> Vec<rusqlite::types::Value> {
    let hex = format!("{:032x}", base + (n as u128) * 0x1_0001);
    let id = format!("{}-{}-{}-{}-{}", &hex[0..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..32]);
    let (first, last) = (world::names::first(n), world::names::last(n));
    let full = format!("{first} {last}");
    let text = |s: String| rusqlite::types::Value::Text(s);
    columns
        .iter()
        .zip(template)
        .map(|(column, old)| match column.as_str() {
            "id" | "record" | "subject" => text(id.clone()),
            "full_name" => text(full.clone()),
            "full_name__f" => text(kernel::fold(&full)),
            "first_name" => text(first.to_owned()),
            "first_name__f" => text(kernel::fold(first)),
            "last_name" => text(last.clone()),
            "last_name__f" => text(kernel::fold(&last)),
            "email" | "email__f" => text(format!("{mark}{n}@bench.example")),
            "phone" | "phone__f" => text(format!("+4930{:07}", 5_000_000 + n)),
            _ => old.clone(),
        })
        .collect()
}
