//! The company itself: what is there before the first customer.

use super::{
    BATCH_ROWS, Batch, World,
    calendar::{DAY_MS, Day, date_of},
    goods::{SALES, SERVICE},
    ids::{Row, record_id},
    money::rate_text,
    rng::Rng,
    staff::Staff,
    tables::{Other, tables},
};
use kernel::RecordId;
use serde_json::{Value as Json, json};

/// Batches of everything that belongs to no customer, parents first.
pub(super) fn batches(world: &World) -> Vec<Batch> {
    let mut out: Vec<Batch> = Vec::new();
    let mut put = |object: &'static str, rows: Vec<Row>| {
        if !rows.is_empty() {
            debug_assert!(rows.len() <= BATCH_ROWS, "the company is small");
            out.push(Batch { object, rows: rows.into_iter().map(Row::into_map).collect() });
        }
    };
    put("work_calendar", work_calendars(world));
    for level in 0..4 {
        put("user", users(world, level));
    }
    for level in 0..4 {
        put("team", teams(world, level));
    }
    put("team_membership", memberships(world));
    put("staff_skill", skills(world));
    put("absence", absences(world));
    put("exchange_rate", exchange_rates(world));
    put("fiscal_period", fiscal_periods(world, "year"));
    put("fiscal_period", fiscal_periods(world, "quarter"));
    put("fiscal_period", fiscal_periods(world, "month"));
    put("purpose", purposes(world));
    put("tag", tags(world));
    put("relationship_type", relationship_types(world));
    put("territory", territories(world, true));
    put("territory", territories(world, false));
    put("product", products(world));
    put("price_book", price_books(world));
    put("price_book_entry", prices(world));
    put("pipeline", pipelines(world));
    put("stage", stages(world));
    put("queue", queues(world));
    put("campaign", campaigns(world));
    put("account", others(world));
    put("party_role", other_roles(world));
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

const CALENDARS: [(&str, &str, &str); 2] = [
    ("Germany", "Europe/Berlin", "mon 08:00-17:00\ntue 08:00-17:00\nwed 08:00-17:00\nthu 08:00-17:00\nfri 08:00-15:30"),
    ("Service", "Europe/Berlin", "mon 07:00-19:00\ntue 07:00-19:00\nwed 07:00-19:00\nthu 07:00-19:00\nfri 07:00-19:00\nsat 08:00-14:00"),
];
const QUEUES: [(&str, &str); 3] = [
    ("Service DACH", "Machines in Germany, Austria and Switzerland."),
    ("Service International", "Machines everywhere else, in English."),
    ("Online shop", "Orders and questions of private customers."),
];

fn work_calendars(world: &World) -> Vec<Row> {
    let (first, last) = (date_of(world.calendar.start).year(), date_of(world.calendar.today).year() + 1);
    let holidays: Vec<String> = (first..=last)
        .flat_map(|y| [format!("{y}-01-01 New Year"), format!("{y}-05-01 Labour Day"), format!("{y}-10-03 Day of German Unity"), format!("{y}-12-25 Christmas Day"), format!("{y}-12-26 Boxing Day")])
        .collect();
    let rows = CALENDARS
        .iter()
        .enumerate()
        .map(|(n, (name, zone, hours))| Row::new(world.own_id("work_calendar", n)).set("name", *name).set("time_zone", *zone).set("weekly_hours", *hours).set("holidays", holidays.join("\n")));
    rows.collect()
}
fn users(world: &World, level: usize) -> Vec<Row> {
    let people = world.staff.people.iter().enumerate().filter(|(_, p)| p.level == level);
    let rows = people.map(|(n, p)| {
        Row::new(p.id)
            .set("name", p.words.name.as_str())
            .set("kind", "staff")
            .set("email", p.email.as_str())
            .set("active", p.left.is_none())
            .maybe("manager", p.manager.map(|m| world.staff.get(m).id))
            .set("roles", json!(p.words.roles))
            .set("number", format!("P-{}", 1_001 + n))
            .set("position", p.words.position.as_str())
            .set("cost_centre", format!("{}", 4_000 + 10 * p.team))
            .set("languages", p.words.languages.as_str())
            .on("hired_on", p.hired)
            .maybe_on("left_on", p.left)
    });
    rows.collect()
}
fn teams(world: &World, level: usize) -> Vec<Row> {
    let Staff { teams, people } = &world.staff;
    let here = teams.iter().filter(|t| t.level == level);
    let rows = here.map(|t| {
        let calendar = usize::from(t.kind == "service");
        Row::new(t.id)
            .set("name", t.name.as_str())
            .set("kind", t.kind.as_str())
            .maybe("parent", t.parent.and_then(|p| teams.get(p)).map(|p| p.id))
            .maybe("lead", people.get(t.lead).map(|p| p.id))
            .link("work_calendar", world.own_id("work_calendar", calendar))
    });
    rows.collect()
}
fn memberships(world: &World) -> Vec<Row> {
    let people = world.staff.people.iter().enumerate();
    people.map(|(n, p)| Row::new(world.own_id("team_membership", n)).link("user", p.id).link("team", world.staff.team_of(n)).on("since", p.hired).maybe_on("until", p.left.map(|d| d - 1))).collect()
}
fn skills(world: &World) -> Vec<Row> {
    let mut rows = Vec::new();
    for (n, person) in world.staff.people.iter().enumerate().filter(|(_, p)| p.left.is_none()).take(40) {
        let mut rng = Rng::of(&[world.seed, 0x5111, u64::try_from(n).unwrap_or(0)]);
        let languages = person.words.languages.split(", ").map(|l| format!("Language {l}"));
        let craft = if person.has_role("agent") { Some("Kolben 4 maintenance") } else { person.has_role("rep").then_some("Barista, level 2") };
        for (k, skill) in languages.chain(craft.map(str::to_owned)).enumerate() {
            let level = if k == 0 {
                "expert"
            } else if rng.chance(0.6) {
                "good"
            } else {
                "basic"
            };
            let until = skill.contains("maintenance").then(|| world.calendar.today + rng.day_between(30, 500));
            rows.push(
                Row::new(world.own_id("staff_skill", rows.len()))
                    .link("staff", person.id)
                    .owned(person.id, world.staff.team_of(n))
                    .set("skill", skill)
                    .set("level", level)
                    .maybe_on("valid_until", until),
            );
        }
    }
    rows
}
fn absences(world: &World) -> Vec<Row> {
    let mut rows = Vec::new();
    for (n, person) in world.staff.people.iter().enumerate().filter(|(_, p)| p.left.is_none()).take(40) {
        let mut rng = Rng::of(&[world.seed, 0xab5e, u64::try_from(n).unwrap_or(0)]);
        let cover = world.staff.people.iter().find(|p| p.team == person.team && p.id != person.id && p.left.is_none()).map(|p| p.id);
        for _ in 0..2 {
            let from = world.calendar.today + rng.day_between(-240, 50);
            let kind = if from < world.calendar.today && rng.chance(0.25) {
                "sickness"
            } else if rng.chance(0.85) {
                "holiday"
            } else {
                "training"
            };
            let length = if kind == "holiday" { rng.day_between(4, 14) } else { rng.day_between(0, 4) };
            rows.push(
                Row::new(world.own_id("absence", rows.len()))
                    .link("staff", person.id)
                    .owned(person.id, world.staff.team_of(n))
                    .on("from", from)
                    .on("to", from + length)
                    .set("kind", kind)
                    .maybe("cover", cover),
            );
        }
    }
    rows
}
fn exchange_rates(world: &World) -> Vec<Row> {
    let mut rows = Vec::new();
    for money in world.currencies.all.iter().skip(1) {
        for (month, rate) in money.rates.iter().enumerate() {
            rows.push(Row::new(world.own_id("exchange_rate", rows.len())).set("from", money.code).set("to", "EUR").on("on", world.currencies.first_day(month)).set("rate", rate_text(*rate)));
        }
    }
    rows
}
/// Years, quarters and months from the year of the start to the next one.
fn fiscal_periods(world: &World, kind: &'static str) -> Vec<Row> {
    let (first, last) = (date_of(world.calendar.start).year(), date_of(world.calendar.today).year() + 1);
    let day = |year: i16, month: i8| super::calendar::day_of(jiff::civil::Date::new(year, month, 1).unwrap_or_default());
    let next = |year: i16, month: i8| if month > 12 { day(year + 1, month - 12) } else { day(year, month) };
    let id = |year: i16, part: i8| record_id(world.seed, "fiscal_period", world.calendar.start, u64::try_from(year).unwrap_or(0), u64::try_from(part).unwrap_or(0));
    let mut rows = Vec::new();
    for year in first..=last {
        // Part 0 is the year, 1 to 4 the quarters, 5 to 16 the months.
        let parts: Vec<(i8, String, Day, Day, Option<RecordId>)> = match kind {
            "year" => vec![(0, format!("{year}"), day(year, 1), day(year + 1, 1), None)],
            "quarter" => (1..=4).map(|q| (q, format!("Q{q} {year}"), day(year, q * 3 - 2), next(year, q * 3 + 1), Some(id(year, 0)))).collect(),
            _ => (1..=12).map(|m| (m + 4, format!("{year}-{m:02}"), day(year, m), next(year, m + 1), Some(id(year, (m + 2) / 3)))).collect(),
        };
        for (part, name, from, to, parent) in parts {
            // Books are closed six weeks after the end.
            let closed = (to + 42 <= world.calendar.yesterday()).then(|| i64::from(to + 42) * DAY_MS + 9 * 3_600_000);
            rows.push(Row::new(id(year, part)).set("name", name).set("kind", kind).on("starts_on", from).on("ends_on", to - 1).maybe("parent", parent).maybe_at("closed_at", closed));
        }
    }
    rows
}
fn purposes(world: &World) -> Vec<Row> {
    let there = |code: &str| world.present.purposes.iter().any(|(c, _)| c == code);
    let listed = tables().basics.purpose.iter().filter(|p| !there(&p.code));
    listed
        .map(|p| {
            Row::new(world.purpose(&p.code))
                .set("code", p.code.as_str())
                .set("name", p.name.as_str())
                .set("class", p.class.as_str())
                .set("default_basis", p.basis.as_str())
                .set("retention_months", p.months)
                .set("text", p.text.as_str())
        })
        .collect()
}
fn tags(world: &World) -> Vec<Row> {
    tables().basics.tag.iter().map(|t| world.made(Row::new(world.tag(&t.name))).set("name", t.name.as_str()).set("description", t.description.as_str())).collect()
}
fn relationship_types(world: &World) -> Vec<Row> {
    tables()
        .basics
        .relationship_type
        .iter()
        .map(|t| Row::new(world.relationship_type(&t.name)).set("name", t.name.as_str()).set("inverse_name", t.inverse_name.as_str()).set("from_kind", t.from.as_str()).set("to_kind", t.to.as_str()))
        .collect()
}
fn territories(world: &World, regions: bool) -> Vec<Row> {
    let names = world.regions();
    if regions {
        return names.iter().enumerate().map(|(n, name)| Row::new(world.own_id("territory", n)).set("name", *name)).collect();
    }
    let countries = tables().countries.iter();
    countries.map(|c| Row::new(world.territory(&c.code)).set("name", c.name.as_str()).maybe("parent", names.iter().position(|r| *r == c.team).map(|n| world.own_id("territory", n)))).collect()
}
fn products(world: &World) -> Vec<Row> {
    let rows = world.shelf.products.iter().map(|p| {
        let w = p.words;
        world
            .made(Row::new(p.id))
            .set("name", w.name.as_str())
            .set("code", w.code.as_str())
            .set("sku", format!("VR-{}", w.code))
            .set("family", w.family.as_str())
            .set("kind", w.kind.as_str())
            .set("unit", w.unit.as_str())
            .set("tax_category", "S")
            .set("unit_cost", format!("{:.2}", w.cost))
            .set("billing_period", w.period.as_str())
            .set("active", w.active)
            .set("description", w.text.as_str())
    });
    rows.collect()
}
fn price_books(world: &World) -> Vec<Row> {
    let books = world.currencies.all.iter().enumerate();
    books
        .map(|(n, money)| {
            world
                .made(Row::new(world.shelf.price_book(n)))
                .set("name", format!("List prices {}", money.code))
                .set("currency", money.code)
                .set("active", true)
                .on("valid_from", world.calendar.start - 60)
                .set("description", "Without tax.")
        })
        .collect()
}
fn prices(world: &World) -> Vec<Row> {
    let mut rows = Vec::new();
    for (n, money) in world.currencies.all.iter().enumerate() {
        for product in &world.shelf.products {
            let list = money.list_price(product.words.price);
            // Machines are cheaper from ten on.
            let steps: &[(&str, i64)] = if product.words.price > 1_000.0 { &[("1", 100), ("10", 94)] } else { &[("1", 100)] };
            for (from, percent) in steps {
                rows.push(
                    Row::new(world.own_id("price_book_entry", rows.len()))
                        .link("price_book", world.shelf.price_book(n))
                        .link("product", product.id)
                        .set("currency", money.code)
                        .set("unit_price", money.text(list * percent / 100))
                        .set("min_quantity", *from)
                        .on("valid_from", world.calendar.start - 60),
                );
            }
        }
    }
    rows
}
fn pipelines(world: &World) -> Vec<Row> {
    let sales = world.shelf.pipeline(&world.present, false);
    let service = world.shelf.pipeline(&world.present, true);
    let own = world.present.sales.is_none().then(|| Row::new(sales.pipeline).set("name", "Sales").set("active", true));
    own.into_iter().chain([Row::new(service.pipeline).set("name", "Service contracts").set("active", true)]).collect()
}
fn stages(world: &World) -> Vec<Row> {
    let mut rows = Vec::new();
    for (service, words) in [(false, &SALES), (true, &SERVICE)] {
        if !service && world.present.sales.is_some() {
            continue;
        }
        let ids = world.shelf.pipeline(&world.present, service);
        for (n, (stage, id)) in (1i64..).zip(words.iter().zip(&ids.stages)) {
            let rotting = if stage.rotting > 0 { json!(stage.rotting) } else { Json::Null };
            rows.push(
                Row::new(*id)
                    .link("pipeline", ids.pipeline)
                    .set("name", stage.name)
                    .set("position", n)
                    .set("kind", stage.kind)
                    .set("probability", stage.probability.to_string())
                    .set("forecast_category", stage.category)
                    .set("guidance", stage.guidance)
                    .set("rotting_days", rotting),
            );
        }
    }
    rows
}
fn queues(world: &World) -> Vec<Row> {
    let listed = QUEUES.iter().enumerate();
    listed
        .map(|(n, (name, text))| Row::new(world.own_id("queue", n)).set("name", *name).set("description", *text).set("active", true).maybe("team", world.staff.team_named(name).map(|t| t.id)))
        .collect()
}
fn campaigns(world: &World) -> Vec<Row> {
    let annika = world.staff.login("annika.thiel");
    let rows = world.campaigns.iter().map(|c| {
        let words = c.words;
        let status = if c.starts >= world.calendar.today {
            "planned"
        } else if c.ends >= world.calendar.today {
            "active"
        } else {
            "completed"
        };
        let purpose = match words.kind.as_str() {
            "event" => "events",
            "information" => "newsletter",
            _ => "offers",
        };
        let made = i64::from((c.starts - 40).max(world.calendar.start).min(world.calendar.yesterday())) * DAY_MS + 10 * 3_600_000;
        Row::new(c.id)
            .made(made, world.staff.get(annika).id)
            .owned(world.staff.get(annika).id, world.staff.team_of(annika))
            .set("name", words.name.replace("{year}", &c.year))
            .set("code", words.code.replace("{year}", &c.year))
            .set("type", words.kind.as_str())
            .set("status", status)
            .on("starts_on", c.starts)
            .on("ends_on", c.ends)
            .set("budget", world.currencies.get(0).json(words.budget * 100))
            .link("purpose", world.purpose(purpose))
    });
    rows.collect()
}
fn others(world: &World) -> Vec<Row> {
    let listed = tables().basics.other.iter().take(world.plan.others).enumerate();
    let owner = world.staff.login("robert.hanke");
    let row = |(n, other): (usize, &Other)| {
        world
            .made(Row::new(world.other_id(n)))
            .owned(world.staff.get(owner).id, world.staff.team_of(owner))
            .set("name", other.name.as_str())
            .set("kind", "organisation")
            .set("domains", other.domain.as_str())
            .set("website", format!("https://www.{}", other.domain))
            .set("status", "active")
            .set("lifecycle_stage", "other")
            .set("country", other.country.as_str())
    };
    listed.map(row).collect()
}
fn other_roles(world: &World) -> Vec<Row> {
    let listed = tables().basics.other.iter().take(world.plan.others).enumerate();
    listed
        .map(|(n, other)| {
            Row::new(record_id(world.seed, "party_role", world.calendar.start - 1, 0, u64::try_from(n).unwrap_or(0)))
                .link("account", world.other_id(n))
                .set("role", other.role.as_str())
                .set("status", "active")
                .on("since", world.calendar.start - 400)
        })
        .collect()
}
