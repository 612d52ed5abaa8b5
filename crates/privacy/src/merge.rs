//! When two records of a person become one, the stricter of what they said holds: an objection is not outlived by a consent
//! that was given on the other record.

use crate::permit::{
    decide::{Asked, CHANNELS, Said, last_word},
    facts,
};
use kernel::Result;
use records::{Joined, Tx};
use serde_json::{Map, Value as Json, json};

pub(crate) fn merged(tx: &mut Tx, joined: &Joined) -> Result<()> {
    let object = joined.winner.object.name.to_string();
    if !matches!(object.as_str(), "contact" | "account") {
        return Ok(());
    }
    let purposes = facts::purposes(tx)?;
    let (winner, loser) = (joined.winner.id(), joined.loser.id());
    let mut sides = facts::of_many(tx, &object, &[winner, loser], &purposes)?;
    let (Some(mine), Some(theirs)) = (sides.remove(&winner), sides.remove(&loser)) else { return Ok(()) };
    let mut both = mine.clone();
    both.said.extend(theirs.said.iter().cloned());
    let now = tx.now_ms();
    let holds = |said: &Said| said.state == "given" && said.expires_at.is_none_or(|end| end > now);
    for purpose in &purposes {
        for channel in std::iter::once(None).chain(CHANNELS.map(Some)) {
            let asked = Asked { class: purpose.class, purpose: Some(purpose.id), default_basis: None, channel, now };
            let granted = last_word(&asked, &both).is_some_and(holds);
            let refusal = [&mine, &theirs].into_iter().filter_map(|side| last_word(&asked, side)).find(|said| !holds(said));
            let Some(refusal) = refusal.filter(|_| granted) else { continue };
            let whole = refusal.channel.is_none();
            keep(tx, &object, winner, purpose.id, refusal, channel.filter(|_| !whole))?;
            if whole {
                break;
            }
        }
    }
    Ok(())
}

fn keep(tx: &mut Tx, object: &str, winner: kernel::RecordId, purpose: kernel::RecordId, refusal: &Said, channel: Option<&str>) -> Result<()> {
    let state = if refusal.state == "given" { "expired" } else { refusal.state.as_str() };
    let mut row = Map::new();
    row.insert(object.into(), json!(winner.to_string()));
    for (field, value) in [("purpose", json!(purpose.to_string())), ("state", json!(state)), ("source", json!("merge")), ("evidence", json!(format!("consent {}", refusal.id)))] {
        row.insert(field.into(), value);
    }
    row.insert("channel".into(), channel.map_or(Json::Null, |c| json!(c)));
    if !refusal.basis.is_empty() {
        row.insert("basis".into(), json!(refusal.basis));
    }
    tx.create("consent", &row).map(drop)
}
