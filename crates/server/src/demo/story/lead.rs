//! Leads: how some customers began, and those of strangers who never became customers.

use super::{
    super::{
        bins::Bin,
        calendar::{DAY_MS, Day},
        campaign,
        ids::Row,
        plan::Kind,
        rng::{days, whole},
        tables::{Source, tables},
        text::{Tongue, ascii, digits},
    },
    Story, names,
};
use kernel::RecordId;

impl Story<'_> {
    /// The lead that this customer was, converted on the day the account was made.
    pub(super) fn tell_lead(&mut self) {
        let source = self.party.source;
        if self.seat.stock || self.seat.kind == Kind::Household || !self.rng.chance(source.lead * if self.business() { 1.0 } else { 0.15 }) {
            return;
        }
        let Some(person) = self.person(0).cloned() else { return };
        let deal = self.deals.iter().filter(|d| !d.service).min_by_key(|d| d.start()).map(|d| d.id);
        let came = (self.seat.day - self.rng.day_between(1, 21)).max(self.world.calendar.start);
        let made = self.at(came).min(i64::from(self.seat.day) * DAY_MS);
        let converted = (i64::from(self.seat.day) * DAY_MS + 13 * 3_600_000).max(made + 3_600_000);
        let facts = Facts { source, came, made, name: person.name.clone(), company: self.party.name.clone(), domain: self.party.domain.clone(), email: person.email.clone() };
        let (id, row, rep) = self.lead_row(&facts);
        let answered = (made + whole(self.rng.log_normal(190.0, 1.1) * 60_000.0)).min(converted);
        let score = self.rng.between(34, 92);
        let row = row
            .set("status", "converted")
            .set("score", score.to_string())
            .at("first_response_at", answered)
            .at("converted_at", converted)
            .maybe("converted_account", self.party.account)
            .link("converted_contact", person.id)
            .maybe("converted_opportunity", deal)
            .at("updated_at", converted);
        self.put(Bin::Lead, row);
        self.tell_states("lead", id, "status", &[("", "new", made), ("new", "working", answered), ("working", "converted", converted)], rep);
    }
    /// Id, row without a status, and whose it was.
    fn lead_row(&mut self, facts: &Facts) -> (RecordId, Row, usize) {
        let rep = self.rep_on(facts.came);
        let (owner, team) = self.owner_now();
        let business = self.business();
        let id = self.id(Bin::Lead, "lead");
        let campaign = campaign::running(&self.world.campaigns, &facts.source.campaign, facts.came).map(|c| c.id);
        let heard = if self.rng.chance(0.2) { *self.rng.pick(&["A friend has one", "Drank it in a hotel", "Trade press", "Instagram", "Neighbouring café"]).unwrap_or(&"") } else { "" };
        let country = self.country();
        let mobile = self.rng.word(&country.mobile).to_owned();
        let phone = if self.rng.chance(0.6) { digits(&mut self.rng, &mobile) } else { String::new() };
        let title = if business {
            self.seat.industry.titles.first().and_then(|t| tables().industries.titles.get(t)).map(|[english, woman, man, _]| match (self.tongue(), facts.name.female) {
                (Tongue::German, true) => woman.as_str(),
                (Tongue::German, false) => man.as_str(),
                _ => english.as_str(),
            })
        } else {
            None
        };
        let words = if self.rng.chance(0.4) { self.inquiry_words() } else { String::new() };
        let row = Row::new(id)
            .made(facts.made, self.world.staff.get(rep).id)
            .owned(owner, team)
            .set("salutation", facts.name.salutation.as_str())
            .set("first_name", facts.name.first.as_str())
            .set("last_name", facts.name.last.as_str())
            .set("company", if business { facts.company.as_str() } else { "" })
            .set("email", facts.email.as_deref().unwrap_or(""))
            .set("mobile", phone)
            .set("website", if business { format!("https://www.{}", facts.domain) } else { String::new() })
            .set("title", title.unwrap_or(""))
            .set("industry", if business { self.seat.industry.label.as_str() } else { "" })
            .set("city", self.party.city.name.as_str())
            .set("country", country.code.as_str())
            .set("language", self.language())
            .set("description", words)
            .set("source", facts.source.name.as_str())
            .maybe("campaign", campaign)
            .set("how_heard", heard);
        (id, row, rep)
    }
    fn inquiry_words(&mut self) -> String {
        let tongue = self.tongue();
        let product = self.world.shelf.code(self.rng.word(&self.seat.industry.machines)).words.name.clone();
        let words = super::super::text::Words {
            product: &product,
            qty: 2,
            city: &self.party.city.name,
            account: &self.party.name,
            month: tongue.month(3),
            day: tongue.weekday(1),
            first: "",
            name: "",
            ..Default::default()
        };
        super::super::text::compose(&mut self.rng, tongue, "inquiry", &words).1.lines().take(2).collect::<Vec<_>>().join("\n")
    }
}

struct Facts {
    source: &'static Source,
    came: Day,
    made: i64,
    name: names::PersonName,
    company: String,
    domain: String,
    email: Option<String>,
}

/// Somebody who asked, and (so far) did not become a customer.
pub(super) fn stranger(story: &mut Story, n: u64) {
    let (world, country) = (story.world, story.country());
    // They came in the weeks around the customer after whom they are told.
    let latest = world.calendar.yesterday();
    let from = if story.seat.stock { world.calendar.start } else { story.seat.day };
    let came = story.busy_day(from, if story.seat.stock { latest } else { (from + 30).min(latest) });
    let source = campaign::source(&mut story.rng, &world.campaigns, came);
    let name = names::person(&mut story.rng, country, None);
    let place = names::city(&mut story.rng, country);
    let industry = story.rng.pick(&tables().industries.industry).map_or("cafe", |i| i.key.as_str());
    let (company, latin) = names::company(&mut story.rng, country, industry, &place);
    let domain = names::domain(&mut story.rng, &latin, story.seat.n * 7 + n);
    let email = story.rng.chance(0.93).then(|| format!("{}@{}", ascii(&name.latin.1), if story.business() { domain.as_str() } else { "mail.example" }));
    let made = story.at(came);
    let facts = Facts { source, came, made, name, company, domain, email };
    let (id, row, rep) = story.lead_row(&facts);
    let age = f64::from(story.today() - came);
    let slow = story.rng.log_normal(240.0, 1.3);
    let answered = (story.rng.chance((age / 3.0).min(0.95))).then(|| story.after(made, slow).max(made + 60_000));
    // Quick answers bring more: the chance of being qualified falls with the first hours.
    let good = (0.34 - 0.05 * (slow / 60.0).max(1.0).ln()).clamp(0.08, 0.34) * source.odds.min(1.4);
    let status = match (answered, age) {
        (None, _) => "new",
        (_, a) if a < 18.0 && story.rng.chance(0.6) => "working",
        _ if story.rng.chance(good * 0.5) => "qualified",
        _ if story.rng.chance(0.3) => "nurturing",
        (_, a) if a < 45.0 && story.rng.chance(0.5) => "working",
        _ => "disqualified",
    };
    let reason = if status == "disqualified" {
        *story.rng.pick(&["No answer", "No answer", "Too small", "Student", "Already a customer of a dealer", "No need", "Wrong number"]).unwrap_or(&"No answer")
    } else {
        ""
    };
    let base = match status {
        "qualified" => 62,
        "working" | "new" => 28,
        "nurturing" => 18,
        _ => 6,
    };
    let score = (base + story.rng.between(-5, 12)).max(1);
    let settled = answered.map(|at| {
        let wait = story.rng.float(0.5, 12.0) * 1_440.0;
        story.after(at, wait).max(at)
    });
    let row = row.set("status", status).set("score", score.to_string()).maybe_at("first_response_at", answered).set("disqualify_reason", reason).maybe_at("updated_at", settled);
    story.put(Bin::Lead, row);
    let mut steps = vec![("", "new", made)];
    steps.extend(answered.map(|at| ("new", "working", at)));
    if let Some(at) = settled.filter(|_| !matches!(status, "new" | "working")) {
        steps.push(("working", status, at));
    }
    story.tell_states("lead", id, "status", &steps, rep);
    if story.rng.chance(0.5) {
        let back = days(story.rng.unit() * 9.0);
        story.touch(came - back, source, "lead", id);
    }
}
