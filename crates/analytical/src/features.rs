//! What a table knows about each row, as columns that a model can learn from.

use crate::{dates, numbers, round::figure, table::Table};
use serde_json::{Value as Json, json};
use stats::predict::{Column, Frame};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Texts of a column that are told apart; rarer ones are one.
const VALUES: usize = 200;
/// Share of cells that must be numbers, or days, for the column to hold such.
const MOSTLY: f64 = 0.95;

/// Columns to learn from. `frame` and the names are in the same order.
#[derive(Debug, Default)]
pub struct Features {
    pub names: Vec<String>,
    pub frame: Frame,
    /// The values of categories, by their number.
    labels: Vec<Vec<String>>,
    /// Where each stands in the table.
    at: Vec<usize>,
}
impl Features {
    /// All columns but those named. What is left out, and why, goes into the warnings.
    #[must_use]
    pub fn of(table: &Table, out: &BTreeSet<usize>, warnings: &mut Vec<Json>) -> Features {
        let mut features = Features { frame: Frame { columns: vec![], rows: table.rows.len() }, ..Features::default() };
        for at in (0..table.columns.len()).filter(|at| !out.contains(at)) {
            let cells: Vec<Option<&str>> = table.rows.iter().map(|row| row[at].as_deref()).collect();
            match column(&cells) {
                Ok((column, labels)) => {
                    features.names.push(table.columns[at].clone());
                    features.frame.columns.push(column);
                    features.labels.push(labels);
                    features.at.push(at);
                }
                Err(why) => warnings.push(json!({"kind": "left_out", "column": table.columns[at], "detail": format!("This column {why} and is left out.")})),
            }
        }
        features
    }
    /// A value of a category, by its number.
    #[must_use]
    pub fn label(&self, column: usize, code: u32) -> &str {
        usize::try_from(code).ok().and_then(|code| self.labels[column].get(code)).map_or("other", String::as_str)
    }
    /// Whether some rows have no value there.
    #[must_use]
    pub fn has_gaps(&self, column: usize) -> bool {
        match &self.frame.columns[column] {
            Column::Number(values) => values.iter().any(|v| !v.is_finite()),
            Column::Category(codes) => codes.iter().any(Option::is_none),
        }
    }
    /// What stands in a row, as written.
    #[must_use]
    pub fn cell(&self, table: &Table, row: usize, column: usize) -> Json {
        table.rows[row][self.at[column]].as_deref().map_or(Json::Null, |text| json!(text))
    }
}
/// A column with the values of its categories.
type Read = Result<(Column, Vec<String>), String>;
fn column(cells: &[Option<&str>]) -> Read {
    let known: Vec<&str> = cells.iter().flatten().copied().collect();
    if known.is_empty() {
        return Err("is empty".into());
    }
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let enough = |n: usize| n as f64 >= MOSTLY * known.len() as f64;
    let style = numbers::Style::of(known.iter().copied());
    let read: Vec<f64> = cells.iter().map(|c| c.and_then(|c| style.read(c)).unwrap_or(f64::NAN)).collect();
    if enough(read.iter().filter(|v| v.is_finite()).count()) {
        return number(read);
    }
    // Of a day only the month: a date that is past does not come again, and a model that goes by it tells of its own time only.
    let days = dates::Style::of(known.iter().copied());
    let months: Vec<Option<u32>> = cells.iter().map(|c| c.and_then(|c| days.read(c)).and_then(|at| u32::try_from(at.month() - 1).ok())).collect();
    if enough(months.iter().flatten().count()) {
        return if months.iter().flatten().collect::<HashSet<_>>().len() > 1 {
            Ok((Column::Category(months), (1..=12).map(|m| format!("month {m}")).collect()))
        } else {
            Err("holds days of one month only".into())
        };
    }
    category(cells, known.len())
}
fn number(values: Vec<f64>) -> Read {
    let known: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    let different: HashSet<u64> = known.iter().map(|v| v.to_bits()).collect();
    if different.len() == 1 && known.len() == values.len() {
        return Err("has the same value everywhere".into());
    }
    let counts_up = known.windows(2).all(|w| w[1] > w[0]) && known.iter().all(|v| v.fract() == 0.0);
    if counts_up && known.len() == values.len() && known.len() > 50 {
        return Err("only numbers the rows".into());
    }
    Ok((Column::Number(values), vec![]))
}
fn category(cells: &[Option<&str>], known: usize) -> Read {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for cell in cells.iter().flatten() {
        *counts.entry(cell).or_default() += 1;
    }
    if counts.len() == 1 && known == cells.len() {
        return Err("has the same value everywhere".into());
    }
    if counts.len() > 50 && counts.len() * 2 > known {
        return Err("has almost as many different texts as rows".into());
    }
    let mut order: Vec<(&str, usize)> = counts.into_iter().collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let code: BTreeMap<&str, u32> = order.iter().take(VALUES).zip(0..).map(|((text, _), code)| (*text, code)).collect();
    let other = u32::try_from(code.len()).unwrap_or(0);
    let labels = order.iter().take(VALUES).map(|(text, _)| (*text).to_owned()).collect();
    Ok((Column::Category(cells.iter().map(|c| c.map(|text| code.get(text).copied().unwrap_or(other))).collect()), labels))
}

/// Rows that are kept back to tell how good a model is, by a test on the row's number (from 0, in the order of the file) or on a
/// column: `row % 5 == 0`, `row >= 8000`, `signed_on >= '2020-01-01'`, `part == test`.
///
/// # Errors
/// A test that cannot be read, or a column that is not there.
pub fn kept_back(table: &Table, test: &str) -> Result<Vec<bool>, crate::Refusal> {
    let refuse = || crate::Refusal(format!("--test \"{test}\" cannot be read. Such tests can: row % 5 == 0, row >= 8000, signed_on >= '2020-01-01', part == test."));
    let (at, sign) = ["==", "!=", ">=", "<=", ">", "<"].into_iter().find_map(|sign| Some((test.find(sign)?, sign))).ok_or_else(refuse)?;
    let (left, right) = (test[..at].trim(), test[at + sign.len()..].trim().trim_matches(['\'', '"']));
    if left.is_empty() || right.is_empty() {
        return Err(refuse());
    }
    let holds = |order: std::cmp::Ordering| match sign {
        "==" => order.is_eq(),
        "!=" => order.is_ne(),
        ">=" => order.is_ge(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_lt(),
    };
    let words: Vec<&str> = left.split('%').map(str::trim).collect();
    if words[0] == "row" && table.position("row").is_none() {
        let by = match words[..] {
            [_] => usize::MAX,
            [_, by] => by.parse().ok().filter(|n| *n > 0).ok_or_else(refuse)?,
            _ => return Err(refuse()),
        };
        let wanted: usize = right.parse().map_err(|_| refuse())?;
        return Ok((0..table.rows.len()).map(|row| holds((row % by).cmp(&wanted))).collect());
    }
    if right.contains(" and ") || right.contains(" or ") || right.contains("&&") || right.contains("||") {
        return Err(refuse());
    }
    let column = table.column(left)?;
    let cells: Vec<&str> = table.rows.iter().filter_map(|row| row[column].as_deref()).collect();
    let (as_numbers, as_days) = (numbers::Style::of(cells.iter().copied()), dates::Style::of(cells.iter().copied()));
    let enough = |n: usize| n > 0 && n * 100 >= cells.len() * 95;
    let orders = !matches!(sign, "==" | "!=");
    // compared as what the column holds, never as letters where it holds numbers or days
    let compare: Box<dyn Fn(&str) -> Option<std::cmp::Ordering>> = if enough(cells.iter().filter(|c| as_numbers.read(c).is_some()).count()) {
        let wanted = as_numbers.read(right).ok_or_else(|| crate::Refusal(format!("--test \"{test}\": \"{left}\" holds numbers, and \"{right}\" is none.")))?;
        Box::new(move |cell| as_numbers.read(cell).map(|v| v.total_cmp(&wanted)))
    } else if enough(cells.iter().filter(|c| as_days.read(c).is_some()).count()) {
        let iso = || dates::Style::of([right].into_iter()).read(right);
        let wanted = as_days.read(right).or_else(iso).ok_or_else(|| crate::Refusal(format!("--test \"{test}\": \"{left}\" holds days, and \"{right}\" is none. Write it as 2020-01-31.")))?;
        Box::new(move |cell| as_days.read(cell).map(|v| v.cmp(&wanted)))
    } else if orders {
        return Err(crate::Refusal(format!("--test \"{test}\": \"{left}\" holds texts; they are equal (==) or not (!=).")));
    } else {
        Box::new(|cell| Some(cell.cmp(right)))
    };
    Ok(table.rows.iter().map(|row| row[column].as_deref().and_then(&compare).is_some_and(holds)).collect())
}

/// Which rows had it, which had not, and of which it is not known.
#[derive(Debug)]
pub struct Target {
    pub column: usize,
    pub positive: String,
    pub truth: Vec<Option<bool>>,
}
const YES: [&str; 14] = ["1", "yes", "true", "y", "t", "won", "churned", "left", "converted", "ja", "positive", "lost", "exited", "1.0"];
impl Target {
    /// # Errors
    /// A column that is not there, or with other than two values where none was named.
    pub fn of(table: &Table, name: &str, positive: Option<&str>, negative: Option<&str>) -> Result<Target, crate::Refusal> {
        let column = table.column(name)?;
        let values: BTreeSet<&str> = table.rows.iter().filter_map(|row| row[column].as_deref()).collect();
        let shown = || values.iter().take(10).map(|v| format!("\"{v}\"")).collect::<Vec<_>>().join(", ");
        let positive = match positive {
            Some(value) if values.contains(value) => value.to_owned(),
            Some(value) => return Err(crate::Refusal(format!("No row has \"{value}\" in \"{name}\". There are: {}.", shown()))),
            None if values.len() == 2 => {
                let likely = YES.iter().find_map(|yes| values.iter().find(|v| v.eq_ignore_ascii_case(yes)));
                (*likely.or(values.last()).unwrap_or(&"")).to_owned()
            }
            None => {
                return Err(crate::Refusal(format!(
                    "\"{name}\" has {} values ({}); two can be told apart. Say by --positive which one is meant; --negative leaves the others out.",
                    values.len(),
                    shown()
                )));
            }
        };
        if let Some(value) = negative.filter(|value| !values.contains(value)) {
            return Err(crate::Refusal(format!("No row has \"{value}\" in \"{name}\". There are: {}.", shown())));
        }
        let truth = table
            .rows
            .iter()
            .map(|row| match row[column].as_deref() {
                Some(value) if value == positive => Some(true),
                Some(value) if negative.is_none_or(|n| n == value) => Some(false),
                _ => None,
            })
            .collect();
        Ok(Target { column, positive, truth })
    }
}
/// How many rows have it, of those of which it is known.
#[must_use]
pub fn base_rate(truth: &[bool]) -> Json {
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    let share = truth.iter().filter(|t| **t).count() as f64 / truth.len().max(1) as f64;
    figure(share)
}

#[cfg(test)]
mod tests {
    use super::{Features, Target, kept_back};
    use crate::table::Table;
    use std::collections::BTreeSet;

    fn table(text: &str) -> Table {
        let folder = std::env::temp_dir().join(format!("rapport-features-{}-{}.csv", std::process::id(), text.len()));
        std::fs::write(&folder, text).unwrap();
        Table::read(&folder).unwrap()
    }
    #[test]
    fn columns_are_numbers_days_texts_or_nothing() {
        let rows: String = (0..60).map(|i| format!("{i},{},2026-{:02}-01,{},same,name{i}\n", i * 7 % 13, i % 12 + 1, ["a", "b", ""][i % 3])).collect();
        let table = table(&format!("nr,amount,day,kind,flat,who\n{rows}"));
        let mut warnings = vec![];
        let features = Features::of(&table, &BTreeSet::new(), &mut warnings);
        assert_eq!(features.names, ["amount", "day", "kind"], "{warnings:?}");
        assert_eq!(warnings.len(), 3);
        assert_eq!(features.cell(&table, 1, 2), "b");
    }
    #[test]
    fn tests_of_rows() {
        let table = table("part,day\ntest,2026-01-02\ntrain,2026-01-01\ntrain,\n");
        assert_eq!(kept_back(&table, "row % 2 == 0").unwrap(), [true, false, true]);
        assert_eq!(kept_back(&table, "row >= 1").unwrap(), [false, true, true]);
        assert_eq!(kept_back(&table, "part == 'test'").unwrap(), [true, false, false]);
        assert_eq!(kept_back(&table, "day >= 2026-01-02").unwrap(), [true, false, false]);
        assert_eq!(kept_back(&table, "part != test").unwrap(), [false, true, true]);
        let days = self::table("day,n,part\n30.9.2025,1,a\n1.2.2026,2,b\n31.12.2024,3,c\n");
        assert_eq!(kept_back(&days, "day >= 2025-01-01").unwrap(), [true, true, false], "days are compared as days");
        assert_eq!(kept_back(&days, "day < '1.1.2026'").unwrap(), [true, false, true]);
        for bad in ["n >= x", "day >= soon", "part >= b", "n >= 0 and n < 1", "n >= 1 && n < 2"] {
            assert!(kept_back(&days, bad).is_err(), "{bad}");
        }
        for bad in ["", "row", "row % 0 == 1", "row % 2 == x", "nothing == 1", "== 3"] {
            assert!(kept_back(&table, bad).is_err(), "{bad}");
        }
    }
    #[test]
    fn targets() {
        let table = table("y,s\nno,a\nyes,b\n,c\n");
        let target = Target::of(&table, "y", None, None).unwrap();
        assert_eq!((target.positive.as_str(), &target.truth[..]), ("yes", &[Some(false), Some(true), None][..]));
        assert!(Target::of(&table, "s", None, None).unwrap_err().0.contains("--positive"));
        assert_eq!(Target::of(&table, "s", Some("b"), Some("a")).unwrap().truth, [Some(false), Some(true), None]);
        assert!(Target::of(&table, "s", Some("z"), None).is_err());
    }
}
