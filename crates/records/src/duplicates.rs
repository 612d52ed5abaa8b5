//! Pairs of records that may be the same, found by a job: kept without values, shown only to who may read both sides.

use crate::{OrDb, cursor, timeline::Paging, tx::Tx, workspace::Workspace};
use access::{Action, FieldAccess};
use kernel::{Error, RecordId, Result};
use metadata::Object;
use serde_json::{Map, Value as Json, json};
use std::{collections::HashSet, sync::Arc};
use store::{Sql, Val};

mod searches;
pub(crate) use searches::Searches;
pub use searches::{Extent, Searched};

/// Two records that may be the same, and why.
#[derive(Clone, Debug)]
pub struct Pair {
    pub a: RecordId,
    pub b: RecordId,
    pub probability: f64,
    pub clues: Vec<Clue>,
}
/// What one field says, without its values.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Clue {
    pub field: String,
    pub says: String,
    /// Bits: each doubles the odds.
    pub weight: f64,
}

/// What finds duplicates: the centre's.
#[derive(Clone, Copy)]
pub struct Matcher {
    pub objects: &'static [&'static str],
    /// Live records that the asker may read and that may be the same as these values; the record of that id is left out.
    pub like: fn(&mut Tx, &str, Option<RecordId>, &Map<String, Json>) -> Result<Vec<Pair>>,
    /// Looks through all records of an object; how many pairs were found. Blocking, for minutes with a million records.
    pub scan: fn(&Workspace, &str) -> Result<usize>,
}

/// Rows looked at for a page, so that a reader of few records waits no longer than one of all.
const LOOK: usize = 500;

impl Tx<'_> {
    pub fn matcher(&self, object: &str) -> Result<Matcher> {
        self.catalogue().matcher_of(object)
    }
    /// Whether the asker may have all records of an object searched: who merges them, or makes mass changes.
    ///
    /// # Errors
    /// 404, 403.
    pub fn may_search_duplicates(&self, object: &str) -> Result<()> {
        self.matcher(object)?;
        let known = self.readable_object(object)?;
        if self.rights().capability("mass_change") || self.rights().can(&known, Action::Delete) {
            return Ok(());
        }
        Err(Error::forbidden("Looking through all records is for who merges them. Ask the data steward."))
    }
    /// Pairs that somebody has said are two.
    fn decided(&mut self, pairs: &[Pair]) -> Result<HashSet<(RecordId, RecordId)>> {
        let mut q = Sql::new(format!("SELECT \"a\", \"b\" FROM {} WHERE \"state\" = 'distinct' AND \"a\" IN (", self.db().table("sys_duplicate")));
        q.list(pairs.iter().map(|p| ordered(p.a, p.b).0.to_string())).push(")");
        let rows = self.db().rows(&q).or_db()?;
        Ok(rows.iter().filter_map(|row| Some((row.first()?.as_str()?.parse().ok()?, row.get(1)?.as_str()?.parse().ok()?))).collect())
    }
    /// The queue of an object, the surest first: pairs whose both sides the asker may read, live, and not yet decided.
    ///
    /// # Errors
    /// 404, 403 for an object that is not searched or not readable; 400 for a cursor of another question.
    pub fn duplicates(&mut self, object: &str, paging: &Paging) -> Result<Json> {
        self.matcher(object)?;
        let object = self.readable_object(object)?;
        let limit = usize::try_from(crate::read::page_limit(paging.limit)?).unwrap_or(50);
        let question = format!("duplicates {}", object.name);
        let mut after = match &paging.cursor {
            None => None,
            Some(text) => {
                let place = cursor::open(&self.inner().master_key, &question, self.me(), text)?;
                Some((place[0].as_i64().unwrap_or(0), place[1].as_str().unwrap_or("").to_owned()))
            }
        };
        let (mut items, mut told) = (Vec::new(), Vec::new());
        let mut more = true;
        while more && items.len() < limit {
            let mut q = Sql::new(format!("SELECT \"id\", \"a\", \"b\", \"rank\", \"clues\" FROM {} WHERE \"state\" = 'open' AND \"object\" = ", self.db().table("sys_duplicate")));
            q.arg(&*object.name);
            if let Some((rank, id)) = &after {
                q.push(" AND (\"rank\" < ").arg(*rank).push(" OR \"rank\" = ").arg(*rank).push(" AND \"id\" > ").arg(id.as_str()).push(")");
            }
            q.push(&format!(" ORDER BY \"rank\" DESC, \"id\" LIMIT {LOOK}"));
            let rows = self.db().rows(&q).or_db()?;
            more = rows.len() == LOOK;
            let kept: Vec<Kept> = rows.iter().filter_map(|row| Kept::read(row)).collect();
            let seen = self.live_and_readable(&object, &kept)?;
            for (i, pair) in kept.iter().enumerate() {
                after = Some((pair.rank, pair.id.clone()));
                if seen.contains(&pair.a)
                    && seen.contains(&pair.b)
                    && let Some(shown) = self.shown(&object, pair)?
                {
                    items.push(shown);
                    told.extend([pair.a, pair.b]);
                }
                if items.len() == limit {
                    more |= i + 1 < kept.len();
                    break;
                }
            }
        }
        self.saw(&object.name, || "duplicates".into(), told);
        let next = after.filter(|_| more).map(|(rank, id)| cursor::seal(&self.inner().master_key, &question, self.me(), &json!([rank, id])));
        Ok(json!({"items": items, "next_cursor": next}))
    }
    fn live_and_readable(&mut self, object: &Arc<Object>, pairs: &[Kept]) -> Result<HashSet<RecordId>> {
        let ids: Vec<RecordId> = pairs.iter().flat_map(|p| [p.a, p.b]).collect::<HashSet<_>>().into_iter().collect();
        let readable = self.allowed(object, &ids, Action::Read)?;
        let ids: Vec<RecordId> = readable.into_iter().collect();
        let mut live = HashSet::new();
        for chunk in ids.chunks(500) {
            let mut q = Sql::new(format!("SELECT \"id\" FROM {} WHERE \"archived_at\" IS NULL AND \"id\" IN (", self.db().table(&object.name)));
            q.list(chunk.iter().map(ToString::to_string)).push(")");
            live.extend(self.db().rows(&q).or_db()?.iter().filter_map(|row| row.first()?.as_str()?.parse::<RecordId>().ok()));
        }
        Ok(live)
    }
    /// A pair as the asker may see it. Clues of fields that are masked are left out, and with them the figure that they made;
    /// where nothing speaks for it any more there is no pair.
    fn shown(&mut self, object: &Arc<Object>, pair: &Kept) -> Result<Option<Json>> {
        let all = pair.clues.len();
        let withheld = [self.withheld_fields(object, pair.a)?, self.withheld_fields(object, pair.b)?];
        let readable = |tx: &Self, name: &str| {
            let seen = object.field(name).is_some_and(|f| matches!(tx.rights().field(object, f), FieldAccess::Read | FieldAccess::Write));
            seen && !withheld.iter().any(|w| w.contains(name))
        };
        let clues: Vec<&Clue> = pair.clues.iter().filter(|c| readable(self, &c.field)).collect();
        if clues.len() < all && !clues.iter().any(|c| c.weight > 5.0) {
            return Ok(None);
        }
        let side = |id: RecordId| json!({"id": id.to_string()});
        let probability = (clues.len() == all).then(|| probability(pair.rank));
        Ok(Some(json!({"object": *object.name, "left": side(pair.a), "right": side(pair.b), "probability": probability, "evidence": clues})))
    }
    /// What may be the same as a record: found by the last search, or now; and what was merged into it.
    ///
    /// # Errors
    /// 404.
    pub fn duplicates_of(&mut self, object: &str, id: RecordId) -> Result<Json> {
        let matcher = self.matcher(object)?;
        let object = self.object(object)?;
        let record = self.readable_record(&object, id)?;
        let merges = self.merges_into(&object.name, id)?;
        if record.is_archived() {
            return Ok(json!({"items": [], "merges": merges}));
        }
        let values: Map<String, Json> = serde_json::from_slice(&self.get(&object.name, id, &crate::Get::default())?.json).map_err(|_| Error::internal("a record is an object"))?;
        let mut pairs: Vec<Kept> = (matcher.like)(self, &object.name, Some(id), &values)?.iter().map(Kept::of).collect();
        let mut q = Sql::new(format!("SELECT \"id\", \"a\", \"b\", \"rank\", \"clues\" FROM {} WHERE \"state\" = 'open' AND (\"a\" = ", self.db().table("sys_duplicate")));
        q.arg(id.to_string()).push(" OR \"b\" = ").arg(id.to_string()).push(") ORDER BY \"rank\" DESC LIMIT 50");
        let known: HashSet<(RecordId, RecordId)> = pairs.iter().map(|p| (p.a, p.b)).collect();
        pairs.extend(self.db().rows(&q).or_db()?.iter().filter_map(|row| Kept::read(row)).filter(|p| !known.contains(&(p.a, p.b))));
        let decided = self.decided(&pairs.iter().map(|p| Pair { a: p.a, b: p.b, probability: 0.0, clues: vec![] }).collect::<Vec<_>>())?;
        let seen = self.live_and_readable(&object, &pairs)?;
        pairs.retain(|p| seen.contains(&p.a) && seen.contains(&p.b) && !decided.contains(&(p.a, p.b)));
        pairs.sort_by_key(|p| std::cmp::Reverse(p.rank));
        let mut items = Vec::new();
        for pair in &pairs {
            items.extend(self.shown_beside(&object, id, pair)?);
        }
        Ok(json!({"items": items, "merges": merges}))
    }
    /// `{id,title,probability,evidence}` of the other side.
    fn shown_beside(&mut self, object: &Arc<Object>, id: RecordId, pair: &Kept) -> Result<Option<Json>> {
        let Some(mut shown) = self.shown(object, pair)? else { return Ok(None) };
        let other = if pair.a == id { pair.b } else { pair.a };
        let title = self.title_seen(object, other)?;
        if let Some(map) = shown.as_object_mut() {
            map.remove("left");
            map.remove("right");
            map.insert("id".into(), json!(other.to_string()));
            map.insert("title".into(), title);
        }
        Ok(Some(shown))
    }
    fn title_seen(&mut self, object: &Arc<Object>, id: RecordId) -> Result<Json> {
        let get = crate::Get { fields: Some(vec![object.def.title.clone()]), ..crate::Get::default() };
        let one = self.get(&object.name, id, &get)?;
        let json: Json = serde_json::from_slice(&one.json).unwrap_or(Json::Null);
        Ok(json.get(&object.def.title).cloned().unwrap_or(Json::Null))
    }
    /// What values that are not saved yet look like: among what the asker may read.
    ///
    /// # Errors
    /// 404, 403.
    pub fn looks_like(&mut self, object: &str, values: &Map<String, Json>) -> Result<Json> {
        let matcher = self.matcher(object)?;
        let object = self.readable_object(object)?;
        let nobody = RecordId::fixed(0);
        let mut items = Vec::new();
        for pair in (matcher.like)(self, &object.name, None, values)? {
            let kept = Kept::of(&pair);
            if let Some(shown) = self.shown_beside(&object, nobody, &Kept { a: kept.a.max(kept.b), b: kept.a.max(kept.b), ..kept })? {
                items.push(shown);
            }
        }
        Ok(json!({"items": items}))
    }
    /// Remembers that two records are two, or forgets it again.
    ///
    /// # Errors
    /// 404 for what the asker may not see; 403 without the right to change both.
    pub fn set_distinct(&mut self, object: &str, id: RecordId, other: RecordId, distinct: bool) -> Result<()> {
        self.must_write()?;
        self.matcher(object)?;
        let object = self.object(object)?;
        self.readable_record(&object, id)?;
        self.readable_record(&object, other).map_err(|_| Error::field("other", "unknown_reference", "The other record is not here, or you may not see it."))?;
        if id == other {
            return Err(Error::field("other", "same_record", "A record is not compared with itself. Name the other one."));
        }
        for side in [id, other] {
            if !self.may(&object.name, side, Action::Update)? {
                return Err(Error::forbidden("You may read both, but not change both. Ask the data steward."));
            }
        }
        let (a, b) = ordered(id, other);
        let (state, me, now) = (if distinct { "distinct" } else { "open" }, self.me().to_string(), self.now_ms());
        let mut q = Sql::new(format!("UPDATE {} SET \"state\" = ", self.db().table("sys_duplicate")));
        q.arg(state).push(", \"by\" = ").arg(me.as_str()).push(", \"at\" = ").arg(now).push(" WHERE \"a\" = ").arg(a.to_string()).push(" AND \"b\" = ").arg(b.to_string());
        if self.db().exec(&q).or_db()? == 0 && distinct {
            let mut q = Sql::new(format!("INSERT INTO {} (\"id\", \"object\", \"a\", \"b\", \"rank\", \"clues\", \"state\", \"by\", \"at\") VALUES (", self.db().table("sys_duplicate")));
            q.list([
                Val::from(self.new_id().to_string()),
                Val::from(&*object.name),
                Val::from(a.to_string()),
                Val::from(b.to_string()),
                Val::Int(0),
                Val::from("[]"),
                Val::from(state),
                Val::from(me),
                Val::Int(now),
            ])
            .push(")");
            self.db().exec(&q).or_db()?;
        }
        Ok(())
    }
}

/// A pair as it is kept.
struct Kept {
    id: String,
    a: RecordId,
    b: RecordId,
    rank: i64,
    clues: Vec<Clue>,
}
impl Kept {
    fn read(row: &[Val]) -> Option<Kept> {
        let text = |i: usize| row.get(i)?.as_str();
        Some(Kept { id: text(0)?.to_owned(), a: text(1)?.parse().ok()?, b: text(2)?.parse().ok()?, rank: row.get(3)?.as_int()?, clues: serde_json::from_str(text(4)?).unwrap_or_default() })
    }
    fn of(pair: &Pair) -> Kept {
        let (a, b) = ordered(pair.a, pair.b);
        Kept { id: String::new(), a, b, rank: rank(pair.probability), clues: pair.clues.clone() }
    }
}
fn ordered(a: RecordId, b: RecordId) -> (RecordId, RecordId) {
    (a.min(b), a.max(b))
}
/// Probability in parts of a million.
#[expect(clippy::cast_possible_truncation, reason = "between 0 and a million")]
fn rank(probability: f64) -> i64 {
    (probability.clamp(0.0, 1.0) * 1e6).round() as i64
}
#[expect(clippy::cast_precision_loss, reason = "between 0 and a million")]
fn probability(rank: i64) -> f64 {
    rank as f64 / 1e6
}
