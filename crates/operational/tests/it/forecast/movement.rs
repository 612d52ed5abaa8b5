//! Random histories: the lines lead from start to end, and both ends are what the test saw on those days.

use super::{ask, cents, rng::Rng, rounds};
use crate::world::World;
use kernel::{Ctx, RecordId};
use records::IfMatch;
use serde_json::{Value as Json, json};
use std::collections::HashMap;

const DAY: i64 = 86_400_000;

#[derive(Clone, Debug)]
struct Deal {
    id: RecordId,
    team: usize,
    cents: i64,
    close: Option<String>,
    omitted: bool,
    outcome: Option<&'static str>,
    archived: bool,
}
impl Deal {
    fn open_in_period(&self, team: usize) -> Option<i64> {
        let inside = self.close.as_deref().is_some_and(|c| ("2026-10-01"..="2026-12-31").contains(&c));
        (self.team == team && inside && self.outcome.is_none() && !self.archived).then_some(if self.omitted { 0 } else { self.cents })
    }
}

struct Story<'a> {
    w: &'a World,
    rng: Rng,
    teams: [RecordId; 2],
    open: String,
    deals: Vec<Deal>,
}
impl Story<'_> {
    fn ctx(&self) -> Ctx {
        self.w.system()
    }
    fn money(cents: i64) -> String {
        format!("{}.{:02}", cents / 100, cents % 100)
    }
    fn change(&self, id: RecordId, input: Json) {
        self.w.update(&self.ctx(), "opportunity", id, input).unwrap();
    }
    fn new_deal(&mut self) {
        let (team, cents) = (self.rng.below(2), i64::try_from(self.rng.below(1_000_000)).unwrap());
        let close = (!self.rng.chance(20)).then(|| self.rng.day("2026-11-20", 80));
        let input = json!({"name": "Deal", "team": self.teams[team].to_string(), "amount": Story::money(cents), "close_date": close, "stage": self.open});
        let id = self.w.create(&self.ctx(), "opportunity", input).unwrap();
        self.deals.push(Deal { id, team, cents, close, omitted: false, outcome: None, archived: false });
    }
    fn step(&mut self) {
        if self.deals.is_empty() || self.rng.chance(25) {
            return self.new_deal();
        }
        let at = self.rng.below(self.deals.len());
        let mut deal = self.deals[at].clone();
        match self.rng.below(8) {
            _ if deal.archived => {
                let id = deal.id;
                self.w.workspace.write_blocking(&self.ctx(), move |tx| tx.restore("opportunity", id, IfMatch::Any).map(drop)).unwrap();
                deal.archived = false;
            }
            0 if deal.outcome.is_none() => {
                deal.cents = i64::try_from(self.rng.below(1_000_000)).unwrap();
                self.change(deal.id, json!({"amount": Story::money(deal.cents)}));
            }
            1 if deal.outcome.is_none() => {
                deal.close = (!self.rng.chance(20)).then(|| self.rng.day("2026-11-20", 80));
                self.change(deal.id, json!({"close_date": deal.close}));
            }
            2 => {
                deal.team = 1 - deal.team;
                self.change(deal.id, json!({"team": self.teams[deal.team].to_string()}));
            }
            3 if deal.outcome.is_none() => {
                deal.omitted = !deal.omitted;
                self.change(deal.id, json!({"forecast_category": if deal.omitted { "omitted" } else { "commit" }}));
            }
            4 | 5 => {
                let body = match deal.outcome {
                    None if self.rng.chance(50) => json!({"outcome": "won"}),
                    None => json!({"outcome": "lost", "reason": "Price"}),
                    Some(_) => Json::Null,
                };
                let method = if body.is_null() { "DELETE" } else { "POST" };
                let after = self.w.verb(&self.ctx(), "opportunity", "closure", method, deal.id, if body.is_null() { json!({}) } else { body }).unwrap();
                deal.outcome = match after["outcome"].as_str() {
                    Some("won") => Some("won"),
                    Some(_) => Some("lost"),
                    None => None,
                };
                deal.close = after["close_date"].as_str().map(str::to_owned);
                deal.omitted = after["forecast_category"] == "omitted";
            }
            6 => {
                let id = deal.id;
                self.w.workspace.write_blocking(&self.ctx(), move |tx| tx.archive("opportunity", id, IfMatch::Any).map(drop)).unwrap();
                deal.archived = true;
            }
            _ => {}
        }
        self.deals[at] = deal;
    }
    fn open(deals: &[Deal], team: usize) -> (i64, i64) {
        deals.iter().filter_map(|d| d.open_in_period(team)).fold((0, 0), |(n, sum), cents| (n + 1, sum + cents))
    }
}
/// Start and the lines less those that take away.
fn check(said: &Json, start: (i64, i64), end: (i64, i64), used: &mut HashMap<String, i64>) {
    assert_eq!((said["start"]["deals"].as_i64().unwrap(), cents(&said["start"])), start, "{said}");
    assert_eq!((said["end"]["deals"].as_i64().unwrap(), cents(&said["end"])), end, "{said}");
    let (mut sum, mut deals) = (start.1, start.0);
    for line in said["lines"].as_array().unwrap() {
        let (name, sign, n) = (line["name"].as_str().unwrap(), line["sign"].as_i64().unwrap(), line["deals"].as_i64().unwrap());
        sum += sign * cents(line);
        deals += if matches!(name, "increased" | "decreased") { 0 } else { sign * n };
        *used.entry(name.to_owned()).or_default() += n;
        if let Some(items) = line["items"].as_array() {
            assert_eq!((items.len() as i64, items.iter().map(cents).sum::<i64>()), (n, cents(line)), "{line}");
            assert_eq!(line["filter"]["value"].as_array().unwrap().len() as i64, n);
        }
    }
    assert_eq!((deals, sum), end, "{said}");
}

fn histories(world: impl Fn() -> World, rounds: u64) {
    let mut used = HashMap::new();
    for round in 0..rounds {
        let w = &world();
        let team = |n: &str| w.create(&w.system(), "team", json!({"name": format!("{n} {round}")})).unwrap();
        let mut story = Story { w, rng: Rng(round), teams: [team("A"), team("B")], open: w.stage("Negotiate"), deals: vec![] };
        let days = 6;
        // what stood at the beginning of each day
        let mut mornings = Vec::new();
        for day in 0..days {
            mornings.push(story.deals.clone());
            for _ in 0..5 {
                w.clock.advance(1_000);
                story.step();
            }
            w.clock.advance(if day + 1 < days { DAY } else { 0 });
        }
        let evening = story.deals.clone();
        let date = |day: i32| format!("2026-11-{}", 18 + day);
        for (from, to) in [(0, days - 1), (2, 4), (3, 3)] {
            let ends = if to + 1 < days { &mornings[usize::try_from(to + 1).unwrap()] } else { &evening };
            let starts = &mornings[usize::try_from(from).unwrap()];
            for team in 0..2 {
                let id = story.teams[team].to_string();
                let params = [("from", date(from)), ("to", date(to)), ("period", "2026-10-01".to_owned()), ("team", id)];
                let params: Vec<(&str, &str)> = params.iter().map(|(k, v)| (*k, v.as_str())).collect();
                let said = ask(w, &w.system(), "forecast movement", &params).unwrap();
                check(&said, Story::open(starts, team), Story::open(ends, team), &mut used);
                let alone = said["teams"].as_array().unwrap();
                assert!(alone.len() <= 1);
                alone.iter().for_each(|t| check(t, Story::open(starts, team), Story::open(ends, team), &mut HashMap::new()));
            }
        }
    }
    for line in ["new", "reopened", "pulled_in", "increased", "transferred_in", "pushed_out", "decreased", "transferred_out", "won", "lost", "archived"] {
        assert!(rounds < 20 || used.get(line).copied().unwrap_or(0) > 0, "{line} was never used: {used:?}");
    }
}

#[test]
fn the_lines_lead_from_start_to_end() {
    histories(World::new, rounds(20));
}
#[test]
fn the_lines_on_postgres() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    histories(|| World::postgres(&runtime), rounds(4));
}
