//! The company itself: what is there before the first customer.

mod people;
mod trade;
mod words;

use super::{
    BATCH_ROWS, Batch, World,
    calendar::DAY_MS,
    ids::{Row, record_id},
    tables::tables,
};
use kernel::RecordId;

/// Batches of everything that belongs to no customer, parents first.
pub(super) fn batches(world: &World) -> Vec<Batch> {
    let mut out: Vec<Batch> = Vec::new();
    let mut put = |object: &'static str, rows: Vec<Row>| {
        if !rows.is_empty() {
            debug_assert!(rows.len() <= BATCH_ROWS, "the company is small");
            out.push(Batch { object, rows: rows.into_iter().map(Row::into_map).collect() });
        }
    };
    put("work_calendar", people::work_calendars(world));
    for level in 0..4 {
        put("user", people::users(world, level));
    }
    for level in 0..4 {
        put("team", people::teams(world, level));
    }
    put("team_membership", people::memberships(world));
    put("staff_skill", people::skills(world));
    put("absence", people::absences(world));
    put("exchange_rate", trade::exchange_rates(world));
    put("fiscal_period", trade::fiscal_periods(world, "year"));
    put("fiscal_period", trade::fiscal_periods(world, "quarter"));
    put("fiscal_period", trade::fiscal_periods(world, "month"));
    put("purpose", words::purposes(world));
    put("tag", words::tags(world));
    put("relationship_type", words::relationship_types(world));
    put("territory", words::territories(world, true));
    put("territory", words::territories(world, false));
    put("product", trade::products(world));
    put("price_book", trade::price_books(world));
    put("price_book_entry", trade::prices(world));
    put("pipeline", trade::pipelines(world));
    put("stage", trade::stages(world));
    put("queue", words::queues(world));
    put("campaign", trade::campaigns(world));
    put("account", words::others(world));
    put("party_role", words::other_roles(world));
    out
}

impl World {
    pub(super) fn own_id(&self, object: &str, n: usize) -> RecordId {
        record_id(self.seed, object, self.calendar.start, 0, u64::try_from(n).unwrap_or(0))
    }
    pub(super) fn purpose(&self, code: &str) -> RecordId {
        if let Some((_, id)) = self.present.purposes.iter().find(|(c, _)| c == code) {
            return *id;
        }
        self.own_id("purpose", tables().basics.purpose.iter().position(|p| p.code == code).unwrap_or(0))
    }
    pub(super) fn tag(&self, name: &str) -> RecordId {
        self.own_id("tag", tables().basics.tag.iter().position(|t| t.name == name).unwrap_or(0))
    }
    pub(super) fn relationship_type(&self, name: &str) -> RecordId {
        self.own_id("relationship_type", tables().basics.relationship_type.iter().position(|t| t.name == name).unwrap_or(0))
    }
    pub(super) fn territory(&self, country: &str) -> RecordId {
        let regions = self.regions().len();
        self.own_id("territory", regions + tables().countries.iter().position(|c| c.code == country).unwrap_or(0))
    }
    pub(super) fn queue(&self, name: &str) -> RecordId {
        self.own_id("queue", QUEUES.iter().position(|(n, _)| *n == name).unwrap_or(0))
    }
    fn regions(&self) -> Vec<&'static str> {
        let mut out: Vec<&str> = Vec::new();
        for country in &tables().countries {
            if !out.contains(&country.team.as_str()) {
                out.push(&country.team);
            }
        }
        out
    }
    /// Competitors who may have won a deal that we lost.
    pub(super) fn competitors(&self) -> Vec<RecordId> {
        let listed = tables().basics.other.iter().take(self.plan.others).enumerate();
        listed.filter(|(_, other)| other.role == "competitor").map(|(n, _)| self.other_id(n)).collect()
    }
    pub(super) fn partner(&self) -> Option<RecordId> {
        tables().basics.other.iter().take(self.plan.others).position(|o| o.role == "partner").map(|n| self.other_id(n))
    }
    fn other_id(&self, n: usize) -> RecordId {
        record_id(self.seed, "account", self.calendar.start - 1, 0, u64::try_from(n).unwrap_or(0))
    }
    fn start_ms(&self) -> i64 {
        i64::from(self.calendar.start) * DAY_MS + 7 * 3_600_000
    }
    fn made(&self, row: Row) -> Row {
        row.made(self.start_ms(), self.staff.get(self.staff.login("robert.hanke")).id)
    }
}

const QUEUES: [(&str, &str); 3] = [
    ("Service DACH", "Machines in Germany, Austria and Switzerland."),
    ("Service International", "Machines everywhere else, in English."),
    ("Online shop", "Orders and questions of private customers."),
];
