//! The table, and how a bar is judged.

use std::fmt::Write as _;

pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) ours: String,
    /// What the same costs with nothing around it, in the same run.
    pub(crate) bare: String,
    pub(crate) bar: String,
    /// Ours in parts of the bar; 1 is just met.
    pub(crate) part: Option<f64>,
}
impl Row {
    /// A figure with no bar.
    pub(crate) fn plain(what: impl Into<String>, ours: impl Into<String>) -> Row {
        Row { what: what.into(), ours: ours.into(), bare: String::new(), bar: String::new(), part: None }
    }
    /// A figure that must not be above `most`.
    pub(crate) fn at_most(what: impl Into<String>, value: f64, most: f64, unit: &str) -> Row {
        Row { part: Some(value / most), bar: format!("<= {most} {unit}"), ..Row::plain(what, format!("{} {unit}", short(value))) }
    }
    /// CPU microseconds beside those of a bare twin, allowed `times` as much and `plus` more.
    pub(crate) fn beside(what: impl Into<String>, ours: f64, bare: f64, times: f64, plus: f64, bar: &str) -> Row {
        let what = what.into();
        let text = if plus > 0.0 { format!("{} + {} us", short(bare), short(plus)) } else { format!("{} us", short(bare)) };
        Row { what, ours: format!("{} us ({:.2} x)", short(ours), (ours - plus) / bare), bare: text, bar: bar.into(), part: Some(ours / (bare * times + plus)) }
    }
}
pub(crate) fn short(n: f64) -> String {
    if n < 10.0 {
        format!("{n:.2}")
    } else if n < 100.0 {
        format!("{n:.1}")
    } else {
        format!("{n:.0}")
    }
}

pub(crate) fn render(head: &str, rows: &[Row]) -> String {
    let mut out = format!("{head}\n\n| What | Rapport | Bare, same run | Bar | |\n|---|---|---|---|---|\n");
    for row in rows {
        let verdict = match row.part {
            None => String::new(),
            Some(part) if part <= 1.0 => "met".into(),
            Some(part) => format!("**missed: {part:.2} times the bar**"),
        };
        let _ = writeln!(out, "| {} | {} | {} | {} | {verdict} |", row.what, row.ours, row.bare, row.bar); // writing to a String cannot fail
    }
    out
}
