//! What the compiler does not check: who may import whom, sizes of files, where names may stand.

use crate::machine::{Done, root};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Who may import whom (`ARCHITECTURE.md`). A new edge is a decision: write it down in `docs/adr` first.
const LAYERS: &[(&str, &[&str])] = &[
    ("kernel", &[]),
    ("metadata", &["kernel"]),
    ("access", &["metadata", "kernel"]),
    ("store", &["access", "metadata", "kernel"]),
    ("records", &["store", "access", "metadata", "kernel"]),
    ("jobs", &["records", "store", "access", "metadata", "kernel"]),
    ("api", &["records", "store", "access", "metadata", "kernel"]),
    ("customer", &["stats", "api", "jobs", "records", "metadata", "kernel"]),
    ("operational", &["customer", "api", "jobs", "records", "metadata", "kernel"]),
    ("privacy", &["customer", "api", "jobs", "records", "metadata", "kernel"]),
    ("integration", &["customer", "api", "jobs", "records", "store", "access", "metadata", "kernel"]),
    ("stats", &[]),
    ("analytical", &["stats", "customer", "api", "jobs", "records", "metadata", "kernel"]),
    ("ui", &[]),
];
const MAX_LINES: usize = 600;
const MAX_TEST_LINES: usize = 900;

pub(crate) fn check() -> Done {
    let mut wrong = Vec::new();
    layers(&mut wrong);
    files(&mut wrong);
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("not tidy:\n  {}", wrong.join("\n  ")))
}

fn layers(wrong: &mut Vec<String>) {
    let allowed: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let ours: Vec<String> = fs::read_dir(root().join("crates")).into_iter().flatten().flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    for (name, allowed) in allowed {
        let text = fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")).unwrap_or_default();
        let section = text.split("[dependencies]").nth(1).unwrap_or("").split("\n[").next().unwrap_or("");
        for line in section.lines() {
            let dependency = line.split(['.', ' ', '=']).next().unwrap_or("");
            if ours.iter().any(|o| o == dependency) && !allowed.contains(&dependency) {
                wrong.push(format!("crates/{name} must not import {dependency}: see \"who may import whom\" in ARCHITECTURE.md"));
            }
        }
    }
}

fn files(wrong: &mut Vec<String>) {
    let mut all = Vec::new();
    for folder in ["crates", "xtask", "web/src"] {
        walk(&root().join(folder), &mut all);
    }
    for path in all {
        let shown = path.strip_prefix(root()).unwrap_or(&path).display().to_string();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let test = ["/tests/", ".test.", "_tests.rs", "/test/"].iter().any(|p| shown.contains(p));
        let lines = text.lines().count();
        if lines > if test { MAX_TEST_LINES } else { MAX_LINES } {
            wrong.push(format!("{shown} has {lines} lines; split it"));
        }
        if shown.starts_with("xtask/") {
            continue;
        }
        let names = |word: &str| text.contains(word);
        let edge = shown.starts_with("crates/api/") || shown.starts_with("crates/server/") || shown.ends_with("http.rs");
        if shown.ends_with(".rs") && names("axum::") && !edge && !test {
            wrong.push(format!("{shown} names the web framework; only http.rs files, api and server may"));
        }
        if shown.ends_with(".rs") && (names("rusqlite::") || names("tokio_postgres::")) && !shown.starts_with("crates/store/") && !shown.starts_with("crates/bench/") {
            wrong.push(format!("{shown} names a database driver; only store may"));
        }
        if names(concat!("TO", "DO")) || names(concat!("FIX", "ME")) || names("unimplemented!(") {
            wrong.push(format!("{shown} holds a note of unfinished work"));
        }
    }
}
fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "node_modules" | "dist" | "target" | "generated") {
                walk(&path, out);
            }
        } else if [".rs", ".ts", ".tsx"].iter().any(|end| name.ends_with(end)) && !name.ends_with("schema.d.ts") {
            out.push(path);
        }
    }
}
