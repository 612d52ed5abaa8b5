//! A directory at `/scim/v2`: the series of requests that Entra ID and Okta send, and what each must be answered.

use crate::kit::{Answer, Client, Engine, PASSWORD, Place, Server};
use serde_json::{Value as Json, json};
use std::{
    io::{Read as _, Write as _},
    time::{Duration, Instant},
};

crate::on_both!(
    entra_provisions_changes_and_switches_off,
    okta_provisions_by_whole_resources_and_pushes_groups,
    who_is_switched_off_is_out_within_a_second,
    what_cannot_be_is_refused_in_scims_form,
    only_who_manages_people_comes_in,
    lists_are_paged_and_attributes_chosen,
    what_a_directory_reads_is_written_down,
);

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

struct Directory {
    place: Place,
    server: Server,
    client: Client,
}

fn setup(engine: Engine) -> Directory {
    let place = Place::new(engine);
    let server = Server::start(&place);
    place.person("directory@example.org", "admin");
    let client = server.client().bearer(&place.token("directory@example.org", &[]));
    Directory { place, server, client }
}

impl Directory {
    fn send(&self, method: &str, path: &str, body: &Json) -> Answer {
        self.client.send(method, &format!("/scim/v2{path}"), Some(("application/scim+json", &body.to_string())))
    }
    fn get(&self, path: &str) -> Answer {
        self.client.get(&format!("/scim/v2{}", path.replace(' ', "%20").replace('"', "%22")))
    }
    fn patch(&self, path: &str, operations: Json) -> Answer {
        self.send("PATCH", path, &json!({ "schemas": [PATCH], "Operations": operations }))
    }
    fn make(&self, path: &str, body: &Json) -> String {
        let answer = self.send("POST", path, body);
        assert_eq!(answer.status, 201, "{answer:?}");
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        assert!(answer.headers["location"].ends_with(&format!("/scim/v2{path}/{id}")), "{answer:?}");
        id
    }
    fn person(&self, email: &str) -> String {
        self.make("/Users", &json!({ "schemas": [USER], "userName": email, "displayName": email, "active": true, "roles": [{ "value": "rep" }] }))
    }
    fn record(&self, id: &str) -> Json {
        self.client.get(&format!("/api/v1/records/user/{id}")).ok()
    }
}

/// Status and `scimType`, after a look at the form.
fn refused(answer: &Answer) -> (u16, String) {
    assert_eq!(answer.headers["content-type"], "application/scim+json", "{answer:?}");
    let json = answer.json();
    assert_eq!(json["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(json["status"], answer.status.to_string());
    assert!(!json["detail"].as_str().unwrap().is_empty());
    (answer.status, json["scimType"].as_str().unwrap_or_default().to_owned())
}

fn entra_provisions_changes_and_switches_off(engine: Engine) {
    let d = setup(engine);
    // the test of the connection: a person who does not exist
    let none = d.get("/Users?filter=userName eq \"6ac9f2b4-test\"").ok();
    assert_eq!((&none["totalResults"], &none["Resources"]), (&json!(0), &json!([])));
    let id = d.make(
        "/Users",
        &json!({
            "schemas": [USER, ENTERPRISE], "externalId": "ada", "userName": "Ada@Example.org", "active": true, "displayName": "Ada King",
            "emails": [{ "primary": true, "type": "work", "value": "ada@example.org" }], "meta": { "resourceType": "User" },
            "name": { "formatted": "Ada King", "familyName": "King", "givenName": "Ada" }, "title": "Analyst", "preferredLanguage": "en",
            ENTERPRISE: { "employeeNumber": "7", "department": "Engines" },
        }),
    );
    let found = d.get("/Users?filter=userName eq \"ADA@example.org\"").ok();
    assert_eq!(found["totalResults"], 1);
    let ada = &found["Resources"][0];
    assert_eq!((&ada["id"], &ada["userName"], &ada["externalId"], &ada["active"]), (&json!(id), &json!("ada@example.org"), &json!("ada"), &json!(true)));
    assert_eq!((&ada["title"], &ada[ENTERPRISE]["employeeNumber"]), (&json!("Analyst"), &json!("7")));
    assert_eq!(d.get("/Users?filter=externalId eq \"ada\" and active eq true").ok()["Resources"][0]["id"], json!(id));
    assert_eq!(d.get(&format!("/Users?filter=id eq \"{id}\"")).ok()["totalResults"], 1);
    assert_eq!(d.get("/Users?filter=id eq \"rubbish\"").ok()["totalResults"], 0);
    let boss = d.person("boss@example.org");
    // changes as Entra writes them: capital words, truth as text, a path with a schema, one with a filter
    let changed = d.patch(
        &format!("/Users/{id}"),
        json!([
            { "op": "Replace", "path": "name.familyName", "value": "Lovelace" },
            { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "ada@example.org" },
            { "op": "Add", "path": "title", "value": "Engineer" },
            { "op": "Replace", "path": format!("{ENTERPRISE}:manager"), "value": boss },
            { "op": "Remove", "path": format!("{ENTERPRISE}:employeeNumber") },
        ]),
    );
    let changed = changed.ok();
    assert_eq!((&changed["displayName"], &changed["title"]), (&json!("Ada Lovelace"), &json!("Engineer")));
    let record = d.record(&id);
    assert_eq!((&record["name"], &record["manager"], &record["number"], &record["external_id"]), (&json!("Ada Lovelace"), &json!(boss), &Json::Null, &json!("ada")));
    // the history names who did it, as at every door
    let history = d.client.get(&format!("/api/v1/records/user/{id}/history")).ok();
    assert_eq!(history["items"][0]["by"]["name"], "directory@example.org");
    let version = record["version"].clone();
    d.patch(&format!("/Users/{id}"), json!([{ "op": "Replace", "path": "title", "value": "Engineer" }])).ok();
    assert_eq!(d.record(&id)["version"], version, "what says nothing new leaves no trace");
    assert_eq!(d.patch(&format!("/Users/{id}"), json!([{ "op": "Replace", "path": "active", "value": "False" }])).ok()["active"], false);
    assert_eq!(d.record(&id)["active"], false);
    assert_eq!(d.patch(&format!("/Users/{id}"), json!([{ "op": "Replace", "path": "active", "value": "True" }])).ok()["active"], true);
    // a deletion switches off and keeps the record
    assert_eq!(d.client.delete(&format!("/scim/v2/Users/{id}")).status, 204);
    let gone = d.record(&id);
    assert_eq!((&gone["active"], &gone["archived_at"], &gone["name"]), (&json!(false), &Json::Null, &json!("Ada Lovelace")));
    assert_eq!(d.get("/Users?filter=userName eq \"ada@example.org\"").ok()["Resources"][0]["active"], false, "found again when they come back");
    groups_as_entra_does(&d, &id, &boss);
}

fn groups_as_entra_does(d: &Directory, ada: &str, boss: &str) {
    assert_eq!(d.get("/Groups?excludedAttributes=members&filter=displayName eq \"North\"").ok()["totalResults"], 0);
    let team = d.make("/Groups", &json!({ "schemas": [GROUP], "externalId": "g1", "displayName": "North", "members": [], "meta": { "resourceType": "Group" } }));
    let path = format!("/Groups/{team}");
    let members = || d.get(&path).ok()["members"].as_array().unwrap().iter().map(|m| m["value"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    d.patch(&path, json!([{ "op": "Add", "path": "members", "value": [{ "$ref": null, "value": ada }, { "$ref": null, "value": boss }] }])).ok();
    assert_eq!(members().len(), 2);
    d.patch(&path, json!([{ "op": "Add", "path": "members", "value": [{ "value": ada }] }])).ok();
    assert_eq!(members().len(), 2, "nobody is in a team twice");
    assert_eq!(d.get(&format!("/Users/{boss}")).ok()["groups"], json!([{ "value": team, "display": "North", "$ref": format!("http://{}/scim/v2/Groups/{team}", d.server.address) }]));
    let teams = d.place.api(&["GET", "/me", "--as", "boss@example.org"]);
    assert_eq!(teams["user"]["teams"][0]["name"], "North", "the rights know");
    d.patch(&path, json!([{ "op": "Remove", "path": "members", "value": [{ "value": ada }] }])).ok();
    assert_eq!(members(), [boss]);
    d.patch(&path, json!([{ "op": "Remove", "path": format!("members[value eq \"{boss}\"]") }])).ok();
    assert!(members().is_empty());
    d.patch(&path, json!([{ "op": "Replace", "path": "displayName", "value": "Far North" }])).ok();
    let found = d.get("/Groups?excludedAttributes=members&filter=displayName eq \"far north\"").ok();
    assert_eq!(found["Resources"][0]["id"], json!(team));
    assert!(found["Resources"][0].get("members").is_none());
    assert_eq!(d.client.delete(&format!("/scim/v2{path}")).status, 204);
    assert_eq!(refused(&d.get(&path)).0, 404);
}

fn okta_provisions_by_whole_resources_and_pushes_groups(engine: Engine) {
    let d = setup(engine);
    assert_eq!(d.get("/Users?startIndex=1&count=2").status, 200);
    assert_eq!(d.get("/Users?filter=userName eq \"ada@example.org\"&startIndex=1&count=100").ok()["totalResults"], 0);
    let mut ada = json!({
        "schemas": [USER], "userName": "ada@example.org", "name": { "givenName": "Ada", "familyName": "King" }, "emails": [{ "primary": true, "value": "ada@example.org", "type": "work" }],
        "displayName": "Ada King", "locale": "en-US", "externalId": "00u1", "groups": [], "password": "1mz050nq", "active": true,
    });
    let id = d.make("/Users", &ada);
    assert_eq!(d.get(&format!("/Users/{id}")).ok()["name"]["familyName"], "King");
    ada["id"] = id.as_str().into();
    ada["name"]["familyName"] = "Lovelace".into();
    ada["displayName"] = "Ada Lovelace".into();
    ada["userName"] = "ada.lovelace@example.org".into();
    let put = d.send("PUT", &format!("/Users/{id}"), &ada).ok();
    assert_eq!((&put["userName"], &put["displayName"], &put["externalId"]), (&json!("ada.lovelace@example.org"), &json!("Ada Lovelace"), &json!("00u1")));
    assert_eq!(d.patch(&format!("/Users/{id}"), json!([{ "op": "replace", "value": { "active": false } }])).ok()["active"], false);
    assert_eq!(d.patch(&format!("/Users/{id}"), json!([{ "op": "replace", "value": { "active": true } }])).ok()["active"], true);
    // roles that were not sent are not taken
    d.patch(&format!("/Users/{id}"), json!([{ "op": "add", "path": "roles", "value": [{ "value": "rep" }] }])).ok();
    assert_eq!(d.record(&id)["roles"], json!(["rep"]));
    d.send("PUT", &format!("/Users/{id}"), &ada).ok();
    assert_eq!(d.record(&id)["roles"], json!(["rep"]));
    // a group that is pushed
    let team = d.make("/Groups", &json!({ "schemas": [GROUP], "displayName": "Sales", "members": [{ "value": id, "display": "ada.lovelace@example.org" }] }));
    let renamed = d.patch(&format!("/Groups/{team}"), json!([{ "op": "replace", "value": { "id": team, "displayName": "Sales EMEA" } }])).ok();
    assert_eq!((&renamed["displayName"], &renamed["members"][0]["value"]), (&json!("Sales EMEA"), &json!(id)));
    let bob = d.person("bob@example.org");
    let both = d.patch(&format!("/Groups/{team}"), json!([{ "op": "remove", "path": format!("members[value eq \"{id}\"]") }, { "op": "add", "path": "members", "value": [{ "value": bob }] }])).ok();
    assert_eq!(both["members"].as_array().unwrap().iter().map(|m| &m["value"]).collect::<Vec<_>>(), [&json!(bob)]);
    let put = d.send("PUT", &format!("/Groups/{team}"), &json!({ "schemas": [GROUP], "displayName": "Sales EMEA", "members": [{ "value": id }] })).ok();
    assert_eq!(put["members"][0]["value"], json!(id));
    assert_eq!(put["members"].as_array().unwrap().len(), 1);
}

fn who_is_switched_off_is_out_within_a_second(engine: Engine) {
    let d = setup(engine);
    let ada = d.place.person("ada@example.org", "rep");
    let screen = d.server.client().sign_in("ada@example.org", PASSWORD);
    let token = d.place.token("ada@example.org", &[]);
    let program = d.server.client().bearer(&token);
    let mut stream = d.server.client().connect();
    stream.write_all(format!("GET /api/v1/stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n").as_bytes()).unwrap();
    let mut begun = [0; 12];
    stream.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200");
    assert_eq!((screen.get("/api/v1/me").status, program.get("/api/v1/me").status), (200, 200));
    let began = Instant::now();
    d.patch(&format!("/Users/{ada}"), json!([{ "op": "replace", "value": { "active": false } }])).ok();
    assert_eq!((screen.get("/api/v1/me").status, program.get("/api/v1/me").status), (401, 401));
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).unwrap();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(1), "the stream ended after {took:?}");
    assert_eq!(d.server.client().post("/api/v1/auth/login", &json!({ "email": "ada@example.org", "password": PASSWORD })).problem(401), "bad_credentials");
}

fn what_cannot_be_is_refused_in_scims_form(engine: Engine) {
    let d = setup(engine);
    let ada = d.person("ada@example.org");
    let path = format!("/Users/{ada}");
    let refuse = |answer: Answer, status: u16, kind: &str| assert_eq!(refused(&answer), (status, kind.to_owned()), "{answer:?}");
    refuse(d.send("POST", "/Users", &json!({ "userName": "ADA@example.org" })), 409, "uniqueness");
    refuse(d.send("POST", "/Users", &json!({ "displayName": "X" })), 400, "invalidValue");
    refuse(d.send("POST", "/Users", &json!({ "userName": "ada" })), 400, "invalidValue");
    refuse(d.send("POST", "/Users", &json!({ "userName": "x@example.org", "active": "perhaps" })), 400, "invalidValue");
    refuse(d.send("POST", "/Users", &json!({ "userName": "x@example.org", "roles": [{ "value": "king" }] })), 400, "invalidValue");
    refuse(d.send("POST", "/Users", &json!({ "userName": "x@example.org", "roles": [{ "value": "system_cli" }] })), 400, "invalidValue");
    refuse(d.send("POST", "/Users", &json!([])), 400, "invalidSyntax");
    refuse(d.client.send("POST", "/scim/v2/Users", Some(("application/json", "{"))), 400, "invalidSyntax");
    refuse(d.get("/Users?filter=userName co \"a\""), 400, "invalidFilter");
    refuse(d.get("/Users?filter=shoeSize eq \"a\""), 400, "invalidFilter");
    refuse(d.get("/Users?startIndex=x"), 400, "");
    refuse(d.patch(&path, json!([{ "op": "replace", "path": "id", "value": "x" }])), 400, "mutability");
    refuse(d.patch(&path, json!([{ "op": "replace", "path": "groups", "value": [{ "value": ada }] }])), 400, "mutability");
    refuse(d.patch(&path, json!([{ "op": "remove" }])), 400, "noTarget");
    refuse(d.patch(&path, json!([{ "op": "replace", "path": "a b", "value": 1 }])), 400, "invalidPath");
    refuse(d.patch(&path, json!([{ "op": "remove", "path": "userName" }])), 400, "invalidValue");
    refuse(d.send("PATCH", &path, &json!({})), 400, "invalidSyntax");
    refuse(d.send("PUT", &path, &json!({ "id": "other", "userName": "ada@example.org" })), 400, "invalidValue");
    refuse(d.get("/Users/rubbish"), 404, "");
    refuse(d.get("/Users/019a0000-0000-7000-8000-000000000000"), 404, "");
    refuse(d.get("/Nothing"), 404, "");
    refuse(d.send("POST", "/Groups", &json!({})), 400, "invalidValue");
    let team = d.make("/Groups", &json!({ "displayName": "North" }));
    refuse(d.send("POST", "/Groups", &json!({ "displayName": "North" })), 409, "uniqueness");
    refuse(d.patch(&format!("/Groups/{team}"), json!([{ "op": "add", "path": "members", "value": [{ "value": "rubbish" }] }])), 400, "invalidValue");
    refuse(d.patch(&format!("/Groups/{team}"), json!([{ "op": "add", "path": "members", "value": [{ "value": "019a0000-0000-7000-8000-000000000000" }] }])), 400, "invalidValue");
    // nothing of all that was written
    assert_eq!(d.get("/Users?filter=userName eq \"x@example.org\"").ok()["totalResults"], 0);
    assert_eq!(d.get(&path).ok()["userName"], "ada@example.org");
}

fn only_who_manages_people_comes_in(engine: Engine) {
    let d = setup(engine);
    d.place.person("rep@example.org", "rep");
    let list = "/scim/v2/Users";
    let bare = d.server.client();
    assert_eq!(refused(&bare.get(list)).0, 401);
    assert_eq!(refused(&bare.bearer("rpt_main_x").get(list)).0, 401);
    assert_eq!(refused(&bare.bearer(&d.place.token("rep@example.org", &[])).get(list)).0, 403);
    assert_eq!(refused(&bare.sign_in("directory@example.org", PASSWORD).get(list)).0, 403, "a session is no token");
    // a token with scopes does what they allow, and no more
    let scopes = |words: &[&str]| bare.bearer(&d.place.token("directory@example.org", words));
    let reader = scopes(&["--scope", "user:read", "--scope", "team_membership:read"]);
    assert_eq!(reader.get(list).status, 200);
    let body = json!({ "userName": "new@example.org" });
    assert_eq!(refused(&reader.post(list, &body)).0, 403);
    let all = ["user", "team", "team_membership"].map(|object| [format!("{object}:read"), format!("{object}:write")]).concat();
    let words: Vec<&str> = all.iter().flat_map(|scope| ["--scope", scope.as_str()]).collect();
    let writer = scopes(&words);
    assert_eq!(writer.post(list, &body).status, 201);
    assert_eq!(refused(&writer.post(list, &json!({ "userName": "more@example.org", "roles": ["admin"] }))).0, 403, "rights are not granted by a token with scopes");
    assert_eq!(d.client.post(list, &json!({ "userName": "more@example.org", "roles": ["rep"] })).status, 201);
    // nobody grants themselves a right here either
    let me = d.get("/Users?filter=userName eq \"directory@example.org\"").ok()["Resources"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(refused(&d.patch(&format!("/Users/{me}"), json!([{ "op": "add", "path": "roles", "value": [{ "value": "rep" }] }]))).0, 403);
}

fn lists_are_paged_and_attributes_chosen(engine: Engine) {
    let d = setup(engine);
    let before = usize::try_from(d.get("/Users?count=0").ok()["totalResults"].as_u64().unwrap()).unwrap();
    let made: Vec<String> = (0..5).map(|n| d.person(&format!("p{n}@example.org"))).collect();
    let mut seen = Vec::new();
    let mut start = 1;
    loop {
        let page = d.get(&format!("/Users?startIndex={start}&count=2")).ok();
        assert_eq!(page["totalResults"], before + made.len());
        let ids: Vec<String> = page["Resources"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!((&page["startIndex"], &page["itemsPerPage"]), (&json!(start), &json!(ids.len())));
        if ids.is_empty() {
            break;
        }
        start += ids.len();
        seen.extend(ids);
    }
    assert_eq!(seen.len(), before + made.len());
    assert!(made.iter().all(|id| seen.iter().filter(|one| *one == id).count() == 1));
    let short = d.get(&format!("/Users/{}?attributes=userName", made[0])).ok();
    assert_eq!(short, json!({ "schemas": [USER, ENTERPRISE], "id": made[0], "userName": "p0@example.org" }));
    assert!(d.get(&format!("/Users/{}?excludedAttributes=emails,groups", made[0])).ok().get("emails").is_none());
    for (path, word) in
        [("/ServiceProviderConfig", "patch"), ("/ResourceTypes", "Resources"), ("/Schemas", "Resources"), (&format!("/Schemas/{USER}"), "attributes"), ("/ResourceTypes/Group", "endpoint")]
    {
        let answer = d.server.client().get(&format!("/scim/v2{path}"));
        assert!(answer.ok().get(word).is_some(), "{path}");
        assert_eq!(answer.headers["content-type"], "application/scim+json");
    }
}

/// A directory is a program with a token: whom it was shown is disclosed, and in the log, as with every other program.
fn what_a_directory_reads_is_written_down(engine: Engine) {
    let directory = setup(engine);
    directory.place.person("aud@example.org", "auditor");
    let auditor = directory.server.client().sign_in("aud@example.org", PASSWORD);
    let shown = |id: &str| auditor.get(&format!("/api/v1/log?kind=read&object=user&saw={id}")).ok()["items"].as_array().unwrap().iter().any(|e| e["via"].as_str().unwrap().starts_with("token "));
    let rex = directory.place.person("rex@example.org", "rep");
    let rex = rex.trim();
    assert!(!shown(rex), "control: nobody has asked for him");
    assert_eq!(directory.get(&format!("/Users/{rex}")).status, 200);
    assert!(shown(rex));
    let made = directory.person("new@example.org");
    assert!(shown(&made), "the answer to a change shows the person, too");
    let disclosed = directory.place.api(&["GET", "/records/disclosure?filter={\"field\":\"via\",\"op\":\"eq\",\"value\":\"integration_read\"}"]);
    assert!(disclosed["items"].as_array().unwrap().iter().any(|d| d["object"] == "user"), "{disclosed}");
}
