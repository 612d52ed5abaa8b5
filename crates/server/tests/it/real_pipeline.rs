//! A real pipeline by the commands of its example, against figures that were worked out elsewhere.

use crate::kit::{Client, Engine, Place, Server};
use serde_json::{Value as Json, json};
use std::{collections::BTreeMap, path::Path};
use testkit::shared;

crate::on_both!(the_pipeline_of_the_example);

/// The commands of the first block of the example's page.
fn commands(example: &Path) -> Vec<Vec<String>> {
    let page = std::fs::read_to_string(example.join("README.md")).unwrap();
    let block = page.split("```").nth(1).unwrap();
    block.lines().filter_map(|line| line.strip_prefix("rapport ")).map(words).collect()
}
fn words(line: &str) -> Vec<String> {
    let (mut out, mut quoted, mut word) = (Vec::new(), false, String::new());
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => out.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            c => word.push(c),
        }
    }
    out.extend((!word.is_empty()).then_some(word));
    out
}

/// A command of the page, with the folders as they are here.
fn real(command: &[String], data: &Path, example: &Path) -> Vec<String> {
    let place = |word: &String| match (word.strip_prefix("maven/"), word.strip_prefix("examples/pipeline-maven/")) {
        (Some(file), _) => data.join(file).display().to_string(),
        (_, Some(file)) => example.join(file).display().to_string(),
        _ => word.clone(),
    };
    command.iter().map(place).collect()
}

fn the_pipeline_of_the_example(engine: Engine) {
    let Some(data) = shared::set("pipeline-maven") else { return };
    let reference = shared::reference(&data);
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/pipeline-maven");
    let place = Place::new(engine);
    place.person("ada@example.org", "admin");
    let token = place.token("ada@example.org", &[]);
    let server = Server::start(&place);
    let mut last = Json::Null;
    for command in commands(&example) {
        let mut real = real(&command, &data, &example);
        real.extend((command[0] == "import").then(|| "--json".to_owned()));
        let said = place.run(&real.iter().map(String::as_str).collect::<Vec<_>>()).ok();
        if command[0] != "import" {
            continue;
        }
        last = serde_json::from_str(said.trim().lines().last().unwrap()).unwrap();
        assert_eq!((&last["status"], &last["rejected"]), (&json!("done"), &json!(0)), "{command:?}: {last}");
    }
    assert_eq!((&last["created"], &last["missing"]), (&json!(8_800), &json!([])), "{last}");
    let client = server.client().bearer(&token);
    figures(&client, &reference);
    durations(&client, &reference);
    forecast(&client, &data);

    // The same again (of the deals the first 400) changes nothing, and a trial says so.
    let part = place.beside("part.csv");
    let deals = std::fs::read_to_string(data.join("sales_pipeline.csv")).unwrap();
    std::fs::write(&part, deals.lines().take(401).collect::<Vec<_>>().join("\n")).unwrap();
    for command in commands(&example).iter().filter(|c| c[0] == "import") {
        for trial in [true, false] {
            let mut again = real(command, &data, &example);
            for word in again.iter_mut().filter(|w| w.ends_with("sales_pipeline.csv")) {
                *word = part.display().to_string();
            }
            again.extend(["--json".to_owned()].into_iter().chain(trial.then(|| "--dry-run".to_owned())));
            let said = place.run(&again.iter().map(String::as_str).collect::<Vec<_>>()).ok();
            let answer: Json = serde_json::from_str(said.trim().lines().last().unwrap()).unwrap();
            assert_eq!((&answer["created"], &answer["updated"], &answer["rejected"], &answer["unchanged"]), (&json!(0), &json!(0), &json!(0), &answer["rows"]), "trial {trial}: {answer}");
        }
    }
    figures(&client, &reference);

    // Taken back, nothing of it is left: not the deals, not the products' prices, not the fields that it made.
    let undone: Json = serde_json::from_str(&place.run(&["undo", last["change_set"].as_str().unwrap()]).ok()).unwrap();
    assert_eq!((&undone["status"], &undone["restored"], &undone["skipped"]), (&json!("done"), &json!(8_800), &json!([])), "{undone}");
    assert_eq!(client.get("/api/v1/records/opportunity?count=exact&limit=1").ok()["total"], 0);
    let fields = client.get("/api/v1/objects/opportunity").ok()["fields"].as_array().unwrap().clone();
    assert!(!fields.iter().any(|f| f["name"] == "deal_stage" && f["archived"] != true), "{fields:?}");
}

/// What the forecast says of each manager and quarter, against a count of the file itself, and how it stood on a day.
fn forecast(client: &Client, data: &Path) {
    let table = |name: &str| -> Vec<Vec<String>> {
        let text = std::fs::read_to_string(data.join(name)).unwrap();
        text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
    };
    let managers: BTreeMap<String, String> = table("sales_teams.csv").into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let mut recount: BTreeMap<(String, String), i64> = BTreeMap::new();
    for row in table("sales_pipeline.csv").iter().filter(|row| row[4] == "Won") {
        let quarter = format!("{}-{:02}-01", &row[6][..4], (row[6][5..7].parse::<u32>().unwrap() - 1) / 3 * 3 + 1);
        *recount.entry((managers[&row[1]].clone(), quarter)).or_default() += row[7].parse::<i64>().unwrap();
    }
    let dollars = |json: &Json| json["amount"]["amount"].as_str().or(json["amount"].as_str()).unwrap().strip_suffix(".00").unwrap().parse::<i64>().unwrap();
    let ask = |question: &str| client.get(&format!("/api/v1/forecast?{question}")).ok();
    let mut melvin = Vec::new();
    for quarter in ["2017-01-01", "2017-04-01", "2017-07-01", "2017-10-01"] {
        let said = ask(&format!("period={quarter}"));
        assert_eq!((&said["currency"], &said["period"]["kind"]), (&json!("USD"), &json!("quarter")));
        for line in said["items"].as_array().unwrap() {
            let name = line["person"]["name"].as_str().unwrap().to_owned();
            let won = dollars(&line["total"]["closed"]);
            assert_eq!(Some(won), recount.remove(&(name.clone(), quarter.to_owned())).or(Some(0)), "{name} {quarter}");
            melvin.extend((name == "Melvin Marxen").then_some(won));
        }
    }
    assert!(recount.is_empty(), "{recount:?}");
    assert_eq!(melvin, [222_054, 591_334, 767_754, 670_788]);

    // The quarter as it turned out, and of it what came from deals that were open when it began.
    let total = ask("period=2017-10-01")["total"]["total"].clone();
    assert_eq!(["closed", "closed_from_before", "closed_born_inside"].map(|column| dollars(&total[column])), [2_802_496, 1_251_928, 1_550_568]);
    // As it stood that morning: 2,409 deals, none with an amount or a date that was only known at the end.
    let then = ask("period=2017-10-01&as_of=2017-10-01");
    let open = &then["total"]["total"]["without_close_date"];
    assert_eq!((&open["deals"], &open["without_amount"], dollars(open)), (&json!(2_409), &json!(2_409), 0), "{then}");
    assert_eq!((dollars(&then["total"]["total"]["closed"]), &then["total"]["total"]["win_rate"]["so_far"]["rate"]), (0, &json!("0.6437")));
    let list = &then["list_value"];
    let weighted = list["weighted"]["amount"].as_str().unwrap().parse::<f64>().unwrap();
    assert_eq!((&list["deals"], dollars(list), weighted.round()), (&json!(2_409), 5_763_490, 3_709_805.0), "{list}");
    // What became of it: every deal won in the quarter stands on both sides, whether it was there before or not.
    let moved = client.get("/api/v1/forecast/movement?from=2017-10-01&to=2017-12-31").ok();
    let line = |name: &str| moved["lines"].as_array().unwrap().iter().find(|line| line["name"] == name).unwrap().clone();
    assert_eq!((dollars(&moved["start"]), dollars(&line("won")), dollars(&moved["end"])), (0, 2_802_496, 0));
    assert_eq!(dollars(&line("new")) + dollars(&line("pulled_in")), 2_802_496 + dollars(&line("lost")));
}

fn aggregate(client: &Client, body: &Json) -> Vec<Json> {
    client.post("/api/v1/records/opportunity/aggregate", body).ok()["items"].as_array().unwrap().clone()
}
/// Amounts and counts by the one key of a group.
fn by(items: &[Json], measure: usize) -> BTreeMap<String, f64> {
    let number = |v: &Json| v.get("amount").unwrap_or(v).as_str().map_or_else(|| v.as_f64().unwrap_or(f64::NAN), |t| t.parse().unwrap());
    items.iter().map(|i| (i["key"].as_object().unwrap().values().next().and_then(Json::as_str).unwrap_or("null").to_owned(), number(&i["values"][measure]))).collect()
}
fn expected(reference: &Json, name: &str) -> BTreeMap<String, f64> {
    reference[name].as_object().unwrap().iter().map(|(k, v)| (k.clone(), v.as_f64().unwrap())).collect()
}

fn figures(client: &Client, reference: &Json) {
    let won = json!({"field": "outcome", "op": "eq", "value": "won"});
    let closed = json!({"field": "outcome", "op": "in", "value": ["won", "lost"]});
    let count = |object: &str, filter: Json| client.post(&format!("/api/v1/records/{object}/query"), &json!({"filter": filter, "limit": 1, "count": "exact"})).ok()["total"].clone();
    assert_eq!(count("account", json!({"and": []})), reference["accounts"]);
    assert_eq!(count("product", json!({"and": []})), reference["products"]);
    assert_eq!(count("user", json!({"not": {"field": "manager", "op": "is_empty"}})), reference["agents"]);
    let empty = |name: &str| json!({"field": name, "op": "is_empty"});
    assert_eq!(count("opportunity", empty("account")), reference["null_account"]);
    assert_eq!(count("opportunity", json!({"and": [empty("amount"), empty("close_date")]})), reference["kpi"]["open_deals"]);
    assert_eq!(count("opportunity", json!({"and": [{"field": "stage.kind", "op": "eq", "value": "open"}, {"not": {"and": [empty("amount"), empty("close_date")]}}]})), json!(0));
    assert_eq!(count("opportunity", json!({"field": "product.name", "op": "eq", "value": "GTX Pro"})).as_u64().map(|n| n >= 1_480), Some(true));

    let grouped = |field: &str, filter: &Json, measures: Json| aggregate(client, &json!({"filter": filter, "group_by": [{"field": field}], "measures": measures, "limit": 500}));
    let sum = json!([{"fn": "sum", "field": "amount"}, {"fn": "count"}]);
    let stages = by(&grouped("deal_stage", &json!({"and": []}), json!([{"fn": "count"}])), 0);
    assert_eq!(stages, expected(reference, "stages"));
    let all = aggregate(
        client,
        &json!({"filter": won, "group_by": [], "measures": [{"fn": "count"}, {"fn": "sum", "field": "amount"}, {"fn": "avg", "field": "amount"}, {"fn": "median", "field": "amount"}]}),
    );
    let kpi = &reference["kpi"];
    let values = &all[0]["values"];
    let amount = |i: usize| values[i]["amount"].as_str().unwrap().parse::<f64>().unwrap();
    assert_eq!((values[0].as_f64(), amount(1), amount(3)), (kpi["won"].as_f64(), kpi["won_value"].as_f64().unwrap(), kpi["median_won_deal"].as_f64().unwrap()));
    assert!((amount(2) - kpi["avg_won_deal"].as_f64().unwrap()).abs() < 0.01, "{values}");

    assert_eq!(by(&grouped("product.name", &won, sum.clone()), 0), expected(reference, "won_value_by_product"));
    assert_eq!(by(&grouped("owner.team.name", &won, sum.clone()), 0), expected(reference, "won_value_by_region"));
    // the source has a misspelt sector, which the mapping keeps beside the repaired one
    assert_eq!(by(&grouped("account.sector", &won, sum.clone()), 0), expected(reference, "won_value_by_sector"));
    assert!(!by(&grouped("account.industry", &won, sum.clone()), 0).contains_key("technolgy"));
    let agents = by(&grouped("owner.name", &won, sum.clone()), 0);
    for (name, value) in expected(reference, "top5_agents_by_won_value") {
        assert_eq!(agents[&name], value, "{name}");
    }
    let buckets = |bucket: &str, filter: &Json| by(&aggregate(client, &json!({"filter": filter, "group_by": [{"field": "close_date", "bucket": bucket}], "measures": sum})), 1);
    let value = |bucket: &str| by(&aggregate(client, &json!({"filter": won, "group_by": [{"field": "close_date", "bucket": bucket}], "measures": sum})), 0);
    let month = |day: &str| day[..7].to_owned();
    let quarter = |day: &str| format!("{}Q{}", &day[..4], day[5..7].parse::<u32>().unwrap().div_ceil(3));
    assert_eq!(value("month").into_iter().map(|(k, v)| (month(&k), v)).collect::<BTreeMap<_, _>>(), expected(reference, "won_value_by_month"));
    assert_eq!(value("quarter").into_iter().map(|(k, v)| (quarter(&k), v)).collect::<BTreeMap<_, _>>(), expected(reference, "won_value_by_quarter"));
    let (won_n, closed_n) = (buckets("quarter", &won), buckets("quarter", &closed));
    assert_rates(won_n.iter().map(|(k, n)| (quarter(k), n / closed_n[k])).collect(), reference, "win_rate_by_quarter");
    let (won_n, closed_n) = (by(&grouped("owner.manager.name", &won, sum.clone()), 1), by(&grouped("owner.manager.name", &closed, sum), 1));
    assert_rates(won_n.iter().map(|(k, n)| (k.clone(), n / closed_n[k])).collect(), reference, "win_rate_by_manager");
    assert!((won_n.values().sum::<f64>() / closed_n.values().sum::<f64>() - kpi["win_rate"].as_f64().unwrap()).abs() < 1e-12);
}
fn assert_rates(found: BTreeMap<String, f64>, reference: &Json, name: &str) {
    let expected = expected(reference, name);
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{name}");
    for (key, rate) in found {
        assert!((rate - expected[&key]).abs() < 1e-12, "{name} {key}: {rate}, not {}", expected[&key]);
    }
}
/// Days from the start to the close, over all closed deals.
fn durations(client: &Client, reference: &Json) {
    for (outcome, name) in [("won", "avg_cycle_won_days"), ("lost", "avg_cycle_lost_days")] {
        let (mut days, mut deals, mut cursor) = (0i64, 0i64, Json::Null);
        loop {
            let page = client
                .post(
                    "/api/v1/records/opportunity/query",
                    &json!({"filter": {"field": "outcome", "op": "eq", "value": outcome}, "fields": ["started_on", "close_date"], "limit": 500, "cursor": cursor}),
                )
                .ok();
            for deal in page["items"].as_array().unwrap() {
                let day = |name: &str| deal[name].as_str().unwrap().parse::<jiff::civil::Date>().unwrap();
                days += i64::from((day("close_date") - day("started_on")).get_days());
                deals += 1;
            }
            cursor = page["next_cursor"].clone();
            if cursor.is_null() {
                break;
            }
        }
        let mean = days as f64 / deals as f64;
        assert!((mean - reference["kpi"][name].as_f64().unwrap()).abs() < 1e-9, "{name}: {mean}");
    }
}
