//! Questions to the log: newest first, by who, when, what kind, and which records were shown.

use super::LOG_KINDS;
use crate::{OrDb, cursor, json::instant, reads::SEARCHED, tx::Tx};
use kernel::{Actor, Error, RecordId, Result};
use serde_json::{Map, Value as Json, json};
use store::{Db, Dialect, Sql, Val};

/// Records that one entry tells.
const RECORDS: usize = 10_000;

#[derive(Clone, Debug, Default)]
pub struct LogQuestion {
    pub kinds: Vec<String>,
    /// Who did it.
    pub by: Option<RecordId>,
    /// The session or token, by its id.
    pub via: Option<String>,
    /// What it is about.
    pub object: Option<String>,
    pub record: Option<String>,
    /// Readings that showed this record.
    pub saw: Option<RecordId>,
    /// Searches for just these words.
    pub searched: Option<String>,
    /// Milliseconds since 1970 UTC: from, and up to before.
    pub from: Option<i64>,
    pub until: Option<i64>,
    /// 1 to 500; 50 if not given.
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

impl Tx<'_> {
    /// `{items:[{entry,kind,at,until?,by,through,via,object,record,detail,private}],next_cursor}`. `private` is what is kept
    /// under a person's key: null once the person is erased.
    ///
    /// # Errors
    /// 403 without the capability `read_log`; 422 for a kind that is none.
    pub fn ask_log(&mut self, asked: &LogQuestion) -> Result<Json> {
        self.may_read_log()?;
        if let Some(kind) = asked.kinds.iter().find(|k| LOG_KINDS.iter().all(|(known, _)| known != k)) {
            let known: Vec<&str> = LOG_KINDS.iter().map(|(known, _)| *known).collect();
            return Err(Error::parameter("kind", "unknown_kind", format!("\"{kind}\" is no kind of entry. There are {}.", known.join(", "))));
        }
        self.saw_log();
        let limit = crate::read::page_limit(asked.limit)?;
        let question = json!(["log", asked.kinds, asked.by, asked.via, asked.object, asked.record, asked.saw, asked.searched, asked.from, asked.until]).to_string();
        let before = match &asked.cursor {
            None => None,
            Some(text) => cursor::open(&self.inner().master_key, &question, self.me(), text)?.as_i64(),
        };
        let hash = asked.searched.as_deref().map(|words| self.search_hash(words));
        let q = question_text(self.db(), asked, hash.as_deref(), before, limit);
        let mut rows = self.db().rows(&q).or_db()?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let last = rows.last().and_then(|row| row.first()?.as_int());
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(wanted) = asked.saw.filter(|_| row.last().and_then(Val::as_blob).is_some_and(|ids| !ids.is_empty())) {
                let within = row.last().and_then(Val::as_blob).is_some_and(|ids| ids.chunks(16).any(|id| id == wanted.as_bytes()));
                if !within {
                    continue;
                }
            }
            items.push(self.log_item(&row)?);
        }
        let next = last.filter(|_| more).map(|last| cursor::seal(&self.inner().master_key, &question, self.me(), &json!(last)));
        Ok(json!({"items": items, "next_cursor": next}))
    }
    /// One entry, with the records that it showed: `records` holds up to 10,000 ids.
    ///
    /// # Errors
    /// 403; 404.
    pub fn log_entry(&mut self, entry: i64) -> Result<Json> {
        self.may_read_log()?;
        let q = Sql::with(format!("SELECT {COLUMNS} FROM {} l WHERE l.\"seq\" = $1", self.db().table("sys_log")), [entry]);
        let row = self.db().one(&q).or_db()?.ok_or_else(|| Error::not_found("entry of that number"))?;
        self.saw_log();
        let mut item = self.log_item(&row)?;
        let q = Sql::with(format!("SELECT \"ids\" FROM {} WHERE \"entry\" = $1 ORDER BY \"block\" LIMIT 40", self.db().table("sys_log_seen")), [entry]);
        let mut ids: Vec<String> = Vec::new();
        for row in self.db().rows(&q).or_db()? {
            let bytes = row.first().and_then(Val::as_blob).unwrap_or_default();
            ids.extend(bytes.chunks_exact(16).filter_map(|id| Some(RecordId::from_bytes(id.try_into().ok()?).to_string())));
        }
        ids.truncate(RECORDS);
        item["records"] = json!(ids);
        Ok(item)
    }
    fn log_item(&mut self, row: &[Val]) -> Result<Json> {
        let text = |i: usize| row.get(i).and_then(Val::as_str);
        let int = |i: usize| row.get(i).and_then(Val::as_int).unwrap_or(0);
        let mut detail: Map<String, Json> = text(8).and_then(|t| serde_json::from_str(t).ok()).unwrap_or_default();
        let until = detail.remove("until").and_then(|ms| ms.as_i64());
        let from = detail.remove("from").and_then(|ms| ms.as_i64());
        let private = match (text(9).and_then(|id| id.parse().ok()), text(10)) {
            (Some(about), Some(sealed)) => self.unseal(about, sealed)?.and_then(|open| serde_json::from_str::<Json>(&open).ok()),
            _ => None,
        };
        let by = match text(2) {
            Some(id) => self.log_author(id),
            None => Json::Null,
        };
        Ok(json!({
            "entry": int(0), "kind": text(5), "at": instant(from.unwrap_or_else(|| int(1))), "until": until.map(instant), "by": by, "through": text(3), "via": text(4),
            "object": text(6), "record": text(7), "detail": detail, "private": private,
        }))
    }
    /// Who reads the log is told who did it, whatever else they may read of colleagues.
    pub(crate) fn log_author(&self, id: &str) -> Json {
        let name = id.parse().ok().and_then(|known: RecordId| match access::actor_of(known) {
            Actor::System(name) => Some(name.to_owned()),
            Actor::User(_) => self.policy().users.get(&known).map(|user| user.name.clone()),
        });
        json!({"id": id, "name": name})
    }
    /// The same words, however written, give the same hash; the hash does not give the words.
    pub(crate) fn search_hash(&self, words: &str) -> String {
        let mut words: Vec<String> = crate::search::words(words);
        words.sort();
        self.keyed_hash("searched", &words.join(" "))
    }
    /// The session or token in whose name this runs, or the door it came through.
    pub(crate) fn via(&self) -> String {
        let ctx = self.ctx();
        match (&ctx.via, ctx.actor) {
            (Some(via), _) => via.to_string(),
            (None, Actor::System(name)) => name.to_owned(),
            (None, Actor::User(_)) => ctx.through.as_str().to_owned(),
        }
    }
}

const COLUMNS: &str = "l.\"seq\", l.\"at\", l.\"by\", l.\"through\", l.\"via\", l.\"kind\", l.\"object\", l.\"record\", l.\"detail\", l.\"subject\", l.\"sealed\"";

fn question_text(db: &mut dyn Db, asked: &LogQuestion, hash: Option<&str>, before: Option<i64>, limit: u32) -> Sql {
    let log = db.table("sys_log");
    let mut q = match asked.saw {
        None => Sql::new(format!("SELECT {COLUMNS} FROM {log} l WHERE 1 = 1")),
        Some(saw) => {
            let id = saw.to_string();
            let mut q = Sql::new(format!("SELECT {COLUMNS}, s.\"ids\" FROM {} s JOIN {log} l ON l.\"seq\" = s.\"entry\" WHERE s.\"last\" >= ", db.table("sys_log_seen")));
            q.arg(id.as_str()).push(" AND s.\"first\" <= ").arg(id.as_str());
            if let Some(object) = &asked.object {
                q.push(" AND s.\"object\" = ").arg(object.as_str());
            }
            // A cheap sieve; where an id lies across two others it lets one through, which is looked at again.
            match db.dialect() {
                Dialect::Sqlite => q.push(" AND instr(s.\"ids\", ").arg(saw.as_bytes().as_slice()).push(") > 0"),
                Dialect::Postgres => q.push(" AND position(").arg(saw.as_bytes().as_slice()).push(" IN s.\"ids\") > 0"),
            };
            q
        }
    };
    if !asked.kinds.is_empty() {
        q.push(" AND l.\"kind\" IN (").list(asked.kinds.iter().map(String::as_str)).push(")");
    }
    let mut is = |column: &str, value: Option<&str>| {
        if let Some(value) = value {
            q.push(" AND l.").ident(column).push(" = ").arg(value);
        }
    };
    is("by", asked.by.map(|id| id.to_string()).as_deref());
    is("object", asked.object.as_deref());
    is("record", asked.record.as_deref().or(hash));
    is("kind", hash.map(|_| SEARCHED));
    if let Some(via) = &asked.via {
        q.push(" AND l.\"via\" IN (").list([format!("session {via}"), format!("token {via}"), via.clone()]).push(")");
    }
    // An entry is written at the end of what it gathers, which can be that much later than the first of it.
    for (sign, at) in [(">=", asked.from), ("<", asked.until)] {
        if let Some(at) = at {
            q.push(" AND l.\"at\" ").push(sign).push(" ").arg(at);
        }
    }
    if let Some(before) = before {
        q.push(" AND l.\"seq\" < ").arg(before);
    }
    q.push(" ORDER BY l.\"seq\" DESC LIMIT ").arg(i64::from(limit) + 1);
    q
}
