//! What colleagues have to do and have done: tasks, meetings, notes.

use super::{
    super::{
        bins::Bin,
        calendar::{DAY_MS, Day},
        ids::Row,
        rng::{days, whole},
    },
    Story,
    deal::Deal,
};
use kernel::RecordId;

impl Story<'_> {
    pub(super) fn tell_work(&mut self) {
        for deal in std::mem::take(&mut self.deals) {
            if deal.is_open() {
                self.tell_open_work(&deal);
            } else {
                self.tell_past_work(&deal);
            }
            self.deals.push(deal);
        }
        if self.rng.chance(if self.business() { 0.4 } else { 0.06 }) {
            let day = self.busy_day(self.first_day(), self.last_day());
            let about = match (self.party.account, self.person(0)) {
                (Some(account), _) => Some(("account", account)),
                (None, person) => person.map(|p| ("contact", p.id)),
            };
            self.tell_note(day, about);
        }
        if self.party.customer_since.is_some() && self.business() && self.rng.chance(0.35) {
            // A call to look after an old customer, some of them forgotten.
            let due = self.today() + self.rng.day_between(-8, 60);
            let made = due - self.rng.day_between(20, 90);
            self.tell_task(made, due, None, None, 0);
        }
    }
    fn tell_open_work(&mut self, deal: &Deal) {
        let about = Some(("opportunity", deal.id));
        let (_, entered) = deal.stage();
        let product = deal.lines.first().map_or("", |l| l.words.name.as_str());
        // Three in four have a next task; rotting deals are those that were forgotten.
        if self.rng.chance(0.74) {
            let due = if self.rng.chance(0.28) { self.today() - self.rng.day_between(1, 15) } else { self.today() + days(self.rng.float(0.0, 1.0).powi(2) * 24.0) };
            let made = (due - self.rng.day_between(2, 14)).min(self.world.calendar.yesterday()).max(deal.start());
            self.tell_task(made, due.max(made), None, about, deal.person);
        }
        if self.rng.chance(0.5) {
            let done = self.busy_day(deal.start(), self.world.calendar.yesterday());
            self.tell_task(done - 3, done, Some(done), about, deal.person);
        }
        if self.rng.chance(0.34) && self.business() {
            let day = self.today() + self.rng.day_between(0, 24);
            let day = if super::super::calendar::weekday(day) >= 5 { day + 2 } else { day };
            self.tell_meeting(day, "planned", deal, product);
        }
        if self.rng.chance(0.12) && entered > deal.start() {
            self.tell_note(entered, about);
        }
    }
    fn tell_past_work(&mut self, deal: &Deal) {
        let about = Some(("opportunity", deal.id));
        let (_, end) = deal.stage();
        let product = deal.lines.first().map_or("", |l| l.words.name.as_str());
        if self.rng.chance(0.62) {
            let done = self.busy_day(deal.start(), end);
            let late = self.rng.day_between(-2, 4);
            self.tell_task(done - 6, done - late, Some(done), about, deal.person);
        }
        if self.business() && deal.path.len() > 2 && self.rng.chance(0.45) {
            let day = self.busy_day(deal.start(), end);
            let status = match self.rng.below(100) {
                0..=85 => "held",
                86..=92 => "no_show",
                _ => "cancelled",
            };
            self.tell_meeting(day, status, deal, product);
        }
        if self.rng.chance(0.1) {
            self.tell_note(end, about);
        }
    }
    /// `done`: the day it was done; otherwise it is open, waiting, or given up.
    fn tell_task(&mut self, made: Day, due: Day, done: Option<Day>, about: Option<(&'static str, RecordId)>, person: usize) {
        let made = made.max(self.first_day()).min(self.world.calendar.yesterday());
        let done = done.map(|d| d.max(made).min(self.world.calendar.yesterday()));
        let tongue = self.tongue();
        let line = self.rng.word(tongue.work("task"));
        let (kind, text) = line.split_once('|').unwrap_or(("to_do", line));
        let machine = self.rng.word(&self.seat.industry.machines);
        let subject = self.put_words(text, person, &self.world.shelf.code(machine).words.name);
        let owner = self.owner_on(done.unwrap_or(self.today()));
        let made_at = self.at(made);
        let done_at = done.map(|d| if d == made { self.after(made_at, 95.0) } else { self.at(d) });
        let status = match (done, self.rng.below(100)) {
            (Some(_), 0..=3) => "cancelled",
            (Some(_), _) => "done",
            (None, 0..=11) => "in_progress",
            (None, 12..=17) => "waiting",
            (None, _) => "open",
        };
        let priority = *self.rng.pick(&["normal", "normal", "normal", "normal", "high", "low", "urgent"]).unwrap_or(&"normal");
        let time = if kind == "call" && self.rng.chance(0.4) { format!("{:02}:{:02}", self.rng.between(8, 16), self.rng.between(0, 3) * 15) } else { String::new() };
        let outcome = if status == "done" && self.rng.chance(0.6) { self.rng.word(tongue.work("task_outcome")).to_owned() } else { String::new() };
        let id = self.id(Bin::Task, "task");
        let row = Row::new(id)
            .made(made_at, self.owner_on(made).0)
            .owned(owner.0, owner.1)
            .set("subject", subject)
            .set("kind", kind)
            .set("status", status)
            .set("priority", priority)
            .on("due_on", due)
            .set("due_time", time)
            .maybe_at("done_at", done_at.filter(|_| status == "done"));
        let row = self.about_party(row, person).any("about", about).set("outcome", outcome).maybe_at("updated_at", done_at);
        self.put(Bin::Task, row);
    }
    fn tell_meeting(&mut self, day: Day, status: &'static str, deal: &Deal, product: &str) {
        let tongue = self.tongue();
        let subject = self.fill_words(tongue.work("meeting"), deal.person, product);
        let starts = self.at(day) / 900_000 * 900_000;
        let length = self.rng.between(2, 7) * 900_000;
        let (owner, team) = self.owner_on(day.min(self.today()));
        let made = (day - self.rng.day_between(3, 20)).max(self.first_day()).min(self.world.calendar.yesterday());
        let made_at = self.at(made).min(starts - 3_600_000).max(i64::from(self.first_day()) * DAY_MS);
        let online = self.rng.chance(0.3);
        let place = if online {
            String::new()
        } else if self.rng.chance(0.7) {
            format!("{}, {}", self.party.street, self.party.city.name)
        } else {
            "Velden & Roth, Rosenheim".to_owned()
        };
        let id = self.id(Bin::Meeting, "meeting");
        let uid = format!("{id}@velden-roth.example");
        let row = Row::new(id)
            .made(made_at, owner)
            .owned(owner, team)
            .set("subject", subject)
            .at("starts_at", starts)
            .at("ends_at", starts + length)
            .set("time_zone", self.country().time_zone.as_str())
            .set("location", place)
            .set("link", if online { format!("https://meet.velden-roth.example/{}", whole(self.rng.float(1e6, 9e6))) } else { String::new() })
            .link("organiser", owner)
            .set("status", status);
        let row = self.about_party(row, deal.person).any("about", Some(("opportunity", deal.id))).set("uid", uid);
        self.put(Bin::Meeting, row);
        if status == "planned" || self.rng.chance(0.4) {
            let people: Vec<(RecordId, String)> = self.party.people.iter().take(2).map(|p| (p.id, p.email.clone().unwrap_or_default())).collect();
            for (person, address) in people {
                let response = match status {
                    "planned" => *self.rng.pick(&["accepted", "accepted", "needs_action", "tentative"]).unwrap_or(&"accepted"),
                    "cancelled" => "declined",
                    _ => "accepted",
                };
                let row_id = self.id(Bin::Participant, "participant");
                self.put(Bin::Participant, Row::new(row_id).link("meeting", id).any("party", Some(("contact", person))).set("role", "attendee").set("address", address).set("response", response));
            }
        }
    }
    fn tell_note(&mut self, day: Day, about: Option<(&'static str, RecordId)>) {
        let body = self.fill_words(self.tongue().work("note"), 0, "");
        let at = self.at(day.min(self.world.calendar.yesterday()));
        let (owner, team) = self.owner_on(day);
        let id = self.id(Bin::Note, "note");
        self.put(Bin::Note, Row::new(id).made(at, owner).owned(owner, team).set("body", body).any("about", about));
    }
}
