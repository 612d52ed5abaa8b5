//! Who is signed in, as the screens want to know it.

use super::resolve::Signed;
use access::{Policy, User, system_user};
use api::{ApiError, Caller};
use kernel::Actor;
use serde_json::{Value as Json, json};

/// `{user, workspace, csrf_token}`
pub(super) async fn me(caller: &Caller, signed: Option<&Signed>) -> Result<Json, ApiError> {
    let mut out = caller
        .workspace
        .read(&caller.ctx, |tx| {
            let settings = tx.settings();
            let workspace = json!({ "name": settings.name, "currency": settings.currency, "time_zone": settings.time_zone, "language": settings.language, "country": settings.country, "fiscal_start": settings.fiscal_start, "week_start": settings.week_start });
            let user = match tx.ctx().actor {
                Actor::User(id) => tx.policy().users.get(&id).map(|user| user_json(user, tx.policy())),
                Actor::System(name) => Some(json!({ "id": system_user(name), "name": name, "email": null, "roles": [format!("system_{name}")], "teams": [] })),
            };
            Ok(json!({ "user": user, "workspace": workspace }))
        })
        .await?;
    if let (Some(signed), Actor::User(id)) = (signed, caller.ctx.actor) {
        let (must_change, totp) = signed.open.auth.must_change(id).await?;
        out["user"]["must_change_password"] = must_change.into();
        out["user"]["totp"] = totp.into();
    }
    out["csrf_token"] = signed.and_then(|s| s.csrf.clone()).into();
    Ok(out)
}

pub(super) fn user_json(user: &User, policy: &Policy) -> Json {
    let teams: Vec<Json> = user.teams.iter().filter_map(|id| policy.teams.get(id)).map(|team| json!({ "id": team.id, "name": team.name })).collect();
    json!({ "id": user.id, "name": user.name, "email": user.email, "roles": user.roles, "teams": teams })
}
