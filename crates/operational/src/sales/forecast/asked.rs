//! What was asked: period, team, pipeline, instant.

use super::{
    period::{Kind, Period},
    rows::rows,
};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use kernel::{Currency, Error, RecordId, Result};
use records::{Find, Params, Tx};
use serde_json::{Value as Json, json};
use std::collections::{HashMap, HashSet};

pub(crate) struct Asked {
    pub(crate) period: Period,
    /// The day on which it is asked, or as of which: what closes from this day on is still open.
    pub(crate) today: Date,
    /// The instant before which all counts; none for now.
    pub(crate) as_of: Option<i64>,
    pub(crate) team: Option<RecordId>,
    /// That team and those below it.
    pub(crate) teams: Option<HashSet<RecordId>>,
    pub(crate) pipeline: Option<String>,
    pub(crate) home: Currency,
    pub(crate) zone: TimeZone,
}
impl Asked {
    /// # Errors
    /// 400 for a parameter that cannot be read, 404 for a team that is not there, 403 for who sees totals of groups only.
    pub(crate) fn read(tx: &mut Tx, params: &Params) -> Result<Asked> {
        let deals = tx.object("opportunity")?;
        if tx.rights().min_group(&deals).is_some() {
            return Err(Error::forbidden("Your role sees totals of groups only. A forecast names the numbers of single people."));
        }
        let zone = tx.settings().zone();
        let as_of = day(params, "as_of")?.map(|day| start_of(day, &zone)).transpose()?.filter(|at| *at < tx.now_ms());
        let today = day_of(as_of.unwrap_or(tx.now_ms()), &zone);
        let kind = params.get("by").map_or(Some(Kind::Quarter), |word| Kind::parse(word));
        let kind = kind.ok_or_else(|| Error::parameter("by", "bad_parameter", "by is month, quarter or year."))?;
        let period = Period::of(day(params, "period")?.unwrap_or(today), kind, tx.settings().fiscal_start)?;
        let pipeline = params.get("pipeline").map(|id| id.parse::<RecordId>().map(|id| id.to_string()).map_err(|()| Error::not_found("pipeline"))).transpose()?;
        let team = params.get("team").map(|id| id.parse::<RecordId>().map_err(|()| Error::not_found("team"))).transpose()?;
        let teams = team.map(|team| below(tx, team)).transpose()?;
        Ok(Asked { period, today, as_of, team, teams, pipeline, home: tx.settings().currency(), zone })
    }
    /// Conditions that hold for every deal asked about.
    pub(crate) fn narrowed(&self, conditions: Vec<Json>) -> Json {
        let mut all = conditions;
        if let Some(teams) = &self.teams {
            let mut ids: Vec<String> = teams.iter().map(ToString::to_string).collect();
            ids.sort_unstable();
            all.push(json!({"field": "team", "op": "in", "value": ids}));
        }
        if let Some(pipeline) = &self.pipeline {
            all.push(json!({"field": "pipeline", "op": "eq", "value": pipeline}));
        }
        json!({"and": all})
    }
    /// The instant at which a day begins in the reporting zone, as conditions write it.
    pub(crate) fn instant(&self, day: Date) -> Result<Json> {
        Ok(json!(Timestamp::from_millisecond(start_of(day, &self.zone)?).map_err(|_| beyond())?.to_string()))
    }
    pub(crate) fn after_end(&self) -> Result<Date> {
        self.period.end.checked_add(1.day()).map_err(|_| beyond())
    }
}
fn beyond() -> Error {
    Error::parameter("period", "bad_parameter", "The day lies beyond the calendar. Choose a day of this age.")
}
/// A day of a parameter; an instant counts by its first ten characters.
pub(crate) fn day(params: &Params, name: &str) -> Result<Option<Date>> {
    let Some(text) = params.get(name) else { return Ok(None) };
    text.parse::<Date>().map(Some).map_err(|_| Error::parameter(name, "bad_parameter", format!("{name} is a day such as 2026-10-01.")))
}
/// Milliseconds at which a day begins.
pub(crate) fn start_of(day: Date, zone: &TimeZone) -> Result<i64> {
    day.to_zoned(zone.clone()).map(|z| z.timestamp().as_millisecond()).map_err(|_| beyond())
}
pub(crate) fn day_of(at_ms: i64, zone: &TimeZone) -> Date {
    Timestamp::from_millisecond(at_ms).map_or(Date::MAX, |at| zone.to_datetime(at).date())
}
/// A team and all below it.
fn below(tx: &mut Tx, team: RecordId) -> Result<HashSet<RecordId>> {
    let mut children: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
    let mut known = HashSet::new();
    for row in rows(tx, &Find { object: "team".into(), ..Find::default() }, &json!({"and": []}), &["parent"])? {
        let id = |name: &str| row.get(name).and_then(Json::as_str).and_then(|text| text.parse::<RecordId>().ok());
        known.extend(id("id"));
        if let (Some(child), Some(parent)) = (id("id"), id("parent")) {
            children.entry(parent).or_default().push(child);
        }
    }
    if !known.contains(&team) {
        return Err(Error::not_found("team"));
    }
    let (mut out, mut next) = (HashSet::new(), vec![team]);
    while let Some(team) = next.pop() {
        if out.insert(team) {
            next.extend(children.get(&team).into_iter().flatten());
        }
    }
    Ok(out)
}
