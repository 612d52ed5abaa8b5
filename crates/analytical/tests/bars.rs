//! Published and independently computed figures on real data: prints reference, ours and bar, and holds us to it. A set that is
//! not there is skipped by name.

use analytical::{clv, cohort, rfm, survival, transactions::Columns};
use serde_json::Value as Json;
use std::{io::Write as _, path::PathBuf, process::Command};

fn data() -> PathBuf {
    std::env::var_os("RAPPORT_SHARED_DATA").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from)
}
/// The folder and its reference values.
fn set(name: &str) -> Option<(PathBuf, Json)> {
    let folder = data().join(name);
    let Ok(text) = std::fs::read_to_string(folder.join("reference.json")) else {
        eprintln!("skip: {name} is not in {}", data().display());
        return None;
    };
    Some((folder, serde_json::from_str(&text).expect("reference values are JSON")))
}
fn near(what: &str, ours: &Json, reference: &Json, relative: f64) {
    let (ours, reference) = (ours.as_f64().unwrap_or(f64::NAN), reference.as_f64().expect("a reference"));
    let off = (ours - reference).abs() / reference.abs().max(1e-12);
    println!("{what:<44} reference {reference:<16.8} ours {ours:<16.8} off {off:<12.2e} bar {relative:.0e}");
    assert!(off <= relative, "{what}: {ours}, reference {reference}");
}
fn row<'a>(answer: &'a Json, id: &str) -> &'a Json {
    answer["rows"].as_array().expect("rows").iter().find(|r| r["id"] == id).unwrap_or_else(|| panic!("no row {id}"))
}
fn scratch(name: &str, text: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("rapport-bars-{}-{name}", std::process::id()));
    std::fs::File::create(&path).and_then(|mut f| f.write_all(text.as_bytes())).expect("a file of the test");
    path
}
/// The CDNOW sample as a table with a header.
fn cdnow(folder: &std::path::Path) -> PathBuf {
    let lines = std::fs::read_to_string(folder.join("CDNOW_sample.txt")).expect("the sample");
    let mut text = String::from("customer,date,amount\n");
    for line in lines.lines() {
        let parts: Vec<&str> = line.split_whitespace().collect();
        if let [_, id, date, _, amount] = parts.as_slice() {
            text += &format!("{},{date},{amount}\n", id.trim_start_matches('0'));
        }
    }
    scratch("cdnow.csv", &text)
}
fn columns(file: PathBuf) -> Columns {
    Columns { file, customer: "customer".into(), date: "date".into(), amount: Some("amount".into()), ..Columns::default() }
}

#[test]
fn lifetime_value_of_cdnow() {
    let Some((folder, reference)) = set("clv-cdnow") else { return };
    let file = cdnow(&folder);
    let of = |model| {
        let asked = Columns { until: Some("1997-09-30".into()), ..columns(file.clone()) };
        clv::run(&asked, clv::Question { model, horizon: 39.0, unit: cohort::Unit::Week, discount: 0.01 }).expect("an answer")
    };
    let (bg, pareto) = (of(clv::Model::BgNbd), of(clv::Model::ParetoNbd));
    assert_eq!(bg["n"], reference["n_customers"]);
    for name in ["r", "alpha", "a", "b"] {
        near(&format!("BG/NBD {name}"), &bg["parameters"][name], &reference["bgnbd_lifetimes"][name], 0.01);
    }
    for name in ["r", "alpha", "s", "beta"] {
        near(&format!("Pareto/NBD {name}"), &pareto["parameters"][name], &reference["pareto_nbd_lifetimes"][name], 0.01);
    }
    for name in ["p", "q", "v"] {
        near(&format!("Gamma-Gamma {name}"), &bg["parameters"]["gamma_gamma"][name], &reference["gamma_gamma_lifetimes"][name], 0.01);
    }
    assert!(bg["log_likelihood"].as_f64().unwrap() >= -9582.5 && pareto["log_likelihood"].as_f64().unwrap() >= -9595.1);
    for (id, theirs) in reference["customers"].as_object().expect("customers") {
        let (b, p) = (row(&bg, id), row(&pareto, id));
        near(&format!("customer {id}: purchases in 39 weeks"), &b["expected_purchases"], &theirs["bgnbd_E_purchases_39w"], 0.005);
        near(&format!("customer {id}: alive"), &b["p_alive"], &theirs["bgnbd_p_alive"], 0.005);
        near(&format!("customer {id}: purchases, Pareto/NBD"), &p["expected_purchases"], &theirs["pareto_E_purchases_39w"], 0.005);
        near(&format!("customer {id}: alive, Pareto/NBD"), &p["p_alive"], &theirs["pareto_p_alive"], 0.005);
        near(&format!("customer {id}: worth of a purchase"), &b["expected_value"], &theirs["gg_expected_avg_value"], 0.005);
    }
    near("holdout transactions", &bg["quality"]["actual_total"], &reference["summary_rebuild_check"]["holdout_transactions_39w"], 1e-9);
    let quality = |name: &str| bg["quality"][name].as_f64().unwrap();
    println!("holdout: expected {}, actual {}, MAE {}, of who goes on as before {}", quality("expected_total"), quality("actual_total"), quality("mae"), quality("mae_naive"));
    assert!(quality("mae") < quality("mae_naive"));
    std::fs::remove_file(file).expect("gone");
}

#[test]
fn survival_of_rossi() {
    let Some((folder, reference)) = set("churn-survival") else { return };
    let answer =
        survival::run(&survival::Question { file: folder.join("rossi.csv"), duration: "week".into(), event: "arrest".into(), treatment: Some("fin".into()), ..Default::default() }).expect("an answer");
    let cox = &answer["parameters"]["cox"];
    for (name, theirs) in reference["rossi_cox"]["coef"].as_object().expect("coefficients") {
        near(&format!("Cox {name}"), &cox["coefficients"][name], theirs, 1e-3);
        near(&format!("Cox {name}, standard error"), &cox["standard_errors"][name], &reference["rossi_cox"]["se"][name], 1e-3);
    }
    near("Cox log-likelihood", &answer["log_likelihood"], &reference["rossi_cox"]["log_likelihood"], 1e-6);
    near("concordance", &answer["quality"]["concordance"], &reference["rossi_cox"]["concordance"], 1e-6);
    for (week, theirs) in reference["rossi_km"].as_object().expect("a curve") {
        let ours = answer["rows"].as_array().unwrap().iter().rfind(|r| r["id"].as_f64() <= week.parse().ok()).unwrap();
        near(&format!("Kaplan-Meier at week {week}"), &ours["survival"], theirs, 1e-9);
    }
    near("log-rank", &answer["parameters"]["log_rank"]["chi2"], &reference["rossi_logrank_fin"]["chi2"], 1e-6);
    near("log-rank, p", &answer["parameters"]["log_rank"]["p"], &reference["rossi_logrank_fin"]["p"], 1e-6);
}

#[test]
fn rfm_and_cohorts_of_an_online_shop() {
    let Some((folder, reference)) = set("basket-onlineretail") else { return };
    let packed = Command::new("gzip").arg("-dc").arg(folder.join("OnlineRetail.csv.gz")).output().expect("gzip");
    let mut reader = csv::ReaderBuilder::new().from_reader(packed.stdout.as_slice());
    let header = reader.headers().expect("a header").clone();
    let at = |name: &str| header.iter().position(|h| h.trim_start_matches('\u{feff}') == name).unwrap_or_else(|| panic!("no {name} in {header:?}"));
    let (order, quantity, price, customer, date) = (at("InvoiceNo"), at("Quantity"), at("UnitPrice"), at("CustomerID"), at("InvoiceDate"));
    // the set's own rule for a clean row
    let mut text = String::from("customer,order,date,amount\n");
    for record in reader.byte_records() {
        let record = record.expect("a row");
        let cell = |i: usize| String::from_utf8_lossy(&record[i]).trim().to_owned();
        let (pieces, each): (f64, f64) = (cell(quantity).parse().unwrap(), cell(price).parse().unwrap());
        if !cell(customer).is_empty() && pieces > 0.0 && each > 0.0 && !cell(order).starts_with('C') {
            text += &format!("{},{},{},{:.4}\n", cell(customer).trim_end_matches(".0"), cell(order), cell(date), pieces * each);
        }
    }
    let file = scratch("shop.csv", &text);
    let asked = Columns { order: Some("order".into()), ..columns(file.clone()) };
    let answer = rfm::run(&asked, rfm::Mailing::default()).expect("an answer");
    let clean = &reference["clean"];
    assert_eq!(answer["n"], clean["customers"]);
    near("revenue", &answer["parameters"]["monetary"], &clean["revenue"], 1e-9);
    for (id, theirs) in reference["rfm"]["customers"].as_object().expect("customers") {
        let ours = row(&answer, id);
        for (name, key) in [("recency", "R"), ("frequency", "F"), ("monetary", "M")] {
            near(&format!("customer {id}: {name}"), &ours[name], &theirs[key], 1e-6);
        }
    }
    let cell = |name: &str| answer["rows"].as_array().unwrap().iter().filter(|r| r["cell"] == name).count();
    println!("cell 555: {} of {}, cell 111: {} of {}", cell("555"), reference["rfm"]["cell_555"], cell("111"), reference["rfm"]["cell_111"]);
    assert_eq!((serde_json::json!(cell("555")), serde_json::json!(cell("111"))), (reference["rfm"]["cell_555"].clone(), reference["rfm"]["cell_111"].clone()));
    let cohorts = cohort::run(&asked, cohort::Unit::Month).expect("an answer");
    for (month, active) in reference["cohorts_active_customers"].as_object().expect("cohorts") {
        assert_eq!(&row(&cohorts, month)["active"], active, "cohort {month}");
    }
    println!("{} cohorts equal", cohorts["rows"].as_array().unwrap().len());
    std::fs::remove_file(file).expect("gone");
}
