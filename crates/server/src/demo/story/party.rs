//! Who the customer is: names, people, where they live, where they came from.

use super::{
    super::{
        bins::Bin,
        calendar::Day,
        campaign,
        ids::record_id,
        plan::Kind,
        rng::{days, whole},
        tables::{Hero, tables},
        text::{Words, fill},
    },
    Person, Story, names,
};

impl Story<'_> {
    pub(super) fn invent_party(&mut self) {
        let (world, seat) = (self.world, self.seat);
        let country = self.country();
        let hero = seat.hero.and_then(|n| tables().heroes.get(n));
        self.party.source = if seat.stock && self.rng.chance(0.5) { tables().source("Referral") } else { campaign::source(&mut self.rng, &world.campaigns, seat.day) };
        self.party.currency = world.currencies.index(&country.currency);
        self.party.city = hero.map_or_else(|| names::city(&mut self.rng, country), |h| names::read_city(&h.city));
        self.party.street = hero.map_or_else(|| names::street(&mut self.rng, country), |h| h.street.clone());
        self.party.rep = match (hero, seat.kind) {
            (Some(hero), _) => world.staff.login(&hero.owner),
            (None, Kind::Organisation) => world.staff.rep_for(&country.code, &mut self.rng),
            (None, _) => world.staff.login("nils.harmsen"),
        };
        if seat.kind != Kind::Single {
            // In the order of their coming, so that the ids of accounts are those of customers.
            self.party.account = Some(record_id(world.seed, "account", seat.day, seat.n + 1, 0));
        }
        match seat.kind {
            Kind::Organisation => {
                let city = self.party.city.clone();
                (self.party.name, self.party.domain) = match hero {
                    Some(hero) => (hero.name.clone(), hero.domain.clone()),
                    None => {
                        let (name, latin) = names::company(&mut self.rng, country, &seat.industry.key, &city);
                        let domain = names::domain(&mut self.rng, &latin, seat.n);
                        (name, domain)
                    }
                };
                self.invent_staff(hero);
            }
            Kind::Household | Kind::Single => self.invent_family(),
        }
        if seat.stock && (hero.is_some() || self.rng.chance(if self.business() { 0.72 } else { 0.85 })) {
            self.party.customer_since = Some(seat.day);
            self.party.machines = if self.business() { whole(1.2 + seat.weight.powf(0.7) * self.rng.float(0.5, 1.5)) } else { i64::from(self.rng.chance(0.5)) };
        }
        if self.rng.chance(0.06) && seat.hero.is_none() {
            let after = self.rng.day_between(20, 500);
            self.party.complaint = Some(seat.day + after).filter(|d| *d < world.calendar.yesterday());
        }
    }
    fn invent_staff(&mut self, hero: Option<&Hero>) {
        let (titles, country) = (&self.seat.industry.titles, self.country());
        for n in 0..self.seat.contacts {
            let known = hero.and_then(|h| h.people.get(n)).map(|line| line.split('|').collect::<Vec<_>>());
            let (name, title, influence, stance) = match known.as_deref() {
                Some([sex, first, last, title, influence, stance]) => {
                    (names::known_person(country, *sex == "f", first, last), titles.iter().position(|t| t == title).unwrap_or(n), static_word(influence), static_word(stance))
                }
                _ => {
                    let (influence, stance) = if n < 4 && self.rng.chance(0.3) {
                        (*self.rng.pick(&["decides", "strong", "some", "little"]).unwrap_or(&""), *self.rng.pick(&["champion", "supporter", "neutral", "doubter", "opponent"]).unwrap_or(&""))
                    } else {
                        ("", "")
                    };
                    // Many branch managers, one owner.
                    let title = if n < titles.len() { n } else { 2 + self.rng.below(titles.len().saturating_sub(2)) };
                    (names::person(&mut self.rng, country, None), title, influence, stance)
                }
            };
            let mailbox = name.mailbox(&mut self.rng, false);
            let email = (n == 0 || self.rng.chance(0.88)).then(|| format!("{mailbox}@{}", self.party.domain));
            let later = if n < 2 || hero.is_some() { 0 } else { days(self.rng.unit().powi(2) * f64::from(self.today() - self.seat.day) * 0.9) };
            self.add_person(name, email, title.min(titles.len().saturating_sub(1)), self.seat.day + later, None, influence, stance);
        }
    }
    fn invent_family(&mut self) {
        let country = self.country();
        let female = self.rng.chance(0.5);
        let family = names::family_name(&mut self.rng, country, female);
        let household = self.seat.kind == Kind::Household;
        if household {
            self.party.name = fill(&country.household, &Words { last: &family.0, ..Words::default() });
        }
        for n in 0..self.seat.contacts {
            let shared = household && (n < 2 || self.rng.chance(0.85));
            let name = names::person(&mut self.rng, country, shared.then_some(&family));
            let child = n >= 2;
            let age = if child { self.rng.float(2.0, 19.0) } else { self.rng.float(22.0, 74.0) };
            let birth = (child || self.rng.chance(0.4)).then(|| self.today() - days(age * 365.25));
            let mailbox = name.mailbox(&mut self.rng, true);
            let host = *self.rng.pick(&["example.com", "example.org", "example.net", "mail.example", "post.example"]).unwrap_or(&"example.com");
            let email = (n == 0 || !child && self.rng.chance(0.7)).then(|| format!("{mailbox}@{host}"));
            self.add_person(name, email, 0, self.seat.day, birth, "", "");
        }
        if !household {
            self.party.name = self.party.people.first().map(|p| p.name.full()).unwrap_or_default();
        }
    }
    #[expect(clippy::too_many_arguments, reason = "the parts of a person, named")]
    fn add_person(&mut self, name: names::PersonName, email: Option<String>, title: usize, day: Day, birth: Option<Day>, influence: &'static str, stance: &'static str) {
        let bin = if self.business() && !self.party.people.is_empty() { Bin::Report } else { Bin::Contact };
        let id = self.id(bin, "contact");
        let day = day.min(self.world.calendar.yesterday());
        self.party.people.push(Person { id, name, email, title, day, birth, influence, stance });
    }
}

/// The options of the relationship's fields, as words that live long enough.
fn static_word(word: &str) -> &'static str {
    const WORDS: [&str; 9] = ["decides", "strong", "some", "little", "champion", "supporter", "neutral", "doubter", "opponent"];
    WORDS.into_iter().find(|w| *w == word).unwrap_or("")
}
