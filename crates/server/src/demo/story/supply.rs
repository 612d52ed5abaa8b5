//! What customers buy again and again, until one day they do not.
//!
//! Between orders lies a gap of their own; after each order they leave with a probability of their own. That is the
//! process behind BG/NBD (Fader, Hardie, Lee 2005), so that models of customer value find what they look for.

use super::{
    super::{
        calendar::{Day, date_of, day_of},
        plan::Kind,
        rng::{days, whole},
    },
    Story,
    order::{Line, OrderFacts},
};

impl Story<'_> {
    pub(super) fn tell_supply(&mut self) {
        let business = self.business();
        let hero = self.seat.hero.is_some();
        if !business && self.party.customer_since.is_none() && self.rng.chance(0.55) {
            let day = self.first_day() + self.rng.day_between(0, 25);
            self.party.customer_since = Some(day).filter(|d| *d < self.today());
        }
        let Some(since) = self.party.customer_since else { return };
        // A third of the organisations buy their coffee elsewhere.
        if business && !hero && self.rng.chance(0.3) {
            return;
        }
        let stay = self.party.source.stay;
        let gap = if business { self.rng.log_normal(82.0 * self.seat.weight.powf(-0.22), 0.4).clamp(20.0, 200.0) } else { self.rng.log_normal(70.0, 0.6).clamp(12.0, 320.0) };
        let leave = match (hero, business) {
            (true, _) => 0.0,
            (_, true) => 0.04 * self.rng.float(0.2, 1.8) / stay,
            (_, false) => 0.27 * self.rng.float(0.15, 1.85) / stay,
        };
        let season = self.season();
        let mut day = if self.seat.stock { since + self.rng.day_between(0, days(gap)) } else { since + if business { 14 } else { 0 } };
        let mut first = true;
        while day < self.today() {
            if self.party.gone.is_some_and(|gone| gone <= day) {
                break;
            }
            self.buy(day, first);
            first = false;
            let angry = self.party.complaint.is_some_and(|c| c <= day && day < c + 120);
            if self.rng.chance(leave * if angry { 5.0 } else { 1.0 }) {
                // Nobody says goodbye: it shows when the usual gap has passed twice.
                let noticed = day + days(gap * 2.2);
                if noticed < self.today() {
                    self.party.gone = Some(day + 1);
                }
                break;
            }
            let length = self.rng.log_normal(gap, 0.3);
            let next = day + days(length).max(3);
            day = self.world.calendar.busy_day(&mut self.rng, next - days(length * 0.4), next + days(length * 0.4), season).max(day + 2);
        }
        if !business {
            self.tell_presents(since);
        }
    }
    /// Presents: many private customers order once more before Christmas.
    fn tell_presents(&mut self, since: Day) {
        for year in date_of(since).year()..=date_of(self.today()).year() {
            let Ok(from) = jiff::civil::Date::new(year, 11, 22) else { continue };
            let day = day_of(from) + self.rng.day_between(0, 25);
            let there = day > since && day < self.today() && self.party.gone.is_none_or(|gone| day < gone);
            if there && self.rng.chance(0.42) {
                self.buy(day, false);
            }
        }
    }
    /// One order of supplies.
    pub(super) fn buy(&mut self, day: Day, first: bool) {
        let home = self.seat.kind != Kind::Organisation;
        let money = self.world.currencies.get(self.party.currency);
        let count = 1 + self.rng.weighted([0.56, 0.3, 0.14].into_iter());
        let mut lines: Vec<Line> = Vec::new();
        for n in 0..count {
            let machine = home && first && n == 0 && self.rng.chance(0.22);
            let product = if machine { self.world.shelf.code(if self.rng.chance(0.6) { "HOME" } else { "GRHOME" }) } else { self.world.shelf.supply(&mut self.rng, home) };
            if lines.iter().any(|l| l.product == product.id) {
                continue;
            }
            let quantity = match (machine, home) {
                (true, _) => 1,
                (_, true) => 1 + self.rng.between(0, 2),
                _ => whole(self.rng.log_normal(2.4 * self.seat.weight.powf(0.65), 0.5) * if product.words.price > 60.0 { 0.4 } else { 1.0 }).clamp(1, 400),
            };
            let discount = if !home && quantity >= 20 { 5 } else { 0 };
            lines.push(Line { product: product.id, words: product.words, quantity, unit: money.list_price(product.words.price), discount, service: None });
        }
        let channel = if home { "shop" } else { *self.rng.pick(&["shop", "shop", "phone", "e-mail", "rep"]).unwrap_or(&"shop") };
        let campaign = if home { super::super::campaign::running(&self.world.campaigns, "advent", day).filter(|c| day <= c.ends && self.seat.n.is_multiple_of(3)).map(|c| c.id) } else { None };
        let person = self.someone(day);
        self.place_order(day, lines, OrderFacts { campaign, person, channel, ..OrderFacts::default() });
    }
}
