//! One customer from the first word to today: who they are, what they were offered, bought, asked and complained about.

mod case;
mod contract;
mod deal;
mod deal_rows;
mod lead;
mod names;
mod order;
mod outreach;
mod party;
mod party_rows;
mod supply;
mod talk;
mod work;

use super::{
    World,
    bins::{Bin, Bins},
    calendar::{DAY_MS, Day, Season},
    ids::{Row, record_id},
    plan::{Kind, Seat},
    rng::Rng,
    tables::{Country, Source},
    text::Tongue,
};
use deal::Deal;
use kernel::RecordId;
use names::{City, PersonName};
use talk::Thread;

/// Tells the story of one customer into the bins.
pub(super) fn tell(world: &World, seat: &Seat, bins: &mut Bins) {
    let mut story = Story::begin(world, seat, bins);
    story.invent_party();
    story.plan_contracts();
    story.plan_deals();
    story.tell_cases();
    story.tell_deals();
    story.tell_supply();
    story.tell_contracts();
    story.tell_outreach();
    story.tell_lead();
    story.tell_talks();
    story.tell_work();
    story.tell_party();
    for n in 0..seat.strangers {
        lead::stranger(&mut story, u64::try_from(n).unwrap_or(0));
    }
}

/// A person of the customer.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) id: RecordId,
    pub(super) name: PersonName,
    pub(super) email: Option<String>,
    pub(super) title: usize,
    /// Day on which they came into the system.
    pub(super) day: Day,
    pub(super) birth: Option<Day>,
    pub(super) influence: &'static str,
    pub(super) stance: &'static str,
}
/// What an account or a single person is, as far as it is decided.
pub(super) struct Party {
    /// None for a single private person.
    pub(super) account: Option<RecordId>,
    pub(super) name: String,
    pub(super) domain: String,
    pub(super) city: City,
    pub(super) street: String,
    pub(super) source: &'static Source,
    /// Who looks after them, as long as they work here.
    pub(super) rep: usize,
    pub(super) currency: usize,
    pub(super) people: Vec<Person>,
    /// First day as a customer, and the last one.
    pub(super) customer_since: Option<Day>,
    pub(super) gone: Option<Day>,
    /// A day on which something went wrong; who leaves does so after it more often.
    pub(super) complaint: Option<Day>,
    /// Machines in the house.
    pub(super) machines: i64,
}

pub(super) struct Story<'w> {
    pub(super) world: &'w World,
    pub(super) seat: &'w Seat,
    bins: &'w mut Bins,
    pub(super) rng: Rng,
    pub(super) party: Party,
    pub(super) deals: Vec<Deal>,
    pub(super) contracts: Vec<contract::Contract>,
    /// What people may talk about.
    threads: Vec<Thread>,
    /// Orders placed so far: day, id.
    pub(super) orders: Vec<(Day, RecordId)>,
    /// How many rows of each object there are already: numbers of their ids.
    counts: [u64; 32],
}

impl<'w> Story<'w> {
    fn begin(world: &'w World, seat: &'w Seat, bins: &'w mut Bins) -> Story<'w> {
        let party = Party {
            account: None,
            name: String::new(),
            domain: String::new(),
            city: City::default(),
            street: String::new(),
            source: super::tables::tables().source("Website"),
            rep: 0,
            currency: 0,
            people: Vec::new(),
            customer_since: None,
            gone: None,
            complaint: None,
            machines: 0,
        };
        let rng = Rng::of(&[world.seed, 0x5709, seat.n]);
        Story { world, seat, bins, rng, party, deals: Vec::new(), contracts: Vec::new(), threads: Vec::new(), orders: Vec::new(), counts: [0; 32] }
    }
    /// The next id of an object; `bin` counts.
    pub(super) fn id(&mut self, bin: Bin, object: &str) -> RecordId {
        let n = self.counts.get_mut(bin as usize).map_or(0, |n| {
            *n += 1;
            *n
        });
        // Rows of one object may come from several bins: the bin keeps their numbers apart.
        record_id(self.world.seed, object, self.seat.day, self.seat.n + 1, n * 32 + bin as u64)
    }
    pub(super) fn put(&mut self, bin: Bin, row: Row) {
        self.bins.put(bin, row);
    }
    pub(super) fn country(&self) -> &'static Country {
        self.seat.country
    }
    pub(super) fn business(&self) -> bool {
        self.seat.kind == Kind::Organisation
    }
    pub(super) fn season(&self) -> Season {
        if self.business() { Season::Business } else { Season::Home }
    }
    pub(super) fn today(&self) -> Day {
        self.world.calendar.today
    }
    /// An instant on a day at the customer's place.
    pub(super) fn at(&mut self, day: Day) -> i64 {
        let (hours, season) = (self.country().utc_hours, self.season());
        self.world.calendar.at(&mut self.rng, day, hours, season)
    }
    /// An instant on that day or later, after another one, and before the world ends.
    pub(super) fn after(&self, ms: i64, minutes: f64) -> i64 {
        (ms + super::rng::whole(minutes * 60_000.0)).min(self.world.calendar.now_ms() - 60_000)
    }
    pub(super) fn busy_day(&mut self, from: Day, to: Day) -> Day {
        let season = self.season();
        self.world.calendar.busy_day(&mut self.rng, from, to.min(self.world.calendar.yesterday()), season)
    }
    /// Who looks after the customer on a day.
    pub(super) fn rep_on(&self, day: Day) -> usize {
        self.world.staff.on_duty(self.party.rep, day, self.seat.n)
    }
    pub(super) fn owner_on(&self, day: Day) -> (RecordId, RecordId) {
        let rep = self.rep_on(day);
        (self.world.staff.get(rep).id, self.world.staff.team_of(rep))
    }
    /// Who looks after the customer now; a record of the past moves along with the customer.
    pub(super) fn owner_now(&self) -> (RecordId, RecordId) {
        self.owner_on(self.today())
    }
    /// Account or person, whichever is the customer.
    pub(super) fn about_party(&self, row: Row, person: usize) -> Row {
        row.maybe("account", self.party.account).maybe("contact", self.person(person).map(|p| p.id))
    }
    pub(super) fn person(&self, index: usize) -> Option<&Person> {
        self.party.people.get(index).or(self.party.people.first())
    }
    /// The people one talks with most come first.
    pub(super) fn someone(&mut self, day: Day) -> usize {
        let here = self.party.people.iter().filter(|p| p.day <= day).count();
        self.rng.zipf(here)
    }
    pub(super) fn tongue(&self) -> Tongue {
        Tongue::of(self.party.city.language.as_deref().unwrap_or(&self.country().language))
    }
    pub(super) fn language(&self) -> &str {
        self.party.city.language.as_deref().unwrap_or(&self.country().language)
    }
    /// The first day on which anything can have happened to this customer.
    pub(super) fn first_day(&self) -> Day {
        self.seat.day
    }
    /// The last day of dealings: yesterday, or when they left.
    pub(super) fn last_day(&self) -> Day {
        self.party.gone.unwrap_or(self.world.calendar.yesterday()).max(self.seat.day)
    }
    pub(super) fn noon(day: Day) -> i64 {
        i64::from(day) * DAY_MS + 11 * 3_600_000
    }
}
