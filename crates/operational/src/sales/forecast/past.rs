//! Deals as they were at an instant, from their history. A deal that was brought in later is known then by its dates
//! alone: it was open from the day work began until the day it closed, with no amount, date or stage that was only known
//! at its end.

use super::{
    asked::{Asked, day_of, start_of},
    list_value,
    now::{Counted, place_of},
    rows::{Item, id, money, text},
    sums::{Place, Sum},
};
use jiff::{Timestamp, civil::Date};
use kernel::{Decimal, Result};
use records::{Find, Tx};
use serde_json::{Value as Json, json};

const FIELDS: [&str; 13] = ["name", "owner", "team", "pipeline", "outcome", "forecast_category", "probability", "amount", "close_date", "started_on", "closed_at", "created_at", "archived_at"];

/// All deals as they were just before an instant, archived ones too, under today's rights.
pub(crate) fn deals(tx: &mut Tx, before_ms: i64, product: Option<&str>) -> Result<Vec<Item>> {
    let mut find = Find { object: "opportunity".into(), fields: Some(FIELDS.into_iter().chain(product).map(str::to_owned).collect()), archived: metadata::Archived::Include, ..Find::default() };
    let mut out = tx.rows_as_of(&find, before_ms - 1)?;
    // What was brought in later, as it is today, cut back to what was known then.
    let at = |ms: i64| Timestamp::from_millisecond(ms).map(|t| t.to_string()).unwrap_or_default();
    let day = day_of(before_ms, &tx.settings().zone());
    find.filter = Some(json!({"and": [{"field": "created_at", "op": "gte", "value": at(before_ms)}, {"field": "started_on", "op": "lt", "value": day.to_string()}]}));
    let brought = tx.rows_as_of(&find, tx.now_ms())?;
    out.extend(brought.into_iter().map(|mut deal| {
        deal.insert("archived_at".into(), Json::Null);
        deal
    }));
    Ok(out.into_iter().map(|deal| cut_back(deal, before_ms)).collect())
}
/// A deal that closed later was open then; what its end made of it was not known.
fn cut_back(mut deal: Item, before_ms: i64) -> Item {
    let brought = instant(&deal, "created_at").is_some_and(|made| made >= before_ms);
    if instant(&deal, "closed_at").map_or(!brought, |closed| closed < before_ms) {
        return deal;
    }
    for unknown in ["outcome", "closed_at", "close_date", "amount", "forecast_category", "probability"] {
        deal.insert(unknown.into(), Json::Null);
    }
    deal
}
pub(crate) fn instant(deal: &Item, field: &str) -> Option<i64> {
    text(deal, field)?.parse::<Timestamp>().ok().map(Timestamp::as_millisecond)
}
pub(crate) fn date(deal: &Item, field: &str) -> Option<Date> {
    text(deal, field)?.parse().ok()
}
/// What one deal is worth in workspace currency at the rate of an instant, the day of its closing if it is closed.
pub(crate) fn worth(tx: &mut Tx, asked: &Asked, deal: &Item, before_ms: i64) -> Result<Sum> {
    let Some(money) = deal.get("amount").and_then(money) else { return Ok(Sum { deals: 1, without_amount: 1, ..Sum::default() }) };
    let at = instant(deal, "closed_at").unwrap_or(before_ms - 1);
    let minor = if money.currency == asked.home { Some(money.minor) } else { tx.rate(money.currency, asked.home, at)?.and_then(|rate| money.convert(asked.home, rate)).map(|m| m.minor) };
    Ok(Sum { deals: 1, minor: i128::from(minor.unwrap_or(0)), without_amount: 0, unconverted: i64::from(minor.is_none()) })
}
pub(crate) fn in_scope(asked: &Asked, deal: &Item) -> bool {
    let team = id(deal, "team");
    asked.teams.as_ref().is_none_or(|teams| team.is_some_and(|team| teams.contains(&team))) && asked.pipeline.as_ref().is_none_or(|pipeline| text(deal, "pipeline") == Some(pipeline))
}
/// The columns and all beside them as they were then.
pub(crate) fn counted(tx: &mut Tx, asked: &Asked, before_ms: i64) -> Result<Counted> {
    let mut out = Counted::default();
    let (start, end) = (asked.period.start, asked.period.end);
    let start_ms = start_of(start, &asked.zone)?;
    let product = list_value::product_field(tx)?;
    for deal in deals(tx, before_ms, product.as_deref())? {
        if !in_scope(asked, &deal) || text(&deal, "archived_at").is_some() {
            continue;
        }
        if let Some(product) = product.as_deref().filter(|_| list_value::is_unpriced(&deal)) {
            list_value::count(&mut out.unpriced, &deal, product);
        }
        let (owner, team, close) = (id(&deal, "owner"), id(&deal, "team"), date(&deal, "close_date"));
        let sum = worth(tx, asked, &deal, before_ms)?;
        let one = Sum { deals: 1, ..Sum::default() };
        let inside = close.is_some_and(|day| start <= day && day <= end);
        let begun = date(&deal, "started_on");
        let before = begun.map_or_else(|| instant(&deal, "created_at").is_some_and(|made| made < start_ms), |day| day < start);
        let after = begun.map_or_else(|| instant(&deal, "created_at").is_some_and(|made| day_of(made, &asked.zone) > end), |day| day > end);
        let outcome = text(&deal, "outcome");
        let probability = text(&deal, "probability").and_then(|p| Decimal::parse(p, 4)).map(|p| p.units);
        let mut count = |place, sum: &Sum| out.count(owner, team, place, sum, probability);
        match outcome {
            None => match close {
                None => count(Place::WithoutCloseDate, &sum),
                Some(day) if day < asked.today => count(Place::PastCloseDate, &sum),
                Some(_) if inside => count(place_of(text(&deal, "forecast_category")), &sum),
                Some(_) => {}
            },
            Some("won") if inside => count(if before { Place::WonFromBefore } else { Place::WonBornInside }, &sum),
            Some("lost") if inside => count(Place::LostInPeriod, &one),
            Some(_) => {}
        }
        match outcome {
            Some("won") => count(Place::WonSoFar, &one),
            Some("lost") => count(Place::LostSoFar, &one),
            _ => {}
        }
        if !before && !after {
            match outcome {
                Some("won") => count(Place::CohortWon, &one),
                Some("lost") => count(Place::CohortLost, &one),
                None => count(Place::CohortOpen, &one),
                Some(_) => {}
            }
        }
    }
    Ok(out)
}
