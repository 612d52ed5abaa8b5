//! How many of what, and who gets it: totals of the world and one seat for every customer.
//!
//! Customers come one after the other in time. What each gets of contacts, opportunities and interactions follows its
//! weight (Pareto: few are large) and the time it has been here; shares are rounded along the way so that the totals
//! come out exactly, without keeping the customers in memory.

use super::{
    calendar::{Calendar, Day, Season},
    rng::{Rng, count, hash, small},
    tables::{Country, Hero, Industry, tables},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Organisation,
    Household,
    Single,
}

/// What one customer is and gets.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    pub(super) n: u64,
    pub(super) kind: Kind,
    /// Known by name: index into the heroes.
    pub(super) hero: Option<usize>,
    pub(super) country: &'static Country,
    pub(super) industry: &'static Industry,
    /// Was a customer before the two years began.
    pub(super) stock: bool,
    /// Day on which it came into the system.
    pub(super) day: Day,
    pub(super) weight: f64,
    pub(super) contacts: usize,
    pub(super) opportunities: usize,
    pub(super) interactions: usize,
    /// Leads of strangers that came at the same time.
    pub(super) strangers: usize,
}

/// Hands out a total by weights, each share rounded so that the sum is exact.
#[derive(Clone, Debug, Default)]
struct Share {
    total: usize,
    all: f64,
    sum: f64,
    given: usize,
}
impl Share {
    fn of(total: usize, all: f64) -> Share {
        Share { total, all, sum: 0.0, given: 0 }
    }
    fn next(&mut self, weight: f64) -> usize {
        self.sum += weight;
        let due = if self.all > 0.0 { count(small(self.total) * self.sum / self.all) } else { 0 };
        let out = due.saturating_sub(self.given);
        self.given += out;
        out
    }
    /// Takes some ahead of time; those who come later get so much less.
    fn borrow(&mut self, n: usize) -> usize {
        self.given += n;
        n
    }
}

#[derive(Clone, Debug)]
pub(super) struct Plan {
    seed: u64,
    pub(super) contacts: usize,
    /// Accounts that are not customers: competitors, vendors.
    pub(super) others: usize,
    pub(super) opportunities: usize,
    pub(super) interactions: usize,
    strangers: usize,
    pub(super) customers: usize,
    organisations: usize,
    households: usize,
    heroes: usize,
    /// Busy-ness summed up to each day of the two years.
    arrivals: Vec<f64>,
    start: Day,
    weights: [f64; 4],
}

/// Share of the customers that were there before the two years began.
const STOCK: f64 = 0.3;

impl Plan {
    pub(super) fn new(seed: u64, contacts: usize, calendar: &Calendar) -> Plan {
        let accounts = contacts / 5;
        let others = tables().basics.other.len().min(accounts / 20);
        let households = (accounts - others) * 18 / 100;
        let organisations = accounts - others - households;
        let persons = households * 12 / 5;
        // Every organisation has somebody; what is left over are single people.
        let singles = (contacts - persons.min(contacts)) * 14 / 100;
        let singles = singles.min(contacts.saturating_sub(persons + organisations)).max(usize::from(organisations == 0) * contacts);
        let mut arrivals = Vec::new();
        let mut sum = 0.0;
        for day in calendar.start..calendar.today {
            sum += calendar.busy(day, Season::Business);
            arrivals.push(sum);
        }
        let mut plan = Plan {
            seed,
            contacts,
            others,
            opportunities: if contacts >= 100_000 { contacts / 2 } else { contacts * 2 / 5 },
            interactions: contacts * 5,
            strangers: contacts * 16 / 100,
            customers: organisations + households + singles,
            organisations,
            households,
            heroes: if organisations >= 100 { tables().heroes.len() } else { tables().heroes.len().min(organisations / 4) },
            arrivals,
            start: calendar.start,
            weights: [0.0; 4],
        };
        // Two passes: the share of interactions hangs on what each got of the others.
        plan.weights = plan.sum_weights();
        plan.weights = plan.sum_weights();
        plan
    }
    fn sum_weights(&self) -> [f64; 4] {
        let mut seats = self.seats();
        while seats.next().is_some() {}
        seats.sums
    }
    pub(super) fn seats(&self) -> Seats<'_> {
        let [members, staff, deals, talks] = self.weights;
        let persons = self.households * 12 / 5;
        let singles = self.customers - self.organisations - self.households;
        let in_organisations = self.contacts.saturating_sub(persons + singles);
        Seats {
            plan: self,
            next: 0,
            members: Share::of(persons.saturating_sub(2 * self.households), members),
            staff: Share::of(in_organisations.saturating_sub(self.organisations), staff),
            deals: Share::of(self.opportunities, deals),
            talks: Share::of(self.interactions, talks),
            strangers: Share::of(self.strangers, small(self.customers)),
            sums: [0.0; 4],
        }
    }
    /// Kinds are mixed like a shuffled deck: a bijection of the places decides.
    fn kind(&self, n: usize) -> Kind {
        if n < self.heroes {
            return Kind::Organisation;
        }
        let deck = self.customers - self.heroes;
        let organisations = self.organisations - self.heroes;
        let card = shuffled(n - self.heroes, deck);
        match card {
            c if c < organisations => Kind::Organisation,
            c if c < organisations + self.households => Kind::Household,
            _ => Kind::Single,
        }
    }
    /// What a customer looks like, before it is known what it gets.
    fn face(&self, n: usize) -> Face {
        let words = tables();
        let mut rng = Rng::of(&[self.seed, 0x5ea7, u64::try_from(n).unwrap_or(0)]);
        let kind = self.kind(n);
        let hero = (n < self.heroes).then(|| words.heroes.get(n)).flatten();
        // Private people buy from a shop that speaks German and English.
        let odds = |c: &Country| match kind {
            Kind::Organisation => c.weight,
            _ if matches!(c.code.as_str(), "DE" | "AT" | "CH") => c.weight * 2.0,
            _ => c.weight * 0.35,
        };
        let country = match hero {
            Some(hero) => words.country(&hero.country),
            None => words.countries.get(rng.weighted(words.countries.iter().map(odds))).unwrap_or_else(|| words.country("DE")),
        };
        let industry = match hero {
            Some(hero) => words.industry(&hero.industry),
            None => words.industry(rng.word(&country.companies).split('|').next().unwrap_or("cafe")),
        };
        let weight = match (hero, kind) {
            (Some(hero), _) => hero.weight,
            (None, Kind::Organisation) => rng.pareto(1.35, 16.0),
            (None, _) => rng.pareto(1.8, 12.0),
        };
        Face { kind, hero, country, industry, weight, rng }
    }
    /// Some organisations belong to another one of its trade that came before it.
    pub(super) fn parent(&self, seat: &Seat) -> Option<(u64, Day)> {
        let n = usize::try_from(seat.n).ok()?;
        if !self.is_branch(n) || seat.kind != Kind::Organisation {
            return None;
        }
        let mut rng = Rng::of(&[self.seed, 0xb4a7, seat.n]);
        (0..40).map(|_| rng.below(n)).find_map(|m| {
            let face = self.face(m);
            let fits = face.kind == Kind::Organisation && face.country.code == seat.country.code && face.industry.key == seat.industry.key && face.weight > seat.weight;
            (fits && !self.is_branch(m)).then(|| Some((u64::try_from(m).ok()?, self.arrival(m).1))).flatten()
        })
    }
    fn is_branch(&self, n: usize) -> bool {
        n >= self.heroes && hash(&[self.seed, 0xb4, u64::try_from(n).unwrap_or(0)]).is_multiple_of(2)
    }
    fn arrival(&self, n: usize) -> (bool, Day) {
        let at = (small(n) + 0.5) / small(self.customers.max(1));
        if at < STOCK || n < self.heroes {
            // The old customers were taken over in the first week.
            return (true, self.start + super::rng::days(at.min(STOCK) / STOCK * 4.0));
        }
        let target = (at - STOCK) / (1.0 - STOCK) * self.arrivals.last().copied().unwrap_or(0.0);
        let day = self.arrivals.partition_point(|sum| *sum < target);
        (false, self.start + Day::try_from(day.min(self.arrivals.len().saturating_sub(1))).unwrap_or(0))
    }
}

struct Face {
    kind: Kind,
    hero: Option<&'static Hero>,
    country: &'static Country,
    industry: &'static Industry,
    weight: f64,
    /// Goes on where the face ended.
    rng: Rng,
}

/// `n` in the order of a shuffled deck of `size`: a step that shares no divisor with the size reaches every place once.
fn shuffled(n: usize, size: usize) -> usize {
    if size < 2 {
        return 0;
    }
    let gcd = |mut a: usize, mut b: usize| {
        while b > 0 {
            (a, b) = (b, a % b);
        }
        a
    };
    let mut step = size * 618 / 1000;
    while gcd(step.max(1), size) != 1 {
        step += 1;
    }
    (n * step.max(1)) % size
}

/// The customers in the order of their coming.
#[derive(Clone, Debug)]
pub(super) struct Seats<'p> {
    plan: &'p Plan,
    next: usize,
    members: Share,
    staff: Share,
    deals: Share,
    talks: Share,
    strangers: Share,
    sums: [f64; 4],
}
impl Iterator for Seats<'_> {
    type Item = Seat;
    fn next(&mut self) -> Option<Seat> {
        let plan = self.plan;
        let n = self.next;
        if n >= plan.customers {
            return None;
        }
        self.next += 1;
        let number = u64::try_from(n).unwrap_or(0);
        let Face { kind, hero, country, industry, weight, mut rng } = plan.face(n);
        let (stock, day) = plan.arrival(n);
        let end = plan.start + Day::try_from(plan.arrivals.len()).unwrap_or(0);
        let here = f64::from(end - day).max(3.0) / 730.0;
        let luck = 0.4 + 1.2 * rng.unit();
        let (mut contacts, mut deal_weight) = (1, 0.004);
        let [members, staff, deals, talks] = &mut self.sums;
        match kind {
            Kind::Organisation => {
                let share = weight.powf(0.75) * (industry.staff / 30.0).powf(0.35) * luck;
                *staff += share;
                contacts = 1 + self.staff.next(share);
                // One in seven is a name in the list and nothing else.
                let asleep = hero.is_none() && !stock && rng.chance(0.14);
                deal_weight = if asleep { 0.0 } else { weight.powf(0.6) * (0.35 + 0.65 * here) * (0.5 + luck * 0.5) };
            }
            Kind::Household => {
                let share = 0.2 + rng.unit();
                *members += share;
                contacts = 2 + self.members.next(share);
            }
            Kind::Single => {}
        }
        if let Some(hero) = hero {
            contacts += self.staff.borrow(hero.people.len().saturating_sub(contacts));
        }
        *deals += deal_weight;
        let mut opportunities = self.deals.next(deal_weight);
        if hero.is_some() && opportunities == 0 {
            opportunities = self.deals.borrow(1);
        }
        let talk_weight = match kind {
            Kind::Organisation => (0.8 + 0.35 * small(contacts) + 2.2 * small(opportunities) + 0.5 * weight.min(20.0)) * (0.3 + 0.7 * here) * luck,
            _ => 0.9 * weight.sqrt() * (0.2 + 0.8 * here) * luck,
        };
        *talks += talk_weight;
        let interactions = self.talks.next(talk_weight);
        let strangers = self.strangers.next(1.0);
        Some(Seat { n: number, kind, hero: (n < plan.heroes).then_some(n), country, industry, stock, day, weight, contacts, opportunities, interactions, strangers })
    }
}
