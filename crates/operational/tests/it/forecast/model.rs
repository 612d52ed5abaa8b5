//! Random trees of people, deals, quotas and overrides; what the forecast says of each place is added up again here.

use super::{ask, cents, rng::Rng, rounds};
use crate::world::{World, map};
use kernel::{Actor, Ctx, RecordId, Through};
use serde_json::{Value as Json, json};
use std::collections::HashMap;

const TODAY: &str = "2026-11-18";

#[derive(Clone, Debug)]
struct Deal {
    owner: usize,
    /// Amount in cents of the workspace; none without a rate.
    cents: Option<i64>,
    known: bool,
    close: Option<String>,
    outcome: Option<&'static str>,
    category: &'static str,
    probability: i64,
    begun: String,
    archived: bool,
}
struct House {
    boss: Ctx,
    rep: Option<Ctx>,
    ids: Vec<RecordId>,
    managers: Vec<Option<usize>>,
    deals: Vec<Deal>,
    overrides: HashMap<(usize, &'static str), i64>,
    /// Amount, ramp in percent, first day that counts.
    quotas: HashMap<usize, (i64, i64, i64)>,
}

fn house(w: &World, rng: &mut Rng, stages: &HashMap<&'static str, String>, round: u64) -> House {
    let people = 1 + rng.below(7);
    let managers: Vec<Option<usize>> = (0..people).map(|i| (i > 0).then(|| rng.below(i))).collect();
    let mut deals = Vec::new();
    let mut inputs = Vec::new();
    for n in 0..rng.below(14) {
        let owner = rng.below(people);
        let minor = i64::try_from(rng.below(10_000_000)).unwrap();
        let (amount, cents, known) = match rng.below(8) {
            0 => (Json::Null, None, false),
            1 => (json!({"amount": format!("{}.{:02}", minor / 100, minor % 100), "currency": "USD"}), None, true),
            2 => (json!({"amount": format!("{}.{:02}", minor / 100, minor % 100), "currency": "GBP"}), Some((minor * 12 + 5) / 10), true),
            _ => (json!(format!("{}.{:02}", minor / 100, minor % 100)), Some(minor), true),
        };
        let close = (!rng.chance(15)).then(|| rng.day("2026-09-01", 150));
        let outcome = [None, None, None, Some("won"), Some("lost")][rng.below(5)];
        let begun = rng.day("2026-08-01", 100);
        let mut input = json!({"name": format!("Deal {round}-{n}"), "amount": amount, "started_on": begun});
        let (category, probability, close) = match outcome {
            Some(kind) => {
                let day = rng.day("2026-09-01", 78);
                input["stage"] = json!(stages[kind]);
                input["close_date"] = json!(day);
                (if kind == "won" { "closed" } else { "omitted" }, 0, Some(day))
            }
            None => {
                let category = ["pipeline", "best_case", "commit", "omitted"][rng.below(4)];
                let probability = i64::try_from(rng.below(101)).unwrap();
                input["stage"] = json!(stages["open"]);
                input["forecast_category"] = json!(category);
                input["probability"] = json!(probability.to_string());
                input["close_date"] = json!(close);
                (category, probability, close)
            }
        };
        inputs.push((owner, input));
        deals.push(Deal { owner, cents, known, close, outcome, category, probability, begun, archived: rng.chance(7) });
    }
    let mut overrides = HashMap::new();
    for person in 1..people {
        for column in ["commit", "best_case"] {
            if rng.chance(20) {
                overrides.insert((person, column), i64::try_from(rng.below(50_000_000)).unwrap());
            }
        }
    }
    let mut quotas = HashMap::new();
    for person in 0..people {
        if rng.chance(40) {
            quotas.insert(person, (i64::try_from(rng.below(90_000_000)).unwrap(), i64::try_from(rng.below(101)).unwrap(), i64::try_from(rng.below(92)).unwrap()));
        }
    }
    let (managers2, deals2, overrides2, quotas2) = (managers.clone(), deals.clone(), overrides.clone(), quotas.clone());
    let ids = w
        .workspace
        .write_blocking(&w.system(), move |tx| {
            let team = tx.create("team", &map(json!({"name": format!("Team {round}")})))?.id.to_string();
            let mut ids: Vec<RecordId> = Vec::new();
            for (i, manager) in managers2.iter().enumerate() {
                let role = if i == 0 { "manager" } else { "rep" };
                let user = json!({"name": format!("P{round}-{i}"), "email": format!("p{round}-{i}@example.org"), "roles": [role], "manager": manager.map(|m| ids[m].to_string())});
                let id = tx.create("user", &map(user))?.id;
                tx.create("team_membership", &map(json!({"user": id.to_string(), "team": team, "since": "2020-01-01"})))?;
                ids.push(id);
            }
            for ((owner, mut input), deal) in inputs.into_iter().zip(&deals2) {
                input["owner"] = json!(ids[owner].to_string());
                input["team"] = json!(team);
                let id = tx.create("opportunity", &map(input))?.id;
                if deal.archived {
                    tx.archive("opportunity", id, records::IfMatch::Any)?;
                }
            }
            let money = |minor: i64| format!("{}.{:02}", minor / 100, minor % 100);
            for ((person, column), minor) in overrides2 {
                let owner = ids[managers2[person].unwrap()].to_string();
                let judged = json!({"person": ids[person].to_string(), "owner": owner, "team": team, "period_start": "2026-10-01", "column": column, "amount": money(minor), "reason": "I know them"});
                tx.create("forecast_override", &map(judged))?;
            }
            for (person, (minor, ramp, late)) in quotas2 {
                let from: jiff::civil::Date = "2026-10-01".parse().unwrap();
                let from = from.checked_add(jiff::Span::new().days(late)).unwrap().to_string();
                let quota = json!({"owner": ids[person].to_string(), "team": team, "period_start": "2026-10-01", "amount": money(minor), "ramp": ramp.to_string(), "starts_on": from});
                tx.create("quota", &map(quota))?;
            }
            Ok(ids)
        })
        .unwrap();
    let ctx = |id: RecordId| Ctx::new(Actor::User(id), Through::Api, w.workspace.now_ms());
    House { boss: ctx(ids[0]), rep: ids.last().filter(|_| people > 1).map(|id| ctx(*id)), ids, managers, deals, overrides, quotas }
}

/// deals, cents, without amount, unconverted
type Sum = (i64, i64, i64, i64);
impl House {
    fn below(&self, person: usize) -> Vec<usize> {
        let mut out = vec![person];
        for i in person + 1..self.managers.len() {
            if self.managers[i].is_some_and(|m| out.contains(&m)) {
                out.push(i);
            }
        }
        out
    }
    fn sum(&self, of: &[usize], which: impl Fn(&Deal) -> bool) -> Sum {
        let mut out = (0, 0, 0, 0);
        for deal in self.deals.iter().filter(|d| !d.archived && of.contains(&d.owner) && which(d)) {
            out = (out.0 + 1, out.1 + deal.cents.unwrap_or(0), out.2 + i64::from(!deal.known), out.3 + i64::from(deal.known && deal.cents.is_none()));
        }
        out
    }
    fn columns(&self, of: &[usize]) -> Vec<(&'static str, Sum)> {
        let inside = |d: &Deal| d.close.as_deref().is_some_and(|c| ("2026-10-01"..="2026-12-31").contains(&c));
        let open = |d: &Deal, categories: &[&str]| d.outcome.is_none() && inside(d) && d.close.as_deref() >= Some(TODAY) && categories.contains(&d.category);
        let won = |d: &Deal| d.outcome == Some("won") && inside(d);
        vec![
            ("closed", self.sum(of, won)),
            ("closed_from_before", self.sum(of, |d| won(d) && d.begun.as_str() < "2026-10-01")),
            ("closed_born_inside", self.sum(of, |d| won(d) && d.begun.as_str() >= "2026-10-01")),
            ("commit", self.sum(of, |d| won(d) || open(d, &["commit"]))),
            ("best_case", self.sum(of, |d| won(d) || open(d, &["commit", "best_case"]))),
            ("open_pipeline", self.sum(of, |d| open(d, &["commit", "best_case", "pipeline"]))),
            ("omitted", self.sum(of, |d| open(d, &["omitted"]))),
            ("without_close_date", self.sum(of, |d| d.outcome.is_none() && d.close.is_none())),
            ("past_close_date", self.sum(of, |d| d.outcome.is_none() && d.close.as_deref().is_some_and(|c| c < TODAY))),
        ]
    }
    fn weighted(&self, of: &[usize]) -> i64 {
        let of = |d: &&Deal| !d.archived && of.contains(&d.owner) && d.outcome.is_none() && d.category != "omitted";
        let open = self.deals.iter().filter(of).filter(|d| d.close.as_deref().is_some_and(|c| (TODAY..="2026-12-31").contains(&c)));
        let hundredfold: i128 = open.map(|d| i128::from(d.cents.unwrap_or(0)) * i128::from(d.probability)).sum();
        i64::try_from((hundredfold + 50) / 100).unwrap()
    }
    fn rolls_up(&self, person: usize, column: &'static str) -> i64 {
        if let Some(judged) = self.overrides.get(&(person, column)) {
            return *judged;
        }
        let own = self.columns(&[person]).into_iter().find(|(name, _)| *name == column).unwrap().1.1;
        own + (0..self.managers.len()).filter(|i| self.managers[*i] == Some(person)).map(|i| self.rolls_up(i, column)).sum::<i64>()
    }
    fn quota(&self, person: usize) -> Option<i64> {
        if let Some((minor, ramp, late)) = self.quotas.get(&person) {
            let (whole, part) = (i128::from(*minor) * i128::from(*ramp) * i128::from(92 - late), 100 * 92i128);
            return Some(i64::try_from((whole + part / 2) / part).unwrap());
        }
        let below: Vec<i64> = (0..self.managers.len()).filter(|i| self.managers[*i] == Some(person)).filter_map(|i| self.quota(i)).collect();
        (!below.is_empty()).then(|| below.iter().sum())
    }
    fn check(&self, line: &Json, person: usize) {
        let below = self.below(person);
        for (of, key) in [(&[person][..], "own"), (&below[..], "total")] {
            for (name, sum) in self.columns(of) {
                let said = &line[key][name];
                let number = |name: &str| said[name].as_i64().unwrap();
                assert_eq!((number("deals"), cents(said), number("without_amount"), number("unconverted")), sum, "{key} {name} of {person}: {line}");
            }
            assert_eq!(cents(&line[key]["weighted"]), self.weighted(of), "{key} weighted of {person}");
        }
        for column in ["commit", "best_case"] {
            assert_eq!(cents(&line["rolls_up"][column]), self.rolls_up(person, column), "{column} of {person}: {line}");
        }
        match self.quota(person) {
            None => assert_eq!((&line["quota"], &line["attainment"], &line["coverage"]), (&Json::Null, &Json::Null, &Json::Null)),
            Some(quota) => {
                assert_eq!(cents(&line["quota"]), quota, "quota of {person}");
                let left = quota - cents(&line["total"]["closed"]);
                let open = cents(&line["total"]["open_pipeline"]);
                match line["coverage"].as_str() {
                    None => assert!(left <= 0),
                    Some(said) => assert!((said.parse::<f64>().unwrap() - open as f64 / left as f64).abs() <= 0.000_051, "{said} is not {open} / {left}"),
                }
            }
        }
        let won = self.columns(&below)[0].1.0;
        let lost = self.sum(&below, |d| d.outcome == Some("lost") && d.close.as_deref().is_some_and(|c| ("2026-10-01"..="2026-12-31").contains(&c))).0;
        let rate = &line["total"]["win_rate"]["by_close"];
        assert_eq!((&rate["won"], &rate["lost"], rate["rate"].is_null()), (&json!(won), &json!(lost), won + lost == 0));
        let born = |d: &Deal| ("2026-10-01"..="2026-12-31").contains(&d.begun.as_str());
        let cohort = &line["total"]["win_rate"]["by_creation"];
        for (name, outcome) in [("won", Some("won")), ("lost", Some("lost")), ("open", None)] {
            assert_eq!(cohort[name], json!(self.sum(&below, |d| born(d) && d.outcome == outcome).0), "{name}");
        }
    }
    /// Lines of the tree, each with its place.
    fn walk<'a>(&self, items: &'a Json, above: Option<usize>, out: &mut Vec<(usize, &'a Json)>) {
        for line in items.as_array().unwrap() {
            let person = self.ids.iter().position(|id| line["person"]["id"] == json!(id.to_string())).unwrap_or_else(|| panic!("a stranger: {line}"));
            assert_eq!(self.managers[person].filter(|m| out.iter().any(|(p, _)| p == m)), above, "{line}");
            out.push((person, line));
            self.walk(&line["children"], Some(person), out);
        }
    }
}

/// Each world holds 40 houses: more would only be slower.
fn trees(world: impl Fn() -> World, rounds: u64) {
    let (mut seen, mut judged, mut owned) = (0, 0, 0);
    for from in (0..rounds).step_by(40) {
        let found = trees_of(&world(), from..rounds.min(from + 40));
        (seen, judged, owned) = (seen + found.0, judged + found.1, owned + found.2);
    }
    assert!(seen > rounds * 2 && judged > rounds / 5 && owned > rounds / 5, "{seen} lines, {judged} judged, {owned} own");
}
/// How many lines were checked, how many of them judged, how many were a rep's own.
fn trees_of(w: &World, rounds: std::ops::Range<u64>) -> (u64, u64, u64) {
    w.create(&w.system(), "exchange_rate", json!({"from": "GBP", "to": "EUR", "on": "2026-01-01", "rate": "1.2"})).unwrap();
    let stages = HashMap::from([("open", w.stage("Qualify")), ("won", w.stage("Won")), ("lost", w.stage("Lost"))]);
    let (mut seen, mut judged, mut owned) = (0, 0, 0);
    for round in rounds {
        let mut rng = Rng(round);
        let house = house(w, &mut rng, &stages, round);
        let said = ask(w, &house.boss, "forecast", &[("period", TODAY)]).unwrap();
        assert_eq!((&said["currency"], &said["time_zone"], &said["fiscal_start"], &said["period"]["start"]), (&json!("EUR"), &json!("UTC"), &json!(1), &json!("2026-10-01")));
        let mut lines = Vec::new();
        house.walk(&said["items"], None, &mut lines);
        lines.iter().for_each(|(person, line)| house.check(line, *person));
        // whoever has a deal or a quota stands in the tree, and nobody twice
        let judged_of = |i: &usize| house.overrides.keys().any(|(person, _)| person == i);
        let counted = |i: &usize| judged_of(i) || house.quotas.contains_key(i) || house.deals.iter().any(|d| d.owner == *i && !d.archived);
        let mut places: Vec<usize> = lines.iter().map(|(person, _)| *person).collect();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), lines.len());
        let relevant = |i: &usize| {
            // those whose deals count in no line of this period do not stand there
            let in_a_column = house.columns(&[*i]).iter().any(|(_, sum)| sum.0 > 0);
            house.quotas.contains_key(i) || in_a_column
        };
        assert!((0..house.ids.len()).filter(relevant).all(|i| places.contains(&i)), "{places:?}");
        assert!(places.iter().all(|i| house.below(*i).iter().any(counted)), "{places:?}");
        let judged_here = lines.iter().filter(|(_, l)| !l["overrides"].as_object().unwrap().is_empty()).count();
        (seen, judged) = (seen + lines.len() as u64, judged + judged_here as u64);
        // as of this morning it is the same, but for overrides
        if round % 10 == 0 {
            let then = ask(w, &house.boss, "forecast", &[("period", TODAY), ("as_of", "2026-11-18")]).unwrap();
            // those that were archived during the day stood there in the morning
            let there = |d: &&Deal| d.outcome == Some("won") && d.close.as_deref().is_some_and(|c| ("2026-10-01"..TODAY).contains(&c)) && d.begun.as_str() < TODAY;
            let closed: i64 = house.deals.iter().filter(there).filter_map(|d| d.cents).sum();
            assert_eq!(cents(&then["total"]["total"]["closed"]), closed, "{then}");
            let reading = &then["total"]["total"]["open_pipeline"];
            assert_eq!(reading["deals"], json!(0), "what was brought in later has no date then");
        }
        // a rep sees their own line, and no more in any total
        let Some(rep) = &house.rep else { continue };
        let last = house.ids.len() - 1;
        let said = ask(w, rep, "forecast", &[("period", TODAY)]).unwrap();
        let items = said["items"].as_array().unwrap();
        assert!(items.len() <= 1 && items.iter().all(|l| l["person"]["id"] == json!(house.ids[last].to_string()) && l["children"] == json!([])), "{said}");
        let own = house.columns(&[last]);
        for (name, sum) in own {
            assert_eq!(cents(&said["total"]["total"][name]), sum.1, "{name}: {said}");
        }
        owned += items.len() as u64;
    }
    (seen, judged, owned)
}

#[test]
fn the_tree_is_what_the_deals_add_up_to() {
    trees(World::new, rounds(200));
}
#[test]
fn the_tree_on_postgres() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    trees(|| World::postgres(&runtime), rounds(20));
}
