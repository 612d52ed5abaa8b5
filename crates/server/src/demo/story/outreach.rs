//! What marketing did with the customer: consent, campaigns, touchpoints.

use super::{
    super::{
        bins::Bin,
        calendar::{DAY_MS, Day},
        campaign::{self, Campaign},
        ids::Row,
        rng::whole,
        tables::Source,
    },
    Person, Story,
};
use kernel::RecordId;

impl Story<'_> {
    pub(super) fn tell_outreach(&mut self) {
        for n in 0..self.party.people.len() {
            let Some(person) = self.party.people.get(n).cloned() else { continue };
            self.tell_consent(&person);
        }
        self.tell_first_touch();
        for campaign in &self.world.campaigns {
            self.tell_membership(campaign);
        }
    }
    fn tell_consent(&mut self, person: &Person) {
        let adult = person.birth.is_none_or(|b| self.today() - b > 18 * 365);
        if !adult || person.email.is_none() || !self.rng.chance(if self.business() { 0.42 } else { 0.72 }) {
            return;
        }
        let (state, confirmed) = match self.rng.below(100) {
            0..=66 => ("given", true),
            67..=76 => ("given", false),
            77..=83 => ("pending", false),
            84..=90 => ("refused", false),
            _ => ("given", true),
        };
        let day = (person.day + self.rng.day_between(0, 20)).min(self.world.calendar.yesterday());
        let at = self.at(day);
        let source = *self.rng.pick(&["web form", "web form", "shop", "fair", "call"]).unwrap_or(&"web form");
        let purpose = self.world.purpose(if self.rng.chance(0.8) { "newsletter" } else { "events" });
        let evidence = match source {
            "call" => "Said yes on the phone; recorded in the note of the call.",
            "fair" => "Card filled in at the stand, scanned.",
            _ => "Box ticked, form sent.",
        };
        let recorder = matches!(source, "call" | "fair").then(|| self.owner_on(day).0);
        let id = self.id(Bin::Consent, "consent");
        let row = Row::new(id)
            .link("contact", person.id)
            .link("purpose", purpose)
            .set("channel", "email")
            .set("basis", "consent")
            .set("state", state)
            .at("at", at)
            .set("source", source)
            .set("evidence", evidence)
            .maybe_at("confirmed_at", confirmed.then(|| self.after(at, 40.0)))
            .maybe("recorded_by", recorder);
        self.put(Bin::Consent, row);
        if state == "given" && self.rng.chance(0.11) {
            let end = self.busy_day(day + 20, self.world.calendar.yesterday());
            let at = self.at(end.max(day + 1).min(self.world.calendar.yesterday()));
            let id = self.id(Bin::Consent, "consent");
            let (state, basis) = if self.rng.chance(0.75) { ("withdrawn", "consent") } else { ("objected", "legitimate_interest") };
            self.put(
                Bin::Consent,
                Row::new(id)
                    .link("contact", person.id)
                    .link("purpose", purpose)
                    .set("channel", "email")
                    .set("basis", basis)
                    .set("state", state)
                    .at("at", at)
                    .set("source", "unsubscribe link")
                    .set("evidence", "Link in the footer, one click."),
            );
        }
    }
    /// What brought them here; old customers came before anybody wrote it down.
    fn tell_first_touch(&mut self) {
        if self.seat.stock || !self.rng.chance(0.85) {
            return;
        }
        let Some(person) = self.person(0).map(|p| p.id) else { return };
        let source = self.party.source;
        let touches = 1 + self.rng.weighted([0.5, 0.3, 0.14, 0.06].into_iter());
        for n in 0..touches {
            // The last touch is that of the day they came; the others lie before.
            let back = if n + 1 == touches { 0 } else { self.rng.day_between(1, 40) };
            let source = if n + 1 == touches { source } else { campaign::source(&mut self.rng, &self.world.campaigns, self.seat.day) };
            self.touch(self.seat.day - back, source, "contact", person);
        }
    }
    pub(super) fn touch(&mut self, day: Day, source: &Source, object: &'static str, party: RecordId) {
        let day = day.max(self.world.calendar.start);
        let at = self.at(day).min(i64::from(day) * DAY_MS + 18 * 3_600_000);
        let campaign = campaign::running(&self.world.campaigns, &source.campaign, day).map(|c| (c.id, c.words.code.replace("{year}", &c.year)));
        let id = self.id(Bin::Touchpoint, "touchpoint");
        let web = matches!(source.kind.as_str(), "ad" | "click" | "form");
        let page = *self.rng.pick(&["kolben-4", "kolben-2", "vollautomat-v12", "hausmischung", "wartung-plus", "kontakt"]).unwrap_or(&"kontakt");
        let url = match (&campaign, web) {
            (_, false) => String::new(),
            (None, true) => format!("https://www.velden-roth.example/{page}"),
            (Some((_, code)), true) => format!("https://www.velden-roth.example/{page}?utm_medium={}&utm_campaign={code}", source.medium.replace(' ', "+")),
        };
        let term = if source.medium == "cpc" { *self.rng.pick(&["espresso machine office", "kaffeemaschine gastronomie", "barista training", "cold brew machine"]).unwrap_or(&"") } else { "" };
        let utm = match source.medium.as_str() {
            "cpc" => "search",
            "paid social" => "instagram",
            "organic search" => "search",
            "event" => "fair",
            other => other,
        };
        let mut row = Row::new(id)
            .link(object, party)
            .at("at", at)
            .set("kind", source.kind.as_str())
            .set("channel", source.name.as_str())
            .set("source", utm)
            .set("medium", source.medium.as_str())
            .maybe("campaign", campaign.map(|c| c.0))
            .set("term", term)
            .set("url", url);
        if source.cost > 0.0 {
            let euro = self.world.currencies.get(0);
            let cents = whole(source.cost * 100.0 * self.rng.float(0.6, 1.5));
            row = row.set("cost", euro.json(cents));
        }
        self.put(Bin::Touchpoint, row);
    }
    fn tell_membership(&mut self, campaign: &Campaign) {
        let words = campaign.words;
        let (calendar, business) = (&self.world.calendar, self.business());
        if words.audience == "none" || campaign.starts > calendar.yesterday() || self.seat.day >= campaign.starts {
            return;
        }
        let customer = self.party.customer_since.is_some_and(|d| d < campaign.starts);
        let gone = self.party.gone.is_some_and(|d| d < campaign.starts);
        let fits = match words.audience.as_str() {
            "business" => business && !gone,
            "home" => !business && !gone,
            "customers" => business && customer && !gone,
            "former" => customer && gone,
            _ => !gone,
        };
        if !fits || !self.rng.chance(words.share) {
            return;
        }
        let person = self.someone(campaign.starts);
        let Some(contact) = self.person(person).map(|p| p.id) else { return };
        let held_out = self.rng.chance(words.held_out);
        let entered = self.at(campaign.starts);
        let reacts = !held_out && self.rng.chance(words.response * if customer { 1.4 } else { 0.8 });
        // The campaign moves some to buy who would not have; what the others do anyway they do in both arms.
        let moved = !held_out && !gone && self.rng.chance(words.effect);
        let latest = calendar.yesterday();
        let day = (campaign.starts + self.rng.day_between(1, words.days.clamp(3, 28))).min(latest).max(campaign.starts);
        let responded = (reacts || moved).then(|| self.at(day).max(entered + 600_000));
        let status = match (held_out, reacts || moved, moved, self.rng.below(100)) {
            (true, ..) => "planned",
            (_, true, true, _) => "converted",
            (_, true, false, _) => "responded",
            (.., 0..=2) => "failed",
            (.., 3..=4) => "opted_out",
            _ => "sent",
        };
        let variant = if words.medium == "e-mail" { *self.rng.pick(&["A", "B"]).unwrap_or(&"A") } else { "" };
        let id = self.id(Bin::CampaignMember, "campaign_member");
        let owner = self.world.staff.get(self.world.staff.login("annika.thiel")).id;
        let row = Row::new(id)
            .made(entered, owner)
            .link("campaign", campaign.id)
            .link("contact", contact)
            .set("arm", if held_out { "held_out" } else { "treated" })
            .set("variant", if held_out { "" } else { variant })
            .set("status", status)
            .at("entered_at", entered)
            .maybe_at("responded_at", responded);
        self.put(Bin::CampaignMember, row);
        if moved && customer && day + 2 < self.today() {
            self.buy(day + 1, false);
        }
    }
}
