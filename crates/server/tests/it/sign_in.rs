use crate::kit::{Client, Engine, PASSWORD, Place, Server};
use serde_json::{Value as Json, json};

crate::on_both!(
    who_does_not_exist_is_answered_like_a_wrong_password,
    guessing_is_slowed_down,
    sessions_are_listed_and_ended,
    unsafe_methods_need_the_csrf_token,
    a_second_factor_is_asked_for,
    a_new_password_ends_other_sessions
);

fn setup(engine: Engine) -> (Place, Server) {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("ada@example.org", "rep");
    (place, server)
}

fn login(client: &Client, body: &Json) -> crate::kit::Answer {
    client.post("/api/v1/auth/login", body)
}

fn who_does_not_exist_is_answered_like_a_wrong_password(engine: Engine) {
    let (place, server) = setup(engine);
    let client = server.client();
    place.run(&["user", "add", "--email", "new@example.org", "--name", "New", "--role", "rep"]).ok();
    let mut answers: Vec<Json> = [
        json!({ "email": "ada@example.org", "password": "wrong wrong wrong" }),
        json!({ "email": "nobody@example.org", "password": "wrong wrong wrong" }),
        json!({ "email": "new@example.org", "password": "wrong wrong wrong" }),
        json!({ "email": "ada@example.org", "password": "x".repeat(5_000) }),
        json!({ "email": "ada@example.org", "password": PASSWORD, "workspace": "nowhere" }),
    ]
    .iter()
    .map(|body| {
        let answer = login(&client, body);
        assert_eq!(answer.problem(401), "bad_credentials");
        assert!(!answer.headers.contains_key("set-cookie"));
        answer.json()
    })
    .collect();
    for answer in &mut answers {
        answer["request_id"] = Json::Null;
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:?}");
    assert_eq!(login(&client, &json!({ "email": "ada@example.org" })).problem(422), "invalid_fields");
    assert_eq!(login(&client, &json!({ "email": 1, "password": "x", "more": 1 })).json()["errors"].as_array().unwrap().len(), 2);
    assert_eq!(client.send("POST", "/api/v1/auth/login", Some(("text/plain", "{}"))).problem(415), "unsupported_media_type");
    assert_eq!(client.send("POST", "/api/v1/auth/login", Some(("application/json", "{"))).problem(400), "bad_json");
    assert_eq!(login(&client.with("sec-fetch-site", "cross-site"), &json!({ "email": "ada@example.org", "password": PASSWORD })).problem(403), "cross_site");
    client.sign_in("ADA@example.org", PASSWORD);
}

fn guessing_is_slowed_down(engine: Engine) {
    let (place, server) = setup(engine);
    place.person("bob@example.org", "rep");
    let client = server.client();
    let wrong = json!({ "email": "ada@example.org", "password": "wrong wrong wrong" });
    // all at once: counted before they are checked
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..20).map(|_| scope.spawn(|| login(&client, &wrong).status)).collect();
        tries.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|s| **s == 401).count(), 5, "{statuses:?}");
    let refused = login(&client, &json!({ "email": "ada@example.org", "password": PASSWORD }));
    assert_eq!(refused.problem(429), "too_many_tries");
    assert!((1..=10).contains(&refused.headers["retry-after"].parse::<u32>().unwrap()));
    client.sign_in("bob@example.org", PASSWORD);
    // kept over a restart
    server.stop();
    let server = Server::start(&place);
    assert_eq!(login(&server.client(), &wrong).status, 429);
}

fn sessions_are_listed_and_ended(engine: Engine) {
    let (_place, server) = setup(engine);
    let (one, two) = (server.client().with("user-agent", "Netscape 4").sign_in("ada@example.org", PASSWORD), server.client().sign_in("ada@example.org", PASSWORD));
    let sessions = two.get("/api/v1/auth/sessions").ok();
    let items = sessions["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    let other = items.iter().find(|s| s["current"] == false).unwrap();
    assert_eq!((&other["user_agent"], &other["ip"]), (&json!("Netscape 4"), &json!("127.0.0.1")));
    assert_eq!(one.get("/api/v1/me").status, 200);
    two.delete(&format!("/api/v1/auth/sessions/{}", other["id"].as_str().unwrap())).ok();
    assert_eq!(one.get("/api/v1/me").problem(401), "no_credentials");
    assert_eq!(two.delete(&format!("/api/v1/auth/sessions/{}", other["id"].as_str().unwrap())).problem(404), "not_found");
    assert_eq!(two.delete("/api/v1/auth/sessions/rubbish").problem(404), "not_found");
    let out = two.post("/api/v1/auth/logout", &json!({}));
    assert_eq!(out.status, 204);
    assert!(out.headers["set-cookie"].contains("Max-Age=0"));
    assert_eq!(two.get("/api/v1/me").problem(401), "no_credentials");
    assert_eq!(two.post("/api/v1/auth/logout", &json!({})).status, 204);
}

fn unsafe_methods_need_the_csrf_token(engine: Engine) {
    let (_place, server) = setup(engine);
    let good = server.client().sign_in("ada@example.org", PASSWORD);
    let other = server.client().sign_in("ada@example.org", PASSWORD);
    let theirs = other.headers.iter().find(|(name, _)| name == "x-csrf-token").unwrap().1.clone();
    let body = json!({ "last_name": "Lovelace" });
    for token in ["", "rubbish", &theirs] {
        assert_eq!(good.with("x-csrf-token", token).post("/api/v1/records/contact", &body).problem(403), "bad_csrf_token");
        assert_eq!(good.with("x-csrf-token", token).post("/api/v1/auth/logout", &json!({})).problem(403), "bad_csrf_token");
        assert_eq!(good.with("x-csrf-token", token).get("/api/v1/records/contact").status, 200);
    }
    good.post("/api/v1/records/contact", &body).ok();
    assert_eq!(good.get("/api/v1/records/contact").ok()["items"].as_array().unwrap().len(), 1);
    assert_eq!(good.get("/api/v1/me").ok()["csrf_token"], good.headers.iter().find(|(name, _)| name == "x-csrf-token").unwrap().1);
}

pub(crate) fn code_of(secret: &str, shift: i64) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret.as_ref().to_vec()).build().unwrap();
    let now = jiff::Timestamp::now().as_second() + shift;
    totp.generate(u64::try_from(now).unwrap()).to_string()
}

fn a_second_factor_is_asked_for(engine: Engine) {
    let (_place, server) = setup(engine);
    let client = server.client().sign_in("ada@example.org", PASSWORD);
    let proposed = client.post("/api/v1/auth/totp", &json!({})).ok();
    let secret = proposed["secret"].as_str().unwrap();
    assert!(proposed["uri"].as_str().unwrap().starts_with("otpauth://totp/Rapport:ada@example.org?secret="));
    assert_eq!(client.post("/api/v1/auth/totp/confirmation", &json!({ "code": "000000" })).problem(422), "invalid_fields");
    let confirmed = client.post("/api/v1/auth/totp/confirmation", &json!({ "code": code_of(secret, 0) })).ok();
    let recovery = confirmed["recovery_codes"].as_array().unwrap();
    assert_eq!(recovery.len(), 10);
    assert_eq!(client.get("/api/v1/me").ok()["user"]["totp"], true);

    let fresh = server.client();
    let with = |code: Json| login(&fresh, &json!({ "email": "ada@example.org", "password": PASSWORD, "code": code }));
    assert_eq!(with(Json::Null).problem(401), "code_required");
    assert_eq!(with("000000".into()).problem(401), "bad_credentials");
    let next = code_of(secret, 30);
    with(next.clone().into()).ok();
    assert_eq!(with(next.into()).problem(401), "bad_credentials", "a code works once");
    with(recovery[0].clone()).ok();
    assert_eq!(with(recovery[0].clone()).problem(401), "bad_credentials", "so does a recovery code");
    assert_eq!(client.send("DELETE", "/api/v1/auth/totp", Some(("application/json", r#"{"password":"wrong"}"#))).problem(422), "invalid_fields");
    client.send("DELETE", "/api/v1/auth/totp", Some(("application/json", &json!({ "password": PASSWORD }).to_string()))).ok();
    with(Json::Null).ok();
}

fn a_new_password_ends_other_sessions(engine: Engine) {
    let (place, server) = setup(engine);
    let (one, two) = (server.client().sign_in("ada@example.org", PASSWORD), server.client().sign_in("ada@example.org", PASSWORD));
    let change = |old: &str, new: &str| two.post("/api/v1/auth/password", &json!({ "old": old, "new": new }));
    assert_eq!(change("wrong", "quite another password").json()["errors"][0]["code"], "bad_password");
    assert_eq!(change(PASSWORD, "short").json()["errors"][0]["code"], "too_short");
    assert_eq!(one.get("/api/v1/me").status, 200);
    change(PASSWORD, "quite another password").ok();
    assert_eq!(one.get("/api/v1/me").status, 401);
    assert_eq!(two.get("/api/v1/me").status, 200);
    assert_eq!(login(&server.client(), &json!({ "email": "ada@example.org", "password": PASSWORD })).status, 401);
    // a reset ends everything and gives a link
    let token = place.token("ada@example.org", &[]);
    let link = place.run(&["user", "reset", "ada@example.org"]).ok();
    assert_eq!(two.get("/api/v1/me").status, 401);
    assert_eq!(server.client().bearer(&token).get("/api/v1/me").status, 401);
    assert_eq!(login(&server.client(), &json!({ "email": "ada@example.org", "password": "quite another password" })).status, 401);
    let invitation = link.trim().split("token=").nth(1).unwrap();
    server.client().post("/api/v1/auth/invitation", &json!({ "token": invitation, "password": "after the great reset" })).ok();
    server.client().sign_in("ada@example.org", "after the great reset");
}

#[test]
fn over_tls_the_cookie_is_bound_to_the_host() {
    let place = Place::new(Engine::Sqlite).set("public_url", "https://crm.example.org");
    let server = Server::start(&place);
    assert!(server.first_lines()[0].starts_with("Sign in: https://crm.example.org as "), "{:?}", server.first_lines());
    place.person("ada@example.org", "rep");
    let answer = login(&server.client(), &json!({ "email": "ada@example.org", "password": PASSWORD }));
    let cookie = &answer.headers["set-cookie"];
    assert!(cookie.starts_with("__Host-rapport_session=") && cookie.contains("; Secure") && cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax"), "{cookie}");
    assert!(answer.headers.contains_key("strict-transport-security"));
    let (name, value) = answer.cookie();
    let client = server.client().with("cookie", &format!("{name}={value}"));
    assert_eq!(client.get("/api/v1/me").status, 200);
    assert_eq!(server.client().with("cookie", &format!("rapport_session={value}")).get("/api/v1/me").status, 401, "another name does not count");
}
