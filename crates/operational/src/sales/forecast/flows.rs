//! On which lines of the movement a deal counts, by what it was at the start and is at the end.

use super::{
    past::{date, instant},
    period::Period,
    rows::{Item, id, text},
    sums::{Sum, amount},
};
use kernel::{Currency, RecordId};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Deals of a line that are named; all are counted.
const NAMED: usize = 200;
/// A list of ids longer than this is no filter.
const FILTERED: usize = 500;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Line {
    Start,
    New,
    Reopened,
    PulledIn,
    Increased,
    TransferredIn,
    PushedOut,
    Decreased,
    TransferredOut,
    Won,
    Lost,
    Archived,
    End,
}
/// Between start and end, in the order of the sum, and whether a line adds or takes.
const LINES: [(Line, &str, i8); 11] = [
    (Line::New, "new", 1),
    (Line::Reopened, "reopened", 1),
    (Line::PulledIn, "pulled_in", 1),
    (Line::Increased, "increased", 1),
    (Line::TransferredIn, "transferred_in", 1),
    (Line::PushedOut, "pushed_out", -1),
    (Line::Decreased, "decreased", -1),
    (Line::TransferredOut, "transferred_out", -1),
    (Line::Won, "won", -1),
    (Line::Lost, "lost", -1),
    (Line::Archived, "archived", -1),
];

/// A deal at an instant and what it was worth.
pub(crate) struct Was {
    pub(crate) deal: Item,
    pub(crate) sum: Sum,
}
impl Was {
    pub(crate) fn team(&self) -> Option<RecordId> {
        id(&self.deal, "team")
    }
    fn is_archived(&self) -> bool {
        text(&self.deal, "archived_at").is_some()
    }
    fn outcome(&self) -> Option<&str> {
        text(&self.deal, "outcome")
    }
    fn in_period(&self, period: &Period) -> bool {
        date(&self.deal, "close_date").is_some_and(|day| (period.start..=period.end).contains(&day))
    }
    fn is_in(&self, period: &Period, scope: &dyn Fn(&Item) -> bool) -> bool {
        !self.is_archived() && self.outcome().is_none() && self.in_period(period) && scope(&self.deal)
    }
}
fn way_in(was: Option<&Was>, scope: &dyn Fn(&Item) -> bool) -> Line {
    match was {
        None => Line::New,
        Some(was) if was.is_archived() || was.outcome().is_some() => Line::Reopened,
        Some(was) if !scope(&was.deal) => Line::TransferredIn,
        Some(_) => Line::PulledIn,
    }
}
fn way_out(is: &Was, scope: &dyn Fn(&Item) -> bool) -> Line {
    match is.outcome() {
        _ if is.is_archived() => Line::Archived,
        Some("won") => Line::Won,
        Some(_) => Line::Lost,
        None if !scope(&is.deal) => Line::TransferredOut,
        None => Line::PushedOut,
    }
}
/// Lines of one deal; what they add less what they take leads from start to end.
pub(crate) fn flows(was: Option<&Was>, is: Option<&Was>, period: &Period, scope: &dyn Fn(&Item) -> bool, start_ms: i64) -> Vec<(Line, Sum)> {
    let mut out = Vec::new();
    match (was.filter(|was| was.is_in(period, scope)), is) {
        (Some(was), None) => out.extend([(Line::Start, was.sum.clone()), (Line::Archived, was.sum.clone())]),
        (Some(was), Some(is)) => {
            out.push((Line::Start, was.sum.clone()));
            let more = is.sum.minor - was.sum.minor;
            if more != 0 {
                let line = if more > 0 { Line::Increased } else { Line::Decreased };
                out.push((line, Sum { deals: 1, minor: more.abs(), ..Sum::default() }));
            }
            let line = if is.is_in(period, scope) { Line::End } else { way_out(is, scope) };
            out.push((line, is.sum.clone()));
        }
        (None, Some(is)) if is.is_in(period, scope) => out.extend([(way_in(was, scope), is.sum.clone()), (Line::End, is.sum.clone())]),
        (None, Some(is)) => {
            let closed_since = instant(&is.deal, "closed_at").is_some_and(|at| at >= start_ms);
            if closed_since && is.outcome().is_some() && !is.is_archived() && is.in_period(period) && scope(&is.deal) {
                out.extend([(way_in(was, scope), is.sum.clone()), (way_out(is, scope), is.sum.clone())]);
            }
        }
        (None, None) => {}
    }
    out
}

#[derive(Default)]
pub(crate) struct Lines {
    sums: BTreeMap<Line, Sum>,
    named: BTreeMap<Line, Vec<(i128, RecordId, Json)>>,
}
impl Lines {
    /// `named`: as what the deal stands in the list of its line.
    pub(crate) fn count(&mut self, line: Line, deal: RecordId, named: Option<&Was>, sum: &Sum) {
        self.sums.entry(line).or_default().add(sum);
        if let Some(named) = named {
            let field = |name: &str| named.deal.get(name).cloned().unwrap_or_default();
            let json = json!({"id": deal.to_string(), "name": field("name"), "owner": field("owner"), "team": field("team")});
            self.named.entry(line).or_default().push((sum.minor, deal, json));
        }
    }
    pub(crate) fn json(mut self, home: Currency) -> Json {
        let sum = |line: Line| self.sums.get(&line).cloned().unwrap_or_default();
        let (start, end) = (sum(Line::Start).json(home), sum(Line::End).json(home));
        let sums: Vec<(Line, &str, i8, Sum)> = LINES.iter().map(|(line, name, sign)| (*line, *name, *sign, sum(*line))).collect();
        let lines: Vec<Json> = sums
            .into_iter()
            .map(|(line, name, sign, sum)| {
                let mut json = sum.json(home);
                json["name"] = json!(name);
                json["sign"] = json!(sign);
                if let Some(mut deals) = self.named.remove(&line) {
                    deals.sort_by_key(|(minor, id, _)| (-minor.abs(), *id));
                    let ids: Vec<String> = deals.iter().map(|(_, id, _)| id.to_string()).collect();
                    json["filter"] = if ids.len() <= FILTERED { json!({"field": "id", "op": "in", "value": ids}) } else { Json::Null };
                    let item = |(minor, _, mut deal): (i128, RecordId, Json)| {
                        deal["amount"] = amount(minor, home);
                        deal
                    };
                    json["items"] = deals.into_iter().take(NAMED).map(item).collect();
                }
                json
            })
            .collect();
        json!({"start": start, "lines": lines, "end": end})
    }
}
