//! `GET /forecast/movement`: what became of the open pipeline of a period between two days (MODEL 5, Movement), from
//! history. Start and what came in, less what went out, is the end, to the cent, for all and for each team.
//!
//! A deal that leaves is first counted at its new amount, so that "won" is what was won. One that came and closed in
//! between counts on both sides.

use super::{
    asked::{Asked, day, start_of},
    flows::{Lines, Was, flows},
    past::{deals, in_scope, worth},
    period::Period,
    rows::{id, text},
};
use jiff::{ToSpan, civil::Date};
use kernel::{Error, RecordId, Result};
use records::{Params, Tx};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, HashMap};

/// # Errors
/// 400 for parameters, 403 where deals may not be read, 404 for a team that is not there.
pub(crate) fn movement(tx: &mut Tx, params: &Params) -> Result<Json> {
    let missing = |name: &str| Error::parameter(name, "missing_parameter", format!("Say {name} which day: a day such as 2026-10-01."));
    let from = day(params, "from")?.ok_or_else(|| missing("from"))?;
    let to = day(params, "to")?.ok_or_else(|| missing("to"))?;
    let mut params = params.clone();
    params.remove("as_of");
    params.entry("period".into()).or_insert_with(|| to.to_string());
    let asked = Asked::read(tx, &params)?;
    if to < from || from > asked.today {
        return Err(Error::parameter("from", "bad_parameter", "from is a day before to, and not in the future."));
    }
    let after = to.checked_add(1.day()).map_err(|_| Error::parameter("to", "bad_parameter", "The day lies beyond the calendar."))?;
    let (start, end) = (start_of(from, &asked.zone)?, start_of(after, &asked.zone)?.min(tx.now_ms() + 1));
    let (then, now) = (states(tx, &asked, start)?, states(tx, &asked, end)?);
    let mut all = Lines::default();
    let mut teams: BTreeMap<RecordId, Lines> = BTreeMap::new();
    for id in then.keys().chain(now.keys().filter(|id| !then.contains_key(*id))) {
        let (was, is) = (then.get(id), now.get(id));
        for (line, sum) in flows(was, is, &asked.period, &|deal| in_scope(&asked, deal), start) {
            all.count(line, *id, is.or(was), &sum);
        }
        let mut of: Vec<RecordId> = [was, is].into_iter().flatten().filter(|w| in_scope(&asked, &w.deal)).filter_map(|w| w.team()).collect();
        of.dedup();
        for team in of {
            let inside = |deal: &super::rows::Item| in_scope(&asked, deal) && super::rows::id(deal, "team") == Some(team);
            for (line, sum) in flows(was, is, &asked.period, &inside, start) {
                teams.entry(team).or_default().count(line, *id, None, &sum);
            }
        }
    }
    let names = super::answer::names(tx)?;
    let teams: Vec<Json> = teams
        .into_iter()
        .filter_map(|(team, lines)| {
            let mut json = lines.json(asked.home);
            json["team"] = json!({"id": team.to_string(), "name": names.get(&team)?});
            Some(json)
        })
        .collect();
    let mut answer = all.json(asked.home);
    head(tx, &mut answer, &asked.period, from, to);
    answer["teams"] = json!(teams);
    Ok(answer)
}
fn head(tx: &Tx, answer: &mut Json, period: &Period, from: Date, to: Date) {
    let settings = tx.settings();
    answer["period"] = period.json();
    answer["from"] = json!(from.to_string());
    answer["to"] = json!(to.to_string());
    answer["currency"] = json!(settings.currency);
    answer["time_zone"] = json!(settings.time_zone);
    answer["fiscal_start"] = json!(settings.fiscal_start);
}
fn states(tx: &mut Tx, asked: &Asked, before_ms: i64) -> Result<HashMap<RecordId, Was>> {
    let mut out = HashMap::new();
    for deal in deals(tx, before_ms, None)? {
        let mut sum = worth(tx, asked, &deal, before_ms)?;
        if text(&deal, "outcome").is_none() && text(&deal, "forecast_category") == Some("omitted") {
            // It stays in the pipeline and is worth nothing there.
            sum = super::sums::Sum { minor: 0, ..sum };
        }
        if let Some(id) = id(&deal, "id") {
            out.insert(id, Was { deal, sum });
        }
    }
    Ok(out)
}
