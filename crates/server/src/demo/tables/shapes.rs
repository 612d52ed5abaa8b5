//! What the files in `data/` hold.

use serde::Deserialize;
use std::collections::HashMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Country {
    pub(in super::super) code: String,
    pub(in super::super) name: String,
    pub(in super::super) weight: f64,
    pub(in super::super) vat: [String; 2],
    pub(in super::super) eu: bool,
    pub(in super::super) currency: String,
    pub(in super::super) language: String,
    pub(in super::super) time_zone: String,
    pub(in super::super) utc_hours: i32,
    /// Which sales team looks after it.
    pub(in super::super) team: String,
    pub(in super::super) salutation: [String; 2],
    pub(in super::super) phone: Vec<String>,
    pub(in super::super) mobile: Vec<String>,
    pub(in super::super) address: String,
    pub(in super::super) household: String,
    pub(in super::super) female: Vec<String>,
    pub(in super::super) male: Vec<String>,
    pub(in super::super) last: Vec<String>,
    /// The same names as women bear them, where they differ.
    #[serde(default)]
    pub(in super::super) last_female: Vec<String>,
    #[serde(default)]
    pub(in super::super) last_start: Vec<String>,
    #[serde(default)]
    pub(in super::super) last_end: Vec<String>,
    pub(in super::super) cities: Vec<String>,
    pub(in super::super) streets: Vec<String>,
    pub(in super::super) companies: Vec<String>,
    pub(in super::super) words: Vec<String>,
}
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Industry {
    pub(in super::super) key: String,
    pub(in super::super) label: String,
    pub(in super::super) staff: f64,
    pub(in super::super) size: f64,
    #[serde(default)]
    pub(in super::super) public: bool,
    pub(in super::super) machines: Vec<String>,
    pub(in super::super) titles: Vec<String>,
    pub(in super::super) places: Vec<String>,
    pub(in super::super) orte: Vec<String>,
}
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Industries {
    pub(in super::super) industry: Vec<Industry>,
    pub(in super::super) titles: HashMap<String, [String; 4]>,
}
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Goods {
    pub(in super::super) code: String,
    pub(in super::super) name: String,
    pub(in super::super) family: String,
    pub(in super::super) price: f64,
    pub(in super::super) cost: f64,
    pub(in super::super) text: String,
    #[serde(default)]
    pub(in super::super) food: bool,
    #[serde(default = "good")]
    pub(in super::super) kind: String,
    #[serde(default = "once")]
    pub(in super::super) period: String,
    #[serde(default = "piece")]
    pub(in super::super) unit: String,
    #[serde(default = "yes")]
    pub(in super::super) active: bool,
}
fn good() -> String {
    "good".into()
}
fn once() -> String {
    "once".into()
}
fn piece() -> String {
    "piece".into()
}
fn yes() -> bool {
    true
}
#[derive(Debug, Deserialize)]
pub(super) struct GoodsFile {
    pub(super) product: Vec<Goods>,
}
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct TeamWords {
    pub(in super::super) name: String,
    pub(in super::super) kind: String,
    #[serde(default)]
    pub(in super::super) parent: String,
    pub(in super::super) lead: String,
}
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct PersonWords {
    pub(in super::super) login: String,
    pub(in super::super) name: String,
    pub(in super::super) position: String,
    pub(in super::super) roles: Vec<String>,
    pub(in super::super) team: String,
    #[serde(default)]
    pub(in super::super) manager: String,
    pub(in super::super) languages: String,
    /// Months before the last day.
    pub(in super::super) hired: i32,
    pub(in super::super) left: Option<i32>,
    #[serde(default, rename = "for")]
    pub(in super::super) countries: Vec<String>,
    #[serde(default = "one")]
    pub(in super::super) skill: f64,
    #[serde(default = "one")]
    pub(in super::super) share: f64,
}
fn one() -> f64 {
    1.0
}
#[derive(Debug, Deserialize)]
pub(in super::super) struct StaffWords {
    pub(in super::super) team: Vec<TeamWords>,
    pub(in super::super) person: Vec<PersonWords>,
}
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Hero {
    pub(in super::super) country: String,
    pub(in super::super) industry: String,
    pub(in super::super) name: String,
    pub(in super::super) domain: String,
    pub(in super::super) city: String,
    pub(in super::super) street: String,
    pub(in super::super) employees: i64,
    pub(in super::super) revenue: i64,
    pub(in super::super) owner: String,
    /// Sex, first name, last name, title, influence, stance.
    pub(in super::super) people: Vec<String>,
    /// Name, lines, amount, stage, days until the close date.
    pub(in super::super) deal: [String; 5],
    /// Days in its stage, past what is usual.
    pub(in super::super) rotting: Option<i32>,
    pub(in super::super) weight: f64,
}
#[derive(Debug, Deserialize)]
pub(super) struct HeroFile {
    pub(super) hero: Vec<Hero>,
}
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct CampaignWords {
    pub(in super::super) name: String,
    pub(in super::super) code: String,
    #[serde(rename = "type")]
    pub(in super::super) kind: String,
    pub(in super::super) from: String,
    pub(in super::super) days: i32,
    pub(in super::super) budget: i64,
    pub(in super::super) audience: String,
    #[serde(default)]
    pub(in super::super) share: f64,
    #[serde(default)]
    pub(in super::super) response: f64,
    #[serde(default)]
    pub(in super::super) held_out: f64,
    #[serde(default)]
    pub(in super::super) effect: f64,
    pub(in super::super) medium: String,
}
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Source {
    pub(in super::super) name: String,
    pub(in super::super) weight: f64,
    pub(in super::super) odds: f64,
    pub(in super::super) stay: f64,
    /// Euro.
    pub(in super::super) cost: f64,
    pub(in super::super) lead: f64,
    pub(in super::super) kind: String,
    pub(in super::super) medium: String,
    #[serde(default)]
    pub(in super::super) campaign: String,
}
#[derive(Debug, Deserialize)]
pub(in super::super) struct Marketing {
    pub(in super::super) campaign: Vec<CampaignWords>,
    pub(in super::super) source: Vec<Source>,
}
#[derive(Debug, Deserialize)]
pub(in super::super) struct PurposeWords {
    pub(in super::super) code: String,
    pub(in super::super) name: String,
    pub(in super::super) class: String,
    pub(in super::super) basis: String,
    pub(in super::super) months: i64,
    pub(in super::super) text: String,
}
#[derive(Debug, Deserialize)]
pub(in super::super) struct TagWords {
    pub(in super::super) name: String,
    #[serde(default)]
    pub(in super::super) description: String,
}
#[derive(Debug, Deserialize)]
pub(in super::super) struct RelationWords {
    pub(in super::super) name: String,
    #[serde(default)]
    pub(in super::super) inverse_name: String,
    pub(in super::super) from: String,
    pub(in super::super) to: String,
}
#[derive(Debug, Deserialize)]
pub(in super::super) struct Other {
    pub(in super::super) name: String,
    pub(in super::super) role: String,
    pub(in super::super) country: String,
    pub(in super::super) domain: String,
}
#[derive(Debug, Deserialize)]
pub(in super::super) struct Seasons {
    pub(in super::super) business: [f64; 12],
    pub(in super::super) home: [f64; 12],
}
#[derive(Debug, Deserialize)]
pub(in super::super) struct Basics {
    pub(in super::super) purpose: Vec<PurposeWords>,
    pub(in super::super) tag: Vec<TagWords>,
    pub(in super::super) relationship_type: Vec<RelationWords>,
    pub(in super::super) other: Vec<Other>,
    pub(in super::super) season: Seasons,
}
/// Words of one situation: part (subject, open, body, close) to lines.
pub(in super::super) type Lines = HashMap<String, Vec<String>>;
