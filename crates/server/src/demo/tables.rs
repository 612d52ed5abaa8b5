//! The tables of words that the world is made of, read from `data/`.

use serde::Deserialize;
use std::{collections::HashMap, sync::OnceLock};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Country {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) weight: f64,
    pub(super) vat: [String; 2],
    pub(super) eu: bool,
    pub(super) currency: String,
    pub(super) language: String,
    pub(super) time_zone: String,
    pub(super) utc_hours: i32,
    /// Which sales team looks after it.
    pub(super) team: String,
    pub(super) salutation: [String; 2],
    pub(super) phone: Vec<String>,
    pub(super) mobile: Vec<String>,
    pub(super) address: String,
    pub(super) household: String,
    pub(super) female: Vec<String>,
    pub(super) male: Vec<String>,
    pub(super) last: Vec<String>,
    /// The same names as women bear them, where they differ.
    #[serde(default)]
    pub(super) last_female: Vec<String>,
    #[serde(default)]
    pub(super) last_start: Vec<String>,
    #[serde(default)]
    pub(super) last_end: Vec<String>,
    pub(super) cities: Vec<String>,
    pub(super) streets: Vec<String>,
    pub(super) companies: Vec<String>,
    pub(super) words: Vec<String>,
}
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Industry {
    pub(super) key: String,
    pub(super) label: String,
    pub(super) staff: f64,
    pub(super) size: f64,
    #[serde(default)]
    pub(super) public: bool,
    pub(super) machines: Vec<String>,
    pub(super) titles: Vec<String>,
    pub(super) places: Vec<String>,
    pub(super) orte: Vec<String>,
}
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Industries {
    pub(super) industry: Vec<Industry>,
    pub(super) titles: HashMap<String, [String; 4]>,
}
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Goods {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) family: String,
    pub(super) price: f64,
    pub(super) cost: f64,
    pub(super) text: String,
    #[serde(default)]
    pub(super) food: bool,
    #[serde(default = "good")]
    pub(super) kind: String,
    #[serde(default = "once")]
    pub(super) period: String,
    #[serde(default = "piece")]
    pub(super) unit: String,
    #[serde(default = "yes")]
    pub(super) active: bool,
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
struct GoodsFile {
    product: Vec<Goods>,
}
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TeamWords {
    pub(super) name: String,
    pub(super) kind: String,
    #[serde(default)]
    pub(super) parent: String,
    pub(super) lead: String,
}
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonWords {
    pub(super) login: String,
    pub(super) name: String,
    pub(super) position: String,
    pub(super) roles: Vec<String>,
    pub(super) team: String,
    #[serde(default)]
    pub(super) manager: String,
    pub(super) languages: String,
    /// Months before the last day.
    pub(super) hired: i32,
    pub(super) left: Option<i32>,
    #[serde(default, rename = "for")]
    pub(super) countries: Vec<String>,
    #[serde(default = "one")]
    pub(super) skill: f64,
    #[serde(default = "one")]
    pub(super) share: f64,
}
fn one() -> f64 {
    1.0
}
#[derive(Debug, Deserialize)]
pub(super) struct StaffWords {
    pub(super) team: Vec<TeamWords>,
    pub(super) person: Vec<PersonWords>,
}
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hero {
    pub(super) country: String,
    pub(super) industry: String,
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) city: String,
    pub(super) street: String,
    pub(super) employees: i64,
    pub(super) revenue: i64,
    pub(super) owner: String,
    /// Sex, first name, last name, title, influence, stance.
    pub(super) people: Vec<String>,
    /// Name, lines, amount, stage, days until the close date.
    pub(super) deal: [String; 5],
    /// Days in its stage, past what is usual.
    pub(super) rotting: Option<i32>,
    pub(super) weight: f64,
}
#[derive(Debug, Deserialize)]
struct HeroFile {
    hero: Vec<Hero>,
}
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CampaignWords {
    pub(super) name: String,
    pub(super) code: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) from: String,
    pub(super) days: i32,
    pub(super) budget: i64,
    pub(super) audience: String,
    #[serde(default)]
    pub(super) share: f64,
    #[serde(default)]
    pub(super) response: f64,
    #[serde(default)]
    pub(super) held_out: f64,
    #[serde(default)]
    pub(super) effect: f64,
    pub(super) medium: String,
}
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) weight: f64,
    pub(super) odds: f64,
    pub(super) stay: f64,
    /// Euro.
    pub(super) cost: f64,
    pub(super) lead: f64,
    pub(super) kind: String,
    pub(super) medium: String,
    #[serde(default)]
    pub(super) campaign: String,
}
#[derive(Debug, Deserialize)]
pub(super) struct Marketing {
    pub(super) campaign: Vec<CampaignWords>,
    pub(super) source: Vec<Source>,
}
#[derive(Debug, Deserialize)]
pub(super) struct PurposeWords {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) class: String,
    pub(super) basis: String,
    pub(super) months: i64,
    pub(super) text: String,
}
#[derive(Debug, Deserialize)]
pub(super) struct TagWords {
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
}
#[derive(Debug, Deserialize)]
pub(super) struct RelationWords {
    pub(super) name: String,
    #[serde(default)]
    pub(super) inverse_name: String,
    pub(super) from: String,
    pub(super) to: String,
}
#[derive(Debug, Deserialize)]
pub(super) struct Other {
    pub(super) name: String,
    pub(super) role: String,
    pub(super) country: String,
    pub(super) domain: String,
}
#[derive(Debug, Deserialize)]
pub(super) struct Seasons {
    pub(super) business: [f64; 12],
    pub(super) home: [f64; 12],
}
#[derive(Debug, Deserialize)]
pub(super) struct Basics {
    pub(super) purpose: Vec<PurposeWords>,
    pub(super) tag: Vec<TagWords>,
    pub(super) relationship_type: Vec<RelationWords>,
    pub(super) other: Vec<Other>,
    pub(super) season: Seasons,
}
/// Words of one situation: part (subject, open, body, close) to lines.
pub(super) type Lines = HashMap<String, Vec<String>>;

pub(super) struct Tables {
    pub(super) countries: Vec<Country>,
    pub(super) industries: Industries,
    pub(super) goods: Vec<Goods>,
    pub(super) staff: StaffWords,
    pub(super) heroes: Vec<Hero>,
    pub(super) marketing: Marketing,
    pub(super) basics: Basics,
    pub(super) situations: Lines,
    /// English, German: situation to lines.
    pub(super) texts: [HashMap<String, Lines>; 2],
    pub(super) work: [Lines; 2],
}

fn read<T: serde::de::DeserializeOwned>(name: &str, text: &str) -> T {
    toml::from_str(text).map_err(|e| format!("{name}: {e}")).expect("the embedded tables are read by every test")
}
macro_rules! data {
    ($name:literal) => {
        read($name, include_str!(concat!("data/", $name)))
    };
}

/// Parsed once; a few milliseconds.
pub(super) fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut work: HashMap<String, Lines> = data!("texts/work.toml");
        Tables {
            countries: vec![
                data!("countries/de.toml"),
                data!("countries/at.toml"),
                data!("countries/ch.toml"),
                data!("countries/fr.toml"),
                data!("countries/it.toml"),
                data!("countries/es.toml"),
                data!("countries/nl.toml"),
                data!("countries/gb.toml"),
                data!("countries/ie.toml"),
                data!("countries/dk.toml"),
                data!("countries/se.toml"),
                data!("countries/no.toml"),
                data!("countries/pl.toml"),
                data!("countries/cz.toml"),
                data!("countries/tr.toml"),
                data!("countries/ae.toml"),
                data!("countries/us.toml"),
                data!("countries/jp.toml"),
            ],
            industries: data!("industries.toml"),
            goods: {
                let file: GoodsFile = data!("products.toml");
                file.product
            },
            staff: data!("staff.toml"),
            heroes: {
                let file: HeroFile = data!("heroes.toml");
                file.hero
            },
            marketing: data!("marketing.toml"),
            basics: data!("basics.toml"),
            situations: data!("texts/situations.toml"),
            texts: [data!("texts/en.toml"), data!("texts/de.toml")],
            work: [work.remove("en").unwrap_or_default(), work.remove("de").unwrap_or_default()],
        }
    })
}
impl Tables {
    pub(super) fn country(&self, code: &str) -> &Country {
        self.countries.iter().find(|c| c.code == code).or(self.countries.first()).expect("the list of countries is not empty")
    }
    pub(super) fn industry(&self, key: &str) -> &Industry {
        self.industries.industry.iter().find(|i| i.key == key).or(self.industries.industry.first()).expect("the list of industries is not empty")
    }
    pub(super) fn source(&self, name: &str) -> &Source {
        self.marketing.source.iter().find(|s| s.name == name).or(self.marketing.source.first()).expect("the list of sources is not empty")
    }
}
