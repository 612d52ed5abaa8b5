//! The people who work at Velden & Roth, and who of them does what.

use super::{
    calendar::Day,
    ids::record_id,
    rng::{Rng, hash, name_hash, small},
    tables::{PersonWords, tables},
};
use kernel::RecordId;

#[derive(Clone, Debug)]
pub(super) struct Colleague {
    pub(super) id: RecordId,
    pub(super) words: PersonWords,
    pub(super) email: String,
    pub(super) team: usize,
    pub(super) manager: Option<usize>,
    /// Steps below the managing director: whoever has a manager comes after them.
    pub(super) level: usize,
    pub(super) hired: Day,
    pub(super) left: Option<Day>,
}
impl Colleague {
    pub(super) fn works_on(&self, day: Day) -> bool {
        self.hired <= day && self.left.is_none_or(|left| day < left)
    }
    pub(super) fn has_role(&self, role: &str) -> bool {
        self.words.roles.iter().any(|r| r == role)
    }
}
#[derive(Clone, Debug)]
pub(super) struct Team {
    pub(super) id: RecordId,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) parent: Option<usize>,
    pub(super) lead: usize,
    pub(super) level: usize,
}
#[derive(Clone, Debug)]
pub(super) struct Staff {
    pub(super) people: Vec<Colleague>,
    pub(super) teams: Vec<Team>,
}

/// Above this size of the world, more reps are hired: one for so many contacts.
const CONTACTS_PER_REP: usize = 2_500;
const MOST_EXTRA_REPS: usize = 400;

impl Staff {
    pub(super) fn new(seed: u64, contacts: usize, start: Day, today: Day) -> Staff {
        let words = &tables().staff;
        let mut persons = words.person.clone();
        let extra = (contacts / CONTACTS_PER_REP).saturating_sub(8).min(MOST_EXTRA_REPS);
        persons.extend((0..extra).map(|n| extra_rep(seed, n)));
        let team_at = |name: &str| words.team.iter().position(|t| t.name == name);
        let person_at = |login: &str| persons.iter().position(|p| p.login == login);
        let mut people: Vec<Colleague> = Vec::new();
        for (n, person) in persons.iter().enumerate() {
            let manager = person_at(&person.manager);
            let level = manager.and_then(|m| people.get(m)).map_or(0, |m| m.level + 1);
            people.push(Colleague {
                id: record_id(seed, "user", start, 0, wide(n)),
                email: format!("{}@example.com", person.login),
                team: team_at(&person.team).unwrap_or(0),
                manager,
                level,
                hired: today - person.hired * 30 - 7,
                left: person.left.map(|months| today - months * 30),
                words: person.clone(),
            });
        }
        let mut teams: Vec<Team> = Vec::new();
        for (n, team) in words.team.iter().enumerate() {
            let parent = team_at(&team.parent);
            let level = parent.and_then(|p| teams.get(p)).map_or(0, |p| p.level + 1);
            teams.push(Team { id: record_id(seed, "team", start, 0, wide(n)), name: team.name.clone(), kind: team.kind.clone(), parent, lead: person_at(&team.lead).unwrap_or(0), level });
        }
        Staff { people, teams }
    }
    pub(super) fn get(&self, index: usize) -> &Colleague {
        self.people.get(index).or(self.people.first()).expect("the list of staff is not empty")
    }
    pub(super) fn team_of(&self, index: usize) -> RecordId {
        self.teams.get(self.get(index).team).map_or_else(|| RecordId::fixed(0), |t| t.id)
    }
    pub(super) fn team_named(&self, name: &str) -> Option<&Team> {
        self.teams.iter().find(|t| t.name == name)
    }
    pub(super) fn login(&self, login: &str) -> usize {
        self.people.iter().position(|p| p.words.login == login).unwrap_or(0)
    }
    /// Who looks after a customer of a country: those who sell there, by their share.
    pub(super) fn rep_for(&self, country: &str, rng: &mut Rng) -> usize {
        let sells = |p: &Colleague| if p.words.countries.iter().any(|c| c == country) { p.words.share } else { 0.0 };
        rng.weighted(self.people.iter().map(sells))
    }
    /// The same person if they worked here that day; otherwise a colleague of the team who sells in that country, and
    /// the lead of the team where there is none.
    pub(super) fn on_duty(&self, index: usize, day: Day, choice: u64) -> usize {
        let usual = self.get(index);
        if usual.works_on(day) {
            return index;
        }
        let shares_country = |p: &Colleague| p.words.countries.iter().any(|c| usual.words.countries.contains(c));
        let able: Vec<usize> = (0..self.people.len()).filter(|i| self.people.get(*i).is_some_and(|p| p.team == usual.team && p.works_on(day) && shares_country(p))).collect();
        let chosen = able.get(usize::try_from(hash(&[choice, wide(index)]) % wide(able.len().max(1))).unwrap_or(0)).copied();
        chosen.unwrap_or_else(|| self.teams.get(usual.team).map_or(0, |t| t.lead))
    }
    /// A service agent for a country.
    pub(super) fn agent_for(&self, country: &str, day: Day, rng: &mut Rng) -> usize {
        let team = if matches!(country, "DE" | "AT" | "CH") { "Service DACH" } else { "Service International" };
        let fits = |p: &Colleague| p.works_on(day) && p.has_role("agent");
        let near = |p: &Colleague| self.teams.get(p.team).is_some_and(|t| t.name == team);
        rng.weighted(self.people.iter().map(|p| {
            if fits(p) {
                if near(p) { 1.0 } else { 0.08 }
            } else if p.has_role("supervisor") {
                0.05
            } else {
                0.0
            }
        }))
    }
    pub(super) fn skill(&self, index: usize) -> f64 {
        self.get(index).words.skill
    }
}

fn wide(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(0)
}

/// A rep of a world that is too large for the named ones; their country has the weight it has for customers.
fn extra_rep(seed: u64, n: usize) -> PersonWords {
    let words = tables();
    let mut rng = Rng::of(&[seed, name_hash("rep"), wide(n)]);
    let country = words.countries.get(rng.weighted(words.countries.iter().map(|c| c.weight))).unwrap_or_else(|| words.country("DE"));
    let latin = |text: &str| text.split_once('/').map_or_else(|| text.to_owned(), |(_, latin)| latin.to_owned());
    let plain = |text: &str| text.split_once('/').map_or_else(|| text.to_owned(), |(name, _)| name.to_owned());
    let first = if rng.chance(0.5) { rng.word(&country.female) } else { rng.word(&country.male) };
    let last = rng.word(&country.last);
    let lead = words.staff.team.iter().find(|t| t.name == country.team).map_or("agnieszka.wilczynska", |t| t.lead.as_str());
    PersonWords {
        login: format!("{}.{}{}", super::text::ascii(&latin(first)), super::text::ascii(&latin(last)), n + 2),
        name: format!("{} {}", plain(first), plain(last)),
        position: "Sales representative".into(),
        roles: vec!["rep".into()],
        team: country.team.clone(),
        manager: lead.into(),
        languages: format!("{}, en", country.language),
        hired: i32::try_from(rng.between(3, 90)).unwrap_or(12),
        left: None,
        countries: vec![country.code.clone()],
        skill: 0.7 + small(rng.below(70)) / 100.0,
        share: 1.0,
    }
}
