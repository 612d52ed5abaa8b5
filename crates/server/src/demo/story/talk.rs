//! Interactions: every thread of the story is a chain of beats; the customer's share of the total decides how many of
//! them were written down, and small talk fills the rest.

use super::{
    super::{
        bins::Bin,
        calendar::{Day, day_of_ms},
        ids::Row,
        rng::whole,
        tables::tables,
        text::{Words, compose},
    },
    Story,
};
use kernel::RecordId;

/// Something that is said or written.
#[derive(Clone, Debug)]
pub(super) struct Beat {
    pub(super) situation: &'static str,
    pub(super) day: Day,
    pub(super) person: usize,
    /// The instant, where it is known.
    pub(super) at: Option<i64>,
}
/// Beats about one thing.
#[derive(Clone, Debug)]
pub(super) struct Thread {
    pub(super) beats: Vec<Beat>,
    pub(super) about: Option<(&'static str, RecordId)>,
    pub(super) account: Option<RecordId>,
    pub(super) product: String,
    pub(super) quantity: i64,
    pub(super) weight: f64,
    pub(super) staff: Option<usize>,
    pub(super) conversation: Option<RecordId>,
}
/// The interaction before this one in its thread.
struct Previous {
    id: RecordId,
    bin: Bin,
    at: i64,
    written: bool,
}

const SMALL_TALK: [(&str, f64); 13] = [
    ("check_in", 17.0),
    ("web", 14.0),
    ("newsletter", 15.0),
    ("thanks", 6.0),
    ("survey_answer", 7.0),
    ("social", 4.0),
    ("event", 7.0),
    ("appointment", 7.0),
    ("internal", 6.0),
    ("order_question", 9.0),
    ("order_reply", 6.0),
    ("reminder", 3.0),
    ("technician", 5.0),
];
const SMALL_TALK_HOME: [(&str, f64); 9] =
    [("web", 22.0), ("newsletter", 26.0), ("thanks", 6.0), ("survey_answer", 8.0), ("social", 7.0), ("event", 2.0), ("order_question", 17.0), ("order_reply", 9.0), ("reminder", 3.0)];

impl Story<'_> {
    pub(super) fn tell_talks(&mut self) {
        let quota = self.seat.interactions;
        let (first, yesterday) = (self.first_day(), self.world.calendar.yesterday());
        let mut threads = std::mem::take(&mut self.threads);
        // Weighted sample without replacement: the smallest of -ln(u)/w (Efraimidis, Spirakis 2006).
        let mut keys: Vec<(f64, usize, usize)> = Vec::new();
        for (t, thread) in threads.iter().enumerate() {
            for (b, beat) in thread.beats.iter().enumerate() {
                if (first..=yesterday).contains(&beat.day) {
                    keys.push((-self.rng.unit().max(1e-12).ln() / thread.weight, t, b));
                }
            }
        }
        keys.sort_by(|a, b| a.0.total_cmp(&b.0));
        keys.truncate(quota);
        let filler = quota - keys.len();
        let mut chosen: Vec<(usize, usize)> = keys.into_iter().map(|(_, t, b)| (t, b)).collect();
        chosen.sort_unstable();
        let (mut thread_now, mut previous) = (usize::MAX, None);
        for (t, b) in chosen {
            let Some(thread) = threads.get(t) else { continue };
            let Some(beat) = thread.beats.get(b) else { continue };
            if t != thread_now {
                (thread_now, previous) = (t, None);
            }
            previous = self.tell_beat(thread, beat, previous);
        }
        for _ in 0..filler {
            self.tell_small_talk();
        }
        self.threads.append(&mut threads);
    }
    fn tell_small_talk(&mut self) {
        let list: &[(&'static str, f64)] = if self.business() { &SMALL_TALK } else { &SMALL_TALK_HOME };
        let mut situation = list.get(self.rng.weighted(list.iter().map(|s| s.1))).map_or("web", |s| s.0);
        let mut last = self.last_day();
        if self.party.gone.is_some() && self.rng.chance(0.12) {
            (situation, last) = ("newsletter", self.world.calendar.yesterday());
        }
        let day = self.busy_day(self.first_day(), last);
        let person = self.someone(day);
        let order = self.orders.iter().rev().find(|(d, _)| *d <= day && day < d + 40).map(|o| ("order", o.1));
        let about = order.filter(|_| matches!(situation, "order_question" | "order_reply" | "reminder" | "thanks"));
        // Without an order nobody asks about one.
        if about.is_none() && matches!(situation, "order_question" | "order_reply" | "reminder") {
            situation = if self.business() { "check_in" } else { "web" };
        }
        let machine = if self.business() { self.world.shelf.code(self.rng.word(&self.seat.industry.machines)) } else { self.world.shelf.code("HOME") };
        let thread = Thread { beats: Vec::new(), about, account: self.party.account, product: machine.words.name.clone(), quantity: 2, weight: 1.0, staff: None, conversation: None };
        self.tell_beat(&thread, &Beat { situation, day, person, at: None }, None);
    }
    fn tell_beat(&mut self, thread: &Thread, beat: &Beat, previous: Option<Previous>) -> Option<Previous> {
        let world = self.world;
        let kinds = tables().situations.get(beat.situation)?;
        let weight = |k: &String| k.rsplit(' ').next().and_then(|w| w.parse::<f64>().ok()).unwrap_or(1.0);
        let spec = kinds.get(self.rng.weighted(kinds.iter().map(weight)))?;
        let mut parts = spec.split(' ');
        let (kind, direction, channel) = (parts.next()?, parts.next()?, parts.next()?);
        let at = match beat.at {
            Some(at) => at,
            None => self.at(beat.day),
        };
        let at = previous.as_ref().map_or(at, |p| at.max(p.at + 180_000)).min(world.calendar.now_ms() - 60_000);
        let day = day_of_ms(at);
        let staff = self.who_talks(beat.situation, direction, day, thread.staff);
        let tongue = self.tongue();
        let (polite, full, first) = self.person(beat.person).map(|p| (p.name.polite(tongue), p.name.full(), p.name.first.clone())).unwrap_or_default();
        let month = tongue.month(usize::try_from(super::super::calendar::date_of(day).month()).unwrap_or(1) % 12);
        let weekday = tongue.weekday(self.rng.below(5));
        let staff_name = staff.map_or("Velden & Roth", |s| world.staff.get(s).words.name.as_str());
        let words = Words {
            name: if direction == "in" { &full } else { &polite },
            first: &first,
            staff: staff_name,
            product: &thread.product,
            city: &self.party.city.name,
            account: &self.party.name,
            day: weekday,
            month,
            qty: thread.quantity,
            ..Words::default()
        };
        let (subject, mut body) = compose(&mut self.rng, tongue, beat.situation, &words);
        let (outcome, seconds) = match (kind, direction) {
            ("call", "out") => match self.rng.below(100) {
                0..=61 => ("reached", self.rng.log_normal(380.0, 0.7)),
                62..=90 => ("voicemail", self.rng.float(12.0, 55.0)),
                91..=97 => ("busy", self.rng.float(5.0, 12.0)),
                _ => ("wrong number", self.rng.float(8.0, 40.0)),
            },
            ("call", _) => ("reached", self.rng.log_normal(330.0, 0.7)),
            ("meeting" | "visit", _) => ("", self.rng.float(2.0, 9.0).round() * 900.0),
            ("chat", _) => ("", self.rng.log_normal(400.0, 0.6)),
            _ => ("", 0.0),
        };
        if matches!(outcome, "voicemail" | "busy" | "wrong number") {
            body.clear();
        }
        let seconds = whole(seconds).min(6 * 3_600);
        let ended = (seconds > 0).then(|| (at + seconds * 1_000).min(world.calendar.now_ms() - 1));
        let written = matches!(kind, "email" | "chat" | "message");
        let answered = previous.filter(|p| p.written && written && p.bin != Bin::ReplyToReply);
        let bin = match answered.as_ref().map(|p| p.bin) {
            None => Bin::Interaction,
            Some(Bin::Interaction) => Bin::Reply,
            Some(_) => Bin::ReplyToReply,
        };
        let id = self.id(bin, "interaction");
        let subject = if answered.is_some() && !subject.starts_with("Re:") && kind == "email" { format!("Re: {subject}") } else { subject };
        let campaign = (beat.situation == "newsletter").then(|| super::super::campaign::running(&world.campaigns, "news", day).filter(|c| day <= c.ends + 30)).flatten().map(|c| c.id);
        let maker = staff.unwrap_or_else(|| self.rep_on(day));
        let owner = world.staff.get(maker).id;
        let private = kind == "email" && direction == "in" && thread.about.is_none() && self.rng.chance(0.02);
        let row = Row::new(id)
            .made(at, owner)
            .owned(owner, world.staff.team_of(maker))
            .set("kind", kind)
            .set("direction", direction)
            .at("at", at)
            .maybe_at("ended_at", ended)
            .set("subject", subject.trim_end())
            .set("body", body.trim_start())
            .set("outcome", outcome)
            .set("language", tongue.code())
            .maybe("account", thread.account)
            .maybe("contact", self.person(beat.person).map(|p| p.id))
            .any("about", thread.about)
            .maybe("staff", staff.map(|s| world.staff.get(s).id))
            .set("channel", channel)
            .maybe("conversation", thread.conversation)
            .maybe("in_reply_to", answered.as_ref().map(|p| p.id))
            .maybe("campaign", campaign)
            .set("visibility", if private { "subject" } else { "full" });
        let row = if seconds > 0 { row.set("duration_s", seconds) } else { row };
        self.put(bin, row);
        if matches!(kind, "meeting" | "visit") && self.rng.chance(0.25) {
            self.tell_participants(id, beat.person, staff, day);
        }
        Some(Previous { id, bin, at, written })
    }
    fn tell_participants(&mut self, interaction: RecordId, person: usize, staff: Option<usize>, day: Day) {
        let mut parties: Vec<(&'static str, RecordId, &'static str, String)> = Vec::new();
        if let Some(staff) = staff {
            let colleague = self.world.staff.get(staff);
            parties.push(("user", colleague.id, "organiser", colleague.email.clone()));
        }
        let guests: Vec<_> = self
            .person(person)
            .into_iter()
            .chain(self.party.people.iter().enumerate().filter(|(n, p)| *n != person && p.day <= day).map(|(_, p)| p).take(self.seat.contacts.min(3) - 1))
            .map(|p| (p.id, p.email.clone().unwrap_or_default()))
            .collect();
        parties.extend(guests.into_iter().map(|(id, email)| ("contact", id, "attendee", email)));
        for (object, id, role, address) in parties {
            let row_id = self.id(Bin::Participant, "participant");
            self.put(
                Bin::Participant,
                Row::new(row_id).link("interaction", interaction).any("party", Some((object, id))).set("role", role).set("address", address).set("matched_by", "e-mail").set("confidence", "100"),
            );
        }
    }
    /// Who of us is in it; nobody where a person only looks around.
    fn who_talks(&mut self, situation: &str, direction: &str, day: Day, known: Option<usize>) -> Option<usize> {
        let staff = &self.world.staff;
        match situation {
            "web" | "survey_answer" => None,
            "social" => (direction == "out").then(|| staff.login("annika.thiel")),
            "newsletter" => Some(staff.login("annika.thiel")),
            "reminder" => Some(staff.login("sibel.arikan")),
            "fault" | "fault_reply" | "technician" | "complaint" | "complaint_reply" | "appointment" | "order_question" | "order_reply" => match known {
                Some(known) => Some(known),
                None => Some(staff.agent_for(&self.country().code, day, &mut self.rng)),
            },
            _ => Some(known.unwrap_or_else(|| self.rep_on(day))),
        }
    }
}
