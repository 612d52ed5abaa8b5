//! What is sold, at what prices, by which steps and campaigns; currencies and the books.

use super::super::{
    World,
    calendar::{DAY_MS, Day, date_of, day_of},
    goods::{SALES, SERVICE},
    ids::{Row, record_id},
    money::rate_text,
};
use kernel::RecordId;
use serde_json::{Value as Json, json};

pub(super) fn exchange_rates(world: &World) -> Vec<Row> {
    let mut rows = Vec::new();
    for money in world.currencies.all.iter().skip(1) {
        for (month, rate) in money.rates.iter().enumerate() {
            rows.push(Row::new(world.own_id("exchange_rate", rows.len())).set("from", money.code).set("to", "EUR").on("on", world.currencies.first_day(month)).set("rate", rate_text(*rate)));
        }
    }
    rows
}
pub(super) fn fiscal_periods(world: &World, kind: &'static str) -> Vec<Row> {
    let (first, last) = (date_of(world.calendar.start).year(), date_of(world.calendar.today).year() + 1);
    let day = |year: i16, month: i8| day_of(jiff::civil::Date::new(year, month, 1).unwrap_or_default());
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
pub(super) fn products(world: &World) -> Vec<Row> {
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
pub(super) fn price_books(world: &World) -> Vec<Row> {
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
pub(super) fn prices(world: &World) -> Vec<Row> {
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
pub(super) fn pipelines(world: &World) -> Vec<Row> {
    let sales = world.shelf.pipeline(&world.present, false);
    let service = world.shelf.pipeline(&world.present, true);
    let own = world.present.sales.is_none().then(|| Row::new(sales.pipeline).set("name", "Sales").set("active", true));
    own.into_iter().chain([Row::new(service.pipeline).set("name", "Service contracts").set("active", true)]).collect()
}
pub(super) fn stages(world: &World) -> Vec<Row> {
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
pub(super) fn campaigns(world: &World) -> Vec<Row> {
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
