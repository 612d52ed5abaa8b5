//! What a world must show, because real sales organisations show it. Bounds are wide: another seed shows it too.

use super::{TODAY, World, rows, text, usual};
use serde_json::{Map, Value as Json};
use std::collections::{BTreeMap, HashMap};

type Row = Map<String, Json>;

fn minor(row: &Row, field: &str) -> Option<kernel::Money> {
    let money = row.get(field)?;
    kernel::Money::parse(money["amount"].as_str()?, money["currency"].as_str()?.parse().ok()?)
}
/// Euro, by the list of the company: near enough for shares.
fn euro(row: &Row, field: &str) -> f64 {
    minor(row, field).map_or(0.0, |m| {
        let rate = match m.currency.as_str() {
            "GBP" => 1.17,
            "USD" => 0.92,
            "SEK" => 0.088,
            "PLN" => 0.23,
            "JPY" => 0.61, // yen have no cents
            _ => 1.0,
        };
        kernel::Decimal { units: m.minor, scale: 2 }.as_f64() * rate
    })
}
#[expect(clippy::cast_precision_loss, reason = "small counts")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
fn within(what: &str, value: f64, low: f64, high: f64) {
    assert!((low..=high).contains(&value), "{what} is {value:.3}, should lie between {low} and {high}");
}
fn outcomes<'a>(deals: impl Iterator<Item = &'a Row>) -> (usize, usize, usize) {
    let (mut won, mut lost, mut open) = (0, 0, 0);
    for deal in deals {
        match text(deal, "outcome") {
            "won" => won += 1,
            "lost" => lost += 1,
            "" => open += 1,
            _ => {}
        }
    }
    (won, lost, open)
}
fn win_rate<'a>(deals: impl Iterator<Item = &'a Row>) -> f64 {
    let (won, lost, _) = outcomes(deals);
    share(won, won + lost)
}

#[test]
fn deals_are_won_and_lost_for_reasons() {
    let deals = || rows(usual(), "opportunity");
    within("the win rate", win_rate(deals()), 0.24, 0.44);
    let by_source = |source: &'static str| win_rate(deals().filter(move |d| text(d, "source") == source));
    assert!(by_source("Referral") > by_source("Search advertising") + 0.1 && by_source("Referral") > by_source("Cold call") + 0.1);
    let staff: HashMap<&str, &str> = rows(usual(), "user").map(|u| (text(u, "name"), text(u, "id"))).collect();
    let by_rep = |name: &str| {
        let id = staff[name];
        win_rate(deals().filter(move |d| text(d, "owner") == id))
    };
    assert!(by_rep("Katrin Brandstätter") > by_rep("Stefanie Kugler") + 0.05, "{} {}", by_rep("Katrin Brandstätter"), by_rep("Stefanie Kugler"));
    for deal in deals() {
        let closed = deal.contains_key("outcome");
        assert_eq!(closed, deal.contains_key("closed_at"));
        assert_eq!(closed, deal.contains_key("outcome_reason"));
        assert!(!closed || text(deal, "close_date") == &text(deal, "closed_at")[..10], "closed on the day it was closed: {deal:?}");
    }
    let cycle = |outcome: &'static str| {
        let mut days: Vec<i32> = deals()
            .filter(|d| text(d, "outcome") == outcome)
            .map(|d| super::super::day_of(text(d, "close_date").parse().unwrap()) - super::super::day_of(text(d, "started_on").parse().unwrap()))
            .collect();
        days.sort_unstable();
        f64::from(days[days.len() / 2])
    };
    within("the median days to win", cycle("won"), 45.0, 95.0);
    assert!(cycle("lost") > cycle("won"));
}

#[test]
fn the_pipeline_is_as_untidy_as_a_real_one() {
    let today = TODAY.to_string();
    let open: Vec<&Row> = rows(usual(), "opportunity").filter(|d| !d.contains_key("outcome")).collect();
    within("the share of open deals", share(open.len(), 2_000), 0.12, 0.26);
    let of_open = |test: &dyn Fn(&Row) -> bool| share(open.iter().filter(|d| test(d)).count(), open.len());
    within("without amount", of_open(&|d| !d.contains_key("amount")), 0.06, 0.3);
    within("without close date", of_open(&|d| !d.contains_key("close_date")), 0.05, 0.2);
    within("overdue", of_open(&|d| d.contains_key("close_date") && text(d, "close_date") < today.as_str()), 0.04, 0.25);
    within("without next step", of_open(&|d| !d.contains_key("next_step")), 0.15, 0.4);
    within("without account", of_open(&|d| !d.contains_key("account")), 0.005, 0.1);
    let limits: HashMap<&str, i32> = rows(usual(), "stage").filter_map(|s| Some((text(s, "id"), i32::try_from(s.get("rotting_days")?.as_i64()?).ok()?))).collect();
    let now = super::super::day_of(TODAY);
    within("rotting", of_open(&|d| now - super::super::day_of(text(d, "stage_entered_at")[..10].parse().unwrap()) > limits[text(d, "stage")]), 0.1, 0.5);
}

#[test]
fn a_few_are_large() {
    let mut by: HashMap<&str, f64> = HashMap::new();
    for order in rows(usual(), "order") {
        *by.entry(if order.contains_key("account") { text(order, "account") } else { text(order, "contact") }).or_default() += euro(order, "net");
    }
    let mut sums: Vec<f64> = by.into_values().collect();
    sums.sort_by(|a, b| b.total_cmp(a));
    let all: f64 = sums.iter().sum();
    let first_tenth: f64 = sums.iter().take(sums.len() / 10).sum();
    within("what the first tenth of the customers buys", first_tenth / all, 0.45, 0.85);
    assert!(sums[0] / all < 0.15, "one customer is not the company");
    let mut talks: HashMap<&str, usize> = HashMap::new();
    for row in rows(usual(), "interaction") {
        *talks.entry(text(row, "contact")).or_default() += 1;
    }
    let mut talks: Vec<usize> = talks.into_values().collect();
    talks.sort_unstable_by(|a, b| b.cmp(a));
    assert!(talks[0] > 35 && talks[talks.len() / 2] <= 6, "{:?} then {}", &talks[..5], talks[talks.len() / 2]);
}

#[test]
fn the_year_has_seasons() {
    let mut home: BTreeMap<String, usize> = BTreeMap::new();
    let mut business: BTreeMap<String, usize> = BTreeMap::new();
    for order in rows(usual(), "order").filter(|o| text(o, "channel") != "contract" && text(o, "kind") == "sale") {
        let months = if order.contains_key("account") { &mut business } else { &mut home };
        *months.entry(text(order, "ordered_at")[..7].to_owned()).or_default() += 1;
    }
    let sum = |months: &BTreeMap<String, usize>, names: &[&str]| names.iter().map(|n| months.get(*n).copied().unwrap_or(0)).sum::<usize>();
    assert!(sum(&home, &["2025-11", "2025-12"]) * 10 > sum(&home, &["2025-07", "2025-08"]) * 13, "{home:?}");
    let won = |months: &[&str]| rows(usual(), "opportunity").filter(|d| text(d, "outcome") == "won" && months.contains(&&text(d, "close_date")[..7])).count();
    assert!(won(&["2025-09", "2025-10", "2026-09", "2026-10"]) > won(&["2025-01", "2025-08", "2026-01", "2026-08"]), "autumn before summer");
}

#[test]
fn customers_fade_away() {
    let quarter = |at: &str| at[..4].parse::<usize>().unwrap() * 4 + (at[5..7].parse::<usize>().unwrap() - 1) / 3;
    let mut seen: HashMap<&str, Vec<usize>> = HashMap::new();
    for order in rows(usual(), "order") {
        let who = if order.contains_key("account") { text(order, "account") } else { text(order, "contact") };
        seen.entry(who).or_default().push(quarter(text(order, "ordered_at")));
    }
    let cohort: Vec<(usize, &Vec<usize>)> = seen.values().map(|q| (*q.iter().min().unwrap(), q)).filter(|(first, _)| (quarter("2025-01")..=quarter("2025-06")).contains(first)).collect();
    let back = |n: usize| share(cohort.iter().filter(|(first, q)| q.contains(&(first + n))).count(), cohort.len());
    within("who comes back in the next quarter", back(1), 0.3, 0.85);
    assert!(back(1) > back(5), "fewer as time goes by: {} {}", back(1), back(5));
    within("who still comes after five quarters", back(5), 0.12, 0.65);
    let former = rows(usual(), "account").filter(|a| text(a, "lifecycle_stage") == "former_customer").count();
    within("former customers", share(former, 1_000), 0.03, 0.25);
}

#[test]
fn campaigns_have_an_effect_that_the_held_out_show() {
    let members = || rows(usual(), "campaign_member");
    let held = members().filter(|m| text(m, "arm") == "held_out").count();
    assert!(held > 60 && members().filter(|m| text(m, "arm") == "held_out").all(|m| !m.contains_key("responded_at")));
    let sent = members().filter(|m| text(m, "arm") == "treated").count();
    let reacted = members().filter(|m| m.contains_key("responded_at")).count();
    within("who reacts", share(reacted, sent), 0.06, 0.25);
}

#[test]
fn sums_add_up() {
    let mut lines: HashMap<&str, i64> = HashMap::new();
    for line in rows(usual(), "order_line") {
        *lines.entry(text(line, "order")).or_default() += minor(line, "net").unwrap().minor;
    }
    let mut paid: HashMap<&str, i64> = HashMap::new();
    for payment in rows(usual(), "payment").filter(|p| text(p, "status") != "failed") {
        *paid.entry(text(payment, "order")).or_default() += minor(payment, "amount").unwrap().minor;
    }
    for order in rows(usual(), "order") {
        let (net, tax, total) = (minor(order, "net").unwrap().minor, minor(order, "tax").unwrap().minor, minor(order, "total").unwrap().minor);
        assert_eq!(net + tax, total, "{order:?}");
        assert_eq!(lines[text(order, "id")], net, "lines of {order:?}");
        assert!(text(order, "status") == "cancelled" || paid[text(order, "id")] == total, "payments of {order:?}");
        assert_eq!(text(order, "kind") == "return", total < 0, "{order:?}");
        assert!(net == 0 || minor(order, "cost").unwrap().minor.abs() < net.abs(), "sold below cost: {order:?}");
    }
    let mut deal_lines: HashMap<&str, i64> = HashMap::new();
    for line in rows(usual(), "opportunity_line") {
        *deal_lines.entry(text(line, "opportunity")).or_default() += minor(line, "total").unwrap().minor;
    }
    let hero_deals = super::super::tables::tables().heroes.iter().map(|h| h.deal[0].as_str()).collect::<Vec<_>>();
    for deal in rows(usual(), "opportunity").filter(|d| !hero_deals.contains(&text(d, "name"))) {
        let amount = euro(deal, "amount");
        assert!(amount == 0.0 || (300.0..3_000_000.0).contains(&amount), "{deal:?}");
        if let Some(lines) = deal_lines.get(text(deal, "id")) {
            assert_eq!(minor(deal, "amount").unwrap().minor, *lines, "lines of {deal:?}");
        }
    }
}

#[test]
fn names_come_in_every_script() {
    let names: Vec<String> = rows(usual(), "account")
        .map(|a| text(a, "name").to_owned())
        .chain(rows(usual(), "contact").map(|c| format!("{} {}", text(c, "first_name"), text(c, "last_name"))))
        .chain(rows(usual(), "contact").map(|c| text(c, "city").to_owned()))
        .collect();
    for part in ["Größwang", "Łódź", "青葉", "عمر", "İzmir", "Søren", "O'"] {
        assert!(names.iter().any(|n| n.contains(part)), "nobody with {part}");
    }
    let branches = rows(usual(), "account").filter(|a| a.contains_key("parent")).count();
    within("accounts that belong to another", share(branches, 1_000), 0.01, 0.2);
    let mut times: HashMap<&String, usize> = HashMap::new();
    for name in &names[..1_000] {
        *times.entry(name).or_default() += 1;
    }
    within("accounts that share a name", share(times.values().filter(|n| **n > 1).count(), 1_000), 0.0, 0.09);
    for row in rows(usual(), "contact").chain(rows(usual(), "lead")).chain(rows(usual(), "user")) {
        let email = text(row, "email");
        assert!(email.is_empty() || email.is_ascii() && [".example", "@example.com", "@example.org", "@example.net"].iter().any(|end| email.ends_with(end)), "{email} may be somebody's");
    }
    let bodies: std::collections::HashSet<&str> = rows(usual(), "interaction").map(|i| text(i, "body")).collect();
    assert!(bodies.len() > 12_000, "{} different texts", bodies.len());
}

#[test]
fn everybody_has_work() {
    let today = TODAY.to_string();
    let open = |t: &&Row| matches!(text(t, "status"), "open" | "in_progress" | "waiting");
    let tasks = || rows(usual(), "task");
    let overdue = tasks().filter(open).filter(|t| text(t, "due_on") < today.as_str()).count();
    let ahead = tasks().filter(open).filter(|t| text(t, "due_on") >= today.as_str()).count();
    assert!(overdue > 40 && ahead > 150 && tasks().filter(|t| text(t, "status") == "done").count() > 600, "{overdue} {ahead}");
    let planned = rows(usual(), "meeting").filter(|m| text(m, "starts_at") >= today.as_str()).count();
    assert!(planned > 60 && rows(usual(), "meeting").all(|m| (text(m, "starts_at") >= today.as_str()) == (text(m, "status") == "planned")));
    let (rep, _) = World::new(1, 5_000, TODAY).guides();
    let guide = rows(usual(), "user").find(|u| text(u, "email") == rep).map(|u| text(u, "id")).unwrap();
    let of_guide = |object: &'static str| rows(usual(), object).filter(|r| text(r, "owner") == guide).count();
    assert!(of_guide("account") > 40 && of_guide("opportunity") > 80 && of_guide("task") > 40 && of_guide("contact") > 150, "the guide has something to show");
    let kinds: std::collections::HashSet<(&str, &str)> = rows(usual(), "interaction").map(|i| (text(i, "kind"), text(i, "direction"))).collect();
    for kind in ["email", "call", "meeting", "chat", "message", "visit", "letter", "form", "social", "survey", "web", "event"] {
        assert!(kinds.iter().any(|(k, _)| *k == kind), "no {kind}");
    }
}
