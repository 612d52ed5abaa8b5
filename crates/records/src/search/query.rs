//! Asking the index. Candidates come in windows, newest first; each is checked against the asker's rights and against
//! the fields they may read, so that neither a hidden record nor a masked value answers.

use super::{Search, index::field_words, typo, words};
use crate::{OrDb, cursor, tx::Tx};
use access::Action;
use kernel::{Error, RecordId, Result};
use metadata::{Archived, Cond, Object, Path, Query};
use serde_json::{Value as Json, json};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use store::{Dialect, Sql, Val, compile};

/// Candidates that are looked at together: few at first, since the first page of what somebody types is most often among
/// them. The same whatever page is asked for, so that a page follows on from the one before.
const FIRST_WINDOW: u32 = 32;
const WINDOW: u32 = 200;
/// Windows per tier: a question that matches half the base is answered from its newest part.
const MAX_WINDOWS: usize = 50;

/// One word of the question: what the index is asked for.
#[derive(Clone)]
enum Term {
    Exact(String),
    Prefix(String),
    Near(Vec<String>),
}
struct Hit {
    object: Arc<Object>,
    id: RecordId,
    title: Json,
    subtitle: Json,
    matched: Json,
    rank: u8,
}

impl Tx<'_> {
    /// `{"items":[{object,id,title,subtitle,matched}],"next_cursor"}`
    pub fn search(&mut self, search: &Search) -> Result<Json> {
        let limit = usize::try_from(crate::read::page_limit(search.limit)?).unwrap_or(50);
        let objects = self.searchable(&search.objects)?;
        let typed: Vec<String> = words(&search.q).into_iter().take(8).collect();
        let question = json!(["search", typed, search.objects]).to_string();
        let seen: usize = match &search.cursor {
            None => 0,
            Some(text) => cursor::open(&self.inner().master_key, &question, self.me(), text)?.as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(0),
        };
        if typed.is_empty() || objects.is_empty() {
            self.saw_search(&search.q);
            return Ok(json!({"items": [], "next_cursor": null}));
        }
        let want = seen + limit + 1;
        let mut hits: Vec<Hit> = Vec::new();
        let mut known: HashSet<RecordId> = HashSet::new();
        self.search_pending(&objects, &typed, &mut hits, &mut known)?;
        let exact: Vec<Term> = typed.iter().map(|w| Term::Exact(w.clone())).collect();
        let prefix: Vec<Term> = typed.iter().map(|w| Term::Prefix(w.clone())).collect();
        for terms in [exact, prefix] {
            if hits.len() < want {
                self.tier(&objects, &typed, &terms, want, &mut hits, &mut known)?;
            }
        }
        if hits.len() < want && typed.iter().any(|w| typo::allowed(w) > 0) {
            let mut terms = Vec::new();
            for word in &typed {
                let mut near = self.near_words(word)?;
                near.push(word.clone());
                terms.push(Term::Near(near));
            }
            self.tier(&objects, &typed, &terms, want, &mut hits, &mut known)?;
        }
        let next = (hits.len() > seen + limit).then(|| cursor::seal(&self.inner().master_key, &question, self.me(), &json!(seen + limit)));
        let items: Vec<Json> =
            hits.into_iter().skip(seen).take(limit).map(|h| json!({"object": *h.object.name, "id": h.id.to_string(), "title": h.title, "subtitle": h.subtitle, "matched": h.matched})).collect();
        self.saw_search(&search.q);
        self.saw_items(&items, "search");
        Ok(json!({"items": items, "next_cursor": next}))
    }
    fn searchable(&self, names: &[String]) -> Result<Vec<Arc<Object>>> {
        let mut out = Vec::new();
        for name in names {
            if self.registry().object(name).is_none() {
                return Err(Error::field("objects", "unknown_object", format!("\"{name}\" is not an object here.")));
            }
        }
        for object in self.registry().objects() {
            if !object.def.search.is_empty() && (names.is_empty() || names.iter().any(|n| **n == *object.name)) && self.rights().can(object, Action::Read) {
                out.push(object.clone());
            }
        }
        Ok(out)
    }
    /// Records that have changed and are not indexed yet.
    fn search_pending(&mut self, objects: &[Arc<Object>], typed: &[String], hits: &mut Vec<Hit>, known: &mut HashSet<RecordId>) -> Result<()> {
        let q = Sql::new(format!("SELECT \"object\", \"record\" FROM {} ORDER BY \"seq\" DESC LIMIT 5000", self.db().table("sys_search_pending")));
        let rows = self.db().rows(&q).or_db()?;
        let mut by_object: HashMap<String, Vec<RecordId>> = HashMap::new();
        for row in rows {
            if let [Val::Text(object), Val::Text(id)] = row.as_slice()
                && let Ok(id) = id.parse::<RecordId>()
                && known.insert(id)
            {
                by_object.entry(object.clone()).or_default().push(id);
            }
        }
        for object in objects {
            for chunk in by_object.remove(&*object.name).unwrap_or_default().chunks(500) {
                let order: Vec<(Arc<Object>, RecordId)> = chunk.iter().map(|id| (object.clone(), *id)).collect();
                hits.extend(self.confirm(&order, typed)?);
            }
        }
        Ok(())
    }
    fn tier(&mut self, objects: &[Arc<Object>], typed: &[String], terms: &[Term], want: usize, hits: &mut Vec<Hit>, known: &mut HashSet<RecordId>) -> Result<()> {
        let mut below: Option<i64> = None;
        for n in 0..MAX_WINDOWS {
            let window = if n == 0 { FIRST_WINDOW } else { WINDOW };
            let q = self.candidates(objects, terms, below, window);
            let rows = self.db().rows(&q).or_db()?;
            let full = rows.len() >= usize::try_from(window).unwrap_or(usize::MAX);
            let mut fresh = Vec::new();
            for row in rows {
                let [Val::Int(rid), Val::Text(name), Val::Text(id)] = row.as_slice() else { continue };
                below = Some(*rid);
                if let (Some(object), Ok(id)) = (objects.iter().find(|o| *o.name == **name), id.parse::<RecordId>())
                    && known.insert(id)
                {
                    fresh.push((object.clone(), id));
                }
            }
            let mut confirmed = self.confirm(&fresh, typed)?;
            confirmed.sort_by_key(|h| h.rank); // stable: newest first within a rank
            hits.extend(confirmed);
            if !full || hits.len() >= want {
                break;
            }
        }
        Ok(())
    }
    fn candidates(&mut self, objects: &[Arc<Object>], terms: &[Term], below: Option<i64>, window: u32) -> Sql {
        let sqlite = self.db().dialect() == Dialect::Sqlite;
        let quoted: Vec<String> = terms
            .iter()
            .map(|term| match (term, sqlite) {
                (Term::Exact(w), true) => format!("\"{w}\""),
                (Term::Prefix(w), true) => format!("\"{w}\"*"),
                (Term::Near(ws), true) => format!("({})", ws.iter().map(|w| format!("\"{w}\"*")).collect::<Vec<_>>().join(" OR ")),
                (Term::Exact(w), false) => format!("'{w}'"),
                (Term::Prefix(w), false) => format!("'{w}':*"),
                (Term::Near(ws), false) => format!("({})", ws.iter().map(|w| format!("'{w}':*")).collect::<Vec<_>>().join(" | ")),
            })
            .collect();
        let docs = self.db().table("sys_search");
        let mut q = if sqlite {
            let mut q = Sql::new(format!("SELECT s.\"rid\", s.\"object\", s.\"record\" FROM \"sys_search_fts\" f JOIN {docs} s ON s.\"rid\" = f.rowid WHERE f.\"sys_search_fts\" MATCH "));
            q.arg(quoted.join(" AND "));
            if let Some(below) = below {
                q.push(" AND f.rowid < ").arg(below);
            }
            q
        } else {
            // Without an order first: the planner must not walk the key instead of the word index.
            let mut q = Sql::new(format!("WITH s AS MATERIALIZED (SELECT \"rid\", \"object\", \"record\" FROM {docs} WHERE to_tsvector('simple', coalesce(\"text\", '')) @@ to_tsquery('simple', "));
            q.arg(quoted.join(" & ")).push(")) SELECT s.\"rid\", s.\"object\", s.\"record\" FROM s WHERE TRUE");
            if let Some(below) = below {
                q.push(" AND s.\"rid\" < ").arg(below);
            }
            q
        };
        q.push(" AND s.\"object\" IN (").list(objects.iter().map(|o| o.name.to_string())).push(")");
        q.push(if sqlite { " ORDER BY f.rowid DESC" } else { " ORDER BY s.\"rid\" DESC" }).push(&format!(" LIMIT {window}"));
        q
    }
    /// Keeps what the asker may read and what matches in a field they may read; in the given order.
    fn confirm(&mut self, found: &[(Arc<Object>, RecordId)], typed: &[String]) -> Result<Vec<Hit>> {
        let mut by_object: Vec<(Arc<Object>, Vec<RecordId>)> = Vec::new();
        for (object, id) in found {
            match by_object.iter_mut().find(|(o, _)| o.name == object.name) {
                Some((_, ids)) => ids.push(*id),
                None => by_object.push((object.clone(), vec![*id])),
            }
        }
        let mut hits: HashMap<RecordId, Hit> = HashMap::new();
        for (object, ids) in by_object {
            let mut paths: Vec<Path> = Vec::new();
            let title = self.path_of(&object, &object.def.title)?;
            let subtitle = match &object.def.subtitle {
                Some(name) => self.path_of(&object, name)?,
                None => None,
            };
            for name in &object.def.search {
                paths.extend(self.path_of(&object, name)?);
            }
            let searched = paths.len();
            let has_title = title.is_some();
            paths.extend(title);
            paths.extend(subtitle);
            let limit = u32::try_from(ids.len()).unwrap_or(WINDOW);
            let query = Query { object: object.clone(), select: paths, filter: Cond::Ids(ids.into()), sort: vec![], after: None, limit, archived: Archived::Exclude };
            let query = self.rights().authorize_query(query)?;
            let Some(sql) = compile::page(self.db(), &query, limit).valued else { continue };
            let select = &query.get().select;
            self.db()
                .query(&sql, &mut |row| {
                    let mut at = 0;
                    let mut values = Vec::with_capacity(select.len());
                    for path in select {
                        values.push(compile::read(&path.field, row, at));
                        at += compile::width(&path.field);
                    }
                    let Some(id) = row.cell(at).as_str().and_then(|s| s.parse().ok()) else { return Ok(()) };
                    let fields: Vec<(&str, Vec<String>)> = select.iter().zip(&values).take(searched).map(|(p, v)| (p.field.name(), field_words(v))).collect();
                    if let Some((rank, matched)) = matches(typed, &fields) {
                        let json = |i: usize| values.get(i).map_or(Json::Null, metadata::Value::to_json);
                        let (title, subtitle) = if has_title { (json(searched), json(searched + 1)) } else { (Json::Null, json(searched)) };
                        hits.insert(id, Hit { object: object.clone(), id, title, subtitle, matched: json!(matched), rank });
                    }
                    Ok(())
                })
                .or_db()?;
        }
        Ok(found.iter().filter_map(|(_, id)| hits.remove(id)).collect())
    }
}

/// Rank (0: all words exact, 1: all as prefixes, 2: with typos) and the field that matched first. Every word must match.
fn matches(typed: &[String], fields: &[(&str, Vec<String>)]) -> Option<(u8, String)> {
    let mut rank = 0;
    let mut matched = None;
    for word in typed {
        let mut best: Option<(u8, &str)> = None;
        for (name, have) in fields {
            for w in have {
                let score = if w == word {
                    0
                } else if w.starts_with(word.as_str()) {
                    1
                } else if typo::distance(word, w, typo::allowed(word)).is_some() && typo::allowed(word) > 0 {
                    2
                } else {
                    continue;
                };
                if best.is_none_or(|(s, _)| score < s) {
                    best = Some((score, name));
                }
            }
        }
        let (score, name) = best?;
        rank = rank.max(score);
        matched.get_or_insert_with(|| name.to_owned());
    }
    matched.map(|m| (rank, m))
}
