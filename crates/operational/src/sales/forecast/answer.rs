//! `GET /forecast`: the tree with its columns, quotas and overrides, and whose numbers they are.

use super::{
    asked::{Asked, start_of},
    judgement::{Judgements, judgements},
    list_value,
    now::{self, Counted},
    past,
    people::{Node, People},
    quota::{Quotas, Target, quotas},
    rows::{Item, id, rows, text},
    sums::{Columns, amount, ratio},
};
use kernel::{RecordId, Result};
use records::{Find, Params, Tx};
use serde_json::{Value as Json, json};
use std::collections::{HashMap, HashSet};

/// Deals without a rate that are named; all are counted.
const NAMED: usize = 100;

struct Page<'a> {
    asked: &'a Asked,
    counted: &'a Counted,
    people: &'a People,
    quotas: &'a Quotas,
    judged: &'a Judgements,
    teams: &'a HashMap<RecordId, String>,
}
/// What one place of the tree comes to.
struct Rolled {
    json: Json,
    total: Columns,
    commit: i128,
    best_case: i128,
    target: Target,
}

/// # Errors
/// 400 for parameters, 403 where deals or their amounts may not be read, 404 for a team that is not there.
pub(crate) fn forecast(tx: &mut Tx, params: &Params) -> Result<Json> {
    let asked = Asked::read(tx, params)?;
    let counted = match asked.as_of {
        Some(_) => past::counted(tx, &asked, start_of(asked.today, &asked.zone)?)?,
        None => now::counted(tx, &asked)?,
    };
    let (people, quotas, judged) = (People::read(tx)?, quotas(tx, &asked)?, judgements(tx, &asked)?);
    let teams = names(tx)?;
    let sees_all = tx.reads_every("opportunity")?;
    let mut with_numbers: HashSet<Option<RecordId>> = counted.by_owner.keys().copied().collect();
    if asked.teams.is_none() && asked.pipeline.is_none() {
        with_numbers.extend(quotas.of_person.keys().map(|person| Some(*person)));
        with_numbers.extend(judged.iter().filter(|((person, _), judged)| judged.holds(&people, *person)).map(|((person, _), _)| Some(*person)));
    }
    let page = Page { asked: &asked, counted: &counted, people: &people, quotas: &quotas, judged: &judged, teams: &teams };
    let tree: Vec<Rolled> = people.tree(&with_numbers, tx.me(), sees_all).iter().map(|node| page.node(node)).collect();
    let total = page.together(&tree);
    let mut all = Columns::default();
    tree.iter().for_each(|rolled| all.add(&rolled.total));
    let (items, unconverted) = (tree.into_iter().map(|rolled| rolled.json).collect::<Vec<_>>(), without_rate(tx, &asked)?);
    let list_value = list_value::json(tx, &asked, &counted.unpriced, &all)?;
    let settings = tx.settings();
    Ok(json!({
        "period": asked.period.json(),
        "today": asked.today.to_string(),
        "as_of": asked.as_of.map(|_| asked.today.to_string()),
        "currency": settings.currency,
        "time_zone": settings.time_zone,
        "fiscal_start": settings.fiscal_start,
        "total": total,
        "items": items,
        "teams": page.teams(),
        "list_value": list_value,
        "unconverted": unconverted,
    }))
}
pub(crate) fn names(tx: &mut Tx) -> Result<HashMap<RecordId, String>> {
    let find = Find { object: "team".into(), ..Find::default() };
    if !tx.reads_any("team")? {
        return Ok(HashMap::new());
    }
    Ok(rows(tx, &find, &json!({"and": []}), &["name"])?.iter().filter_map(|row| Some((id(row, "id")?, text(row, "name")?.to_owned()))).collect())
}

impl Page<'_> {
    fn node(&self, node: &Node) -> Rolled {
        let own = self.counted.by_owner.get(&node.person).cloned().unwrap_or_default();
        let below: Vec<Rolled> = node.children.iter().map(|child| self.node(child)).collect();
        let (mut total, mut commit, mut best_case, mut target) = (own.clone(), own.commit().minor, own.best_case().minor, Target::default());
        for child in &below {
            total.add(&child.total);
            commit += child.commit;
            best_case += child.best_case;
            target.add(child.target);
        }
        // A manager's own quota is what the whole team below is measured by; without one it is what theirs come to.
        if let Some(own) = node.person.and_then(|person| self.quotas.of_person.get(&person)) {
            target = Target { minor: own.minor.or(target.minor), new_customers: own.new_customers.or(target.new_customers) };
        }
        let mut overrides = serde_json::Map::new();
        for (column, value, calculated) in [("commit", &mut commit, total.commit().minor), ("best_case", &mut best_case, total.best_case().minor)] {
            let Some(person) = node.person else { continue };
            if let Some(judged) = self.judged.get(&(person, column.to_owned())).filter(|judged| judged.holds(self.people, person)) {
                *value = judged.minor;
                overrides.insert(column.into(), judged.json(self.people, calculated, self.asked));
            }
        }
        let person = node.person.map(|person| json!({"id": person.to_string(), "name": self.people.name(person)}));
        let team = node.person.and_then(|person| self.people.get(person)).and_then(|person| person.team).and_then(|team| self.team(team));
        let mut json = json!({"person": person, "team": team, "own": own.json(self.asked.home), "overrides": overrides});
        self.beside(&mut json, &total, commit, best_case, target);
        json["children"] = below.into_iter().map(|rolled| rolled.json).collect();
        Rolled { json, total, commit, best_case, target }
    }
    fn team(&self, team: RecordId) -> Option<Json> {
        self.teams.get(&team).map(|name| json!({"id": team.to_string(), "name": name}))
    }
    /// Columns, what rolls up, and how they stand to the quota.
    fn beside(&self, json: &mut Json, total: &Columns, commit: i128, best_case: i128, target: Target) {
        let home = self.asked.home;
        let closed = total.closed().minor;
        json["total"] = total.json(home);
        json["rolls_up"] = json!({"commit": amount(commit, home), "best_case": amount(best_case, home)});
        json["quota"] = target.minor.map_or(Json::Null, |minor| amount(minor, home));
        json["quota_new_customers"] = json!(target.new_customers);
        json["attainment"] = target.minor.map_or(Json::Null, |quota| ratio(closed, quota));
        json["coverage"] = target.minor.map_or(Json::Null, |quota| ratio(total.open_pipeline().minor, quota - closed));
    }
    /// All that is seen. With a team, that team's own quota.
    fn together(&self, tree: &[Rolled]) -> Json {
        let (mut total, mut commit, mut best_case, mut target) = (Columns::default(), 0, 0, Target::default());
        for rolled in tree {
            total.add(&rolled.total);
            commit += rolled.commit;
            best_case += rolled.best_case;
            target.add(rolled.target);
        }
        if let Some(of_team) = self.asked.team.and_then(|team| self.quotas.of_team.get(&team)) {
            target = *of_team;
        }
        let mut json = json!({});
        self.beside(&mut json, &total, commit, best_case, target);
        json
    }
    /// Deals by the team that they belong to, each team alone.
    fn teams(&self) -> Json {
        let mut teams: HashSet<RecordId> = self.counted.by_team.keys().copied().flatten().collect();
        teams.extend(self.quotas.of_team.keys().copied().filter(|team| self.asked.teams.as_ref().is_none_or(|asked| asked.contains(team))));
        let mut named: Vec<(String, RecordId)> = teams.into_iter().filter_map(|team| Some((kernel::fold(self.teams.get(&team)?), team))).collect();
        named.sort_unstable();
        let of = |team: RecordId| {
            let columns = self.counted.by_team.get(&Some(team)).cloned().unwrap_or_default();
            let target = self.quotas.of_team.get(&team).copied().unwrap_or_default();
            let mut json = json!({"team": self.team(team)});
            self.beside(&mut json, &columns, columns.commit().minor, columns.best_case().minor, target);
            json
        };
        named.into_iter().map(|(_, team)| of(team)).collect()
    }
}
/// Deals of the period, or open ones, in a currency for which there is no rate.
fn without_rate(tx: &mut Tx, asked: &Asked) -> Result<Json> {
    let day = |op: &str, day: jiff::civil::Date| json!({"field": "close_date", "op": op, "value": day.to_string()});
    let filter = asked.narrowed(vec![
        json!({"field": "amount", "op": "is_empty", "value": false}),
        json!({"field": "rate", "op": "is_empty", "value": true}),
        json!({"or": [{"field": "outcome", "op": "is_empty", "value": true}, {"and": [day("gte", asked.period.start), day("lte", asked.period.end), {"field": "outcome", "op": "eq", "value": "won"}]}]}),
    ]);
    let find = Find { object: "opportunity".into(), ..Find::default() };
    let foreign = |row: &Item| row.get("amount").and_then(|amount| text(amount.as_object()?, "currency")).is_some_and(|code| code != asked.home.as_str());
    let found: Vec<Item> = rows(tx, &find, &filter, &["name", "owner", "amount"])?.into_iter().filter(foreign).collect();
    Ok(json!({"deals": found.len(), "items": found.into_iter().take(NAMED).collect::<Vec<_>>()}))
}
