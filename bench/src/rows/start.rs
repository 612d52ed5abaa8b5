//! Starting, and the memory it takes.

use crate::{
    Options, cpu,
    server::Server,
    table::{Row, short},
};
use std::path::Path;

/// A new data folder, and a second start on it.
pub(super) fn empty(options: &Options, data: &Path, rows: &mut Vec<Row>) {
    let first = Server::start(&options.rapport, data, options.port);
    rows.push(Row::plain("first start, on nothing", seconds(first.start_s)));
    first.stop();
    let again = Server::start(&options.rapport, data, options.port);
    rows.push(row("of an empty workspace", again.start_s));
    std::thread::sleep(std::time::Duration::from_secs(2));
    rows.push(memory("empty", &again, 64.0));
    again.stop();
}
fn seconds((wall, cpu): (f64, f64)) -> String {
    format!("{} s (CPU {} s)", short(wall), short(cpu))
}
pub(super) fn row(what: &str, (wall, cpu): (f64, f64)) -> Row {
    Row { ours: seconds((wall, cpu)), ..Row::at_most(format!("start {what}, to the first answer"), wall, 1.0, "s") }
}
pub(super) fn memory(what: &str, server: &Server, most: f64) -> Row {
    let (now, highest) = cpu::memory(&server.pid());
    Row { ours: format!("{} MB (at most {} MB)", short(now), short(highest)), ..Row::at_most(format!("memory, {what}"), now, most, "MB") }
}
