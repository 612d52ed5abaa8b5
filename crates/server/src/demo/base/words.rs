//! The words of the workspace: purposes, tags, places, queues, and organisations that are not customers.

use super::{
    super::{
        World,
        ids::{Row, record_id},
        tables::{Other, tables},
    },
    QUEUES,
};
use serde_json::json;

pub(super) fn purposes(world: &World) -> Vec<Row> {
    let there = |code: &str| world.present.purposes.iter().any(|(c, _)| c == code);
    let listed = tables().basics.purpose.iter().filter(|p| !there(&p.code));
    listed
        .map(|p| {
            Row::new(world.purpose(&p.code))
                .set("code", p.code.as_str())
                .set("name", p.name.as_str())
                .set("class", p.class.as_str())
                .set("default_basis", p.basis.as_str())
                .set("retention_months", p.months)
                .set("text", p.text.as_str())
        })
        .collect()
}
pub(super) fn tags(world: &World) -> Vec<Row> {
    tables().basics.tag.iter().map(|t| world.made(Row::new(world.tag(&t.name))).set("name", t.name.as_str()).set("description", t.description.as_str())).collect()
}
pub(super) fn relationship_types(world: &World) -> Vec<Row> {
    tables()
        .basics
        .relationship_type
        .iter()
        .map(|t| Row::new(world.relationship_type(&t.name)).set("name", t.name.as_str()).set("inverse_name", t.inverse_name.as_str()).set("from_kind", t.from.as_str()).set("to_kind", t.to.as_str()))
        .collect()
}
pub(super) fn territories(world: &World, regions: bool) -> Vec<Row> {
    let names = world.regions();
    if regions {
        return names.iter().enumerate().map(|(n, name)| Row::new(world.own_id("territory", n)).set("name", *name)).collect();
    }
    let countries = tables().countries.iter();
    countries.map(|c| Row::new(world.territory(&c.code)).set("name", c.name.as_str()).maybe("parent", names.iter().position(|r| *r == c.team).map(|n| world.own_id("territory", n)))).collect()
}
pub(super) fn queues(world: &World) -> Vec<Row> {
    let listed = QUEUES.iter().enumerate();
    listed
        .map(|(n, (name, text))| Row::new(world.own_id("queue", n)).set("name", *name).set("description", *text).set("active", true).maybe("team", world.staff.team_named(name).map(|t| t.id)))
        .collect()
}
pub(super) fn others(world: &World) -> Vec<Row> {
    let listed = tables().basics.other.iter().take(world.plan.others).enumerate();
    let owner = world.staff.login("robert.hanke");
    let row = |(n, other): (usize, &Other)| {
        world
            .made(Row::new(world.other_id(n)))
            .owned(world.staff.get(owner).id, world.staff.team_of(owner))
            .set("name", other.name.as_str())
            .set("kind", "organisation")
            .set("domains", other.domain.as_str())
            .set("website", format!("https://www.{}", other.domain))
            .set("status", "active")
            .set("lifecycle_stage", "other")
            .set("roles", json!([other.role]))
            .set("country", other.country.as_str())
    };
    listed.map(row).collect()
}
pub(super) fn other_roles(world: &World) -> Vec<Row> {
    let listed = tables().basics.other.iter().take(world.plan.others).enumerate();
    listed
        .map(|(n, other)| {
            Row::new(record_id(world.seed, "party_role", world.calendar.start - 1, 0, u64::try_from(n).unwrap_or(0)))
                .link("account", world.other_id(n))
                .set("role", other.role.as_str())
                .set("status", "active")
                .on("since", world.calendar.start - 400)
        })
        .collect()
}
