//! The work of one export: pages under a permit, each under the rights of that moment, and the note of what has left.

use super::{Aim, TOUCH_MS, Wanted, place};
use crate::{ports::ExportWriter, request_id::hex};
use access::{Exit, Permit};
use kernel::{Ctx, Error, RecordId, Result};
use records::{CountMode, Disclosed, Find, OrDb, Subjects, Tx, Workspace};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use std::{fs::File, io::Read as _, path::Path, sync::Arc};
use store::Sql;

/// How far an export is, or how it ended.
#[derive(Clone, Default)]
pub(super) struct Outcome {
    pub(super) rows: i64,
    pub(super) left_out: i64,
    pub(super) detail: Option<String>,
    pub(super) disclosed: Option<Disclosed>,
}

pub(super) fn work(workspace: &Workspace, ctx: &Ctx, writer: &dyn ExportWriter, id: RecordId, wanted: &Wanted) -> Result<Outcome> {
    let io = |e: std::io::Error| crate::incoming::io_error(&e);
    let find = wanted.find.clone();
    let (permit, kept_back) = workspace.read_blocking(ctx, move |tx| {
        let permit = crate::leaving::permit(tx, Exit::Export, Some(&find.object), "export")?;
        let kept_back = kept_back(tx, &permit, &find)?;
        Ok((permit, kept_back))
    })?;
    let permit = Arc::new(permit);
    let path = place(workspace.files_dir(), id);
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(io)?;
    let file = File::create_new(&path).map_err(io)?;
    let synced = file.try_clone().map_err(io)?;
    let mut rows = Rows {
        workspace,
        ctx,
        id,
        permit: permit.clone(),
        aim: &wanted.aim,
        find: wanted.find.clone(),
        page: Vec::new().into_iter(),
        ended: false,
        given: 0,
        left_out: kept_back,
        subjects: Subjects::new(),
        touched_at: workspace.now_ms(),
    };
    let written = writer.write(&permit, wanted.format, &wanted.columns, &mut rows, file)?;
    synced.sync_all().map_err(io)?;
    let rows_written = i64::try_from(written).unwrap_or(i64::MAX);
    let disclosed = Disclosed {
        count: rows_written,
        fields: wanted.columns.iter().map(|c| c.name.clone()).collect(),
        purpose: wanted.aim.purpose.clone(),
        hash: Some(hash(&path).map_err(io)?),
        subjects: rows.subjects,
        ..Disclosed::under(&permit, wanted.recipient.as_str())
    };
    Ok(Outcome { rows: rows_written, left_out: rows.left_out, detail: None, disclosed: Some(disclosed) })
}

fn hash(path: &Path) -> std::io::Result<String> {
    let (mut file, mut content, mut block) = (File::open(path)?, Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hex(&content.finalize())),
            n => content.update(block.get(..n).unwrap_or_default()),
        }
    }
}

/// How many records that the asker sees do not leave: those about people whose data may not be used.
fn kept_back(tx: &mut Tx, permit: &Permit, find: &Find) -> Result<i64> {
    if !tx.keeps_people_back() {
        return Ok(0);
    }
    let counting = Find { limit: Some(1), count: CountMode::Exact, fields: Some(vec!["id".into()]), sort: vec![], ..find.clone() };
    let total = |bytes: Vec<u8>| serde_json::from_slice::<Json>(&bytes).ok().and_then(|page| page["total"].as_i64()).unwrap_or(0);
    let seen = total(tx.find(&counting)?);
    let (leaving, _) = tx.under(permit, |tx| tx.find(&counting))?;
    Ok(seen - total(leaving))
}

/// Pages of the list, each read under the rights of that moment.
struct Rows<'a> {
    workspace: &'a Workspace,
    ctx: &'a Ctx,
    id: RecordId,
    permit: Arc<Permit>,
    aim: &'a Aim,
    find: Find,
    page: std::vec::IntoIter<Json>,
    ended: bool,
    given: i64,
    left_out: i64,
    subjects: Subjects,
    touched_at: i64,
}
impl Rows<'_> {
    fn turn(&mut self) -> Result<()> {
        let (ctx, find) = (Ctx { now_ms: self.workspace.now_ms(), ..self.ctx.clone() }, self.find.clone());
        let (permit, aim) = (self.permit.clone(), self.aim.clone());
        let (mut page, subjects, left_out) = self.workspace.read_blocking(&ctx, move |tx| page(tx, &permit, &aim, &find))?;
        self.left_out += left_out;
        for (party, ids) in subjects {
            self.subjects.entry(party).or_default().extend(ids);
        }
        self.find.cursor = page["next_cursor"].as_str().map(str::to_owned);
        self.ended = self.find.cursor.is_none();
        if let Json::Array(items) = page["items"].take() {
            self.page = items.into_iter();
        }
        if ctx.now_ms - self.touched_at >= TOUCH_MS {
            self.touched_at = ctx.now_ms;
            note(self.workspace, &ctx, self.id, "running", &Outcome { rows: self.given, left_out: self.left_out, ..Outcome::default() })?;
        }
        Ok(())
    }
}

/// One page without those who may not be used for the aim, the people it is about, and how many were left out.
fn page(tx: &mut Tx, permit: &Permit, aim: &Aim, find: &Find) -> Result<(Json, Subjects, i64)> {
    // Asked anew each time: the right to export may have ended meanwhile.
    crate::leaving::permit(tx, Exit::Export, Some(&find.object), "export")?;
    let (bytes, _) = tx.under(permit, |tx| tx.find(find))?;
    let mut page: Json = serde_json::from_slice(&bytes).map_err(|e| Error::internal(format!("a page is not JSON: {e}")))?;
    let Some(items) = page["items"].as_array_mut() else { return Ok((page, Subjects::new(), 0)) };
    let id_of = |item: &Json| item["id"].as_str().and_then(|id| id.parse::<RecordId>().ok());
    let before = items.len();
    if let Some(purpose) = &aim.purpose {
        let ids: Vec<RecordId> = items.iter().filter_map(id_of).collect();
        let allowed = (tx.gate()?.allowed)(tx, purpose, aim.channel.as_deref(), &find.object, &ids)?;
        items.retain(|item| id_of(item).is_some_and(|id| allowed.contains(&id)));
    }
    let left_out = i64::try_from(before - items.len()).unwrap_or(0);
    let ids: Vec<RecordId> = items.iter().filter_map(id_of).collect();
    let subjects = tx.subjects(&find.object, &ids)?;
    Ok((page, subjects, left_out))
}
impl Iterator for Rows<'_> {
    type Item = Result<Map<String, Json>>;
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(Json::Object(row)) = self.page.next() {
                self.given += 1;
                return Some(Ok(row));
            }
            if self.ended {
                return None;
            }
            if let Err(e) = self.turn() {
                self.ended = true;
                return Some(Err(e));
            }
        }
    }
}

pub(super) fn note(workspace: &Workspace, ctx: &Ctx, id: RecordId, status: &'static str, outcome: &Outcome) -> Result<()> {
    let ctx = Ctx { now_ms: workspace.now_ms(), actor: kernel::Actor::System("jobs"), scopes: None, ..ctx.clone() };
    let Outcome { rows, left_out, detail, disclosed } = outcome.clone();
    workspace.write_blocking(&ctx, move |tx| {
        if let Some(disclosed) = &disclosed {
            tx.disclose(disclosed)?;
        }
        let mut q = Sql::new(format!("UPDATE {} SET \"status\" = ", tx.db().table("api_export")));
        q.arg(status).push(", \"rows\" = ").arg(rows).push(", \"left_out\" = ").arg(left_out).push(", \"detail\" = ").arg(detail);
        q.push(", \"touched_at\" = ").arg(tx.now_ms()).push(" WHERE \"id\" = ").arg(id.to_string());
        tx.db().exec(&q).or_db().map(drop)
    })
}
