//! What administrators are told of the backups.

use super::{lock, ms, place::Found, seal, state::State};
use crate::{app::App, auth::time_text, workspaces::Open};
use kernel::Result;
use serde_json::{Value as Json, json};

/// Something that an administrator should see to.
pub(super) struct Alarm {
    pub(super) reason: &'static str,
    pub(super) place: String,
    pub(super) detail: String,
}

pub(super) fn alarms(app: &App, state: &State, now: i64) -> Vec<Alarm> {
    let mut out = Vec::new();
    for place in &app.backups.places {
        let kept = state.places.get(&place.name()).cloned().unwrap_or_default();
        let mut alarm = |reason, detail| out.push(Alarm { reason, place: place.name(), detail });
        if let Some(trouble) = kept.error {
            alarm("no_backup", trouble.detail);
        }
        if let Some(trouble) = kept.unproven {
            alarm("proof_failed", trouble.detail);
        }
        // before anything was proven, time runs since the server first looked
        let last = kept.proven.or((state.since > 0).then_some(state.since));
        if last.is_some_and(|at| now - at > ms(app.config.backup.alarm)) {
            alarm(
                "unproven",
                match kept.proven {
                    Some(at) => format!("No backup was proven since {}.", time_text(at)),
                    None => "No backup was ever proven.".to_owned(),
                },
            );
        }
    }
    out
}

/// The backups of a workspace in all places, the newest first. Blocking: it looks into the places.
///
/// # Errors
/// Of the data directory; what is wrong with a place is told of it.
pub(crate) fn status(app: &App, open: &Open) -> Result<Json> {
    let workspace = open.name();
    let state = app.backups.state(workspace)?;
    let now = open.workspace.now_ms();
    let config = &app.config.backup;
    let (mut items, mut places) = (Vec::new(), Vec::new());
    for place in &app.backups.places {
        let kept = state.places.get(&place.name()).cloned().unwrap_or_default();
        let listed = place.list(workspace);
        let unreadable = listed.as_ref().err().map(|e| json!({ "at": time_text(now), "detail": e.detail }));
        places.push(json!({
            "place": place.name(),
            "beside_the_data": place.is_beside(&app.data),
            "made_at": kept.made.map(time_text),
            "proven_at": kept.proven.map(time_text),
            "error": kept.error.map(|t| json!({ "at": time_text(t.at), "detail": t.detail })).or(unreadable),
        }));
        items.extend(listed.unwrap_or_default().iter().map(|found| (found.at, item(&state, &place.name(), found))));
    }
    items.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    let alarm: Vec<Json> = alarms(app, &state, now).into_iter().map(|a| json!({ "reason": a.reason, "place": a.place, "detail": a.detail })).collect();
    Ok(json!({
        "items": items.into_iter().map(|(_, item)| item).collect::<Vec<_>>(),
        "places": places,
        "alarm": alarm,
        "running": lock(&app.backups.doing).get(workspace).map(|doing| doing.word()),
        "encrypted": config.key_file.is_some(),
        "every_ms": ms(config.every),
        "keep": { "hourly": config.keep.hourly, "daily": config.keep.daily, "monthly": config.keep.monthly },
        "prove_ms": ms(config.prove),
        "alarm_ms": ms(config.alarm),
    }))
}

fn item(state: &State, place: &str, found: &Found) -> Json {
    let known = state.files.get(&found.path.display().to_string()).cloned().unwrap_or_default();
    let proof = known.proof;
    let failed = proof.as_ref().and_then(|p| p.failed.clone());
    json!({
        "at": time_text(found.at),
        "place": place,
        "file": found.path.display().to_string(),
        "size": found.size,
        "encrypted": seal::is_sealed(&found.path).unwrap_or(false),
        "hash": known.hash,
        "took_ms": known.took_ms,
        "result": proof.as_ref().map(|p| if p.failed.is_some() { "failed" } else { "proven" }),
        "proven_at": proof.as_ref().filter(|p| p.failed.is_none()).map(|p| time_text(p.at)),
        "checked_at": proof.as_ref().map(|p| time_text(p.at)),
        "proof_ms": proof.as_ref().map(|p| p.took_ms),
        "detail": failed,
        "found": proof.as_ref().and_then(|p| p.figures),
    })
}
