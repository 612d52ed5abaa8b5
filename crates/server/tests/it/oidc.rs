//! Single sign-on with a provider that signs, and everything that somebody in between could try.

use crate::kit::{Answer, Client, Engine, PASSWORD, Place, Provider, Server, Signed};
use serde_json::{Value as Json, json};

crate::on_both!(
    people_come_in_by_a_provider,
    forged_and_misdirected_answers_are_refused,
    answers_count_once_in_the_browser_that_began,
    strangers_and_those_switched_off_stay_out,
    new_people_get_what_the_provider_says,
    one_way_in_can_be_the_only_one
);

fn setup(engine: Engine, more: &str) -> (Place, Server, Provider) {
    let provider = Provider::start();
    let place = Place::new(engine);
    std::fs::write(place.beside("rapport.toml"), provider.settings(more)).unwrap();
    let server = Server::start(&place);
    place.person("ada@example.org", "rep");
    (place, server, provider)
}

/// Goes to the provider: the browser with its cookie, and the address it was sent to.
fn begin(client: &Client, next: &str) -> (Client, String) {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    let answer = client.get(&format!("/api/v1/auth/oidc/acme/start?{query}"));
    assert_eq!(answer.status, 303, "{answer:?}");
    let cookie = &answer.headers["set-cookie"];
    assert!(cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.contains("; Max-Age=600"), "{cookie}");
    let (name, value) = answer.cookie();
    (client.with("cookie", &format!("{name}={value}")), answer.headers["location"].clone())
}
fn callback(client: &Client, query: &str) -> Answer {
    client.get(&format!("/api/v1/auth/oidc/acme/callback?{query}"))
}
/// The whole way, with these claims.
fn come(client: &Client, provider: &Provider, signed: Signed, claims: &Json) -> Answer {
    let (browser, location) = begin(client, "/opportunities?view=1");
    callback(&browser, &provider.consent(&location, signed, claims))
}
/// A client that is signed in by this answer.
fn signed_in(client: &Client, answer: &Answer) -> Client {
    assert_eq!((answer.status, answer.headers["location"].as_str()), (303, "/opportunities?view=1"), "{answer:?}");
    let (name, value) = answer.cookie();
    assert_eq!(name, "rapport_session");
    client.with("cookie", &format!("{name}={value}"))
}
fn refused(answer: &Answer, word: &str) {
    assert_eq!((answer.status, answer.headers["location"].as_str()), (303, format!("/?sign_in={word}").as_str()), "{answer:?}");
    assert!(answer.headers["set-cookie"].starts_with("rapport_sign_in=;"), "{answer:?}");
}
fn email_of(client: &Client) -> String {
    client.get("/api/v1/me").ok()["user"]["email"].as_str().unwrap().to_owned()
}

fn people_come_in_by_a_provider(engine: Engine) {
    let (place, server, provider) = setup(engine, "");
    let client = server.client();
    assert_eq!(client.get("/api/v1/auth/providers").ok(), json!({"items": [{"id": "acme", "label": "Acme"}]}));
    for signed in [Signed::Es256, Signed::Rs256] {
        let answer = come(&client, &provider, signed, &json!({"email": "Ada@Example.org"}));
        let browser = signed_in(&client, &answer);
        assert_eq!(email_of(&browser), "ada@example.org");
    }
    // known by the provider's name for her from now on, whatever her address there
    let answer = come(&client, &provider, Signed::Es256, &json!({"email": "lovelace@example.org", "email_verified": false}));
    assert_eq!(email_of(&signed_in(&client, &answer)), "ada@example.org");
    // somebody else who got her address is not her
    refused(&come(&client, &provider, Signed::Es256, &json!({"sub": "5678"})), "refused");
    // where the token has no address, the provider is asked
    place.person("bob@example.org", "rep");
    provider.says(json!({"sub": "9", "email": "bob@example.org", "email_verified": true}));
    let answer = come(&client, &provider, Signed::Es256, &json!({"sub": "9", "email": null, "email_verified": null}));
    assert_eq!(email_of(&signed_in(&client, &answer)), "bob@example.org");
    provider.says(json!({"sub": "another", "email": "ada@example.org", "email_verified": true}));
    refused(&come(&client, &provider, Signed::Es256, &json!({"sub": "10", "email": null, "email_verified": null})), "unavailable");
    // the password is still there, and the log says which way somebody came
    client.sign_in("ada@example.org", PASSWORD);
    place.person("root@example.org", "admin");
    let log = server.client().bearer(&place.token("root@example.org", &[])).get("/api/v1/log?kind=sign_in").ok();
    let means: Vec<&str> = log["items"].as_array().unwrap().iter().filter_map(|item| item["detail"]["means"].as_str()).collect();
    assert_eq!(means.iter().filter(|m| **m == "single sign-on").count(), 4, "{log}");
    assert_eq!(means.iter().filter(|m| **m == "password").count(), 1, "{log}");
    // a reset forgets who she was there
    place.run(&["user", "reset", "ada@example.org"]).ok();
    signed_in(&client, &come(&client, &provider, Signed::Es256, &json!({"sub": "5678"})));
}

fn forged_and_misdirected_answers_are_refused(engine: Engine) {
    let (_place, server, provider) = setup(engine, "");
    let client = server.client();
    let now = jiff::Timestamp::now().as_second();
    for (signed, claims) in [
        (Signed::None, json!({})),
        (Signed::Otherwise, json!({})),
        (Signed::Hs256, json!({})),
        (Signed::Es256, json!({"nonce": "of another sign-in"})),
        (Signed::Es256, json!({"nonce": null})),
        (Signed::Es256, json!({"aud": "another client"})),
        (Signed::Es256, json!({"aud": ["rapport", "another client"]})),
        (Signed::Es256, json!({"iss": "https://evil.example"})),
        (Signed::Es256, json!({"exp": now - 1, "iat": now - 600})),
        (Signed::Es256, json!({"email_verified": false})),
        (Signed::Es256, json!({"email_verified": null})),
        (Signed::Es256, json!({"email": "nobody@example.org"})),
    ] {
        let answer = come(&client, &provider, signed, &claims);
        assert!(!answer.headers["set-cookie"].starts_with("rapport_session"), "{signed:?} {claims}");
        refused(&answer, "refused");
    }
    // the answer of another provider (RFC 9207), or one that hides whose it is
    let (browser, location) = begin(&client, "/");
    let query = provider.consent(&location, Signed::Es256, &json!({}));
    let bare = query.split("&iss=").next().unwrap();
    refused(&callback(&browser, bare), "refused");
    refused(&callback(&browser, &format!("{bare}&iss=https%3A%2F%2Fevil.example")), "refused");
    // and with all that, the good one
    signed_in(&client, &come(&client, &provider, Signed::Es256, &json!({})));
}

fn answers_count_once_in_the_browser_that_began(engine: Engine) {
    let (_place, server, provider) = setup(engine, "");
    let client = server.client();
    let (browser, location) = begin(&client, "/opportunities?view=1");
    let (other, _) = begin(&client, "/");
    let query = provider.consent(&location, Signed::Es256, &json!({}));
    refused(&callback(&client, &query), "stale");
    refused(&callback(&other, &query), "stale");
    refused(&callback(&browser.with("cookie", "rapport_sign_in=AAAA"), &query), "stale");
    refused(&callback(&browser, query.split('&').next().unwrap()), "stale");
    refused(&callback(&browser, &format!("{query}&state=twice")), "stale");
    signed_in(&client, &callback(&browser, &query));
    // the same again, and a fresh code to the old state
    refused(&callback(&browser, &query), "stale");
    refused(&callback(&browser, &provider.consent(&location, Signed::Es256, &json!({"iat": 1}))), "stale");
    // a code of one sign-in carried into another fails by PKCE: the provider refuses it
    let (mine, my_location) = begin(&client, "/");
    let (_theirs, their_location) = begin(&client, "/");
    let theirs = provider.consent(&their_location, Signed::Es256, &json!({}));
    let mixed = format!("{}&state={}&{}", theirs.split('&').next().unwrap(), provider.asked(&my_location)["state"], theirs.split('&').next_back().unwrap());
    refused(&callback(&mine, &mixed), "refused");
    // who goes back at the provider is told so
    let (browser, location) = begin(&client, "/");
    let state = provider.asked(&location)["state"].clone();
    let iss = form_urlencoded::byte_serialize(provider.issuer().as_bytes()).collect::<String>();
    refused(&callback(&browser, &format!("error=access_denied&state={state}&iss={iss}")), "cancelled");
    // nobody is led elsewhere
    for next in ["//evil.example", "/\\evil.example", "https://evil.example/", "/%09/evil"].map(|n| n.replace("%09", "\t")) {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", &next).finish();
        assert_eq!(client.get(&format!("/api/v1/auth/oidc/acme/start?{query}")).problem(422), "invalid_fields", "{next}");
    }
    assert_eq!(client.get("/api/v1/auth/oidc/none/start").problem(404), "not_found");
    // who tries and tries has to wait
    let words: Vec<String> = (0..70).map(|n| come(&client, &provider, Signed::None, &json!({"sub": n.to_string()})).headers["location"].clone()).collect();
    assert_eq!(words.first().unwrap(), "/?sign_in=refused");
    assert_eq!(words.last().unwrap(), "/?sign_in=too_many");
}

fn strangers_and_those_switched_off_stay_out(engine: Engine) {
    let (place, server, provider) = setup(engine, "domains = [\"example.org\"]");
    let client = server.client();
    let ada = signed_in(&client, &come(&client, &provider, Signed::Es256, &json!({})));
    let unknown = come(&client, &provider, Signed::Es256, &json!({"sub": "2", "email": "bob@example.org"}));
    place.person("eve@evil.example", "rep");
    let outside = come(&client, &provider, Signed::Es256, &json!({"sub": "3", "email": "eve@evil.example"}));
    place.run(&["user", "disable", "ada@example.org"]).ok();
    assert_eq!(ada.get("/api/v1/me").status, 401);
    let off = come(&client, &provider, Signed::Es256, &json!({}));
    place.person("cy@example.org", "rep");
    place.run(&["user", "disable", "cy@example.org"]).ok();
    let never = come(&client, &provider, Signed::Es256, &json!({"sub": "4", "email": "cy@example.org"}));
    for answer in [&unknown, &outside, &off, &never] {
        refused(answer, "refused");
        assert_eq!(answer.body, unknown.body);
    }
}

fn new_people_get_what_the_provider_says(engine: Engine) {
    let more = "domains = [\"example.org\"]\ncreate = true\nroles = [\"rep\"]\nrole_claim = \"realm_access.groups\"\n[sign_in.oidc.role_map]\nleads = { roles = [\"manager\"], teams = [\"North\"] }\nbooks = { roles = [\"finance\"], teams = [\"Books\"] }\n";
    let (place, server, provider) = setup(engine, more);
    let client = server.client();
    let user = |groups: Json| {
        let answer = come(&client, &provider, Signed::Es256, &json!({"sub": "7", "email": "Dora@example.org", "name": "Dora Maar", "realm_access": {"groups": groups}}));
        let user = signed_in(&client, &answer).get("/api/v1/me").ok()["user"].clone();
        let mut roles: Vec<String> = user["roles"].as_array().unwrap().iter().map(|r| r.as_str().unwrap().to_owned()).collect();
        roles.sort();
        let teams: Vec<String> = user["teams"].as_array().unwrap().iter().map(|t| t["name"].as_str().unwrap().to_owned()).collect();
        (user["email"].as_str().unwrap().to_owned(), user["name"].as_str().unwrap().to_owned(), roles.join(" "), teams.join(" "))
    };
    let is = |roles: &str, teams: &str| ("dora@example.org".to_owned(), "Dora Maar".to_owned(), roles.to_owned(), teams.to_owned());
    assert_eq!(user(json!(["leads", "else"])), is("manager rep", "North"));
    assert_eq!(user(json!(["books"])), is("finance rep", "Books"));
    // what the map does not name stays as people have set it; who has nothing there any more keeps nothing of it
    assert_eq!(user(json!([])), is("rep", ""));
    // nobody outside of the domain is made, nor one whose address is not verified
    refused(&come(&client, &provider, Signed::Es256, &json!({"sub": "8", "email": "x@evil.example"})), "refused");
    refused(&come(&client, &provider, Signed::Es256, &json!({"sub": "8", "email": "x@example.org", "email_verified": false})), "refused");
    let users = place.run(&["user", "list"]).ok();
    assert!(users.contains("dora@example.org") && !users.contains("x@"), "{users}");
    // who was archived does not come back by themselves
    let root = place.person("root@example.org", "admin");
    assert!(!root.is_empty());
    let admin = server.client().bearer(&place.token("root@example.org", &[]));
    let cy = place.person("cy@example.org", "rep");
    assert!((200..300).contains(&admin.with("if-match", "*").delete(&format!("/api/v1/records/user/{cy}")).status));
    refused(&come(&client, &provider, Signed::Es256, &json!({"sub": "11", "email": "cy@example.org"})), "refused");
}

fn one_way_in_can_be_the_only_one(engine: Engine) {
    let (place, server, provider) = setup(engine, "password_too = false");
    let client = server.client();
    let login = |email: &str, password: &str| client.post("/api/v1/auth/login", &json!({"email": email, "password": password}));
    client.sign_in("ada@example.org", PASSWORD);
    signed_in(&client, &come(&client, &provider, Signed::Es256, &json!({})));
    assert_eq!(login("ada@example.org", PASSWORD).problem(401), "single_sign_on_needed");
    assert_eq!(login("ada@example.org", "wrong wrong wrong").problem(401), "bad_credentials");
    // somebody who never came that way is the way in where the provider is gone
    place.person("root@example.org", "admin");
    client.sign_in("root@example.org", PASSWORD);
}

#[test]
fn a_provider_that_is_away_leaves_the_password() {
    let place = Place::new(Engine::Sqlite);
    std::fs::write(place.beside("rapport.toml"), "[[sign_in.oidc]]\nid = \"acme\"\nissuer = \"http://127.0.0.1:1\"\nclient_id = \"x\"\nallow_private = true\n").unwrap();
    let server = Server::start(&place);
    place.person("ada@example.org", "rep");
    let answer = server.client().get("/api/v1/auth/oidc/acme/start");
    refused(&answer, "unavailable");
    server.client().sign_in("ada@example.org", PASSWORD);
}

#[test]
fn a_provider_within_is_asked_only_where_that_is_allowed() {
    let place = Place::new(Engine::Sqlite);
    std::fs::write(place.beside("rapport.toml"), "[[sign_in.oidc]]\nid = \"acme\"\nissuer = \"https://localhost:1\"\nclient_id = \"x\"\n").unwrap();
    let server = Server::start(&place);
    refused(&server.client().get("/api/v1/auth/oidc/acme/start"), "unavailable");
}

#[test]
fn over_tls_the_cookie_of_a_sign_in_under_way_is_bound_to_the_host() {
    let provider = Provider::start();
    let place = Place::new(Engine::Sqlite).set("public_url", "https://crm.example.org");
    std::fs::write(place.beside("rapport.toml"), provider.settings("")).unwrap();
    let server = Server::start(&place);
    let answer = server.client().get("/api/v1/auth/oidc/acme/start");
    let cookie = &answer.headers["set-cookie"];
    assert!(cookie.starts_with("__Host-rapport_sign_in=") && cookie.contains("; Secure"), "{cookie}");
    assert_eq!(provider.asked(&answer.headers["location"])["redirect_uri"], "https://crm.example.org/api/v1/auth/oidc/acme/callback");
}
