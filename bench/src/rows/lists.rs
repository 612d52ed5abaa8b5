//! Single records, lists, counts and totals over HTTP, at 16 connections.

use super::people::{People, encoded};
use crate::{
    bare,
    client::{Ask, Load, load},
    cpu,
    server::Server,
    table::{Row, short},
};
use serde_json::{Value as Json, json};

const CONNECTIONS: usize = 16;

/// CPU of a bare web server for an answer of that size, at as many connections.
fn bare_http(bytes: usize) -> f64 {
    let server = Server::bare(bytes);
    let cost = load(&server, CONNECTIONS, "x", |_| Ask::get("/")).cpu_us;
    server.stop();
    cost
}
fn cost(load: &Load) -> String {
    format!("{} us", short(load.cpu_us))
}

pub(super) fn http(server: &Server, people: &People, rows: &mut Vec<Row>) {
    let by_id = |ids: &[String]| {
        let ids = ids.to_vec();
        move |n: usize| Ask::get(format!("/api/v1/records/contact/{}", ids[n % ids.len()]))
    };
    let admin = load(server, CONNECTIONS, &people.admin, by_id(&people.contacts));
    let bare = bare_http(admin.bytes);
    rows.push(Row::beside(format!("read by id over HTTP, administrator ({} bytes)", admin.bytes), admin.cpu_us, bare, 6.0, 0.0, "<= 6 x"));
    let rep = load(server, CONNECTIONS, &people.rep, by_id(&people.own));
    rows.push(Row::beside(format!("read by id over HTTP, a rep ({} bytes)", rep.bytes), rep.cpu_us, bare, 6.0, 0.0, "<= 6 x"));

    let named = |start: &str| json!({"field": "full_name", "op": "starts_with", "value": start});
    listed(
        server,
        people,
        "names that begin with a letter, by name",
        &named("m"),
        "full_name",
        "WHERE t.full_name__f >= 'm' AND t.full_name__f < 'n' AND t.archived_at IS NULL ORDER BY t.full_name__f, t.id LIMIT 50",
        rows,
    );
    let since = json!({"field": "updated_at", "op": "gte", "value": "2020-01-01T00:00:00Z"});
    listed(
        server,
        people,
        "changed since a day, newest first",
        &since,
        "-updated_at",
        "WHERE t.updated_at >= 1577836800000 AND t.archived_at IS NULL ORDER BY t.updated_at DESC, t.id DESC LIMIT 50",
        rows,
    );
    let mine = json!({"field": "owner", "op": "eq", "value": people.rep_id});
    let own = format!("WHERE t.owner = '{}' AND t.full_name__f IS NOT NULL AND t.archived_at IS NULL ORDER BY t.full_name__f, t.id LIMIT 50", people.rep_id);
    listed(server, people, "one person's contacts, by name", &mine, "full_name", &own, rows);

    let count = |mode: &str| format!("/api/v1/records/contact?limit=1&fields=id&count={mode}&filter={}", encoded(&named("m").to_string()));
    for (who, token) in [("administrator", &people.admin), ("a rep", &people.rep)] {
        for mode in ["estimate", "exact"] {
            let path = count(mode);
            let found = server.json(token, &Ask::get(&path))["total"].clone();
            let cost = load(server, 2, token, move |_| Ask::get(&path));
            rows.push(Row::plain(format!("count={mode} of the names that begin with a letter, {who}: {found}"), format!("{} ms", short(cost.cpu_us / 1e3))));
        }
    }
    let body = json!({"group_by": [{"field": "stage.name"}], "measures": [{"fn": "count"}, {"fn": "sum", "field": "amount"}]}).to_string();
    for (who, token) in [("administrator", &people.admin), ("a rep", &people.rep)] {
        let body = body.clone();
        let cost = load(server, 2, token, move |_| Ask::post("/api/v1/records/opportunity/aggregate", body.clone()));
        rows.push(Row::plain(format!("opportunities by stage, count and sum, {who}"), format!("{} ms", short(cost.cpu_us / 1e3))));
    }
}

/// A list of 50 over HTTP beside the bare loop over the driver, which must write the same.
fn listed(server: &Server, people: &People, what: &str, filter: &Json, sort: &str, bare_rest: &str, rows: &mut Vec<Row>) {
    let path = format!("/api/v1/records/contact?limit=50&sort={sort}&filter={}", encoded(&filter.to_string()));
    let answer = server.json(&people.admin, &Ask::get(&path));
    let columns = bare::list::columns(&people.definition, &answer["items"][0]);
    let connection = bare::open(&server.data_file(), 8);
    let same: Json = serde_json::from_slice(&bare::list::json(&connection, &columns, bare_rest, [])).unwrap();
    assert_eq!(same["items"], answer["items"], "the bare loop answers otherwise: {what}");
    let loops = cpu::each(5_000, |_| drop(bare::list::json(&connection, &columns, bare_rest, [])));
    let (admin_path, rep_path) = (path.clone(), path);
    let admin = load(server, CONNECTIONS, &people.admin, move |_| Ask::get(&admin_path));
    let web = bare_http(admin.bytes);
    rows.push(Row::beside(format!("list of 50, {what}, administrator ({} bytes)", admin.bytes), admin.cpu_us, loops.mean(), 1.5, web, "<= 1.5 x loop + HTTP"));
    let rep = load(server, CONNECTIONS, &people.rep, move |_| Ask::get(&rep_path));
    rows.push(Row::plain(format!("the same for a rep ({} bytes)", rep.bytes), cost(&rep)));
}
