//! Opportunities: when they begin, through which stages they go, how they end.

use super::{
    super::{
        bins::Bin,
        calendar::Day,
        campaign,
        goods::{LOST, Product, WON},
        rng::{days, small, whole},
        tables::{Hero, tables},
        text::{Tongue, Words, fill},
    },
    Story,
    order::Line,
};
use kernel::RecordId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Outcome {
    Open,
    Won,
    Lost,
    Cancelled,
}
#[derive(Clone, Debug)]
pub(in super::super) struct Deal {
    pub(super) id: RecordId,
    pub(super) name: String,
    pub(super) kind: &'static str,
    /// Of the pipeline of service contracts.
    pub(super) service: bool,
    pub(super) contract: Option<usize>,
    pub(super) lines: Vec<Line>,
    /// Minor units; None: not known.
    pub(super) amount: Option<i64>,
    /// Stage and the day it was entered, first to last.
    pub(super) path: Vec<(usize, Day)>,
    pub(super) outcome: Outcome,
    /// Expected or real.
    pub(super) close: Option<Day>,
    pub(super) person: usize,
    pub(super) owner: usize,
    pub(super) campaign: Option<RecordId>,
    pub(super) source: &'static str,
    /// No account is named: a deal at its beginning.
    pub(super) nameless: bool,
}
impl Deal {
    pub(super) fn is_open(&self) -> bool {
        self.outcome == Outcome::Open
    }
    pub(super) fn start(&self) -> Day {
        self.path.first().map_or(0, |p| p.1)
    }
    pub(super) fn stage(&self) -> (usize, Day) {
        self.path.last().copied().unwrap_or((0, 0))
    }
}

/// Odds of winning a deal where nothing speaks for or against it.
const ODDS: f64 = 0.25;
/// Share of the deals that should have ended in the last months and still stand open.
const STUCK: f64 = 0.09;

impl Story<'_> {
    pub(super) fn plan_deals(&mut self) {
        let hero = self.seat.hero.and_then(|n| tables().heroes.get(n));
        let mut left = self.seat.opportunities;
        if let Some(hero) = hero.filter(|_| left > 0) {
            self.plan_hero_deal(hero);
            left -= 1;
        }
        let yesterday = self.world.calendar.yesterday();
        let first = self.first_day();
        let renewals = self.renewals(first + 40, yesterday + 60);
        for (contract, end) in renewals.into_iter().take((left * 2).div_ceil(5)) {
            // A contract that lapsed is not renewed again.
            if self.contracts.get(contract).is_some_and(|c| c.ended.is_none()) && end - 80 < yesterday {
                self.plan_renewal(contract, end);
                left -= 1;
            }
        }
        let mut starts: Vec<Day> = Vec::new();
        for n in 0..left {
            let from_the_start = n == 0 && !self.seat.stock;
            let span = if from_the_start { 12 } else { yesterday - first };
            // Old customers brought deals along that were under way.
            let from = if self.seat.stock { first - 110 } else { first + i32::from(!from_the_start) * 3 };
            starts.push(self.busy_day(from, first + span));
        }
        starts.sort_unstable();
        for start in starts {
            self.plan_deal(start);
        }
    }
    fn won_before(&self, day: Day) -> bool {
        self.party.customer_since.is_some_and(|since| since < day)
    }
    fn plan_deal(&mut self, start: Day) {
        let customer = self.won_before(start);
        let kind = match (customer, self.rng.below(100)) {
            (false, _) => "new",
            (true, 0..=54) => "expansion",
            (true, 55..=89) => "cross_sell",
            (true, 90..=95) => "downsell",
            (true, _) => "new",
        };
        let (name, lines) = self.invent_offer(kind, start);
        let total: i64 = lines.iter().map(Line::net).sum();
        let money = self.world.currencies.get(self.party.currency);
        let euros = kernel::Money { minor: total, currency: money.currency }
            .convert(kernel::Currency::EUR, kernel::Decimal { units: self.world.currencies.rate(self.party.currency, start).0, scale: 6 })
            .map_or(1_000.0, |m| f64::from(i32::try_from(m.minor / 100).unwrap_or(i32::MAX)));
        let rep = self.rep_on(start);
        let size = (euros / 20_000.0).clamp(0.05, 60.0);
        let mut odds = ODDS * self.party.source.odds * self.world.staff.skill(rep) * size.powf(-0.12);
        odds *= match kind {
            "expansion" | "downsell" => 2.0,
            "cross_sell" => 1.5,
            _ => 1.0,
        };
        let mut win = self.rng.chance(odds / (1.0 + odds));
        if self.party.gone.is_some() || self.party.complaint.is_some_and(|d| d < start && start < d + 200) && self.rng.chance(0.5) {
            win = false;
        }
        let mut cycle = self.rng.log_normal(74.0 * size.powf(0.1), 0.55) * if customer { 0.7 } else { 1.0 };
        cycle = (cycle * if win { 0.95 } else { 1.12 }).clamp(5.0, 420.0);
        let (ideal, first) = (start + days(cycle), self.first_day());
        let season = self.season();
        let end = self.world.calendar.busy_day(&mut self.rng, ideal - 22, ideal + 32, season).max(start + 3);
        let end = if end > first { end } else { first + self.rng.day_between(2, 45) };
        let stuck = end < self.today() && end > self.today() - 170 && self.rng.chance(STUCK);
        let outcome = match (end >= self.today() || stuck, win) {
            (true, _) => Outcome::Open,
            (false, true) => Outcome::Won,
            (false, false) => {
                if self.rng.chance(0.06) {
                    Outcome::Cancelled
                } else {
                    Outcome::Lost
                }
            }
        };
        let path = self.invent_path(start, end, outcome, stuck);
        let known = match (outcome, path.last().map_or(0, |p| p.0)) {
            (Outcome::Won, _) => 1.0,
            (Outcome::Open, 0) => 0.5,
            (Outcome::Open, 1) => 0.86,
            (Outcome::Open, _) => 0.98,
            _ => 0.94,
        };
        let close = match outcome {
            Outcome::Open => self.expected_close(end, stuck),
            _ => Some(end),
        };
        if outcome == Outcome::Won {
            self.party.customer_since.get_or_insert(end);
        }
        let owner = self.rep_on(if outcome == Outcome::Open { self.today() } else { end });
        let source = if customer && self.rng.chance(0.7) { "Existing customer" } else { self.party.source.name.as_str() };
        let campaign = campaign::running(&self.world.campaigns, &self.party.source.campaign, start).filter(|_| source != "Existing customer").map(|c| c.id);
        let amount = self.rng.chance(known).then_some(total);
        let person = self.someone(start);
        let nameless = !customer && outcome != Outcome::Won && path.iter().all(|(stage, _)| matches!(*stage, 0 | LOST)) && self.rng.chance(0.25);
        let id = self.id(Bin::Opportunity, "opportunity");
        if outcome == Outcome::Won && self.business() && self.contracts.iter().all(|c| c.ended.is_some()) && self.rng.chance(0.42) && lines.iter().any(|l| l.words.price > 1_000.0) {
            let machines: i64 = lines.iter().filter(|l| l.words.price > 1_000.0).map(|l| l.quantity).sum();
            let auto = self.rng.chance(0.5);
            self.add_contract(end + 30, machines, Some(self.deals.len()), auto, false);
        }
        self.deals.push(Deal { id, name, kind, service: false, contract: None, lines, amount, path, outcome, close, person, owner, campaign, source, nameless });
    }
    /// What is offered, and how the rep calls it.
    fn invent_offer(&mut self, kind: &str, start: Day) -> (String, Vec<Line>) {
        let world = self.world;
        let business = self.business();
        let industry = self.seat.industry;
        let money = world.currencies.get(self.party.currency);
        let main = if business { world.shelf.code(self.rng.word(&industry.machines)) } else { world.shelf.code("HOME") };
        let size = if business { self.seat.weight.powf(0.55) * industry.size * self.rng.log_normal(0.9, 0.6) } else { 1.0 };
        let quantity = whole(size * if kind == "downsell" { 0.5 } else { 1.0 }).clamp(1, 160);
        let discount = match quantity {
            0..=2 => 0,
            3..=9 => *self.rng.pick(&[0, 3, 5]).unwrap_or(&0),
            _ => *self.rng.pick(&[3, 5, 6, 8, 10, 12]).unwrap_or(&5),
        };
        let line = |product: &Product, quantity: i64, discount: i64| Line { product: product.id, words: product.words, quantity, unit: money.list_price(product.words.price), discount, service: None };
        let mut lines = vec![line(main, quantity, discount)];
        if business && self.rng.chance(0.45) && main.words.code.starts_with("KOL") {
            lines.push(line(world.shelf.code("GRIND"), quantity, discount));
        }
        if business && self.rng.chance(0.5) {
            lines.push(line(world.shelf.code("INSTALL"), quantity, 0));
        }
        if business && self.rng.chance(0.3) {
            lines.push(line(world.shelf.code("TRAIN"), 1 + quantity / 6, 0));
        }
        let german = self.tongue() == Tongue::German;
        let place = if german { self.rng.word(&industry.orte) } else { self.rng.word(&industry.places) };
        let words = Words { product: &main.words.name, qty: quantity, city: &self.party.city.name, account: &self.party.name, ..Words::default() };
        let patterns: &[&str] = match (business, german) {
            (false, _) => &["{product}"],
            (true, true) => &["{qty} × {product} für ", "{product} für ", "{product}, {city}", "{qty} × {product}", "Ersatz der alten Maschinen, {city}"],
            (true, false) => &["{qty} × {product} for ", "{product} for ", "{product}, {city}", "{qty} × {product}", "Replacement of old machines, {city}"],
        };
        let mut name = fill(self.rng.pick(patterns).copied().unwrap_or("{product}"), &words);
        if name.ends_with(' ') {
            name.push_str(place);
        }
        if kind == "new" && self.rng.chance(0.12) {
            name = format!("{name} {}", super::super::calendar::date_of(start + 200).year());
        }
        (name, lines)
    }
    /// Stages and the days they were entered. Most deals take every step, some skip one, a few fall back.
    fn invent_path(&mut self, start: Day, end: Day, outcome: Outcome, stuck: bool) -> Vec<(usize, Day)> {
        let mut shares: Vec<f64> = [0.2, 0.3, 0.3, 0.2].iter().map(|s| s * self.rng.float(0.5, 1.6)).collect();
        let total: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|s| *s /= total);
        let reach = match outcome {
            Outcome::Won => 4,
            Outcome::Open if stuck => 2 + self.rng.below(3),
            Outcome::Open => 4,
            _ => 1 + self.rng.weighted([0.3, 0.28, 0.28, 0.14].into_iter()),
        };
        let used: f64 = shares.iter().take(reach).sum();
        let stretch = if outcome == Outcome::Open { 1.0 } else { 1.0 / used };
        let skip = (reach > 2 && self.rng.chance(0.12)).then(|| 1 + self.rng.below(2));
        let length = f64::from(end - start);
        let mut at = 0.0;
        let mut path = vec![(0, start)];
        for stage in 1..reach {
            at += shares.get(stage - 1).copied().unwrap_or(0.25) * stretch;
            let day = start + days(at * length);
            if Some(stage) != skip {
                path.push((stage, day.max(start + i32::try_from(stage).unwrap_or(1))));
            }
        }
        if reach == 4 && self.rng.chance(0.05) && path.len() >= 3 {
            // Back to the offer, and on again.
            let last = path.last().map_or(start, |p| p.1);
            let room = end - last;
            if room > 8 {
                path.push((2, last + room / 3));
                path.push((3, last + 2 * room / 3));
            }
        }
        path.retain(|(_, day)| *day < self.today() && (outcome == Outcome::Open || *day <= end));
        if path.is_empty() {
            path.push((0, start.min(self.world.calendar.yesterday())));
        }
        match outcome {
            Outcome::Open => {}
            Outcome::Won => path.push((WON, end)),
            Outcome::Lost | Outcome::Cancelled => path.push((LOST, end)),
        }
        path
    }
    /// What the rep wrote down. One in ten wrote nothing; some dates have passed and nobody moved them.
    fn expected_close(&mut self, end: Day, stuck: bool) -> Option<Day> {
        if self.rng.chance(0.1) {
            return None;
        }
        let guess = end + self.rng.day_between(-18, 30);
        if guess >= self.today() || stuck && self.rng.chance(0.7) || self.rng.chance(0.3) {
            return Some(guess);
        }
        Some(self.today() + self.rng.day_between(4, 50))
    }
    fn plan_renewal(&mut self, contract: usize, term_end: Day) {
        let Some(machines) = self.contracts.get(contract).map(|c| c.machines) else { return };
        let product = self.world.shelf.code("CARE");
        let money = self.world.currencies.get(self.party.currency);
        let line =
            Line { product: product.id, words: product.words, quantity: machines, unit: money.list_price(product.words.price), discount: *self.rng.pick(&[0, 0, 0, 5]).unwrap_or(&0), service: None };
        let start = (term_end - self.rng.day_between(60, 95)).max(self.first_day());
        let end = (term_end + self.rng.day_between(-25, 12)).max(start + 4);
        let angry = self.party.complaint.is_some_and(|d| d < end && end < d + 300);
        let win = self.seat.hero.is_some() || self.rng.chance(if angry { 0.45 } else { 0.88 });
        let outcome = if end >= self.today() {
            Outcome::Open
        } else if win {
            Outcome::Won
        } else {
            Outcome::Lost
        };
        let path = self.invent_path(start, end, outcome, false);
        if outcome == Outcome::Lost {
            if let Some(contract) = self.contracts.get_mut(contract) {
                contract.ended = Some(term_end);
            }
            if self.rng.chance(0.5) {
                self.party.gone.get_or_insert(end.max(self.first_day() + 1));
            }
        }
        let amount = Some(line.net());
        let name = format!("{} {}, {machines} × {}", if self.tongue() == Tongue::German { "Verlängerung" } else { "Renewal" }, super::super::calendar::date_of(term_end).year(), product.words.name);
        let owner = self.rep_on(if outcome == Outcome::Open { self.today() } else { end });
        let id = self.id(Bin::Renewal, "opportunity");
        let close = if outcome == Outcome::Open { Some(term_end) } else { Some(end) };
        self.deals.push(Deal {
            id,
            name,
            kind: "renewal",
            service: true,
            contract: Some(contract),
            lines: vec![line],
            amount,
            path,
            outcome,
            close,
            person: 0,
            owner,
            campaign: None,
            source: "Existing customer",
            nameless: false,
        });
    }
    /// The deal that everybody sees first.
    fn plan_hero_deal(&mut self, hero: &Hero) {
        let [name, goods, amount, stage, closes] = &hero.deal;
        let money = self.world.currencies.get(self.party.currency);
        let mut lines: Vec<Line> = Vec::new();
        for part in goods.split(',') {
            let Some((quantity, code)) = part.split_once(' ') else { continue };
            let product = self.world.shelf.code(code);
            lines.push(Line { product: product.id, words: product.words, quantity: quantity.parse().unwrap_or(1), unit: money.list_price(product.words.price), discount: 0, service: None });
        }
        let stage = super::super::goods::SALES.iter().position(|s| s.name == stage).unwrap_or(0);
        let here = hero.rotting.unwrap_or(6);
        let path = (0..=stage).map(|s| (s, self.today() - here - days(small(stage - s) * 17.0))).collect();
        let close = closes.parse::<Day>().ok().map(|d| self.today() + d);
        let amount = kernel::Money::parse(amount, money.currency).map(|m| m.minor).filter(|m| *m > 0);
        let id = self.id(Bin::Opportunity, "opportunity");
        let owner = self.rep_on(self.today());
        self.deals.push(Deal {
            id,
            name: name.clone(),
            kind: "expansion",
            service: false,
            contract: None,
            lines,
            amount,
            path,
            outcome: Outcome::Open,
            close,
            person: 0,
            owner,
            campaign: None,
            source: "Referral",
            nameless: false,
        });
    }
}
