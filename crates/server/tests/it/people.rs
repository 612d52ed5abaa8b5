use crate::kit::{Engine, PASSWORD, Place, Server};
use serde_json::json;

crate::on_both!(a_login_that_is_switched_off_ends_at_once_and_for_good, an_invitation_lets_in_once, teams_and_managers_are_found_or_made);

fn a_login_that_is_switched_off_ends_at_once_and_for_good(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    let admin = {
        place.person("boss@example.org", "admin");
        server.client().sign_in("boss@example.org", PASSWORD)
    };
    let id = place.person("ada@example.org", "rep");
    let (screen, program) = (server.client().sign_in("ada@example.org", PASSWORD), server.client().bearer(&place.token("ada@example.org", &[])));
    let set = |active: bool| admin.with("if-match", "*").send("PATCH", &format!("/api/v1/records/user/{id}"), Some(("application/json", &json!({ "active": active }).to_string()))).ok();
    set(false);
    for client in [&screen, &program] {
        assert_eq!(client.get("/api/v1/records/contact").status, 401);
        assert_eq!(client.get("/api/v1/me").status, 401);
    }
    assert_eq!(server.client().post("/api/v1/auth/login", &json!({ "email": "ada@example.org", "password": PASSWORD })).problem(401), "bad_credentials");
    // ended, not suspended: what was held stays ended
    let until = std::time::Instant::now() + std::time::Duration::from_secs(10);
    loop {
        set(true);
        if screen.get("/api/v1/me").status == 401 && program.get("/api/v1/me").status == 401 {
            break;
        }
        assert!(std::time::Instant::now() < until, "a session came back to life");
        set(false);
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
    let again = server.client().sign_in("ada@example.org", PASSWORD);
    place.run(&["user", "disable", "ada@example.org"]).ok();
    assert_eq!(again.get("/api/v1/me").status, 401);
    assert!(place.run(&["user", "list"]).ok().lines().any(|line| line.contains("ada@example.org") && line.contains("switched off")));
    place.run(&["token", "create", "--email", "ada@example.org"]).fails(1);
}

fn an_invitation_lets_in_once(engine: Engine) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    let said = place.run(&["user", "add", "--email", "ada@example.org", "--name", "Ada", "--role", "rep"]).ok();
    let [id, link] = said.lines().collect::<Vec<_>>()[..] else { panic!("{said}") };
    assert_eq!(id.len(), 36);
    let path = link.strip_prefix(&format!("http://{}", server.address)).unwrap();
    let page = server.client().get(path);
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<form method=\"post\" action=\"/invitation\">"));
    assert!(page.headers["content-security-policy"].contains("form-action 'self'"));
    let token = path.split("token=").nth(1).unwrap();
    let choose = |password: &str, again: &str| {
        let body = format!("token={token}&password={}&again={}", password.replace(' ', "+"), again.replace(' ', "+"));
        server.client().send("POST", "/invitation", Some(("application/x-www-form-urlencoded", &body)))
    };
    assert!(choose(PASSWORD, "something else").body.contains("differ"));
    assert!(choose("short", "short").body.contains("15"));
    assert_eq!(choose(PASSWORD, PASSWORD).status, 200);
    assert_eq!(choose(PASSWORD, PASSWORD).status, 401);
    assert_eq!(server.client().post("/api/v1/auth/invitation", &json!({ "token": token, "password": PASSWORD })).problem(401), "bad_invitation");
    server.client().sign_in("ada@example.org", PASSWORD);
}

fn teams_and_managers_are_found_or_made(engine: Engine) {
    let place = Place::new(engine);
    let boss = place.run_with(&["user", "add", "--email", "boss@example.org", "--name", "Boss", "--role", "manager", "--team", "North", "--password-stdin"], &format!("{PASSWORD}\n")).ok();
    place
        .run_with(&["user", "add", "--email", "ada@example.org", "--name", "Ada", "--role", "rep", "--team", "north", "--manager", "boss@example.org", "--password-stdin"], &format!("{PASSWORD}\n"))
        .ok();
    assert_eq!(place.api(&["GET", "/records/team?count=exact"])["total"], 1);
    let ada = place.api(&["GET", "/records/user?filter={\"field\":\"email\",\"op\":\"eq\",\"value\":\"ada@example.org\"}"]);
    assert_eq!(ada["items"][0]["manager"], boss.trim());
    let add = |words: &[&str], input: &str| {
        let all: Vec<&str> = ["user", "add", "--name", "X"].iter().chain(words).copied().collect();
        place.run_with(&all, input).fails(1)
    };
    assert!(add(&["--email", "x@example.org", "--role", "king"], "").contains("There is no role king"));
    assert!(add(&["--email", "x@example.org", "--role", "system_cli"], "").contains("There is no role"));
    assert!(add(&["--email", "ADA@example.org", "--role", "rep"], "").contains("email"));
    assert!(add(&["--email", "x@example.org", "--role", "rep", "--manager", "nobody@example.org"], "").contains("nobody@example.org"));
    assert!(add(&["--email", "x@example.org", "--role", "rep", "--password-stdin"], "short\n").contains("15"));
    assert_eq!(place.api(&["GET", "/records/user?filter={\"field\":\"email\",\"op\":\"eq\",\"value\":\"x@example.org\"}"])["items"], json!([]));
}
