//! The search through all records of an object: in the system's name, in the background; what it finds waits in the queue.

use super::{are_two, fields, like::clues};
use kernel::{Actor, Ctx, RecordId, Result, Through};
use records::{Pair, Workspace};
use serde_json::json;
use stats::linkage::{Kind, Settings, Table, judge, link};

/// From this probability on a pair waits for a person.
const WORTH: f64 = 0.5;
/// Records read in one transaction, and pairs written in one.
const STEP: usize = 2_000;
/// Pairs that wait at most: who has more has another task.
const MOST: usize = 50_000;
/// With more records than this a search costs enough to be made once a day.
const MANY: i64 = 50_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn ctx(workspace: &Workspace) -> Ctx {
    Ctx::new(Actor::System("jobs"), Through::Job, workspace.now_ms())
}

pub(super) fn scan(workspace: &Workspace, object: &str) -> Result<usize> {
    let name = object.to_owned();
    let extent = workspace.read_blocking(&ctx(workspace), move |tx| tx.extent(&name))?;
    let (ids, table) = read(workspace, object)?;
    let usual = fields::of(object);
    let kinds: Vec<(String, Kind)> = usual.iter().map(|f| (f.name.to_owned(), f.kind)).collect();
    let settings = Settings { kinds, threshold: WORTH, ..Settings::default() };
    // nothing to compare is nothing found
    let mut linked = link(std::slice::from_ref(&table), &settings).map(|l| l.links).unwrap_or_default();
    // What the records teach is checked against what is usual: where families and firms share names, addresses and telephones, likeness
    // of those is learnt to mean a twin, and only the first name says that they are two.
    for one in &mut linked {
        let other = &table.rows[one.right as usize..=one.right as usize];
        let judged = judge(usual, super::like::ROWS, &table.rows[one.left as usize], other).unwrap_or_default();
        one.probability = judged.first().filter(|j| !are_two(&j.evidence)).map_or(0.0, |j| j.probability.min(one.probability));
    }
    linked.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let worth = linked.iter().filter(|l| l.probability >= WORTH).take(MOST);
    let pairs: Vec<Pair> = worth.map(|l| Pair { a: ids[l.left as usize], b: ids[l.right as usize], probability: l.probability, clues: clues(&l.evidence) }).collect();
    let (name, found) = (object.to_owned(), pairs.len());
    workspace.write_blocking(&ctx(workspace), move |tx| tx.forget_pairs(&name))?;
    for chunk in pairs.chunks(STEP) {
        let (name, chunk) = (object.to_owned(), chunk.to_vec());
        workspace.write_blocking(&ctx(workspace), move |tx| tx.save_pairs(&name, &chunk))?;
    }
    let name = object.to_owned();
    workspace.write_blocking(&ctx(workspace), move |tx| tx.note_searched(&name, extent))?;
    Ok(found)
}

fn read(workspace: &Workspace, object: &str) -> Result<(Vec<RecordId>, Table)> {
    let name = object.to_owned();
    let ids = workspace.read_blocking(&ctx(workspace), move |tx| tx.ids(&name, &json!({"and": []}), u32::MAX))?;
    let usual = fields::of(object);
    let mut table = Table { columns: usual.iter().map(|f| f.name.to_owned()).collect(), rows: Vec::with_capacity(ids.len()) };
    let mut kept = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(STEP) {
        let (name, chunk) = (object.to_owned(), chunk.to_vec());
        let rows = workspace.read_blocking(&ctx(workspace), move |tx| {
            let object = tx.object(&name)?;
            let mut out = Vec::with_capacity(chunk.len());
            for part in chunk.chunks(500) {
                for record in tx.load_many(&object, part)? {
                    let cells: Vec<Option<String>> = usual.iter().map(|f| record.get(f.name).to_json().as_str().map(|text| fields::plain(f.name, text)).filter(|t| !t.trim().is_empty())).collect();
                    out.push((record.id(), cells));
                }
            }
            Ok(out)
        })?;
        for (id, cells) in rows {
            kept.push(id);
            table.rows.push(cells);
        }
    }
    Ok((kept, table))
}

/// Searches each object that has changed since it was searched, a large one at most once a day.
///
/// # Errors
/// Those of the store.
pub fn scan_where_due(workspace: &Workspace) -> Result<()> {
    for object in super::MATCHER.objects {
        let (now, seen) = workspace.read_blocking(&ctx(workspace), move |tx| Ok((tx.extent(object)?, tx.searched(object)?)))?;
        let waits = seen.is_some_and(|seen| seen.extent == now || now.rows > MANY && workspace.now_ms() - seen.at < DAY_MS);
        if waits || now.rows < 2 {
            continue;
        }
        if let Some(found) = workspace.search_duplicates(object)? {
            tracing::info!(workspace = workspace.name(), object, records = now.rows, pairs = found, "looked for duplicates");
        }
    }
    Ok(())
}
