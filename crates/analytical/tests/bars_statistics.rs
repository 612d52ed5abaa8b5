//! Statistics of 7,043 customers against SciPy and pandas: prints reference and ours, and holds us to eight digits. A set that is not there
//! is skipped by name.

use analytical::{correlate, crosstab, describe, test};
use serde_json::Value as Json;
use std::path::PathBuf;

fn near(what: &str, ours: &Json, reference: f64) {
    let ours = ours.as_f64().unwrap_or(f64::NAN);
    let off = (ours - reference).abs() / reference.abs();
    println!("{what:<44} reference {reference:<20.12e} ours {ours:<20.12e} off {off:.1e}");
    assert!(off <= 1e-8, "{what}: {ours}, reference {reference}");
}

#[test]
fn telephone_customers_as_scipy_tells() {
    let data = std::env::var_os("RAPPORT_SHARED_DATA").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let file = data.join("churn-telco/Telco-Customer-Churn.csv");
    if !file.exists() {
        return eprintln!("skip: churn-telco is not in {}", data.display());
    }
    // pandas describe, scipy.stats.skew(bias=False)
    let described = describe::run(&describe::Question { file: file.clone(), ..Default::default() }).expect("an answer");
    let charges = described["rows"].as_array().and_then(|rows| rows.iter().find(|r| r["id"] == "TotalCharges")).expect("the column");
    for (key, theirs) in [("missing", 11.0), ("mean", 2_283.300_440_841_866), ("sd", 2_266.771_361_883_145), ("q1", 401.45), ("skewness", 0.961_642_499_724_250_3)] {
        near(&format!("TotalCharges, {key}"), &charges[key], theirs);
    }
    // ttest_ind(equal_var=False), mannwhitneyu
    let ask = |group: &str| test::run(&test::Question { file: file.clone(), value: "MonthlyCharges".into(), group: group.into(), ..Default::default() }).expect("an answer");
    let two = ask("Churn");
    let (welch, ranks) = (&two["parameters"]["welch"], &two["parameters"]["mann_whitney"]);
    for (key, theirs) in [("t", -18.407_526_676_414_673), ("df", 4_135.795_017_764_659), ("p", 8.592_449_331_547_065e-73)] {
        near(&format!("Welch, {key}"), &welch[key], theirs);
    }
    near("Welch, lower limit", &welch["difference"]["low"], -14.579_572_239_755_977);
    near("Mann-Whitney, U", &ranks["u"], 3_667_080.5);
    near("Mann-Whitney, p", &ranks["p"], 3.311_627_651_988_585e-54);
    // f_oneway, kruskal
    let three = ask("Contract");
    near("analysis of variance, F", &three["parameters"]["anova"]["f"], 20.828_045_474_730_267);
    near("Kruskal-Wallis, H", &three["parameters"]["kruskal_wallis"]["h"], 21.226_197_373_559_675);
    // chi2_contingency, contingency.association
    let table = crosstab::run(&crosstab::Question { file: file.clone(), rows: "Contract".into(), columns: "PaymentMethod".into(), ..Default::default() }).expect("an answer");
    near("chi-squared", &table["parameters"]["chi2"], 1_001.581_571_133_370_2);
    near("Cramér's V", &table["parameters"]["cramers_v"], 0.266_654_747_654_149_15);
    // pearsonr, spearmanr, kendalltau
    let pair = correlate::run(&correlate::Question { file, columns: vec!["tenure".into(), "TotalCharges".into()], ..Default::default() }).expect("an answer");
    for (key, theirs) in [("pearson", 0.825_880_460_933_202), ("spearman", 0.889_177_080_536_549_1), ("kendall", 0.734_015_866_734_968_3)] {
        near(key, &pair["rows"][0][key]["value"], theirs);
    }
}
