//! Staff, teams and when they work.

use super::super::{World, calendar::date_of, ids::Row, rng::Rng, staff::Staff};
use serde_json::json;

const CALENDARS: [(&str, &str, &str); 2] = [
    ("Germany", "Europe/Berlin", "mon 08:00-17:00\ntue 08:00-17:00\nwed 08:00-17:00\nthu 08:00-17:00\nfri 08:00-15:30"),
    ("Service", "Europe/Berlin", "mon 07:00-19:00\ntue 07:00-19:00\nwed 07:00-19:00\nthu 07:00-19:00\nfri 07:00-19:00\nsat 08:00-14:00"),
];
pub(super) fn work_calendars(world: &World) -> Vec<Row> {
    let (first, last) = (date_of(world.calendar.start).year(), date_of(world.calendar.today).year() + 1);
    let holidays: Vec<String> = (first..=last)
        .flat_map(|y| [format!("{y}-01-01 New Year"), format!("{y}-05-01 Labour Day"), format!("{y}-10-03 Day of German Unity"), format!("{y}-12-25 Christmas Day"), format!("{y}-12-26 Boxing Day")])
        .collect();
    let rows = CALENDARS
        .iter()
        .enumerate()
        .map(|(n, (name, zone, hours))| Row::new(world.own_id("work_calendar", n)).set("name", *name).set("time_zone", *zone).set("weekly_hours", *hours).set("holidays", holidays.join("\n")));
    rows.collect()
}
pub(super) fn users(world: &World, level: usize) -> Vec<Row> {
    let people = world.staff.people.iter().enumerate().filter(|(_, p)| p.level == level);
    let rows = people.map(|(n, p)| {
        Row::new(p.id)
            .set("name", p.words.name.as_str())
            .set("kind", "staff")
            .set("email", p.email.as_str())
            .set("active", p.left.is_none())
            .maybe("manager", p.manager.map(|m| world.staff.get(m).id))
            .set("roles", json!(p.words.roles))
            .set("number", format!("P-{}", 1_001 + n))
            .set("position", p.words.position.as_str())
            .set("cost_centre", format!("{}", 4_000 + 10 * p.team))
            .set("languages", p.words.languages.as_str())
            .on("hired_on", p.hired)
            .maybe_on("left_on", p.left)
    });
    rows.collect()
}
pub(super) fn teams(world: &World, level: usize) -> Vec<Row> {
    let Staff { teams, people } = &world.staff;
    let here = teams.iter().filter(|t| t.level == level);
    let rows = here.map(|t| {
        let calendar = usize::from(t.kind == "service");
        Row::new(t.id)
            .set("name", t.name.as_str())
            .set("kind", t.kind.as_str())
            .maybe("parent", t.parent.and_then(|p| teams.get(p)).map(|p| p.id))
            .maybe("lead", people.get(t.lead).map(|p| p.id))
            .link("work_calendar", world.own_id("work_calendar", calendar))
    });
    rows.collect()
}
pub(super) fn memberships(world: &World) -> Vec<Row> {
    let people = world.staff.people.iter().enumerate();
    people.map(|(n, p)| Row::new(world.own_id("team_membership", n)).link("user", p.id).link("team", world.staff.team_of(n)).on("since", p.hired).maybe_on("until", p.left.map(|d| d - 1))).collect()
}
pub(super) fn skills(world: &World) -> Vec<Row> {
    let mut rows = Vec::new();
    for (n, person) in world.staff.people.iter().enumerate().filter(|(_, p)| p.left.is_none()).take(40) {
        let mut rng = Rng::of(&[world.seed, 0x5111, u64::try_from(n).unwrap_or(0)]);
        let languages = person.words.languages.split(", ").map(|l| format!("Language {l}"));
        let craft = if person.has_role("agent") { Some("Kolben 4 maintenance") } else { person.has_role("rep").then_some("Barista, level 2") };
        for (k, skill) in languages.chain(craft.map(str::to_owned)).enumerate() {
            let level = if k == 0 {
                "expert"
            } else if rng.chance(0.6) {
                "good"
            } else {
                "basic"
            };
            let until = skill.contains("maintenance").then(|| world.calendar.today + rng.day_between(30, 500));
            rows.push(
                Row::new(world.own_id("staff_skill", rows.len()))
                    .link("staff", person.id)
                    .owned(person.id, world.staff.team_of(n))
                    .set("skill", skill)
                    .set("level", level)
                    .maybe_on("valid_until", until),
            );
        }
    }
    rows
}
pub(super) fn absences(world: &World) -> Vec<Row> {
    let mut rows = Vec::new();
    for (n, person) in world.staff.people.iter().enumerate().filter(|(_, p)| p.left.is_none()).take(40) {
        let mut rng = Rng::of(&[world.seed, 0xab5e, u64::try_from(n).unwrap_or(0)]);
        let cover = world.staff.people.iter().find(|p| p.team == person.team && p.id != person.id && p.left.is_none()).map(|p| p.id);
        for _ in 0..2 {
            let from = world.calendar.today + rng.day_between(-240, 50);
            let kind = if from < world.calendar.today && rng.chance(0.25) {
                "sickness"
            } else if rng.chance(0.85) {
                "holiday"
            } else {
                "training"
            };
            let length = if kind == "holiday" { rng.day_between(4, 14) } else { rng.day_between(0, 4) };
            rows.push(
                Row::new(world.own_id("absence", rows.len()))
                    .link("staff", person.id)
                    .owned(person.id, world.staff.team_of(n))
                    .on("from", from)
                    .on("to", from + length)
                    .set("kind", kind)
                    .maybe("cover", cover),
            );
        }
    }
    rows
}
