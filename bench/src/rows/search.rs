//! Type-ahead and timelines.

use super::people::{People, encoded, typed};
use crate::{
    client::{Ask, load},
    cpu,
    server::Server,
    table::{Row, short},
    world::World,
};
use kernel::{Actor, Ctx, Through};
use records::{Paging, Search};

fn ms(us: f64) -> String {
    short(us / 1e3)
}

/// As a person meets them: one connection, wall time, which on a busy machine holds others' time as well.
pub(super) fn http(server: &Server, people: &People, rows: &mut Vec<Row>) {
    let size = people.size;
    for (who, token) in [("administrator", &people.admin), ("a rep", &people.rep)] {
        let found = load(server, 1, token, move |n| Ask::get(format!("/api/v1/search?limit=10&q={}", encoded(&typed(n, size)))));
        rows.push(Row::plain(
            format!("type-ahead over HTTP, 2 to 7 letters, {who}: wall time"),
            format!("p50 {} ms, p99 {} ms (CPU {} ms on average)", ms(found.wall_us.percentile(0.5)), ms(found.wall_us.percentile(0.99)), ms(found.cpu_us)),
        ));
    }
    let path = format!("/api/v1/records/contact/{}/timeline", people.busy);
    let found = load(server, 1, &people.admin, move |_| Ask::get(&path));
    rows.push(Row::plain("first page of the long timeline over HTTP, administrator: wall time", format!("p50 {} ms (CPU {} ms on average)", ms(found.wall_us.percentile(0.5)), ms(found.cpu_us))));
}
/// In this process, CPU of each single question.
pub(super) fn in_process(world: &World, people: &People, rows: &mut Vec<Row>) {
    let workspace = super::open_here(&world.data);
    for (who, id, bars) in [("administrator", &people.admin_id, true), ("a rep", &people.rep_id, false)] {
        let ctx = Ctx::new(Actor::User(id.parse().unwrap()), Through::Screen, workspace.now_ms());
        for two in [false, true] {
            let found = cpu::each(2_000, |n| {
                let q: String = if two { typed(n * 24, people.size) } else { typed(n, people.size) };
                let search = Search { q, limit: Some(10), ..Search::default() };
                workspace.read_blocking(&ctx, move |tx| tx.search(&search)).unwrap();
            });
            let what = if two { "two letters alone" } else { "2 to 7 letters" };
            let (p50, p99) = (found.percentile(0.5) / 1e3, found.percentile(0.99) / 1e3);
            let part = (p50 / 2.0).max(p99 / 20.0);
            rows.push(Row {
                part: bars.then_some(part),
                bar: if bars { "p50 <= 2 ms, p99 <= 20 ms".into() } else { String::new() },
                ..Row::plain(format!("type-ahead, {what}, {who}: CPU"), format!("p50 {} ms, p99 {} ms, worst {} ms", short(p50), short(p99), ms(found.percentile(1.0))))
            });
        }
        let Ok(busy) = people.busy.parse() else { continue };
        if bars {
            let found = cpu::each(2_000, |_| {
                workspace.read_blocking(&ctx, move |tx| tx.timeline("contact", busy, &Paging::default())).unwrap();
            });
            rows.push(Row::at_most(format!("first page of the long timeline, {who}: CPU, p50"), found.percentile(0.5) / 1e3, 5.0, "ms"));
        }
    }
    workspace.store().close_blocking();
}
