//! Verbs, mass changes, exports, undoing and sign-in with the wrong words.

use super::{case::Case, house::House};
use serde_json::{Value as Json, json};

fn verbs(house: &House) -> Vec<Case> {
    let closure = |body: Json| Case::new("verbs", "POST", format!("/opportunities/{}/closure", house.id("opportunity"))).json(&body).status(422);
    let conversion = |body: Json| Case::new("verbs", "POST", format!("/leads/{}/conversion", house.id("lead"))).json(&body).status(422);
    let mut out: Vec<Case> = [
        json!({}),
        json!({"outcome": "draw"}),
        json!({"outcome": 7}),
        json!({"outcome": null}),
        json!({"outcome": "won", "closed_at": "yesterday"}),
        json!({"outcome": "won", "closed_at": 7}),
        json!({"outcome": "lost", "reason": 7}),
        json!({"outcome": "won", "no_such_member": 1}),
        json!({"outcome": ["won"]}),
        json!({"outcome": "lost", "reason": "a\u{0}"}),
    ]
    .map(closure)
    .into();
    out.extend(
        [json!({"no_such_member": 1}), json!({"account": 7}), json!({"account": "no id"}), json!({"contact": "0190f0c2-0000-7000-8000-000000000000"}), json!({"opportunity": "yes"})].map(conversion),
    );
    out.push(Case::new("verbs", "DELETE", format!("/opportunities/{}/closure", house.id("opportunity"))));
    out.push(Case::new("verbs", "DELETE", format!("/leads/{}/conversion", house.id("lead"))));
    out.extend(["/opportunities/x/no_such_verb", "/zoos/x/closure", "/nothings/x/closure"].map(|path| Case::new("verbs", "POST", path).json(&json!({})).status(404)));
    out
}

fn mass(house: &House) -> Vec<Case> {
    let zoo = house.id("zoo");
    let good = json!({"name": "Good"});
    [
        json!({}),
        json!({"items": [good]}),
        json!({"mode": "explode", "items": [good]}),
        json!({"mode": 7, "items": [good]}),
        json!({"mode": "create"}),
        json!({"mode": "create", "items": {}}),
        json!({"mode": "create", "items": 7}),
        json!({"mode": "create", "atomic": true, "items": [7]}),
        json!({"mode": "create", "atomic": "yes", "items": [good]}),
        json!({"mode": "upsert", "key": "no_such_field", "items": [good]}),
        json!({"mode": "upsert", "key": "name", "items": [good]}),
        json!({"mode": "upsert", "key": 7, "items": [good]}),
        json!({"mode": "create", "no_such_member": 1, "items": [good]}),
        json!({"mode": "create", "items": vec![good.clone(); 5_001]}),
        json!({"mode": "create", "atomic": true, "items": vec![good.clone(); 501]}),
        json!({"mode": "create", "atomic": true, "items": [good, {"name": 7}]}),
        json!({"mode": "create", "atomic": true, "items": [good, {}]}),
        json!({"mode": "create", "atomic": true, "items": [{"name": "Twin", "code": "T"}, {"name": "Twin", "code": "T"}]}),
        json!({"mode": "update", "atomic": true, "items": [{"id": zoo, "legs": 3}, {"id": "no id", "legs": 4}]}),
        json!({"mode": "update", "atomic": true, "items": [{"id": zoo, "legs": 3}, {"legs": 4}]}),
        json!({"mode": "update", "atomic": true, "items": [{"id": zoo, "legs": 3}, {"id": zoo, "legs": "x"}]}),
        json!({"mode": "delete", "atomic": true, "items": [{"id": zoo}, {"id": "0190f0c2-0000-7000-8000-000000000000"}]}),
    ]
    .iter()
    .map(|body| Case::new("mass", "POST", "/records/zoo/bulk").json(body))
    .collect()
}

fn exports() -> Vec<Case> {
    [
        json!({}),
        json!({"object": "nothing", "format": "csv"}),
        json!({"object": 7}),
        json!({"object": "zoo", "format": "pdf"}),
        json!({"object": "zoo", "format": 7}),
        json!({"object": "zoo", "format": "csv", "fields": ["no_such_field"]}),
        json!({"object": "zoo", "format": "csv", "fields": "name"}),
        json!({"object": "zoo", "format": "csv", "filter": 7}),
        json!({"object": "zoo", "format": "csv", "no_such_member": 1}),
        json!({"object": "zoo", "format": "csv", "sort": ["no_such_field"]}),
        json!({"object": "zoo\u{0}", "format": "csv"}),
    ]
    .iter()
    .map(|body| Case::new("exports", "POST", "/exports").json(body))
    .collect()
}

fn sign_in() -> Vec<Case> {
    let mut out: Vec<Case> = [
        json!({}),
        json!({"email": 7, "password": "x"}),
        json!({"email": "ada@example.org"}),
        json!({"email": "ada@example.org", "password": 7}),
        json!({"email": "ada@example.org", "password": "x", "no_such_member": 1}),
    ]
    .iter()
    .map(|body| Case::new("sign in", "POST", "/auth/login").json(body).status(422))
    .collect();
    out.extend(
        [
            json!({"email": "a\u{0}@example.org", "password": "x"}),
            json!({"email": "nobody@example.org", "password": "x", "workspace": "../x"}),
            json!({"email": "nobody@example.org", "password": "p".repeat(100_000)}),
        ]
        .iter()
        .map(|body| Case::new("sign in", "POST", "/auth/login").json(body)),
    );
    out.extend(
        [json!({}), json!({"token": 7, "password": "x"}), json!({"token": "rpi_main_x", "password": "correct horse battery staple"})]
            .iter()
            .map(|body| Case::new("sign in", "POST", "/auth/invitation").json(body)),
    );
    // a token may not change how its owner signs in
    for path in ["/auth/password", "/auth/tokens", "/auth/totp", "/auth/totp/confirmation"] {
        out.push(Case::new("sign in", "POST", path).json(&json!({})).status(403));
    }
    out
}

fn unique(house: &House) -> Vec<Case> {
    let zoo = house.id("zoo");
    house.post("zoo", &json!({"name": "Second", "code": "Z-2"}));
    vec![
        Case::new("unique", "POST", "/records/zoo").json(&json!({"name": "Third", "code": "Z-1"})).names("code"),
        Case::new("unique", "PATCH", format!("/records/zoo/{zoo}")).json(&json!({"code": "Z-2"})).any_version().names("code"),
        Case::new("unique", "POST", "/records/contact").json(&json!({"last_name": "Twin", "external_id": "n-1"})).names("external_id"),
        Case::new("unique", "POST", "/records/user").json(&json!({"name": "Twin", "email": "ada@example.org", "roles": ["rep"]})).names("email"),
        Case::new("unique", "POST", "/records/user").json(&json!({"name": "Twin", "email": "twin@example.org", "roles": ["emperor"]})).names("roles"),
    ]
}

pub(super) fn cases(house: &House) -> Vec<Case> {
    [verbs(house), mass(house), exports(), sign_in(), unique(house)].concat()
}
