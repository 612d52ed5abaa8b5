//! What leaves the building. An exit reads under its permit: people whose data may not be used are not there, and which
//! records were handed out is noted, for the disclosure that every exit writes. Who may be used for what, and how a
//! disclosure looks, the privacy part decides; it hands its decisions in as a [`Gate`], so that exits below it can ask.

use crate::{LogEntry, OrDb, record::Record, timeline::Paging, tx::Tx};
use access::{Exit, Permit};
use hmac::{Hmac, KeyInit, Mac};
use kernel::{Actor, Error, RecordId, Result};
use serde_json::{Map, Value as Json};
use sha2::Sha256;
use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};
use store::Sql;

/// Decisions of the privacy part.
#[derive(Clone, Copy)]
pub struct Gate {
    /// Which of these people may be used for a purpose (its code or id), over a channel where one is meant.
    pub allowed: fn(&mut Tx, purpose: &str, channel: Option<&str>, object: &str, ids: &[RecordId]) -> Result<HashSet<RecordId>>,
    /// Writes down what has left.
    pub disclose: fn(&mut Tx, &Disclosed) -> Result<()>,
    /// May one call, may one write, may one send marketing: for a record that the asker has been shown.
    pub permissions: fn(&mut Tx, object: &str, id: RecordId) -> Result<Json>,
    /// What of a person has left, to whom and why.
    pub disclosures: fn(&mut Tx, object: &str, id: RecordId, &Paging) -> Result<Json>,
    /// What erasing a person would take and what the law keeps, or how far an erasure is.
    pub erasure: fn(&mut Tx, object: &str, id: RecordId) -> Result<Json>,
    /// Erases a person; `{id,status}`.
    pub erase: fn(&mut Tx, object: &str, id: RecordId) -> Result<Json>,
    /// All that is kept about a person, for the person.
    pub copy: fn(&mut Tx, object: &str, id: RecordId) -> Result<Json>,
    /// An address that must not be used any more, kept as a keyed hash.
    pub suppress: fn(&mut Tx, &Map<String, Json>) -> Result<Json>,
}

/// Records of one object that were handed out together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub object: Arc<str>,
    /// Names with commas between; `figures`, `history`, `access` where those were shown.
    pub fields: String,
    pub ids: Vec<RecordId>,
}

/// A leaving, as it is written down. Never values.
#[derive(Clone, Debug)]
pub struct Disclosed {
    /// Milliseconds since 1970 UTC: when, and of what was gathered over a time also the end.
    pub at: i64,
    pub until: Option<i64>,
    pub by: RecordId,
    pub via: Exit,
    pub recipient: String,
    /// Code or id.
    pub purpose: Option<String>,
    pub object: Option<String>,
    pub fields: BTreeSet<String>,
    /// Records, each as often as it was handed out.
    pub count: i64,
    /// SHA-256 of what was handed out, where it is one thing.
    pub hash: Option<String>,
    /// People by the object that holds them: contact, account, lead.
    pub subjects: Subjects,
}
impl Disclosed {
    /// What leaves under a permit, still without its contents.
    pub fn under(permit: &Permit, recipient: impl Into<String>) -> Disclosed {
        Disclosed {
            at: permit.at_ms(),
            until: None,
            by: match permit.actor() {
                Actor::User(id) => id,
                Actor::System(name) => access::system_user(name),
            },
            via: permit.exit(),
            recipient: recipient.into(),
            purpose: None,
            object: permit.object().map(str::to_owned),
            fields: BTreeSet::new(),
            count: 0,
            hash: None,
            subjects: Subjects::new(),
        }
    }
}
pub type Subjects = BTreeMap<&'static str, BTreeSet<RecordId>>;
const PARTIES: [&str; 3] = ["contact", "account", "lead"];

impl Tx<'_> {
    /// # Errors
    /// 500 in a build without a privacy part: nothing leaves there.
    pub fn gate(&self) -> Result<Gate> {
        self.catalogue().gate().ok_or_else(|| Error::internal("This build has no privacy part; nothing may leave it."))
    }
    /// Reads under a permit: answers also which records were handed out.
    pub fn under<T>(&mut self, permit: &Permit, f: impl FnOnce(&mut Self) -> Result<T>) -> Result<(T, Vec<Seen>)> {
        self.may_go_on_reading()?;
        tracing::trace!(permit = %permit.id(), exit = permit.exit().as_str(), "reading under a permit");
        let rights = if self.keeps_people_back() { self.rights().leaving() } else { self.rights().clone() };
        let (had_rights, had_seen) = (self.swap_rights(rights), self.seen.replace(Vec::new()));
        let out = f(self);
        self.swap_rights(had_rights);
        let seen = std::mem::replace(&mut self.seen, had_seen).unwrap_or_default();
        Ok((out?, seen))
    }
    /// Whether records about people whose data may not be used are kept from exits at this moment.
    pub fn keeps_people_back(&self) -> bool {
        !self.policy().restricted.is_empty()
    }
    /// Notes what an answer shows, while an exit reads.
    pub(crate) fn saw(&mut self, object: &Arc<str>, fields: impl FnOnce() -> String, ids: impl IntoIterator<Item = RecordId>) {
        if let Some(seen) = &mut self.seen {
            let ids: Vec<RecordId> = ids.into_iter().collect();
            if !ids.is_empty() {
                seen.push(Seen { object: object.clone(), fields: fields(), ids });
            }
        }
    }
    /// Notes items `{object,id,...}` of several objects.
    pub(crate) fn saw_items(&mut self, items: &[Json], shown_in: &str) {
        let Some(seen) = &mut self.seen else { return };
        let mut by_object: BTreeMap<&str, Vec<RecordId>> = BTreeMap::new();
        for item in items {
            let text = |key: &str| item.get(key).and_then(Json::as_str).unwrap_or_default();
            if let Ok(id) = text("id").parse() {
                by_object.entry(text("object")).or_default().push(id);
            }
        }
        seen.extend(by_object.into_iter().map(|(object, ids)| Seen { object: object.into(), fields: shown_in.to_owned(), ids }));
    }
    /// Notes that somebody searched, found or not: the words as a keyed hash.
    pub(crate) fn saw_search(&mut self, words: &str) {
        if self.seen.is_some() {
            let hash = self.search_hash(words);
            self.seen.get_or_insert_default().push(Seen { object: crate::reads::SEARCHED.into(), fields: hash, ids: vec![] });
        }
    }
    /// That somebody read the log is in the log, too.
    pub(crate) fn saw_log(&mut self) {
        if let Some(seen) = &mut self.seen {
            seen.push(Seen { object: crate::reads::LOG.into(), fields: String::new(), ids: vec![] });
        }
    }
    /// Notes that figures over an object were handed out.
    pub(crate) fn saw_figures(&mut self, object: &Arc<str>) {
        if let Some(seen) = &mut self.seen {
            seen.push(Seen { object: object.clone(), fields: "figures".into(), ids: vec![] });
        }
    }
    /// The people that records are about: those that are people themselves, and those that their rows name.
    pub fn subjects(&mut self, object: &str, ids: &[RecordId]) -> Result<Subjects> {
        let mut out = Subjects::new();
        let Some(object) = self.registry().object(object).cloned() else { return Ok(out) };
        if let Some(party) = PARTIES.iter().find(|p| ***p == *object.name) {
            out.insert(party, ids.iter().copied().collect());
            return Ok(out);
        }
        let people: Vec<_> = object.person_fields().into_iter().cloned().collect();
        if people.is_empty() {
            return Ok(out);
        }
        for chunk in ids.chunks(500) {
            for record in self.load_many(&object, chunk)? {
                for (party, id) in people.iter().filter_map(|field| party_of(&record, field)) {
                    out.entry(party).or_default().insert(id);
                }
            }
        }
        Ok(out)
    }
    /// Writes down what has left.
    pub fn disclose(&mut self, what: &Disclosed) -> Result<()> {
        let gate = self.gate()?;
        if what.via != Exit::IntegrationRead {
            let people: usize = what.subjects.values().map(BTreeSet::len).sum();
            let entry = LogEntry::new("disclosure").by(what.by).detail("via", what.via.as_str()).detail("recipient", what.recipient.as_str()).detail("count", what.count).detail("people", people);
            let entry = entry.detail("hash", what.hash.clone()).detail("purpose", what.purpose.clone());
            self.log(match &what.object {
                Some(object) => entry.object(object),
                None => entry,
            })?;
        }
        self.as_system("jobs", |tx| (gate.disclose)(tx, what))
    }
    /// HMAC-SHA-256 of a text under the workspace's key, in hexadecimal: the same text is known again, but not read.
    pub fn keyed_hash(&self, what_for: &str, text: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.inner().master_key.expose()).expect("a MAC takes a key of any length");
        for part in [b"keyed hash".as_slice(), what_for.as_bytes(), text.as_bytes()] {
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
    }
    /// People of a large disclosure lie in blocks of sorted ids, 16 bytes each, found by their first and last one.
    pub fn pack_subjects(&mut self, disclosure: RecordId, party: &str, ids: &BTreeSet<RecordId>) -> Result<()> {
        let ids: Vec<RecordId> = ids.iter().copied().collect();
        for block in ids.chunks(256) {
            let (Some(first), Some(last)) = (block.first(), block.last()) else { continue };
            let bytes: Vec<u8> = block.iter().flat_map(|id| *id.as_bytes()).collect();
            let mut q = Sql::new(format!("INSERT INTO {} (\"disclosure\", \"party\", \"first\", \"last\", \"ids\") VALUES (", self.db().table("sys_disclosed")));
            q.arg(disclosure.to_string()).push(", ").arg(party).push(", ").arg(first.to_string()).push(", ").arg(last.to_string()).push(", ").arg(bytes).push(")");
            self.db().exec(&q).or_db()?;
        }
        Ok(())
    }
    /// Large disclosures that a person is part of.
    pub fn packed_disclosures(&mut self, party: &str, id: RecordId) -> Result<Vec<RecordId>> {
        let id_text = id.to_string();
        let mut q = Sql::new(format!("SELECT \"disclosure\", \"ids\" FROM {} WHERE \"party\" = ", self.db().table("sys_disclosed")));
        q.arg(party).push(" AND \"first\" <= ").arg(id_text.as_str()).push(" AND \"last\" >= ").arg(id_text.as_str());
        let mut out = Vec::new();
        for row in self.db().rows(&q).or_db()? {
            if let [store::Val::Text(disclosure), store::Val::Blob(ids)] = row.as_slice()
                && ids.chunks(16).any(|part| part == id.as_bytes())
            {
                out.extend(disclosure.parse::<RecordId>().ok());
            }
        }
        Ok(out)
    }
}

fn party_of(record: &Record, field: &metadata::Field) -> Option<(&'static str, RecordId)> {
    match record.get(field.name()) {
        metadata::Value::AnyRef(any) => Some((PARTIES.iter().find(|p| **p == any.object)?, any.id)),
        metadata::Value::Ref(id) => Some((PARTIES.iter().find(|p| Some(**p) == field.kind().target())?, *id)),
        _ => None,
    }
}
