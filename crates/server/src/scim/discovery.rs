//! What this service can do, told to directories (RFC 7643, 5 to 7). Only what is kept is described: an attribute that is
//! not named here is taken and forgotten.

use super::{ENTERPRISE, GROUP, LIST, USER, list};
use serde_json::{Value as Json, json};

pub(super) fn service_provider(base: &str) -> Json {
    let no = json!({ "supported": false });
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true }, "filter": { "supported": true, "maxResults": list::MOST },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 }, "changePassword": no, "sort": no, "etag": no,
        "authenticationSchemes": [{ "type": "oauthbearertoken", "name": "Token", "description": "A token of somebody who manages people, as Authorization: Bearer TOKEN.", "primary": true }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": format!("{base}/ServiceProviderConfig") },
    })
}

pub(super) fn listed(all: Vec<Json>) -> Json {
    json!({ "schemas": [LIST], "totalResults": all.len(), "startIndex": 1, "itemsPerPage": all.len(), "Resources": all })
}

pub(super) fn resource_types(base: &str) -> Vec<Json> {
    let kind = |name: &str, path: &str, schema: &str, description: &str, extensions: Json| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "id": name, "name": name, "endpoint": path, "description": description, "schema": schema,
            "schemaExtensions": extensions, "meta": { "resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{name}") },
        })
    };
    vec![kind("User", "/Users", USER, "A colleague who signs in.", json!([{ "schema": ENTERPRISE, "required": false }])), kind("Group", "/Groups", GROUP, "A team.", json!([]))]
}

pub(super) fn schemas(base: &str) -> Vec<Json> {
    let schema = |id: &str, name: &str, attributes: Vec<Json>| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": id, "name": name, "description": name, "attributes": attributes,
            "meta": { "resourceType": "Schema", "location": format!("{base}/Schemas/{id}") },
        })
    };
    let value = || text("value", "");
    let mut user_name = text("userName", "The e-mail address for signing in.");
    user_name["required"] = true.into();
    user_name["uniqueness"] = "server".into();
    vec![
        schema(
            USER,
            "User",
            vec![
                user_name,
                text("externalId", "The directory's own id."),
                text("displayName", "How colleagues see this person."),
                complex("name", false, "readWrite", vec![text("formatted", ""), text("givenName", ""), text("familyName", "")]),
                text("title", "The position."),
                typed("active", "boolean", false, "readWrite", "False: cannot sign in; every record stays."),
                complex("emails", true, "readOnly", vec![value(), text("type", ""), typed("primary", "boolean", false, "readOnly", "")]),
                complex("roles", true, "readWrite", vec![value()]),
                complex("groups", true, "readOnly", vec![value(), text("display", "")]),
            ],
        ),
        schema(ENTERPRISE, "EnterpriseUser", vec![text("employeeNumber", ""), text("costCenter", ""), complex("manager", false, "readWrite", vec![value()])]),
        schema(
            GROUP,
            "Group",
            vec![text("displayName", "The name of the team."), text("externalId", "The directory's own id."), complex("members", true, "readWrite", vec![value(), text("display", "")])],
        ),
    ]
}

fn text(name: &str, description: &str) -> Json {
    typed(name, "string", false, "readWrite", description)
}
fn typed(name: &str, kind: &str, several: bool, mutability: &str, description: &str) -> Json {
    json!({ "name": name, "type": kind, "multiValued": several, "description": description, "required": false, "caseExact": false, "mutability": mutability, "returned": "default", "uniqueness": "none" })
}
fn complex(name: &str, several: bool, mutability: &str, parts: Vec<Json>) -> Json {
    let mut all = typed(name, "complex", several, mutability, "");
    all["subAttributes"] = parts.into();
    all
}
