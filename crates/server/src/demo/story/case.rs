//! What goes wrong and what is asked: cases, their conversations, their end.

use super::{
    super::{bins::Bin, calendar::Day, ids::Row, rng::days},
    Story,
    talk::{Beat, Thread},
};

struct Trouble {
    kind: &'static str,
    /// Situations of the texts: what the customer says, what we answer.
    asks: &'static str,
    answers: &'static str,
    /// Section of the short texts.
    subjects: &'static str,
    weight: f64,
    /// Hours until it is solved, half of the time.
    hours: f64,
}
const TROUBLES: [Trouble; 4] = [
    Trouble { kind: "issue", asks: "fault", answers: "fault_reply", subjects: "case_issue", weight: 50.0, hours: 26.0 },
    Trouble { kind: "question", asks: "order_question", answers: "order_reply", subjects: "case_question", weight: 26.0, hours: 7.0 },
    Trouble { kind: "complaint", asks: "complaint", answers: "complaint_reply", subjects: "case_complaint", weight: 10.0, hours: 70.0 },
    Trouble { kind: "request", asks: "order_question", answers: "order_reply", subjects: "case_request", weight: 14.0, hours: 44.0 },
];
const CHANNELS: [(&str, f64); 6] = [("phone", 34.0), ("email", 36.0), ("chat", 14.0), ("portal", 8.0), ("messaging", 5.0), ("social", 3.0)];

impl Story<'_> {
    pub(super) fn tell_cases(&mut self) {
        let here = f64::from(self.today() - self.first_day()) / 365.0;
        let customer = self.party.customer_since.is_some();
        let rate = match (self.business(), customer) {
            (true, true) => 0.45 * self.seat.weight.powf(0.45),
            (true, false) => 0.04,
            (false, _) => 0.13,
        };
        let mut expected = rate * here;
        if self.party.complaint.is_some() {
            expected += 0.4;
        }
        // Poisson by counting gaps.
        let mut number = 0;
        let mut left = expected;
        while number < 40 {
            left += self.rng.unit().max(1e-9).ln();
            if left < 0.0 {
                break;
            }
            number += 1;
        }
        if let Some(day) = self.party.complaint {
            self.tell_case(day, Some(2));
        }
        for _ in 0..number {
            let day = self.busy_day(self.first_day(), self.last_day());
            self.tell_case(day, None);
        }
    }
    fn tell_case(&mut self, day: Day, trouble: Option<usize>) {
        let world = self.world;
        let index = trouble.unwrap_or_else(|| self.rng.weighted(TROUBLES.iter().map(|t| t.weight)));
        let Some(trouble) = TROUBLES.get(index) else { return };
        let country = self.country();
        let person = self.someone(day);
        let agent = world.staff.agent_for(&country.code, day, &mut self.rng);
        let now = world.staff.agent_for(&country.code, self.today(), &mut self.rng);
        let (agent_id, team) = (world.staff.get(agent).id, world.staff.team_of(agent));
        let opened = self.at(day);
        let channel = CHANNELS.get(self.rng.weighted(CHANNELS.iter().map(|c| c.1))).map_or("email", |c| c.0);
        let hours = self.rng.log_normal(trouble.hours, 0.9) * if world.calendar.busy(day, self.season()) < 0.2 { 2.0 } else { 1.0 };
        let solved = opened + super::super::rng::whole(hours * 3_600_000.0);
        let answered_after = self.rng.log_normal(if channel == "chat" { 4.0 } else { 70.0 }, 0.9).min(hours * 55.0);
        let first_response = opened + super::super::rng::whole(answered_after * 60_000.0);
        let end = world.calendar.now_ms();
        let first_response = (first_response < end).then_some(first_response);
        let resolved = (solved < end && !self.rng.chance(0.01)).then_some(solved);
        let closed = resolved.map(|at| at + i64::from(days(self.rng.float(1.0, 5.0))) * super::super::calendar::DAY_MS).filter(|at| *at < end);
        let status = match (closed, resolved, first_response) {
            (Some(_), ..) => "closed",
            (_, Some(_), _) => "resolved",
            (_, _, Some(_)) if self.rng.chance(0.4) => "waiting",
            (_, _, Some(_)) => "open",
            _ => "new",
        };
        let priority = match trouble.kind {
            "issue" => *self.rng.pick(&["normal", "normal", "high", "high", "urgent"]).unwrap_or(&"normal"),
            "complaint" => *self.rng.pick(&["normal", "high", "high"]).unwrap_or(&"high"),
            _ => *self.rng.pick(&["low", "normal", "normal"]).unwrap_or(&"normal"),
        };
        let machine = world.shelf.code(if self.business() { self.rng.word(&self.seat.industry.machines) } else { "HOME" });
        let subject = self.fill_words(self.tongue().work(trouble.subjects), person, &machine.words.name);
        let personal_data = subject.contains("Kopie meiner Daten") || subject.contains("Copy of my data");
        let id = self.id(Bin::Case, "case");
        let conversation = self.id(Bin::Conversation, "conversation");
        let queue = world.queue(if !self.business() {
            "Online shop"
        } else if matches!(country.code.as_str(), "DE" | "AT" | "CH") {
            "Service DACH"
        } else {
            "Service International"
        });
        let order = if trouble.kind == "issue" { None } else { self.orders.iter().rev().find(|(d, _)| *d <= day).map(|o| o.1) };
        let resolution = if resolved.is_some() { self.rng.word(self.tongue().work("resolution")).to_owned() } else { String::new() };
        let reopened = u8::from(resolved.is_some() && self.rng.chance(0.06));
        let owner = if resolved.is_some() { agent } else { now };
        let row = Row::new(id)
            .made(opened, agent_id)
            .owned(world.staff.get(owner).id, world.staff.team_of(owner))
            .set("subject", subject.as_str())
            .set("kind", trouble.kind)
            .set("status", status)
            .set("priority", priority)
            .set("channel", channel);
        let row = self.about_party(row, person);
        let row = row
            .link("queue", queue)
            .maybe("product", (trouble.kind == "issue").then_some(machine.id))
            .maybe("order", order)
            .at("opened_at", opened)
            .maybe_at("first_response_at", first_response)
            .maybe_at("resolved_at", resolved)
            .maybe_at("closed_at", closed)
            .set("reopened_count", reopened)
            .maybe_on("legal_due_on", personal_data.then_some(day + 30))
            .set("resolution", resolution)
            .maybe_at("updated_at", closed.or(resolved).or(first_response));
        self.put(Bin::Case, row);
        let row = Row::new(conversation).made(opened, agent_id).owned(agent_id, team).set("subject", subject.as_str()).set("channel", channel);
        let row = self.about_party(row, person);
        let row = row
            .link("queue", queue)
            .link("case", id)
            .set(
                "status",
                if resolved.is_some() {
                    "closed"
                } else if status == "waiting" {
                    "waiting"
                } else {
                    "open"
                },
            )
            .set(
                "waiting_on",
                if resolved.is_some() {
                    ""
                } else if status == "waiting" {
                    "customer"
                } else {
                    "us"
                },
            )
            .at("opened_at", opened)
            .maybe_at("first_response_at", first_response)
            .at("last_inbound_at", opened)
            .maybe_at("last_outbound_at", resolved.or(first_response))
            .maybe_at("closed_at", resolved);
        self.put(Bin::Conversation, row);
        let mut steps = vec![("", "new", opened)];
        steps.extend(first_response.map(|at| ("new", "open", at)));
        steps.extend(resolved.map(|at| ("open", "resolved", at.max(first_response.unwrap_or(opened)))));
        self.tell_states("case", id, "status", &steps, agent);
        let mut beats = vec![Beat { situation: trouble.asks, day, person, at: Some(opened) }];
        if let Some(at) = first_response {
            beats.push(Beat { situation: trouble.answers, day, person, at: Some(at) });
        }
        if trouble.kind == "issue" && self.business() && resolved.is_some() && self.rng.chance(0.45) {
            beats.push(Beat { situation: "technician", day, person, at: resolved });
        }
        self.threads.push(Thread {
            beats,
            about: Some(("case", id)),
            account: self.party.account,
            product: machine.words.name.clone(),
            quantity: 1,
            weight: 2.5,
            staff: Some(agent),
            conversation: Some(conversation),
        });
    }
    /// The history of a field such as status: from, to, when.
    pub(super) fn tell_states(&mut self, object: &'static str, record: kernel::RecordId, field: &str, steps: &[(&str, &str, i64)], by: usize) {
        let by = self.world.staff.get(by).id;
        for (n, (from, to, at)) in steps.iter().enumerate() {
            let id = self.id(Bin::StateChange, "state_change");
            let row = Row::new(id)
                .any("record", Some((object, record)))
                .set("field", field)
                .set("from", *from)
                .set("to", *to)
                .at("entered_at", *at)
                .maybe_at("left_at", steps.get(n + 1).map(|s| s.2))
                .link("by", by)
                .set("cause", "person");
            self.put(Bin::StateChange, row);
        }
    }
}
