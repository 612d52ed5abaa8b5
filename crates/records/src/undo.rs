//! Taking a change set back: newest first, in steps short enough that others write in between. Each step is durable and
//! says where the next one begins, so that an undo goes on after a kill.

mod made;

use crate::{OrDb, history::Entry, tx::Tx};
use access::{Action, ChangeKind};
use kernel::{Code, Ctx, Error, RecordId, Result, Through};
use metadata::{Object, ParseCtx, Value};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;
use store::{Sql, Val};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UndoMode {
    /// Only what still has the value that the set wrote.
    Safe,
    /// Also what was changed since.
    Force,
}
/// Entries that are listed; the counts are complete.
const MAX_SKIPPED: usize = 1_000;
/// Records a step at most, and about how long a step may take.
const STEP_RECORDS: usize = 1_000;
const STEP_MS: i64 = 150;

/// Where an undo stands. Children go before what they hang on: what still has some waits in `sys_undo_left` for a later
/// round, and rounds go on as long as one of them takes something back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Changes of fields, archivings, restorations.
    Changes,
    /// Records made one by one.
    Singles,
    /// Records made many at once.
    Chunks,
    /// What had to wait; `true`: this round took something back.
    Left(bool),
    /// What nothing helped.
    Last,
    /// Custom fields that the set made.
    Fields,
    Done,
}
impl Phase {
    fn name(self) -> &'static str {
        match self {
            Phase::Changes => "changes",
            Phase::Singles => "singles",
            Phase::Chunks => "chunks",
            Phase::Left(false) => "left",
            Phase::Left(true) => "left_moving",
            Phase::Last => "last",
            Phase::Fields => "fields",
            Phase::Done => "done",
        }
    }
    fn of(name: &str) -> Phase {
        [Phase::Changes, Phase::Singles, Phase::Chunks, Phase::Left(false), Phase::Left(true), Phase::Last, Phase::Fields].into_iter().find(|p| p.name() == name).unwrap_or(Phase::Done)
    }
}

/// An undo under way, as `sys_change_set` keeps it.
struct Undoing {
    id: RecordId,
    undoes: RecordId,
    of_import: bool,
    /// Whether the asker made what is taken back.
    own: bool,
    mode: UndoMode,
    phase: Phase,
    /// The last number that is behind us, in the order of the phase.
    at: Option<i64>,
    /// Ids of the present chunk that are behind us.
    within: usize,
    restored: i64,
    left_out: usize,
    skipped: Vec<Json>,
}
impl Undoing {
    fn turn(&mut self, phase: Phase) {
        (self.phase, self.at, self.within) = (phase, None, 0);
    }
    fn note(&mut self, done: Vec<Json>) {
        self.restored += i64::from(done.is_empty());
        self.skip(done);
    }
    fn skip(&mut self, skipped: Vec<Json>) {
        self.left_out += skipped.len();
        let room = MAX_SKIPPED.saturating_sub(self.skipped.len());
        self.skipped.extend(skipped.into_iter().take(room));
    }
}

impl Tx<'_> {
    /// Takes a set back in one transaction: fields to what they were, created records archived, archived ones restored.
    /// What left the building (exports, messages) is not touched. Answers with the undoing set, a change set itself.
    /// For small sets; large ones go by [`Tx::begin_undo`] and [`Tx::undo_step`].
    ///
    /// # Errors
    /// 404 where the set is unknown or not the asker's; 403 where it is only theirs to see; 409 where it is still running or
    /// was undone already.
    pub fn undo(&mut self, id: RecordId, mode: UndoMode) -> Result<Json> {
        let undoing = self.begin_undo(id, mode)?;
        while self.undo_step(undoing)? {}
        Ok(json!({"id": undoing.to_string(), "status": "done"}))
    }
    /// Opens the set that undoes, or finds the one that is under way.
    ///
    /// # Errors
    /// As [`Tx::undo`].
    pub fn begin_undo(&mut self, id: RecordId, mode: UndoMode) -> Result<RecordId> {
        self.must_write()?;
        let set = self.change_set(id)?;
        let own = set.pointer("/by/id") == Some(&json!(self.me()));
        if !own && !self.rights().capability("mass_change") {
            return Err(Error::forbidden("You may see this change, but not take it back. Ask whoever made it, or who makes mass changes."));
        }
        if matches!(set.get("kind").and_then(Json::as_str), Some("merge" | "unmerge")) {
            return Err(Error::new(
                Code::Conflict,
                "is_merge",
                "Merges are taken back as a whole: DELETE /merges/{id}, or the record's own list of merges. A merge that was taken back is merged again.",
            ));
        }
        if set.get("status") == Some(&json!("running")) {
            return Err(Error::new(Code::Conflict, "still_running", "This change is still running. Wait until it is done."));
        }
        let q = Sql::with(format!("SELECT \"id\", \"status\", \"by\" FROM {} WHERE \"undoes\" = $1 AND \"status\" <> 'failed'", self.db().table("sys_change_set")), [id.to_string()]);
        match self.db().one(&q).or_db()?.as_deref() {
            Some([Val::Text(under_way), Val::Text(status), Val::Text(by)]) if status == "running" && *by == self.me().to_string() => {
                return under_way.parse().map_err(|()| Error::internal("a change set has an id"));
            }
            Some(_) => return Err(Error::new(Code::Conflict, "already_undone", "This change has been undone already. Undo the undoing to bring it back.")),
            None => {}
        }
        let undoing = self.open_change_set("undo")?;
        let of_import = set.get("kind") == Some(&json!("import"));
        let begun = Undoing { id: undoing, undoes: id, of_import, own, mode, phase: Phase::Changes, at: None, within: 0, restored: 0, left_out: 0, skipped: vec![] };
        let q = Sql::with(format!("UPDATE {} SET \"undoes\" = $1 WHERE \"id\" = $2", self.db().table("sys_change_set")), [id.to_string(), undoing.to_string()]);
        self.db().exec(&q).or_db()?;
        self.save_undoing(&begun)?;
        Ok(undoing)
    }
    /// Whether a set was taken back, or is being.
    ///
    /// # Errors
    /// Those of the store.
    pub fn is_undone(&mut self, set: RecordId) -> Result<bool> {
        let q = Sql::with(format!("SELECT 1 FROM {} WHERE \"undoes\" = $1 AND \"status\" <> 'failed'", self.db().table("sys_change_set")), [set.to_string()]);
        Ok(self.db().one(&q).or_db()?.is_some())
    }
    /// One step of an undo that was begun; true: there is more to do.
    ///
    /// # Errors
    /// Those of the store; a record that cannot be taken back is listed instead.
    pub fn undo_step(&mut self, undoing: RecordId) -> Result<bool> {
        self.must_write()?;
        self.db().lock(&format!("undo {undoing}")).or_db()?;
        let Some(mut undoing) = self.load_undoing(undoing)? else { return Ok(false) };
        let had = self.change_set.replace(undoing.id);
        let done = self.step(&mut undoing);
        self.change_set = had;
        done?;
        self.save_undoing(&undoing)?;
        Ok(undoing.phase != Phase::Done)
    }
    /// Takes a set back at once under the rights of whoever acts now, into a set that is open already. How many records came
    /// back, and what did not.
    pub(crate) fn undo_of_engine(&mut self, into: RecordId, undoes: RecordId) -> Result<(i64, Vec<Json>)> {
        let mut u = Undoing { id: into, undoes, of_import: true, own: true, mode: UndoMode::Safe, phase: Phase::Changes, at: None, within: 0, restored: 0, left_out: 0, skipped: vec![] };
        while u.phase != Phase::Done {
            self.step(&mut u)?;
        }
        Ok((u.restored, u.skipped))
    }
    /// Undos that were under way when their process ended, each with whoever began it and what their credential allowed:
    /// going on by itself, it may do no more than it might then.
    ///
    /// # Errors
    /// Those of the store.
    pub fn unfinished_undos(&mut self) -> Result<Vec<(RecordId, Ctx)>> {
        let q = Sql::new(format!("SELECT \"id\", \"by\", \"progress\" FROM {} WHERE \"kind\" = 'undo' AND \"status\" = 'running' ORDER BY \"id\"", self.db().table("sys_change_set")));
        let now = self.now_ms();
        let read = |row: &[Val]| -> Option<(RecordId, Ctx)> {
            let by = row.get(1)?.as_str()?.parse().ok()?;
            let progress: Json = serde_json::from_str(row.get(2)?.as_str()?).ok()?;
            let scopes = serde_json::from_value(progress["scopes"].clone()).ok()?;
            Some((row.first()?.as_str()?.parse().ok()?, Ctx { scopes, ..Ctx::new(access::actor_of(by), Through::Job, now) }))
        };
        Ok(self.db().rows(&q).or_db()?.iter().filter_map(|row| read(row)).collect())
    }

    /// Records taken back by an undo under way.
    pub(crate) fn undone_so_far(&mut self, undoing: RecordId) -> Result<i64> {
        let q = Sql::with(format!("SELECT \"restored\" FROM {} WHERE \"id\" = $1", self.db().table("sys_change_set")), [undoing.to_string()]);
        Ok(self.db().one(&q).or_db()?.as_deref().and_then(|row| row.first()?.as_int()).unwrap_or(0))
    }
    fn load_undoing(&mut self, id: RecordId) -> Result<Option<Undoing>> {
        let q = Sql::with(format!("SELECT \"undoes\", \"progress\", \"restored\", \"skipped\", \"status\", \"by\" FROM {} WHERE \"id\" = $1", self.db().table("sys_change_set")), [id.to_string()]);
        let row = self.db().one(&q).or_db()?.ok_or_else(|| Error::not_found("change set"))?;
        let text = |i: usize| row.get(i).and_then(Val::as_str).unwrap_or("");
        if text(5) != self.me().to_string() {
            return Err(Error::not_found("change set"));
        }
        if text(4) != "running" {
            return Ok(None);
        }
        let progress: Json = serde_json::from_str(text(1)).unwrap_or(Json::Null);
        let number = |key: &str| progress.get(key).and_then(Json::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(0);
        Ok(Some(Undoing {
            id,
            undoes: text(0).parse().map_err(|()| Error::internal("an undoing set knows what it undoes"))?,
            of_import: progress["of_import"] == true,
            own: progress["own"] == true,
            mode: if progress["mode"] == "force" { UndoMode::Force } else { UndoMode::Safe },
            phase: Phase::of(progress["phase"].as_str().unwrap_or("")),
            at: progress["at"].as_i64(),
            within: number("within"),
            restored: row.get(2).and_then(Val::as_int).unwrap_or(0),
            left_out: number("left_out"),
            skipped: serde_json::from_str(text(3)).unwrap_or_default(),
        }))
    }
    fn save_undoing(&mut self, u: &Undoing) -> Result<()> {
        let mode = if u.mode == UndoMode::Force { "force" } else { "safe" };
        let progress =
            json!({"mode": mode, "of_import": u.of_import, "own": u.own, "phase": u.phase.name(), "at": u.at, "within": u.within, "left_out": u.left_out, "scopes": self.ctx().scopes.as_deref()});
        let status = if u.phase == Phase::Done { "done" } else { "running" };
        let mut q = Sql::new(format!("UPDATE {} SET \"status\" = ", self.db().table("sys_change_set")));
        q.arg(status).push(", \"progress\" = ").arg(progress.to_string()).push(", \"restored\" = ").arg(u.restored);
        q.push(", \"counts\" = ").arg(json!({"restored": u.restored, "skipped": u.left_out}).to_string()).push(", \"skipped\" = ").arg(json!(u.skipped).to_string());
        q.push(" WHERE \"id\" = ").arg(u.id.to_string());
        self.db().exec(&q).or_db()?;
        Ok(())
    }

    /// Goes through phases until the step is full.
    fn step(&mut self, u: &mut Undoing) -> Result<()> {
        let started = self.clock_ms();
        let mut room = STEP_RECORDS;
        while u.phase != Phase::Done && room > 0 && self.clock_ms() - started < STEP_MS {
            let took = match u.phase {
                Phase::Changes => self.undo_changes(u, room, started)?,
                Phase::Singles => self.undo_singles(u, room)?,
                Phase::Chunks => self.undo_chunks(u, room)?,
                Phase::Left(_) | Phase::Last => self.undo_left(u, room)?,
                Phase::Fields => self.undo_fields(u)?,
                Phase::Done => 0,
            };
            room = room.saturating_sub(took);
        }
        Ok(())
    }
    /// Takes changes of the set back; how many.
    fn undo_changes(&mut self, u: &mut Undoing, room: usize, started: i64) -> Result<usize> {
        let mut q = Sql::new(format!("SELECT \"seq\", \"object\", \"record\", \"kind\", \"version\" FROM {} WHERE \"kind\" <> 'created' AND \"change_set\" = ", self.db().table("sys_history")));
        q.arg(u.undoes.to_string()).push(" AND \"seq\" < ").arg(u.at.unwrap_or(i64::MAX)).push(&format!(" ORDER BY \"seq\" DESC LIMIT {room}"));
        let rows = self.db().rows(&q).or_db()?;
        let mut took = 0;
        for row in &rows {
            if took > 0 && self.clock_ms() - started >= STEP_MS {
                return Ok(took);
            }
            took += 1;
            let [Val::Int(seq), Val::Text(name), Val::Text(record), Val::Text(kind), Val::Int(version)] = row.as_slice() else { continue };
            u.at = Some(*seq);
            let (Some(object), Ok(record)) = (self.registry().all_objects().find(|o| *o.name == **name).cloned(), record.parse()) else { continue };
            if object.def.system {
                continue; // the engine's own facts follow what they are about
            }
            let done = self.undo_whole(&object, record, |tx| match kind.as_str() {
                "archived" => tx.undo_archive(&object, record, false),
                "restored" => tx.undo_archive(&object, record, true),
                _ => tx.undo_update(&object, record, *version, u),
            })?;
            u.note(done);
        }
        if rows.len() < room {
            u.turn(Phase::Singles);
        }
        Ok(took)
    }
    /// One record, whole or not at all: what is refused there is skipped and listed, and the others come back.
    fn undo_whole(&mut self, object: &Arc<Object>, id: RecordId, f: impl FnOnce(&mut Self) -> Result<Vec<Json>>) -> Result<Vec<Json>> {
        self.begin_part("step")?;
        match f(self) {
            Ok(done) => {
                self.keep_part("step")?;
                Ok(done)
            }
            Err(error) if matches!(error.code, Code::Conflict | Code::Forbidden | Code::Invalid | Code::NotFound) => {
                self.take_back("step")?;
                Ok(Self::skip(object, id, None, &error.detail))
            }
            Err(error) => Err(error),
        }
    }
    fn skip(object: &Object, id: RecordId, field: Option<&str>, why: &str) -> Vec<Json> {
        let mut out = json!({"object": *object.name, "id": id.to_string(), "why": why});
        if let (Some(map), Some(field)) = (out.as_object_mut(), field) {
            map.insert("field".into(), json!(field));
        }
        vec![out]
    }
    /// Whether a change belongs to the set that is being undone, or to the undoing.
    fn is_ours(&self, entry: &Entry, set: RecordId) -> bool {
        let of = |id: RecordId| entry.change_set.as_deref() == Some(id.to_string().as_str());
        of(set) || self.change_set.is_some_and(of)
    }
    fn undo_archive(&mut self, object: &Arc<Object>, id: RecordId, archive: bool) -> Result<Vec<Json>> {
        let Some(record) = self.load(object, id)? else { return Ok(Self::skip(object, id, None, "It is gone.")) };
        if record.is_archived() == archive {
            return Ok(Self::skip(object, id, None, if archive { "It is archived already." } else { "It is not archived any more." }));
        }
        if !self.may(&object.name, id, Action::Delete)? {
            return Ok(Self::skip(object, id, None, "You may not restore this record."));
        }
        let to = if archive { Value::DateTime(self.now_ms()) } else { Value::Null };
        if !archive {
            let mut after = record.clone();
            after.set("archived_at", Value::Null);
            if let Some(objection) = crate::policy::objections(self, &record, after)?.into_iter().next() {
                return Ok(Self::skip(object, id, None, &objection.detail));
            }
        }
        self.set_archived(object, record, to, 1)?;
        Ok(vec![])
    }
    /// Restores, per field, what still has the value the set wrote. Of one's own set all comes back that followed from it;
    /// of somebody else's only what the asker may set.
    fn undo_update(&mut self, object: &Arc<Object>, id: RecordId, version: i64, u: &Undoing) -> Result<Vec<Json>> {
        let (undone, mode) = (u.undoes, u.mode);
        if !self.may(&object.name, id, Action::Update)? {
            return Ok(Self::skip(object, id, None, "You may not change this record."));
        }
        let Some(record) = self.load(object, id)? else { return Ok(Self::skip(object, id, None, "It is gone.")) };
        let entries = self.entries(id, None)?;
        let Some(ours) = entries.iter().find(|e| e.version == version) else { return Ok(Self::skip(object, id, None, "Its history is gone.")) };
        let parse = ParseCtx { currency: self.settings().currency(), lenient: true };
        let (mut set, mut skipped) = (Map::new(), Vec::new());
        for (field_id, old) in &ours.old {
            let Some(field) = object.live_fields().find(|f| f.def.id == *field_id) else { continue };
            // What a later change met is what this one wrote; the newest such value stands in the record.
            let mut later = entries.iter().filter(|e| e.version > version && e.old.contains_key(field_id));
            let foreign = later.clone().any(|e| !self.is_ours(e, undone));
            let wrote = later.next_back().and_then(|e| e.old.get(field_id));
            if foreign && mode == UndoMode::Safe && wrote != Some(&record.get(field.name()).to_json()) {
                skipped.extend(Self::skip(object, id, Some(field.name()), "It was changed since."));
                continue;
            }
            if !u.own && field.writable() && !self.may_set(object, id, field)? {
                skipped.extend(Self::skip(object, id, Some(field.name()), "You may not change this field."));
                continue;
            }
            if field.kind().parse(old, parse).is_ok() {
                set.insert(field.name().to_owned(), old.clone());
            }
        }
        if set.is_empty() {
            return Ok(skipped);
        }
        let mut after = record.clone();
        for (name, old) in &set {
            if let Some(field) = object.field(name) {
                after.set(name, field.kind().parse(old, parse).unwrap_or(Value::Null));
            }
        }
        self.fill_workspace_amounts(&mut after)?;
        let changed = crate::write::changed_fields(&record, &after);
        if changed.is_empty() {
            return Ok(skipped);
        }
        if let Some(objection) = crate::policy::objections(self, &record, after.clone())?.into_iter().next() {
            skipped.extend(Self::skip(object, id, Some(&objection.field), &objection.detail));
            return Ok(skipped);
        }
        let derived = changed.iter().map(|(f, _)| (f.clone(), after.get(f.name()).clone())).collect();
        let change = self.stamp(object, &record, &mut after, ChangeKind::Update, vec![], derived)?;
        self.write_change(&record, &after, change, changed, "updated", "updated")?;
        Ok(skipped)
    }
}
