//! Orders with their lines and payments, and goods that come back.

use super::{
    super::{bins::Bin, calendar::Day, ids::Row, money::rate_text, tables::Goods},
    Story,
};
use kernel::{Decimal, RecordId};

/// A position: money in minor units of the customer's currency.
#[derive(Clone, Debug)]
pub(in super::super) struct Line {
    pub(super) product: RecordId,
    pub(super) words: &'static Goods,
    pub(super) quantity: i64,
    pub(super) unit: i64,
    /// Percent.
    pub(super) discount: i64,
    /// First day covered and first day not covered any more.
    pub(super) service: Option<(Day, Day)>,
}
impl Line {
    pub(super) fn net(&self) -> i64 {
        Decimal::mul_div(self.quantity * self.unit, 100 - self.discount, 100).unwrap_or(0)
    }
}
#[derive(Clone, Debug, Default)]
pub(super) struct OrderFacts {
    pub(super) opportunity: Option<RecordId>,
    pub(super) contract: Option<RecordId>,
    pub(super) campaign: Option<RecordId>,
    pub(super) returns: Option<RecordId>,
    pub(super) person: usize,
    pub(super) channel: &'static str,
}

impl Story<'_> {
    /// Category of EN 16931 and percent for a line: at home, within the Union between businesses, export.
    fn tax(&self, goods: &Goods) -> (&'static str, &'static str) {
        let country = self.country();
        let [standard, food] = &country.vat;
        let local = if goods.food { food } else { standard };
        match (country.code.as_str(), country.eu, self.business()) {
            ("DE", ..) | (_, true, false) => ("S", local),
            (_, true, true) => ("K", "0"),
            (_, false, _) => ("G", "0"),
        }
    }
    pub(super) fn place_order(&mut self, day: Day, lines: Vec<Line>, facts: OrderFacts) {
        if day > self.world.calendar.yesterday() || lines.is_empty() {
            return;
        }
        let world = self.world;
        let money = world.currencies.get(self.party.currency);
        let returned = facts.returns.is_some();
        let at = self.at(day);
        let id = self.id(if returned { Bin::Return } else { Bin::Order }, "order");
        let (mut net, mut cost) = (0, 0);
        // Tax is rounded once for each category and rate.
        let mut taxed: Vec<(&'static str, &'static str, i64)> = Vec::new();
        let sign = if returned { -1 } else { 1 };
        for (position, line) in (1i64..).zip(&lines) {
            let (category, rate) = self.tax(line.words);
            let (line_net, line_cost) = (sign * line.net(), sign * line.quantity * money.cost(line.words.cost));
            net += line_net;
            // A quarter's bill carries a quarter of the year's cost.
            cost += match line.service {
                Some((from, to)) if line.words.period == "year" => line_cost * i64::from(to - from) / 365,
                _ => line_cost,
            };
            match taxed.iter_mut().find(|t| t.0 == category && t.1 == rate) {
                Some(sum) => sum.2 += line_net,
                None => taxed.push((category, rate, line_net)),
            }
            let line_id = self.id(Bin::OrderLine, "order_line");
            let row = Row::new(line_id)
                .link("order", id)
                .set("position", position)
                .link("product", line.product)
                .set("description", line.words.name.as_str())
                .set("quantity", (sign * line.quantity).to_string())
                .set("unit", line.words.unit.as_str())
                .set("unit_price", money.text(line.unit))
                .set("discount", line.discount.to_string())
                .set("net", money.json(line_net))
                .set("tax_category", category)
                .set("tax_rate", rate)
                .set("tax", money.json(tax_of(line_net, rate)))
                .set("unit_cost", money.text(money.cost(line.words.cost)))
                .set("line_kind", if line.service.is_some() { "recurring" } else { "one_off" });
            let row = match line.service {
                Some((from, to)) => row.on("service_from", from).on("service_to", to),
                None => row.set("fulfilled", if day + 12 < self.today() && !returned { line.quantity.to_string() } else { String::new() }),
            };
            self.put(Bin::OrderLine, row);
        }
        let tax: i64 = taxed.iter().map(|(_, rate, net)| tax_of(*net, rate)).sum();
        let total = net + tax;
        let fresh = day + 9 > self.today();
        let cancelled = facts.opportunity.is_none() && facts.contract.is_none() && !returned && self.rng.chance(0.012);
        let payment_status = if cancelled { "open" } else { self.tell_payments(id, day, at, total, &facts) };
        let (owner, team) = self.owner_now();
        let maker = self.owner_on(day).0;
        let row = Row::new(id).made(at, maker).owned(owner, team).set("kind", if returned { "return" } else { "sale" });
        let row = self
            .about_party(row, facts.person)
            .maybe("opportunity", facts.opportunity)
            .maybe("contract", facts.contract)
            .maybe("campaign", facts.campaign)
            .at("ordered_at", at)
            .set("total", money.json(total))
            .set("net", money.json(net))
            .set("tax", money.json(tax))
            .set("cost", money.json(cost))
            .set("rate", rate_text(world.currencies.rate(self.party.currency, day).0))
            .set("channel", facts.channel)
            .maybe("returns", facts.returns)
            .set("payment_status", payment_status)
            .set(
                "status",
                if cancelled {
                    "cancelled"
                } else if returned {
                    "returned"
                } else if !fresh {
                    "fulfilled"
                } else if self.rng.chance(0.3) {
                    "partly_fulfilled"
                } else {
                    "placed"
                },
            );
        self.put(if returned { Bin::Return } else { Bin::Order }, row);
        if !returned {
            self.orders.push((day, id));
            let goods = facts.contract.is_none();
            if goods && !cancelled && self.rng.chance(if self.business() { 0.012 } else { 0.035 }) {
                let back = day + self.rng.day_between(6, 24);
                let few: Vec<Line> = lines.into_iter().take(1).map(|l| Line { quantity: (l.quantity / 3).max(1), ..l }).collect();
                self.place_order(back, few, OrderFacts { returns: Some(id), person: facts.person, channel: facts.channel, ..OrderFacts::default() });
            }
        }
    }
    /// Payments of an order; what they add up to.
    fn tell_payments(&mut self, order: RecordId, day: Day, at: i64, total: i64, facts: &OrderFacts) -> &'static str {
        let money = self.world.currencies.get(self.party.currency);
        if facts.returns.is_some() {
            let back = (day + self.rng.day_between(2, 10)).min(self.world.calendar.yesterday());
            let paid = self.at(back).max(at);
            self.payment(order, day, Some(paid), total, "transfer", "refunded");
            return "refunded";
        }
        let terms: i32 = if self.business() { 30 } else { 0 };
        let large = facts.opportunity.is_some() && total > money.list_price(60_000.0);
        let parts: &[i64] = if large { &[30, 40, 30] } else { &[100] };
        let method =
            if self.business() { if self.rng.chance(0.2) { "direct debit" } else { "transfer" } } else { *self.rng.pick(&["card", "card", "wallet", "direct debit", "invoice"]).unwrap_or(&"card") };
        let slow = self.seat.n % 31 == 7;
        let (mut paid_parts, mut written_off, mut left) = (0, false, total);
        for (n, percent) in (0i32..).zip(parts) {
            let last = usize::try_from(n).unwrap_or(0) + 1 == parts.len();
            let amount = if last { left } else { Decimal::mul_div(total, *percent, 100).unwrap_or(0) };
            left -= amount;
            let due = day + terms + n * 45;
            let late = match self.rng.below(100) {
                _ if slow => self.rng.day_between(10, 60),
                0..=69 => self.rng.day_between(-14, 0),
                70..=91 => self.rng.day_between(1, 20),
                92..=97 => self.rng.day_between(21, 70),
                _ => 9_999,
            };
            let when = (due + late.max(-terms)).max(day);
            if late == 9_999 && due + 150 < self.today() {
                self.payment(order, due, None, amount, method, "written_off");
                written_off = true;
            } else if when >= self.today() {
                self.payment(order, due, None, amount, method, "scheduled");
            } else {
                if method != "transfer" && self.rng.chance(0.015) {
                    self.payment(order, due, None, amount, method, "failed");
                }
                let paid = if when == day { self.after(at, 2.0) } else { self.at(when) };
                self.payment(order, due, Some(paid), amount, method, "paid");
                paid_parts += 1;
            }
        }
        match (written_off, paid_parts) {
            (true, _) => "written_off",
            (_, 0) => "open",
            (_, n) if n == parts.len() => "paid",
            _ => "partly_paid",
        }
    }
    fn payment(&mut self, order: RecordId, due: Day, paid: Option<i64>, amount: i64, method: &str, status: &'static str) {
        let money = self.world.currencies.get(self.party.currency);
        let id = self.id(Bin::Payment, "payment");
        self.put(Bin::Payment, Row::new(id).link("order", order).on("scheduled_on", due).maybe_at("paid_at", paid).set("amount", money.json(amount)).set("method", method).set("status", status));
    }
}

/// Percent of an amount, rounded once, halves away from zero (EN 16931).
fn tax_of(net: i64, rate: &str) -> i64 {
    Decimal::parse(rate, 4).and_then(|rate| Decimal::mul_div(net, rate.units, 1_000_000)).unwrap_or(0)
}
