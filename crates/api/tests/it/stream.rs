use crate::world::{Who, World};
use axum::body::BodyDataStream;
use futures_util::StreamExt;
use serde_json::{Value as Json, json};
use std::{sync::atomic::Ordering, time::Duration};
use tower::ServiceExt;

crate::both!(what_one_may_read, closes_when_the_session_ends, closes_when_the_user_is_disabled, scopes_count);

fn open(w: &World, who: Who) -> BodyDataStream {
    let request = w.request(who, "GET", "/stream", &[], "");
    let response = w.runtime.block_on(w.router.clone().oneshot(request)).unwrap();
    assert_eq!((response.status().as_u16(), response.headers()["content-type"].to_str().unwrap()), (200, "text/event-stream"));
    let mut events = response.into_body().into_data_stream();
    let hello = text(w, &mut events).unwrap();
    assert!(hello.contains(": listening") && hello.contains("retry: 3000"), "{hello}");
    events
}
/// The next bytes; `None` at the end; a panic after five seconds.
fn text(w: &World, events: &mut BodyDataStream) -> Option<String> {
    let next = w.runtime.block_on(async { tokio::time::timeout(Duration::from_secs(5), events.next()).await });
    next.expect("something within five seconds").map(|bytes| String::from_utf8(bytes.unwrap().to_vec()).unwrap())
}
fn event(w: &World, events: &mut BodyDataStream) -> Json {
    let text = text(w, events).expect("an event");
    serde_json::from_str(text.strip_prefix("data: ").unwrap_or_else(|| panic!("{text}")).trim()).unwrap()
}

fn what_one_may_read(w: &World) {
    let (ann, bob) = (Who::User(w.user("ann", "rep")), Who::User(w.user("bob", "rep")));
    let (mut hers, mut his) = (open(w, ann), open(w, bob));
    let secret = w.make(ann, "company", &json!({"name": "Secret"}));
    let known = w.make(bob, "company", &json!({"name": "Known"}));
    assert_eq!(event(w, &mut hers), json!({"object": "company", "id": secret, "version": 1, "what": "created"}));
    assert_eq!(event(w, &mut his), json!({"object": "company", "id": known, "version": 1, "what": "created"}), "nothing of hers, and no gap");
    w.json(bob, "PATCH", &format!("/records/company/{known}"), &[("if-match", "*")], &json!({"name": "New"})).expect(200);
    assert_eq!(event(w, &mut his), json!({"object": "company", "id": known, "version": 2, "what": "updated"}));
    w.raw(bob, "DELETE", &format!("/records/company/{known}"), &[], "").expect(204);
    assert_eq!(event(w, &mut his)["what"], "archived");
    w.raw(bob, "POST", &format!("/records/company/{known}/restoration"), &[], "").expect(200);
    assert_eq!(event(w, &mut his)["what"], "restored");
}

fn closes_when_the_session_ends(w: &World) {
    let ann = Who::User(w.user("ann", "rep"));
    let mut events = open(w, ann);
    w.make(ann, "company", &json!({"name": "Before"}));
    assert_eq!(event(w, &mut events)["what"], "created");
    w.alive.store(false, Ordering::SeqCst);
    w.make(ann, "company", &json!({"name": "After"}));
    let begun = std::time::Instant::now();
    assert_eq!(text(w, &mut events), None, "nothing that came after");
    assert!(begun.elapsed() < Duration::from_millis(1_500));
}

fn closes_when_the_user_is_disabled(w: &World) {
    let ann = w.user("ann", "rep");
    let mut events = open(w, Who::User(ann));
    w.json(Who::Cli, "PATCH", &format!("/records/user/{ann}"), &[("if-match", "*")], &json!({"active": false})).expect(200);
    assert_eq!(text(w, &mut events), None);
    assert_eq!(w.get(Who::User(ann), "/stream").problem().0, 401);
}

fn scopes_count(w: &World) {
    let ann = w.user("ann", "rep");
    let mut events = open(w, Who::Token(ann, &["deal:read"]));
    w.make(Who::User(ann), "company", &json!({"name": "C"}));
    let deal = w.make(Who::User(ann), "deal", &json!({"name": "D"}));
    assert_eq!(event(w, &mut events)["id"], json!(deal));
    assert_eq!(w.get(Who::Nobody, "/stream").problem().0, 401);
}
