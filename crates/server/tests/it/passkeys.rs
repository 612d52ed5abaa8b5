use crate::kit::{Answer, Authenticator, Beside, Client, Engine, PASSWORD, Place, Server};
use serde_json::{Value as Json, json};

crate::on_both!(
    a_passkey_signs_in_without_a_name_or_password,
    what_is_not_the_right_answer_is_refused_in_the_same_words,
    a_challenge_counts_once_for_who_asked_and_for_what,
    a_counter_that_goes_back_is_told,
    passkeys_are_named_listed_and_removed,
    a_reset_forgets_passkeys
);

const ADA: &str = "ada@example.org";

/// A server with a person who has a passkey.
struct Scene {
    place: Place,
    server: Server,
    ada: Client,
    key: Authenticator,
}

fn origin(server: &Server) -> String {
    format!("http://localhost:{}", server.address.port())
}

fn scene(engine: Engine) -> Scene {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person(ADA, "rep");
    let ada = server.client().sign_in(ADA, PASSWORD);
    let mut key = Authenticator::new(&origin(&server), "localhost", 7);
    register(&ada, &mut key, "Laptop").ok();
    Scene { place, server, ada, key }
}

fn register(client: &Client, key: &mut Authenticator, name: &str) -> Answer {
    let asked = client.post("/api/v1/auth/passkeys", &json!({})).ok();
    let credential = key.register(&asked["options"]);
    client.post("/api/v1/auth/passkeys/registration", &json!({ "challenge": asked["challenge"], "name": name, "credential": credential }))
}

fn ask(client: &Client) -> Json {
    client.post("/api/v1/auth/login/passkey", &json!({})).ok()
}
fn answer(client: &Client, asked: &Json, credential: &Json) -> Answer {
    client.post("/api/v1/auth/login/passkey/answer", &json!({ "challenge": asked["challenge"], "credential": credential }))
}
fn sign_in(client: &Client, key: &mut Authenticator) -> Answer {
    let asked = ask(client);
    let credential = key.sign(&asked["options"]);
    answer(client, &asked, &credential)
}

fn a_passkey_signs_in_without_a_name_or_password(engine: Engine) {
    let Scene { place: _place, server, ada, mut key } = scene(engine);
    let asked = ask(&server.client());
    assert_eq!(asked["options"]["rpId"], "localhost");
    assert_eq!(asked["options"]["userVerification"], "required");
    assert_eq!(asked["options"]["allowCredentials"], json!([]), "nothing is told about anybody");
    let made = ada.post("/api/v1/auth/passkeys", &json!({})).ok();
    assert_eq!(made["options"]["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(made["options"]["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(made["options"]["excludeCredentials"].as_array().unwrap().len(), 1);

    let proposed = ada.post("/api/v1/auth/totp", &json!({})).ok();
    let code = crate::sign_in::code_of(proposed["secret"].as_str().unwrap(), 0);
    ada.post("/api/v1/auth/totp/confirmation", &json!({ "code": code })).ok();
    let signed_in = sign_in(&server.client(), &mut key);
    let json = signed_in.ok();
    assert_eq!(json["user"]["email"], ADA, "two factors at once: no code is asked for");
    let (name, value) = signed_in.cookie();
    let inside = server.client().with("cookie", &format!("{name}={value}")).with("x-csrf-token", json["csrf_token"].as_str().unwrap());
    assert_eq!(inside.get("/api/v1/me").ok()["user"]["email"], ADA);
    // it counts as fresh
    inside.post("/api/v1/auth/tokens", &json!({ "name": "t" })).ok();
    let listed = inside.get("/api/v1/auth/passkeys").ok();
    assert_eq!(listed["items"][0]["name"], "Laptop");
    assert!(listed["items"][0]["last_used_at"].is_string(), "{listed}");
    assert_eq!(listed["origin"], origin(&server));
    assert_eq!(server.client().with("sec-fetch-site", "cross-site").post("/api/v1/auth/login/passkey", &json!({})).problem(403), "cross_site");
}

fn what_is_not_the_right_answer_is_refused_in_the_same_words(engine: Engine) {
    let Scene { place, server, ada, key, .. } = scene(engine);
    let client = server.client();
    let mut told = Vec::new();
    let mut refused = |what: &str, change: &dyn Fn(&mut Authenticator)| {
        let mut other = key.clone();
        change(&mut other);
        let said = sign_in(&client, &mut other);
        assert_eq!(said.problem(401), "bad_passkey", "{what}");
        assert!(!said.headers.contains_key("set-cookie"), "{what}");
        let mut json = said.json();
        json["request_id"] = Json::Null;
        told.push(json);
    };
    refused("another origin", &|key| key.origin = "https://evil.example".into());
    refused("another port", &|key| key.origin = "http://localhost:1".into());
    refused("another relying party", &|key| key.party = "evil.example".into());
    refused("nobody verified", &|key| key.verifies = false);
    refused("an unknown key", &|key| *key = Authenticator { user: key.user.clone(), ..Authenticator::new(&key.origin, "localhost", 9) });
    // each of its own credential, or the limiter slows one account down after five
    place.person("bob@example.org", "rep");
    let bob = server.client().sign_in("bob@example.org", PASSWORD);
    let mut second = Authenticator::new(&origin(&server), "localhost", 11);
    register(&ada, &mut second, "Phone").ok();
    let mut bobs = Authenticator::new(&origin(&server), "localhost", 12);
    register(&bob, &mut bobs, "Bob's").ok();
    refused("another's name", &|key| *key = Authenticator { user: bobs.user.clone(), ..second.clone() });
    refused("another's signature", &|key| *key = Authenticator { credential: second.credential, ..bobs.clone() });
    sign_in(&client, &mut bobs).ok();
    place.run(&["user", "disable", "bob@example.org"]).ok();
    refused("somebody who is switched off", &|key| *key = bobs.clone());
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
    // guessing is slowed down here as everywhere
    let statuses: Vec<u16> = (0..7).map(|_| sign_in(&client, &mut Authenticator { verifies: false, ..second.clone() }).status).collect();
    assert!(statuses.contains(&429), "{statuses:?}");
    // the control: the right answer, from somewhere else
    let mut third = Authenticator::new(&origin(&server), "localhost", 13);
    register(&ada, &mut third, "Key").ok();
    sign_in(&client, &mut third).ok();
    assert_eq!(client.post("/api/v1/auth/login/passkey/answer", &json!({ "challenge": "x", "credential": {} })).problem(422), "invalid_fields");
}

fn a_challenge_counts_once_for_who_asked_and_for_what(engine: Engine) {
    let Scene { place, server, ada, mut key } = scene(engine);
    let client = server.client();
    let asked = ask(&client);
    let credential = key.sign(&asked["options"]);
    answer(&client, &asked, &credential).ok();
    assert_eq!(answer(&client, &asked, &credential).problem(401), "bad_passkey", "a replay");
    let other = ask(&client);
    assert_eq!(answer(&client, &other, &credential).problem(401), "bad_passkey", "an answer to another question");
    // a wrong answer uses a challenge up
    let asked = ask(&client);
    let wrong = Authenticator { verifies: false, ..key.clone() }.sign(&asked["options"]);
    assert_eq!(answer(&client, &asked, &wrong).problem(401), "bad_passkey");
    let right = key.sign(&asked["options"]);
    assert_eq!(answer(&client, &asked, &right).problem(401), "bad_passkey");
    // a good answer in between: so many wrong ones in a row are kept waiting
    sign_in(&client, &mut key).ok();
    // too late
    let asked = ask(&client);
    Beside::new(&place, "main").exec("UPDATE TABLE:auth_challenge SET \"until\" = 1");
    let late = key.sign(&asked["options"]);
    assert_eq!(answer(&client, &asked, &late).problem(401), "bad_passkey");
    // what another session was asked is not answered here, nor what was asked for something else
    let elsewhere = server.client().sign_in(ADA, PASSWORD);
    let asked = elsewhere.post("/api/v1/auth/fresh/passkey", &json!({})).ok();
    assert_eq!(asked["options"]["allowCredentials"].as_array().unwrap().len(), 1);
    let fresh = |client: &Client, asked: &Json, credential: &Json| client.post("/api/v1/auth/fresh", &json!({ "challenge": asked["challenge"], "credential": credential }));
    let credential = key.sign(&asked["options"]);
    assert_eq!(fresh(&ada, &asked, &credential).problem(403), "bad_passkey");
    let asked = ask(&client);
    let credential = key.sign(&asked["options"]);
    assert_eq!(fresh(&ada, &asked, &credential).problem(403), "bad_passkey", "it was asked for signing in");
    let asked = ada.post("/api/v1/auth/fresh/passkey", &json!({})).ok();
    let credential = key.sign(&asked["options"]);
    assert_eq!(answer(&server.client(), &asked, &credential).problem(401), "bad_passkey", "it was asked of a session");
    let asked = elsewhere.post("/api/v1/auth/passkeys", &json!({})).ok();
    let made = Authenticator::new(&origin(&server), "localhost", 30).register(&asked["options"]);
    let body = json!({ "challenge": asked["challenge"], "credential": made });
    assert_eq!(ada.post("/api/v1/auth/passkeys/registration", &body).json()["errors"][0]["code"], "bad_passkey");
    // the control
    let asked = ada.post("/api/v1/auth/fresh/passkey", &json!({})).ok();
    let credential = key.sign(&asked["options"]);
    fresh(&ada, &asked, &credential).ok();
}

fn a_counter_that_goes_back_is_told(engine: Engine) {
    let Scene { place: _place, server, ada, mut key } = scene(engine);
    let mut copy = key.clone();
    key.counter = 40;
    sign_in(&server.client(), &mut key).ok();
    let refused = sign_in(&server.client(), &mut copy);
    assert_eq!(refused.problem(401), "passkey_copied");
    assert!(ada.get("/api/v1/auth/passkeys").ok()["items"][0]["suspect_at"].is_string());
    sign_in(&server.client(), &mut key).ok();
}

fn passkeys_are_named_listed_and_removed(engine: Engine) {
    let Scene { place, server, ada, mut key } = scene(engine);
    let patch = |client: &Client, path: &str, body: Json| client.send("PATCH", path, Some(("application/json", &body.to_string())));
    assert_eq!(register(&ada, &mut key, "Again").problem(409), "passkey_known");
    let mut unverified = Authenticator { verifies: false, ..Authenticator::new(&origin(&server), "localhost", 21) };
    assert_eq!(register(&ada, &mut unverified, "x").json()["errors"][0]["code"], "bad_passkey");
    let mut elsewhere = Authenticator::new("https://evil.example", "localhost", 22);
    assert_eq!(register(&ada, &mut elsewhere, "x").json()["errors"][0]["code"], "bad_passkey");
    let mut second = Authenticator::new(&origin(&server), "localhost", 23);
    assert_eq!(register(&ada, &mut second, " ").json()["errors"][0]["code"], "bad_length");
    register(&ada, &mut second, "Phone").ok();
    let items = ada.get("/api/v1/auth/passkeys").ok()["items"].clone();
    assert_eq!(items.as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect::<Vec<_>>(), ["Laptop", "Phone"]);
    let path = format!("/api/v1/auth/passkeys/{}", items[0]["id"].as_str().unwrap());
    patch(&ada, &path, json!({ "name": "Old laptop" })).ok();
    assert_eq!(ada.get("/api/v1/auth/passkeys").ok()["items"][0]["name"], "Old laptop");
    // another's, and a token's
    place.person("bob@example.org", "rep");
    let bob = server.client().sign_in("bob@example.org", PASSWORD);
    assert_eq!(patch(&bob, &path, json!({ "name": "mine" })).problem(404), "not_found");
    assert_eq!(bob.delete(&path).problem(404), "not_found");
    let token = server.client().bearer(&place.token(ADA, &[]));
    assert_eq!(token.post("/api/v1/auth/passkeys", &json!({})).problem(403), "session_needed");
    assert_eq!(token.delete(&path).problem(403), "session_needed");
    assert_eq!(server.client().get("/api/v1/auth/passkeys").status, 401);
    // removed: it opens nothing any more, the other one does
    sign_in(&server.client(), &mut key).ok();
    ada.delete(&path).ok();
    assert_eq!(sign_in(&server.client(), &mut key).problem(401), "bad_passkey");
    sign_in(&server.client(), &mut second).ok();
}

fn a_reset_forgets_passkeys(engine: Engine) {
    let Scene { place, server, mut key, ada: _ada } = scene(engine);
    sign_in(&server.client(), &mut key).ok();
    place.run(&["user", "reset", ADA]).ok();
    assert_eq!(sign_in(&server.client(), &mut key).problem(401), "bad_passkey");
}

#[test]
fn keys_belong_to_the_public_name() {
    let place = Place::new(Engine::Sqlite).set("public_url", "https://crm.example.org");
    let server = Server::start(&place);
    assert_eq!(ask(&server.client())["options"]["rpId"], "crm.example.org");
    let numbers = Place::new(Engine::Sqlite).set("public_url", "https://192.0.2.7");
    let server = Server::start(&numbers);
    assert_eq!(server.client().post("/api/v1/auth/login/passkey", &json!({})).problem(409), "passkeys_unavailable");
}
