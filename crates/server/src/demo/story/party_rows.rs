//! The rows of the customer: account, people, how they are reached, what they are to us and to each other.

use super::{
    super::{
        bins::Bin,
        ids::{Row, record_id},
        rng::whole,
        tables::tables,
        text::{Tongue, ascii, digits},
    },
    Story,
};
use kernel::RecordId;
use serde_json::json;

impl Story<'_> {
    /// The rows of account and people, last of all: by now it is known what became of them.
    pub(super) fn tell_party(&mut self) {
        if let Some(account) = self.party.account {
            self.tell_account(account);
        }
        for n in 0..self.party.people.len() {
            self.tell_person(n);
        }
        self.tell_relations();
    }
    fn lifecycle(&self) -> &'static str {
        match (self.party.customer_since, self.party.gone) {
            (Some(_), Some(_)) => "former_customer",
            (Some(_), None) => "customer",
            (None, _) if self.deals.iter().any(|d| d.is_open()) => "opportunity",
            (None, _) if !self.deals.is_empty() => "sales_qualified",
            (None, _) if self.business() => "lead",
            (None, _) => "subscriber",
        }
    }
    fn role(&self) -> &'static str {
        if self.party.customer_since.is_some() { "customer" } else { "prospect" }
    }
    fn tell_account(&mut self, account: RecordId) {
        let seat = self.seat;
        let hero = seat.hero.and_then(|n| tables().heroes.get(n));
        let country = self.country();
        let made = self.at(seat.day);
        let maker = self.owner_on(seat.day).0;
        let (owner, team) = self.owner_now();
        let business = self.business();
        let lost = self.party.gone.is_some();
        let status = if lost && self.rng.chance(0.35) {
            "inactive"
        } else if !lost || self.rng.chance(0.94) {
            "active"
        } else {
            "closed"
        };
        let tier = match seat.weight {
            w if w >= 8.0 => "A",
            w if w >= 2.2 => "B",
            _ => "C",
        };
        let mut tags = Vec::new();
        let mut tag = |yes: bool, name: &str| {
            if yes {
                tags.push(self.world.tag(name))
            }
        };
        tag(business && tier == "A", "Key account");
        tag(business && matches!(seat.industry.key.as_str(), "bakery" | "cafe" | "travel") && seat.weight > 4.0, "Branches");
        tag(seat.industry.public && business, "Tender");
        tag(self.party.source.name == "Trade fair", "Fair contact");
        tag(business && seat.n % 23 == 5, "Reference");
        tag(business && seat.n % 31 == 7, "Slow payer");
        tag(seat.n % 29 == 3, "Organic");
        let phone = digits(&mut self.rng, pick_number(&country.phone, seat.n));
        let description = business && self.rng.chance(0.18);
        let row = Row::new(account)
            .made(made, maker)
            .owned(owner, team)
            .set("name", self.party.name.as_str())
            .set(
                "kind",
                if !business {
                    "household"
                } else if seat.industry.public {
                    "public_body"
                } else {
                    "organisation"
                },
            )
            .set("number", format!("K{}", 10_001 + seat.n))
            .set("phone", phone)
            .set("status", status)
            .set("lifecycle_stage", self.lifecycle())
            .set("roles", json!([self.role()]))
            .set("street", self.party.street.as_str())
            .set("city", self.party.city.name.as_str())
            .set("region", self.party.city.region.as_str())
            .set("postal_code", self.party.city.postal_code.as_str())
            .set("country", country.code.as_str())
            .set("currency", country.currency.as_str())
            .set("language", self.language())
            .set("time_zone", country.time_zone.as_str())
            .link("territory", self.world.territory(&country.code))
            .set("source", self.party.source.name.as_str())
            .links("tags", &tags);
        let row = if business {
            let staff = hero.map_or_else(|| whole(self.rng.log_normal(seat.industry.staff * seat.weight.powf(0.55) * 0.7, 0.6)).max(1), |h| h.employees);
            let money = self.world.currencies.get(self.party.currency);
            let revenue = hero.map_or_else(
                || self.rng.chance(0.55).then(|| money.list_price(f64::from(i32::try_from(staff).unwrap_or(1)) * self.rng.float(55_000.0, 180_000.0))),
                |h| Some(h.revenue * 10i64.pow(u32::from(money.currency.digits()))),
            );
            let note = if description { self.fill_words(self.tongue().work("note"), 0, "") } else { String::new() };
            let row = row
                .set("legal_name", self.party.name.as_str())
                .set("domains", self.party.domain.as_str())
                .set("website", format!("https://www.{}", self.party.domain))
                .set("email", format!("info@{}", self.party.domain))
                .set("industry", seat.industry.label.as_str())
                .set("employees", staff)
                .set("tier", tier)
                .set("tax_id", if country.eu && self.rng.chance(0.7) { digits(&mut self.rng, &format!("{}999######", country.code)) } else { String::new() })
                .set("description", note);
            match revenue {
                Some(minor) => row.set("annual_revenue", money.json(minor)),
                None => row,
            }
        } else {
            row
        };
        let parent = self.world.plan.parent(seat).map(|(n, day)| record_id(self.world.seed, "account", day, n + 1, 0));
        let row = row.maybe("parent", parent).maybe("ultimate_parent", parent);
        self.put(if parent.is_some() { Bin::Branch } else { Bin::Account }, row);
        self.tell_lifecycle(account, made);
        let since = if seat.stock { seat.day - self.rng.day_between(60, 2_200) } else { self.party.customer_since.unwrap_or(seat.day) };
        let id = self.id(Bin::PartyRole, "party_role");
        let status = if lost { "ended" } else { "active" };
        let row = Row::new(id)
            .made(made, maker)
            .link("account", account)
            .set("role", self.role())
            .set("status", status)
            .on("since", since)
            .maybe_on("until", self.party.gone.filter(|_| self.party.customer_since.is_some()));
        self.put(Bin::PartyRole, row);
        if business && seat.industry.key == "dealer" {
            let id = self.id(Bin::PartyRole, "party_role");
            self.put(Bin::PartyRole, Row::new(id).made(made, maker).link("account", account).set("role", "partner").set("status", "active").on("since", since));
        }
        if self.party.customer_since.is_some() && self.rng.chance(0.35) {
            let id = self.id(Bin::ExternalReference, "external_reference");
            let seen = self.at(self.last_day());
            self.put(
                Bin::ExternalReference,
                Row::new(id).any("record", Some(("account", account))).set("system", if business { "erp" } else { "shop" }).set("identifier", format!("D{}", 700_000 + seat.n)).at("seen_at", seen),
            );
        }
    }
    /// From a name in the list to a customer, and out again.
    fn tell_lifecycle(&mut self, account: RecordId, made: i64) {
        let now = self.lifecycle();
        let mut steps: Vec<(&str, &str, i64)> = vec![(
            "",
            if self.seat.stock && self.party.customer_since.is_some() {
                "customer"
            } else if self.business() {
                "lead"
            } else {
                "subscriber"
            },
            made,
        )];
        let first_deal = self.deals.iter().map(|d| d.start()).min();
        let later = [("opportunity", first_deal), ("customer", self.party.customer_since), ("former_customer", self.party.gone.filter(|_| now == "former_customer"))];
        for (stage, day) in later {
            let Some((_, before, at)) = steps.last().copied() else { continue };
            if let Some(day) = day.filter(|_| !(before == "customer" && stage != "former_customer")) {
                let at = self.at(day.min(self.world.calendar.yesterday())).max(at + 60_000);
                steps.push((before, stage, self.after(at, 0.0)));
            }
        }
        if let Some((_, before, at)) = steps.last().copied().filter(|(_, last, _)| *last != now) {
            // All deals lost: still somebody to talk to.
            let end = self.deals.iter().map(|d| d.stage().1).max().unwrap_or(self.seat.day);
            let at = self.at(end).max(at + 60_000);
            steps.push((before, now, self.after(at, 0.0)));
        }
        let by = self.rep_on(self.seat.day);
        self.tell_states("account", account, "lifecycle_stage", &steps, by);
    }
    fn tell_person(&mut self, n: usize) {
        let Some(person) = self.party.people.get(n).cloned() else { return };
        let (seat, country, business) = (self.seat, self.country(), self.business());
        let made = self.at(person.day);
        let maker = self.owner_on(person.day).0;
        let (owner, team) = self.owner_now();
        let tongue = self.tongue();
        let title = business.then(|| self.seat.industry.titles.get(person.title)).flatten().and_then(|t| tables().industries.titles.get(t));
        let boss = (business && n > 0 && self.rng.chance(0.6)).then(|| self.person(0).map(|p| p.id)).flatten();
        let phone = if business { self.rng.chance(0.62) } else { self.rng.chance(0.3) };
        let mobile = self.rng.chance(if business { 0.42 } else { 0.66 });
        let alone = !business;
        let old = person.birth.is_some_and(|b| self.today() - b > 70 * 365);
        let status = if business && n > 1 && self.rng.chance(0.07) {
            "left"
        } else if old && self.rng.chance(0.06) {
            "deceased"
        } else {
            "active"
        };
        let phone = if phone { digits(&mut self.rng, pick_number(&country.phone, seat.n)) } else { String::new() };
        let mobile = if mobile || person.email.is_none() && phone.is_empty() {
            let pattern = self.rng.word(&country.mobile).to_owned();
            digits(&mut self.rng, &pattern)
        } else {
            String::new()
        };
        let number = if phone.is_empty() { mobile.clone() } else { phone.clone() };
        let tags = if seat.n.is_multiple_of(17) && n == 0 { vec![self.world.tag("VIP")] } else { vec![] };
        let mut row = Row::new(person.id)
            .made(made, maker)
            .owned(owner, team)
            .set("salutation", person.name.salutation.as_str())
            .set("first_name", person.name.first.as_str())
            .set("last_name", person.name.last.as_str())
            .set("email", person.email.as_deref().unwrap_or(""))
            .set("phone", phone)
            .set("mobile", mobile)
            .maybe_on("birth_date", person.birth)
            .set("status", status)
            .set("lifecycle_stage", self.lifecycle())
            .set("country", country.code.as_str())
            .set("language", self.language())
            .set("time_zone", country.time_zone.as_str())
            .set("source", self.party.source.name.as_str())
            .links("tags", &tags)
            .maybe("reports_to", boss);
        if alone {
            row = row
                .set("street", self.party.street.as_str())
                .set("city", self.party.city.name.as_str())
                .set("region", self.party.city.region.as_str())
                .set("postal_code", self.party.city.postal_code.as_str())
                .maybe("household", self.party.account);
        } else {
            row = row.maybe("account", self.party.account).set("city", self.party.city.name.as_str());
        }
        if let Some([english, woman, man, department]) = title {
            let title = match (tongue, person.name.female) {
                (Tongue::German, true) => woman,
                (Tongue::German, false) => man,
                (Tongue::English, _) => english,
            };
            row = row.set("title", title.as_str()).set("department", department.as_str());
        }
        self.put(if business && n > 0 { Bin::Report } else { Bin::Contact }, row);
        if self.rng.chance(0.12) {
            let id = self.id(Bin::ContactPoint, "contact_point");
            let row = Row::new(id).made(made, maker).link("contact", person.id);
            let (first, last) = (ascii(&person.name.latin.0), ascii(&person.name.latin.1));
            let row = match self.rng.below(3) {
                0 => row.set("kind", "email").set("value", format!("{first}.{last}@private.example")).set("label", "private").set("status", if self.rng.chance(0.1) { "hard_bounce" } else { "ok" }),
                1 => row.set("kind", "handle").set("value", format!("@{first}{last}")).set("platform", *self.rng.pick(&["LinkedIn", "Instagram", "Xing"]).unwrap_or(&"LinkedIn")).set("status", "ok"),
                _ => row.set("kind", "phone").set("value", digits(&mut self.rng, pick_number(&country.phone, seat.n + 1))).set("label", "secretary").set("status", "ok"),
            };
            self.put(Bin::ContactPoint, row.on("valid_from", person.day).set("source", if number.is_empty() { "form" } else { "signature" }));
        }
    }
    fn tell_relations(&mut self) {
        let made = self.at(self.seat.day);
        let maker = self.owner_on(self.seat.day).0;
        let people: Vec<(RecordId, &'static str, &'static str)> = self.party.people.iter().map(|p| (p.id, p.influence, p.stance)).collect();
        if self.business() {
            let Some(account) = self.party.account else { return };
            let kind = self.world.relationship_type("is a stakeholder of");
            for (id, influence, stance) in people.into_iter().filter(|p| !p.1.is_empty()) {
                let row_id = self.id(Bin::Relationship, "relationship");
                let row = Row::new(row_id)
                    .made(made, maker)
                    .any("from", Some(("contact", id)))
                    .any("to", Some(("account", account)))
                    .link("type", kind)
                    .set("influence", influence)
                    .set("stance", stance)
                    .set("primary", influence == "decides");
                self.put(Bin::Relationship, row);
            }
            return;
        }
        let pair = |story: &mut Self, from: RecordId, to: RecordId, kind: &str| {
            let id = story.id(Bin::Relationship, "relationship");
            let row = Row::new(id).made(made, maker).any("from", Some(("contact", from))).any("to", Some(("contact", to))).link("type", story.world.relationship_type(kind));
            story.put(Bin::Relationship, row);
        };
        if let [(first, ..), (second, ..), children @ ..] = people.as_slice() {
            pair(self, *first, *second, "is married to");
            for (child, ..) in children {
                pair(self, *first, *child, "is a parent of");
            }
        }
    }
}

/// People of one house share the first digits of their number.
fn pick_number(patterns: &[String], n: u64) -> &str {
    let index = usize::try_from(n).unwrap_or(0) % patterns.len().max(1);
    patterns.get(index).map_or("", String::as_str)
}
