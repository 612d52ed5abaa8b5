use crate::world::{START, Who, World};
use serde_json::json;

crate::both!(same_key_same_answer, other_body_is_refused, keys_are_per_user_and_path, failures_leave_no_trace, a_day_later, rights_hold_for_repetitions, at_the_same_time, on_two_nodes);

const KEY: (&str, &str) = ("idempotency-key", "k-1");

fn same_key_same_answer(w: &World) {
    let send = || w.json(Who::Cli, "POST", "/records/company", &[KEY], &json!({"name": "Once"}));
    let first = send().expect(201);
    let again = send().expect(201);
    assert_eq!(again.json(), first.json());
    for header in ["etag", "location"] {
        assert_eq!(again.header(header), first.header(header));
    }
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    w.clock.advance(1_000);
    let id = first.json()["id"].as_str().unwrap().to_owned();
    w.json(Who::Cli, "PATCH", &format!("/records/company/{id}"), &[("if-match", "*")], &json!({"name": "Changed"})).expect(200);
    let late = send().expect(201);
    assert_eq!((late.json(), late.header("etag")), (first.json(), "\"1\""), "the answer of then");
    assert_eq!(w.get(Who::Cli, "/records/company?count=exact").json()["total"], 1);

    let bulk = || w.json(Who::Cli, "POST", "/records/company/bulk", &[KEY], &json!({"mode": "create", "items": [{"name": "B"}]})).expect(200).json();
    assert_eq!(bulk(), bulk());
    let restore = || w.raw(Who::Cli, "POST", &format!("/records/company/{id}/restoration"), &[KEY], "").expect(200);
    restore();
    assert_eq!(restore().header("idempotency-replayed"), "true");
    assert_eq!(w.json(Who::Cli, "POST", &format!("/records/company/{id}/restoration"), &[KEY], &json!({})).expect(200).header("idempotency-replayed"), "true", "no body and {{}} are the same");
}

fn other_body_is_refused(w: &World) {
    w.json(Who::Cli, "POST", "/records/company", &[KEY], &json!({"name": "Once"})).expect(201);
    let before = w.rows();
    assert_eq!(w.json(Who::Cli, "POST", "/records/company", &[KEY], &json!({"name": "Twice"})).problem(), (422, "idempotency_key_reused".into()));
    assert_eq!(w.rows(), before);
    for bad in ["", "ü", &"x".repeat(256)] {
        assert_eq!(w.json(Who::Cli, "POST", "/records/company", &[("idempotency-key", bad)], &json!({"name": "n"})).problem(), (400, "bad_idempotency_key".into()), "{bad}");
    }
}

fn keys_are_per_user_and_path(w: &World) {
    let (ann, bob) = (Who::User(w.user("ann", "rep")), Who::User(w.user("bob", "rep")));
    let mut ids = vec![];
    for (who, object) in [(ann, "company"), (bob, "company"), (ann, "deal"), (ann, "company")] {
        ids.push(w.json(who, "POST", &format!("/records/{object}"), &[KEY], &json!({"name": "n"})).expect(201).json()["id"].clone());
    }
    assert_eq!(ids[0], ids[3]);
    ids.pop();
    ids.dedup();
    assert_eq!(ids.len(), 3);
}

fn failures_leave_no_trace(w: &World) {
    let before = w.rows();
    assert_eq!(w.json(Who::Cli, "POST", "/records/company", &[KEY], &json!({"colour": 1})).problem().0, 422);
    assert_eq!(w.rows(), before);
    w.json(Who::Cli, "POST", "/records/company", &[KEY], &json!({"name": "Now right"})).expect(201);
}

fn a_day_later(w: &World) {
    let send = || w.json(Who::Cli, "POST", "/records/company", &[KEY], &json!({"name": "n"})).expect(201).json()["id"].clone();
    let first = send();
    w.clock.advance(71 * 3_600_000);
    assert_eq!(send(), first);
    w.clock.advance(2 * 3_600_000);
    let purge = |w: &World| {
        let caller = w.caller(Who::Cli).unwrap();
        w.workspace.write_blocking(&caller.ctx, api::purge_idempotency).unwrap()
    };
    let second = send();
    assert_ne!(second, first, "72 hours are over");
    assert_eq!(purge(w), 0);
    w.clock.advance(73 * 3_600_000);
    assert_eq!(purge(w), 1);
    assert!(w.workspace.now_ms() > START);
}

fn rights_hold_for_repetitions(w: &World) {
    let ann = w.user("ann", "rep");
    let bob = w.user("bob", "rep");
    let send = || w.json(Who::User(ann), "POST", "/records/company", &[KEY], &json!({"name": "Secret"}));
    let id = send().expect(201).json()["id"].as_str().unwrap().to_owned();
    w.json(Who::Cli, "PATCH", &format!("/records/company/{id}"), &[("if-match", "*")], &json!({"owner": bob, "team": null})).expect(200);
    let again = send();
    assert_eq!(again.problem().0, 404);
    assert!(!String::from_utf8_lossy(&again.bytes).contains("Secret"));
}

fn at_the_same_time(w: &World) {
    many_at_once(w, &[&w.router]);
}
fn on_two_nodes(w: &World) {
    many_at_once(w, &[&w.router, &w.twin]);
}
fn many_at_once(w: &World, routers: &[&axum::Router]) {
    use http_body_util::BodyExt;
    use tower::ServiceExt;
    let requests: Vec<_> = (0..8).map(|_| w.request(Who::Cli, "POST", "/records/company", &[KEY, ("content-type", "application/json")], "{\"name\":\"n\"}")).collect();
    let mut answers: Vec<(u16, String)> = w.runtime.block_on(async {
        let tasks: Vec<_> = requests
            .into_iter()
            .enumerate()
            .map(|(i, request)| {
                let router = routers[i % routers.len()].clone();
                tokio::spawn(async move {
                    let response = router.oneshot(request).await.unwrap();
                    let status = response.status().as_u16();
                    let bytes = response.into_body().collect().await.unwrap().to_bytes();
                    let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
                    (status, json["code"].as_str().or(json["id"].as_str()).unwrap().to_owned())
                })
            })
            .collect();
        let mut out = vec![];
        for task in tasks {
            out.push(task.await.unwrap());
        }
        out
    });
    answers.sort();
    answers.dedup();
    assert!(answers.iter().any(|(status, _)| *status == 201));
    assert!(answers.iter().all(|(status, code)| *status == 201 || (*status, code.as_str()) == (409, "idempotency_key_in_flight")), "{answers:?}");
    assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "one record, told to all: {answers:?}");
    assert_eq!(w.get(Who::Cli, "/records/company?count=exact").json()["total"], 1);
}
