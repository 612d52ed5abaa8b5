//! The tables of words that the world is made of, read from `data/`.

mod shapes;

pub(super) use shapes::{CampaignWords, Country, Goods, Hero, Industry, Lines, Other, PersonWords, Source};

use shapes::{Basics, GoodsFile, HeroFile, Industries, Marketing, StaffWords};
use std::{collections::HashMap, sync::OnceLock};

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
