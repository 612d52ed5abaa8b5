//! Service contracts: a year each, renewed or not. Their renewals are opportunities of a pipeline of their own.

use super::{
    super::{bins::Bin, calendar::Day, goods::Product, ids::Row},
    Story,
    order::{Line, OrderFacts},
};
use kernel::RecordId;

/// A contract for so many machines; a year at a time.
#[derive(Clone, Debug)]
pub(in super::super) struct Contract {
    pub(super) id: RecordId,
    pub(super) starts: Day,
    pub(super) machines: i64,
    /// The deal that made it.
    pub(super) deal: Option<usize>,
    /// Last day, if it was not renewed.
    pub(super) ended: Option<Day>,
    pub(super) auto: bool,
    pub(super) home: bool,
}
pub(super) const TERM: Day = 365;

impl Contract {
    /// Last day of the term that runs on a day.
    pub(super) fn term_end(&self, day: Day) -> Day {
        let terms = (day - self.starts).div_euclid(TERM) + 1;
        self.starts + terms.max(1) * TERM - 1
    }
}

impl Story<'_> {
    /// Contracts that old customers brought along.
    pub(super) fn plan_contracts(&mut self) {
        let signed = self.party.customer_since.is_some() && self.seat.stock;
        if signed && self.business() && (self.seat.hero.is_some() || self.rng.chance(0.45)) {
            let starts = self.seat.day - self.rng.day_between(0, TERM - 1);
            let auto = self.rng.chance(0.35);
            self.add_contract(starts, self.party.machines, None, auto, false);
        } else if !self.business() && self.rng.chance(0.05) {
            let from = self.first_day() + self.rng.day_between(0, 60);
            if from < self.world.calendar.yesterday() {
                self.party.customer_since.get_or_insert(from);
                self.add_contract(from, 1, None, true, true);
            }
        }
    }
    pub(super) fn add_contract(&mut self, starts: Day, machines: i64, deal: Option<usize>, auto: bool, home: bool) {
        let id = self.id(Bin::Contract, "contract");
        self.contracts.push(Contract { id, starts, machines: machines.max(1), deal, ended: None, auto, home });
    }
    /// Ends of terms between two days, first to last.
    pub(super) fn renewals(&self, from: Day, to: Day) -> Vec<(usize, Day)> {
        let mut out = Vec::new();
        for (n, contract) in self.contracts.iter().enumerate().filter(|(_, c)| !c.auto) {
            let mut end = contract.starts + TERM - 1;
            while end <= to {
                if end >= from {
                    out.push((n, end));
                }
                end += TERM;
            }
        }
        out.sort_by_key(|r| r.1);
        out
    }

    pub(super) fn tell_contracts(&mut self) {
        for contract in std::mem::take(&mut self.contracts) {
            self.tell_contract(&contract);
            self.contracts.push(contract);
        }
    }
    fn tell_contract(&mut self, contract: &Contract) {
        let world = self.world;
        let product = if contract.home { world.shelf.code("BEANS") } else { world.shelf.code("CARE") };
        let money = world.currencies.get(self.party.currency);
        let unit = money.list_price(product.words.price);
        let gone = self.party.gone.filter(|g| *g >= contract.starts);
        let ended = contract.ended.or(gone);
        let (owner, team) = self.owner_now();
        let signed = (contract.starts - 7).min(self.world.calendar.yesterday());
        let made_on = signed.max(self.seat.day);
        let made = self.at(made_on);
        let status = match ended {
            Some(day) if day < self.today() => {
                if contract.ended.is_some() {
                    "ended"
                } else {
                    "terminated"
                }
            }
            _ => "active",
        };
        let last = ended.unwrap_or_else(|| contract.term_end(self.today()));
        let per_term = if contract.home { unit * 12 } else { unit * contract.machines };
        let deal = contract.deal.and_then(|n| self.deals.get(n)).map(|d| d.id);
        let row = Row::new(contract.id)
            .made(made, self.owner_on(made_on).0)
            .owned(owner, team)
            .set("name", if contract.home { product.words.name.clone() } else { format!("{} for {} machines", product.words.name, contract.machines) })
            .set("kind", if contract.home { "subscription" } else { "maintenance" });
        let row = self.about_party(row, 0);
        let row = row
            .maybe("opportunity", deal)
            .set("status", status)
            .on("signed_on", signed)
            .on("starts_on", contract.starts)
            .maybe_on("ends_on", (!contract.auto || ended.is_some()).then_some(last))
            .set("notice_days", if contract.home { 14 } else { 90 })
            .set("auto_renew", contract.auto)
            .set("renewal_months", if contract.home { 1 } else { 12 })
            .set("value", money.json(per_term));
        self.put(Bin::Contract, row);
        self.bill(contract, product, unit, ended);
    }
    /// Quarterly bills in advance, monthly ones at home; recurring lines with the days they cover.
    fn bill(&mut self, contract: &Contract, product: &Product, unit: i64, ended: Option<Day>) {
        let step = if contract.home { 30 } else { 91 };
        let last = ended.unwrap_or(self.today()).min(self.world.calendar.yesterday());
        let mut from = contract.starts;
        while from <= last {
            if from >= self.first_day() {
                let (quantity, price) = if contract.home { (1, unit) } else { (contract.machines, unit / 4) };
                let line = Line { product: product.id, words: product.words, quantity, unit: price, discount: 0, service: Some((from, from + step)) };
                self.place_order(from, vec![line], OrderFacts { contract: Some(contract.id), channel: "contract", person: 0, ..OrderFacts::default() });
            }
            from += step;
        }
    }
}
