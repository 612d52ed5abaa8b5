//! Overrides: a manager's own number beside what is calculated. It replaces what rolls up from one of their people.

use super::{
    asked::Asked,
    now,
    people::People,
    quota::{first_day, home_currency},
    rows::{id, minor, rows, text},
    sums::{Columns, amount},
};
use kernel::{Money, RecordId, Result};
use metadata::Value;
use records::{Draft, Find, Params, Tx};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

/// An override is the manager's of that person, one for each period and column, and keeps what was calculated then.
pub(crate) fn before(tx: &mut Tx, draft: &mut Draft) -> Result<()> {
    let period = first_day(tx, draft)?;
    home_currency(tx, draft);
    let Some(person) = draft.after.reference("person") else { return Ok(()) };
    if draft.get("owner").is_null() || draft.changed("owner") || draft.changed("person") {
        let users = tx.object("user")?;
        let manager = tx.as_system("jobs", |tx| tx.load(&users, person))?.and_then(|user| user.reference("manager"));
        if draft.get("owner").is_null() {
            draft.set("owner", manager.map_or(Value::Null, Value::Ref));
        }
        // Who sees all may note it for the manager; others judge in their own name.
        let own = manager == Some(tx.me()) || tx.reads_every("forecast_override")?;
        if manager.is_none() || draft.after.reference("owner") != manager || !own {
            draft.refuse("person", "not_your_report", "An override is made by the person's own manager. Choose somebody who reports to you.");
        }
    }
    let Some(period) = period else { return Ok(()) };
    only_one(tx, draft, person)?;
    if draft.is_new() || ["amount", "person", "period_start", "period_kind", "column"].iter().any(|field| draft.changed(field)) {
        let params = Params::from([("period".to_owned(), period.start.to_string()), ("by".to_owned(), period.kind.word().to_owned())]);
        let asked = Asked::read(tx, &params)?;
        let columns = below(tx, &asked, person)?;
        let minor = if draft.after.text("column") == "commit" { columns.commit().minor } else { columns.best_case().minor };
        let money = i64::try_from(minor).ok().map(|minor| Money { minor, currency: asked.home });
        draft.set("calculated", money.map_or(Value::Null, |money| Value::Money { money, workspace: Some(money.minor) }));
    }
    Ok(())
}
/// What the deals of a person and of everybody below come to, as far as the asker may read them.
fn below(tx: &mut Tx, asked: &Asked, person: RecordId) -> Result<Columns> {
    let below = People::read(tx)?.below(person);
    let mut out = Columns::default();
    for (owner, columns) in now::columns(tx, asked)?.by_owner {
        if owner.is_some_and(|owner| below.contains(&owner)) {
            out.add(&columns);
        }
    }
    Ok(out)
}
fn only_one(tx: &mut Tx, draft: &mut Draft, person: RecordId) -> Result<()> {
    let same = json!({"and": [
        {"field": "person", "op": "eq", "value": person.to_string()},
        {"field": "owner", "op": "eq", "value": draft.get("owner").to_json()},
        {"field": "period_kind", "op": "eq", "value": draft.get("period_kind").to_json()},
        {"field": "period_start", "op": "eq", "value": draft.get("period_start").to_json()},
        {"field": "column", "op": "eq", "value": draft.get("column").to_json()},
    ]});
    let there = tx.as_system("jobs", |tx| tx.ids("forecast_override", &same, 2))?;
    if there.iter().any(|other| *other != draft.id) {
        draft.refuse("column", "value_taken", "There is an override of this column for this person and period already. Change that one.");
    }
    Ok(())
}

pub(crate) struct Judged {
    record: RecordId,
    by: Option<RecordId>,
    pub(crate) minor: i128,
    calculated: Option<i128>,
    reason: String,
}
/// Overrides of a period that the asker may read, by person and column.
pub(crate) type Judgements = HashMap<(RecordId, String), Judged>;

pub(crate) fn judgements(tx: &mut Tx, asked: &Asked) -> Result<Judgements> {
    // They judge the whole of a person's deals of a period, as it is now.
    if !tx.reads_any("forecast_override")? || asked.as_of.is_some() || asked.teams.is_some() || asked.pipeline.is_some() {
        return Ok(HashMap::new());
    }
    let filter = json!({"and": [
        {"field": "period_start", "op": "eq", "value": asked.period.start.to_string()},
        {"field": "period_kind", "op": "eq", "value": asked.period.kind.word()},
    ]});
    let find = Find { object: "forecast_override".into(), ..Find::default() };
    let mut out = HashMap::new();
    for row in rows(tx, &find, &filter, &["person", "owner", "column", "amount", "calculated", "reason"])? {
        let number = |field: &str| row.get(field).and_then(|value| minor(value, asked.home)).map(i128::from);
        if let (Some(record), Some(person), Some(column), Some(value)) = (id(&row, "id"), id(&row, "person"), text(&row, "column"), number("amount")) {
            let judged = Judged { record, by: id(&row, "owner"), minor: value, calculated: number("calculated"), reason: text(&row, "reason").unwrap_or("").to_owned() };
            out.insert((person, column.to_owned()), judged);
        }
    }
    Ok(out)
}
impl Judged {
    /// Only the manager of today judges.
    pub(crate) fn holds(&self, people: &People, person: RecordId) -> bool {
        self.by.is_some() && people.get(person).and_then(|p| p.manager) == self.by
    }
    /// `now` is what the deals come to now.
    pub(crate) fn json(&self, people: &People, now: i128, asked: &Asked) -> Json {
        json!({
            "id": self.record.to_string(),
            "amount": amount(self.minor, asked.home),
            "by": self.by.map(|by| json!({"id": by.to_string(), "name": people.name(by)})),
            "reason": self.reason,
            "calculated_then": self.calculated.map(|minor| amount(minor, asked.home)),
            "stale": self.calculated != Some(now),
        })
    }
}
