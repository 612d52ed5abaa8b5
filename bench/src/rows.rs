//! The rows of the table, in the order in which they are measured.

mod backup;
mod create;
mod lists;
mod people;
mod search;
mod start;

use crate::{
    Options, machine,
    server::Server,
    table::{self, Row},
    world,
};
use std::path::{Path, PathBuf};

/// A folder for this run, removed at its end.
struct Scratch(PathBuf);
impl Drop for Scratch {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}
impl Scratch {
    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

pub(crate) fn all(options: &Options) -> String {
    let scratch = Scratch(std::env::temp_dir().join(format!("rapport-bench-{}", std::process::id())));
    std::fs::create_dir_all(&scratch.0).unwrap();
    let wanted = |name: &str| options.only.as_ref().is_none_or(|only| name.contains(only.as_str()));
    let empty = scratch.path("empty");
    let mut rows = Vec::new();
    start::empty(options, &empty, &mut rows);
    let world = world::at_hand(options, &empty);
    if options.build_only {
        return String::new();
    }
    imports(&world, &mut rows);
    let server = Server::start(&options.rapport, &world.data, options.port);
    rows.push(start::row("with that workspace", server.start_s));
    let people = people::People::of(&server, &world);
    if wanted("read") || wanted("list") {
        lists::http(&server, &people, &mut rows);
    }
    if wanted("search") || wanted("timeline") {
        search::http(&server, &people, &mut rows);
    }
    rows.push(start::memory("with that workspace, after these questions", &server, 256.0));
    server.stop();
    if wanted("search") || wanted("timeline") {
        search::in_process(&world, &people, &mut rows);
    }
    if wanted("create") || wanted("field") {
        let copy = scratch.path("copy");
        world::copy(&world.data, &copy);
        create::all(options, &copy, &mut rows);
    }
    if wanted("backup") {
        let copy = scratch.path("backup");
        world::copy(&world.data, &copy);
        backup::all(options, &copy, &scratch.path("restored"), &mut rows);
    }
    table::render(&head(&world, options), &rows)
}
fn head(world: &world::World, options: &Options) -> String {
    let rows = |object| world.size.rows(object);
    format!(
        "{} contacts of 20 filled fields, {} accounts, {} opportunities, {} interactions (one timeline of {}), {} reps; SQLite. {}; {} processes wanted to run on average while this was measured. `cargo xtask bench --contacts {}`.",
        rows("contact"),
        rows("account"),
        rows("opportunity"),
        rows("interaction"),
        world::LONG.min(rows("contact")),
        world.size.reps(),
        machine::describe(),
        machine::load(),
        options.contacts
    )
}
/// What the build of the workspace said.
fn imports(world: &world::World, rows: &mut Vec<Row>) {
    for object in ["contact", "account", "opportunity", "interaction"] {
        let us = world.built[object]["us_per_row"].as_f64().unwrap();
        let what = format!("import of a CSV file, a row of {object}{}, all told until it can be searched", if object == "contact" { " (20 fields)" } else { "" });
        rows.push(Row::at_most(what, us, 150.0, "us"));
    }
}
/// Opens a workspace in this process. The key is not the server's: it seals nothing that is read here, and nothing that
/// is kept is written.
fn open_here(data: &Path) -> records::Workspace {
    let store = store::open_sqlite(&crate::server::data_file(data), store::Options::default()).unwrap();
    let catalogue = std::sync::Arc::new(records::Catalogue::new(vec![customer::module(), operational::module(), privacy::module()]).unwrap());
    let (clock, master_key) = (std::sync::Arc::new(kernel::SystemClock), kernel::Secret::new([7; 32]));
    records::Workspace::open(records::OpenOptions { name: "main".into(), store, catalogue, clock, master_key, files: data.join("tmp") }).unwrap()
}
