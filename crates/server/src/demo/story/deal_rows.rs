//! The rows of opportunities: themselves, their lines, the history of their stages, the order that follows.

use super::{
    super::{
        bins::Bin,
        calendar::Day,
        goods::{LOST, SALES, SERVICE, WON},
        ids::Row,
        money::rate_text,
        text::{Tongue, Words, fill},
    },
    Story,
    deal::{Deal, Outcome},
    order::OrderFacts,
    talk::{Beat, Thread},
};
use kernel::RecordId;

/// Reasons and how often each is given; their words are the same in every language, so that they can be counted.
const LOSSES: [(&str, f64); 6] = [("Price", 30.0), ("Competitor", 24.0), ("No decision", 18.0), ("No budget", 14.0), ("Timing", 8.0), ("Product does not fit", 6.0)];
const WINS: [(&str, f64); 6] = [("Tasting", 28.0), ("Service", 24.0), ("Relationship", 20.0), ("Price", 10.0), ("Delivery time", 8.0), ("References", 10.0)];

impl Story<'_> {
    pub(super) fn tell_deals(&mut self) {
        for deal in std::mem::take(&mut self.deals) {
            self.tell_deal(&deal);
            self.deals.push(deal);
        }
    }
    fn tell_deal(&mut self, deal: &Deal) {
        let world = self.world;
        let (stage, entered) = deal.stage();
        let pipeline = world.shelf.pipeline(&world.present, deal.service);
        let words = if deal.service { &SERVICE } else { &SALES };
        let now = words.get(stage).unwrap_or(&SALES[0]);
        // One instant for each step; the last is the closing.
        let instants: Vec<i64> = deal.path.iter().map(|(_, day)| self.at(*day)).collect();
        // What was under way when the system came is a record of that day.
        let began = deal.start().max(self.first_day());
        let made = if began == deal.start() { instants.first().copied() } else { None }.unwrap_or_else(|| Story::noon(began));
        let closed = (!deal.is_open()).then(|| instants.last().copied()).flatten();
        let owner = world.staff.get(deal.owner).id;
        let team = world.staff.team_of(deal.owner);
        let maker = self.owner_on(began).0;
        let money = world.currencies.get(self.party.currency);
        let (rate, rate_day) = world.currencies.rate(self.party.currency, if deal.is_open() { self.today() } else { entered });
        let (reason, lost_to) = self.reason(deal);
        let category = match deal.outcome {
            Outcome::Open if self.rng.chance(0.08) => *self.rng.pick(&["pipeline", "best_case", "commit"]).unwrap_or(&now.category),
            _ => now.category,
        };
        let probability = if deal.is_open() && self.rng.chance(0.12) { (now.probability + self.rng.between(-2, 2) * 5).clamp(5, 95) } else { now.probability };
        let account = self.party.account.filter(|_| !deal.nameless);
        let tags = if self.rng.chance(0.05) { vec![world.tag("Leasing")] } else { vec![] };
        let partner = (deal.source == "Partner").then(|| world.partner()).flatten();
        let mut row = Row::new(deal.id)
            .made(made, maker)
            .owned(owner, team)
            .set("name", deal.name.as_str())
            .maybe("account", account)
            .maybe("contact", self.person(deal.person).filter(|_| account.is_some() || !self.business()).map(|p| p.id))
            .set("type", deal.kind)
            .link("pipeline", pipeline.pipeline)
            .maybe("stage", pipeline.stages.get(stage).copied())
            .set("probability", probability.to_string())
            .set("forecast_category", category)
            .maybe_on("close_date", deal.close)
            .on("started_on", deal.start())
            .set("rate", rate_text(rate))
            .on("rate_date", rate_day)
            .maybe_at("stage_entered_at", instants.last().copied())
            .set("source", deal.source)
            .maybe("campaign", deal.campaign)
            .link("territory", world.territory(&self.country().code))
            .link("price_book", world.shelf.price_book(self.party.currency))
            .maybe("contract", deal.contract.and_then(|n| self.contracts.get(n)).map(|c| c.id))
            .maybe("partner", partner)
            .maybe_at("closed_at", closed)
            .set("outcome", outcome_word(deal.outcome))
            .set("outcome_reason", reason)
            .maybe("lost_to", lost_to)
            .links("tags", &tags);
        if let Some(minor) = deal.amount {
            row = row.set("amount", money.json(minor));
        }
        if deal.is_open() && self.rng.chance(0.72) {
            let step = self.fill_words(self.tongue().work("next_step"), deal.person, deal.lines.first().map_or("", |l| l.words.name.as_str()));
            row = row.set("next_step", step);
        }
        let changed = closed.or(instants.last().copied()).unwrap_or(made);
        self.put(if deal.service { Bin::Renewal } else { Bin::Opportunity }, row.at("updated_at", changed));
        if deal.amount.is_some() && (deal.outcome == Outcome::Won || self.rng.chance(0.5)) {
            self.tell_lines(deal);
        }
        self.tell_stages(deal, &instants, &pipeline.stages);
        if deal.outcome == Outcome::Won && !deal.service {
            let day = (entered + self.rng.day_between(0, 5)).min(world.calendar.yesterday());
            self.party.machines += deal.lines.iter().filter(|l| l.words.price > 1_000.0).map(|l| l.quantity).sum::<i64>();
            self.place_order(day, deal.lines.clone(), OrderFacts { opportunity: Some(deal.id), campaign: deal.campaign, person: deal.person, channel: "rep", ..OrderFacts::default() });
        }
        self.talk_about(deal);
    }
    fn reason(&mut self, deal: &Deal) -> (&'static str, Option<RecordId>) {
        let pick = |story: &mut Self, list: &[(&'static str, f64)]| list.get(story.rng.weighted(list.iter().map(|r| r.1))).map_or("Price", |r| r.0);
        match deal.outcome {
            Outcome::Open => ("", None),
            Outcome::Won => (pick(self, &WINS), None),
            Outcome::Cancelled => ("Project stopped", None),
            Outcome::Lost => {
                let reason = pick(self, &LOSSES);
                let named = reason == "Competitor" || reason == "Price" && self.rng.chance(0.5);
                let rivals = self.world.competitors();
                (reason, named.then(|| self.rng.pick(&rivals).copied()).flatten())
            }
        }
    }
    fn tell_lines(&mut self, deal: &Deal) {
        let money = self.world.currencies.get(self.party.currency);
        for line in &deal.lines {
            let id = self.id(Bin::OpportunityLine, "opportunity_line");
            let row = Row::new(id)
                .link("opportunity", deal.id)
                .link("product", line.product)
                .set("quantity", line.quantity.to_string())
                .set("unit_price", money.text(line.unit))
                .set("discount", line.discount.to_string())
                .set("total", money.json(line.net()));
            self.put(Bin::OpportunityLine, row);
        }
    }
    fn tell_stages(&mut self, deal: &Deal, instants: &[i64], stages: &[RecordId]) {
        let money = self.world.currencies.get(self.party.currency);
        let words = if deal.service { &SERVICE } else { &SALES };
        // Two steps of one day come in their order.
        let mut earliest = i64::MIN;
        let instants: Vec<i64> = instants
            .iter()
            .map(|at| {
                earliest = earliest.max(*at);
                earliest
            })
            .collect();
        let final_close = deal.close.unwrap_or(deal.stage().1 + 30);
        for (n, ((stage, day), at)) in deal.path.iter().zip(&instants).enumerate() {
            let id = self.id(Bin::StateChange, "state_change");
            let before = n.checked_sub(1).and_then(|p| deal.path.get(p)).and_then(|(s, _)| stages.get(*s)).map(RecordId::to_string);
            let Some(meaning) = words.get(*stage) else { continue };
            // Early on the date was more hopeful.
            let pushed: Day = if n + 1 < deal.path.len() { self.rng.day_between(0, 25) * i32::from(self.rng.chance(0.45)) } else { 0 };
            let by = self.owner_on(*day).0;
            let mut row = Row::new(id)
                .any("record", Some(("opportunity", deal.id)))
                .set("field", "stage")
                .set("from", before.unwrap_or_default())
                .set("to", stages.get(*stage).map(RecordId::to_string).unwrap_or_default())
                .at("entered_at", *at)
                .maybe_at("left_at", instants.get(n + 1).copied())
                .set("probability", meaning.probability.to_string())
                .set("category", meaning.category)
                .on("close_date", (final_close - pushed).max(*day))
                .link("by", by)
                .set("cause", "person");
            if let Some(minor) = deal.amount.filter(|_| *stage > 0) {
                row = row.set("amount", money.json(minor)).set("currency", money.code);
            }
            self.put(Bin::StateChange, row);
        }
    }
    /// What people say along the way: a beat for each step.
    fn talk_about(&mut self, deal: &Deal) {
        let mut beats: Vec<Beat> = Vec::new();
        let product = deal.lines.first().map_or("", |l| l.words.name.as_str());
        let quantity = deal.lines.first().map_or(1, |l| l.quantity);
        let mut beat = |situation: &'static str, day: Day| beats.push(Beat { situation, day, person: deal.person, at: None });
        let end = if deal.is_open() { self.world.calendar.yesterday() } else { deal.stage().1 };
        for (n, (stage, day)) in deal.path.iter().enumerate() {
            let until = deal.path.get(n + 1).map_or(end, |p| p.1);
            let middle = day + (until - day) / 2;
            match (deal.service, stage) {
                (true, 0) => beat("check_in", *day),
                (true, 1..=3) => beat("follow_up", *day),
                (_, 0) => {
                    beat("inquiry", *day);
                    beat("first_call", (*day + 1).min(until));
                }
                (_, 1) => {
                    beat("survey", *day);
                    beat("tasting", middle);
                }
                (_, 2) => {
                    beat("offer", *day);
                    beat("offer_question", middle);
                    beat("chase", until - (until - day) / 4);
                }
                (_, 3) => {
                    beat("negotiation", *day);
                    beat("internal", middle);
                }
                (_, &WON) => beat("won", *day),
                (_, &LOST) => beat("lost", *day),
                _ => {}
            }
        }
        // A deal that stands still is asked about now and then.
        let mut day = deal.stage().1 + 18;
        while deal.is_open() && day < self.today() && beats.len() < 20 {
            beats.push(Beat { situation: if self.rng.chance(0.5) { "chase" } else { "follow_up" }, day, person: deal.person, at: None });
            day += self.rng.day_between(14, 40);
        }
        let about = Some(("opportunity", deal.id));
        let parties = if deal.nameless { None } else { self.party.account };
        self.threads.push(Thread { beats, about, account: parties, product: product.to_owned(), quantity, weight: if deal.is_open() { 1.15 } else { 1.0 }, staff: None, conversation: None });
    }
    /// One of some lines with the customer's words put in.
    pub(super) fn fill_words(&mut self, lines: &[String], person: usize, product: &str) -> String {
        let line = self.rng.word(lines);
        self.put_words(line, person, product)
    }
    pub(super) fn put_words(&mut self, line: &str, person: usize, product: &str) -> String {
        let tongue = self.tongue();
        let month = tongue.month(self.rng.below(12));
        let day = tongue.weekday(self.rng.below(5));
        let (polite, first) = self.person(person).map(|p| (p.name.polite(tongue), p.name.first.clone())).unwrap_or_default();
        let product = if product.is_empty() { if tongue == Tongue::German { "Maschine" } else { "machine" } } else { product };
        fill(line, &Words { name: &polite, first: &first, product, city: &self.party.city.name, account: &self.party.name, month, day, ..Words::default() })
    }
}
fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Open => "",
        Outcome::Won => "won",
        Outcome::Lost => "lost",
        Outcome::Cancelled => "cancelled",
    }
}
