//! MAP.toml: what a person fixed about an import by hand.

use super::coerce::Missing;
use super::detect::{Choice, DateOrder, DecimalMark, PercentScale};
use super::target::FieldKind;
use kernel::Currency;
use serde::{Deserialize, Deserializer, de::Error as _};
use std::collections::BTreeMap;

/// Every problem of a mapping, each in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .problems.join("\n"))]
pub struct MappingError {
    pub problems: Vec<String>,
}
impl MappingError {
    pub(super) fn of(problem: impl Into<String>) -> Self {
        MappingError { problems: vec![problem.into()] }
    }
}

/// The file as written. All parts are optional; what is not said is found out.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub object: Option<String>,
    /// The unique field by which existing records are found and updated.
    pub key: Option<String>,
    #[serde(default, deserialize_with = "currency")]
    pub currency: Option<Currency>,
    #[serde(default, deserialize_with = "date_order")]
    pub date: Option<DateOrder>,
    #[serde(default, deserialize_with = "decimal_mark")]
    pub decimal: Option<DecimalMark>,
    pub percent: Option<PercentScale>,
    /// `empty` (as delivered): the amount 0 of a lost opportunity means that nobody knows; `keep`: it is a price.
    pub lost_zero: Option<LostZero>,
    pub encoding: Option<String>,
    /// One character: `;`, or `\t`.
    #[serde(default, deserialize_with = "delimiter")]
    pub delimiter: Option<u8>,
    pub sheet: Option<String>,
    #[serde(default, rename = "column")]
    pub columns: Vec<ColumnMapping>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LostZero {
    Empty,
    Keep,
}

/// `[[column]]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnMapping {
    /// The header; a column may be named more than once, to fill several fields.
    pub from: Option<String>,
    /// The field.
    pub to: Option<String>,
    /// For references: the field of the target by which it is found.
    #[serde(rename = "match")]
    pub by: Option<String>,
    pub missing: Option<Missing>,
    /// Written value -> meant value.
    #[serde(default, deserialize_with = "values")]
    pub values: BTreeMap<String, String>,
    /// Makes the custom field `to` of this type: `{ "date" = {} }`.
    pub create: Option<serde_json::Value>,
    #[serde(default)]
    pub skip: bool,
    /// Every number is multiplied by this: `1000000` for a column in millions.
    #[serde(default, deserialize_with = "factor")]
    pub multiply: Option<String>,
    #[serde(default, deserialize_with = "date_order")]
    pub date: Option<DateOrder>,
    #[serde(default, deserialize_with = "decimal_mark")]
    pub decimal: Option<DecimalMark>,
    pub percent: Option<PercentScale>,
    /// A text put together from other columns, instead of `from`: `"{product}, {account}"`. Parts without a value fall away.
    pub template: Option<String>,
    /// The label of a field that is created.
    pub label: Option<String>,
}
impl ColumnMapping {
    pub(super) fn choice(&self, all: &Mapping) -> Choice {
        Choice { date: self.date.or(all.date), decimal: self.decimal.or(all.decimal), percent: self.percent.or(all.percent) }
    }
}

impl Mapping {
    /// Reads MAP.toml. An unknown key is named with its line.
    pub fn parse(text: &str) -> Result<Mapping, MappingError> {
        let mapping: Mapping = toml::from_str(text).map_err(|e| MappingError::of(format!("the mapping cannot be read: {}", e.to_string().trim_end())))?;
        let mut problems = Vec::new();
        for (at, column) in mapping.columns.iter().enumerate() {
            let place = column.from.clone().unwrap_or_else(|| format!("[[column]] {}", at + 1));
            match (&column.from, &column.template) {
                (None, None) => problems.push(format!("{place}: name the column by \"from\", or give a \"template\"")),
                (Some(_), Some(_)) => problems.push(format!("{place}: \"from\" and \"template\" exclude each other")),
                _ => {}
            }
            if column.skip && (column.to.is_some() || column.create.is_some() || column.template.is_some()) {
                problems.push(format!("{place}: \"skip\" goes with \"from\" alone"));
            }
            if column.template.is_some() && column.to.is_none() {
                problems.push(format!("{place}: a template needs \"to\""));
            }
            if let Some(definition) = &column.create {
                match FieldKind::of_definition(definition) {
                    None => problems.push(format!("{place}: \"create\" takes one type of the contract, such as {{ \"date\" = {{}} }}, not {definition}")),
                    Some(FieldKind::Computed | FieldKind::File) => problems.push(format!("{place}: a field of this kind cannot be filled by an import")),
                    Some(_) => {}
                }
            }
        }
        match problems.is_empty() {
            true => Ok(mapping),
            false => Err(MappingError { problems }),
        }
    }
    pub(super) fn choice(&self) -> Choice {
        Choice { date: self.date, decimal: self.decimal, percent: self.percent }
    }
}

fn currency<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Currency>, D::Error> {
    let code = String::deserialize(d)?;
    code.parse().map(Some).map_err(|()| D::Error::custom(format!("{code:?} is no currency of ISO 4217, such as EUR")))
}
/// `dmy`, `d.m.y`, `DD/MM/YYYY`: the order of the letters counts.
fn date_order<'de, D: Deserializer<'de>>(d: D) -> Result<Option<DateOrder>, D::Error> {
    let text = String::deserialize(d)?;
    let mut letters: Vec<char> = text
        .to_lowercase()
        .chars()
        .filter(|c| matches!(c, 'd' | 'm' | 'y' | 't' | 'j'))
        .map(|c| {
            if c == 't' {
                'd'
            } else if c == 'j' {
                'y'
            } else {
                c
            }
        })
        .collect();
    letters.dedup();
    match letters.iter().collect::<String>().as_str() {
        "dmy" => Ok(Some(DateOrder::Dmy)),
        "mdy" => Ok(Some(DateOrder::Mdy)),
        "ymd" => Ok(Some(DateOrder::Ymd)),
        _ => Err(D::Error::custom(format!("{text:?} is no order of day, month and year; write dmy, mdy or ymd"))),
    }
}
fn decimal_mark<'de, D: Deserializer<'de>>(d: D) -> Result<Option<DecimalMark>, D::Error> {
    let text = String::deserialize(d)?;
    match text.trim() {
        "dot" | "point" | "." => Ok(Some(DecimalMark::Dot)),
        "comma" | "," => Ok(Some(DecimalMark::Comma)),
        _ => Err(D::Error::custom(format!("{text:?} is no decimal mark; write dot or comma"))),
    }
}
fn delimiter<'de, D: Deserializer<'de>>(d: D) -> Result<Option<u8>, D::Error> {
    let text = String::deserialize(d)?;
    match text.as_bytes() {
        [one] if *one != b'"' && one.is_ascii() => Ok(Some(*one)),
        _ => Err(D::Error::custom("the delimiter is one character")),
    }
}
fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        toml::Value::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}
fn values<'de, D: Deserializer<'de>>(d: D) -> Result<BTreeMap<String, String>, D::Error> {
    let table = BTreeMap::<String, toml::Value>::deserialize(d)?;
    table.into_iter().map(|(from, to)| plain(&to).map(|to| (from.clone(), to)).ok_or_else(|| D::Error::custom(format!("the value for {from:?} is text, a number, true or false")))).collect()
}
fn factor<'de, D: Deserializer<'de>>(d: D) -> Result<Option<String>, D::Error> {
    let text = plain(&toml::Value::deserialize(d)?).unwrap_or_default();
    match super::coerce::multiply(&text, "1") {
        Some(_) => Ok(Some(text)),
        None => Err(D::Error::custom("\"multiply\" is a number, such as 1000")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_mapping() {
        let mapping = Mapping::parse(
            "object = 'opportunity'\nkey = 'external_id'\ncurrency = 'USD'\ndate = 'DD.MM.YYYY'\ndecimal = ','\nencoding = 'latin1'\nlost_zero = 'keep'\n\
             [[column]]\nfrom = 'product'\nto = 'product'\nmatch = 'name'\nmissing = 'create'\nvalues = { GTXPro = 'GTX Pro', x = 1 }\ncreate = { reference = { to = 'product' } }\n\
             [[column]]\nfrom = 'junk'\nskip = true\n[[column]]\nfrom = 'revenue'\nto = 'annual_revenue'\nmultiply = 1000000\n[[column]]\ntemplate = '{product}, {account}'\nto = 'name'\n",
        )
        .unwrap();
        assert_eq!((mapping.date, mapping.decimal, mapping.currency.map(|c| c.to_string())), (Some(DateOrder::Dmy), Some(DecimalMark::Comma), Some("USD".into())));
        assert_eq!(mapping.columns[0].missing, Some(Missing::Create));
        assert_eq!(mapping.columns[0].values.get("x").map(String::as_str), Some("1"));
        assert_eq!(mapping.columns[2].multiply.as_deref(), Some("1000000"));
    }
    #[test]
    fn what_is_wrong_is_named() {
        for (text, words) in [
            ("objekt = 'x'", "objekt"),
            ("[[column]]\nform = 'a'", "form"),
            ("[[column]]\nto = 'a'", "from"),
            ("[[column]]\nfrom = 'a'\nskip = true\nto = 'b'", "skip"),
            ("[[column]]\nfrom = 'a'\nto = 'b'\ncreate = { colour = {} }", "create"),
            ("[[column]]\nfrom = 'a'\nto = 'b'\nmissing = 'maybe'", "maybe"),
            ("date = 'soon'", "dmy, mdy or ymd"),
            ("currency = 'euro'", "ISO 4217"),
            ("column = 3", "column"),
            ("[[column", "line 1"),
        ] {
            let error = Mapping::parse(text).unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
