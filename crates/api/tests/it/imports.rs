use crate::{
    files::{file_part, form, text_part},
    world::{Who, World},
};
use serde_json::json;

crate::both!(a_file_reaches_the_engine, refused);

const FORM: (&str, &str) = ("content-type", "multipart/form-data; boundary=XX");

fn a_file_reaches_the_engine(w: &World) {
    let body =
        || form(&[text_part("object", "company"), file_part("in/Kunden.csv", b"name\nA\nB\n"), text_part("mapping", "object = \"company\""), text_part("key", "code"), text_part("dry_run", "true")]);
    let got = w.raw(Who::Cli, "POST", "/imports", &[FORM, ("idempotency-key", "k")], body()).expect(202);
    let json = got.json();
    assert_eq!((&json["rows"], &json["name"], &json["dry_run"], &json["key"]), (&json!(3), &json!("Kunden.csv"), &json!(true), &json!("code")));
    let id = json["id"].as_str().unwrap();
    assert_eq!(got.header("location"), format!("/api/v1/imports/{id}"));
    assert_eq!(*w.woken.lock().unwrap(), [id.parse().unwrap()]);
    assert!(w.dir.path().join("files/imports").join(id).exists());
    w.raw(Who::Cli, "POST", "/imports", &[FORM, ("idempotency-key", "k")], body()).expect(202);
    assert_eq!(w.woken.lock().unwrap().len(), 1, "a repetition gives no work");
    assert_eq!(std::fs::read_dir(w.dir.path().join("files/imports")).unwrap().count(), 1);
    assert_eq!(w.get(Who::Cli, &format!("/imports/{id}")).expect(200).json()["status"], "done");
    w.json(Who::Cli, "PATCH", &format!("/imports/{id}"), &[], &json!({"mapping": {"a": 1}})).expect(200);
    assert_eq!(w.woken.lock().unwrap().len(), 1, "a mapping waits for its run");
    assert_eq!(w.post(Who::Cli, &format!("/imports/{id}/run"), &json!({"dry_run": true})).expect(202).json()["dry_run"], true);
    assert_eq!(w.post(Who::Cli, &format!("/imports/{id}/run"), &json!({"dry": true})).problem().0, 422);
    assert_eq!(w.woken.lock().unwrap().len(), 2);
    assert_eq!(w.get(Who::Cli, &format!("/imports/{id}/errors")).problem().0, 404);
}

fn refused(w: &World) {
    let send = |who, parts: &[Vec<u8>]| w.raw(who, "POST", "/imports", &[FORM], form(parts)).problem();
    let file = || file_part("a.csv", b"x");
    assert_eq!(send(Who::Cli, &[file()]).0, 422);
    assert_eq!(send(Who::Cli, &[text_part("object", "company")]).0, 422);
    assert_eq!(send(Who::Cli, &[text_part("object", "company"), text_part("dry_run", "maybe"), file()]).0, 422);
    assert_eq!(send(Who::Cli, &[text_part("object", "refused"), file()]).0, 422);
    let long = (1026u64 << 20).to_string();
    let big = w.raw(Who::Cli, "POST", "/imports", &[FORM, ("content-length", &long)], form(&[text_part("object", "company"), file()])).problem();
    assert_eq!(big, (413, "too_large".into()), "said before a byte is taken");
    let agent = Who::User(w.user("agnes", "agent"));
    assert_eq!(send(agent, &[text_part("object", "company"), file()]), (403, "not_allowed".into()));
    let left = |folder: &str| std::fs::read_dir(w.dir.path().join("files").join(folder)).map_or(0, Iterator::count);
    assert_eq!((left("imports"), left("incoming")), (0, 0));
}
