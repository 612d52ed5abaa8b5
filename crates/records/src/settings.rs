//! Settings of a workspace, each changeable by an administrator.

use crate::{LogEntry, OrDb, tx::Tx};
use kernel::{Currency, Error, FieldError, Result};
use serde::Serialize;
use serde_json::{Map, Value as Json};
use store::{Db, Sql};

/// Areas that an organisation may do without; the centre and the administration always stand.
const AREAS: [&str; 5] = ["sales", "marketing", "service", "privacy", "custom"];

#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// IANA name; money facts are bucketed in it.
    pub time_zone: String,
    pub language: String,
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_start: i8,
    /// 1 is Monday.
    pub week_start: i8,
    /// Country of phone numbers without a code, ISO 3166-1 alpha-2.
    pub country: String,
    /// Areas that nobody sees. Their records stay, and come back with the area.
    pub areas_off: Vec<String>,
}
impl Default for Settings {
    fn default() -> Self {
        Settings { name: "main".into(), currency: "EUR".into(), time_zone: "UTC".into(), language: "en".into(), fiscal_start: 1, week_start: 1, country: "DE".into(), areas_off: vec![] }
    }
}
impl Settings {
    pub fn currency(&self) -> Currency {
        self.currency.parse().unwrap_or(Currency::EUR)
    }
    pub fn zone(&self) -> jiff::tz::TimeZone {
        jiff::tz::TimeZone::get(&self.time_zone).unwrap_or(jiff::tz::TimeZone::UTC)
    }
    pub(crate) fn load(db: &mut dyn Db, workspace: &str) -> Result<Settings> {
        let mut out = Settings { name: workspace.to_owned(), ..Settings::default() };
        let q = Sql::new(format!("SELECT \"key\", \"value\" FROM {}", db.table("sys_setting")));
        for row in db.rows(&q).or_db()? {
            let [store::Val::Text(key), store::Val::Text(value)] = row.as_slice() else { continue };
            let json: Json = serde_json::from_str(value).unwrap_or(Json::Null);
            let refused = out.apply(key, &json);
            if let Some(refused) = refused {
                tracing::warn!(setting = key.as_str(), detail = refused.detail.as_str(), "a stored setting cannot be used; its default holds");
            }
        }
        Ok(out)
    }
    /// Sets one value, or says why not.
    fn apply(&mut self, key: &str, json: &Json) -> Option<FieldError> {
        let bad = |detail: &str| Some(FieldError::new(key, "bad_value", detail));
        match (key, json.as_str(), json.as_i64()) {
            ("name", Some(text), _) if !text.is_empty() && text.len() <= 200 => self.name = text.to_owned(),
            ("currency", Some(code), _) if code.parse::<Currency>().is_ok() => self.currency = code.to_owned(),
            ("currency", ..) => return bad("A currency is a code of ISO 4217, such as EUR."),
            ("time_zone", Some(zone), _) if jiff::tz::TimeZone::get(zone).is_ok() => self.time_zone = zone.to_owned(),
            ("time_zone", ..) => return bad("A time zone is an IANA name, such as Europe/Berlin."),
            ("language", Some(language), _) if (2..=5).contains(&language.len()) => self.language = language.to_owned(),
            ("fiscal_start", _, Some(month)) if (1..=12).contains(&month) => self.fiscal_start = i8::try_from(month).unwrap_or(1),
            ("fiscal_start", ..) => return bad("The fiscal year starts in a month from 1 to 12."),
            ("week_start", _, Some(day)) if (1..=7).contains(&day) => self.week_start = i8::try_from(day).unwrap_or(1),
            ("country", Some(code), _) if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) => self.country = code.to_owned(),
            ("areas_off", ..) => match json.as_array().map(|a| a.iter().map(|v| v.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()) {
                Some(Some(areas)) if areas.iter().all(|a| AREAS.contains(&a.as_str())) => self.areas_off = areas,
                _ => return bad("areas_off is a list of sales, marketing, service, privacy, custom."),
            },
            _ => return bad("There is no such setting, or the value does not fit."),
        }
        None
    }
}

impl Tx<'_> {
    /// Changes settings. The currency is fixed once amounts are stored: their workspace amounts stand in it.
    ///
    /// # Errors
    /// 403 without the capability `configure`; 422 for each value that does not fit.
    pub fn change_settings(&mut self, input: &Map<String, Json>) -> Result<Settings> {
        if !self.rights().capability("configure") {
            return Err(Error::forbidden("Your role may not change settings. Ask an administrator."));
        }
        let mut settings = (**self.settings()).clone();
        let refused: Vec<_> = input.iter().filter_map(|(key, value)| settings.apply(key, value)).collect();
        if !refused.is_empty() {
            return Err(Error::invalid(refused));
        }
        if settings.currency != self.settings().currency && self.any_money()? {
            return Err(Error::field("currency", "in_use", "Amounts are stored already; the workspace's currency can no longer change."));
        }
        let before = serde_json::to_value(&**self.settings()).unwrap_or_default();
        let old: Map<String, Json> = input.keys().map(|key| (key.clone(), before.get(key).cloned().unwrap_or_default())).collect();
        self.log(LogEntry::new("setting").detail("old", old).detail("new", input.clone()))?;
        for (key, value) in input {
            let mut q = Sql::new(format!("INSERT INTO {} (\"key\", \"value\") VALUES (", self.db().table("sys_setting")));
            q.arg(key.as_str()).push(", ").arg(value.to_string()).push(") ON CONFLICT (\"key\") DO UPDATE SET \"value\" = excluded.\"value\"");
            self.db().exec(&q).or_db()?;
        }
        self.bump_registry()?;
        Ok(settings)
    }
    fn any_money(&mut self) -> Result<bool> {
        let fields: Vec<_> =
            self.registry().objects().flat_map(|o| o.live_fields().filter(|f| f.storage == metadata::Storage::Money).map(|f| (o.name.clone(), f.column().to_owned())).collect::<Vec<_>>()).collect();
        for (object, column) in fields {
            let q = Sql::new(format!("SELECT 1 FROM {} WHERE {} IS NOT NULL LIMIT 1", self.db().table(&object), store::quote(&column)));
            if self.db().one(&q).or_db()?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
